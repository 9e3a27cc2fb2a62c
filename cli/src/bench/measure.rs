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
    let at_length = |elements: usize| {
        let times = times(&runners, &mut Memory::new(plan, elements), plan.budget);
        runners.iter().zip(times).map(move |(runner, samples)| Measurement {
            op: plan.op,
            dtype: plan.dtype,
            accuracy: plan.accuracy,
            contender: runner.contender,
            threads: plan.threads.get(),
            elements,
            per_call: Statistics::of(samples),
        })
    };
    Ok(plan.sizes.iter().flat_map(|size| at_length(size.get())).collect())
}

/// The samples of each contender at one length.
fn times<T: Number>(
    runners: &[Runner<T>],
    memory: &mut Memory<T>,
    budget: Duration,
) -> Vec<Vec<Nanoseconds>> {
    let calls: Vec<u64> = runners.iter().map(|runner| calls_for_a_sample(runner, memory)).collect();
    let mut samples = vec![Vec::new(); runners.len()];
    let mut spent = Duration::ZERO;
    for round in 0..ROUNDS.1 {
        if round >= ROUNDS.0 && spent >= budget {
            break;
        }
        for ((runner, &calls), samples) in runners.iter().zip(&calls).zip(&mut samples) {
            let time = runner.time(memory, calls);
            spent += time;
            samples.push(Nanoseconds::each(time, calls));
        }
    }
    samples
}

/// How often to call for a sample that is long enough. (And the first calls, which are always
/// slow, are over.)
fn calls_for_a_sample<T: Number>(runner: &Runner<T>, memory: &mut Memory<T>) -> u64 {
    let long_enough = match runner.threads {
        Threads::One => SAMPLE,
        Threads::Independent(_) | Threads::Pool(_) => SAMPLE_OF_THREADS,
    };
    let mut calls = 1;
    runner.time(memory, calls);
    while runner.time(memory, calls) < long_enough {
        calls *= 2;
    }
    calls
}

impl<T: Number> Runner<T> {
    fn time(&self, memory: &mut Memory<T>, calls: u64) -> Duration {
        self.threads.time(&self.calls, &mut memory.streams(), calls)
    }
}
