//! Half precision: all 65,536 inputs of each format, on every engine, against the correctly rounded results.

#![cfg(feature = "half")]

mod support;

use half::{bf16, f16};
use sigmoid::Kernels;
use sigmoid::ops::{Map, Sigmoid, SigmoidDerivative, Silu};
use support::engines;

/// A format, with what a test must know about it.
trait Half: Copy + Default + Into<f64> + std::fmt::Debug + Send + Sync + 'static {
    const NAME: &'static str;
    /// The bits of infinity.
    const INFINITY: u16;

    fn of_bits(bits: u16) -> Self;

    fn bits(self) -> u16;

    fn is_nan(self) -> bool {
        self.bits() & 0x7fff > Self::INFINITY
    }
}

impl Half for bf16 {
    const NAME: &'static str = "bf16";
    const INFINITY: u16 = 0x7f80;

    fn of_bits(bits: u16) -> bf16 {
        bf16::from_bits(bits)
    }

    fn bits(self) -> u16 {
        self.to_bits()
    }
}

impl Half for f16 {
    const NAME: &'static str = "f16";
    const INFINITY: u16 = 0x7c00;

    fn of_bits(bits: u16) -> f16 {
        f16::from_bits(bits)
    }

    fn bits(self) -> u16 {
        self.to_bits()
    }
}

fn all<T: Half>() -> Vec<T> {
    (0..=u16::MAX).map(T::of_bits).collect()
}

/// s(x), to a few units of `f64`.
fn sigmoid(x: f64) -> f64 {
    if x < 0.0 { x.exp() / (1.0 + x.exp()) } else { 1.0 / (1.0 + (-x).exp()) }
}

fn derivative(x: f64) -> f64 {
    let e = (-x.abs()).exp();
    e / ((1.0 + e) * (1.0 + e))
}

/// x s(x). Of a tiny x, for which `f64` does not hold more than x/2, the next number above.
fn silu(x: f64) -> f64 {
    if x == f64::NEG_INFINITY {
        -0.0
    } else if x != 0.0 && x.abs() < 1e-17 {
        (0.5 * x).next_up()
    } else {
        x * sigmoid(x)
    }
}

