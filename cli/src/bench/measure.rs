//! Carries out a plan.

use std::time::Duration;

use half::{bf16, f16};
use sigmoid::Accuracy;
use sigmoid_measure::{Nanoseconds, Sampling, Statistics, interleave};

use super::call::Threads;
use super::contenders::{Runner, runners};
use super::memory::Memory;
use super::number::Number;
use super::plan::Plan;
use crate::error::Error;
use crate::operations::{DataType, Operation};
use crate::options::Contender;

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
        let streams = match self.contender {
            Contender::Triad => 3,
            Contender::Copy | Contender::StreamCopy | Contender::Scale | Contender::Divide => 2,
            _ => self.op.inputs() + self.op.outputs(),
        };
        (streams * self.dtype.size()) as f64 / self.per_element().median.0
    }
}

/// Measures every contender at every length, in the order of the plan. Samples are taken in turn,
/// A B C A B C ..., so that whatever the machine does beside hits all alike.
pub fn measure(plan: &Plan) -> Result<Vec<Measurement>, Error> {
    match plan.dtype {
        DataType::F32 => measure_in::<f32>(plan),
        DataType::F64 => measure_in::<f64>(plan),
        DataType::Bf16 => measure_in::<bf16>(plan),
        DataType::F16 => measure_in::<f16>(plan),
    }
}

fn measure_in<T: Number>(plan: &Plan) -> Result<Vec<Measurement>, Error> {
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
    let sampling = |runner: &Runner<T>| Sampling {
        sample: match runner.threads {
            Threads::One => SAMPLE,
            Threads::Independent(_) | Threads::Pool(_) => SAMPLE_OF_THREADS,
        },
        // In place the refreshing of the inputs does as much.
        warm: !plan.in_place,
    };
    let samplings: Vec<Sampling> = runners.iter().map(sampling).collect();
    interleave(&samplings, ROUNDS, plan.budget, |i, calls, warm| {
        let runner = &runners[i];
        runner.threads.time(&runner.calls, &mut memory.streams(), calls, warm)
    })
}
