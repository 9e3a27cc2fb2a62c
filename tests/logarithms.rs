//! Softplus, the logarithm of the sigmoid, logit and the binary cross entropy, and the ways back: their errors, their
//! special values, and sums. (`family.rs` has what all operations promise.)

#![cfg(feature = "activations")]

mod support;

use sigmoid::bounds::{self, Fast};
use sigmoid::ops::{
    BceWithLogits, BceWithLogitsGradient, LogSigmoid, LogSigmoidBackward, Logit, Map, Softplus,
    SoftplusBackward, Zip, ZipSum,
};
use sigmoid::{Accuracy, Backend, Kernels};
use support::errors::{check_errors, check_pair_values, check_values, error, sigmoid};
use support::{
    Float, Format, assert_same_bits, engines, fused_engines, mixture, near_ties, specials, thinned,
};

/// ln(1 + e^x), to a few units of `f64`.
fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

fn log_sigmoid(x: f64) -> f64 {
    -softplus(-x)
}

/// ln(p / (1 - p)), with the difference from 1/2 where it is small.
fn logit(p: f64) -> f64 {
    if (0.25..0.75).contains(&p) { ((2.0 * p - 1.0) / (1.0 - p)).ln_1p() } else { (p / (1.0 - p)).ln() }
}

/// grad s(x), where s(x) may be below every number of `f64`.
fn softplus_backward(x: f64, grad: f64) -> f64 {
    if x < -700.0 && x > f64::NEG_INFINITY {
        let root = (0.5 * x.max(-1480.0)).exp();
        grad * root * root
    } else {
        grad * sigmoid(x)
    }
}

fn bce(x: f64, z: f64) -> f64 {
    let weight = if x > 0.0 { 1.0 - z } else { z };
    softplus(-x.abs()) + if weight == 0.0 { 0.0 } else { x.abs() * weight }
}

/// s(x) - z, as (1 - z) - s(-x) where that is exact for z = 1.
fn bce_gradient(x: f64, z: f64) -> f64 {
    if x > 0.0 { (1.0 - z) - sigmoid(-x) } else { sigmoid(x) - z }
}

#[test]
fn softplus_is_as_exact_as_stated() {
    check_errors(997, Softplus, softplus, bounds::SOFTPLUS.f32);
}

#[test]
fn log_sigmoid_is_as_exact_as_stated() {
    check_errors(997, LogSigmoid, log_sigmoid, bounds::SOFTPLUS.f32);
}

#[test]
fn logit_is_as_exact_as_stated() {
    check_errors(997, Logit, logit, bounds::LOGIT.f32);
}

#[test]
#[ignore = "all 2^32 inputs: minutes"]
fn softplus_of_every_f32() {
    check_errors(1, Softplus, softplus, bounds::SOFTPLUS.f32);
}

#[test]
#[ignore = "all 2^32 inputs: minutes"]
fn logit_of_every_f32() {
    check_errors(1, Logit, logit, bounds::LOGIT.f32);
}

/// Numbers of every kind, half of them ordinary.
fn numbers<T: Float>(len: usize, seed: u64) -> Vec<T> {
    let mut x = specials::<T>();
    x.extend(near_ties::<T>());
    x.extend(mixture::<T>(len, seed));
    x
}

/// Labels: 0 and 1, between them, next to them, and very small ones.
fn labels<T: Format>(len: usize) -> Vec<T> {
    let mut random = 0x1abe1_u64;
    let mut next = || {
        random = random.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        (random >> 11) as f64 / (1_u64 << 53) as f64
    };
    let smallest = f64::from(T::SMALLEST_NORMAL_EXPONENT - T::FRACTION_BITS);
    (0..len)
        .map(|_| match (8.0 * next()) as u32 {
            0 | 1 => T::nearest(0.0),
            2 | 3 => T::nearest(1.0),
            4 => T::nearest(1.0 - (-30.0 * next()).exp2()),
            5 => T::nearest((smallest * next()).exp2()),
            _ => T::nearest(next()),
        })
        .collect()
}

