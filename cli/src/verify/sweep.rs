//! Walks over the inputs on all cores, the truth computed once for all backends.

use half::{bf16, f16};
use indicatif::ProgressBar;
use rayon::prelude::*;
use sigmoid::Kernels;
use sigmoid_conformance::{Conformance, Function, Kernel, Report, Sampled};

use crate::operations::{DataType, Judge};

/// How a kernel is called.
pub type Slices<T> = dyn Fn(&Kernels, &[T], &mut [T]) + Send + Sync;

/// The points of the smallest f64 sample.
const FEWEST_DOUBLES: u64 = 1 << 16;

/// Which inputs are tried.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    stride: u64,
    points: u64,
}

impl Sample {
    /// Every `stride`-th f32, and that fraction of so many points of f64 or pairs.
    pub fn new(stride: u64, points: u64) -> Self {
        Self { stride, points: (points / stride).max(FEWEST_DOUBLES.min(points)) }
    }

    pub fn inputs(self, judge: Judge, dtype: DataType) -> u64 {
        match (judge, dtype) {
            (Judge::One(function), DataType::Bf16) => self.plan::<bf16>(function).inputs(),
            (Judge::One(function), DataType::F16) => self.plan::<f16>(function).inputs(),
            (Judge::One(function), DataType::F32) => self.plan::<f32>(function).inputs(),
            (Judge::One(function), DataType::F64) => self.plan::<f64>(function).inputs(),
            (Judge::Two(_), _) => self.points,
        }
    }

    /// The points of `f64`, or pairs.
    pub fn points(self) -> u64 {
        self.points
    }

    fn plan<T: Sampled>(self, function: Function) -> Conformance<T> {
        Conformance::new(function).stride(self.stride).points(self.points)
    }
}

/// What came of each of the kernels.
pub fn sweep<T: Sampled>(
    function: Function,
    kernels: &[Kernels],
    call: &Slices<T>,
    sample: Sample,
    progress: &ProgressBar,
) -> Vec<Report> {
    let plan = sample.plan::<T>(function);
    let compute = |kernels: Kernels| move |x: &[T], y: &mut [T]| call(&kernels, x, y);
    (0..plan.steps())
        .into_par_iter()
        .fold(
            || plan.examiner(kernels.len()),
            |mut examiner, step| {
                let mut calls: Vec<_> = kernels.iter().map(|&kernels| compute(kernels)).collect();
                let mut calls: Vec<_> = calls.iter_mut().map(|call| call as &mut Kernel<'_, T>).collect();
                progress.inc(examiner.step(step, &mut calls));
                examiner
            },
        )
        .map(|examiner| examiner.into_reports())
        .reduce(|| plan.examiner(kernels.len()).into_reports(), merged)
}

fn merged(mut all: Vec<Report>, more: Vec<Report>) -> Vec<Report> {
    all.iter_mut().zip(&more).for_each(|(report, other)| report.merge(other));
    all
}
