//! SiLU, the gates, s(c x), and the ways back: their errors, their special values, and their layouts. (`family.rs` has
//! what all operations promise.)

#![cfg(feature = "activations")]

mod support;

use sigmoid::ops::{
    Glu, QuickGelu, Scaled, Silu, SiluBackward, SiluDerivative, SwiGlu, SwiGluBackward, Zip, ZipInterleaved,
};
use sigmoid::{Kernels, bounds};
#[cfg(feature = "half")]
use support::Format;
use support::errors::{check_errors, check_pair_values, check_values, error, sigmoid};
use support::family::GATES;
use support::{Float, Random, assert_same_bits, engines, mixture, near_ties, specials, thinned};

/// factor s(x), where s(x) may be subnormal and the product not.
fn times_sigmoid(factor: f64, x: f64) -> f64 {
    if x < -700.0 { factor * (0.5 * x).exp() * (0.5 * x).exp() } else { factor * sigmoid(x) }
}

fn silu(x: f64) -> f64 {
    if x == f64::NEG_INFINITY { -0.0 } else { times_sigmoid(x, x) }
}

/// s(x) s(-x) (e^x + 1 + x), and next to its zero x0 = -1 - e^x0 by the difference from there.
fn silu_derivative(x: f64) -> f64 {
    // (The second part of x0 is what the first lacks.)
    const ZERO: [f64; 2] = [f64::from_bits(0xbff4_7497_3c84_120b), f64::from_bits(0xbc9f_8d74_bc9a_c154)];
    let d = (x - ZERO[0]) - ZERO[1];
    if d.abs() < 0.5 {
        sigmoid(x) * sigmoid(-x) * (d + ZERO[0].exp() * d.exp_m1())
    } else if x == f64::NEG_INFINITY {
        -0.0
    } else if x < -700.0 {
        times_sigmoid(1.0 + x, x)
    } else if x < 0.0 {
        sigmoid(x) * sigmoid(-x) * (x.exp() + 1.0 + x)
    } else if x == f64::INFINITY {
        1.0
    } else {
        sigmoid(x) + x * sigmoid(x) * sigmoid(-x)
    }
}

/// s(c x)
fn scaled(c: f32) -> impl Fn(f64) -> f64 {
    move |x| if c == 0.0 && !x.is_nan() { 0.5 } else { times_sigmoid(1.0, f64::from(c) * x) }
}

fn quick_gelu(x: f64) -> f64 {
    if x == f64::NEG_INFINITY { -0.0 } else { times_sigmoid(x, 1.702 * x) }
}

/// Where the rounding of the product counts, it is made good.
fn quick_gelu_of_f64(x: f64) -> f64 {
    // (The second part is what 1.702 lacks.)
    let (product, lacking) = (1.702 * x, 4.263_256_414_560_601e-17 * x);
    let rest = if x.abs() < 500.0 { 1.702_f64.mul_add(x, -product) + lacking } else { 0.0 };
    quick_gelu(x) * (1.0 + rest * sigmoid(-product))
}

fn glu(a: f64, b: f64) -> f64 {
    // (Where every product with a finite number of the format vanishes.)
    if b == f64::NEG_INFINITY { 0.0 * a } else { times_sigmoid(a, b) }
}

fn silu_backward(x: f64, grad: f64) -> f64 {
    if x == f64::NEG_INFINITY {
        -0.0 * grad
    } else if x < -700.0 {
        grad * (0.5 * x).exp() * (1.0 + x) * (0.5 * x).exp()
    } else {
        grad * silu_derivative(x)
    }
}

/// From `lowest` down as at -inf.
fn ended(x: f32, lowest: f32) -> f64 {
    if x < lowest { f64::NEG_INFINITY } else { x.into() }
}

fn gate(gate: SwiGlu, g: f32, u: f32) -> f64 {
    let [alpha, limit, offset] = [gate.alpha, gate.limit, gate.offset].map(f64::from);
    let (g, u) = (f64::from(g), f64::from(u));
    let g = if g > limit { limit } else { g };
    let u = if u.is_nan() { u } else { u.clamp(-limit, limit) } + offset;
    let product = if alpha == 0.0 { 0.0 } else { alpha * g };
    // Where every product with a finite u vanishes the gate is a zero.
    if product < -220.0 { if g < 0.0 { -0.0 * u } else { 0.0 * u } } else { g * sigmoid(product) * u }
}