/// The results, in memory of their own.
fn mapped<T: Float>(kernels: Kernels, op: impl Map<T>, x: &[T]) -> Vec<T> {
    let mut y = vec![T::default(); x.len()];
    kernels.map(op, x, &mut y);
    y
}

/// The results of pairs, likewise.
fn zipped<T: Float>(kernels: Kernels, op: impl Zip<T>, x: &[T], z: &[T]) -> Vec<T> {
    let mut y = vec![T::default(); x.len()];
    kernels.zip(op, x, z, &mut y);
    y
}

/// The largest error of an operation over pairs, for each engine, in the units that `error` counts.
fn check_pairs<T: Float>(
    op: impl Zip<T>,
    (x, z): (&[T], &[T]),
    error: impl Fn(T, f64, f64) -> f64,
    stated: impl Fn(Backend) -> f64,
) {
    let mut y = vec![T::default(); x.len()];
    for kernels in engines() {
        kernels.zip(op, x, z, &mut y);
        let mut worst = (0.0, 0);
        for (i, &y) in y.iter().enumerate() {
            let error = error(y, x[i].into(), z[i].into());
            // (A NaN that should be none is an infinite error.)
            if error > worst.0 {
                worst = (error, i);
            }
        }
        let (error, i) = worst;
        let backend = kernels.selected_backend();
        println!("{} {backend}: {error:.4} ULP at {:e}, {:e}: {:e}", T::NAME, x[i], z[i], y[i]);
        assert!(error <= stated(backend), "{backend}: {error} ULP at {:e}, {:e}: {:e}", x[i], z[i], y[i]);
    }
}

fn check_bce<T: Float>(len: usize, stated: Fast, gradient: Fast, slack: f64)
where
    BceWithLogits: Zip<T>,
    BceWithLogitsGradient: Zip<T>,
{
    let x = numbers::<T>(len, 0xbce);
    let z = labels::<T>(x.len());
    check_pairs(BceWithLogits, (&x, &z), |y, x, z| error(y, bce(x, z)), |on| stated.on(on) + slack);
    let of_larger = |y: T, x: f64, z: f64| {
        let truth = bce_gradient(x, z);
        if truth.is_nan() {
            return error(y, truth);
        }
        // Of the labels 0 and 1 the result is s(x) or -s(-x), and so are its units.
        let larger = if z == 1.0 { truth } else { sigmoid(x).max(z) };
        let y: f64 = y.into();
        if y.is_nan() { f64::INFINITY } else { (y - truth).abs() / T::unit(larger) }
    };
    check_pairs(BceWithLogitsGradient, (&x, &z), of_larger, |on| gradient.on(on) + slack);
}

#[test]
fn bce_is_as_exact_as_stated() {
    let len = 1_000_000 / thinned() as usize;
    check_bce::<f32>(len, bounds::BCE_WITH_LOGITS.f32, bounds::BCE_WITH_LOGITS_GRADIENT.f32, 0.0);
}

#[test]
#[ignore = "ten million pairs for each engine"]
fn bce_of_many_pairs() {
    check_bce::<f32>(10_000_000, bounds::BCE_WITH_LOGITS.f32, bounds::BCE_WITH_LOGITS_GRADIENT.f32, 0.0);
}

fn check_ways_back<T: Float>(len: usize, stated: Fast, slack: f64)
where
    SoftplusBackward: Zip<T>,
    LogSigmoidBackward: Zip<T>,
{
    let x = numbers::<T>(len, 0x50f7);
    let mut grad = mixture::<T>(x.len(), 0x9);
    for (i, grad) in grad.iter_mut().enumerate().step_by(3) {
        *grad = T::nearest([1.5, -0.25, 3e37, -1e30, 1e-20, 1e-42][i % 6]);
    }
    let with = |factor: f64| move |y: T, x: f64, grad: f64| error(y, softplus_backward(factor * x, grad));
    check_pairs(SoftplusBackward, (&x, &grad), with(1.0), |on| stated.on(on) + slack);
    check_pairs(LogSigmoidBackward, (&x, &grad), with(-1.0), |on| stated.on(on) + slack);
}

