//! [`Accuracy::Exact`]'s `backward` where its rounding is hardest: on the middle between two numbers and beside it,
//! for every size of s, down to the smallest results and up to where they become infinite.
//!
//! The truth is exact: grad s (1 - s) as an integer times a power of two, rounded once.

use num_bigint::{BigInt, Sign};
use sigmoid::{Accuracy, Element, Kernels};
use sigmoid_conformance::Format;
use sigmoid_conformance::sample::Random;

/// An integer times a power of two.
#[derive(Clone)]
struct Exactly {
    count: BigInt,
    unit: i32,
}

impl Exactly {
    /// A finite number.
    fn of(x: f64) -> Self {
        let (field, fraction) = ((x.to_bits() >> 52 & 0x7ff) as i32, x.to_bits() & ((1 << 52) - 1));
        let magnitude = if field == 0 { fraction } else { fraction | 1 << 52 };
        let count = BigInt::from(magnitude) * if x.is_sign_negative() { -1 } else { 1 };
        Self { count, unit: field.max(1) - 1075 }
    }

    fn times(&self, other: &Self) -> Self {
        Self { count: &self.count * &other.count, unit: self.unit + other.unit }
    }

    /// s (1 - s)
    fn slope(&self) -> Self {
        let unit = self.unit.min(0);
        let count = (BigInt::from(1) << -unit) - (&self.count << (self.unit - unit));
        self.times(&Self { count, unit })
    }

    /// The nearest number of the format, ties to even. (Not of zero, whose sign is not here.)
    fn rounded<T: Format>(&self) -> T {
        let (sign, magnitude) = (self.count.sign(), BigInt::from(self.count.magnitude().clone()));
        assert_ne!(sign, Sign::NoSign);
        let length = magnitude.bits() as i32;
        let unit = (self.unit + length - T::DIGITS).max(T::SMALLEST_EXPONENT);
        let below = unit - self.unit;
        let count = if below <= 0 {
            magnitude << -below
        } else {
            let floor = &magnitude >> below;
            let twice_rest: BigInt = (magnitude - (&floor << below)) << 1;
            let odd = floor.bit(0);
            match twice_rest.cmp(&(BigInt::from(1) << below)) {
                std::cmp::Ordering::Less => floor,
                std::cmp::Ordering::Equal => floor + i32::from(odd),
                std::cmp::Ordering::Greater => floor + 1,
            }
        };
        let finite = unit + count.bits() as i32 <= overflow_exponent::<T>();
        let count = u64::try_from(count).expect("it has the format's digits") as f64;
        let signed = if sign == Sign::Minus { -count } else { count };
        if finite { T::from_units(signed, unit) } else { T::from_units(signed * f64::INFINITY, 0) }
    }
}

/// Numbers of the format are below 2 to this.
fn overflow_exponent<T: Format>() -> i32 {
    3 - T::SMALLEST_EXPONENT - T::DIGITS
}

fn truth<T: Format>((s, grad): (T, T)) -> T {
    Exactly::of(grad.widen()).times(&Exactly::of(s.widen()).slope()).rounded()
}

/// A pair whose product has few digits and is nobody's middle.
fn ordinary<T: Format>() -> (T, T) {
    (T::from_units(3.0, -2), T::from_units(5.0, -2))
}