fn check_silu(stride: u64) {
    check_errors(stride, Silu, silu, bounds::SILU.f32);
}

fn check_silu_derivative(stride: u64) {
    check_errors(stride, SiluDerivative, silu_derivative, bounds::SILU_DERIVATIVE.f32);
}

fn check_quick_gelu(stride: u64) {
    check_errors(stride, QuickGelu, quick_gelu, bounds::QUICK_GELU.f32);
}

/// What is tried of [`Scaled`].
const SCALES: [f32; 9] = [1.0, 1.702, 0.01, 100.0, -3.3, 0.0, 1.0 / 1024.0, -1024.0, 0.75];

fn check_scaled(stride: u64) {
    for c in SCALES {
        println!("c = {c}");
        check_errors(stride, Scaled(c), scaled(c), bounds::SCALED.f32);
    }
}

#[test]
fn quick_gelu_is_as_exact_as_stated() {
    check_quick_gelu(997);
}

#[test]
fn scaled_is_as_exact_as_stated() {
    check_scaled(9973);
}

#[test]
#[ignore = "all 2^32 inputs: minutes"]
fn quick_gelu_of_every_f32() {
    check_quick_gelu(1);
}

#[test]
#[ignore = "one in 17 of all 2^32 inputs, for each c: minutes"]
fn scaled_of_many_f32() {
    check_scaled(17);
}

/// As `error`, where results may be as large as any: an infinity counts as the number after the largest.
fn error_of_product(got: f32, truth: f64) -> f64 {
    let largest = f64::from(f32::MAX);
    if !(0.999 * largest..=1.00001 * largest).contains(&truth.abs()) {
        return error(got, truth);
    }
    let after = (largest + 104_f64.exp2()).max(truth.abs());
    (f64::from(got).clamp(-after, after) - truth).abs() / 104_f64.exp2()
}

/// Pairs of which the first is what a sigmoid depends on: near 0, in the tails, anywhere, with ordinary and extreme
/// numbers beside.
fn pairs<T: Float>(len: usize, seed: u64) -> (Vec<T>, Vec<T>) {
    let mut random = Random(seed);
    let (lowest, highest) = T::SUBNORMAL_RESULTS;
    let zero = -1.278_464_542_761_074;
    let mut x: Vec<T> = specials();
    x.extend(near_ties::<T>());
    while x.len() < len {
        x.push(match random.below(8) {
            0 => T::nearest(random.between(-1.0, 1.0)),
            1 | 2 => T::nearest(random.between(-20.0, 20.0)),
            3 => T::nearest(random.between(highest, -highest)),
            4 => T::nearest(random.between(2.0 * lowest, highest)),
            5 => T::nearest(zero + random.between(-1.0, 1.0) * random.between(-50.0, 0.0).exp2()),
            6 => T::nearest(random.between(-4.0, 0.0)),
            _ => T::of_bits(random.next() & (T::SIGN_BIT | (T::SIGN_BIT - 1))),
        });
    }
    let special = specials::<T>();
    let y = (0..x.len())
        .map(|i| match random.below(8) {
            0 => T::of_bits(random.next() & (T::SIGN_BIT | (T::SIGN_BIT - 1))),
            1 => special[i % 50],
            _ => T::nearest(random.between(-2.0, 2.0)),
        })
        .collect();
    (x, y)
}

/// The largest error of an operation over pairs, for each engine.
fn check_pairs(
    (x, y): (&[f32], &[f32]),
    op: impl Zip<f32>,
    truth: impl Fn(f32, f32) -> f64,
    stated: bounds::Fast,
) {
    let truths: Vec<f64> = x.iter().zip(y).map(|(&x, &y)| truth(x, y)).collect();
    let mut z = vec![0.0; x.len()];
    for kernels in engines() {
        kernels.zip(op, x, y, &mut z);
        let mut worst = (0.0, 0);
        for (i, (&z, &truth)) in z.iter().zip(&truths).enumerate() {
            let error = error_of_product(z, truth);
            if error > worst.0 {
                worst = (error, i);
            }
        }
        let ((worst, i), backend) = (worst, kernels.selected_backend());
        println!(
            "{backend}: {worst:.4} ULP at {:e} ({:#x}), {:e} ({:#x})",
            x[i],
            x[i].to_bits(),
            y[i],
            y[i].to_bits()
        );
        assert!(
            worst <= stated.on(backend),
            "{backend}: {:e} of {:e}, {:e} and not {:e}",
            z[i],
            x[i],
            y[i],
            truths[i]
        );
    }
}

