//! The operations in half precision: correctly rounded, for all inputs of `bf16` and `f16`.

use half::{bf16, f16};

use super::self_gated::SelfGated;
use super::{Formula, QuickGelu, Sigmoid, SigmoidDerivative, Silu, Tanh};
use crate::format::Number;
use crate::lanes::{Avx2F32, Avx512F32, Five, Four, PortableF32, Six, Two, Woven};
use crate::pair::half::{
    careful_short_fraction, f16_derivative, f16_quick_gelu, f16_sigmoid, f16_silu, rounded_to_odd,
    short_counted, short_fraction,
};
use crate::pair::{CarefulFraction, Constants, Logistic, half_of_tiny, one_minus};
use crate::reference;

/// An operation from `bf16` to `bf16`.
pub(crate) struct InBf16<Op>(Op);

/// An operation from `f16` to `f16`.
pub(crate) struct InF16<Op>(Op);

/// An operation from either to itself.
pub(crate) struct InHalf<Op>(Op);

impl<Op> From<Op> for InHalf<Op> {
    fn from(op: Op) -> Self {
        Self(op)
    }
}

impl<Op> From<Op> for InBf16<Op> {
    fn from(op: Op) -> Self {
        Self(op)
    }
}

impl<Op> From<Op> for InF16<Op> {
    fn from(op: Op) -> Self {
        Self(op)
    }
}

/// What rounds to the same element as x.
fn odd<N: Number>(x: f64) -> N {
    N::narrow(rounded_to_odd(x))
}

/// Expands to what is the same for all: one input, one output, nothing prepared.
macro_rules! one_to_one {
    () => {
        type Prepared<N: Constants> = ();
        type Inputs<X: Copy> = X;
        type Outputs<X: Copy> = X;

        fn prepare<N: Constants>(self) {}
    };
}

/// Expands to the formula of any `f16`: none of them is far out.
macro_rules! of_any_f16 {
    ($op:ty, $formula:ident, $reference:path) => {
        impl Formula for InF16<$op> {
            one_to_one!();

            #[inline(always)]
            fn needs_care<L: Logistic>(_: &(), _: L) -> bool {
                false
            }

            #[cfg_attr(optimised, inline(always))]
            fn common<L: Logistic>(_: &(), x: L) -> L {
                $formula(x)
            }

            #[cfg_attr(optimised, inline(always))]
            fn careful<L: Logistic>(_: &(), x: L) -> L {
                $formula(x)
            }

            fn reference<N: Constants>(_: &(), x: N) -> N {
                odd($reference(x.widen()))
            }
        }
    };
}

of_any_f16!(Sigmoid, f16_sigmoid, reference::stable_sigmoid);
of_any_f16!(SigmoidDerivative, f16_derivative, reference::stable_derivative);
of_any_f16!(Silu, f16_silu, reference::silu);

impl Formula for InBf16<Sigmoid> {
    one_to_one!();

    #[inline(always)]
    fn needs_care<L: Logistic>(_: &(), x: L) -> bool {
        x.any_beyond(L::Number::COMMON_LIMIT)
    }

    #[cfg_attr(optimised, inline(always))]
    fn common<L: Logistic>(_: &(), x: L) -> L {
        let (a, d) = short_fraction(x);
        a.div(d)
    }

    #[cfg_attr(optimised, inline(always))]
    fn careful<L: Logistic>(_: &(), x: L) -> L {
        let CarefulFraction { numerator, denominator, tail, .. } =
            careful_short_fraction(x.at_most(x.splat(L::Number::HIGHEST)));
        tail.counts_to_numbers(numerator.div(denominator))
    }

    fn reference<N: Constants>(_: &(), x: N) -> N {
        odd(reference::stable_sigmoid(x.widen()))
    }
}

/// As in `f32`: q (1 - q) with q = s(-|x|).
impl Formula for InBf16<SigmoidDerivative> {
    one_to_one!();

    #[inline(always)]
    fn needs_care<L: Logistic>(_: &(), x: L) -> bool {
        x.any_beyond(L::Number::COMMON_LIMIT)
    }

    #[cfg_attr(optimised, inline(always))]
    fn common<L: Logistic>(_: &(), x: L) -> L {
        let (a, d) = short_fraction(x.negative_magnitude());
        let q = a.div(d);
        q.mul(one_minus(q))
    }

    #[cfg_attr(optimised, inline(always))]
    fn careful<L: Logistic>(_: &(), x: L) -> L {
        let CarefulFraction { numerator, denominator, tail, .. } =
            careful_short_fraction(x.negative_magnitude());
        let q = numerator.div(denominator);
        tail.counts_to_numbers(q.mul(one_minus(tail.cleared(q))))
    }

    fn reference<N: Constants>(_: &(), x: N) -> N {
        odd(reference::stable_derivative(x.widen()))
    }
}

/// x s(x) rounds to -0 from here down.
const LOWEST: (f32, f64) = (-110.0, -110.0);

/// x/2 + x^2/4 of a tiny number other than zero, which is a `bf16`: as an `f32` its half is exact, and where that is a
/// tie, the next `f32` above is not.
#[inline(always)]
fn above_half_of_tiny<L: Logistic>(x: L) -> L {
    let half = half_of_tiny(x);
    // The smallest number in bits: for a negative number the next above has the next smaller ones.
    let up = x.splat(L::Number::of((f32::from_bits(1), f64::from_bits(1))));
    let down = x.splat(L::Number::ZERO).sub_bits(up);
    half.add_bits(L::select(x.below(x.splat(L::Number::ZERO)), down, up))
}