#[test]
fn ways_back_are_as_exact_as_stated() {
    check_ways_back::<f32>(1_000_000 / thinned() as usize, bounds::SOFTPLUS_BACKWARD.f32, 0.0);
}

#[test]
#[ignore = "ten million pairs for each engine"]
fn ways_back_of_many_pairs() {
    check_ways_back::<f32>(10_000_000, bounds::SOFTPLUS_BACKWARD.f32, 0.0);
}

/// In `f64` beside formulas in `f64`, which are a few units off themselves.
#[test]
fn f64_is_near_plain_formulas() {
    const SLACK: f64 = 4.0;
    let len = 100_000 / thinned() as usize;
    check_bce::<f64>(len, bounds::BCE_WITH_LOGITS.f64, bounds::BCE_WITH_LOGITS_GRADIENT.f64, SLACK);
    check_ways_back::<f64>(len, bounds::SOFTPLUS_BACKWARD.f64, SLACK);

    let x = numbers::<f64>(len, 0xf64);
    let p: Vec<f64> = labels(x.len());
    let mut y = vec![0.0; x.len()];
    for kernels in engines() {
        let check = |name: &str, x: &[f64], y: &[f64], truth: &dyn Fn(f64) -> f64, stated: Fast| {
            for (&x, &y) in x.iter().zip(y) {
                let error = error(y, truth(x));
                let limit = stated.on(kernels.selected_backend()) + SLACK;
                assert!(error <= limit, "{name} {kernels:?} of {x:e}: {y:e}, not {:e}: {error}", truth(x));
            }
        };
        kernels.map(Softplus, &x, &mut y);
        check("softplus", &x, &y, &softplus, bounds::SOFTPLUS.f64);
        kernels.map(LogSigmoid, &x, &mut y);
        check("log-sigmoid", &x, &y, &log_sigmoid, bounds::SOFTPLUS.f64);
        for p in [&p, &x] {
            kernels.map(Logit, p, &mut y);
            check("logit", p, &y, &logit, bounds::LOGIT.f64);
        }
    }
}

/// Among any neighbours, with labels in \[0, 1\]: `family.rs` has few of them.
fn check_neighbours<T: Float>()
where
    Logit: Map<T>,
    BceWithLogits: Zip<T>,
    BceWithLogitsGradient: Zip<T>,
{
    fn alone<T: Float>(kernels: Kernels, op: impl Zip<T>, x: &[T], z: &[T]) {
        let all = zipped(kernels, op, x, z);
        for (i, &expected) in all.iter().enumerate() {
            let one = zipped(kernels, op, &x[i..=i], &z[i..=i]);
            assert_same_bits(&one, &[expected], || format!("{kernels:?} of {:e}, {:e}", x[i], z[i]));
        }
    }
    let x = numbers::<T>(40_000 / thinned() as usize, 0x9e1);
    let z = labels::<T>(x.len());
    for kernels in engines() {
        alone(kernels, BceWithLogits, &x, &z);
        alone(kernels, BceWithLogitsGradient, &x, &z);
        let all = mapped(kernels, Logit, &z);
        for (&z, expected) in z.iter().zip(all) {
            assert_same_bits(&[kernels.value(Logit, z)], &[expected], || format!("{kernels:?} of {z:e}"));
        }
    }
}

#[test]
fn neighbours_change_nothing() {
    check_neighbours::<f32>();
    check_neighbours::<f64>();
}

const INFINITY: f64 = f64::INFINITY;
const TWO_TO_60: f64 = 1_152_921_504_606_846_976.0;

