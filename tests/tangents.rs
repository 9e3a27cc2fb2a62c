//! tanh and what is made of it, and both forms of GELU: their errors and their special values. (`family.rs` has what
//! all operations promise.)

#![cfg(feature = "activations")]

mod support;

use sigmoid::ops::{Gelu, GeluTanh, GeluTanhBackward, Map, Tanh, TanhBackward, TanhDerivative, Zip};
use sigmoid::{Kernels, bounds, reference};
use support::errors::{check_errors, check_pair_values, check_values, error, sigmoid};
use support::{Float, engines, is_nan, mixture, near_ties, specials, thinned};

/// 4 s'(2 x), and in the far tail (2 e^-|x|)^2, which is rounded once where it is subnormal.
fn tanh_derivative(x: f64) -> f64 {
    if x.abs() > 300.0 {
        (2.0 * (-x.abs()).exp()).powi(2)
    } else {
        4.0 * sigmoid(2.0 * x) * sigmoid(-2.0 * x)
    }
}

fn tanh_backward(y: f64, grad: f64) -> f64 {
    grad * ((1.0 - y) * (1.0 + y))
}

/// 2 sqrt(2 / pi) and its product with 0.044715, in two parts each.
const LINEAR: [f64; 2] = [f64::from_bits(0x3ff9_8845_33d4_3651), f64::from_bits(0xbc9c_bc0d_30eb_fd15)];
const CUBIC: [f64; 2] = [f64::from_bits(0x3fb2_444f_2a4d_8b4b), f64::from_bits(0xbc26_c843_a29d_1c70)];

/// A sum in two parts, of numbers of which the first is the larger.
fn two_sum(a: f64, b: f64) -> [f64; 2] {
    let sum = a + b;
    [sum, b - (sum - a)]
}

fn product(a: f64, [b, rest]: [f64; 2]) -> [f64; 2] {
    let product = a * b;
    [product, a.mul_add(b, -product) + a * rest]
}

/// z = 2 sqrt(2 / pi) (x + 0.044715 x^3) = x (linear + cubic x^2) in two parts.
fn cubic(x: f64) -> [f64; 2] {
    let square = x * x;
    let [high, low] = [square * CUBIC[0], square * CUBIC[1] + x.mul_add(x, -square) * CUBIC[0]];
    let low = low + square.mul_add(CUBIC[0], -high);
    let [larger, smaller] = if high > LINEAR[0] { [high, LINEAR[0]] } else { [LINEAR[0], high] };
    let [sum, rest] = two_sum(larger, smaller);
    product(x, [sum, rest + low + LINEAR[1]])
}

/// A product with e^z of z in two parts, z < -40, in an order in which nothing overflows or vanishes on the way.
fn times_exp(factor: f64, other: f64, [z, rest]: [f64; 2]) -> f64 {
    let root = (0.25 * z).exp();
    factor * root * root * (other * (1.0 + rest)) * root * root
}

fn gelu_tanh(x: f64) -> f64 {
    if x > 28.0 {
        return x;
    } else if x < -28.0 {
        return -0.0;
    }
    let [z, rest] = cubic(x);
    if z < -40.0 { times_exp(x, 1.0, [z, rest]) } else { x * (sigmoid(z) * (1.0 + rest * sigmoid(-z))) }
}

fn gelu_tanh_derivative(x: f64, grad: f64) -> f64 {
    if x > 28.0 {
        return grad;
    } else if x < -28.0 {
        return -0.0 * grad;
    }
    let [z, rest] = cubic(x);
    let slope = x * (LINEAR[0] + 3.0 * CUBIC[0] * x * x);
    if z < -40.0 {
        return times_exp(grad, 1.0 + slope, [z, rest]);
    }
    grad * (sigmoid(z) * (1.0 + rest * sigmoid(-z)) * (1.0 + slope * sigmoid(-z)))
}

