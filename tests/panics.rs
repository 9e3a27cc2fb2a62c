//! Lengths that differ: a panic at the caller's line that names both, before anything is written.

use std::cell::RefCell;
use std::mem::MaybeUninit;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

use sigmoid::{Backend, Kernels};

#[derive(Debug, PartialEq)]
struct Panic {
    file: String,
    line: u32,
    message: String,
}

thread_local! {
    static LAST: RefCell<Option<Panic>> = const { RefCell::new(None) };
}

/// What the work panicked with, if it did.
fn caught(work: impl FnOnce()) -> Option<Panic> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            match (info.location(), info.payload().downcast_ref::<String>()) {
                (Some(at), Some(message)) if message.starts_with("the slices") => {
                    let panic = Panic { file: at.file().into(), line: at.line(), message: message.clone() };
                    LAST.with_borrow_mut(|last| *last = Some(panic));
                }
                _ => usual(info),
            }
        }));
    });
    LAST.take();
    let result = catch_unwind(AssertUnwindSafe(work));
    let panic = LAST.take();
    assert_eq!(result.is_err(), panic.is_some(), "a panic of another kind");
    panic
}

/// The call must panic on its own line and name two slices with their lengths.
macro_rules! refused {
    ($x:literal $x_len:literal, $y:literal $y_len:literal, $call:expr) => {{
        let line = line!();
        let panic = caught(|| {
            $call;
        });
        let panic = panic.unwrap_or_else(|| panic!("line {line}: no panic"));
        assert_eq!((panic.file.as_str(), panic.line), (file!(), line), "{}", panic.message);
        let expected = format!("{} has {} elements and {} has {}", $x, $x_len as usize, $y, $y_len as usize);
        assert!(panic.message.ends_with(&expected), "line {line}: {}", panic.message);
    }};
}

const UNTOUCHED: f32 = 123.0;

fn every_way() -> Vec<Kernels> {
    let each = |backend| Kernels::new().backend(backend).expect("it is available");
    #[cfg_attr(not(feature = "rayon"), expect(unused_mut))]
    let mut all: Vec<_> = Backend::available().map(each).collect();
    #[cfg(feature = "rayon")]
    all.push(Kernels::new().parallel(true));
    all
}

#[test]
fn out_of_place() {
    let (x, mut y, mut z, mut w) = ([1.0; 5], [UNTOUCHED; 5], [UNTOUCHED; 4], [UNTOUCHED; 6]);
    for s in every_way() {
        refused!("x" 5, "y" 4, s.forward(&x, &mut z));
        refused!("x" 5, "y" 6, s.forward(&x, &mut w));
        refused!("x" 5, "dy" 4, s.derivative(&x, &mut z));
        refused!("x" 5, "y" 4, s.forward_with_derivative(&x, &mut z, &mut y));
        refused!("x" 5, "dy" 6, s.forward_with_derivative(&x, &mut y, &mut w));
        refused!("s" 5, "grad_out" 2, s.backward(&x, &x[..2], &mut y));
        refused!("s" 5, "grad_in" 4, s.backward(&x, &x, &mut z));
        refused!("s" 0, "grad_in" 6, s.backward(&[], &[], &mut w));
    }
    refused!("x" 5, "y" 4, sigmoid::sigmoid(&x, &mut z));
    refused!("x" 5, "dy" 6, sigmoid::sigmoid_derivative(&x, &mut w));
    refused!("x" 0, "y" 3, sigmoid::sigmoid(&[], &mut [0.0_f64; 3]));
    assert_eq!((y, z, w), ([UNTOUCHED; 5], [UNTOUCHED; 4], [UNTOUCHED; 6]), "written to before the panic");
}

#[test]
fn in_place() {
    let (mut x, mut y) = ([UNTOUCHED; 5], [UNTOUCHED; 3]);
    for s in every_way() {
        refused!("x" 5, "dy" 3, s.forward_with_derivative_in_place(&mut x, &mut y));
        refused!("s" 2, "grad" 5, s.backward_in_place(&[0.5; 2], &mut x));
    }
    assert_eq!((x, y), ([UNTOUCHED; 5], [UNTOUCHED; 3]), "written to before the panic");
}

#[test]
fn into_uninitialised_memory() {
    let x = [1.0_f32; 5];
    let (mut y, mut z) = ([MaybeUninit::new(UNTOUCHED); 5], [MaybeUninit::new(UNTOUCHED); 3]);
    for s in every_way() {
        refused!("x" 5, "y" 3, s.forward_uninit(&x, &mut z));
        refused!("x" 5, "dy" 3, s.derivative_uninit(&x, &mut z));
        refused!("x" 5, "y" 3, s.forward_with_derivative_uninit(&x, &mut z, &mut y));
        refused!("x" 5, "dy" 3, s.forward_with_derivative_uninit(&x, &mut y, &mut z));
        refused!("s" 5, "grad_out" 4, s.backward_uninit(&x, &x[1..], &mut y));
        refused!("s" 5, "grad_in" 3, s.backward_uninit(&x, &x, &mut z));
    }
    for element in y.iter().chain(&z) {
        // SAFETY: initialised above.
        assert_eq!(unsafe { element.assume_init() }, UNTOUCHED, "written to before the panic");
    }
}

#[test]
fn equal_lengths_do_not_panic() {
    for s in every_way() {
        for len in [0, 1, 5, 100] {
            let x = vec![1.0_f64; len];
            assert_eq!(caught(|| s.forward(&x, &mut vec![0.0; len])), None);
            assert_eq!(caught(|| s.backward(&x, &x, &mut vec![0.0; len])), None);
        }
    }
}
