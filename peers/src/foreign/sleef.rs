//! SLEEF, a library of vector mathematics: 1 / (1 + e^-x) around its exponential.

use std::ffi::c_char;

use super::{Function, text};
use crate::peer::{Kernel, Operation, Peer, Threads, Tolerance};

unsafe extern "C" {
    fn peers_sleef_avx2_f32(x: *const f32, y: *mut f32, n: usize);
    fn peers_sleef_avx2_f64(x: *const f64, y: *mut f64, n: usize);
    fn peers_sleef_avx512_f32(x: *const f32, y: *mut f32, n: usize);
    fn peers_sleef_avx512_f64(x: *const f64, y: *mut f64, n: usize);
    fn peers_sleef_version() -> *const c_char;
}

/// Its functions for one kind of registers.
struct Sleef {
    name: &'static str,
    functions: &'static str,
    single: Function<f32>,
    double: Function<f64>,
}

/// All that this CPU runs.
pub fn all() -> Vec<Box<dyn Peer>> {
    let mut peers: Vec<Box<dyn Peer>> = Vec::new();
    if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
        peers.push(Box::new(Sleef {
            name: "SLEEF avx2",
            functions: "Sleef_expf8_u10avx2` and `Sleef_expd4_u10avx2",
            // SAFETY: the CPU has AVX2 and FMA, and the shim does as `Address` asks.
            single: unsafe { Function::new(peers_sleef_avx2_f32) },
            // SAFETY: as above.
            double: unsafe { Function::new(peers_sleef_avx2_f64) },
        }));
    }
    if is_x86_feature_detected!("avx512f") {
        peers.push(Box::new(Sleef {
            name: "SLEEF avx512",
            functions: "Sleef_expf16_u10avx512f` and `Sleef_expd8_u10avx512f",
            // SAFETY: the CPU has AVX-512F, and the shim does as `Address` asks.
            single: unsafe { Function::new(peers_sleef_avx512_f32) },
            // SAFETY: as above.
            double: unsafe { Function::new(peers_sleef_avx512_f64) },
        }));
    }
    peers
}

impl Peer for Sleef {
    fn name(&self) -> String {
        self.name.into()
    }

    fn version(&self) -> String {
        // SAFETY: a constant of the shim.
        format!("SLEEF {}", unsafe { text(peers_sleef_version) })
    }

    fn note(&self) -> String {
        format!(
            "1 / (1 + e^-x) in intrinsics around `{}`, a call a register: Debian does not package the headers that \
             can be inlined. It has no sigmoid of its own, and so no derivative; no threads",
            self.functions
        )
    }

    fn tolerance(&self, operation: Operation) -> Tolerance {
        Tolerance::of_the_formula(operation)
    }

    fn single(&self, operation: Operation, threads: Threads) -> Option<Box<dyn Kernel<f32>>> {
        self.single.forward(operation, threads)
    }

    fn double(&self, operation: Operation, threads: Threads) -> Option<Box<dyn Kernel<f64>>> {
        self.double.forward(operation, threads)
    }
}
