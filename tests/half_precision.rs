//! Half precision: all 65,536 inputs of each format, on every engine, against the correctly rounded results.

#![cfg(feature = "half")]

mod support;

use half::{bf16, f16};
use sigmoid::Kernels;
use sigmoid::ops::*;
use support::family::{Family, Member};
use support::{Format, assert_same_bits, engines, is_nan, mixture};

fn all<T: Format>() -> Vec<T> {
    (0..=0xffff).map(T::of_bits).collect()
}

/// s(x), to a few units of `f64`.
fn sigmoid(x: f64) -> f64 {
    if x < 0.0 { x.exp() / (1.0 + x.exp()) } else { 1.0 / (1.0 + (-x).exp()) }
}

fn derivative(x: f64) -> f64 {
    let e = (-x.abs()).exp();
    e / ((1.0 + e) * (1.0 + e))
}

/// x s(c x). Of a tiny x, for which `f64` does not hold more than x/2, the next number above.
fn gated(c: f64, x: f64) -> f64 {
    if x == f64::NEG_INFINITY {
        -0.0
    } else if x != 0.0 && x.abs() < 1e-17 {
        (0.5 * x).next_up()
    } else {
        x * sigmoid(c * x)
    }
}

fn silu(x: f64) -> f64 {
    gated(1.0, x)
}

fn quick_gelu(x: f64) -> f64 {
    gated(1.702, x)
}

/// The nearest number of a format, and how far the truth is from the nearest middle between two, as a part of it.
///
/// It looks the neighbours up, so that nothing is shared with what it checks.
fn nearest<T: Format>(numbers: &[f64], truth: f64) -> (u64, f64) {
    let sign = if truth.is_sign_negative() { 0x8000 } else { 0 };
    if truth.is_infinite() {
        return (sign | T::INFINITY_BITS, 1.0);
    }
    let size = truth.abs();
    let below = numbers.partition_point(|&number| number <= size) - 1;
    let middle_above = |i: usize| {
        let spacing =
            if i + 1 < numbers.len() { numbers[i + 1] - numbers[i] } else { numbers[i] - numbers[i - 1] };
        numbers[i] + 0.5 * spacing
    };
    let middle = middle_above(below);
    // No truth is a tie.
    let distance = |middle: f64| ((size - middle) / middle).abs();
    let mut margin = distance(middle);
    if below > 0 {
        margin = margin.min(distance(middle_above(below - 1)));
    }
    (sign | (below as u64 + u64::from(size > middle)), margin)
}

/// The correctly rounded results for all inputs; `None` for NaN. The truth in `f64` is off by less than 2^-49 of it,
/// and no middle between two numbers is as near as 2^-40: but for a tiny x with x s(x) = x/2 + x^2/4, where x/2 is one
/// and the truth above it.
fn right_results<T: Format>(truth: fn(f64) -> f64) -> Vec<Option<u64>> {
    let numbers: Vec<f64> = (0..T::INFINITY_BITS).map(|bits| T::of_bits(bits).into()).collect();
    let results = all::<T>().into_iter().map(|x| {
        let x: f64 = x.into();
        if x.is_nan() {
            return None;
        }
        let (bits, margin) = nearest::<T>(&numbers, truth(x));
        let decided_by_sign = x.abs() < 1e-17;
        assert!(margin > 2_f64.powi(-40) || (decided_by_sign && margin > 0.0), "{x:e}: margin {margin:e}");
        Some(bits)
    });
    results.collect()
}

fn same<T: Format>(got: T, right: Option<u64>) -> bool {
    match right {
        None => is_nan(got),
        Some(bits) => got.bits() == bits,
    }
}

