//! The formula over `wide`'s registers and its own exponential: what one writes to use SIMD without
//! thinking about it for long. In a default build the registers are SSE2's.

use crate::peer::{Kernel, Operation, Peer, Threads, Tolerance};
use crate::versions::version_of;

// The widest registers that this build's target features give. Wider types exist, but they are
// arrays of these, and spill.
#[cfg(not(target_feature = "avx2"))]
use wide::{f32x4 as Single, f64x2 as Double};
#[cfg(all(target_feature = "avx2", not(target_feature = "avx512f")))]
use wide::{f32x8 as Single, f64x4 as Double};
#[cfg(target_feature = "avx512f")]
use wide::{f32x16 as Single, f64x8 as Double};

/// 1 / (1 + e^-x), register by register
pub struct Wide;

macro_rules! kernel {
    ($number:ty, $register:ident, $operation:expr, $threads:expr) => {{
        const LANES: usize = size_of::<$register>() / size_of::<$number>();

        #[inline(always)]
        fn sigmoid(x: [$number; LANES]) -> [$number; LANES] {
            let one = $register::splat(1.0);
            (one / (one + (-$register::new(x)).exp())).to_array()
        }

        #[inline(always)]
        fn derivative(x: [$number; LANES]) -> [$number; LANES] {
            let one = $register::splat(1.0);
            let s = one / (one + (-$register::new(x)).exp());
            (s * (one - s)).to_array()
        }

        #[inline(always)]
        fn silu(x: [$number; LANES]) -> [$number; LANES] {
            let x = $register::new(x);
            (x / ($register::splat(1.0) + (-x).exp())).to_array()
        }

        #[inline(always)]
        fn map(x: &[$number], y: &mut [$number], f: impl Fn([$number; LANES]) -> [$number; LANES]) {
            let ((x, x_tail), (y, y_tail)) = (x.as_chunks::<LANES>(), y.as_chunks_mut::<LANES>());
            for (x, y) in x.iter().zip(y) {
                *y = f(*x);
            }
            // What does not fill a register goes through a padded one.
            if !x_tail.is_empty() {
                let mut padded = [0.0; LANES];
                padded[..x_tail.len()].copy_from_slice(x_tail);
                y_tail.copy_from_slice(&f(padded)[..x_tail.len()]);
            }
        }

        #[inline(always)]
        fn map_in_place(y: &mut [$number]) {
            let (whole, tail) = y.as_chunks_mut::<LANES>();
            for y in whole {
                *y = sigmoid(*y);
            }
            if !tail.is_empty() {
                let mut padded = [0.0; LANES];
                padded[..tail.len()].copy_from_slice(tail);
                tail.copy_from_slice(&sigmoid(padded)[..tail.len()]);
            }
        }

        Some(match $operation {
            Operation::Forward => $threads.slices(|x: &[$number], y: &mut [$number]| map(x, y, sigmoid)),
            Operation::Derivative => {
                $threads.slices(|x: &[$number], y: &mut [$number]| map(x, y, derivative))
            }
            Operation::ForwardInPlace => $threads.in_place(map_in_place),
            Operation::Silu => $threads.slices(|x: &[$number], y: &mut [$number]| map(x, y, silu)),
            // Its logarithm has no ln (1 + x), and a gate would be the same again.
            _ => return None,
        })
    }};
}

impl Peer for Wide {
    fn name(&self) -> String {
        "wide, naive".into()
    }

    fn version(&self) -> String {
        version_of!("wide", "VERSION_WIDE")
    }

    fn note(&self) -> String {
        format!(
            "`one / (one + (-x).exp())` over registers of {} bits, which this build's target features give; \
             the derivative is s (1 - s), silu `x / (one + (-x).exp())`",
            8 * size_of::<Single>()
        )
    }

    fn tolerance(&self, operation: Operation) -> Tolerance {
        // Its exponential is that of the formula, or a little worse, in its own registers.
        let formula = Tolerance::of_the_formula(operation);
        Tolerance { ulp: 2.0 * formula.ulp, ..formula }
    }

    fn single(&self, operation: Operation, threads: Threads) -> Option<Box<dyn Kernel<f32>>> {
        kernel!(f32, Single, operation, threads)
    }

    fn double(&self, operation: Operation, threads: Threads) -> Option<Box<dyn Kernel<f64>>> {
        kernel!(f64, Double, operation, threads)
    }
}
