//! Half precision: all 65,536 numbers of a format, of which it is known how many have not the nearest result.
//!
//! The truth is that of `f64`: a number, and what it lacks. A number of half precision has so few digits that the middle
//! between two is an `f64`, and which of the two is nearer is seen by comparing with it.

use half::{bf16, f16};
use sigmoid::Kernels;
use sigmoid_conformance::{Function, Truth};

use super::tally::{Judged, Tally};

/// How a kernel is called.
pub type Slices<T> = dyn Fn(&Kernels, &[T], &mut [T]) + Send + Sync;

/// `bf16` or `f16`.
pub trait Half: Copy + Default + Into<f64> {
    fn of_bits(bits: u16) -> Self;
}

impl Half for bf16 {
    fn of_bits(bits: u16) -> bf16 {
        bf16::from_bits(bits)
    }
}

impl Half for f16 {
    fn of_bits(bits: u16) -> f16 {
        f16::from_bits(bits)
    }
}

/// How many there are.
pub const INPUTS: u64 = 1 << 16;

/// What came of all numbers with each of the kernels.
pub fn sweep<T: Half>(function: Function, kernels: &[Kernels], call: &Slices<T>) -> Vec<Tally> {
    let x: Vec<T> = (0..=u16::MAX).map(T::of_bits).collect();
    let numbers = numbers::<T>();
    let mut undecided = 0;
    let truths: Vec<Nearest> = x
        .iter()
        .map(|&x| {
            let x = x.into();
            // x times a gate that is 1/2 at 0 and rises is greater than x/2, by less than the judge's arithmetic is trusted
            // with where x is tiny.
            let below = (is_gated(function) && x != 0.0).then_some(0.5 * x);
            let nearest = Nearest::to(&function.truth(x), below, &numbers);
            undecided += u64::from(!nearest.known);
            nearest
        })
        .collect();
    let one = |kernels: &Kernels| {
        let mut tally = Tally { undecided, ..Tally::default() };
        let mut results = vec![T::default(); x.len()];
        call(kernels, &x, &mut results);
        for ((&x, result), nearest) in x.iter().zip(results).zip(&truths) {
            let result = result.into();
            let error = nearest.error(result);
            tally.enter(Judged { inputs: [x.into(), 0.0], result, rounded: nearest.number, error });
        }
        tally
    };
    kernels.iter().map(one).collect()
}

fn is_gated(function: Function) -> bool {
    matches!(function, Function::Silu | Function::QuickGelu | Function::GeluTanh | Function::Gelu)
}

/// Those from 0 up to infinity, which has the place of the number that would follow.
fn numbers<T: Half>() -> Vec<f64> {
    let mut numbers: Vec<f64> = (0..=u16::MAX)
        .map(|bits| T::of_bits(bits).into())
        .take_while(|number: &f64| number.is_finite())
        .collect();
    let [.., before, last] = numbers[..] else { unreachable!("a format has numbers") };
    numbers.push(last + (last - before));
    numbers
}

/// The number that is nearest to a truth.
struct Nearest {
    number: f64,
    /// The truth, and what it lacks.
    truth: [f64; 2],
    /// A unit in the last place.
    unit: f64,
    /// Whether it is certain.
    known: bool,
}

impl Nearest {
    /// Of a truth that is known to be greater than a number, if one is given.
    fn to(truth: &Truth, greater_than: Option<f64>, numbers: &[f64]) -> Self {
        let ([high, low, _], exponent) = truth.parts();
        if high.is_nan() || high.is_infinite() {
            return Self { number: high, truth: [high, 0.0], unit: 1.0, known: true };
        }
        let scale = 2.0_f64.powi(exponent);
        let sign = 1.0_f64.copysign(high);
        let [size, rest, error] = [sign * high, sign * low, truth.error()].map(|part| part * scale);
        // Of two neighbours, the lower one.
        let lower = numbers.partition_point(|&number| number <= size).clamp(1, numbers.len() - 1) - 1;
        let [below, above] = [numbers[lower], numbers[lower + 1]];
        let middle = 0.5 * (below + above);
        // Whether the truth is beyond the middle, or on it and the upper one even.
        let beyond = size > middle || size == middle && (rest > 0.0 || rest == 0.0 && lower % 2 == 1);
        let decided = greater_than == Some(sign * middle) && (rest > 0.0) == (sign > 0.0);
        let known = size != middle || rest.abs() > error || error == 0.0 || decided;
        let nearest = if beyond { lower + 1 } else { lower };
        let overflows = nearest == numbers.len() - 1;
        let unit = if overflows { above - below } else { numbers[nearest + 1] - numbers[nearest] };
        let number = if overflows { f64::INFINITY } else { numbers[nearest] };
        Self { number: sign * number, truth: [high, low].map(|part| part * scale), unit, known }
    }