fn check_all<T: Format>(name: &str, op: impl Map<T>, truth: fn(f64) -> f64) {
    let (x, right) = (all::<T>(), right_results::<T>(truth));
    for kernels in engines() {
        let mut y = vec![T::default(); x.len()];
        kernels.map(op, &x, &mut y);
        let wrong: Vec<_> = (0..x.len())
            .filter(|&i| !same(y[i], right[i]))
            .map(|i| [x[i].into(), y[i].into(), right[i].map_or(f64::NAN, |bits| T::of_bits(bits).into())])
            .collect();
        assert!(
            wrong.is_empty(),
            "{name} {} {kernels:?}: {} wrong, {:?}",
            T::NAME,
            wrong.len(),
            &wrong[..wrong.len().min(8)]
        );
        #[cfg(feature = "exact")]
        {
            let mut exact = vec![T::default(); x.len()];
            kernels.accuracy(sigmoid::Accuracy::Exact).map(op, &x, &mut exact);
            assert!((0..x.len()).all(|i| same(exact[i], right[i])), "{name} {} {kernels:?}, exact", T::NAME);
        }
        // Alone, where no neighbour chooses the path.
        for (i, &x) in x.iter().enumerate() {
            let mut y = [T::default()];
            kernels.map(op, &[x], &mut y);
            assert!(same(y[0], right[i]), "{name} {} {kernels:?} of {x:e} alone: {:e}", T::NAME, y[0]);
        }
        let mut in_place = x.clone();
        kernels.map_in_place(op, &mut in_place);
        assert!((0..x.len()).all(|i| same(in_place[i], right[i])), "{name} {} {kernels:?} in place", T::NAME);
    }
}

#[test]
fn sigmoids_are_correctly_rounded() {
    check_all::<bf16>("s", Sigmoid, sigmoid);
    check_all::<f16>("s", Sigmoid, sigmoid);
}

#[test]
fn derivatives_are_correctly_rounded() {
    check_all::<bf16>("s'", SigmoidDerivative, derivative);
    check_all::<f16>("s'", SigmoidDerivative, derivative);
}

#[test]
fn silus_are_correctly_rounded() {
    check_all::<bf16>("silu", Silu, silu);
    check_all::<f16>("silu", Silu, silu);
}

#[test]
fn quick_gelus_are_correctly_rounded() {
    check_all::<bf16>("quick gelu", QuickGelu, quick_gelu);
    check_all::<f16>("quick gelu", QuickGelu, quick_gelu);
}

#[test]
fn hyperbolic_tangents_are_correctly_rounded() {
    check_all::<bf16>("tanh", Tanh, f64::tanh);
    check_all::<f16>("tanh", Tanh, f64::tanh);
}

/// These are [correctly rounded](check_all), and this one has a [test of its own](two_steps_are_two_roundings).
const OTHERWISE: [&str; 6] = ["sigmoid", "sigmoid'", "silu", "quick gelu", "tanh", "swiglu in two steps"];

/// What is computed by way of `f32` has the results of `f32`, rounded to nearest: of every number, and of such pairs.
fn check_by_way_of_f32<T: Family>() {
    let mut inputs = [0, 12_345, 40_000].map(|turned| {
        let mut all = all::<T>();
        all.rotate_left(turned);
        all
    });
    for (input, more) in inputs.iter_mut().zip(Member::<T>::mixed(30_000)) {
        input.extend(more);
    }
    let wide = inputs.each_ref().map(|input| input.iter().map(|&x| x.into() as f32).collect::<Vec<_>>());
    let in_f32 = f32::members();
    for member in T::members().iter().filter(|member| !OTHERWISE.contains(&member.name)) {
        let in_f32 = in_f32.iter().find(|in_f32| in_f32.name == member.name).expect("f32 has all of them");
        for kernels in engines() {
            let got = member.results(kernels, inputs.each_ref().map(Vec::as_slice));
            let expected = in_f32.results(kernels, wide.each_ref().map(Vec::as_slice));
            for (got, expected) in got.iter().zip(expected) {
                let expected: Vec<T> = expected.into_iter().map(|y| T::nearest(y.into())).collect();
                assert_same_bits(got, &expected, || format!("{} {} {kernels:?}", member.name, T::NAME));
            }
        }
    }
}

