//! What came of holding results against the truth.

use crate::expected::{Expected, Judged};
use crate::format::Format;
use crate::function::Function;
use crate::instructions::{self, Loop};
use crate::truth::power_of_two;

/// Errors and faults of an implementation on the inputs seen so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    /// How many inputs were seen.
    pub inputs: u64,
    /// The largest error, and where: `None` until there is an error.
    pub worst: Option<Worst>,
    /// Results that are not the number nearest to the truth.
    pub not_correctly_rounded: u64,
    /// Inputs whose correctly rounded result was told by nothing less than arbitrary precision.
    pub by_arbitrary_precision: u64,
    /// Inputs whose correctly rounded result even that did not tell.
    pub undecided: u64,
    /// NaN where there is a value, or a number where there is none: for NaN, and outside of \[0, 1\] for logit.
    pub nan_faults: u64,
    /// Inputs that are an infinity.
    pub infinities: u64,
    /// Results at an infinity that are not the exact limit.
    pub infinity_faults: u64,
    /// Results outside of the function's [range](Function::range).
    pub range_faults: u64,
    /// Results that are a zero of another sign than the truth has: for the sigmoid and its derivative, that are -0.
    pub wrong_zeros: u64,
    /// Results that are not positive where the truth rounds to a positive number, or not negative where it rounds to
    /// a negative one.
    pub lost: u64,
    /// Those of them where the truth rounds to a subnormal number.
    pub lost_subnormals: u64,
    /// Results other than 0 where the truth rounds to 0; negative ones only count where it may be negative, for the
    /// others are out of range.
    pub spurious: u64,
    /// A sum over inputs and results: equal if and (all but certainly) only if all results have the
    /// same bits, in whatever order they came. Every NaN counts as the same one.
    pub digest: u64,
}

/// An error and the input that has it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Worst {
    /// In units in the last place.
    pub ulp: f64,
    /// The input.
    pub at: f64,
}

impl Tally {
    /// Adds the results of one block. `expected` was computed for these inputs.
    pub fn add<T: Judged>(&mut self, function: Function, x: &[T], results: &[T], expected: &Expected<T>) {
        self.merge(&Self::of_block(function, x, results, expected, &mut vec![0.0; x.len()]));
    }

    /// What came of one block; `errors`, of the same length, becomes the error of each result.
    pub(crate) fn of_block<T: Judged>(
        function: Function,
        x: &[T],
        results: &[T],
        expected: &Expected<T>,
        errors: &mut [f64],
    ) -> Self {
        assert!(x.len() == results.len() && x.len() == expected.rounded.len(), "one result for each input");
        let errors_of_block = &mut *errors;
        let block = if function.is_everyday() {
            instructions::run(Judgement::<T, false> {
                function,
                x,
                results,
                expected,
                errors: errors_of_block,
            })
        } else {
            instructions::run(Judgement::<T, true> {
                function,
                x,
                results,
                expected,
                errors: errors_of_block,
            })
        };
        let mut tally = Self {
            inputs: x.len() as u64,
            by_arbitrary_precision: expected.by_arbitrary_precision(),
            undecided: expected.undecided(),
            not_correctly_rounded: block.wrong,
            nan_faults: block.nan_faults,
            range_faults: block.range_faults,
            infinities: block.infinities,
            wrong_zeros: block.wrong_zeros,
            lost: block.lost,
            spurious: block.spurious,
            digest: block.digest,
            ..Self::default()
        };
        if block.infinities != 0 {
            let wrong = |&i: &usize| {
                x[i].widen().is_infinite() && is_not(results[i].widen(), function.at_infinity(x[i].widen()))
            };
            tally.infinity_faults = (0..x.len()).filter(wrong).count() as u64;
        }
        if block.lost != 0 {
            let subnormal = |&i: &usize| {
                let rounded = expected.rounded[i].widen();
                rounded.abs() < smallest_normal::<T>() && is_lost::<T>(results[i].widen(), rounded, errors[i])
            };
            tally.lost_subnormals = (0..x.len()).filter(subnormal).count() as u64;
        }
        if block.largest > 0.0 {
            let worst = (0..x.len()).find(|&i| errors[i] == block.largest);
            tally.worst = worst.map(|i| Worst { ulp: block.largest, at: x[i].widen() });
        }
        tally
    }

    /// Adds what another one saw.
    pub fn merge(&mut self, other: &Self) {
        self.inputs += other.inputs;
        self.by_arbitrary_precision += other.by_arbitrary_precision;
        self.undecided += other.undecided;
        self.not_correctly_rounded += other.not_correctly_rounded;
        self.nan_faults += other.nan_faults;
        self.infinities += other.infinities;
        self.infinity_faults += other.infinity_faults;
        self.range_faults += other.range_faults;
        self.wrong_zeros += other.wrong_zeros;
        self.lost += other.lost;
        self.lost_subnormals += other.lost_subnormals;
        self.spurious += other.spurious;
        self.digest = self.digest.wrapping_add(other.digest);
        // Of equal errors the one nearest to 0, positive before negative, so that the order of
        // blocks does not matter.
        let rank = |worst: Worst| (worst.ulp, -worst.at.abs(), worst.at);
        self.worst = match (self.worst, other.worst) {
            (Some(a), Some(b)) => Some(if rank(b) > rank(a) { b } else { a }),
            (a, b) => a.or(b),
        };
    }

