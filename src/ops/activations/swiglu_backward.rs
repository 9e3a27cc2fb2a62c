//! The way back through the gated linear unit of SiLU

use super::Formula;
use super::silu_derivative::{COMMON_LIMIT, Parts, W, X0};
use super::swiglu::{Gate, LOWEST_OF_ALL, SwiGlu, clamped};
use crate::format::Number;
use crate::lanes::{Avx2F32, Avx2F64, Avx512F32, Avx512F64, PortableF32, PortableF64, Three, Two};
use crate::pair::{
    Approximation, Constants, Factor, FromOrigin, LARGE, Logistic, Scaled, WideRange, any_small,
    product_lowered,
};
use crate::reference;

/// The way back through [`SwiGlu`] of the same parameters: from g, u and the gradient of its result to the gradients
/// of g and of u ([`Kernels::gradients`](crate::Kernels::gradients)).
///
/// ```text
/// dg = grad silu'(alpha g) (clamp(u, -limit, limit) + offset)     and 0 where g > limit
/// du = grad min(g, limit) s(alpha min(g, limit))                  and 0 where |u| > limit
/// ```
///
/// At the limits themselves both pass.
///
/// Largest error found in units in the last place, in `f32` (10 million triples for each of six gates): 7.30 in dg and
/// 4.13 in du with fused multiply-add, 7.36 and 4.22 without; with alpha = 1 it is 6.57 in dg:
/// [`bounds::SWIGLU_BACKWARD`](crate::bounds::SWIGLU_BACKWARD) (the tests `swiglu_backward_is_as_exact_as_stated` and
/// `swiglu_backward_of_many`). There is no Exact.
///
/// A far-out g takes at most 2.1 times as long as g = 1. Up to 5.6 times take lanes in which a product of two of grad, g
/// and clamp(u, -limit, limit) + offset is below 2^-63 and not zero, or one is above 2^16 beside a far-out g (Zen 4;
/// 5.8 times on Zen 5).
///
/// silu' has a zero, at alpha g = -1.2784645: there dg has as many digits as elsewhere, with any alpha.
///
/// Products neither overflow nor vanish before their time. An infinite grad or u is NaN where the result of every
/// finite one vanishes. A NaN makes both gradients NaN.
///
/// ```
/// use sigmoid::{Kernels, ops};
///
/// let (mut dg, mut du) = ([0.0_f32; 2], [0.0; 2]);
/// let op = ops::SwiGluBackward::default();
/// Kernels::new().gradients(op, &[0.0, 40.0], &[2.0, 3.0], &[1.0, 1.0], &mut dg, &mut du);
/// assert_eq!((dg, du), ([1.0, 3.0], [0.0, 40.0]));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SwiGluBackward {
    /// How steep the gate is.
    pub alpha: f32,
    /// What g and |u| count as at the most.
    pub limit: f32,
    /// What is added to u.
    pub offset: f32,
}

impl Default for SwiGluBackward {
    fn default() -> Self {
        SwiGlu::default().into()
    }
}

impl From<SwiGlu> for SwiGluBackward {
    fn from(SwiGlu { alpha, limit, offset }: SwiGlu) -> Self {
        Self { alpha, limit, offset }
    }
}

/// [`SwiGluBackward`], prepared.
#[derive(Clone, Copy, Debug)]
pub struct Slope<N> {
    gate: Gate<N>,
    /// x0 / alpha, in two parts.
    origin: [N; 2],
    /// e^-x0
    w: N,
    /// alpha e^-x0
    alpha_w: N,
    /// The largest |g| on the common path.
    common_limit: N,
    /// From this |g| on nothing changes, or all vanishes.
    end: N,
}

/// Where a factor of the results is so large that it may have overflowed.
const HUGE: (f32, f64) = (f32::from_bits((127 + 126) << 23), f64::from_bits((1023 + 1022) << 52));

