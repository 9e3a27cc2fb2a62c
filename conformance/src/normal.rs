//! The normal distribution's Phi(-y) to about 93 bits, for 0 < y <= 40.
//!
//! ```text
//! y <= 2.5  Phi(-y) = 1/2 - phi(y) (y + y^3/3 + y^5/(3 5) + y^7/(3 5 7) + ...)
//! else      Phi(-y) = phi(y) / (y + 1/(y + 2/(y + 3/(y + ...))))
//! phi(y) = e^(-y^2/2) / sqrt(2 pi)
//! ```
//!
//! All terms are positive. Errors: y^2/2 is exact in a pair, so that phi is good to 2^-96 (the exponential of a pair);
//! a term of the series carries the errors of those before it, 2^-103 each, and the sum is good to 2^-97; the
//! difference, at least 0.0062, loses up to six bits of it, 2^-92 at the worst, where y is next to 2.5. The fraction
//! damps what comes from below: it is good to 2^-101.

use crate::exponential::exp_of_pair;
use crate::pair::{Pair, product};
use crate::wide::Wide;

/// 1 / sqrt(2 pi)
pub(crate) const DENSITY_AT_0: Pair = Pair { high: 0.3989422804014327, low: -2.49232720227773e-17 };

/// Up to here by the series.
const SERIES: f64 = 2.5;

/// Phi(y) - 1/2 and Phi(-y), for 2^-100 <= y <= 40.
pub(crate) struct Normal {
    /// Not known, and not needed, where the fraction is used.
    pub(crate) beyond_half: Option<Wide>,
    pub(crate) lower: Wide,
}

pub(crate) fn normal(y: f64) -> Normal {
    let square = product(y, y);
    let density = exp_of_pair(square.scaled(-0.5)).wide().mul(Wide::of_pair(DENSITY_AT_0));
    if y > SERIES {
        return Normal { beyond_half: None, lower: density.div(Wide::of_pair(fraction(y))) };
    }
    let beyond_half = density.mul(series(y, square));
    Normal { beyond_half: Some(beyond_half), lower: Wide::of(0.5).sub(beyond_half) }
}

/// y + y^3/3 + y^5/15 + ...
fn series(y: f64, square: Pair) -> Wide {
    let (mut term, mut all) = (Pair::ONE, Pair::ONE);
    let mut odd = 1.0;
    while term.high > all.high * 1e-34 {
        odd += 2.0;
        term = term.mul(square).div(Pair { high: odd, low: 0.0 });
        all = all.add(term);
    }
    Wide::of_pair(all).mul(Wide::of(y))
}

/// y + 1/(y + 2/(y + ...)), to a depth that leaves out less than 2^-112 (by trying, from y = 2 to 40).
fn fraction(y: f64) -> Pair {
    let y = Pair { high: y, low: 0.0 };
    let depth = (1750.0 / (y.high * y.high)) as u32 + 25;
    let mut below = y;
    for k in (1..=depth).rev() {
        below = Pair { high: f64::from(k), low: 0.0 }.div(below).add(y);
    }
    below
}
