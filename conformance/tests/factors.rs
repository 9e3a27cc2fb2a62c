//! The relative errors of the factors from which the stated errors of products follow (`src/bounds/family.rs`).
//!
//! Of a product of two inputs only some pairs can be tried. But it is off by no more than its factor, in relative terms,
//! and by the roundings after that; and of the factor, which takes one input, all numbers can be tried. Those of a gate
//! with another alpha than 1, of which there are eight million, are searched for the worst alpha:
//! `cargo test --release -p sigmoid-conformance --test factors -- --ignored --nocapture`
//!
//! The unit of relative errors is 2^-24 of the value, at most one unit in the last place.

use std::thread;

use sigmoid::bounds::{self, Fast};
use sigmoid::{Backend, Kernels, ops};

/// The zero of silu'.
const ZERO: [f64; 2] = [-1.278_464_542_761_073_7, -1.094_699_418_309_343_7e-16];

/// The largest relative errors, with fused multiply-add and without.
const OF_S: [f64; 2] = [3.0870, 3.3577];
const OF_SILU_SLOPE: [f64; 2] = [7.2581, 7.2581];
const OF_GELU_TANH_SLOPE: [f64; 2] = [7.9297, 9.4759];

/// The same for any alpha: the largest that [`worst_alphas`] finds, and a little.
const OF_S_OF_ALPHA: [f64; 2] = [3.7, 4.0];
const OF_GATE_SLOPE: [f64; 2] = [9.5, 9.7];

/// The alpha that are always tried: usual ones, and the worst that are known.
const ALPHAS: [f32; 10] =
    [-1.5, 0.3, 1.702, 100.0, 1.079_342_8, 1.086_744_4, 1.105_219_8, 1.106_757_5, 1.442_228_1, 1.473_443_9];

type Compute = dyn Fn(&Kernels, &[f32], &mut [f32]) + Sync;

/// A function of one number.
struct Factor {
    compute: Box<Compute>,
    /// To 2^-40.
    truth: Box<dyn Fn(f64) -> f64 + Sync>,
}

fn s(x: f64) -> f64 {
    let e = (-x.abs()).exp();
    (if x < 0.0 { e } else { 1.0 }) / (1.0 + e)
}

/// (1 + e + x e) / (1 + e)^2 for x > 0, and e (1 + x + e) / (1 + e)^2 elsewhere, where next to the zero x0
/// 1 + x + e = d + e^x0 (e^d - 1) of d = x - x0.
fn silu_slope(x: f64) -> f64 {
    let e = (-x.abs()).exp();
    let numerator = if x > 0.0 {
        1.0 + e + x * e
    } else if (x - ZERO[0]).abs() < 0.1 {
        let d = (x - ZERO[0]) - ZERO[1];
        e * (d + (-1.0 - ZERO[0]) * d.exp_m1())
    } else {
        e * (1.0 + x + e)
    };
    numerator / ((1.0 + e) * (1.0 + e))
}

/// s(y) + x y' s(y) s(-y) of y = 2 sqrt(2 / pi) (x + 0.044715 x^3).
fn gelu_tanh_slope(x: f64) -> f64 {
    let c = (8.0 / std::f64::consts::PI).sqrt();
    let (y, slope) = (c * (x + 0.044_715 * x * x * x), c * (1.0 + 3.0 * 0.044_715 * x * x));
    s(y) * (1.0 + x * slope * s(-y))
}

impl Factor {
    fn new(
        compute: impl Fn(&Kernels, &[f32], &mut [f32]) + Sync + 'static,
        truth: impl Fn(f64) -> f64 + Sync + 'static,
    ) -> Self {
        Self { compute: Box::new(compute), truth: Box::new(truth) }
    }

    fn s() -> Self {
        Self::new(|kernels, x, y| kernels.forward(x, y), s)
    }

    /// (alpha x is exact in `f64`.)
    fn s_of_alpha(alpha: f32) -> Self {
        Self::new(
            move |kernels, x, y| kernels.map(ops::Scaled(alpha), x, y),
            move |x| s(f64::from(alpha) * x),
        )
    }

    fn silu_slope() -> Self {
        Self::new(|kernels, x, y| kernels.map(ops::SiluDerivative, x, y), silu_slope)
    }

