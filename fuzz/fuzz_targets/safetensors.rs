//! Headers of safetensors files, one or two with the same tensors: an error or a plan, soon, out of little memory; and
//! the crate `safetensors` finds as many tensors there, or refuses the file too.
//!
//! ```text
//! byte 0      bit 0: all tensors are chosen, or those with the names x and y; bit 1: there are two files
//! bytes 1, 2  how long the first of two is
//! the rest    the files
//! ```

#![no_main]

use libfuzzer_sys::fuzz_target;
use safetensors::{Dtype, SafeTensors};
use sigmoid_fuzz::Error;
use sigmoid_fuzz::apply::input::Input;
use sigmoid_fuzz::apply::plan::Plan;
use sigmoid_fuzz::apply::safetensors::{Choice, plan};

fuzz_target!(|data: &[u8]| {
    let Some((&[how, low, high], files)) = data.split_first_chunk() else { return };
    let names = ["x".to_owned(), "y".to_owned()];
    let choice = if how & 1 == 0 { Choice::All } else { Choice::These(&names) };
    let mut inputs = if how & 2 == 0 {
        vec![Input::new(files)]
    } else {
        let (first, second) = files.split_at(files.len().min(u16::from_le_bytes([low, high]).into()));
        vec![Input::new(first), Input::new(second)]
    };
    if let Ok(plan) = plan(&mut inputs, &choice) {
        assert_eq!(plan.header, inputs[0].read());
        assert_eq!(inputs[0].announced, Some(plan.bytes()));
    }

    // A file alone, beside the crate.
    let mut input = [Input::new(files)];
    let planned = plan(&mut input, &Choice::All);
    match (planned, SafeTensors::deserialize(files)) {
        (Ok(plan), Ok(expected)) => {
            assert_eq!(plan.bytes(), input[0].rest().len() as u64);
            assert_eq!(computed(&plan), computable(&expected));
        }
        // The format wants { first, and each name once.
        (Err(Error::NotSafetensors { reason, .. }), Ok(_)) => {
            assert!(files.get(8) != Some(&b'{') || reason.ends_with("comes twice"), "{reason}");
        }
        (Err(error), Ok(_)) => panic!("{error:?}"),
        // Too short or too long, which is seen when the tensors are read; or of types that the crate does not know.
        (Ok(_) | Err(_), Err(_)) => {}
    }
});

/// The lengths of the tensors that are computed, sorted.
fn computed(plan: &Plan) -> Vec<u64> {
    let mut bytes: Vec<_> =
        plan.parts.iter().filter(|part| part.computed.is_some()).map(|part| part.bytes).collect();
    bytes.sort_unstable();
    bytes
}

/// The same of the tensors that can be.
fn computable(tensors: &SafeTensors) -> Vec<u64> {
    let has_format = |dtype| matches!(dtype, Dtype::F32 | Dtype::F64 | Dtype::F16 | Dtype::BF16);
    let tensors = tensors.iter().filter(|(_, tensor)| has_format(tensor.dtype()));
    let mut bytes: Vec<_> = tensors.map(|(_, tensor)| tensor.data().len() as u64).collect();
    bytes.sort_unstable();
    bytes
}