/// With alpha = 0 the slope is 1/2 of any g. From an origin so far out that g is nothing beside it, r is a constant,
/// which the coefficients of E and O do not see.
const FAR_OUT: (f32, f64) = (f32::from_bits((127 + 60) << 23), f64::from_bits((1023 + 100) << 52));

impl<N: Constants> Slope<N> {
    fn new(alpha: N, limit: N, offset: N) -> Self {
        let gate = Gate::new(alpha, limit, offset);
        if alpha == N::ZERO {
            let (far_out, two) = (N::of(FAR_OUT), N::ONE + N::ONE);
            return Self {
                gate,
                origin: [-far_out, N::ZERO],
                w: N::ONE,
                alpha_w: two / far_out,
                common_limit: N::of(COMMON_LIMIT),
                end: N::ONE,
            };
        }
        let size = if alpha < N::ZERO { -alpha } else { alpha };
        Self {
            gate,
            origin: N::quotient([N::of(X0[0]), N::of(X0[1])], alpha),
            w: N::of(W),
            alpha_w: N::narrow(alpha.widen() * W.1),
            common_limit: N::of(COMMON_LIMIT) / size,
            end: -N::of(LOWEST_OF_ALL) / size,
        }
    }

    /// x0 is the origin of the reduction, as in [`SiluDerivative`](super::SiluDerivative): r is alpha times smaller.
    #[cfg_attr(optimised, inline(always))]
    fn parts<L: Logistic<Number = N>>(&self, g: L) -> Parts<L> {
        let scaled: &Scaled<N> = &self.gate.scaled;
        let FromOrigin { approximation: Approximation { o, a, m, .. }, r, t, k } =
            scaled.reduced_from(g, self.origin);
        let rise = o.add(o).add(m.mul(g.splat(self.alpha_w)));
        Parts { a, wm: m.mul(g.splat(self.w)), r, rise, t, k }
    }

    /// 1 + alpha g
    #[cfg_attr(optimised, inline(always))]
    fn one_and<L: Logistic<Number = N>>(&self, g: L) -> L {
        g.mul_add(g.splat(self.gate.scaled.c), g.splat(N::ONE))
    }

    /// The gradients, with zeros where a limit holds them back, and NaN where any of the inputs is.
    #[cfg_attr(optimised, inline(always))]
    fn held<L: Logistic<Number = N>>(&self, ((g, u), grad): ((L, L), L), (dg, du): (L, L)) -> (L, L) {
        let (zero, limit) = (g.splat(N::ZERO), g.splat(self.gate.limit));
        let (of_g, of_u, none) = (one_of(g), one_of(u), one_of(grad).sub(g.splat(N::ONE)));
        let size = zero.sub(u.negative_magnitude());
        let dg = L::select(limit.below(g), none.mul(of_u), dg);
        let du = L::select(limit.below(size), none.mul(of_g), du.mul(of_u));
        (dg, du)
    }
}

/// 1, or NaN.
#[cfg_attr(optimised, inline(always))]
fn one_of<L: Logistic>(x: L) -> L {
    let one = x.splat(L::Number::ONE);
    x.at_least(one).at_most(one)
}

/// Whether any lane is beyond a limit, or small.
#[cfg_attr(optimised, inline(always))]
fn any_awkward<L: Logistic>(factor: L, limit: (f32, f64)) -> bool {
    factor.any_beyond(L::Number::of(limit)) || any_small(factor)
}

impl Formula for SwiGluBackward {
    type Prepared<N: Constants> = Slope<N>;
    type Inputs<X: Copy> = ((X, X), X);
    type Outputs<X: Copy> = (X, X);

    fn prepare<N: Constants>(self) -> Slope<N> {
        let [alpha, limit, offset] = [self.alpha, self.limit, self.offset].map(|x| N::narrow(x.into()));
        Slope::new(alpha, limit, offset)
    }

    #[cfg_attr(optimised, inline(always))]
    fn needs_care<L: Logistic>(slope: &Slope<L::Number>, ((g, u), grad): ((L, L), L)) -> bool {
        let (g, u) = slope.gate.limited((g, u));
        g.any_beyond(slope.common_limit) || any_awkward(grad.mul(u), HUGE) || any_awkward(grad.mul(g), HUGE)
    }