#[test]
fn the_others_are_those_of_f32_rounded() {
    check_by_way_of_f32::<bf16>();
    check_by_way_of_f32::<f16>();
}

/// silu correctly rounded, and the product of the crate `half`.
fn check_two_steps<T: Format + std::ops::Mul<Output = T>>(nan: T)
where
    SwiGluInTwoSteps: Zip<T>,
{
    let right = right_results::<T>(silu);
    let g = [all::<T>(), mixture::<T>(100_000, 0x95)].concat();
    let mut u = all::<T>();
    u.rotate_left(23_456);
    u.extend(mixture::<T>(100_000, 0x11));
    let product = |(g, &u): (&T, &T)| right[g.bits() as usize].map_or(nan, T::of_bits) * u;
    let expected: Vec<T> = g.iter().zip(&u).map(product).collect();
    for kernels in engines() {
        let mut got = vec![T::default(); g.len()];
        kernels.zip(SwiGluInTwoSteps, &g, &u, &mut got);
        assert_same_bits(&got, &expected, || format!("{} {kernels:?}", T::NAME));
    }
}

#[test]
fn two_steps_are_two_roundings() {
    check_two_steps(bf16::NAN);
    check_two_steps(f16::NAN);
}

fn check_values<T: Format>(op: impl Map<T>, expected: &[(f32, f32)], of: fn(f32) -> T) {
    for kernels in engines() {
        for &(x, y) in expected {
            let mut got = [T::default()];
            kernels.map(op, &[of(x)], &mut got);
            assert_eq!(got[0].bits(), of(y).bits(), "{} {kernels:?} of {x}: {:e}", T::NAME, got[0]);
        }
    }
}

#[test]
fn special_values() {
    let infinity = f32::INFINITY;
    let of_sigmoid = [(0.0, 0.5), (-0.0, 0.5), (infinity, 1.0), (-infinity, 0.0)];
    check_values::<bf16>(Sigmoid, &of_sigmoid, bf16::from_f32);
    check_values::<f16>(Sigmoid, &of_sigmoid, f16::from_f32);
    let of_derivative = [(0.0, 0.25), (-0.0, 0.25), (infinity, 0.0), (-infinity, 0.0)];
    check_values::<bf16>(SigmoidDerivative, &of_derivative, bf16::from_f32);
    check_values::<f16>(SigmoidDerivative, &of_derivative, f16::from_f32);
    let of_silu = [(0.0, 0.0), (-0.0, -0.0), (infinity, infinity), (-infinity, -0.0)];
    check_values::<bf16>(Silu, &of_silu, bf16::from_f32);
    check_values::<f16>(Silu, &of_silu, f16::from_f32);
    check_values::<bf16>(Silu, &[(bf16::MAX.to_f32(), bf16::MAX.to_f32())], bf16::from_f32);
    check_values::<f16>(Silu, &[(f16::MAX.to_f32(), f16::MAX.to_f32())], f16::from_f32);
}

/// To `f32`: the results of `f32`, of numbers that stand anywhere.
fn check_widened<T: Format>(
    compute: impl Fn(Kernels, [&[T]; 2], &mut [f32]),
    in_f32: impl Fn(Kernels, [&[f32]; 2], &mut [f32]),
) {
    let x = [all::<T>(), mixture::<T>(5000, 0x32)].concat();
    let mut y = x.clone();
    y.rotate_left(34_567);
    let wide = [&x, &y].map(|x| x.iter().map(|&x| x.into() as f32).collect::<Vec<_>>());
    for kernels in engines() {
        let [mut got, mut expected] = [(); 2].map(|()| vec![0.0_f32; x.len()]);
        in_f32(kernels, [&wide[0], &wide[1]], &mut expected);
        for (from, len) in [(0, x.len()), (3, 1), (5, 7), (100, 61), (77, 1025), (1, 3000)] {
            compute(kernels, [&x[from..][..len], &y[from..][..len]], &mut got[from..][..len]);
            assert_same_bits(&got[from..][..len], &expected[from..][..len], || {
                format!("{} {kernels:?}", T::NAME)
            });
        }
    }
}

