//! Looks through some of the doubles of a region, in the manner of V. Lefèvre (New results on the distance
//! between a segment and Z^2, 2005).
//!
//! For i = 0, 1, ... count the value at x + i h, with h the distance of the doubles there, in units in the last
//! place of the result, and write F(i) for what it is modulo 1, less 1/2. A hard case is an i with F(i) next
//! to 0 modulo 1.
//!
//! ```text
//! block   up to 2^24 doubles: F(i) is a cubic polynomial to 2^-26, its constant from the true value
//! run     up to 2^17 of them: F(i) = b + a i to half a window W
//! hit     the least i with b + a i modulo 1 in [-W, W], if there is one in the run, by a descent as in
//!         Euclid's algorithm: some ten divisions for a run, instead of one evaluation for each double
//! check   the polynomial, then the true value to 95 bits
//! ```
//!
//! The larger |x|, the further apart are the doubles and the more F bends: there runs are short and windows wide,
//! from 2^17 and 2^-22 near 0 to 2^11 and 2^-13 at |x| = 700.
//!
//! The errors of block and run leave room in the windows of hit and check, so that none of the doubles searched
//! that is nearer than 2^-32 of a unit is missed, except in blocks in which the result crosses a
//! power of two. 2^40 doubles take some seconds, beyond |x| = 512 a minute or two.

use sigmoid_conformance::Function;

use crate::value::in_units;

/// How near to the middle a hit is at least to be, in units in the last place.
const WINDOW: f64 = 1.0 / (1 << 22) as f64;

/// How many hits are expected in a run at the most. Each costs as much as some of a run's divisions.
const HITS: f64 = 0.5;

/// How far from the middle the polynomial of a block may see a case that is to be kept.
const POLYNOMIAL_WINDOW: f64 = 1.0 / (1 << 25) as f64;

/// Cases are kept from here on.
const KEPT: f64 = 1.0 / (1_u64 << 32) as f64;

/// The kept cases among 2^`searched` doubles with |x| from `from` to `to`, on the side of zero that `side` says.
pub fn search(function: Function, side: f64, [from, to]: [f64; 2], searched: u32) -> Vec<f64> {
    let size = |magnitude: f64| Block::new(function, side * magnitude).size;
    let largest = size(from).min(size(f64::midpoint(from, to)));
    let places = (to.to_bits() - from.to_bits()) / largest;
    let blocks = (1_u64 << searched) / largest;
    // The blocks are spread over the region: an odd factor takes each to a place of its own.
    let all = places.next_power_of_two();
    let spread = (0..all).map(|index| index.wrapping_mul(0x9e37_79b9_7f4a_7c15) % all);
    let mut cases = Vec::new();
    for place in spread.filter(|&place| place < places).take(blocks as usize) {
        // The bits count away from zero, and so do the doubles of a block.
        let first = (side * from).to_bits() + place * largest;
        let middle = f64::from_bits(first + largest / 2);
        Block::new(function, middle).search(largest, &mut cases);
    }
    cases
}

/// F around a double: c0 + c1 t + c2 t^2 + c3 t^3 for the double t places further from zero.
struct Block {
    function: Function,
    middle: f64,
    polynomial: [f64; 4],
    /// How many doubles the polynomial is good for.
    size: u64,
    /// For how many F is linear, to half a `window`.
    run: u64,
    window: f64,
}

impl Block {
    fn new(function: Function, middle: f64) -> Self {
        let (fraction, unit) = in_units(function, middle);
        // With p = s', w = 1 - 2 s: s'' = p w, then p (1 - 6 p), p w (1 - 12 p), p (1 - 30 p + 120 p^2).
        let ([high, ..], exponent) = Function::Derivative.truth(middle).parts();
        let p = high * f64::from(exponent).exp2();
        let w = -(middle / 2.0).tanh();
        // Each in units, which may be subnormal as p itself is.
        let slope = high * f64::from(exponent - unit).exp2();
        let slopes = [1.0, w, 1.0 - 6.0 * p, w * (1.0 - 12.0 * p), 1.0 - 30.0 * p + 120.0 * p * p]
            .map(|by| slope * by);
        let slopes = if function == Function::Sigmoid { &slopes[..4] } else { &slopes[1..] };
        let step = f64::from_bits(middle.to_bits() + 1) - middle;
        let (mut power, mut factorial) = (1.0, 1.0);
        let mut terms = [0.0; 4];
        for (i, slope) in slopes.iter().enumerate() {
            power *= step;
            factorial *= (i + 1) as f64;
            terms[i] = slope * power / factorial;
        }
        let [first, second, third, fourth] = terms;

        // The polynomial's errors: what it leaves out, and the 51 digits of its first term.
        let mut size = 1_u64 << 24;
        let errors =
            |half: f64| 2.0 * fourth.abs() * half.powi(4) + first.abs() * half / (1_u64 << 51) as f64;
        while errors(size as f64 / 2.0) > 1.0 / (1 << 27) as f64 {
            size /= 2;
        }
        let mut run = size.min(1 << 17);
        let curvature = second.abs() + 3.0 * third.abs() * size as f64 / 2.0;
        let window = |run: u64| (2.0 * curvature * (run as f64 / 2.0).powi(2)).max(WINDOW);
        while 2.0 * window(run) * run as f64 > HITS {
            run /= 2;
        }
        let polynomial = [fraction - 0.5, first, second, third];
        Self { function, middle, polynomial, size, run, window: window(run) }
    }