/// x Phi(x), of which the argument's rounding costs 2^-44 in the tail.
fn gelu(x: f64) -> f64 {
    if x == f64::NEG_INFINITY { -0.0 } else { x * (0.5 * libm::erfc(-x * std::f64::consts::FRAC_1_SQRT_2)) }
}

fn check_tanh(stride: u64) {
    check_errors(stride, Tanh, f64::tanh, bounds::TANH.f32);
}

fn check_tanh_derivative(stride: u64) {
    check_errors(stride, TanhDerivative, tanh_derivative, bounds::TANH_DERIVATIVE.f32);
}

fn check_gelu_tanh(stride: u64) {
    check_errors(stride, GeluTanh, gelu_tanh, bounds::GELU_TANH.f32);
}

fn check_gelu(stride: u64) {
    check_errors(stride, Gelu, gelu, bounds::GELU);
}

#[test]
fn tanh_is_as_exact_as_stated() {
    check_tanh(997);
}

#[test]
fn tanh_derivative_is_as_exact_as_stated() {
    check_tanh_derivative(997);
}

#[test]
fn gelu_tanh_is_as_exact_as_stated() {
    check_gelu_tanh(997);
}

#[test]
fn gelu_is_as_exact_as_stated() {
    check_gelu(997);
}

#[test]
#[ignore = "all 2^32 inputs: minutes"]
fn tanh_of_every_f32() {
    check_tanh(1);
}

#[test]
#[ignore = "all 2^32 inputs: minutes"]
fn tanh_derivative_of_every_f32() {
    check_tanh_derivative(1);
}

#[test]
#[ignore = "all 2^32 inputs: minutes"]
fn gelu_tanh_of_every_f32() {
    check_gelu_tanh(1);
}

#[test]
#[ignore = "all 2^32 inputs: minutes"]
fn gelu_of_every_f32() {
    check_gelu(1);
}

/// Inputs of every kind, many of them where something happens, and gradients of every kind.
fn inputs_and_gradients<T: Float>(len: usize, (from, to): (f64, f64)) -> [Vec<T>; 2] {
    let mut x = specials::<T>();
    x.extend(near_ties::<T>());
    x.extend(mixture::<T>(len, 0x7a11));
    x.extend((0..len).map(|i| T::nearest(from + (to - from) * (i as f64 + 0.3) / len as f64)));
    let mut grad = mixture::<T>(x.len(), 0x6d);
    for (i, grad) in grad.iter_mut().enumerate() {
        if i % 8 < 7 {
            *grad = T::nearest([1.0, -1.7, 0.3, 3e38, 1e-30, -1e-42, 1.1][i % 8]);
        }
    }
    [x, grad]
}

/// The largest error of an operation on two slices. `scale` is what the unit is at least that of.
fn check_zip_errors<T: Float>(
    op: impl Zip<T>,
    [x, grad]: &[Vec<T>; 2],
    truth: impl Fn(f64, f64) -> f64,
    scale: impl Fn(f64, f64) -> f64,
    stated: impl Fn(Kernels) -> f64,
) {
    let mut y = vec![T::default(); x.len()];
    for kernels in engines() {
        kernels.zip(op, x, grad, &mut y);
        let mut worst = (0.0, 0.0, 0.0);
        for ((&x, &grad), &y) in x.iter().zip(grad).zip(&y) {
            let (x, grad): (f64, f64) = (x.into(), grad.into());
            let truth = truth(x, grad);
            let mut error = error(y, truth);
            if error > 0.0 && truth.is_finite() {
                error *= T::unit(truth) / T::unit(truth.abs().max(scale(x, grad)));
            }
            assert!(
                error <= stated(kernels),
                "{kernels:?} of {x:e}, {grad:e}: {y:e} is not {truth:e}: {error}"
            );
            if error > worst.0 {
                worst = (error, x, grad);
            }
        }
        println!("{} {kernels:?}: {:.4} ULP at {:e}, {:e}", T::NAME, worst.0, worst.1, worst.2);
    }
}

