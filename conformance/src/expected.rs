//! Blocks of true values, ready for any number of results to be held against them.

use crate::format::Format;
use crate::instructions;
use crate::plain::PlainTruth;
use crate::truth::{Function, Rounding};

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
    undecided: u64,
}

impl<T: Judged> Expected<T> {
    /// Computes the block for these inputs, in the memory of the last one.
    pub fn compute(&mut self, function: Function, x: &[T]) {
        self.rounded.resize(x.len(), T::default());
        self.in_units.resize(x.len(), 0.0);
        self.per_unit.resize(x.len(), 0.0);
        self.undecided = 0;
        T::expect(function, x, self);
    }

    /// The correctly rounded results; where it cannot be decided which of two numbers that is, one
    /// of them.
    pub fn rounded(&self) -> &[T] {
        &self.rounded
    }

    /// For how many inputs the digits known do not tell the correctly rounded result: see
    /// [`Rounding::Unknown`].
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
        let mut doubts = vec![0; x.len()];
        let any = instructions::run(PlainTruth {
            function,
            x,
            rounded: &mut expected.rounded,
            in_units: &mut expected.in_units,
            per_unit: &mut expected.per_unit,
            doubts: &mut doubts,
        });
        if !any {
            return;
        }
        for i in (0..x.len()).filter(|&i| doubts[i] != 0) {
            expected.rounded[i] = match function.truth(x[i].into()).round() {
                Rounding::Known(number) => number,
                Rounding::Unknown(number) => {
                    expected.undecided += 1;
                    number
                }
            };
        }
    }

    #[inline(always)]
    fn errors(expected: &Expected<f32>, results: &[f32], errors: &mut [f64]) {
        let len = results.len();
        let (in_units, per_unit) = (&expected.in_units[..len], &expected.per_unit[..len]);
        let errors = &mut errors[..len];
        for i in 0..len {
            errors[i] = (f64::from(results[i]) * per_unit[i] - in_units[i]).abs();
        }
    }
}

impl Judged for f64 {
    fn expect(function: Function, x: &[f64], expected: &mut Expected<f64>) {
        expected.rest.resize(x.len(), 0.0);
        expected.per_unit_again.resize(x.len(), 0.0);
        for (i, &x) in x.iter().enumerate() {
            let units = function.truth(x).in_units::<f64>();
            expected.rounded[i] = f64::from_units(units.nearest, units.unit);
            expected.undecided += u64::from(!units.known);
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
