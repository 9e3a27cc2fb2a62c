//! Eigen, the C++ library of linear algebra.

use std::ffi::c_char;

use super::{Function, of_two, text};
use crate::peer::{Kernel, Operation, Peer, Threads, Tolerance};

/// `array().logistic()`
pub struct Eigen;

unsafe extern "C" {
    fn peers_eigen_f32(x: *const f32, y: *mut f32, n: usize);
    fn peers_eigen_f64(x: *const f64, y: *mut f64, n: usize);
    fn peers_eigen_silu_f32(x: *const f32, y: *mut f32, n: usize);
    fn peers_eigen_swiglu_f32(g: *const f32, u: *const f32, y: *mut f32, n: usize);
    fn peers_eigen_version() -> *const c_char;
    fn peers_eigen_instructions() -> *const c_char;
}

impl Peer for Eigen {
    fn name(&self) -> String {
        "Eigen".into()
    }

    fn version(&self) -> String {
        // SAFETY: a constant of the shim.
        format!("Eigen {}", unsafe { text(peers_eigen_version) })
    }

    fn note(&self) -> String {
        format!(
            "`y = x.logistic()` over maps of the slices, {}: {}; silu is `x * x.logistic()`. No derivative of its own; no threads but for its \
             unsupported tensors",
            env!("PEERS_NATIVE_FLAGS"),
            // SAFETY: a constant of the library.
            unsafe { text(peers_eigen_instructions) }
        )
    }

    fn tolerance(&self, operation: Operation) -> Tolerance {
        Tolerance {
            ulp: 8.0,
            // silu is that times x, which is 9 where it is worst.
            absolute: if operation == Operation::Forward { 1.0 } else { 9.0 },
            why: "in f32 a half is added last, and below -9 it takes e^x for s(x), which is e^-18 off",
        }
    }

    fn single(&self, operation: Operation, threads: Threads) -> Option<Box<dyn Kernel<f32>>> {
        // SAFETY: compiled for this CPU, and the shims do as `Address` and `AddressOfTwo` ask.
        unsafe {
            match operation {
                Operation::Silu => Some(Function::new(peers_eigen_silu_f32).out_of_place(threads)),
                Operation::Swiglu => of_two(peers_eigen_swiglu_f32, threads),
                _ => Function::new(peers_eigen_f32).forward(operation, threads),
            }
        }
    }

    fn double(&self, operation: Operation, threads: Threads) -> Option<Box<dyn Kernel<f64>>> {
        // SAFETY: as above.
        unsafe { Function::new(peers_eigen_f64) }.forward(operation, threads)
    }
}
