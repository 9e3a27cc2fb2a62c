//! [`Accuracy::Exact`]: correctly rounded, with the same bits on every backend.
//!
//! `sigmoid verify --accuracy exact` holds all 2^32 `f32` against the truth and prints the digests that are
//! pinned here. `cargo test --release -p sigmoid-conformance --test exact -- --ignored` runs what takes
//! minutes.

use astro_float::{BigFloat, RoundingMode};
use sigmoid::{Accuracy, Kernels};
use sigmoid_conformance::sample::Random;
use sigmoid_conformance::{Expected, Format, Function, Judged, Tally, sample};

const BLOCK: usize = 1 << 12;

/// Every way in which this CPU can compute.
fn engines() -> Vec<Kernels> {
    Kernels::engines().map(|kernels| kernels.accuracy(Accuracy::Exact)).collect()
}

/// Holds the blocks against the truth; returns the digest.
fn digest<T: Judged + sigmoid::Element>(
    kernels: Kernels,
    function: Function,
    blocks: u64,
    fill: impl Fn(u64, &mut [T]) -> usize,
) -> u64 {
    let (mut x, mut results) = (vec![T::default(); BLOCK], vec![T::default(); BLOCK]);
    let (mut expected, mut tally) = (Expected::default(), Tally::default());
    for index in 0..blocks {
        let len = fill(index, &mut x);
        expected.compute(function, &x[..len]);
        match function {
            Function::Sigmoid => kernels.forward(&x[..len], &mut results[..len]),
            _ => kernels.derivative(&x[..len], &mut results[..len]),
        }
        tally.add(function, &x[..len], &results[..len], &expected);
    }
    let what = format!("{function:?} {} {kernels:?}: {tally:?}", T::NAME);
    assert!(tally.is_sound() && tally.not_correctly_rounded == 0 && tally.undecided == 0, "{what}");
    tally.digest
}

fn singles(stride: u64, function: Function) -> Vec<u64> {
    let blocks = sample::SINGLES.div_ceil(stride).div_ceil(BLOCK as u64);
    let fill = |index: u64, block: &mut [f32]| sample::single(index * BLOCK as u64 * stride, stride, block);
    engines().into_iter().map(|kernels| digest(kernels, function, blocks, fill)).collect()
}

/// A prime, so that every value of the low bits comes up.
const STRIDE: u64 = 1009;

#[test]
fn every_f32_at_a_stride_is_correctly_rounded_on_every_backend() {
    for (function, digest) in
        [(Function::Sigmoid, 0x8cf3_1978_ab87_eec5), (Function::Derivative, 0xff08_8b9c_1df4_2b4c)]
    {
        for found in singles(STRIDE, function) {
            assert_eq!(found, digest, "{function:?}: {found:016x}");
        }
    }
}

#[test]
#[ignore = "all 2^32 inputs, on every backend: ten minutes in a release build"]
fn every_f32_is_correctly_rounded_on_every_backend() {
    for (function, digest) in
        [(Function::Sigmoid, 0xa110_52ab_0d98_fbdc), (Function::Derivative, 0xa4ab_6c10_3872_8d17)]
    {
        for found in singles(1, function) {
            assert_eq!(found, digest, "{function:?}: {found:016x}");
        }
    }
}

/// The scalar backend sends every input to the last phase: equal digests mean that all phases agree.
fn check_doubles(points: u64) {
    for function in [Function::Sigmoid, Function::Derivative] {
        let fill = |index: u64, block: &mut [f64]| {
            sample::double(index, block);
            block.len()
        };
        let of = |kernels| digest(kernels, function, points / BLOCK as u64, fill);
        let digests: Vec<u64> = engines().into_iter().map(of).collect();
        assert!(digests.iter().all(|&digest| digest == digests[0]), "{digests:x?}");
    }
}

#[test]
fn f64_is_correctly_rounded() {
    check_doubles(1 << 19);
}

#[test]
#[ignore = "a hundred million points on every backend: ten minutes in a release build"]
fn f64_is_correctly_rounded_on_a_hundred_million_points() {
    check_doubles(100 << 20);
}

/// Around 0, 1/2 + x/4 falls just in the middle between two doubles, or next to it.
#[test]
fn f64_is_correctly_rounded_where_the_cubic_term_decides() {
    let fill = |index: u64, block: &mut [f64]| {
        let mut random = Random(index);
        for x in &mut *block {
            let middle =
                (random.bits() % 4096) as f64 * f64::EPSILON / 4.0 * random.between(0.0, 40.0).exp2().floor();
            let bits = middle.to_bits().wrapping_add(random.bits() % 3).wrapping_sub(1);
            *x = f64::from_bits((bits & (u64::MAX >> 1)) | (random.bits() & (1 << 63)));
            *x = if x.is_finite() { *x } else { 0.0 };
        }
        block.len()
    };
    for kernels in engines() {
        for function in [Function::Sigmoid, Function::Derivative] {
            digest(kernels, function, 32, fill);
        }
    }
}