/// Expands to checks of operations, by what calls them.
macro_rules! check_widened {
    ($format:ident, map: $($op:expr),*) => {
        $(check_widened::<$format>(|kernels, [x, _], y| kernels.map($op, x, y), |kernels, [x, _], y| kernels.map($op, x, y));)*
    };
    ($format:ident, zip: $($op:expr),*) => {
        $(check_widened::<$format>(|kernels, [x, y], z| kernels.zip($op, x, y, z), |kernels, [x, y], z| kernels.zip($op, x, y, z));)*
    };
}

/// Expands to those of all operations.
macro_rules! check_all_widened {
    ($format:ident) => {
        check_widened!($format, map: Sigmoid, SigmoidDerivative, Silu, SiluDerivative, Scaled(1.702), QuickGelu, GeluTanh, Gelu);
        check_widened!($format, map: Tanh, TanhDerivative, Softplus, LogSigmoid, Logit);
        check_widened!($format, zip: SwiGlu::default(), Glu, BceWithLogits, BceWithLogitsGradient, SigmoidBackward);
        check_widened!($format, zip: SiluBackward, GeluTanhBackward, TanhBackward, SoftplusBackward, LogSigmoidBackward);
    };
}

#[test]
fn halves_to_f32_are_the_operations_of_f32() {
    check_all_widened!(bf16);
    check_all_widened!(f16);
}

/// Cut for threads, and long enough that `f32` would be streamed: by kernels of its own, and by pieces.
#[test]
fn long_calls() {
    let piece = mixture::<bf16>(50_021, 0x10);
    let len = 1_500_000;
    let x: Vec<bf16> = piece.iter().copied().cycle().take(len).collect();
    let plain = Kernels::new();
    let [mut silu, mut softplus] = [(); 2].map(|()| vec![bf16::ZERO; piece.len()]);
    plain.map(Silu, &piece, &mut silu);
    plain.map(Softplus, &piece, &mut softplus);
    #[cfg(feature = "rayon")]
    let ways = [plain, plain.parallel(true)];
    #[cfg(not(feature = "rayon"))]
    let ways = [plain];
    for kernels in ways {
        let mut y = vec![bf16::ZERO; len];
        let check = |y: &[bf16], expected: &[bf16]| {
            for part in y.chunks(piece.len()) {
                assert_same_bits(part, &expected[..part.len()], || format!("{kernels:?}"));
            }
        };
        kernels.map(Silu, &x, &mut y);
        check(&y, &silu);
        kernels.map(Softplus, &x, &mut y);
        check(&y, &softplus);
    }
}