/// Pairs whose product is that of the factors, whatever is beside them in a register.
fn special<T: Format>() -> Vec<((T, T), T)> {
    let numbers = [0.0, -0.0, 0.5, 1.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    let pairs = numbers.iter().flat_map(|&s| numbers.map(|grad| (s, grad)));
    let number = |x| T::from_units(x, 0);
    pairs.map(|(s, grad)| ((number(s), number(grad)), number(grad * (s * (1.0 - s))))).collect()
}

/// Each at every place in a register, side by side, alone among ordinary pairs and beside special ones, in every way
/// in which this CPU can compute.
fn check<T: Format + Element>(pairs: &[(T, T)]) {
    /// The lanes of the longest register.
    const LANES: usize = 16;
    assert!(pairs.len() > LANES * LANES, "{} pairs", pairs.len());
    let hard: Vec<_> = pairs.iter().map(|&pair| (pair, truth(pair))).collect();
    let ordinary = (ordinary(), truth(ordinary::<T>()));
    let with = |others: &[((T, T), T)], count: usize| {
        let mut others = others.iter().copied().cycle();
        let one = |&pair| std::iter::once(pair).chain(others.by_ref().take(count).collect::<Vec<_>>());
        hard.iter().flat_map(one).collect::<Vec<_>>()
    };
    let mut arrangements = vec![with(&[ordinary], LANES), with(&special(), 2)];
    arrangements.extend((0..LANES).map(|shift| {
        let before = std::iter::repeat_n(ordinary, shift);
        before.chain(hard.iter().copied()).collect()
    }));
    for (arrangement, pairs) in arrangements.iter().enumerate() {
        let (s, grad): (Vec<T>, Vec<T>) = pairs.iter().map(|&(pair, _)| pair).unzip();
        for kernels in Kernels::engines().map(|kernels| kernels.accuracy(Accuracy::Exact)) {
            let mut results = vec![T::default(); s.len()];
            kernels.backward(&s, &grad, &mut results);
            for (i, (result, &(_, expected))) in results.into_iter().zip(pairs).enumerate() {
                let same = result.bits() == expected.bits() || result.is_nan() && expected.is_nan();
                assert!(
                    same,
                    "{kernels:?}, arrangement {arrangement}, {i}: {result:?} for s = {:?} and grad = {:?}, where \
                     {expected:?} is right",
                    s[i], grad[i]
                );
            }
        }
    }
}

/// The smallest x >= 0 with low <= factor x mod modulus <= high, for 0 <= low <= high < modulus: Euclid's
/// algorithm.
fn first_within(factor: &BigInt, modulus: &BigInt, low: &BigInt, high: &BigInt) -> Option<BigInt> {
    let zero = BigInt::ZERO;
    if *low == zero {
        return Some(zero);
    }
    if *factor == zero {
        return None;
    }
    if factor * 2 > *modulus {
        return first_within(&(modulus - factor), modulus, &(modulus - high), &(modulus - low));
    }
    let up = |x: BigInt| (x + factor - 1) / factor;
    let count = up(low.clone());
    if &count * factor <= *high {
        return Some(count);
    }
    let rest = (factor - modulus % factor) % factor;
    let wraps = first_within(&rest, factor, &(low % factor), &(high % factor))?;
    Some(up(low + modulus * wraps))
}

/// A gradient with which the result, of which the leading digit is worth 2^`exponent`, lies on one side of the middle
/// between two numbers, by less than 2^-`distance` of it and not on it; if there is one.
fn grad_beside_middle<T: Format>(
    s: T,
    exponent: i32,
    distance: i32,
    above: bool,
    random: &mut Random,
) -> Option<T> {
    let slope = Exactly::of(s.widen()).slope();
    let magnitude = BigInt::from(slope.count.magnitude().clone());
    let length = magnitude.bits() as i32 + T::DIGITS;
    let unit = exponent + 1 - length - slope.unit;
    if unit < T::SMALLEST_EXPONENT || unit + T::DIGITS > overflow_exponent::<T>() {
        return None;
    }
    let digits = (exponent + 1 - T::SMALLEST_EXPONENT).min(T::DIGITS);
    let one = || BigInt::from(1);
    // What the result has no room for.
    let modulus = one() << (length - digits);
    let width = one() << (length - distance).max(1);
    let middle = one() << (length - digits - 1);
    let low = if above { middle + 1 } else { middle - &width };
    let base = BigInt::from(random.bits() >> (65 - T::DIGITS) | 1 << (T::DIGITS - 1));
    let low = (((low - &magnitude * &base) % &modulus) + &modulus) % &modulus;
    let high = &low + width - 1;
    if high >= modulus {
        return None;
    }
    let grad = base + first_within(&(&magnitude % &modulus), &modulus, &low, &high)?;
    if grad.bits() as i32 > T::DIGITS || (&grad * &magnitude).bits() as i32 != length {
        return None;
    }
    Some(T::from_units(u64::try_from(grad).expect("it has few digits") as f64, unit))
}

/// An s of the size 2^`exponent`, with this many digits.
fn of_size<T: Format>(exponent: i32, digits: i32, negative: bool, random: &mut Random) -> T {
    let digits = digits.min(exponent + 1 - T::SMALLEST_EXPONENT);
    let count = random.bits() >> (64 - digits) | 1 << (digits - 1) | 1;
    T::from_units(if negative { -(count as f64) } else { count as f64 }, exponent + 1 - digits)
}

fn negated<T: Format>(x: T) -> T {
    T::from_units(-x.widen(), 0)
}

/// The size of s (1 - s), for an s of the size 2^`exponent`.
fn slope_exponent(exponent: i32) -> i32 {
    if exponent >= 0 { 2 * exponent } else { exponent }
}

/// From where s does not count beside 1 to where 1 does not count beside s, in a product of all digits.
fn sizes<T: Format>() -> std::ops::RangeInclusive<i32> {
    let most = (4 * T::DIGITS).min(overflow_exponent::<T>() - 2);
    -most..=most
}

/// `exponents` are those of the results.
fn beside_middles<T: Format>(exponents: impl Fn(i32, &mut Random) -> i32) -> Vec<(T, T)> {
    let mut random = Random(0xbe51de);
    let mut pairs = Vec::new();
    for size in sizes::<T>() {
        for i in 0..40 {
            let digits = [T::DIGITS, T::DIGITS, T::DIGITS / 2, 8][i % 4];
            let s: T = of_size(size, digits, random.bits() & 1 == 1, &mut random);
            let exponent = exponents(size, &mut random);
            let kept = (exponent + 1 - T::SMALLEST_EXPONENT).min(T::DIGITS);
            // The nearest that can be hoped for is 2 to minus the digits of the result and of the gradient.
            let nearest = kept + T::DIGITS - 1;
            let farther = if i % 3 == 0 { random.bits() as i32 & 31 } else { random.bits() as i32 & 3 };
            let above = random.bits() & 1 == 1;
            let grad = grad_beside_middle(s, exponent, (nearest - farther).max(kept + 1), above, &mut random);
            let Some(grad) = grad else { continue };
            pairs.push((s, if random.bits() & 1 == 1 { negated(grad) } else { grad }));
        }
    }
    pairs
}

#[test]
fn beside_middles_for_every_size_of_s() {
    fn of<T: Format + Element>() {
        // As large as s (1 - s), more or less.
        check(&beside_middles::<T>(|size, random| {
            let lowest = T::SMALLEST_EXPONENT + T::DIGITS;
            (slope_exponent(size) + random.bits() as i32 % 16).clamp(lowest, overflow_exponent::<T>() - 2)
        }));
    }
    of::<f32>();
    of::<f64>();
}

#[test]
fn beside_middles_of_the_smallest_results() {
    fn of<T: Format + Element>() {
        // From half of the smallest number to where a product's last digit is one.
        check(&beside_middles::<T>(|_, random| {
            T::SMALLEST_EXPONENT - 1 + (random.bits() % (3 * T::DIGITS as u64)) as i32
        }));
    }
    of::<f32>();
    of::<f64>();
}

/// Products in lanes overflow on the way there, some earlier than others.
#[test]
fn beside_middles_with_the_largest_gradients() {
    fn of<T: Format + Element>() {
        let largest = overflow_exponent::<T>();
        check(&beside_middles::<T>(|size, random| {
            let grad = largest - 1 - (random.bits() % (largest as u64 / 2)) as i32;
            (slope_exponent(size) + grad).min(largest - 2)
        }));
    }
    of::<f32>();
    of::<f64>();
}

/// So near to a middle that only one in hundreds of s has a gradient for it: nearer than `f64` can tell from it.
#[test]
fn f32_nearest_to_middles() {
    let mut random = Random(0x7e57);
    let mut pairs = Vec::new();
    for size in [-60, -45, -35, -31, -30, -29, -26, -20, -9, -2, -1, 0, 1, 5, 20, 29, 30, 31, 35, 45, 60] {
        for above in [false, true] {
            for negative in [false, true] {
                let found = std::iter::repeat_with(|| {
                    let s: f32 = of_size(size, 24, negative, &mut random);
                    let exponent = (slope_exponent(size) - 3).clamp(-100, 120);
                    grad_beside_middle(s, exponent, 53, above, &mut random).map(|grad| (s, grad))
                });
                pairs.extend(found.take(1000).flatten());
            }
        }
    }
    check(&pairs);
}

/// Factors whose product, with that of s taken twice where s^2 counts, is a middle or a number: what 1 - s loses beside
/// 1 or beside s decides, or must not.
#[test]
fn on_middles_for_every_size_of_s() {
    fn of<T: Format + Element>() {
        let mut random = Random(0x0dd);
        let mut odd = |digits: i32| random.bits() >> (64 - digits) | 1 << (digits - 1) | 1;
        let mut pairs = Vec::new();
        for size in T::SMALLEST_EXPONENT + T::DIGITS..overflow_exponent::<T>() {
            // Digits of the product, less one: a number, a middle, and what lies beside a middle.
            for wanted in [T::DIGITS - 1, T::DIGITS, T::DIGITS, T::DIGITS, T::DIGITS + 1] {
                let (s, grad) = loop {
                    let digits = 2 + (odd(8) % 6) as i32;
                    let s = odd(digits);
                    let grad = odd((wanted - if size < 0 { digits } else { 2 * digits } + 1).min(T::DIGITS));
                    let factors = [s, if size < 0 { 1 } else { s }, grad];
                    let product: u128 = factors.into_iter().map(u128::from).product();
                    if 128 - product.leading_zeros() as i32 == wanted + 1 {
                        break (s, grad);
                    }
                };
                let s = T::from_units(s as f64, size - s.ilog2() as i32);
                // The result somewhere in the normal range.
                let slope = slope_exponent(size);
                let (lowest, highest) = (T::SMALLEST_EXPONENT + T::DIGITS, overflow_exponent::<T>() - 2);
                let exponent = (slope + (odd(8) % 9) as i32 - 4).clamp(lowest, highest) - slope;
                let exponent = exponent.max(lowest);
                let grad = T::from_units(grad as f64, exponent - grad.ilog2() as i32);
                pairs.extend([
                    (s, grad),
                    (negated(s), grad),
                    (s, negated(grad)),
                    (negated(s), negated(grad)),
                ]);
            }
        }
        check(&pairs);
    }
    of::<f32>();
    of::<f64>();
}

/// Around the middle between the largest number and the one that would follow, from which on results are infinite; and
/// far beyond.
#[test]
fn where_results_become_infinite() {
    fn of<T: Format + Element>(squares: &[(u64, u64)]) {
        let overflow = overflow_exponent::<T>();
        let mut random = Random(0x1f);
        let mut pairs = Vec::new();
        // The last digit is worth 2^0.
        let largest_middle = (BigInt::from(1) << (T::DIGITS + 1)) - 1;
        for size in 1..overflow {
            for i in 0..24 {
                let digits = [T::DIGITS, T::DIGITS / 2, 3][i % 3];
                let s: T = of_size(size, digits, i % 2 == 1, &mut random);
                let slope = Exactly::of(Format::widen(s)).slope();
                let magnitude = BigInt::from(slope.count.magnitude().clone());
                // On either side of it, or above it by a factor of up to 2^7.
                let (target, beyond) = (&largest_middle << magnitude.bits(), i as i32 / 8 * 3);
                let grad: BigInt = target / &magnitude;
                let excess = (grad.bits() as i32 - T::DIGITS).max(0);
                let grad = (grad >> excess) + (i as i32 / 4 % 2);
                let unit = overflow - T::DIGITS - 1 + excess - slope.unit - magnitude.bits() as i32 + beyond;
                if unit < T::SMALLEST_EXPONENT || unit + T::DIGITS > overflow {
                    continue;
                }
                let grad = T::from_units(u64::try_from(grad).expect("few digits") as f64, unit);
                pairs.extend([(s, grad), (s, negated(grad))]);
            }
            // As far beyond as s allows.
            let (s, largest) = (of_size::<T>(size, T::DIGITS, false, &mut random), overflow - T::DIGITS);
            let largest = T::from_units(((1_u64 << T::DIGITS) - 1) as f64, largest);
            pairs.extend([s, negated(s)].into_iter().flat_map(|s| [(s, largest), (s, negated(largest))]));
        }
        // s^2 grad is this middle, and the sign of s decides.
        for &(s, grad) in squares {
            assert_eq!(BigInt::from(s) * s * grad, largest_middle);
            for size in 1..(overflow - 8) / 2 {
                let unit = overflow - T::DIGITS - 1 - 2 * size;
                let (s, grad) = (
                    T::from_units(s as f64, size),
                    T::from_units(grad as f64, unit.max(T::SMALLEST_EXPONENT)),
                );
                pairs.extend([
                    (s, grad),
                    (negated(s), grad),
                    (s, negated(grad)),
                    (negated(s), negated(grad)),
                ]);
            }
        }
        let infinite = |pair: &&(T, T)| !Format::widen(truth(**pair)).is_finite();
        let count = pairs.iter().filter(infinite).count();
        assert!(
            count > pairs.len() / 8 && count < pairs.len() / 8 * 7,
            "{count} of {} are infinite",
            pairs.len()
        );
        check(&pairs);
    }
    // 2^54 - 1 = 3^2 2001599834386887; 2^25 - 1 has no square in it.
    of::<f64>(&[(3, 2_001_599_834_386_887)]);
    of::<f32>(&[]);
}

/// Zeros and infinities meet an s (1 - s) that would overflow or vanish by itself.
#[test]
fn zeros_and_infinities_beside_the_largest_and_smallest() {
    fn of<T: Format + Element>() {
        let number = |x: f64| T::from_units(x, 0);
        let (smallest, largest) =
            (T::from_units(1.0, T::SMALLEST_EXPONENT), T::from_units(1.75, overflow_exponent::<T>() - 1));
        // s, and the sign of s (1 - s).
        let outputs = [(smallest, 1.0), (negated(smallest), -1.0), (largest, -1.0), (negated(largest), -1.0)];
        for (s, sign) in outputs {
            for grad in [0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY] {
                let expected = number(grad * sign).bits();
                for kernels in Kernels::engines().map(|kernels| kernels.accuracy(Accuracy::Exact)) {
                    let mut results = [T::default(); 17];
                    kernels.backward(&[s; 17], &[number(grad); 17], &mut results);
                    let s = Format::widen(s);
                    assert!(
                        results.iter().all(|result| result.bits() == expected),
                        "{kernels:?}: {s:e}, {grad}"
                    );
                }
            }
        }
    }
    of::<f32>();
    of::<f64>();
}

/// By hand, so that the truth of the other tests is not the only one.
#[test]
fn a_few_that_can_be_checked_by_hand() {
    let exact = || Kernels::engines().map(|kernels| kernels.accuracy(Accuracy::Exact));
    let infinity = f64::INFINITY;
    for (s, grad, expected) in [
        (3e200, 1e200, -infinity),
        (3e200, -1e200, infinity),
        (-3e200, 1e200, -infinity),
        (-3e200, -1e200, infinity),
        (1e-300, 1e-300, 0.0),
        (1e-300, -1e-300, -0.0),
        (-1e-300, 1e-300, -0.0),
        (0.5, 2.0_f64.powi(-1070), 2.0_f64.powi(-1072)),
        (2.0, f64::MAX / 2.0, -f64::MAX),
        (2.0, f64::MAX, -infinity),
        // (2^27 - 1) (2^27 + 1) is the middle between 2^54 - 2 and 2^54: 1 - s decides.
        (134_217_727.0 / 2.0_f64.powi(140), 134_217_729.0 * 2.0_f64.powi(140), 2.0_f64.powi(54) - 2.0),
        (-134_217_727.0 / 2.0_f64.powi(140), -134_217_729.0 * 2.0_f64.powi(140), 2.0_f64.powi(54)),
    ] {
        assert_eq!(truth((s, grad)).to_bits(), expected.to_bits(), "s = {s:e}, grad = {grad:e}");
        for kernels in exact() {
            let mut result = [0.0];
            kernels.backward(&[s], &[grad], &mut result);
            assert_eq!(result[0].to_bits(), expected.to_bits(), "{kernels:?}: s = {s:e}, grad = {grad:e}");
        }
    }
    for (s, grad, expected) in [
        (3e20_f32, 1e20, -f32::INFINITY),
        (-3e20, -1e20, f32::INFINITY),
        (1e-40, 1e-40, 0.0),
        (0.5, f32::from_bits(4), f32::from_bits(1)),
        // A quarter of 2 is a half: to even.
        (0.5, f32::from_bits(2), 0.0),
        (0.5, f32::from_bits(3), f32::from_bits(1)),
    ] {
        assert_eq!(truth((s, grad)).to_bits(), expected.to_bits(), "s = {s:e}, grad = {grad:e}");
        for kernels in exact() {
            let mut result = [0.0];
            kernels.backward(&[s], &[grad], &mut result);
            assert_eq!(result[0].to_bits(), expected.to_bits(), "{kernels:?}: s = {s:e}, grad = {grad:e}");
        }
    }
}