/// grad s (1 - s), rounded once by the arbitrary-precision library's exact product.
fn check_backward<T: Format + sigmoid::Element>(s: &[T], grad: &[T], exactly: impl Fn(f64, f64) -> T) {
    for kernels in engines() {
        let mut results = vec![T::default(); s.len()];
        kernels.backward(s, grad, &mut results);
        for ((&s, &grad), result) in s.iter().zip(grad).zip(results) {
            let expected = exactly(Format::widen(s), Format::widen(grad));
            let same = result.bits() == expected.bits() || result.is_nan() && expected.is_nan();
            assert!(
                same,
                "{kernels:?}: {result:?} for s = {s:?}, grad = {grad:?}, where {expected:?} is right"
            );
        }
    }
}

const DIGITS: usize = 4096;

/// The same number. (`BigFloat::from_f64` takes half of a subnormal one.)
fn big(x: f64) -> BigFloat {
    const SCALE: i32 = 200;
    let [scaled, unit] = [x * 2.0_f64.powi(SCALE), 2.0_f64.powi(-SCALE)].map(|x| BigFloat::from_f64(x, 64));
    if x.is_subnormal() { scaled.mul(&unit, 128, RoundingMode::None) } else { BigFloat::from_f64(x, 64) }
}

/// The exact product. All digits fit: 1 - s of the numbers tried has fewer than 2200.
fn product(s: f64, grad: f64) -> BigFloat {
    let rest = big(1.0).sub(&big(s), DIGITS, RoundingMode::None);
    let slope = big(s).mul(&rest, DIGITS, RoundingMode::None);
    slope.mul(&big(grad), DIGITS, RoundingMode::None)
}

/// The number of the format that is nearest to an exact value, ties to even: found by comparing the distances
/// of a first guess and its neighbours.
fn nearest<T: Format>(value: &BigFloat, guess: T) -> T {
    let distance = |x: T| big(x.widen()).sub(value, DIGITS + 64, RoundingMode::None).abs();
    let mut best = guess;
    loop {
        let better = [best.next_up(), best.next_down()].into_iter().find(|&other| {
            if !other.widen().is_finite() {
                return false;
            }
            let order = distance(other).cmp(&distance(best)).expect("numbers");
            order < 0 || order == 0 && other.bits() & 1 == 0 && best.bits() & 1 == 1
        });
        match better {
            Some(other) => best = other,
            None => return best,
        }
    }
}

/// Pairs of s and grad in which ties and long products are common.
fn pairs(count: usize) -> (Vec<f64>, Vec<f64>) {
    let mut random = Random(7);
    let mut one = |i: usize| {
        let few = |random: &mut Random| (random.bits() % 64) as f64 / 64.0;
        let s = match i % 4 {
            0 => few(&mut random),
            1 => random.between(0.0, 1.0),
            2 => random.magnitude(-100.0, 0.0).abs(),
            _ => random.magnitude(-30.0, 30.0),
        };
        let grad = match i % 3 {
            0 => random.between(-4.0, 4.0),
            1 => (random.bits() % (1 << 25)) as f64 - (1 << 24) as f64,
            _ => random.magnitude(-40.0, 40.0),
        };
        (s, grad)
    };
    (0..count).map(&mut one).unzip()
}

#[test]
fn backward_is_correctly_rounded() {
    let (s, grad) = pairs(20_000);
    check_backward(&s, &grad, |s, grad| {
        let guess = grad * (s * (1.0 - s));
        if guess == 0.0 { guess } else { nearest(&product(s, grad), guess) }
    });
    let (s, grad): (Vec<f32>, Vec<f32>) =
        s.iter().zip(&grad).map(|(&s, &grad)| (s as f32, grad as f32)).unzip();
    check_backward(&s, &grad, |s, grad| {
        let guess = (grad * (s * (1.0 - s))) as f32;
        if guess == 0.0 { guess } else { nearest(&product(s, grad), guess) }
    });
}

/// Around 2^`exponent`: s grad is a middle between two numbers or next to one, and 1 - s, which rounds to 1,
/// decides. Sorted, so that whole registers lie on either side. `first` are the factors of the middle below that
/// power, if it is the smallest normal number.
fn check_backward_at_middles<T: Format + sigmoid::Element>(
    narrow: fn(f64) -> T,
    exponent: i32,
    first: (u64, u64),
) {
    let mut random = Random(11);
    let mut odd = || (random.bits() >> 37 & ((1 << (T::DIGITS / 2 + 1)) - 1)) | 1;
    let factors: Vec<_> = std::iter::once(first).chain((0..1000).map(|_| (odd(), odd()))).collect();
    // So small that s^2 has no digit in common with the rounding of a pair.
    let small = -3 * T::DIGITS;
    let mut pairs: Vec<(f64, f64)> = Vec::new();
    for scale in -3..=3 {
        for &(a, b) in &factors {
            let s = a as f64 * 2.0_f64.powi(small);
            let grad = b as f64 * 2.0_f64.powi(scale - small) * 2.0_f64.powi(exponent - T::DIGITS);
            pairs.extend([(s, grad), (-s, grad), (s, -grad), (-s, -grad)]);
        }
    }
    pairs.sort_by(|a, b| (a.0 * a.1).abs().total_cmp(&(b.0 * b.1).abs()));
    let (s, grad): (Vec<T>, Vec<T>) = pairs.into_iter().map(|(s, grad)| (narrow(s), narrow(grad))).unzip();
    check_backward(&s, &grad, |s, grad| nearest(&product(s, grad), narrow(grad * s)));
}