/// Of any y, of which those beyond 1 are no results of tanh: there are none.
fn check_tanh_backward<T: Float>(stated: impl Fn(Kernels) -> f64)
where
    TanhBackward: Zip<T>,
{
    let [x, grad] = inputs_and_gradients::<T>(100_000 / thinned() as usize, (-1.0, 1.0));
    let kept = |&x: &T| is_nan(x) || x.into().abs() <= 1.0;
    let (y, grad) = x.into_iter().zip(grad).filter(|(x, _)| kept(x)).unzip();
    check_zip_errors(TanhBackward, &[y, grad], tanh_backward, |_, _| 0.0, stated);
}

#[test]
fn tanh_backward_is_as_exact_as_stated() {
    check_tanh_backward::<f32>(|kernels| bounds::TANH_BACKWARD.f32.on(kernels.selected_backend()));
    // (The formula here is off by as much.)
    check_tanh_backward::<f64>(|kernels| bounds::TANH_BACKWARD.f64.on(kernels.selected_backend()) + 3.0);
}

/// About the zero the unit is that of an eighth of the gradient.
fn scale_of_gelu(x: f64, grad: f64) -> f64 {
    if -1.0 < x && x < -0.5 { 0.125 * grad.abs() } else { 0.0 }
}

/// The gradient, which is zero where every product with a finite number vanishes.
fn vanishing_below(lowest: f64) -> impl Fn(f64, f64) -> f64 {
    move |x, grad| if x < lowest { -0.0 * grad } else { gelu_tanh_derivative(x, grad) }
}

#[test]
fn gelu_tanh_backward_is_as_exact_as_stated() {
    let inputs = inputs_and_gradients::<f32>(200_000 / thinned() as usize, (-15.0, 7.0));
    check_zip_errors(GeluTanhBackward, &inputs, vanishing_below(-13.7), scale_of_gelu, |kernels| {
        bounds::GELU_TANH_BACKWARD.f32.on(kernels.selected_backend())
    });
    let inputs = inputs_and_gradients::<f64>(200_000 / thinned() as usize, (-30.0, 10.0));
    check_zip_errors(GeluTanhBackward, &inputs, vanishing_below(-27.1), scale_of_gelu, |kernels| {
        bounds::GELU_TANH_BACKWARD.f64.on(kernels.selected_backend()) + 4.0
    });
}

/// In `f64` beside formulas in `f64`, which are a few units off themselves.
#[test]
fn f64_is_near_plain_formulas() {
    let mut x = specials::<f64>();
    x.extend(near_ties::<f64>());
    x.extend(mixture::<f64>(100_000 / thinned() as usize, 0xf64));
    x.extend((0..100_000 / thinned()).map(|i| (i as f64 - 6e4) / 2718.0));
    check_f64(Tanh, &x, f64::tanh, bounds::TANH.f64);
    check_f64(TanhDerivative, &x, tanh_derivative, bounds::TANH_DERIVATIVE.f64);
    check_f64(GeluTanh, &x, gelu_tanh, bounds::GELU_TANH.f64);
}

fn check_f64(op: impl Map<f64>, x: &[f64], truth: impl Fn(f64) -> f64, stated: bounds::Fast) {
    let mut y = vec![0.0; x.len()];
    for kernels in engines() {
        kernels.map(op, x, &mut y);
        for (&x, &y) in x.iter().zip(&y) {
            let error = error(y, truth(x));
            let most = stated.on(kernels.selected_backend()) + 4.0;
            assert!(error <= most, "{kernels:?} of {x:e}: {y:e} and not {:e}, {error} ULP", truth(x));
        }
    }
}

