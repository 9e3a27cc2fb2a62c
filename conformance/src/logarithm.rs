//! ln to about 100 bits.
//!
//! ```text
//! reduce       z = 2^m f,  2^(j/32) <= f < 2^((j + 1)/32),  v = (f - 2^(j/32)) / (f + 2^(j/32)) <= 0.0109
//! approximate  2 atanh v = 2 v (1 + v^2/3 + v^4/5 + ... + v^16/17),  the first four terms in pairs
//! reconstruct  ln z = (32 m + j) ln 2 / 32 + 2 atanh v
//! ```
//!
//! Errors: what the series leaves out 2^-121 of it; its plain terms, from v^8/9 on, 2^-107; the steps in pairs below
//! 2^-103. The table's entries are good to 2^-102, which is an absolute error of v. ln (1 + e) goes by
//! v = e / (2 + e) at once where e < 2^-6, so that all of it is relative; elsewhere the result is above 2^-6.1, and the
//! error below 2^-95 of it. The promise is 2^-94.

use crate::exponential::{POWERS, STEP};
use crate::pair::{Pair, product, sum};
use crate::wide::Wide;

/// 1 / (2 k + 1)
const RECIPROCALS: [Pair; 9] = {
    let mut reciprocals = [Pair::ONE; 9];
    let mut k = 1;
    while k < reciprocals.len() {
        reciprocals[k] = Pair::ONE.div(Pair { high: (2 * k + 1) as f64, low: 0.0 });
        k += 1;
    }
    reciprocals
};

/// 2 atanh v for |v| <= 0.011.
pub(crate) fn twice_atanh(v: Wide) -> Wide {
    let square = v.mul(v).to_pair();
    let mut plain = 0.0;
    for k in (4..RECIPROCALS.len()).rev() {
        plain = plain * square.high + RECIPROCALS[k].high;
    }
    let mut series = product(plain, square.high).add(RECIPROCALS[3]);
    for k in (0..3).rev() {
        series = series.mul(square).add(RECIPROCALS[k]);
    }
    v.mul(Wide::of_pair(series)).shifted(1)
}

/// ln (1 + e) for 0 < e < 2^1100.
pub(crate) fn ln_1p(e: Wide) -> Wide {
    if e.exponent < -6 {
        let two = Wide::ONE.shifted(1);
        return twice_atanh(e.div(two.add(e)));
    }
    ln(Wide::ONE.add(e))
}

/// ln z for 1.01 < z < 2^1100: nearer to 1 it has no relative accuracy.
pub(crate) fn ln(z: Wide) -> Wide {
    let j = POWERS.partition_point(|power| power.high <= z.pair.high).max(1) - 1;
    let power = POWERS[j];
    let v = Wide::of_pair(z.pair.add(power.neg())).div(Wide::of_pair(z.pair.add(power)));
    // Of at most 16 bits: the products are exact.
    let n = f64::from(32 * z.exponent + j as i32);
    let steps = sum(n * STEP[0], n * STEP[1]);
    let steps = sum(steps.high, steps.low + n * STEP[2]);
    twice_atanh(v).add(Wide::of_pair(steps))
}