impl SelfGated for InBf16<Silu> {
    #[inline(always)]
    fn common_limit<N: Constants>() -> N {
        N::COMMON_LIMIT
    }

    #[cfg_attr(optimised, inline(always))]
    fn common<L: Logistic>(x: L) -> L {
        let (a, d) = short_fraction(x);
        x.mul(a.div(d))
    }

    #[inline(always)]
    fn far<L: Logistic>(x: L) -> L {
        let factor = x.at_least(x.splat(L::Number::of(LOWEST)));
        short_counted(factor.at_most(x.splat(L::Number::HIGHEST))).times(factor)
    }

    #[inline(always)]
    fn next_to_zero<L: Logistic>(x: L) -> L {
        above_half_of_tiny(x)
    }

    fn reference<N: Constants>(x: N) -> N {
        odd(of_a_tiny_one(x.widen(), reference::silu(x.widen())))
    }
}

/// The product of x and its gate; of a tiny x a little above it. It is x/2 and a part of x^2 there, and what is next to
/// nothing beside x/2 decides a tie.
fn of_a_tiny_one(x: f64, product: f64) -> f64 {
    let is_tiny = -1e-20 < x && x < 1e-20;
    if is_tiny { product + 1e-12 * if x < 0.0 { -x } else { x } } else { product }
}

impl SelfGated for InBf16<QuickGelu> {
    #[inline(always)]
    fn common_limit<N: Constants>() -> N {
        <QuickGelu as SelfGated>::common_limit()
    }

    #[cfg_attr(optimised, inline(always))]
    fn common<L: Logistic>(x: L) -> L {
        <QuickGelu as SelfGated>::common(x)
    }

    #[inline(always)]
    fn far<L: Logistic>(x: L) -> L {
        <QuickGelu as SelfGated>::far(x)
    }

    #[inline(always)]
    fn next_to_zero<L: Logistic>(x: L) -> L {
        above_half_of_tiny(x)
    }

    fn reference<N: Constants>(x: N) -> N {
        odd(of_a_tiny_one(x.widen(), reference::quick_gelu(x.widen())))
    }
}

of_any_f16!(QuickGelu, f16_quick_gelu, reference::quick_gelu);

/// In `f32` it is near enough: every result rounds to the right number, in either format.
impl Formula for InHalf<Tanh> {
    one_to_one!();

    #[inline(always)]
    fn needs_care<L: Logistic>(_: &(), x: L) -> bool {
        Tanh::needs_care(&(), x)
    }

    #[cfg_attr(optimised, inline(always))]
    fn common<L: Logistic>(_: &(), x: L) -> L {
        Tanh::common(&(), x)
    }

    #[cfg_attr(optimised, inline(always))]
    fn careful<L: Logistic>(_: &(), x: L) -> L {
        Tanh::careful(&(), x)
    }

    fn reference<N: Constants>(_: &(), x: N) -> N {
        odd(reference::stable_tanh(x.widen()))
    }
}

/// As many registers, two and two woven.
type TwoWoven<L> = Two<Woven<L>>;
type FourWoven<L> = Four<Woven<L>>;

kernels!(exact Sigmoid as InBf16<Sigmoid>, (): *const bf16 => *mut bf16,
    [FourWoven<PortableF32>, TwoWoven<Avx2F32>, TwoWoven<Avx512F32>]);
kernels!(exact Sigmoid as InF16<Sigmoid>, (): *const f16 => *mut f16,
    [FourWoven<PortableF32>, Five<Avx2F32>, Four<Avx512F32>]);
kernels!(exact SigmoidDerivative as InBf16<SigmoidDerivative>, (): *const bf16 => *mut bf16,
    [FourWoven<PortableF32>, TwoWoven<Avx2F32>, TwoWoven<Avx512F32>]);
kernels!(exact SigmoidDerivative as InF16<SigmoidDerivative>, (): *const f16 => *mut f16,
    [FourWoven<PortableF32>, Five<Avx2F32>, Six<Avx512F32>]);
kernels!(exact Silu as InBf16<Silu>, (): *const bf16 => *mut bf16,
    [FourWoven<PortableF32>, TwoWoven<Avx2F32>, TwoWoven<Avx512F32>]);
kernels!(exact Silu as InF16<Silu>, (): *const f16 => *mut f16,
    [FourWoven<PortableF32>, Five<Avx2F32>, Five<Avx512F32>]);
kernels!(exact QuickGelu as InBf16<QuickGelu>, (): *const bf16 => *mut bf16,
    [FourWoven<PortableF32>, TwoWoven<Avx2F32>, TwoWoven<Avx512F32>]);
kernels!(exact QuickGelu as InF16<QuickGelu>, (): *const f16 => *mut f16,
    [FourWoven<PortableF32>, Five<Avx2F32>, Five<Avx512F32>]);
kernels!(exact Tanh as InHalf<Tanh>, (): *const bf16 => *mut bf16,
    [FourWoven<PortableF32>, TwoWoven<Avx2F32>, TwoWoven<Avx512F32>]);
kernels!(exact Tanh as InHalf<Tanh>, (): *const f16 => *mut f16,
    [FourWoven<PortableF32>, Four<Avx2F32>, Five<Avx512F32>]);