fn check_zips(len: usize) {
    let (b, a) = pairs(len, 0x61);
    check_pairs((&a, &b), Glu, |a, b| glu(a.into(), ended(b, -220.0)), bounds::GLU.f32);
    let (x, grad) = pairs(len, 0xbac);
    let truth = |x, grad: f32| silu_backward(ended(x, -220.0), grad.into());
    check_pairs((&x, &grad), SiluBackward, truth, bounds::SILU_BACKWARD.f32);
}

#[test]
fn glu_and_silu_backward_are_as_exact_as_stated() {
    check_zips(300_000 / thinned() as usize);
}

#[test]
#[ignore = "millions of pairs: a minute"]
fn glu_and_silu_backward_of_many_pairs() {
    check_zips(16_000_000);
}

/// The gradients of g and of u.
fn gradients_of_gate(op: SwiGluBackward, [g, u, grad]: [f32; 3]) -> [f64; 2] {
    if g.is_nan() || u.is_nan() || grad.is_nan() {
        return [f64::NAN; 2];
    }
    let [alpha, limit, offset] = [op.alpha, op.limit, op.offset].map(f64::from);
    let [g, u, grad] = [g, u, grad].map(f64::from);
    let (least_g, passing) = (g.min(limit), u.clamp(-limit, limit) + offset);
    let product = if alpha == 0.0 { 0.0 } else { alpha * least_g };
    let gated = if alpha == 0.0 {
        0.5 * least_g
    } else if product < -220.0 {
        0.0_f64.copysign(g)
    } else {
        times_sigmoid(least_g, product)
    };
    let slope = if product < -220.0 { -0.0 } else { silu_derivative(product) };
    let gradients = [grad * slope * passing, grad * gated];
    [if g > limit { 0.0 } else { gradients[0] }, if u.abs() > limit { 0.0 } else { gradients[1] }]
}

fn check_swiglu_backward(len: usize) {
    let (alpha_g, u) = pairs::<f32>(len, 0x5b);
    let (_, grad) = pairs::<f32>(len, 0x5c);
    let (mut dg, mut du) = (vec![0.0; u.len()], vec![0.0; u.len()]);
    for op in GATES.map(SwiGluBackward::from) {
        // The same places of the curve.
        let scale = if op.alpha == 0.0 { 1.0 } else { op.alpha };
        let g: Vec<f32> = alpha_g.iter().map(|g| g / scale).collect();
        let inputs = |i: usize| [g[i], u[i], grad[i]];
        let truths: Vec<[f64; 2]> = (0..g.len()).map(|i| gradients_of_gate(op, inputs(i))).collect();
        for kernels in engines() {
            kernels.gradients(op, &g, &u, &grad, &mut dg, &mut du);
            let backend = kernels.selected_backend();
            let mut worst = [(0.0, 0); 2];
            for (i, truths) in truths.iter().enumerate() {
                for ((worst, got), &truth) in worst.iter_mut().zip([dg[i], du[i]]).zip(truths) {
                    let error = error_of_product(got, truth);
                    if error > worst.0 {
                        *worst = (error, i);
                    }
                }
            }
            for ((worst, i), what) in worst.into_iter().zip(["dg", "du"]) {
                let [g, u, grad] = inputs(i);
                println!("{op:?} {what} on {backend}: {worst:.4} ULP at {g:e}, {u:e}, {grad:e}");
                assert!(
                    worst <= bounds::SWIGLU_BACKWARD.f32.on(backend),
                    "{what}: {:e}, {:e} and not {:e}",
                    dg[i],
                    du[i],
                    if what == "dg" { truths[i][0] } else { truths[i][1] }
                );
            }
        }
    }
}

