//! Whether results rise and fall as the functions do, and whether those of even and odd functions are so.

use crate::conformance::Kernel;
use crate::format::Format;
use crate::function::{Symmetry, Trend};
use crate::instructions::{self, Loop};
use crate::memory::Memory;
use crate::report::{Against, Example, Law, Report};
use crate::sample::Sampled;

/// Each result against that of the input before it.
pub(crate) fn monotone<T: Sampled>(trend: Trend, x: &[T], results: &[T], law: &mut Law) {
    if trend == Trend::Turns {
        return;
    }
    let pairs = Pairs { trend, x, results };
    let (checked, broken) = instructions::run(pairs);
    law.count(checked, broken);
    if broken == 0 {
        return;
    }
    // An example is looked for only where a nearer one to 0 may be: some implementations break this law
    // in most blocks.
    let kept = law.example.map_or(f64::INFINITY, |example| example.x.abs());
    for i in 1..x.len() {
        if x[i].widen().abs() <= kept && pair(trend, [x[i - 1], x[i]], [results[i - 1], results[i]]).broken {
            let against = Against::Input { x: x[i - 1].widen(), result: results[i - 1].widen() };
            law.show(Example { x: x[i].widen(), result: results[i].widen(), against });
        }
    }
}

struct Pairs<'a, T> {
    trend: Trend,
    x: &'a [T],
    results: &'a [T],
}

impl<T: Format> Loop for Pairs<'_, T> {
    type Output = (u64, u64);

    #[inline(always)]
    fn run(self) -> (u64, u64) {
        // A loop for each.
        match self.trend {
            Trend::Rises => self.count(Trend::Rises),
            Trend::RisesThenFalls => self.count(Trend::RisesThenFalls),
            Trend::Turns => (0, 0),
        }
    }
}

impl<T: Format> Pairs<'_, T> {
    #[inline(always)]
    fn count(&self, trend: Trend) -> (u64, u64) {
        let len = self.x.len();
        if len < 2 {
            return (0, 0);
        }
        let (before, after) = (&self.x[..len - 1], &self.x[1..len]);
        let (first, second) = (&self.results[..len - 1], &self.results[1..len]);
        // Counters as wide as the numbers would be faster still, but this is not what takes the time.
        let (mut checked, mut broken) = (0, 0);
        for i in 0..len - 1 {
            let verdict = pair(trend, [before[i], after[i]], [first[i], second[i]]);
            checked += u64::from(verdict.ordered);
            broken += u64::from(verdict.broken);
        }
        (checked, broken)
    }
}

/// Whether the results of two inputs are in the wrong order.
pub(crate) fn fall<T: Format>(trend: Trend, x: [T; 2], results: [T; 2]) -> bool {
    pair(trend, x, results).broken
}

struct Verdict {
    /// Whether the order of the inputs says which result is to be the larger one.
    ordered: bool,
    broken: bool,
}

#[inline(always)]
fn pair<T: Format>(trend: Trend, [a, b]: [T; 2], [of_a, of_b]: [T; 2]) -> Verdict {
    let zero = T::default();
    // Where the function goes up from a to b, and where it goes down. NaN is neither.
    let (up, down) = match trend {
        Trend::Turns => (false, false),
        Trend::Rises => (a < b, a > b),
        Trend::RisesThenFalls => {
            let (left, right) = ((a <= zero) & (b <= zero), (a >= zero) & (b >= zero));
            let (rises, falls) = (a < b, a > b);
            ((left & rises) | (right & falls), (left & falls) | (right & rises))
        }
    };
    Verdict { ordered: up | down, broken: (up & (of_a > of_b)) | (down & (of_a < of_b)) }
}

/// 0 and -0 are one number: the chain of comparisons goes over both of them.
pub(crate) fn zeros<T: Sampled>(kernel: &mut Kernel<'_, T>, memory: &mut Memory<T>, report: &mut Report) {
    let zeros = [T::narrow(-0.0), T::narrow(0.0)];
    let results = memory.ask(kernel, &zeros, &mut report.written);
    let (law, broken) = (&mut report.monotone, differ(results[0], results[1]));
    law.count(1, broken.into());
    if broken {
        let against = Against::Input { x: -0.0, result: results[0].widen() };
        law.show(Example { x: 0.0, result: results[1].widen(), against });
    }
}

/// The results for x against those for -x, which should be the same, or the same with the other sign.
pub(crate) fn symmetric<T: Sampled>(
    symmetry: Symmetry,
    x: &[T],
    [results, mirrored]: [&[T]; 2],
    law: &mut Law,
) {
    let broken = match symmetry {
        Symmetry::Even => instructions::run(Mirror::<T, false> { results, mirrored }),
        Symmetry::Odd => instructions::run(Mirror::<T, true> { results, mirrored }),
    };
    law.count(x.len() as u64, broken);
    if broken == 0 {
        return;
    }
    for ((x, &result), &of_mirrored) in x.iter().zip(results).zip(mirrored) {
        let should = if symmetry == Symmetry::Odd { of_mirrored.negated() } else { of_mirrored };
        if differ(result, should) {
            let against = Against::Input { x: -x.widen(), result: of_mirrored.widen() };
            law.show(Example { x: x.widen(), result: result.widen(), against });
        }
    }
}

struct Mirror<'a, T, const ODD: bool> {
    results: &'a [T],
    mirrored: &'a [T],
}

impl<T: Sampled, const ODD: bool> Loop for Mirror<'_, T, ODD> {
    type Output = u64;

    #[inline(always)]
    fn run(self) -> u64 {
        let pairs = self.results.iter().zip(self.mirrored);
        pairs.map(|(&a, &b)| u64::from(differ(a, if ODD { b.negated() } else { b }))).sum()
    }
}

#[inline(always)]
pub(crate) fn differ<T: Format>(a: T, b: T) -> bool {
    (a.bits() != b.bits()) & !(a.is_nan() & b.is_nan())
}