    /// The largest error in units in the last place.
    pub fn max_ulp(&self) -> f64 {
        self.worst.map_or(0.0, |worst| worst.ulp)
    }

    /// NaN, infinities and the range are all as they should be.
    pub fn is_sound(&self) -> bool {
        self.nan_faults == 0 && self.infinity_faults == 0 && self.range_faults == 0
    }
}

/// Whether a result has not the sign of what it should be, or is 0 where that is not. NaN is another matter.
///
/// An error of 1/2 is that of a result which rounded the middle between 0 and the smallest number another way: half of
/// the smallest number and some 2^-1074 of it, in the case of silu. Of half precision so is a result that
/// was rounded from `f32`: there a thousandth more, eight units of `f32` in those of `f16`, may be that one's error.
#[inline(always)]
pub(crate) fn is_lost<T: Format>(result: f64, rounded: f64, error: f64) -> bool {
    let middle = if T::DIGITS < 24 { 0.501 } else { 0.5 };
    ((result <= 0.0) & (rounded > 0.0) | (result >= 0.0) & (rounded < 0.0)) & (error > middle)
}

/// Whether it is another number, or one of the two is none.
pub(crate) fn is_not(result: f64, value: f64) -> bool {
    result != value && !(result.is_nan() && value.is_nan())
}

/// The range of a function, with room for the rounding of an end that is no number of the format.
pub(crate) fn range<T: Format>(function: Function) -> [f64; 2] {
    let ends = function.range();
    // (Those of `f32` and `f64` have it already.)
    if T::DIGITS >= 24 {
        return ends;
    }
    ends.map(|end| {
        let digits_beyond = (1_u64 << (53 - T::DIGITS)) - 1;
        let is_a_number = end.to_bits() & digits_beyond == 0;
        if is_a_number { end } else { end * (1.0 + power_of_two(1 - T::DIGITS)) }
    })
}

/// The loop over one block: for `ANY` function, or for those whose results lie between 0 and 1.
struct Judgement<'a, T, const ANY: bool> {
    function: Function,
    x: &'a [T],
    results: &'a [T],
    expected: &'a Expected<T>,
    errors: &'a mut [f64],
}

#[derive(Default)]
struct Block {
    largest: f64,
    wrong: u64,
    nan_faults: u64,
    infinities: u64,
    range_faults: u64,
    wrong_zeros: u64,
    lost: u64,
    spurious: u64,
    digest: u64,
}

/// The smallest normal number of a format.
pub(crate) fn smallest_normal<T: Format>() -> f64 {
    power_of_two(T::SMALLEST_EXPONENT + T::DIGITS - 1)
}

impl<T: Judged, const ANY: bool> Loop for Judgement<'_, T, ANY> {
    type Output = Block;

    #[inline(always)]
    fn run(self) -> Block {
        let len = self.x.len();
        let (x, results) = (&self.x[..len], &self.results[..len]);
        let (rounded, errors) = (&self.expected.rounded[..len], &mut self.errors[..len]);
        T::errors(self.expected, results, errors);

        let [smallest_result, largest_result] = range::<T>(self.function);
        let mut block = Block::default();
        // Positive numbers are in the order of their bits, and integers make a maximum that vectorises.
        let mut largest_bits = 0_i64;
        for i in 0..len {
            let (input, result) = (x[i].widen(), results[i].widen());
            // Whether there is a value.
            let no_input = if ANY { rounded[i].is_nan() } else { x[i].is_nan() };
            let no_result = results[i].is_nan();
            let fault = no_input != no_result;
            let mut error = errors[i];
            if ANY && rounded[i].widen().abs() == f64::INFINITY {
                error = if results[i] == rounded[i] { 0.0 } else { f64::INFINITY };
            }
            let error = if fault { f64::INFINITY } else { error };
            let error = if no_input && no_result { 0.0 } else { error };
            errors[i] = error;
            largest_bits = largest_bits.max(error.to_bits() as i64);
            block.nan_faults += u64::from(fault);
            block.infinities += u64::from(input.abs() == f64::INFINITY);
            block.range_faults += u64::from((result < smallest_result) | (result > largest_result));
            if ANY {
                let truth = rounded[i].widen();
                let signs_differ = (result.to_bits() ^ truth.to_bits()) >> 63 == 1;
                block.wrong_zeros += u64::from((result == 0.0) & signs_differ & !no_input);
                block.lost += u64::from(is_lost::<T>(result, truth, error));
                let spurious = (result > 0.0) | (result < 0.0) & (smallest_result < 0.0);
                block.spurious += u64::from(spurious & (truth == 0.0));
            } else {
                block.wrong_zeros += u64::from((result == 0.0) & (result.to_bits() >> 63 == 1));
                let positive = rounded[i] > T::default();
                block.lost += u64::from((result <= 0.0) & positive);
                block.spurious += u64::from((result > 0.0) & (rounded[i] == T::default()));
            }
            let bits = results[i].bits();
            block.wrong += u64::from((bits != rounded[i].bits()) & !(no_input & no_result));
            block.digest = block.digest.wrapping_add(mix(x[i].bits(), if no_result { NAN } else { bits }));
        }
        block.largest = f64::from_bits(largest_bits as u64);
        block
    }
}

/// Stands for every NaN in the digest.
const NAN: u64 = u64::MAX;

#[inline(always)]
fn mix(input: u64, result: u64) -> u64 {
    let mut mixed = input.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(result);
    mixed = (mixed ^ (mixed >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    mixed ^ (mixed >> 29)
}
