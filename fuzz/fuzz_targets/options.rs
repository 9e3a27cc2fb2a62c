//! Names of backends and accuracies: what is parsed is displayed as what it was parsed from, and nothing else is
//! parsed.

#![no_main]

use std::fmt::{Debug, Display};
use std::str::FromStr;

use libfuzzer_sys::fuzz_target;
use sigmoid::{Accuracy, Backend};

/// Parses the text, which is a name in whatever case or an error in words.
fn check<T: Copy + FromStr<Err: Display> + Display + Debug + PartialEq>(text: &str, all: &[T]) {
    let named = all.iter().find(|value| value.to_string().eq_ignore_ascii_case(text));
    match text.parse::<T>() {
        Ok(value) => {
            assert_eq!(Some(&value), named, "{text:?}");
            assert_eq!(value.to_string().parse().ok(), Some(value), "{text:?}");
            // In a column of a table, too.
            assert_eq!(format!("{value:>20}").trim_start(), value.to_string(), "{text:?}");
        }
        Err(error) => {
            assert_eq!(named, None, "{text:?}");
            assert!(!error.to_string().is_empty());
        }
    }
}

fuzz_target!(|text: &str| {
    check(text, &Backend::ALL);
    check(text, &Accuracy::ALL);
});