#[test]
fn swiglu_backward_is_as_exact_as_stated() {
    check_swiglu_backward(200_000 / thinned() as usize);
}

#[test]
#[ignore = "millions of pairs: a minute"]
fn swiglu_backward_of_many() {
    check_swiglu_backward(10_000_000);
}

/// With alpha = 1 and nothing else its factor is that of silu', and both are next to the zero what they should be.
#[test]
fn gradients_next_to_the_zero() {
    let ones = [1.0; 2001];
    for alpha in [1.0, 1.702, -0.3, 100.0, 1.0 / 1024.0] {
        let op = SwiGluBackward { alpha, ..SwiGluBackward::default() };
        let zero = -1.278_464_542_761_074 / f64::from(alpha);
        let middle = (zero as f32).to_bits();
        let g: Vec<f32> = (0..2001).map(|i| f32::from_bits(middle + i - 1000)).collect();
        for kernels in engines() {
            let (mut dg, mut du) = ([0.0; 2001], [0.0; 2001]);
            kernels.gradients(op, &g, &ones, &ones, &mut dg, &mut du);
            for (&g, &dg) in g.iter().zip(&dg) {
                let error = error(dg, silu_derivative(f64::from(alpha) * f64::from(g)));
                assert!(error < 8.0, "{op:?} on {kernels:?}: {error} at {g:e}");
            }
        }
    }
}

/// At the limits the gradients pass, and beyond them they do not.
#[test]
fn gradients_at_the_limits() {
    let op = SwiGluBackward { alpha: 1.702, limit: 7.0, offset: 1.0 };
    let above = 7.0_f32.next_up();
    let g = [7.0, above, f32::INFINITY, 1.0, 1.0, 1.0, 1.0, 1.0, above, above];
    let u = [2.0, 2.0, 2.0, 7.0, above, -7.0, -above, f32::NEG_INFINITY, above, f32::NAN];
    let passes = [[true, true], [false, true], [false, true], [true, true], [true, false]];
    let passes = passes.into_iter().chain([[true, true], [true, false], [true, false], [false, false]]);
    for kernels in engines() {
        let (mut dg, mut du) = ([9.0; 10], [9.0; 10]);
        kernels.gradients(op, &g, &u, &[1.0; 10], &mut dg, &mut du);
        for (i, passes) in passes.clone().enumerate() {
            assert_eq!([dg[i] != 0.0, du[i] != 0.0], passes, "{kernels:?}: {} {}", g[i], u[i]);
        }
        assert!(dg[9].is_nan() && du[9].is_nan(), "{kernels:?}: {} {}", dg[9], du[9]);
        // And an infinite gradient does not come through as NaN.
        kernels.gradients(op, &g, &u, &[f32::INFINITY; 10], &mut dg, &mut du);
        assert_eq!([dg[1], du[4]], [0.0; 2], "{kernels:?}");
    }
}

#[test]
fn silu_is_as_exact_as_stated() {
    check_silu(997);
}

#[test]
fn silu_derivative_is_as_exact_as_stated() {
    check_silu_derivative(997);
}

#[test]
#[ignore = "all 2^32 inputs: minutes"]
fn silu_of_every_f32() {
    check_silu(1);
}

#[test]
#[ignore = "all 2^32 inputs: minutes"]
fn silu_derivative_of_every_f32() {
    check_silu_derivative(1);
}

/// Gates of every kind with what passes them of every kind.
fn gates_and_inputs(len: usize) -> (Vec<f32>, Vec<f32>) {
    let mut g = specials::<f32>();
    g.extend(near_ties::<f32>());
    g.extend(mixture::<f32>(len, 0x9a7e));
    let mut u = mixture::<f32>(g.len(), 0x0b);
    // Every special number with ordinary ones too.
    for (i, u) in u.iter_mut().enumerate().take(4000) {
        *u = [1.5, -0.25, 3e38, 1e-30, -1e-42][i % 5];
    }
    (g, u)
}

