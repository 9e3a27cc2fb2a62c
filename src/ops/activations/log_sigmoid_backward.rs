//! grad s(-x)

use super::Formula;
use super::log_sigmoid::negated;
use super::softplus_backward::SoftplusBackward;
use crate::lanes::{Avx2F32, Avx2F64, Avx512F32, Avx512F64, Four, PortableF32, PortableF64};
use crate::pair::{Constants, Logistic};

/// grad s(-x), of x and grad: the way back through [`LogSigmoid`](super::LogSigmoid).
///
/// It has the bits of [`SoftplusBackward`] of -x and grad, and so its errors and special values.
///
/// ```
/// use sigmoid::{Kernels, ops};
///
/// let mut grad_in = [0.0_f32; 3];
/// Kernels::new().zip(ops::LogSigmoidBackward, &[0.0, -40.0, 120.0], &[8.0, 3.0, 1e30], &mut grad_in);
/// assert_eq!(grad_in, [4.0, 3.0, 7.667648e-23]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct LogSigmoidBackward;

impl Formula for LogSigmoidBackward {
    type Prepared<N: Constants> = ();
    type Inputs<X: Copy> = (X, X);
    type Outputs<X: Copy> = X;

    fn prepare<N: Constants>(self) {}

    #[inline(always)]
    fn needs_care<L: Logistic>(_: &(), inputs: (L, L)) -> bool {
        SoftplusBackward::needs_care(&(), inputs)
    }

    #[cfg_attr(optimised, inline(always))]
    fn common<L: Logistic>(_: &(), (x, grad): (L, L)) -> L {
        SoftplusBackward::common(&(), (negated(x), grad))
    }

    #[cfg_attr(optimised, inline(always))]
    fn careful<L: Logistic>(_: &(), (x, grad): (L, L)) -> L {
        SoftplusBackward::careful(&(), (negated(x), grad))
    }

    fn reference<N: Constants>(_: &(), (x, grad): (N, N)) -> N {
        SoftplusBackward::reference(&(), (-x, grad))
    }
}

kernels!(
    LogSigmoidBackward, (): (*const f32, *const f32) => *mut f32,
    [Four<PortableF32>, Four<Avx2F32>, Four<Avx512F32>]
);
kernels!(
    LogSigmoidBackward, (): (*const f64, *const f64) => *mut f64,
    [Four<PortableF64>, Four<Avx2F64>, Four<Avx512F64>]
);
