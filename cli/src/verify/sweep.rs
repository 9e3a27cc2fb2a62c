//! Walks over the inputs on all cores, the truth computed once for all backends.

use indicatif::ProgressBar;
use rayon::prelude::*;
use sigmoid::{Element, Kernels};
use sigmoid_conformance::{Conformance, Function, Kernel, Report, Sampled};

use crate::options::DataType;

/// The points of the smallest f64 sample.
const FEWEST_DOUBLES: u64 = 1 << 16;

/// Which inputs are tried.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    stride: u64,
    points: u64,
}

impl Sample {
    /// Every `stride`-th f32, and that fraction of so many points of f64.
    pub fn new(stride: u64, points: u64) -> Self {
        Self { stride, points: (points / stride).max(FEWEST_DOUBLES.min(points)) }
    }

    pub fn inputs(self, dtype: DataType) -> u64 {
        match dtype {
            DataType::F32 => self.plan::<f32>(Function::Sigmoid).inputs(),
            DataType::F64 => self.plan::<f64>(Function::Sigmoid).inputs(),
        }
    }

    fn plan<T: Sampled>(self, function: Function) -> Conformance<T> {
        Conformance::new(function).stride(self.stride).points(self.points)
    }
}

/// What came of each of the kernels.
pub fn sweep<T: Sampled + Element>(
    function: Function,
    sigmoids: &[Kernels],
    sample: Sample,
    progress: &ProgressBar,
) -> Vec<Report> {
    let plan = sample.plan::<T>(function);
    let compute = |sigmoid: Kernels| {
        move |x: &[T], y: &mut [T]| match function {
            Function::Sigmoid => sigmoid.forward(x, y),
            _ => sigmoid.derivative(x, y),
        }
    };
    (0..plan.steps())
        .into_par_iter()
        .fold(
            || plan.examiner(sigmoids.len()),
            |mut examiner, step| {
                let mut kernels: Vec<_> = sigmoids.iter().map(|&sigmoid| compute(sigmoid)).collect();
                let mut kernels: Vec<_> =
                    kernels.iter_mut().map(|kernel| kernel as &mut Kernel<'_, T>).collect();
                progress.inc(examiner.step(step, &mut kernels));
                examiner
            },
        )
        .map(|examiner| examiner.into_reports())
        .reduce(|| plan.examiner(sigmoids.len()).into_reports(), merged)
}

fn merged(mut all: Vec<Report>, more: Vec<Report>) -> Vec<Report> {
    all.iter_mut().zip(&more).for_each(|(report, other)| report.merge(other));
    all
}