#[test]
fn swiglu_is_as_exact_as_stated() {
    let (g, u) = gates_and_inputs(400_000 / thinned() as usize);
    let mut y = vec![0.0; g.len()];
    for op in GATES {
        for kernels in engines() {
            kernels.zip(op, &g, &u, &mut y);
            let backend = kernels.selected_backend();
            let mut worst = (0.0, 0.0, 0.0);
            for ((&g, &u), &y) in g.iter().zip(&u).zip(&y) {
                if op.alpha == 0.0 && g.abs() > 1e30 {
                    continue; // Said in the docs to overflow.
                }
                let error = error(y, gate(op, g, u));
                assert!(
                    error < 5.0,
                    "{op:?} on {backend}: {y:e} of {g:e}, {u:e} is not {:e}",
                    gate(op, g, u)
                );
                if error > worst.0 {
                    worst = (error, g, u);
                }
            }
            println!("{op:?} on {backend}: {:.4} ULP at {:e}, {:e}", worst.0, worst.1, worst.2);
        }
    }
}

/// In `f64` beside formulas in `f64`, which are a few units off themselves.
#[test]
fn f64_is_near_plain_formulas() {
    let mut x = specials::<f64>();
    x.extend(near_ties::<f64>());
    x.extend(mixture::<f64>(100_000 / thinned() as usize, 0xf64));
    // Next to the zero of silu'.
    x.extend((-2000..2000).map(|step| f64::from_bits(0xbff4_7497_3c84_120b) + f64::from(step) * 1e-9 / 3.0));
    let ones = vec![1.0; x.len()];
    let mut y = vec![0.0; x.len()];
    for kernels in engines() {
        let check = |name: &str, y: &[f64], truth: &dyn Fn(f64) -> f64| {
            for (&x, &y) in x.iter().zip(y) {
                let error = error(y, truth(x));
                assert!(
                    error < 12.0,
                    "{name} {kernels:?} of {x:e}: {y:e} and not {:e}, {error} ULP",
                    truth(x)
                );
            }
        };
        kernels.map(Silu, &x, &mut y);
        check("silu", &y, &silu);
        kernels.map(SiluDerivative, &x, &mut y);
        check("silu'", &y, &silu_derivative);
        kernels.zip(SwiGlu::default(), &x, &ones, &mut y);
        check("swiglu", &y, &silu);
        kernels.map(Scaled(-1.0), &x, &mut y);
        check("s(-x)", &y, &scaled(-1.0));
        kernels.map(Scaled(0.25), &x, &mut y);
        check("s(x/4)", &y, &scaled(0.25));
        kernels.zip(Glu, &ones, &x, &mut y);
        check("glu", &y, &|x| glu(1.0, x));
        kernels.zip(SiluBackward, &x, &ones, &mut y);
        check("silu backward", &y, &silu_derivative);
        let mut du = y.clone();
        kernels.gradients(SwiGluBackward::default(), &x, &ones, &ones, &mut y, &mut du);
        check("swiglu backward, g", &y, &silu_derivative);
        check("swiglu backward, u", &du, &silu);
        let (factors, what) = (vec![1e300; x.len()], "glu of 1e300");
        kernels.zip(Glu, &factors, &x, &mut y);
        check(what, &y, &|x| if x < -1480.0 { 0.0 } else { glu(1e300, x) });
        kernels.zip(SiluBackward, &x, &factors, &mut y);
        check("silu backward of 1e300", &y, &|x| silu_backward(x, 1e300));
        kernels.map(QuickGelu, &x, &mut y);
        check("quick gelu", &y, &quick_gelu_of_f64);
    }
}

#[test]
fn special_values() {
    let (zero, infinity) = (0.0, f64::INFINITY);
    let of_silu = [(zero, zero), (-zero, -zero), (infinity, infinity), (-infinity, -zero)];
    check_values::<f32>(Silu, &of_silu);
    check_values::<f64>(Silu, &of_silu);
    check_values::<f32>(Silu, &[(f32::MAX.into(), f32::MAX.into())]);
    check_values::<f64>(Silu, &[(f64::MAX, f64::MAX)]);
    let of_derivative = [(zero, 0.5), (-zero, 0.5), (infinity, 1.0), (-infinity, -zero)];
    check_values::<f32>(SiluDerivative, &of_derivative);
    check_values::<f64>(SiluDerivative, &of_derivative);
    check_values::<f32>(QuickGelu, &of_silu);
    check_values::<f64>(QuickGelu, &of_silu);
    check_values::<f32>(QuickGelu, &[(f32::MAX.into(), f32::MAX.into())]);
    let of_scaled = [(zero, 0.5), (-zero, 0.5), (infinity, 1.0), (-infinity, zero)];
    check_values::<f32>(Scaled(0.01), &of_scaled);
    check_values::<f64>(Scaled(100.0), &of_scaled);
    let of_scaled = of_scaled.map(|(x, y)| (-x, y));
    check_values::<f32>(Scaled(-0.01), &of_scaled);
    check_values::<f64>(Scaled(-100.0), &of_scaled);
    check_values::<f32>(Scaled(0.0), &[(infinity, 0.5), (-1e30, 0.5), (zero, 0.5)]);
    check_values::<f64>(Scaled(0.0), &[(infinity, 0.5), (-1e300, 0.5), (zero, 0.5)]);
}

