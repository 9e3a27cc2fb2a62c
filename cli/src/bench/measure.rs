//! Carries out a plan.

use std::time::Duration;

use sigmoid::Accuracy;

use super::call::Threads;
use super::contenders::{Runner, runners};
use super::memory::Memory;
use super::number::Number;
use super::plan::Plan;
use super::statistics::{Nanoseconds, Statistics};
use crate::error::Error;
use crate::options::{Contender, DataType, Operation};

/// The time that a sample takes at least. A clock's tick and a call's start are nothing beside it.
const SAMPLE: Duration = Duration::from_micros(50);

/// The same for several threads, whose start and end are never quite together.
const SAMPLE_OF_THREADS: Duration = Duration::from_millis(1);

/// Calls that take less are preceded by one that is not timed. Longer ones work on more than the
/// caches hold.
const WARMED: Duration = Duration::from_millis(2);

/// The fewest samples of each contender, and the most.
const ROUNDS: (u32, u32) = (5, 1001);

/// The time of one contender at one length.
#[derive(Clone, Debug)]
pub struct Measurement {
    pub op: Operation,
    pub dtype: DataType,
    pub accuracy: Accuracy,
    pub contender: Contender,
    pub threads: usize,
    pub elements: usize,
    pub per_call: Statistics,
}

impl Measurement {
    pub fn per_element(&self) -> Statistics {
        self.per_call.per(self.elements)
    }

    /// Bytes that are read and written, in billions a second.
    pub fn gigabytes_per_second(&self) -> f64 {
        let streams = match (self.contender, self.op) {
            (Contender::Triad, _) => 3,
            (Contender::Copy | Contender::StreamCopy | Contender::Scale | Contender::Divide, _) => 2,
            (_, Operation::ForwardWithDerivative | Operation::Backward) => 3,
            (_, Operation::Forward | Operation::Derivative) => 2,
        };
        let element = match self.dtype {
            DataType::F32 => 4,
            DataType::F64 => 8,
        };
        f64::from(streams * element) / self.per_element().median.0
    }
}

/// Measures every contender at every length, in the order of the plan. Samples are taken in turn,
/// A B C A B C ..., so that whatever the machine does beside hits all alike.
pub fn measure(plan: &Plan) -> Result<Vec<Measurement>, Error> {
    match plan.dtype {
        DataType::F32 => measure_in::<f32>(plan),
        DataType::F64 => measure_in::<f64>(plan),
    }
}

fn measure_in<T: Number + Default>(plan: &Plan) -> Result<Vec<Measurement>, Error> {
    let runners = runners::<T>(plan)?;
    let mut measurements = Vec::new();
    for elements in plan.sizes.iter().map(|size| size.get()) {
        let times = times(&runners, &mut Memory::new(plan, elements)?, plan);
        measurements.extend(runners.iter().zip(times).map(|(runner, samples)| Measurement {
            op: plan.op,
            dtype: plan.dtype,
            accuracy: plan.accuracy,
            contender: runner.contender,
            threads: plan.threads.get(),
            elements,
            per_call: Statistics::of(samples),
        }));
    }
    Ok(measurements)
}

/// The samples of each contender at one length.
fn times<T: Number>(runners: &[Runner<T>], memory: &mut Memory<T>, plan: &Plan) -> Vec<Vec<Nanoseconds>> {
    let series: Vec<Series> = runners.iter().map(|runner| Series::of(runner, memory, plan)).collect();
    let mut samples = vec![Vec::new(); runners.len()];
    let mut spent = Duration::ZERO;
    for round in 0..ROUNDS.1 {
        if round >= ROUNDS.0 && spent >= plan.budget {
            break;
        }
        for ((runner, series), samples) in runners.iter().zip(&series).zip(&mut samples) {
            let time = runner.time(memory, series);
            spent += time;
            samples.push(Nanoseconds::each(time, series.calls));
        }
    }
    samples
}

/// The calls of one sample.
struct Series {
    calls: u64,
    /// Whether one call comes before them, untimed: it finds the caches as the contender before left
    /// them, and the pool's threads asleep. In place the refreshing of the inputs does as much.
    warm: bool,
}

impl Series {
    /// As many calls as make a sample long enough. (And the first ones, which are always slow, are
    /// over.)
    fn of<T: Number>(runner: &Runner<T>, memory: &mut Memory<T>, plan: &Plan) -> Self {
        let long_enough = match runner.threads {
            Threads::One => SAMPLE,
            Threads::Independent(_) | Threads::Pool(_) => SAMPLE_OF_THREADS,
        };
        let mut series = Self { calls: 1, warm: false };
        runner.time(memory, &series);
        let first = runner.time(memory, &series);
        series.warm = !plan.in_place && first < WARMED;
        while runner.time(memory, &series) < long_enough {
            series.calls *= 2;
        }
        series
    }
}

impl<T: Number> Runner<T> {
    fn time(&self, memory: &mut Memory<T>, series: &Series) -> Duration {
        self.threads.time(&self.calls, &mut memory.streams(), series.calls, series.warm)
    }
}