    #[cfg_attr(optimised, inline(always))]
    fn common<L: Logistic>(slope: &Slope<L::Number>, inputs: ((L, L), L)) -> (L, L) {
        let (pair, grad) = inputs;
        let (g, u) = slope.gate.limited(pair);
        let parts = slope.parts(g);
        let b = parts.wm.mul(parts.t.low_bits_to_exponent());
        let d = parts.a.add(b);
        let n = parts.numerator(slope.one_and(g).mul_add(b, parts.a));
        let s = parts.a.div(d);
        slope.held(inputs, (grad.mul(u).mul(s.mul(n.div(d))), grad.mul(g).mul(s)))
    }

    #[cfg_attr(optimised, inline(always))]
    fn careful<L: Logistic>(slope: &Slope<L::Number>, inputs: ((L, L), L)) -> (L, L) {
        let (pair, grad) = inputs;
        let (g, u) = slope.gate.limited(pair);
        let range = slope.gate.all.factor;
        let factor = clamped(g, range);
        let (passed, gated) = (grad.mul(u), grad.mul(factor));

        let end = g.splat(slope.end);
        let near = g.at_least(g.splat(L::Number::ZERO).sub(end)).at_most(end);
        let parts = slope.parts(near);
        let WideRange { b, d, a_in_d, n, .. } = WideRange::new(parts.a, parts.wm, parts.k);
        let numerator = parts.numerator(slope.one_and(near).mul_add(b, a_in_d));
        let s = parts.a.div(d);
        let rise = s.mul(numerator.div(d));

        let awkward = any_awkward(passed, LARGE) || any_awkward(gated, LARGE);
        let (dg, du) = if awkward {
            let grad = Factor::new(grad);
            (grad.times(Factor::new(u)).lowered(rise, n), grad.times(Factor::new(factor)).lowered(s, n))
        } else {
            (product_lowered(passed, rise, n), product_lowered(gated, s, n))
        };

        // Where the gate vanishes, so does a finite product; an infinite factor makes it NaN.
        let zero = g.splat(L::Number::ZERO);
        let negative = grad.mul(g.splat(-L::Number::ZERO));
        let [from, to] = [g.below(g.splat(range[0])), g.splat(range[1]).below(g)];
        let dg = L::select(from, negative.mul(u), L::select(to, negative.mul(u), dg));
        let du = L::select(from, negative, L::select(to, grad.mul(zero), du));
        slope.held(inputs, (dg, du))
    }

    fn reference<N: Constants>(slope: &Slope<N>, ((g, u), grad): ((N, N), N)) -> (N, N) {
        let gate = &slope.gate;
        let alpha = gate.scaled.c.widen();
        let (limited, passing) = gate.limited_number((g, u));
        let grad = grad.widen();
        let (dg, du) = match gate.gone(limited) {
            Some(zero) => (-0.0 * grad * passing, zero * grad),
            None => {
                let g = limited.widen();
                (reference::slope_of_gate(g, alpha, grad * passing), grad * reference::gate(g, alpha))
            }
        };
        if grad.is_nan() || passing.is_nan() || limited.widen().is_nan() {
            return (N::narrow(f64::NAN), N::narrow(f64::NAN));
        }
        let size = if u < N::ZERO { -u } else { u };
        let held = |by: bool, gradient: f64| N::narrow(if by { 0.0 } else { gradient });
        (held(g > gate.limit, dg), held(size > gate.limit, du))
    }
}

kernels!(
    SwiGluBackward, Slope<f32>: ((*const f32, *const f32), *const f32) => (*mut f32, *mut f32),
    [Two<PortableF32>, Two<Avx2F32>, Three<Avx512F32>]
);
kernels!(
    SwiGluBackward, Slope<f64>: ((*const f64, *const f64), *const f64) => (*mut f64, *mut f64),
    [Two<PortableF64>, Two<Avx2F64>, Three<Avx512F64>]
);