fn check_special_pairs<T: Float>()
where
    Glu: Zip<T>,
    SiluBackward: Zip<T>,
{
    let (nan, infinity) = (f64::NAN, f64::INFINITY);
    // The smallest number, and the largest.
    let least: f64 = T::of_bits(1).into();
    let most: f64 = T::of_bits(T::INFINITY_BITS - 1).into();
    let glu = [
        (3.0, -infinity, 0.0),
        (-3.0, -infinity, -0.0),
        (-0.0, 5.0, -0.0),
        (0.0, -50.0, 0.0),
        (2.0, infinity, 2.0),
        (most, infinity, most),
        (least, infinity, least),
        (4.0 * least, 0.0, 2.0 * least),
        (-6.0 * least, 0.0, -3.0 * least),
        (infinity, -infinity, nan),
        (infinity, 0.0, infinity),
        (-infinity, -100.0, -infinity),
        (nan, 1.0, nan),
        (1.0, nan, nan),
        (nan, -infinity, nan),
        (infinity, nan, nan),
        (most, -3e4, 0.0),
    ];
    check_pair_values::<T>(Glu, &glu);
    let backward = [
        (-infinity, 3.0, -0.0),
        (-infinity, -3.0, 0.0),
        (infinity, 3.0, 3.0),
        (0.0, 3.0, 1.5),
        (0.0, most, most / 2.0),
        (infinity, most, most),
        (infinity, least, least),
        (0.0, 4.0 * least, 2.0 * least),
        (50.0, -0.0, -0.0),
        (-50.0, 0.0, -0.0),
        (2.0, most, infinity),
        (-infinity, infinity, nan),
        (nan, 0.0, nan),
        (1.0, nan, nan),
        (-infinity, nan, nan),
        (-3e4, most, -0.0),
    ];
    check_pair_values::<T>(SiluBackward, &backward);
}

#[test]
fn special_pairs() {
    check_special_pairs::<f32>();
    check_special_pairs::<f64>();
}

/// Interleaved pairs of every length from every place.
fn check_interleaved<T: 'static>(op: SwiGlu, kernels: Kernels, pairs: &[T], expected: &[f32])
where
    SwiGlu: ZipInterleaved<T, f32>,
{
    for from in 0..20 {
        for len in (0..130).chain([expected.len() - 20]) {
            let mut got = vec![0.0; len];
            kernels.zip_interleaved(op, &pairs[2 * from..][..2 * len], &mut got);
            assert_same_bits(&got, &expected[from..][..len], || format!("{op:?} {kernels:?} from {from} on"));
        }
    }
}

/// However they lie in memory: in two slices, interleaved, in halves of rows.
#[test]
fn swiglu_in_any_layout() {
    let (g, u) = gates_and_inputs(3_000);
    let pairs: Vec<f32> = g.iter().zip(&u).flat_map(|(&g, &u)| [g, u]).collect();
    for op in GATES {
        for kernels in engines() {
            let mut expected = vec![0.0; g.len()];
            kernels.zip(op, &g, &u, &mut expected);
            check_interleaved(op, kernels, &pairs, &expected);
            for n in [1, 7, 33, 100] {
                let rows: Vec<f32> =
                    g.chunks_exact(n).zip(u.chunks_exact(n)).flat_map(|(g, u)| [g, u].concat()).collect();
                let mut got = vec![0.0; rows.len() / 2];
                kernels.zip_halves(op, n, &rows, &mut got);
                assert_same_bits(&got, &expected[..rows.len() / 2], || {
                    format!("{op:?} {kernels:?}, rows of {n}")
                });
            }
        }
    }
}

