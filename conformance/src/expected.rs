//! Blocks of true values, ready for any number of results to be held against them.

use crate::arbitrary::Arbitrary;
use crate::format::Format;
use crate::function::Function;
use crate::instructions;
use crate::plain::PlainTruth;
use crate::truth::{Rounding, Truth, power_of_two};

/// What the results for a block of inputs should be. Computed once, it judges any number of
/// implementations.
///
/// The arrays stand side by side, so that the loops over them vectorise.
#[derive(Clone, Debug, Default)]
pub struct Expected<T> {
    /// The correctly rounded results.
    pub(crate) rounded: Vec<T>,
    /// The truth in units in the last place, or the integer next to it and what it lacks.
    in_units: Vec<f64>,
    /// Empty for `f32`, where one part has digits enough.
    rest: Vec<f64>,
    /// One over a unit in the last place.
    per_unit: Vec<f64>,
    /// A second factor to `per_unit`, for a `f64` is too short of range to hold one over its own
    /// smallest unit. Empty for `f32`.
    per_unit_again: Vec<f64>,
    /// See [`Expected::trusting`].
    trust: Option<u32>,
    /// The digits that arbitrary precision gives up after, if not those of its own.
    last_digits: Option<usize>,
    by_arbitrary_precision: u64,
    undecided: u64,
}

impl<T: Judged> Expected<T> {
    /// One that trusts the pair arithmetic with no more than this many binary digits, and plain
    /// `f64` not at all: what these do not tell is decided by arbitrary precision, and the results
    /// should be the same. For tests of this crate; the default trusts them with what is proved.
    ///
    /// ```
    /// use sigmoid_conformance::{Expected, Function};
    ///
    /// let x = [-3.0_f32, -0.1, 0.7, 20.0];
    /// let (mut usual, mut distrustful) = (Expected::default(), Expected::trusting(24));
    /// usual.compute(Function::Sigmoid, &x);
    /// distrustful.compute(Function::Sigmoid, &x);
    /// assert_eq!(usual.rounded(), distrustful.rounded());
    /// assert_eq!((usual.by_arbitrary_precision(), distrustful.by_arbitrary_precision()), (0, 4));
    /// ```
    pub fn trusting(bits: u32) -> Self {
        Self { trust: Some(bits), ..Self::default() }
    }

    /// One that decides nothing: not by pairs, nor by arbitrary precision.
    #[cfg(test)]
    pub(crate) fn undecided_about_all() -> Self {
        Self { last_digits: Some(0), ..Self::trusting(8) }
    }

    /// Computes the block for these inputs, in the memory of the last one.
    pub fn compute(&mut self, function: Function, x: &[T]) {
        self.rounded.resize(x.len(), T::default());
        self.in_units.resize(x.len(), 0.0);
        self.per_unit.resize(x.len(), 0.0);
        self.by_arbitrary_precision = 0;
        self.undecided = 0;
        T::expect(function, x, self);
    }

    /// The rounding of the truth, by arbitrary precision if need be.
    fn decide(&mut self, function: Function, x: T, rounding: Rounding<T>, last: &mut Option<Arbitrary>) -> T {
        match rounding {
            Rounding::Known(number) => number,
            Rounding::Unknown(number) => {
                self.by_arbitrary_precision += 1;
                let arbitrary = || self.last_digits.map_or_else(Arbitrary::new, Arbitrary::giving_up_after);
                let decided = last.get_or_insert_with(arbitrary).round(function, x);
                self.undecided += u64::from(decided.is_none());
                decided.unwrap_or(number)
            }
        }
    }

    /// The truth as far as it is trusted.
    fn truth(&self, function: Function, x: T) -> Truth {
        let truth = function.truth(x.widen());
        self.trust.map_or(truth, |bits| truth.doubted(bits))
    }

    /// The correctly rounded results; where it cannot be decided which of two numbers that is, one
    /// of them.
    pub fn rounded(&self) -> &[T] {
        &self.rounded
    }

    /// How many of the roundings were decided by arbitrary precision, because the digits known did not
    /// tell: see [`Rounding::Unknown`].
    pub fn by_arbitrary_precision(&self) -> u64 {
        self.by_arbitrary_precision
    }

    /// For how many inputs even [arbitrary precision](Function::round_arbitrarily) did not tell the
    /// correctly rounded result. None is known.
    pub fn undecided(&self) -> u64 {
        self.undecided
    }
}