#[test]
fn special_values() {
    let (zero, infinity) = (0.0, f64::INFINITY);
    let of_tanh = [(zero, zero), (-zero, -zero), (infinity, 1.0), (-infinity, -1.0)];
    check_values::<f32>(Tanh, &of_tanh);
    check_values::<f64>(Tanh, &of_tanh);
    let of_derivative = [(zero, 1.0), (-zero, 1.0), (infinity, zero), (-infinity, zero)];
    check_values::<f32>(TanhDerivative, &of_derivative);
    check_values::<f64>(TanhDerivative, &of_derivative);
    let of_gelu = [(zero, zero), (-zero, -zero), (infinity, infinity), (-infinity, -zero)];
    check_values::<f32>(GeluTanh, &of_gelu);
    check_values::<f64>(GeluTanh, &of_gelu);
    check_values::<f32>(Gelu, &of_gelu);
    let largest: f64 = f32::MAX.into();
    check_values::<f32>(GeluTanh, &[(largest, largest), (-largest, -zero)]);
    check_values::<f32>(Gelu, &[(largest, largest), (-largest, -zero)]);
    check_values::<f64>(GeluTanh, &[(f64::MAX, f64::MAX), (f64::MIN, -zero)]);
}

#[test]
fn special_values_of_gradients() {
    let (zero, infinity, nan) = (0.0, f64::INFINITY, f64::NAN);
    let of_tanh = [
        (zero, 3.0, 3.0),
        (1.0, 3.0, zero),
        (-1.0, -3.0, -zero),
        (1.0, infinity, nan),
        (0.5, infinity, infinity),
        (nan, 1.0, nan),
        (0.5, nan, nan),
    ];
    check_pair_values::<f32>(TanhBackward, &of_tanh);
    check_pair_values::<f64>(TanhBackward, &of_tanh);
    let of_gelu = [
        (zero, 3.0, 1.5),
        (-zero, 3.0, 1.5),
        (infinity, 3.0, 3.0),
        (-infinity, 3.0, -zero),
        (-infinity, -3.0, zero),
        (-infinity, infinity, nan),
        (-5.0, infinity, -infinity),
        (infinity, infinity, infinity),
        (nan, 1.0, nan),
        (1.0, nan, nan),
        (-1e30, nan, nan),
    ];
    check_pair_values::<f32>(GeluTanhBackward, &of_gelu);
    check_pair_values::<f64>(GeluTanhBackward, &of_gelu);
}

/// The bits of tanh are odd, none lies beyond 1, and subnormal numbers come back as they are.
fn check_tanh_is_odd<T: Float>()
where
    Tanh: Map<T>,
{
    let mut x = specials::<T>();
    x.extend(mixture::<T>(20_000, 0x0dd));
    for kernels in engines() {
        for &x in &x {
            let x: f64 = x.into();
            if x.is_nan() {
                continue;
            }
            let [up, down]: [f64; 2] = [x, -x].map(|x| kernels.value(Tanh, T::nearest(x)).into());
            assert_eq!(up.to_bits(), (-down).to_bits(), "{kernels:?} of {x:e}");
            assert!(up.abs() <= 1.0, "{kernels:?} of {x:e}: {up:e}");
            if x.abs() < 2_f64.powi(T::SMALLEST_NORMAL_EXPONENT) {
                assert_eq!(up.to_bits(), x.to_bits(), "{kernels:?} of {x:e}: {up:e}");
            }
        }
    }
}

#[test]
fn tanh_is_odd() {
    check_tanh_is_odd::<f32>();
    check_tanh_is_odd::<f64>();
}

/// The textbook forms are near where they are good.
#[test]
fn textbook_forms() {
    for x in [-2.0_f64, -0.7, 0.4, 1.0, 3.0] {
        assert!((reference::naive_tanh(x) - x.tanh()).abs() < 1e-15);
        assert!((reference::naive_gelu_tanh(x) - gelu_tanh(x)).abs() < 1e-15);
        assert!((reference::naive_gelu(x) - gelu(x)).abs() < 1e-15);
    }
}
