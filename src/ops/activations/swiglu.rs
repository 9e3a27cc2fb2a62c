//! The gated linear unit of SiLU

use super::Formula;
use crate::format::Number;
use crate::lanes::{Avx2F32, Avx2F64, Avx512F32, Avx512F64, Four, PortableF32, PortableF64, Three};
use crate::pair::{Constants, Factor, LARGE, Logistic, Scaled, Steepness, Unscaled, WideRange};
use crate::reference;
use crate::slices::Interleaved;

/// min(g, limit) s(alpha min(g, limit)) (clamp(u, -limit, limit) + offset), of a gate g and what passes it, u.
///
/// Largest error found in units in the last place, in `f32` (four billion pairs, without parameters): 3.95 with
/// fused multiply-add, at g = -13.391822 and u = -23.74987, and 4.34 without; [`bounds::SWIGLU`](crate::bounds::SWIGLU) is
/// what can be at the most. (The test `swiglu_is_as_exact_as_stated` tries six gates.) There is no Exact.
///
/// Any gate takes at most 2 times as long as g = 1; 3.3 times, where g or g u is below the normal range, and with a
/// |u| above 2^16 it may take 6.6 times (Zen 4; 7 times on Zen 5).
///
/// The default is silu(g) u: alpha = 1, no limit, no offset. gpt-oss has alpha = 1.702, limit = 7, offset = 1.
///
/// As the formula says, u = -0 counts as 0 + offset, which is 0 where the offset is. An infinite u is NaN where the gate
/// lets nothing finite through, as 0 times infinity is: below alpha g = -220 in `f32` and -1480 in `f64`, and in the
/// scalar path wherever g s(alpha g) rounds to 0.
///
/// alpha is finite, and its magnitude from 2^-10 to 2^10; limit is not negative. (With alpha = 0, of which nobody is known
/// to have a use, results from half of the largest number on may overflow.)
///
/// ```
/// use sigmoid::{Kernels, ops};
///
/// let mut y = [0.0_f32; 2];
/// Kernels::new().zip(ops::SwiGlu::default(), &[1.0, 40.0], &[2.0, 3.0], &mut y);
/// assert_eq!(y, [1.4621172, 120.0]);
/// ```
///
/// From `bf16` and from `f16` of the crate `half` (feature `half`), to the same or to `f32`, it is computed in `f32`,
/// and rounded to half precision once, at the end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SwiGlu {
    /// How steep the gate is.
    pub alpha: f32,
    /// What g and |u| count as at the most.
    pub limit: f32,
    /// What is added to u.
    pub offset: f32,
}

impl Default for SwiGlu {
    fn default() -> Self {
        Self { alpha: 1.0, limit: f32::INFINITY, offset: 0.0 }
    }
}

/// The result of any u that is not large vanishes from this alpha g down. (With the smallest alpha too: 128 2^10 2^16 e^-128
/// < 2^-150.)
const LOWEST: (f32, f64) = (-128.0, -780.0);

/// The result of any finite u vanishes from this alpha g down.
pub(super) const LOWEST_OF_ALL: (f32, f64) = (-220.0, -1480.0);

/// [`SwiGlu`], prepared.
#[derive(Clone, Copy, Debug)]
pub struct Gate<N> {
    pub(super) scaled: Scaled<N>,
    pub(super) limit: N,
    offset: N,
    /// For any u that is not large.
    near: Range<N>,
    /// For any u.
    pub(super) all: Range<N>,
}

/// Where a gate changes anything.
#[derive(Clone, Copy, Debug)]
pub(super) struct Range<N> {
    /// The ends of what s(alpha g) depends on.
    reduction: [N; 2],
    /// The ends of what its product with g depends on.
    pub(super) factor: [N; 2],
}

impl<N: Constants> Range<N> {
    /// With `lowest` as the lower end of alpha g. (Inlined, as what is made of it, for of a plain gate it is constants.)
    #[cfg_attr(optimised, inline(always))]
    fn new(lowest: N, alpha: N) -> Self {
        if alpha > N::ZERO {
            Self { reduction: [lowest / alpha, N::HIGHEST / alpha], factor: [lowest / alpha, N::INFINITY] }
        } else if alpha < N::ZERO {
            Self { reduction: [N::HIGHEST / alpha, lowest / alpha], factor: [-N::INFINITY, lowest / alpha] }
        } else {
            Self { reduction: [-N::ONE, N::ONE], factor: [-N::INFINITY, N::INFINITY] }
        }
    }
}

#[cfg_attr(optimised, inline(always))]
pub(super) fn clamped<L: Logistic>(x: L, [from, to]: [L::Number; 2]) -> L {
    x.at_least(x.splat(from)).at_most(x.splat(to))
}