/// A format whose results can be judged by the block.
pub trait Judged: Format {
    /// Fills the block, whose three common vectors have the length of `x`.
    #[doc(hidden)]
    fn expect(function: Function, x: &[Self], expected: &mut Expected<Self>);

    /// The errors of results in units in the last place; NaN where the result or the truth is.
    #[doc(hidden)]
    fn errors(expected: &Expected<Self>, results: &[Self], errors: &mut [f64]);
}

impl Judged for f32 {
    fn expect(function: Function, x: &[f32], expected: &mut Expected<f32>) {
        if expected.trust.is_some() {
            return expect_in_units(function, x, expected, 0..x.len());
        }
        let mut doubts = vec![0; x.len()];
        let any = instructions::run(PlainTruth {
            function,
            x,
            rounded: &mut expected.rounded,
            in_units: &mut expected.in_units,
            per_unit: &mut expected.per_unit,
            doubts: &mut doubts,
        });
        if any {
            expect_in_units(function, x, expected, (0..x.len()).filter(|&i| doubts[i] != 0));
        }
    }

    #[inline(always)]
    fn errors(expected: &Expected<f32>, results: &[f32], errors: &mut [f64]) {
        errors_in_units(expected, results, errors);
    }
}

/// So many elements of a block of a format whose units one `f64` holds, with what is left of the truth.
fn expect_in_units<T: Judged>(
    function: Function,
    x: &[T],
    expected: &mut Expected<T>,
    which: impl Iterator<Item = usize>,
) {
    let mut last = None;
    for i in which {
        let units = expected.truth(function, x[i]).in_units::<T>();
        expected.rounded[i] = expected.decide(function, x[i], units.rounding(), &mut last);
        let to_ulp = if units.ulp > units.unit { 0.5 } else { 1.0 };
        expected.in_units[i] = (units.nearest + units.rest) * to_ulp;
        expected.per_unit[i] = power_of_two(-units.unit) * to_ulp;
    }
}

/// The errors of such a block.
#[inline(always)]
fn errors_in_units<T: Format>(expected: &Expected<T>, results: &[T], errors: &mut [f64]) {
    let len = results.len();
    let (in_units, per_unit) = (&expected.in_units[..len], &expected.per_unit[..len]);
    let errors = &mut errors[..len];
    for i in 0..len {
        errors[i] = (results[i].widen() * per_unit[i] - in_units[i]).abs();
    }
}

/// Expands to a format of half precision.
#[cfg(feature = "half")]
macro_rules! half {
    ($format:ty) => {
        impl Judged for $format {
            fn expect(function: Function, x: &[Self], expected: &mut Expected<Self>) {
                expect_in_units(function, x, expected, 0..x.len());
            }

            #[inline(always)]
            fn errors(expected: &Expected<Self>, results: &[Self], errors: &mut [f64]) {
                errors_in_units(expected, results, errors);
            }
        }
    };
}

#[cfg(feature = "half")]
half!(half::bf16);
#[cfg(feature = "half")]
half!(half::f16);

impl Judged for f64 {
    fn expect(function: Function, x: &[f64], expected: &mut Expected<f64>) {
        expected.rest.resize(x.len(), 0.0);
        expected.per_unit_again.resize(x.len(), 0.0);
        let mut last = None;
        for (i, &x) in x.iter().enumerate() {
            let units = expected.truth(function, x).in_units::<f64>();
            expected.rounded[i] = expected.decide(function, x, units.rounding(), &mut last);
            let to_ulp = if units.ulp > units.unit { 0.5 } else { 1.0 };
            expected.in_units[i] = units.nearest * to_ulp;
            expected.rest[i] = units.rest * to_ulp;
            let [first, second] = units.per_unit();
            expected.per_unit[i] = first * to_ulp;
            expected.per_unit_again[i] = second;
        }
    }

