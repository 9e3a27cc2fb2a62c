//! The derivative of x s(x)

use super::Formula;
use crate::format::Number;
use crate::lanes::{Avx2F32, Avx2F64, Avx512F32, Avx512F64, Four, PortableF32, PortableF64, Three};
use crate::pair::{Approximation, Constants, Logistic, WideRange, approximate, lowered};
use crate::reference;

/// silu'(x) = s(x) (1 + x s(-x))
///
/// Largest error found in units in the last place, in `f32` (all numbers): 6.2254 at -1.1550399 with
/// fused multiply-add, 6.7539 at -0.85613376 without:
/// [`bounds::SILU_DERIVATIVE`](crate::bounds::SILU_DERIVATIVE), which has those of `f64` too. The test
/// `silu_derivative_is_as_exact_as_stated` holds every backend against them. There is no Exact.
/// Any number takes at most 2 times as long as x = 1.
///
/// It is zero at x0 = -1.2784645427610738, and has as many digits next to it as elsewhere. silu'(-inf) = -0,
/// silu'(0) = 1/2, silu'(inf) = 1.
///
/// ```
/// use sigmoid::{Kernels, ops};
///
/// let mut y = [0.0_f32; 2];
/// Kernels::new().map(ops::SiluDerivative, &[0.0, -1.2784645], &mut y);
/// assert_eq!(y, [0.5, -2.8270397e-9]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct SiluDerivative;

/// x0, the zero of silu', in two parts (`scripts/coefficients.py` finds it).
pub(super) const X0: [(f32, f64); 2] = [
    (f32::from_bits(0xbfa3_a4ba), f64::from_bits(0xbff4_7497_3c84_120b)),
    (f32::from_bits(0x325e_fb7d), f64::from_bits(0xbc9f_8d74_bc9a_c154)),
];

/// w = e^-x0 = -1 / (1 + x0)
pub(super) const W: (f32, f64) = (f32::from_bits(0x4065_d4ef), f64::from_bits(0x400c_ba9d_e592_0a28));

/// The largest |x| on the common path: D^2 stays in the normal range.
pub(super) const COMMON_LIMIT: (f32, f64) = (36.0, 300.0);

/// From here down silu' rounds to -0, and from its negative up to 1.
const LOWEST: (f32, f64) = (-110.0, -760.0);

/// What both paths begin with: A, w M, r, what it is multiplied with where k = 0, k in the low bits of t, and k.
pub(super) struct Parts<L> {
    pub(super) a: L,
    pub(super) wm: L,
    pub(super) r: L,
    pub(super) rise: L,
    pub(super) t: L,
    pub(super) k: L,
}

#[cfg_attr(optimised, inline(always))]
fn parts<L: Logistic>(x: L) -> Parts<L> {
    let magic = x.splat(L::Number::BIASED_MAGIC);
    let [high, low] = [x.splat(L::Number::of(X0[0])), x.splat(L::Number::of(X0[1]))];
    let t = x.sub(high).mul_add(x.splat(L::Number::MINUS_LOG2_E), magic);
    let k = t.sub(magic);
    let r = k.mul_add(x.splat(L::Number::LN_2_HIGH), x).sub(high);
    let r = r.add(k.mul_add(x.splat(L::Number::LN_2_LOW), x.splat(L::Number::ZERO).sub(low)));
    let Approximation { o, a, m, .. } = approximate(r);
    let wm = x.splat(L::Number::of(W)).mul(m);
    Parts { a, wm, r, rise: o.add(o).add(wm), t, k }
}

impl<L: Logistic> Parts<L> {
    /// N where k = 0, and `elsewhere`.
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn numerator(&self, elsewhere: L) -> L {
        let zero = self.k.splat(L::Number::ZERO);
        let far = zero.below(zero.sub(self.k.negative_magnitude()));
        L::select(far, elsewhere, self.r.mul(self.rise))
    }
}

/// silu'(x) as a number 2^-n and this n, of any x: `lowest` and its negative are as far out as anything changes.
#[cfg_attr(optimised, inline(always))]
pub(super) fn wide_range<L: Logistic>(x: L, lowest: L::Number) -> (L, L) {
    let lowest = x.splat(lowest);
    let x = x.at_least(lowest).at_most(x.splat(L::Number::ZERO).sub(lowest));
    let parts = parts(x);
    let WideRange { b, d, a_in_d, n, .. } = WideRange::new(parts.a, parts.wm, parts.k);
    let numerator = parts.numerator(x.add(x.splat(L::Number::ONE)).mul_add(b, a_in_d));
    (parts.a.mul(numerator).div(d.mul(d)), n)
}

/// x0 is the origin of the reduction:
///
/// ```text
/// k = round((x0 - x) log2 e),  r = x - x0 + k ln 2,  B = 2^k w M,  D = A + B
/// silu'(x) = A N / D^2        N = A + (1 + x) B, and where k = 0 it is r (2 O + w M)
/// ```
///
/// of which the second is the first without what cancels.
impl Formula for SiluDerivative {
    type Prepared<N: Constants> = ();
    type Inputs<X: Copy> = X;
    type Outputs<X: Copy> = X;

    fn prepare<N: Constants>(self) {}

    #[cfg_attr(optimised, inline(always))]
    fn needs_care<L: Logistic>(_: &(), x: L) -> bool {
        x.any_beyond(L::Number::of(COMMON_LIMIT))
    }

    #[cfg_attr(optimised, inline(always))]
    fn common<L: Logistic>(_: &(), x: L) -> L {
        let parts = parts(x);
        let b = parts.wm.mul(parts.t.low_bits_to_exponent());
        let d = parts.a.add(b);
        let n = parts.numerator(x.add(x.splat(L::Number::ONE)).mul_add(b, parts.a));
        parts.a.mul(n).div(d.mul(d))
    }

    #[cfg_attr(optimised, inline(always))]
    fn careful<L: Logistic>(_: &(), x: L) -> L {
        let (slope, n) = wide_range(x, L::Number::of(LOWEST));
        lowered(slope, n)
    }

    fn reference<N: Constants>(_: &(), x: N) -> N {
        N::narrow(reference::silu_derivative(x.widen()))
    }
}

kernels!(SiluDerivative, (): *const f32 => *mut f32, [Three<PortableF32>, Three<Avx2F32>, Four<Avx512F32>]);
kernels!(SiluDerivative, (): *const f64 => *mut f64, [Three<PortableF64>, Three<Avx2F64>, Four<Avx512F64>]);
