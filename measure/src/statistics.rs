//! Times, and what is quoted of many of them.

use std::fmt;
use std::time::Duration;

/// A time.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Nanoseconds(
    /// How many.
    pub f64,
);

impl Nanoseconds {
    /// The time of one of so many.
    pub fn each(total: Duration, count: u64) -> Self {
        Self(total.as_nanos() as f64 / count as f64)
    }

    /// How many times as long as the other.
    pub fn over(self, other: Self) -> f64 {
        self.0 / other.0
    }
}

/// Three significant digits or so.
impl fmt::Display for Nanoseconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&match self.0 {
            ns if ns < 10.0 => format!("{ns:.3}"),
            ns if ns < 100.0 => format!("{ns:.2}"),
            ns => format!("{ns:.1}"),
        })
    }
}

/// What is quoted of many samples of one time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Statistics {
    /// Half of the samples took no longer.
    pub median: Nanoseconds,
    /// The shortest sample.
    pub minimum: Nanoseconds,
    /// How many there were.
    pub samples: usize,
}

impl Statistics {
    /// Panics without samples.
    pub fn of(mut samples: Vec<Nanoseconds>) -> Self {
        samples.sort_by(|a, b| a.0.total_cmp(&b.0));
        let last = samples.len() - 1;
        let median = Nanoseconds((samples[last / 2].0 + samples[last.div_ceil(2)].0) / 2.0);
        Self { median, minimum: samples[0], samples: samples.len() }
    }

    /// The same of a part of what was timed.
    pub fn per(self, parts: usize) -> Self {
        let part = |whole: Nanoseconds| Nanoseconds(whole.0 / parts as f64);
        Self { median: part(self.median), minimum: part(self.minimum), samples: self.samples }
    }

    /// How many times as long as the quickest sample the median is. 1 is a quiet machine.
    pub fn spread(&self) -> f64 {
        self.median.over(self.minimum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians() {
        let of = |times: &[f64]| Statistics::of(times.iter().copied().map(Nanoseconds).collect());
        let odd = of(&[3.0, 1.0, 2.0]);
        assert_eq!((odd.median.0, odd.minimum.0, odd.samples), (2.0, 1.0, 3));
        assert_eq!(of(&[4.0, 1.0, 2.0, 3.0]).median.0, 2.5);
        assert_eq!(of(&[7.0]).spread(), 1.0);
        assert_eq!(odd.per(2).median.0, 1.0);
    }
}