/// The nearest number of a format, and how far the truth is from the nearest middle between two, as a part of it.
///
/// It looks the neighbours up, so that nothing is shared with what it checks.
fn nearest<T: Half>(numbers: &[f64], truth: f64) -> (u16, f64) {
    let sign = if truth.is_sign_negative() { 0x8000 } else { 0 };
    if truth.is_infinite() {
        return (sign | T::INFINITY, 1.0);
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
    (sign | (below as u16 + u16::from(size > middle)), margin)
}

/// The correctly rounded results for all inputs; `None` for NaN. The truth in `f64` is off by less than 2^-49 of it,
/// and no middle between two numbers is as near as 2^-40: but for a tiny x with x s(x) = x/2 + x^2/4, where x/2 is one
/// and the truth above it.
fn right_results<T: Half>(truth: fn(f64) -> f64) -> Vec<Option<u16>> {
    let numbers: Vec<f64> = (0..T::INFINITY).map(|bits| T::of_bits(bits).into()).collect();
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

fn same<T: Half>(got: T, right: Option<u16>) -> bool {
    match right {
        None => got.is_nan(),
        Some(bits) => got.bits() == bits,
    }
}

fn check_all<T: Half>(name: &str, op: impl Map<T>, truth: fn(f64) -> f64) {
    let (x, right) = (all::<T>(), right_results::<T>(truth));
    for kernels in engines() {
        let mut y = vec![T::default(); x.len()];
        kernels.map(op, &x, &mut y);
        let wrong: Vec<_> = (0..x.len())
            .filter(|&i| !same(y[i], right[i]))
            .map(|i| (x[i], y[i], right[i].map(T::of_bits)))
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
            assert!(same(y[0], right[i]), "{name} {} {kernels:?} of {x:?} alone: {:?}", T::NAME, y[0]);
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

/// Elements of every kind beside each other.
fn mixed<T: Half>(len: usize) -> Vec<T> {
    let special = [0, 0x8000, 1, 0x8001, T::INFINITY, T::INFINITY | 0x8000, 0x7fff, T::INFINITY - 1];
    let mut state = 0x1234_5678_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) as u16
    };
    // Long runs of ordinary numbers, and far-out ones among them.
    let element = |i: usize| match (i / 64) % 4 {
        0 => T::of_bits(next()),
        1 if i.is_multiple_of(13) => T::of_bits(special[i % special.len()]),
        _ => T::of_bits((next() & 0x83ff) | (T::INFINITY / 2)),
    };
    (0..len).map(element).collect()
}

fn check_positions<T: Half>(op: impl Map<T>, truth: fn(f64) -> f64) {
    let (x, right) = (mixed::<T>(600), right_results::<T>(truth));
    for kernels in engines() {
        for from in (0..33).chain([255, 300]) {
            for len in (0..100).chain([128, 160, 200, 256, 257, 300]) {
                let x = &x[from..][..len];
                // What lies beside the results stays.
                let mut y = vec![T::of_bits(0x1234); len + 2];
                kernels.map(op, x, &mut y[1..=len]);
                for (i, (&x, &y)) in x.iter().zip(&y[1..=len]).enumerate() {
                    let right = right[usize::from(x.bits())];
                    assert!(same(y, right), "{kernels:?} of {x:?} at {i} of {len} from {from}: {y:?}");
                }
                assert!(y[0].bits() == 0x1234 && y[len + 1].bits() == 0x1234, "{kernels:?} beside {len}");
            }
        }
    }
}

#[test]
fn position_and_neighbours_change_nothing() {
    check_positions::<bf16>(Sigmoid, sigmoid);
    check_positions::<f16>(Sigmoid, sigmoid);
    check_positions::<bf16>(SigmoidDerivative, derivative);
    check_positions::<f16>(SigmoidDerivative, derivative);
    check_positions::<bf16>(Silu, silu);
    check_positions::<f16>(Silu, silu);
}

fn check_values<T: Half>(op: impl Map<T>, expected: &[(f32, f32)], of: fn(f32) -> T) {
    for kernels in engines() {
        for &(x, y) in expected {
            let mut got = [T::default()];
            kernels.map(op, &[of(x)], &mut got);
            assert_eq!(got[0].bits(), of(y).bits(), "{} {kernels:?} of {x}: {:?}", T::NAME, got[0]);
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

/// Of a half the `f32` of an `f32` operation.
fn check_widened<T: Half>(op: impl Map<T, f32> + Map<f32>, widen: fn(T) -> f32) {
    let x = all::<T>();
    let wide: Vec<f32> = x.iter().copied().map(widen).collect();
    for kernels in engines() {
        let [mut got, mut expected] = [(); 2].map(|()| vec![0.0_f32; x.len()]);
        kernels.map(op, &wide, &mut expected);
        for (from, len) in [(0, x.len()), (3, 1), (5, 7), (100, 61)] {
            kernels.map(op, &x[from..][..len], &mut got[from..][..len]);
            support::assert_same_bits(&got[from..][..len], &expected[from..][..len], || {
                format!("{} {kernels:?}", T::NAME)
            });
        }
    }
}

#[test]
fn halves_to_f32_are_the_operations_of_f32() {
    check_widened::<bf16>(Sigmoid, bf16::to_f32);
    check_widened::<f16>(Sigmoid, f16::to_f32);
    check_widened::<bf16>(Silu, bf16::to_f32);
    check_widened::<f16>(Silu, f16::to_f32);
}

/// Cut for threads, and long enough that `f32` would be streamed.
#[test]
fn long_calls() {
    let piece = mixed::<bf16>(50_021);
    let len = 1_500_000;
    let x: Vec<bf16> = piece.iter().copied().cycle().take(len).collect();
    let right = right_results::<bf16>(silu);
    let plain = Kernels::new();
    #[cfg(feature = "rayon")]
    let ways = [plain, plain.parallel(true)];
    #[cfg(not(feature = "rayon"))]
    let ways = [plain];
    for kernels in ways {
        let mut y = vec![bf16::ZERO; len];
        kernels.map(Silu, &x, &mut y);
        assert!(x.iter().zip(&y).all(|(x, &y)| same(y, right[usize::from(x.to_bits())])), "{kernels:?}");
    }
}
