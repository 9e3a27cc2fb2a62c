//! Samples of many contenders, in turn.

use std::time::Duration;

use crate::statistics::Nanoseconds;

/// Calls that take less are preceded by one that is not timed. Longer ones work on more than the
/// caches hold.
const WARMED: Duration = Duration::from_millis(2);

/// How a contender is sampled.
#[derive(Clone, Copy, Debug)]
pub struct Sampling {
    /// The time that a sample takes at least: that of as many calls as need be.
    pub sample: Duration,
    /// Whether short calls are preceded by one that is not timed: it finds the caches as the
    /// contender before left them, and a pool's threads asleep.
    pub warm: bool,
}

/// The calls of one sample.
struct Series {
    calls: u64,
    warm: bool,
}

/// Samples of each contender, in turn: A B C A B C ..., so that whatever the machine does beside hits all
/// alike. Each gets the fewest `rounds` at least, and the most at most; in between it ends when all
/// samples together have taken the `budget`.
///
/// `time(i, calls, warm)` makes so many calls of the contender at `i`, after one that is not timed
/// if `warm` is set, and tells how long they took.
pub fn interleave(
    contenders: &[Sampling],
    rounds: (u32, u32),
    budget: Duration,
    mut time: impl FnMut(usize, u64, bool) -> Duration,
) -> Vec<Vec<Nanoseconds>> {
    let series: Vec<Series> = (0..contenders.len())
        .map(|i| Series::of(contenders[i], |calls, warm| time(i, calls, warm)))
        .collect();
    let mut samples = vec![Vec::new(); contenders.len()];
    let mut spent = Duration::ZERO;
    for round in 0..rounds.1 {
        if round >= rounds.0 && spent >= budget {
            break;
        }
        for (i, (series, samples)) in series.iter().zip(&mut samples).enumerate() {
            let time = time(i, series.calls, series.warm);
            spent += time;
            samples.push(Nanoseconds::each(time, series.calls));
        }
    }
    samples
}

impl Series {
    /// As many calls as make a sample long enough. (And the first ones, which are always slow, are
    /// over.)
    fn of(sampling: Sampling, mut time: impl FnMut(u64, bool) -> Duration) -> Self {
        let mut series = Self { calls: 1, warm: false };
        time(1, false);
        let first = time(1, false);
        series.warm = sampling.warm && first < WARMED;
        while time(series.calls, series.warm) < sampling.sample {
            series.calls *= 2;
        }
        series
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_turn_and_long_enough() {
        let sampling = Sampling { sample: Duration::from_micros(50), warm: true };
        let mut order = Vec::new();
        let each = [Duration::from_micros(1), Duration::from_millis(3)];
        let samples = interleave(&[sampling; 2], (3, 3), Duration::MAX, |i, calls, warm| {
            order.push((i, calls, warm));
            each[i] * calls as u32
        });
        assert_eq!(order[order.len() - 6..], [(0, 64, true), (1, 1, false)].repeat(3));
        assert_eq!(samples, [vec![Nanoseconds(1000.0); 3], vec![Nanoseconds(3e6); 3]]);
    }

    #[test]
    fn the_budget_ends_it_but_not_before_the_fewest_rounds() {
        let sampling = Sampling { sample: Duration::ZERO, warm: false };
        let count = |budget| {
            let second = Duration::from_secs(1);
            interleave(&[sampling], (2, 9), budget, |_, _, _| second)[0].len()
        };
        assert_eq!([0, 5, 100].map(|budget| count(Duration::from_secs(budget))), [2, 5, 9]);
    }
}