impl<N: Constants> Gate<N> {
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn new(alpha: N, limit: N, offset: N) -> Self {
        let (near, all) = (Range::new(N::of(LOWEST), alpha), Range::new(N::of(LOWEST_OF_ALL), alpha));
        Self { scaled: Scaled::new(alpha), limit, offset, near, all }
    }

    /// min(g, limit), and clamp(u, -limit, limit) + offset.
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn limited<L: Logistic<Number = N>>(&self, (g, u): (L, L)) -> (L, L) {
        let limit = g.splat(self.limit);
        let negative = g.splat(N::ZERO).sub(limit);
        (g.at_most(limit), u.at_most(limit).at_least(negative).add(u.splat(self.offset)))
    }

    /// The same of numbers, the second in `f64`.
    pub(super) fn limited_number(&self, (g, u): (N, N)) -> (N, f64) {
        let u = if u > self.limit {
            self.limit
        } else if u < -self.limit {
            -self.limit
        } else {
            u
        };
        (if g > self.limit { self.limit } else { g }, u.widen() + self.offset.widen())
    }

    /// The zero that the gate is where the result of any finite u vanishes.
    pub(super) fn gone(&self, g: N) -> Option<f64> {
        let [from, to] = self.all.factor;
        if g < from {
            Some(-0.0)
        } else if g > to {
            Some(0.0)
        } else {
            None
        }
    }
}

/// Whether a lane needs care, of g and u within their limits.
#[cfg_attr(optimised, inline(always))]
fn needs_care<L: Logistic>(steepness: &impl Steepness<L::Number>, (g, u): (L, L)) -> bool {
    g.any_beyond(steepness.common_limit()) | u.any_beyond(L::Number::of(LARGE))
}

/// (g u) s: in this order nothing vanishes before its time.
#[cfg_attr(optimised, inline(always))]
fn common<L: Logistic>(steepness: &impl Steepness<L::Number>, (g, u): (L, L)) -> L {
    let (a, d) = steepness.common_fraction(g);
    g.mul(u).mul(a.div(d))
}

/// The same of any g and u; the ranges are for any u that is not large, and for any.
#[cfg_attr(optimised, inline(always))]
fn careful<L: Logistic>(
    steepness: &impl Steepness<L::Number>,
    [near, all]: [&Range<L::Number>; 2],
    (g, u): (L, L),
) -> L {
    let s = steepness.counted(clamped(g, near.reduction));
    let result = s.times(clamped(g, near.factor).mul(u));
    if !u.any_beyond(L::Number::of(LARGE)) {
        return result;
    }
    let large = u.splat(L::Number::of(LARGE)).below(u.splat(L::Number::ZERO).sub(u.negative_magnitude()));
    L::select(large, of_large(steepness, all, g, u), result)
}

/// The result of a large u.
#[cfg_attr(optimised, inline(always))]
fn of_large<L: Logistic>(steepness: &impl Steepness<L::Number>, all: &Range<L::Number>, g: L, u: L) -> L {
    let (a, m, k) = steepness.parts(clamped(g, all.reduction));
    let WideRange { a, d, n, .. } = WideRange::new(a, m, k);
    let factor = Factor::new(clamped(g, all.factor)).times(Factor::new(u));
    let (zero, result) = (g.splat(L::Number::ZERO), factor.lowered(a.div(d), n));
    // Where the gate vanishes, so does a finite product; an infinite u makes it NaN.
    let [from, to] = [g.splat(all.factor[0]), g.splat(all.factor[1])];
    let result = L::select(g.below(from), g.splat(-L::Number::ZERO).mul(u), result);
    L::select(to.below(g), zero.mul(u), result)
}

impl SwiGlu {
    /// Whether it is that of [`Plain`]. (An offset of -0 is another.)
    fn is_plain(self) -> bool {
        self.alpha == 1.0 && self.limit == f32::INFINITY && self.offset.to_bits() == 0
    }
}

impl Formula for SwiGlu {
    type Prepared<N: Constants> = Gate<N>;
    type Inputs<X: Copy> = (X, X);
    type Outputs<X: Copy> = X;

    fn prepare<N: Constants>(self) -> Gate<N> {
        if self.is_plain() {
            // (Of constants: nothing has to be computed.)
            return Gate::new(N::ONE, N::INFINITY, N::ZERO);
        }
        let [alpha, limit, offset] = [self.alpha, self.limit, self.offset].map(|x| N::narrow(x.into()));
        Gate::new(alpha, limit, offset)
    }

    #[cfg_attr(optimised, inline(always))]
    fn needs_care<L: Logistic>(gate: &Gate<L::Number>, inputs: (L, L)) -> bool {
        needs_care(&gate.scaled, gate.limited(inputs))
    }