/// The methods and functions that have names do what their operations do, at any length and place, in any way; and
/// nothing is written beside the results.
fn check_named<T: Format>()
where
    Sigmoid: Map<T>,
    SigmoidDerivative: Map<T>,
    SigmoidBackward: Zip<T>,
    SigmoidWithDerivative: Split<T>,
{
    let numbers = all::<T>();
    let reversed: Vec<T> = numbers.iter().rev().copied().collect();
    let untouched = T::of_bits(0x1234);
    // The pieces that it goes by have 512 elements. The last is long enough for threads.
    let long: Vec<T> = numbers.iter().copied().cycle().take(1 << 21).collect();
    let inputs = [0, 1, 7, 31, 511, 512, 513, 1500, 65_000].map(|len| &numbers[len % 33..][..len]);
    for kernels in engines() {
        for &x in inputs.iter().chain([&&long[..]].into_iter().filter(|_| kernels == Kernels::new())) {
            let len = x.len();
            let what = || format!("{kernels:?}, {len} of {}", T::NAME);
            let (s, slope) = (kernels.map_to_vec(Sigmoid, x), kernels.map_to_vec(SigmoidDerivative, x));
            let fresh = || vec![untouched; len + 2];
            let check = |memory: &[T], expected: &[T]| {
                assert_same_bits(&memory[1..=len], expected, what);
                assert_same_bits(&[memory[0], memory[len + 1]], &[untouched; 2], what);
            };
            let with_x = || {
                let mut memory = fresh();
                memory[1..=len].copy_from_slice(x);
                memory
            };
            #[cfg(feature = "rayon")]
            let ways = [kernels, kernels.parallel(true)];
            #[cfg(not(feature = "rayon"))]
            let ways = [kernels];
            for kernels in ways {
                let (mut y, mut dy) = (fresh(), fresh());
                kernels.forward_with_derivative(x, &mut y[1..=len], &mut dy[1..=len]);
                check(&y, &s);
                check(&dy, &slope);
                let (mut y, mut dy) = (with_x(), fresh());
                kernels.forward_with_derivative_in_place(&mut y[1..=len], &mut dy[1..=len]);
                check(&y, &s);
                check(&dy, &slope);
            }
            let (mut y, mut dy) = (fresh(), fresh());
            kernels.forward(x, &mut y[1..=len]);
            kernels.derivative(x, &mut dy[1..=len]);
            check(&y, &s);
            check(&dy, &slope);
            let (mut y, mut dy) = (with_x(), with_x());
            kernels.forward_in_place(&mut y[1..=len]);
            kernels.derivative_in_place(&mut dy[1..=len]);
            check(&y, &s);
            check(&dy, &slope);
            let (mut y, mut dy) = (Vec::with_capacity(len), Vec::with_capacity(len));
            let (y, dy) = (&mut y.spare_capacity_mut()[..len], &mut dy.spare_capacity_mut()[..len]);
            assert_same_bits(kernels.forward_uninit(x, y), &s, what);
            assert_same_bits(kernels.derivative_uninit(x, dy), &slope, what);
            let (y, dy) = kernels.forward_with_derivative_uninit(x, y, dy);
            assert_same_bits(y, &s, what);
            assert_same_bits(dy, &slope, what);

            let grad: Vec<T> = reversed.iter().copied().cycle().take(len).collect();
            let right = kernels.zip_to_vec(SigmoidBackward, &s, &grad);
            let mut grad_in = fresh();
            kernels.backward(&s, &grad, &mut grad_in[1..=len]);
            check(&grad_in, &right);
            grad_in[1..=len].copy_from_slice(&grad);
            kernels.backward_in_place(&s, &mut grad_in[1..=len]);
            check(&grad_in, &right);
            let mut memory = Vec::with_capacity(len);
            let memory = &mut memory.spare_capacity_mut()[..len];
            assert_same_bits(kernels.backward_uninit(&s, &grad, memory), &right, what);

            if kernels == Kernels::new() {
                let (mut y, mut dy) = (fresh(), fresh());
                sigmoid::sigmoid(x, &mut y[1..=len]);
                sigmoid::sigmoid_derivative(x, &mut dy[1..=len]);
                check(&y, &s);
                check(&dy, &slope);
            }
        }
    }
}

#[test]
fn named_methods_are_the_operations() {
    check_named::<bf16>();
    check_named::<f16>();
}

/// Exact is what they are anyway, but for the step back, of which there is no proof.
#[cfg(feature = "exact")]
#[test]
fn named_methods_are_exact() {
    let kernels = Kernels::new().accuracy(sigmoid::Accuracy::Exact);
    let x = [-1.0, 0.0, 1.0].map(bf16::from_f32);
    let [mut y, mut dy] = [[bf16::ZERO; 3]; 2];
    kernels.forward_with_derivative(&x, &mut y, &mut dy);
    assert_eq!(y.map(bf16::to_f32), [0.269_531_25, 0.5, 0.730_468_75]);
    assert_eq!(dy.map(bf16::to_f32), [0.196_289_06, 0.25, 0.196_289_06]);
    let back = std::panic::catch_unwind(|| kernels.backward(&y, &x, &mut { dy }));
    assert!(back.is_err());
}
