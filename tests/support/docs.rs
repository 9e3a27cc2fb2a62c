//! Whether the docs say what they should: numbers in them are computed by tests.

/// Fails unless these words stand on the page, wherever its lines end.
#[track_caller]
pub fn assert_says(page: &str, what: &str) {
    let words = |text: &str| {
        let words = text.split_whitespace().filter(|word| !["///", "//!"].contains(word));
        words.collect::<Vec<_>>().join(" ")
    };
    assert!(words(page).contains(&words(what)), "the docs must say\n{what}");
}