#[test]
fn special_values() {
    let of_softplus = [(-INFINITY, 0.0), (INFINITY, INFINITY), (-1e30, 0.0), (TWO_TO_60, TWO_TO_60)];
    check_values::<f32>(Softplus, &of_softplus);
    check_values::<f64>(Softplus, &of_softplus);
    let of_log_sigmoid = of_softplus.map(|(x, y)| (-x, -y));
    check_values::<f32>(LogSigmoid, &of_log_sigmoid);
    check_values::<f64>(LogSigmoid, &of_log_sigmoid);
    let of_logit = [(0.0, -INFINITY), (-0.0, -INFINITY), (0.5, 0.0), (1.0, INFINITY)];
    check_values::<f32>(Logit, &of_logit);
    check_values::<f64>(Logit, &of_logit);
    for kernels in engines() {
        for p in [-1e-45_f32, -0.5, 1.0000001, 2.0, f32::INFINITY, f32::NEG_INFINITY] {
            assert!(kernels.value(Logit, p).is_nan(), "{kernels:?} of {p}");
            assert!(kernels.value(Logit, f64::from(p)).is_nan(), "{kernels:?} of {p}");
        }
    }
}

fn check_special_pairs<T: Float>()
where
    BceWithLogits: Zip<T>,
    BceWithLogitsGradient: Zip<T>,
    SoftplusBackward: Zip<T>,
    LogSigmoidBackward: Zip<T>,
{
    let nan = f64::NAN;
    let loss = [
        (INFINITY, 1.0, 0.0),
        (INFINITY, 0.0, INFINITY),
        (INFINITY, 0.5, INFINITY),
        (-INFINITY, 0.0, 0.0),
        (-INFINITY, 1.0, INFINITY),
        (1e30, 1.0, 0.0),
        (-1e30, 0.0, 0.0),
        (-1e30, 1.0, 1e30),
        (nan, 1.0, nan),
        (INFINITY, nan, nan),
        (0.0, nan, nan),
    ];
    check_pair_values::<T>(BceWithLogits, &loss);
    let gradient = [
        (0.0, 0.5, 0.0),
        (0.0, 0.0, 0.5),
        (0.0, 1.0, -0.5),
        (INFINITY, 0.0, 1.0),
        (INFINITY, 0.25, 0.75),
        (-INFINITY, 1.0, -1.0),
        (-INFINITY, 0.25, -0.25),
        (nan, 1.0, nan),
        (1.0, nan, nan),
        (-1e30, nan, nan),
    ];
    check_pair_values::<T>(BceWithLogitsGradient, &gradient);
    let back = [
        (0.0, 8.0, 4.0),
        (INFINITY, -3.0, -3.0),
        (INFINITY, INFINITY, INFINITY),
        (-INFINITY, 3.0, 0.0),
        (-INFINITY, -3.0, -0.0),
        (-INFINITY, INFINITY, nan),
        (-1e30, INFINITY, INFINITY),
        (-1e30, -INFINITY, -INFINITY),
        (-1e30, -1e30, -0.0),
        (1.0, 0.0, 0.0),
        (-100.0, -0.0, -0.0),
        (nan, 1.0, nan),
        (1.0, nan, nan),
        (-1e30, nan, nan),
    ];
    check_pair_values::<T>(SoftplusBackward, &back);
    check_pair_values::<T>(LogSigmoidBackward, &back.map(|(x, grad, y)| (-x, grad, y)));
}

#[test]
fn special_pairs() {
    check_special_pairs::<f32>();
    check_special_pairs::<f64>();
}

/// The logarithm of the sigmoid is softplus, to the bit.
#[test]
fn log_sigmoid_has_the_bits_of_softplus() {
    let x = numbers::<f32>(20_000, 0x1095);
    let negative: Vec<f32> = x.iter().map(|x| -x).collect();
    for kernels in engines() {
        let (softplus, logarithm) = (mapped(kernels, Softplus, &negative), mapped(kernels, LogSigmoid, &x));
        for (i, (softplus, logarithm)) in softplus.iter().zip(&logarithm).enumerate() {
            let same =
                softplus.to_bits() == (-logarithm).to_bits() || (softplus.is_nan() && logarithm.is_nan());
            assert!(same, "{kernels:?} of {}: {softplus} and {logarithm}", x[i]);
        }
    }
}

