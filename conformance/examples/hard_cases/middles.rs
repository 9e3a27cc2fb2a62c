//! Goes from the middles to the doubles next to them, and misses none: where there are few middles, or where a
//! formula says which of them the doubles come near.

use sigmoid_conformance::Function;

use crate::value::parted;

/// The double that comes nearest to each of the middles that the results pass while |x| goes from `from` to `to`.
/// Their unit in the last place is 2^`unit` all the way.
pub fn nearest_to_each(function: Function, side: f64, [from, to]: [f64; 2], unit: i32) -> Vec<f64> {
    let rounded = |x: f64| {
        let (whole, rest) = parted(function, x, unit);
        whole + rest.round()
    };
    let [from, to] = [side * from, side * to];
    let [first, last] = [rounded(from), rounded(to)];
    // Middles lie above integers from `lowest` on.
    let (rises, lowest, count) = (first < last, first.min(last), (first - last).abs() as u64);
    let mut cases: Vec<_> = (0..count)
        .map(|i| {
            let integer = lowest + i as f64;
            let beyond = |bits: u64| {
                let (whole, rest) = parted(function, f64::from_bits(bits), unit);
                ((whole - integer) - 0.5) + rest
            };
            let (mut near, mut far) = (from.to_bits(), to.to_bits());
            while far - near > 1 {
                let bits = u64::midpoint(near, far);
                if (beyond(bits) > 0.0) == rises { far = bits } else { near = bits }
            }
            f64::from_bits(if beyond(near).abs() < beyond(far).abs() { near } else { far })
        })
        .collect();
    if !rises {
        cases.reverse();
    }
    cases
}

/// The distance of the middles that s(x) passes near 0, in x.
fn spacing(side: f64) -> f64 {
    if side < 0.0 { f64::EPSILON / 2.0 } else { f64::EPSILON }
}

/// The x for which 1/2 + x/4 is the first middle, the second, ...
///
/// s(x) = 1/2 + x/4 - x^3/48 + ..., and 1/2 + x/4 is a middle if x is an odd multiple of 2^-52 (x > 0) or
/// 2^-53: the distance is |x|^3/48, which is smallest at the first of them, where the results leave 1/2.
pub fn ties(side: f64) -> impl Iterator<Item = f64> {
    (0..).map(move |i| side * spacing(side) * f64::from(2 * i + 1))
}

/// The x of the binade from 2^`exponent` on that come nearest to a middle although 1/2 + x/4 is none.
///
/// Let 1/2 + X/4 be one. s(X + d) is next to it if d = X^3/12, and X + d is a double if d is j times the unit
/// in the last place of x, for j = 1, 2, ...: the hardest x for this j has the X that is nearest to the
/// cube root of 12 d. From 2^-25 down d is less than a unit.
pub fn next_to_ties(side: f64, exponent: i32) -> Vec<f64> {
    let binade = f64::from(exponent).exp2()..f64::from(exponent + 1).exp2();
    let unit = binade.start * f64::EPSILON;
    (1..)
        .map(|j| f64::from(j) * unit)
        .map(|distance| {
            let pairs = ((12.0 * distance).cbrt() / (2.0 * spacing(side))).floor();
            (2.0 * pairs + 1.0) * spacing(side) + distance
        })
        .skip_while(|x| *x < binade.start)
        .take_while(|x| *x < binade.end)
        .map(|x| side * x)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Precise;

    fn assert_nearest(precise: &mut Precise, function: Function, x: f64, others: [f64; 2]) {
        let distance = precise.distance_from_middle(function, x);
        for other in others {
            let further = precise.distance_from_middle(function, other);
            // Ties of the leading terms are decided by what makes no difference.
            assert!(distance < further + 0.001, "{function:?} {x:e}: {distance}, {other:e}: {further}");
        }
    }

    /// As many cases as middles, and each nearer to one than its neighbours are.
    #[test]
    fn cases_are_nearest_to_their_middles() {
        let regions = [
            (Function::Sigmoid, 1.0, [32.0, 38.0], -53, 114),
            (Function::Sigmoid, -1.0, [740.0, 746.0], -1074, 85),
            (Function::Derivative, 1.0, [740.0, 746.0], -1074, 85),
            // x^2/16 = 2^-46 is 2^9 units.
            (Function::Derivative, 1.0, [2.0_f64.powi(-27), 2.0_f64.powi(-21)], -55, 512),
        ];
        let mut precise = Precise::new();
        for (function, side, region, unit, count) in regions {
            let cases = nearest_to_each(function, side, region, unit);
            assert_eq!(cases.len(), count, "{function:?}");
            assert!(cases.is_sorted_by(|a, b| a.abs() < b.abs()), "{function:?}");
            for x in cases {
                assert_nearest(&mut precise, function, x, [x.next_up(), x.next_down()]);
            }
        }
    }

    /// The middles next to that of a case have nothing nearer, as far as their nearest doubles go.
    #[test]
    fn ties_are_left_where_the_cubic_term_is_a_whole_number_of_places() {
        let mut precise = Precise::new();
        for side in [-1.0, 1.0] {
            let cases = [-25, -24, -23, -22].map(|exponent| next_to_ties(side, exponent));
            assert_eq!(cases.each_ref().map(Vec::len), [2, 9, 37, 149]);
            for x in cases.into_iter().flatten() {
                let step = 2.0 * spacing(side);
                assert_nearest(&mut precise, Function::Sigmoid, x, [x.next_up(), x.next_down()]);
                assert_nearest(&mut precise, Function::Sigmoid, x, [x + step, x - step]);
            }
        }
    }
}
