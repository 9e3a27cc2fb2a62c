//! From an example to the simplest one near it, by asking the kernel again.
//!
//! ```text
//! a rounding, a law about one result or x and -x    halve the way to 0: the next number there keeps the law
//! monotone                                          halve the way between the two: neighbours remain
//! the same bits in any place                        shorter and shorter slices of nothing but x, then the way to 0
//! memory                                            slices of 0, 1, 2, ... elements
//! ```
//!
//! Numbers are asked for in slices of their own, and where that shows nothing in long slices of nothing but them: short
//! slices may go another way. What cannot be had again so, because it takes certain neighbours or a second call, stays
//! as it was found.

use crate::conformance::Kernel;
use crate::expected::Expected;
use crate::function::{Function, Symmetry};
use crate::laws;
use crate::memory::{Arrangement, Memory};
use crate::place;
use crate::report::{Against, Error, Example, Law, Report, Rule};
use crate::sample::Sampled;
use crate::tally::Tally;

/// The longest slice that is tried for a shorter one.
const LONGEST: usize = 256;

/// Puts a simpler example in the place of each that has one.
pub(crate) fn simplify<T: Sampled>(kernel: &mut Kernel<'_, T>, report: &mut Report) {
    let function = report.function;
    let mut asking =
        Asking { function, kernel, memory: Memory::default(), expected: Expected::default(), length: 1 };
    for rule in Rule::ALL {
        let Some(example) = report.law(rule).example else { continue };
        let x = T::narrow(example.x);
        let simpler = |asking: &mut Asking<'_, '_, T>| match (rule, example.against) {
            (_, Against::Truth { .. }) => asking.nearest(x, |asking, x| asking.breaks(rule, x)),
            (Rule::Monotone, Against::Input { x: other, .. }) => asking.neighbours(T::narrow(other), x),
            (_, Against::Input { .. }) => asking.nearest(x, Asking::breaks_symmetry),
            (_, Against::Place { .. }) => asking.shortest_alike(x, &example),
            (_, Against::Memory { .. }) => asking.shortest_written(x, &example),
        };
        if let Some(simpler) = asking.of_either_length(simpler) {
            report.law_mut(rule).example = Some(simpler);
        }
    }
    if let Some(error) = &mut report.first_misrounded
        && let Some(simpler) =
            asking.of_either_length(|asking| asking.nearest(T::narrow(error.x), Asking::misrounds))
        && let Against::Truth { rounded } = simpler.against
    {
        let ulp = asking.error(T::narrow(simpler.x), T::narrow(simpler.result));
        *error = Error { ulp, x: simpler.x, result: simpler.result, rounded_truth: rounded };
    }
}

struct Asking<'a, 'k, T> {
    function: Function,
    kernel: &'a mut Kernel<'k, T>,
    memory: Memory<T>,
    expected: Expected<T>,
    /// Of the slices that numbers are asked for in.
    length: usize,
}

impl<T: Sampled> Asking<'_, '_, T> {
    /// The example for a number between 0 and x whose next one towards 0 gives none; that for x has to give one.
    fn nearest(&mut self, x: T, example: impl Fn(&mut Self, T) -> Option<Example>) -> Option<Example> {
        if !x.widen().is_finite() {
            return None;
        }
        let mut simplest = example(self, x)?;
        let (mut good, mut bad) = (if x.widen() < 0.0 { T::narrow(-0.0) } else { T::default() }, x);
        if let Some(simplest) = example(self, good) {
            return Some(simplest);
        }
        // The bits of numbers of one sign are in the order of their magnitudes.
        while bad.bits() - good.bits() > 1 {
            let middle = T::from_bits(good.bits() + (bad.bits() - good.bits()) / 2);
            match example(self, middle) {
                Some(simpler) => (simplest, bad) = (simpler, middle),
                None => good = middle,
            }
        }
        Some(simplest)
    }

    /// What is found with slices of one element, or else with long ones.
    fn of_either_length(&mut self, mut find: impl FnMut(&mut Self) -> Option<Example>) -> Option<Example> {
        [1, place::LENGTH].into_iter().find_map(|length| {
            self.length = length;
            find(self)
        })
    }

    fn value(&mut self, x: T) -> T {
        self.first_of(x, self.length)
    }

    /// The first result of a slice of nothing but x.
    fn first_of(&mut self, x: T, length: usize) -> T {
        let (mut ignored, usual) = (Law::default(), Arrangement::default());
        self.memory.ask_at(self.kernel, &[x], length, usual, &mut ignored)[0]
    }

    /// A law about one result.
    fn breaks(&mut self, rule: Rule, x: T) -> Option<Example> {
        let result = self.value(x);
        self.expected.compute(self.function, &[x]);
        let tally = Tally::of_block(self.function, &[x], &[result], &self.expected, &mut [0.0]);
        let broken = match rule {
            Rule::Nan => tally.nan_faults,
            Rule::Range => tally.range_faults,
            Rule::SignOfZero => tally.wrong_zeros,
            Rule::SubnormalsKept => tally.lost_subnormals,
            Rule::Sign => tally.lost,
            Rule::Zero => tally.spurious,
            // At an infinity, or not about one result.
            _ => 0,
        };
        let against = Against::Truth { rounded: self.expected.rounded()[0].widen() };
        (broken > 0).then_some(Example { x: x.widen(), result: result.widen(), against })
    }