    /// In units in the last place.
    fn error(&self, result: f64) -> f64 {
        if self.number.is_infinite() || result.is_infinite() {
            return if self.number == result { 0.0 } else { f64::INFINITY };
        }
        (((result - self.truth[0]) - self.truth[1]) / self.unit).abs()
    }
}

#[cfg(test)]
mod tests {
    use sigmoid::{Backend, ops};

    use super::*;

    /// A number of `f64` is rounded as the crate `half` does it, and one that lacks something as it must be.
    #[test]
    fn nearest_numbers() {
        let of = numbers::<f16>();
        let mut random = sigmoid_conformance::sample::Random(3);
        for _ in 0..10_000 {
            let x = random.magnitude(-24.0, 5.0);
            for function in [Function::Sigmoid, Function::Derivative, Function::Silu] {
                let truth = function.truth(x);
                let ([high, ..], exponent) = truth.parts();
                let nearest = Nearest::to(&truth, None, &of);
                let rounded: f64 = f16::from_f64(high * 2.0_f64.powi(exponent)).into();
                assert_eq!(nearest.number, rounded, "{function} {x:e}");
                assert!(nearest.error(nearest.number) <= 0.5 && nearest.known);
            }
        }
        // x s(x) = x/2 + x^2/4 - ...: x/2 is a middle, or what follows decides.
        let least: f64 = f16::from_bits(1).into();
        assert_eq!(Nearest::to(&Function::Silu.truth(least), None, &of).number, least);
        assert_eq!(
            Nearest::to(&Function::Silu.truth(-least), None, &of).number.to_bits(),
            (-0.0_f64).to_bits()
        );
        assert_eq!(Nearest::to(&Function::Sigmoid.truth(0.0), None, &of).number, 0.5);
    }

    /// The most of any backend.
    fn not_the_nearest<T: Half>(function: Function, call: &Slices<T>) -> u64 {
        let kernels =
            Backend::available().map(|backend| Kernels::new().backend(backend).expect("it is available"));
        let tallies = sweep::<T>(function, &kernels.collect::<Vec<_>>(), call);
        assert!(tallies.iter().all(|tally| tally.undecided == 0), "{function}");
        tallies.iter().map(|tally| tally.not_correctly_rounded).max().unwrap_or(0)
    }

    /// No more of them than the docs of `sigmoid::ops` say.
    #[test]
    fn results_that_are_not_the_nearest() {
        macro_rules! check {
            ($($op:ident: $bf16:literal, $f16:literal;)*) => {$({
                let function = Function::$op;
                let bf16 = not_the_nearest::<bf16>(function, &|kernels, x, y| kernels.map(ops::$op, x, y));
                let f16 = not_the_nearest::<f16>(function, &|kernels, x, y| kernels.map(ops::$op, x, y));
                assert!(bf16 <= $bf16 && f16 <= $f16, "{function}: {bf16} and {f16}");
            })*};
        }
        check! {
            Sigmoid: 0, 0;
            Silu: 0, 0;
            QuickGelu: 0, 0;
            Tanh: 0, 0;
            SiluDerivative: 1, 11;
            GeluTanh: 128, 5;
            Gelu: 128, 5;
            TanhDerivative: 0, 8;
            Softplus: 0, 3;
            LogSigmoid: 0, 3;
            Logit: 1, 1;
        }
    }

    #[test]
    fn a_result_that_is_off_is_found() {
        let spoilt = |kernels: &Kernels, x: &[bf16], y: &mut [bf16]| {
            kernels.map(sigmoid::ops::Sigmoid, x, y);
            y[0x3f80] = bf16::from_bits(y[0x3f80].to_bits() + 1); // x = 1
        };
        let kernels = [Kernels::new()];
        let good = sweep::<bf16>(Function::Sigmoid, &kernels, &|kernels, x, y| {
            kernels.map(sigmoid::ops::Sigmoid, x, y);
        });
        let bad = sweep::<bf16>(Function::Sigmoid, &kernels, &spoilt);
        assert_eq!((good[0].not_correctly_rounded, bad[0].not_correctly_rounded), (0, 1));
        assert!(good[0].worst.is_some_and(|(ulp, _)| ulp <= 0.5));
        assert!(bad[0].worst.is_some_and(|(ulp, at)| ulp > 0.5 && at[0] == 1.0));
        assert_ne!(good[0].digest, bad[0].digest);
    }
}
