//! Headers of .npy files, one or two that may agree: an error or a plan, soon, out of little memory, and of a file that
//! is taken no more was read than its header.
//!
//! ```text
//! byte 0      bits 0 to 2: what --dtype says; bit 3: there are two files
//! bytes 1, 2  how long the first of two is
//! the rest    the files
//! ```

#![no_main]

use libfuzzer_sys::fuzz_target;
use sigmoid_fuzz::DataType;
use sigmoid_fuzz::apply::header::plan;
use sigmoid_fuzz::apply::input::Input;

/// The longest of version 3: the magic string, the version, the length, and the most characters in UTF-8.
const LONGEST: u64 = 12 + 4 * 10_000;

fuzz_target!(|data: &[u8]| {
    let Some((&[how, low, high], files)) = data.split_first_chunk() else { return };
    let two_bytes = match how & 7 {
        0 => Some(DataType::Bf16),
        1 => Some(DataType::F16),
        2 => Some(DataType::F32),
        _ => None,
    };
    let mut inputs = if how & 8 == 0 {
        vec![Input::new(files)]
    } else {
        let (first, second) = files.split_at(files.len().min(u16::from_le_bytes([low, high]).into()));
        vec![Input::new(first), Input::new(second)]
    };
    let planned = plan(&mut inputs, two_bytes);
    assert!(inputs.iter().all(|input| input.file.position() <= LONGEST));
    match planned {
        Ok(plan) => {
            assert_eq!(plan.header, inputs[0].read());
            assert!(inputs.iter().all(|input| input.announced == Some(plan.bytes())));
            // NumPy counts in signed numbers.
            assert!(i64::try_from(plan.bytes()).is_ok());
            // It agrees with itself.
            let again = || Input::new(inputs[0].file.get_ref());
            assert!(self::plan(&mut [again(), again()], two_bytes).is_ok());
        }
        Err(error) => assert!(!format!("{error:?}").is_empty()),
    }
});
