//! x times a gate of x itself, which is 1/2 next to zero: what SiLU and the forms of GELU have in common.

use super::Formula;
use crate::format::Number;
use crate::pair::{Constants, Logistic, any_tiny, half_of_tiny, tiny};

/// x times a gate of x: the two paths, and a third for numbers so near to zero that the gate is 1/2.
pub(crate) trait SelfGated {
    /// The largest |x| on the common path.
    fn common_limit<N: Constants>() -> N;

    /// The results there.
    fn common<L: Logistic>(x: L) -> L;

    /// The results of any numbers that are not next to zero.
    fn far<L: Logistic>(x: L) -> L;

    /// Whether any lane but zeros is next to zero.
    #[inline(always)]
    fn any_near_zero<L: Logistic>(x: L) -> bool {
        any_tiny(x)
    }

    /// Where that is so.
    #[inline(always)]
    fn near_zero<L: Logistic>(x: L) -> L::Mask {
        tiny(x)
    }

    /// The results there.
    #[inline(always)]
    fn next_to_zero<L: Logistic>(x: L) -> L {
        half_of_tiny(x)
    }

    /// The scalar reference.
    fn reference<N: Constants>(x: N) -> N;
}

impl<F: SelfGated> Formula for F {
    type Prepared<N: Constants> = ();
    type Inputs<X: Copy> = X;
    type Outputs<X: Copy> = X;

    fn prepare<N: Constants>(self) {}

    #[inline(always)]
    fn needs_care<L: Logistic>(_: &(), x: L) -> bool {
        x.any_beyond(F::common_limit::<L::Number>()) || F::any_near_zero(x)
    }

    #[cfg_attr(optimised, inline(always))]
    fn common<L: Logistic>(_: &(), x: L) -> L {
        F::common(x)
    }

    #[cfg_attr(optimised, inline(always))]
    fn careful<L: Logistic>(_: &(), x: L) -> L {
        if !F::any_near_zero(x) {
            return F::far(x);
        }
        let near_zero = F::near_zero(x);
        let others = L::select(near_zero, x.splat(L::Number::ONE), x);
        let product = if others.any_beyond(F::common_limit::<L::Number>()) {
            F::far(others)
        } else {
            F::common(others)
        };
        L::select(near_zero, F::next_to_zero(x), product)
    }

    fn reference<N: Constants>(_: &(), x: N) -> N {
        F::reference(x)
    }
}