/// Of losses in a format that may be another.
fn check_sums<T: Format, U: Format>()
where
    BceWithLogits: Zip<T, U> + ZipSum<T>,
{
    let len = 3_000_001 / thinned() as usize;
    let x: Vec<T> = (0..len).map(|i| T::nearest(((i * 7919) % 2003) as f64 * 0.1 - 100.0)).collect();
    let z: Vec<T> = labels(len);
    #[cfg(feature = "rayon")]
    let pools =
        [2, 3].map(|threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads"));
    for len in [0, 1, 2, 15, 16, 17, 1023, 1024, 1025, 2048, 2049, 5000, 100_000, len] {
        let (x, z) = (&x[..len.min(x.len())], &z[..len.min(x.len())]);
        let mut same = None;
        for kernels in engines() {
            let mut losses = vec![U::default(); x.len()];
            kernels.zip(BceWithLogits, x, z, &mut losses);
            let plain: f64 = losses.iter().map(|&loss| loss.into()).sum();
            let sum = kernels.bce_with_logits_sum(x, z);
            let mean = kernels.bce_with_logits_mean(x, z);
            assert!((sum - plain).abs() <= 1e-12 * plain, "{kernels:?} of {len}: {sum}, {plain}");
            assert!(mean.to_bits() == (sum / x.len() as f64).to_bits() || (mean.is_nan() && x.is_empty()));
            #[cfg(feature = "rayon")]
            {
                let parallel = kernels.parallel(true).bce_with_logits_sum(x, z);
                assert_eq!(parallel.to_bits(), sum.to_bits(), "{kernels:?} of {len} in parallel");
                for pool in &pools {
                    let parallel = pool.install(|| kernels.parallel(true).bce_with_logits_sum(x, z));
                    assert_eq!(
                        parallel.to_bits(),
                        sum.to_bits(),
                        "{kernels:?} of {len} on {} threads",
                        pool.current_num_threads()
                    );
                }
            }
            if fused_engines().any(|fused| fused == kernels) {
                let same = same.get_or_insert(sum);
                assert_eq!(same.to_bits(), sum.to_bits(), "{kernels:?} of {len}");
            }
        }
    }
    let kernels = Kernels::new();
    assert_eq!(kernels.bce_with_logits_sum::<T>(&[], &[]).to_bits(), 0);
    assert!(kernels.bce_with_logits_mean::<T>(&[], &[]).is_nan());
}

#[test]
fn sums_are_those_of_the_losses() {
    check_sums::<f32, f32>();
    check_sums::<f64, f64>();
    #[cfg(feature = "half")]
    check_sums::<half::bf16, f32>();
    #[cfg(feature = "half")]
    check_sums::<half::f16, f32>();
}

/// In a debug build too, as in `small_stack.rs`.
#[test]
fn sums_need_little_stack() {
    for kernels in engines() {
        let work = move || {
            let x = vec![0.5; 100_001];
            kernels.bce_with_logits_sum::<f64>(&x, &x) + kernels.bce_with_logits_mean::<f64>(&x, &x)
        };
        let thread =
            std::thread::Builder::new().stack_size(256 << 10).spawn(work).expect("there are threads");
        assert!(thread.join().expect("nothing panics") > 0.0);
    }
}

#[test]
#[should_panic(expected = "x has 2 elements and z has 3")]
fn sums_of_lengths_that_differ() {
    Kernels::new().bce_with_logits_sum(&[1.0_f32; 2], &[1.0; 3]);
}

#[test]
#[should_panic(expected = "there is no proof for this operation")]
fn exact_sums_are_refused() {
    Kernels::new().accuracy(Accuracy::Exact).bce_with_logits_mean(&[1.0_f32], &[1.0]);
}