    #[inline(always)]
    fn errors(expected: &Expected<f64>, results: &[f64], errors: &mut [f64]) {
        let len = results.len();
        let (in_units, per_unit) = (&expected.in_units[..len], &expected.per_unit[..len]);
        let (rest, per_unit_again) = (&expected.rest[..len], &expected.per_unit_again[..len]);
        let errors = &mut errors[..len];
        for i in 0..len {
            let result = results[i] * per_unit[i] * per_unit_again[i];
            errors[i] = ((result - in_units[i]) - rest[i]).abs();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::Sampled;
    use crate::{Conformance, Tally};

    /// Plain `f64` is within the errors that its source derives, and decides no rounding that it does not know.
    #[test]
    fn plain_truths_are_those_of_pairs() {
        // Numbers of all kinds, and many where most digits are lost: next to the zero of silu', and of logit.
        let mut x = vec![0.0; 100_000];
        crate::sample::mixed(3, &mut x);
        x.extend((0..=u16::MAX).map(|upper| f32::from_bits(u32::from(upper) << 16 | 0x5a5a)));
        for at in [-1.278_464_5_f32, 0.5] {
            x.extend((0..20_000).map(|i| f32::from_bits(at.to_bits() - 1000 * 10_000 + 1000 * i)));
        }
        for function in Function::ALL {
            let [mut plain, mut pairs] = [Expected::default(), Expected::trusting(90)];
            plain.compute(function, &x);
            pairs.compute(function, &x);
            let mut largest = 0.0_f64;
            for (i, x) in x.iter().enumerate() {
                let (a, b) = (plain.rounded[i], pairs.rounded[i]);
                assert!(a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan(), "{function} of {x}");
                if b.is_finite() {
                    assert_eq!(plain.per_unit[i], pairs.per_unit[i], "{function} of {x}");
                    let [a, b] = [plain.in_units[i], pairs.in_units[i]];
                    // (What is less than a thousandth of the smallest number vanished.)
                    if b.abs() > 1e-3 {
                        largest = largest.max((a / b - 1.0).abs());
                    }
                    assert!(
                        (a - b).abs() <= power_of_two(-44) * b.abs() + power_of_two(-17),
                        "{function} of {x}"
                    );
                }
            }
            println!("{function}: {:.1} units of 2^-53", largest * power_of_two(53));
        }
    }

    /// Nobody has seen an input that arbitrary precision does not decide: here it gives up at once, and says so.
    fn nothing_is_decided<T: Sampled>() {
        for function in Function::ALL {
            let x = [0.25, 0.75].map(T::narrow);
            let mut expected = Expected::undecided_about_all();
            expected.compute(function, &x);
            assert_eq!((expected.undecided(), expected.by_arbitrary_precision()), (2, 2), "{function}");
            let rounded = expected.rounded().to_vec();
            let mut tally = Tally::default();
            tally.add(function, &x, &rounded, &expected);
            tally.add(function, &x, &rounded, &expected);
            assert_eq!((tally.undecided, tally.not_correctly_rounded), (4, 0), "{function}");
        }
    }

    #[test]
    fn what_is_not_decided_is_counted() {
        nothing_is_decided::<f32>();
        nothing_is_decided::<f64>();
    }

    /// Such an input is no proof of correct rounding, in a report and in one that was merged.
    #[test]
    fn what_is_not_decided_is_not_correctly_rounded() {
        let plan = Conformance::<f64>::new(Function::Sigmoid).points(100).probes(0);
        let mut kernel = |x: &[f64], y: &mut [f64]| {
            for (&x, y) in x.iter().zip(y) {
                *y = match Function::Sigmoid.truth(x).round() {
                    Rounding::Known(number) | Rounding::Unknown(number) => number,
                };
            }
        };
        let mut examiner = plan.examiner(1);
        examiner.put_in_place(Expected::undecided_about_all());
        examiner.step(1, &mut [&mut kernel]);
        let report = examiner.into_reports().remove(0);
        assert!(report.undecided > 80 && report.undecided <= report.by_arbitrary_precision, "{report}");
        let mut merged = plan.check(kernel);
        assert!(merged.is_correctly_rounded() && merged.undecided == 0, "{merged}");
        merged.merge(&report);
        merged.merge(&report);
        assert_eq!(merged.undecided, 2 * report.undecided);
        for report in [report, merged] {
            assert!(report.not_correctly_rounded == 0 && !report.is_correctly_rounded(), "{report}");
            assert!(report.to_string().contains("undecided: "), "{report}");
            let claims = crate::Claims::correctly_rounded();
            assert!(report.findings(&claims).iter().any(|finding| finding.contains("undecided")), "{report}");
        }
    }
}