fn check_plain<T: Float>()
where
    SwiGlu: Zip<T>,
{
    let g = [specials::<T>(), near_ties(), mixture(50_000 / thinned() as usize, 0x9a7e)].concat();
    let mut u = mixture::<T>(g.len(), 0x0b);
    u.iter_mut().step_by(17).for_each(|u| *u = T::of_bits(T::SIGN_BIT));
    // -0 + 0 is 0, and so is 0 + -0.
    let mut positive = u.clone();
    positive.iter_mut().filter(|u| u.bits() == T::SIGN_BIT).for_each(|u| *u = T::default());
    let from_parameters = SwiGlu { offset: -0.0, ..SwiGlu::default() };
    for kernels in engines() {
        let [mut got, mut expected] = [(); 2].map(|()| vec![T::default(); g.len()]);
        kernels.zip(SwiGlu::default(), &g, &u, &mut got);
        kernels.zip(from_parameters, &g, &positive, &mut expected);
        assert_same_bits(&got, &expected, || format!("{} {kernels:?}", T::NAME));
    }
}

/// The gate of the default parameters is computed from constants, and with an offset of -0 from parameters, as any other.
#[test]
fn a_plain_gate_has_the_bits_of_any_other() {
    check_plain::<f32>();
    check_plain::<f64>();
}

/// From half precision: as from the same numbers in f32, and to half precision the nearest of that.
#[cfg(feature = "half")]
fn check_half<T: Format>()
where
    SwiGlu: ZipInterleaved<T, f32> + ZipInterleaved<T> + Zip<T> + Zip<T, f32>,
{
    let (g, u) = gates_and_inputs(20_000);
    let short = |x: &[f32]| x.iter().map(|&x| T::nearest(x.into())).collect::<Vec<_>>();
    let (g, u) = (short(&g), short(&u));
    let wide = |x: &[T]| x.iter().map(|&x| x.into() as f32).collect::<Vec<_>>();
    let pairs: Vec<T> = g.iter().zip(&u).flat_map(|(&g, &u)| [g, u]).collect();
    for op in GATES {
        for kernels in engines() {
            let mut expected = vec![0.0; g.len()];
            kernels.zip(op, &wide(&g), &wide(&u), &mut expected);
            check_interleaved(op, kernels, &pairs, &expected);
            let mut got = vec![0.0; g.len()];
            kernels.zip(op, &g, &u, &mut got);
            assert_same_bits(&got, &expected, || format!("{op:?} {kernels:?}"));
            let [mut zipped, mut interleaved] = [(); 2].map(|()| vec![T::default(); g.len()]);
            kernels.zip(op, &g, &u, &mut zipped);
            kernels.zip_interleaved(op, &pairs, &mut interleaved);
            let expected = short(&expected);
            assert_same_bits(&zipped, &expected, || format!("{op:?} {kernels:?}"));
            assert_same_bits(&interleaved, &expected, || format!("{op:?} {kernels:?}, interleaved"));
        }
    }
}

#[cfg(feature = "half")]
#[test]
fn bf16_is_the_same_numbers() {
    check_half::<half::bf16>();
}

#[cfg(feature = "half")]
#[test]
fn f16_is_the_same_numbers() {
    check_half::<half::f16>();
}

/// Of interleaved pairs: before anything is written, and with both lengths.
#[test]
fn pairs_of_another_number() {
    let (kernels, op, x) = (Kernels::new(), SwiGlu::default(), [1.0_f32; 8]);
    for (len, words) in [(5, ["2", "3"]), (7, ["4", "3"])] {
        let mut z = [7.0; 3];
        let call = std::panic::AssertUnwindSafe(|| kernels.zip_interleaved(op, &x[..len], &mut z));
        let panic = std::panic::catch_unwind(call).expect_err("the lengths differ");
        let message = panic.downcast_ref::<String>().expect("a message");
        assert!(words.iter().all(|word| message.contains(word)), "{message}");
        assert_eq!(z, [7.0; 3]);
    }
}
