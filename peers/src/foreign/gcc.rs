//! The loop that anyone would write in C, with the flags that anyone would add.

use std::ffi::c_char;

use super::{Address, AddressOfTwo, Function, of_two, text};
use crate::peer::{Kernel, Operation, Peer, Threads, Tolerance};

unsafe extern "C" {
    fn peers_loop_f32(x: *const f32, y: *mut f32, n: usize);
    fn peers_loop_f64(x: *const f64, y: *mut f64, n: usize);
    fn peers_loop_derivative_f32(x: *const f32, y: *mut f32, n: usize);
    fn peers_loop_derivative_f64(x: *const f64, y: *mut f64, n: usize);
    fn peers_loop_wide_f32(x: *const f32, y: *mut f32, n: usize);
    fn peers_loop_wide_f64(x: *const f64, y: *mut f64, n: usize);
    fn peers_loop_wide_derivative_f32(x: *const f32, y: *mut f32, n: usize);
    fn peers_loop_wide_derivative_f64(x: *const f64, y: *mut f64, n: usize);
    fn peers_loop_silu_f32(x: *const f32, y: *mut f32, n: usize);
    fn peers_loop_softplus_f32(x: *const f32, y: *mut f32, n: usize);
    fn peers_loop_log_sigmoid_f32(x: *const f32, y: *mut f32, n: usize);
    fn peers_loop_swiglu_f32(g: *const f32, u: *const f32, y: *mut f32, n: usize);
    fn peers_loop_bce_with_logits_f32(x: *const f32, label: *const f32, y: *mut f32, n: usize);
    fn peers_loop_wide_silu_f32(x: *const f32, y: *mut f32, n: usize);
    fn peers_loop_wide_softplus_f32(x: *const f32, y: *mut f32, n: usize);
    fn peers_loop_wide_log_sigmoid_f32(x: *const f32, y: *mut f32, n: usize);
    fn peers_loop_wide_swiglu_f32(g: *const f32, u: *const f32, y: *mut f32, n: usize);
    fn peers_loop_wide_bce_with_logits_f32(x: *const f32, label: *const f32, y: *mut f32, n: usize);
    fn peers_loop_compiler() -> *const c_char;
}

/// The loop with one set of flags.
struct Loop {
    name: &'static str,
    flags: &'static str,
    single: [Address<f32>; 2],
    double: [Address<f64>; 2],
    /// silu, softplus, log s
    family: [Address<f32>; 3],
    /// swiglu, binary cross entropy
    of_two: [AddressOfTwo; 2],
}

/// With gcc's choice of registers, and with the widest. (On some CPUs it is the same.)
pub fn all() -> [Box<dyn Peer>; 2] {
    [
        Box::new(Loop {
            name: "C loop",
            flags: "",
            single: [peers_loop_f32, peers_loop_derivative_f32],
            double: [peers_loop_f64, peers_loop_derivative_f64],
            family: [peers_loop_silu_f32, peers_loop_softplus_f32, peers_loop_log_sigmoid_f32],
            of_two: [peers_loop_swiglu_f32, peers_loop_bce_with_logits_f32],
        }),
        Box::new(Loop {
            name: "C loop, 512 bits",
            flags: " -mprefer-vector-width=512",
            single: [peers_loop_wide_f32, peers_loop_wide_derivative_f32],
            double: [peers_loop_wide_f64, peers_loop_wide_derivative_f64],
            family: [peers_loop_wide_silu_f32, peers_loop_wide_softplus_f32, peers_loop_wide_log_sigmoid_f32],
            of_two: [peers_loop_wide_swiglu_f32, peers_loop_wide_bce_with_logits_f32],
        }),
    ]
}

impl Loop {
    fn kernel<T: Copy + Send + Sync + 'static>(
        [forward, derivative]: [Address<T>; 2],
        operation: Operation,
        threads: Threads,
    ) -> Option<Box<dyn Kernel<T>>> {
        let function = match operation {
            Operation::Forward => forward,
            Operation::Derivative => derivative,
            _ => return None,
        };
        // SAFETY: compiled for this CPU; the shim does as `Address` asks, out of place.
        Some(unsafe { Function::new(function) }.out_of_place(threads))
    }
}

impl Peer for Loop {
    fn name(&self) -> String {
        self.name.into()
    }

    fn version(&self) -> String {
        // SAFETY: a constant of the shim.
        unsafe { text(peers_loop_compiler) }.to_owned()
    }

    fn note(&self) -> String {
        format!(
            "`1.0f / (1.0f + expf(-x[i]))` between `restrict` pointers, {} -ffast-math{}: gcc calls glibc's libmvec. \
             The derivative is e / (1 + e)^2 of e = e^-|x|, the others are as in the scalar loop. For in place one would write another loop",
            env!("PEERS_NATIVE_FLAGS"),
            self.flags
        )
    }

    fn tolerance(&self, operation: Operation) -> Tolerance {
        let formula = Tolerance::of_the_formula(operation);
        Tolerance {
            ulp: formula.ulp.max(8.0),
            absolute: if operation == Operation::Derivative { 1e-30 } else { formula.absolute },
            why: "libmvec promises 4 ULP for the exponential; the derivative squares it, the flag frees the division",
        }
    }

    fn single(&self, operation: Operation, threads: Threads) -> Option<Box<dyn Kernel<f32>>> {
        let [silu, softplus, log_sigmoid] = self.family;
        let [swiglu, bce_with_logits] = self.of_two;
        // SAFETY: compiled for this CPU; the shims do as `Address` and `AddressOfTwo` ask, out of place.
        let out_of_place = |function| Some(unsafe { Function::new(function) }.out_of_place(threads));
        // SAFETY: as above.
        let of_two = |function| unsafe { of_two(function, threads) };
        match operation {
            Operation::Silu => out_of_place(silu),
            Operation::Softplus => out_of_place(softplus),
            Operation::LogSigmoid => out_of_place(log_sigmoid),
            Operation::Swiglu => of_two(swiglu),
            Operation::BceWithLogits => of_two(bce_with_logits),
            _ => Self::kernel(self.single, operation, threads),
        }
    }

    fn double(&self, operation: Operation, threads: Threads) -> Option<Box<dyn Kernel<f64>>> {
        Self::kernel(self.double, operation, threads)
    }
}
