//! oneDNN, Intel's primitives for deep learning.

use std::ffi::{c_int, c_void};
use std::ptr::{self, NonNull};

use crate::peer::{Kernel, Operation, Peer, Threads, Tolerance};
use crate::session::threads as number_of;

/// The primitive `eltwise_logistic`
pub struct Onednn;

unsafe extern "C" {
    fn peers_onednn_new(operation: c_int, threads: usize) -> *mut c_void;
    fn peers_onednn_run_f32(
        primitives: *mut c_void,
        x: *const f32,
        gradient: *const f32,
        y: *mut f32,
        n: usize,
    ) -> c_int;
    fn peers_onednn_delete(primitives: *mut c_void);
    fn peers_onednn_version(major: *mut c_int, minor: *mut c_int, patch: *mut c_int);
}

/// The values of `enum peers_onednn_operation` in `shims.h`.
const FORWARD: c_int = 0;
const BACKWARD_FROM_INPUT: c_int = 1;
#[cfg(test)]
const BACKWARD_FROM_OUTPUT: c_int = 2;
const SILU: c_int = 3;
const SOFTPLUS: c_int = 4;
const LOG_SIGMOID: c_int = 5;

/// The primitives of one operation, one for each length that was met.
struct Primitives {
    shim: NonNull<c_void>,
    operation: Operation,
    /// What the backward pass multiplies s' by: as many ones as were loaded.
    ones: Vec<f32>,
}

impl Primitives {
    fn new(operation: Operation, threads: Threads) -> Option<Self> {
        let number = match operation {
            Operation::Forward | Operation::ForwardInPlace => FORWARD,
            Operation::Derivative => BACKWARD_FROM_INPUT,
            Operation::Silu => SILU,
            Operation::Softplus => SOFTPLUS,
            Operation::LogSigmoid => LOG_SIGMOID,
            Operation::Swiglu | Operation::BceWithLogits => return None,
        };
        // SAFETY: a value of the enum.
        let shim = NonNull::new(unsafe { peers_onednn_new(number, number_of(threads)) })?;
        Some(Self { shim, operation, ones: Vec::new() })
    }

    /// # Safety
    ///
    /// The first may be read, the last written, n numbers from there; the second may be read too in a
    /// backward pass. They do not overlap, unless both are the same in the forward pass.
    unsafe fn call(&mut self, x: *const f32, gradient: *const f32, y: *mut f32, n: usize) {
        // SAFETY: the shim is alive, and used by this thread alone; the rest is the caller's promise.
        let status = unsafe { peers_onednn_run_f32(self.shim.as_ptr(), x, gradient, y, n) };
        assert_eq!(status, 0, "oneDNN has a primitive for a vector of f32");
    }
}

impl Drop for Primitives {
    fn drop(&mut self) {
        // SAFETY: made by `peers_onednn_new`, and deleted once.
        unsafe { peers_onednn_delete(self.shim.as_ptr()) }
    }
}

impl Kernel<f32> for Primitives {
    fn load(&mut self, x: &[f32]) {
        if self.operation == Operation::Derivative {
            self.ones = vec![1.0; x.len()];
        }
    }

    fn run(&mut self, x: &[f32], y: &mut [f32], calls: u64) {
        assert_eq!(x.len(), y.len());
        assert!(self.operation != Operation::Derivative || self.ones.len() == x.len());
        let (ones, output) = (self.ones.as_ptr(), y.as_mut_ptr());
        let input = if self.operation == Operation::ForwardInPlace { output } else { x.as_ptr() };
        for _ in 0..calls {
            // SAFETY: slices of the same length, and in place both are one.
            unsafe { self.call(input, ones, output, y.len()) }
        }
    }
}

impl Peer for Onednn {
    fn name(&self) -> String {
        "oneDNN".into()
    }

    fn version(&self) -> String {
        let (mut major, mut minor, mut patch) = (0, 0, 0);
        // SAFETY: three numbers to write to.
        unsafe {
            peers_onednn_version(
                ptr::from_mut(&mut major),
                ptr::from_mut(&mut minor),
                ptr::from_mut(&mut patch),
            );
        }
        format!("oneDNN {major}.{minor}.{patch}")
    }

    fn note(&self) -> String {
        "the primitive `eltwise_logistic`, made (compiled for this CPU) once for each length, outside of the time; \
         its own threads (OpenMP). The derivative is its backward pass from the inputs, `eltwise_backward`, with \
         gradients of 1, which it reads as a third stream. No f64. silu is `eltwise_swish`, softplus `eltwise_soft_relu`, \
         log s `eltwise_logsigmoid`"
            .into()
    }

    fn tolerance(&self, operation: Operation) -> Tolerance {
        match operation {
            Operation::Softplus | Operation::LogSigmoid => Tolerance {
                ulp: 8.0,
                absolute: 64.0,
                why: "x comes back 2^-17 larger or smaller where it is large",
            },
            _ => Tolerance::of_the_formula(operation),
        }
    }

    fn single(&self, operation: Operation, threads: Threads) -> Option<Box<dyn Kernel<f32>>> {
        Some(Box::new(Primitives::new(operation, threads)?))
    }

    fn has_threads(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The second way back, from the outputs, which no table of the report has a place for.
    #[test]
    fn both_ways_back_agree_with_the_reference() {
        let x: Vec<f32> = (-100..100).map(|i| i as f32 * 0.0999).collect();
        let s: Vec<f32> = x.iter().map(|&x| sigmoid::reference::sigmoid(x)).collect();
        let gradient: Vec<f32> = (0..200).map(|i| 0.5 + i as f32 / 128.0).collect();
        for (operation, known) in [(BACKWARD_FROM_INPUT, &x), (BACKWARD_FROM_OUTPUT, &s)] {
            // SAFETY: a value of the enum.
            let shim = NonNull::new(unsafe { peers_onednn_new(operation, 1) }).unwrap();
            let mut primitives = Primitives { shim, operation: Operation::Derivative, ones: Vec::new() };
            let mut y = vec![f32::NAN; x.len()];
            // SAFETY: all are of one length.
            unsafe { primitives.call(known.as_ptr(), gradient.as_ptr(), y.as_mut_ptr(), x.len()) }
            for ((&x, &gradient), &y) in x.iter().zip(&gradient).zip(&y) {
                let truth = gradient * sigmoid::reference::sigmoid_derivative(x);
                assert!((y - truth).abs() <= 3e-7, "{operation} at {x}: {y} for {truth}");
            }
        }
    }
}