    /// The derivative of g s(alpha g), which is silu'(alpha g).
    fn gate_slope(alpha: f32) -> Self {
        let gate = ops::SwiGluBackward { alpha, ..Default::default() };
        let compute = move |kernels: &Kernels, g: &[f32], slope: &mut [f32]| {
            let (ones, mut of_u) = (vec![1.0; g.len()], vec![0.0; g.len()]);
            kernels.gradients(gate, g, &ones, &ones, slope, &mut of_u);
        };
        Self::new(compute, move |g| silu_slope(f64::from(alpha) * g))
    }

    fn gelu_tanh_slope() -> Self {
        let compute = |kernels: &Kernels, x: &[f32], slope: &mut [f32]| {
            kernels.zip(ops::GeluTanhBackward, x, &vec![1.0; x.len()], slope);
        };
        Self::new(compute, gelu_tanh_slope)
    }

    /// The largest error, with fused multiply-add and without, of every `stride`-th number from 2^-26 to 2^7 and its
    /// negative, in parts of 2^-24 of a size. (Below, every factor is what it is at 0; above, it is 1 or has vanished.)
    fn largest(&self, stride: u32, size: Size) -> [f64; 2] {
        const BLOCK: u32 = 4096;
        let [from, to] = [2.0_f32.powi(-26), 2.0_f32.powi(7)].map(f32::to_bits);
        let engines: Vec<Kernels> =
            Kernels::engines().filter(|engine| engine.selected_backend() != Backend::Scalar).collect();
        let (mut largest, mut results) = ([0.0_f64; 2], vec![0.0; 2 * BLOCK as usize]);
        for start in (from..to).step_by((BLOCK * stride) as usize) {
            let number = |i: u32| f32::from_bits((start + i * stride).min(to));
            let x: Vec<f32> = (0..BLOCK).map(number).flat_map(|x| [x, -x]).collect();
            let truths: Vec<f64> = x.iter().map(|&x| (self.truth)(x.into())).collect();
            for engine in &engines {
                (self.compute)(engine, &x, &mut results);
                let largest = &mut largest[usize::from(!engine.selected_backend().has_fma())];
                for ((&x, &result), &truth) in x.iter().zip(&results).zip(&truths) {
                    // (Subnormal results have units of their own.)
                    if truth.abs() >= f32::MIN_POSITIVE.into() {
                        let error = (f64::from(result) - truth).abs() / size(x.into(), truth);
                        // (A maximum would leave it out.)
                        assert!(!error.is_nan(), "{engine:?}: NaN at {x:?}");
                        *largest = largest.max(error);
                    }
                }
            }
        }
        // To four digits, as they are stated.
        largest.map(|largest| (largest * 2.0_f64.powi(24) * 1e4).round() / 1e4)
    }
}

/// Of x and the truth there: what its error is a part of.
type Size = fn(f64, f64) -> f64;

fn relative(_: f64, truth: f64) -> f64 {
    truth.abs()
}

/// From -1 to -1/2, where the derivative has its zero, no less than an eighth.
fn at_least_an_eighth(x: f64, truth: f64) -> f64 {
    if (-1.0..=-0.5).contains(&x) { truth.abs().max(0.125) } else { truth.abs() }
}

/// 2^24 units in the last place.
fn last_places(_: f64, truth: f64) -> f64 {
    let exponent = (truth as f32).to_bits() >> 23 & 0xff;
    2.0_f64.powi(exponent as i32 - 127 + 1)
}

/// The largest errors of each of them, in turn on all threads.
fn each(factors: Vec<Factor>, stride: u32, size: Size) -> Vec<[f64; 2]> {
    let threads = thread::available_parallelism().map_or(1, |threads| threads.get());
    let share = factors.len().div_ceil(threads).max(1);
    let mut largest = vec![[0.0; 2]; factors.len()];
    thread::scope(|scope| {
        for (factors, largest) in factors.chunks(share).zip(largest.chunks_mut(share)) {
            scope.spawn(move || {
                for (factor, largest) in factors.iter().zip(largest) {
                    *largest = factor.largest(stride, size);
                }
            });
        }
    });
    largest
}

fn largest_of(all: &[[f64; 2]]) -> [f64; 2] {
    [0, 1].map(|i| all.iter().fold(0.0_f64, |largest, one| largest.max(one[i])))
}

/// What is stated of a factor, or of one for each alpha.
struct Stated<F> {
    name: &'static str,
    factor: F,
    size: Size,
    largest: [f64; 2],
}

impl<F> Stated<F> {
    const fn new(name: &'static str, factor: F, size: Size, largest: [f64; 2]) -> Self {
        Self { name, factor, size, largest }
    }