    /// F(t) modulo 1, in [-1/2, 1/2].
    fn value(&self, t: f64) -> f64 {
        let [c0, c1, c2, c3] = self.polynomial;
        let linear = c1 * t;
        let value = (linear - linear.round()) + (c0 + t * t * (c2 + t * c3));
        value - value.round()
    }

    fn slope(&self, t: f64) -> f64 {
        let [_, c1, c2, c3] = self.polynomial;
        c1 + t * (2.0 * c2 + t * 3.0 * c3)
    }

    fn search(&self, size: u64, cases: &mut Vec<f64>) {
        self.for_each_hit(size, |t| {
            if self.value(t as f64).abs() < POLYNOMIAL_WINDOW && self.distance(t) < KEPT {
                cases.push(self.double(t));
            }
        });
    }

    /// Calls `hit` with what may be next to a middle among the `size` doubles around this one.
    fn for_each_hit(&self, size: u64, mut hit: impl FnMut(i64)) {
        let half = (size / 2) as i64;
        let run = self.run.min(size) as i64;
        let mut start = -half;
        while start < half {
            let centre = (start + run / 2) as f64;
            let slope = self.slope(centre);
            let walk = slope * (run / 2) as f64;
            let first = self.value(centre) - (walk - walk.round());
            for_each_hit(slope, first, self.window, run as u64, |i| hit(start + i as i64));
            start += run;
        }
    }

    /// The double `t` places further from zero.
    fn double(&self, t: i64) -> f64 {
        f64::from_bits(self.middle.to_bits().wrapping_add_signed(t))
    }

    /// How far its result is from the middle between two doubles, as far as 95 bits tell.
    fn distance(&self, t: i64) -> f64 {
        (in_units(self.function, self.double(t)).0.abs() - 0.5).abs()
    }
}

/// 1 in the integers that stand for numbers modulo 1. Small enough for a product with a run's length.
const ONE: u64 = 1 << 44;

/// Calls `hit` with every i below `count` for which `first + slope i` is within `window` of an integer.
fn for_each_hit(slope: f64, first: f64, window: f64, count: u64, mut hit: impl FnMut(u64)) {
    let fixed = |x: f64| ((x - x.floor()) * ONE as f64) as u64 % ONE;
    let (a, width) = (fixed(slope), 2 * fixed(window));
    let mut passed = 0;
    while passed < count {
        let low = fixed(-first - slope * passed as f64 - window);
        let high = low + width;
        let next = if high >= ONE { Some(0) } else { least_in_range(a, ONE, low, high, count - passed) };
        let Some(i) = next.filter(|i| passed + i < count) else {
            return;
        };
        hit(passed + i);
        passed += i + 1;
    }
}
/// The least i with `low <= a i modulo m <= high`, or nothing if it is not below `count`, or only a little.
///
/// For a <= m/2: if no multiple of a lies in the range, a i - m j does with j > 0, and then -m j modulo a lies
/// in the range modulo a: the same question for j, with m modulo a in the place of a.
fn least_in_range(a: u64, m: u64, low: u64, high: u64, count: u64) -> Option<u64> {
    if low == 0 {
        return Some(0);
    }
    if a == 0 || count == 0 {
        return None;
    }
    if 2 * a > m {
        return least_in_range(m - a, m, m - high, m - low, count);
    }
    let i = low.div_ceil(a);
    if i * a <= high {
        return Some(i);
    }
    let turns = a * count / m + 1;
    let j = least_in_range((a - m % a) % a, a, low % a, high % a, turns + 1)?;
    (j <= turns).then(|| (low + m * j).div_ceil(a))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The descent finds what trying every i finds.
    #[test]
    fn hits_are_those_of_a_plain_search() {
        let mut state = 1_u64;
        let mut random = move |limit: u64| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 20) % limit
        };
        for _ in 0..20_000 {
            let m = 2 + random(3000);
            let (a, low) = (random(m), random(m));
            let high = low + random((m - low).min(9));
            let count = 1 + random(400);
            let plain = (0..count).find(|i| (low..=high).contains(&(a * i % m)));
            let found = least_in_range(a, m, low, high, count).filter(|&i| i < count);
            assert_eq!(found, plain, "{a} i modulo {m} in {low}..={high}, i < {count}");
        }
    }

    /// Every case that evaluating each double of a block finds is found, and no other.
    #[test]
    fn cases_are_those_of_a_plain_search() {
        let mut seen = 0;
        // The last three have subnormal results, down to some hundred of the smallest number.
        let middles =
            [-20.1, -5.5, -1.3, -0.4, 0.01, 0.2, 1.7, 2.9, -45.5, -130.2, -650.5, -708.6, -722.2, -740.1];
        for (function, middle) in middles
            .map(|x| (Function::Sigmoid, x))
            .into_iter()
            .chain(middles.map(|x| (Function::Derivative, x)))
        {
            let block = Block::new(function, middle);
            let size = block.size.min(1 << 20);
            let mut hits = Vec::new();
            block.for_each_hit(size, |t| hits.push(t));
            let half = (size / 2) as i64;
            let mut near = Vec::new();
            for t in -half..half {
                let (distance, seen) = (block.distance(t), block.value(t as f64).abs());
                assert!((distance - seen).abs() < POLYNOMIAL_WINDOW / 2.0, "{function:?} {middle}: {t}");
                if distance < block.window / 2.0 {
                    near.push(t);
                }
            }
            seen += near.len();
            assert!(near.iter().all(|t| hits.contains(t)), "{function:?} {middle}: {near:?} of {hits:?}");
            assert!(hits.iter().all(|&t| block.distance(t) < 2.0 * block.window), "{function:?} {middle}");
        }
        assert!(seen > 0, "blocks without any case prove nothing");
    }
}