#[test]
fn backward_is_correctly_rounded_next_to_middles() {
    for exponent in [-126, 0] {
        check_backward_at_middles(|x| x as f32, exponent, (4095, 4097));
    }
    for exponent in [-1022, 0] {
        check_backward_at_middles(|x| x, exponent, (6361 * 69431, 20394401));
    }
}

/// In `f32` grad s (1 - s) lies between two floats here so that a product rounded twice in `f64` is on the other side
/// of their middle, though not on it. Powers of two change nothing in that.
#[test]
fn backward_is_correctly_rounded_where_two_roundings_cross_a_middle() {
    let crossing = [
        (-0x18e_0d02_i64, -63, 0x140_23fa_i64),
        (-0x11a_b080, -60, 0x1cb_3ffa),
        (-0x11e_fa6c, 29, 0x178_33ec),
    ];
    let (s, grad): (Vec<f32>, Vec<f32>) = crossing
        .into_iter()
        .flat_map(|(s, unit, grad)| {
            let s = s as f32 * 2.0_f32.powi(unit);
            (-60..=-10).map(move |power| (s, grad as f32 * 2.0_f32.powi(power)))
        })
        .flat_map(|(s, grad)| [(s, grad), (s, -grad)])
        .unzip();
    check_backward(&s, &grad, |s, grad| nearest(&product(s, grad), (grad * (s * (1.0 - s))) as f32));
}

/// Around 2^60, 1 - s rounds to -s, and what it loses decides: s^2 grad lies above a middle between two numbers by
/// less than that.
#[test]
fn backward_is_correctly_rounded_where_one_is_lost_beside_s() {
    let mut random = Random(17);
    let mut odd = |bits: u32| (random.bits() >> (64 - bits)) | 1 << (bits - 1) | 1;
    let above_a_middle = |s: u64, grad: u64| {
        let product = u128::from(s) * u128::from(s) * u128::from(grad);
        let excess_bits = u128::BITS - product.leading_zeros() - f64::MANTISSA_DIGITS;
        let excess = product & ((1 << excess_bits) - 1);
        let middle = 1 << (excess_bits - 1);
        (middle + 1..middle + (1 << (excess_bits - 9))).contains(&excess)
    };
    let factors = std::iter::repeat_with(|| (odd(40), odd(47))).filter(|&(s, grad)| above_a_middle(s, grad));
    let (s, grad): (Vec<f64>, Vec<f64>) = factors
        .take(64)
        .flat_map(|(s, grad)| [(s as f64, grad as f64), (s as f64, -(grad as f64))])
        .map(|(s, grad)| (s * 2.0_f64.powi(20), grad))
        .unzip();
    check_backward(&s, &grad, |s, grad| nearest(&product(s, grad), grad * (s * (1.0 - s))));
}

/// Gradients on either side of what the lanes take, and far from 1.
#[test]
fn backward_is_correctly_rounded_for_any_size_of_gradient() {
    let mut random = Random(13);
    let (s, grad): (Vec<f64>, Vec<f64>) = (0..4000)
        .map(|i| {
            let grad = match i / 1000 {
                0 => random.magnitude(-1074.0, 1020.0),
                1 => random.magnitude(698.0, 702.0),
                2 => random.magnitude(-1074.0, -900.0),
                _ => random.between(-1.0, 1.0),
            };
            (random.magnitude(-300.0, 0.0) * if i % 2 == 0 { 1.0 } else { 3.0 }, grad)
        })
        .unzip();
    check_backward(&s, &grad, |s, grad| {
        let guess = grad * (s * (1.0 - s));
        if guess == 0.0 { guess } else { nearest(&product(s, grad), guess) }
    });
}

#[test]
fn backward_of_special_values_is_the_product_of_the_factors() {
    let special = [0.0, 1.0, -1.0, f64::INFINITY, f64::NAN, 0.5, 2.0, 1e-30];
    let all = || special.iter().flat_map(|&x| [x, -x]);
    let (s, grad): (Vec<f64>, Vec<f64>) = all().flat_map(|s| all().map(move |grad| (s, grad))).unzip();
    let ordinary = |x: f64| x.is_finite() && x != 0.0 && x != 1.0;
    let keep: Vec<usize> = (0..s.len()).filter(|&i| !(ordinary(s[i]) && ordinary(grad[i]))).collect();
    let take = |from: &[f64]| keep.iter().map(|&i| from[i]).collect::<Vec<_>>();
    let (s, grad) = (take(&s), take(&grad));
    check_backward(&s, &grad, |s, grad| grad * (s * (1.0 - s)));
    let narrow = |from: &[f64]| from.iter().map(|&x| x as f32).collect::<Vec<_>>();
    check_backward(&narrow(&s), &narrow(&grad), |s, grad| (grad * (s * (1.0 - s))) as f32);
}