    fn misrounds(&mut self, x: T) -> Option<Example> {
        let result = self.value(x);
        self.expected.compute(self.function, &[x]);
        let rounded = self.expected.rounded()[0];
        let against = Against::Truth { rounded: rounded.widen() };
        laws::differ(result, rounded).then_some(Example { x: x.widen(), result: result.widen(), against })
    }

    /// In units in the last place.
    fn error(&mut self, x: T, result: T) -> f64 {
        self.expected.compute(self.function, &[x]);
        Tally::of_block(self.function, &[x], &[result], &self.expected, &mut [0.0]).max_ulp()
    }

    fn breaks_symmetry(&mut self, x: T) -> Option<Example> {
        let symmetry = self.function.symmetry()?;
        let [result, mirrored] = [x, x.negated()].map(|x| self.value(x));
        let should = if symmetry == Symmetry::Odd { mirrored.negated() } else { mirrored };
        let against = Against::Input { x: -x.widen(), result: mirrored.widen() };
        laws::differ(result, should).then_some(Example { x: x.widen(), result: result.widen(), against })
    }

    /// Two numbers with none between them whose results are in the wrong order.
    fn neighbours(&mut self, mut before: T, mut after: T) -> Option<Example> {
        let trend = self.function.trend();
        let same_sign = (before.widen() < 0.0) == (after.widen() < 0.0);
        let mut results = [before, after].map(|x| self.value(x));
        if !same_sign || !laws::fall(trend, [before, after], results) {
            return None;
        }
        while before.bits().abs_diff(after.bits()) > 1 {
            let middle = T::from_bits(before.bits().midpoint(after.bits()));
            let result = self.value(middle);
            // One of the halves falls, or the whole would not. Of two the one that is nearer to 0.
            let [first, second] =
                [([before, middle], [results[0], result]), ([middle, after], [result, results[1]])];
            let halves = if before.bits() < after.bits() { [first, second] } else { [second, first] };
            let (x, of_x) = halves.into_iter().find(|&(x, of_x)| laws::fall(trend, x, of_x))?;
            ([before, after], results) = (x, of_x);
        }
        let against = Against::Input { x: before.widen(), result: results[0].widen() };
        Some(Example { x: after.widen(), result: results[1].widen(), against })
    }

    /// The shortest slice of nothing but x in which one result is not that of a long slice of nothing but x; then the
    /// same with an x nearer to 0.
    fn shortest_alike(&mut self, x: T, example: &Example) -> Option<Example> {
        let Against::Place { result, length, offset, output_offset, .. } = example.against else {
            return None;
        };
        if laws::differ(self.first_of(x, place::LENGTH), T::narrow(result)) {
            return None;
        }
        let arrangements = [(0, 0), (offset, output_offset)];
        let found = (1..=length.min(LONGEST)).find_map(|length| {
            arrangements.into_iter().find_map(|(input, output)| {
                let arrangement = Arrangement { input, output, filling: None };
                self.differs_alike(x, length, arrangement).map(|example| (example, length, arrangement))
            })
        });
        let (found, length, arrangement) = found?;
        let nearest = self.nearest(x, |asking, x| asking.differs_alike(x, length, arrangement));
        nearest.or(Some(found))
    }

    fn differs_alike(&mut self, x: T, length: usize, arrangement: Arrangement) -> Option<Example> {
        let usual = self.first_of(x, place::LENGTH);
        let mut ignored = Law::default();
        let results = self.memory.ask_at(self.kernel, &[x], length, arrangement, &mut ignored);
        let index = results.iter().position(|&result| laws::differ(result, usual))?;
        let Arrangement { input: offset, output: output_offset, .. } = arrangement;
        let against = Against::Place { result: usual.widen(), index, length, offset, output_offset };
        Some(Example { x: x.widen(), result: results[index].widen(), against })
    }

    /// The shortest slice with which the kernel does the same to memory.
    fn shortest_written(&mut self, x: T, example: &Example) -> Option<Example> {
        let Against::Memory { fault, length, offset, output_offset, .. } = example.against else {
            return None;
        };
        let x = [if x.is_nan() { T::default() } else { x }];
        (0..=length.min(LONGEST)).find_map(|length| {
            [(0, 0), (offset, output_offset)].into_iter().find_map(|(input, output)| {
                let arrangement = Arrangement { input, output, filling: None };
                let mut written = Law::default();
                self.memory.ask_at(self.kernel, &x, length, arrangement, &mut written);
                let same = |example: &Example| {
                    matches!(example.against, Against::Memory { fault: found, .. } if found == fault)
                };
                written.example.filter(same)
            })
        })
    }
}
