//! Arrays of different shapes: a panic, as ndarray's own `Zip` has, at the caller's line, before anything is written.

use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::Mutex;

use ndarray::{Array2, Zip, arr2};
use sigmoid::{Accuracy, Kernels, ops};
use sigmoid_ndarray::{KernelsExt, SigmoidExt};

/// The file and the message of a panic. (The hook is the process's: one test at a time.)
fn panic_of(call: impl FnOnce()) -> Option<(String, String)> {
    static ONE: Mutex<()> = Mutex::new(());
    static SEEN: Mutex<Option<(String, String)>> = Mutex::new(None);
    let _one = ONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let before = panic::take_hook();
    panic::set_hook(Box::new(|info: &PanicHookInfo<'_>| {
        let file = info.location().map_or(String::new(), |location| location.file().to_owned());
        *SEEN.lock().unwrap() =
            Some((file, info.payload().downcast_ref::<String>().cloned().unwrap_or_default()));
    }));
    let result = panic::catch_unwind(AssertUnwindSafe(call));
    panic::set_hook(before);
    let seen = SEEN.lock().unwrap().take();
    assert_eq!(result.is_err(), seen.is_some());
    seen
}

#[test]
fn of_shapes_that_differ() {
    let kernels = Kernels::new();
    // As many elements, but not the same shape.
    let (x, other) = (Array2::<f32>::zeros((2, 6)), Array2::<f32>::zeros((3, 4)));
    let mut y = Array2::from_elem((3, 4), 7.0_f32);
    let mut dx = Array2::from_elem((2, 6), 7.0_f32);
    let says = |names: &str, panicked: Option<(String, String)>| {
        let (file, message) = panicked.expect(names);
        assert!(file.ends_with("panics.rs"), "{names}: at the caller's line, and not in {file}");
        assert_eq!(message, format!("the arrays must have one shape, but {names}"));
    };

    let swiglu = ops::SwiGlu::default();
    says("x has [2, 6] and y has [3, 4]", panic_of(|| kernels.map_array_into(ops::Sigmoid, &x, &mut y)));
    says(
        "x has [2, 6] and y has [3, 4]",
        panic_of(|| drop(kernels.zip_arrays::<f32, f32, _, _>(swiglu, &x, &other))),
    );
    says(
        "x has [3, 4] and z has [2, 6]",
        panic_of(|| kernels.zip_arrays_into(swiglu, &other, &other, &mut dx)),
    );
    says(
        "x has [2, 6] and y has [3, 4]",
        panic_of(|| kernels.zip_arrays_into_first(swiglu, &mut dx, &other)),
    );
    says("x has [2, 6] and y has [3, 4]", panic_of(|| kernels.zip_arrays_into_second(swiglu, &x, &mut y)));
    let backward = ops::SwiGluBackward::default();
    says(
        "x has [2, 6] and dy has [3, 4]",
        panic_of(|| kernels.array_gradients(backward, &x, &x, &x, &mut dx, &mut y)),
    );
    says("x has [2, 6] and y has [3, 4]", panic_of(|| drop(x.swiglu(&other))));
    assert!(y.iter().chain(&dx).all(|&y| y == 7.0), "nothing is written");

    assert!(panic_of(|| Zip::from(&x).and(&other).for_each(|_, _| ())).is_some(), "ndarray panics there too");
}

#[test]
fn of_exact_without_a_proof() {
    let exact = Kernels::new().accuracy(Accuracy::Exact);
    let mut x = arr2(&[[1.0_f64, 2.0], [3.0, 4.0]]);
    let before = x.clone();
    assert!(panic_of(|| exact.map_array_in_place(ops::Softplus, &mut x)).is_some());
    assert!(
        panic_of(|| exact.map_array_in_place(ops::Softplus, &mut x.slice_mut(ndarray::s![.., ..1])))
            .is_some()
    );
    assert_eq!(x, before);
}