    fn check(&self, largest: [f64; 2]) {
        let line = format!("{}: {largest:.4?}, stated {:?}", self.name, self.largest);
        println!("{line}");
        assert!((0..2).all(|i| largest[i] <= self.largest[i]), "{line}");
    }
}

fn of_one() -> [Stated<fn() -> Factor>; 3] {
    [
        Stated::new("s(x)", Factor::s, relative, OF_S),
        Stated::new("silu'", Factor::silu_slope, relative, OF_SILU_SLOPE),
        Stated::new("gelu_tanh'", Factor::gelu_tanh_slope, at_least_an_eighth, OF_GELU_TANH_SLOPE),
    ]
}

type OfAlpha = fn(f32) -> Factor;

fn of_alpha() -> [Stated<OfAlpha>; 3] {
    let Fast { with_fma, without_fma, .. } = bounds::SCALED.f32;
    [
        Stated::new("s(alpha x)", Factor::s_of_alpha, relative, OF_S_OF_ALPHA),
        Stated::new(
            "s(alpha x), in units in the last place",
            Factor::s_of_alpha,
            last_places,
            [with_fma, without_fma],
        ),
        Stated::new("a gate's derivative", Factor::gate_slope, relative, OF_GATE_SLOPE),
    ]
}

fn check_factors(stride: u32) {
    for stated in of_one() {
        let largest = (stated.factor)().largest(stride, stated.size);
        stated.check(largest);
        // Of all numbers it is what is written here.
        assert!(stride > 1 || largest == stated.largest, "{}: {largest:.4?}", stated.name);
    }
    for stated in of_alpha() {
        stated.check(largest_of(&each(ALPHAS.map(stated.factor).into(), stride, stated.size)));
    }
}

#[test]
fn factors_at_a_stride() {
    check_factors(1009);
}

#[test]
#[ignore = "all numbers: minutes in a release build"]
fn every_number() {
    check_factors(1);
}

/// Six thousand alpha at a stride, and all numbers of the worst of them. (A power of two and a sign change nothing.)
#[test]
#[ignore = "ten minutes in a release build"]
fn worst_alphas() {
    let mut state = 1_u32;
    let alphas: Vec<f32> = (0..6000)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f32::from_bits(1.0_f32.to_bits() | state >> 9)
        })
        .collect();
    for stated in of_alpha() {
        let coarse = each(alphas.iter().map(|&alpha| (stated.factor)(alpha)).collect(), 499, stated.size);
        let mut order: Vec<usize> = (0..alphas.len()).collect();
        let mut worst: Vec<f32> = Vec::new();
        for i in [0, 1] {
            order.sort_by(|&a, &b| coarse[b][i].total_cmp(&coarse[a][i]));
            worst.extend(order.iter().take(12).map(|&at| alphas[at]));
        }
        let fine = each(worst.iter().map(|&alpha| (stated.factor)(alpha)).collect(), 1, stated.size);
        for (alpha, largest) in worst.iter().zip(&fine) {
            println!("alpha = {alpha:?}: {largest:.4?}");
        }
        stated.check(largest_of(&fine));
    }
}

/// The factor's error, a unit for each number that is multiplied or added before, and half of one for the last rounding.
#[test]
fn bounds_of_products_follow() {
    let follow = |name: &str, stated: Fast, factor: [f64; 2], roundings: [f64; 2]| {
        for (stated, i) in [(stated.with_fma, 0), (stated.without_fma, 1)] {
            let least = factor[i] + roundings[i];
            assert!((least - 1e-9..least + 0.2).contains(&stated), "{name}: {stated}, at least {least}");
        }
    };
    follow("swiglu", bounds::SWIGLU.f32, OF_S_OF_ALPHA, [2.5; 2]);
    follow("swiglu backward", bounds::SWIGLU_BACKWARD.f32, OF_GATE_SLOPE, [2.5; 2]);
    follow("glu", bounds::GLU.f32, OF_S, [0.5; 2]);
    follow("softplus backward", bounds::SOFTPLUS_BACKWARD.f32, OF_S, [0.5; 2]);
    follow("silu backward", bounds::SILU_BACKWARD.f32, OF_SILU_SLOPE, [0.5; 2]);
    follow("gelu_tanh backward", bounds::GELU_TANH_BACKWARD.f32, OF_GELU_TANH_SLOPE, [0.5; 2]);
    // Its numerator is a difference, whose roundings are counted by hand.
    follow("the gradient of BCE", bounds::BCE_WITH_LOGITS_GRADIENT.f32, OF_S, [2.5, 3.5]);
}