    #[cfg_attr(optimised, inline(always))]
    fn common<L: Logistic>(gate: &Gate<L::Number>, inputs: (L, L)) -> L {
        common(&gate.scaled, gate.limited(inputs))
    }

    #[cfg_attr(optimised, inline(always))]
    fn careful<L: Logistic>(gate: &Gate<L::Number>, inputs: (L, L)) -> L {
        careful(&gate.scaled, [&gate.near, &gate.all], gate.limited(inputs))
    }

    fn reference<N: Constants>(gate: &Gate<N>, (g, u): (N, N)) -> N {
        let (g, u) = gate.limited_number((g, u));
        let gated = match gate.gone(g) {
            Some(zero) => zero,
            None => reference::gate(g.widen(), gate.scaled.c.widen()),
        };
        N::narrow(gated * u)
    }
}

/// [`SwiGlu`] of the default parameters, which nearly all models have: the same bits, from constants in place of what is
/// prepared.
pub(super) struct Plain;

/// As [`Gate::limited`]: a u of -0 counts as 0.
#[cfg_attr(optimised, inline(always))]
fn plain<L: Logistic>((g, u): (L, L)) -> (L, L) {
    (g, u.add(u.splat(L::Number::ZERO)))
}

impl Formula for Plain {
    type Prepared<N: Constants> = Gate<N>;
    type Inputs<X: Copy> = (X, X);
    type Outputs<X: Copy> = X;

    fn prepare<N: Constants>(self) -> Gate<N> {
        SwiGlu::default().prepare()
    }

    #[cfg_attr(optimised, inline(always))]
    fn needs_care<L: Logistic>(_: &Gate<L::Number>, inputs: (L, L)) -> bool {
        needs_care(&Unscaled, plain(inputs))
    }

    #[cfg_attr(optimised, inline(always))]
    fn common<L: Logistic>(_: &Gate<L::Number>, inputs: (L, L)) -> L {
        common(&Unscaled, plain(inputs))
    }

    #[cfg_attr(optimised, inline(always))]
    fn careful<L: Logistic>(_: &Gate<L::Number>, inputs: (L, L)) -> L {
        let near = Range::new(L::Number::of(LOWEST), L::Number::ONE);
        let all = Range::new(L::Number::of(LOWEST_OF_ALL), L::Number::ONE);
        careful(&Unscaled, [&near, &all], plain(inputs))
    }

    fn reference<N: Constants>(gate: &Gate<N>, inputs: (N, N)) -> N {
        SwiGlu::reference(gate, inputs)
    }
}

// (In interleaved pairs, and from half precision to `f32`, a plain gate is computed as any other: too few call
// those for what it takes to compile them.)
kernels!(SwiGlu, Gate<f32>: (*const f32, *const f32) => *mut f32, [Three<PortableF32>, Three<Avx2F32>, Four<Avx512F32>],
    has Plain where is_plain, [Four<PortableF32>, Three<Avx2F32>, Four<Avx512F32>]);
kernels!(SwiGlu, Gate<f64>: (*const f64, *const f64) => *mut f64, [Three<PortableF64>, Three<Avx2F64>, Four<Avx512F64>],
    has Plain where is_plain, [Three<PortableF64>, Three<Avx2F64>, Four<Avx512F64>]);
kernels!(SwiGlu, Gate<f32>: Interleaved<f32> => *mut f32, [Three<PortableF32>, Three<Avx2F32>, Four<Avx512F32>]);

#[cfg(feature = "half")]
mod half_precision {
    use half::{bf16, f16};

    use super::*;

    /// Expands to the layouts of a format, to itself and to `f32`.
    macro_rules! half {
        ($format:ident) => {
            kernels!(SwiGlu, Gate<f32>: (*const $format, *const $format) => *mut $format,
                [Three<PortableF32>, Three<Avx2F32>, Four<Avx512F32>],
                has Plain where is_plain, [Three<PortableF32>, Three<Avx2F32>, Four<Avx512F32>]);
            kernels!(SwiGlu, Gate<f32>: (*const $format, *const $format) => *mut f32,
                [Three<PortableF32>, Three<Avx2F32>, Four<Avx512F32>]);
            kernels!(SwiGlu, Gate<f32>: Interleaved<$format> => *mut $format,
                [Three<PortableF32>, Three<Avx2F32>, Four<Avx512F32>]);
            kernels!(SwiGlu, Gate<f32>: Interleaved<$format> => *mut f32,
                [Three<PortableF32>, Three<Avx2F32>, Four<Avx512F32>]);
        };
    }

    half!(bf16);
    half!(f16);
}
