//! Walks over the inputs on all cores, the truth computed once for all backends.

use indicatif::ProgressBar;
use rayon::prelude::*;
use sigmoid::{Element, Sigmoid};
use sigmoid_conformance::{Expected, Function, Judged, Tally, sample};

use crate::options::DataType;

/// Elements in a block: all that is kept for one fits the second-level cache.
const BLOCK: usize = 4096;

/// The points of the whole f64 sample.
const DOUBLES: u64 = 1 << 24;

/// The points of the smallest f64 sample.
const FEWEST_DOUBLES: u64 = 1 << 16;

/// Which inputs are tried.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    stride: u64,
}

impl Sample {
    pub fn new(stride: u64) -> Self {
        Self { stride }
    }

    pub fn inputs(self, dtype: DataType) -> u64 {
        match dtype {
            DataType::F32 => f32::inputs(self),
            DataType::F64 => f64::inputs(self),
        }
    }
}

/// A format whose inputs come in numbered blocks.
pub trait Sampled: Judged + Element {
    fn inputs(sample: Sample) -> u64;

    /// Fills a block, which may be shorter than the last.
    fn fill(sample: Sample, index: u64, block: &mut [Self]);
}

impl Sampled for f32 {
    fn inputs(sample: Sample) -> u64 {
        sample::SINGLES.div_ceil(sample.stride)
    }

    fn fill(sample: Sample, index: u64, block: &mut [f32]) {
        sample::single(index * BLOCK as u64 * sample.stride, sample.stride, block);
    }
}

impl Sampled for f64 {
    fn inputs(sample: Sample) -> u64 {
        (DOUBLES / sample.stride).max(FEWEST_DOUBLES)
    }

    fn fill(_: Sample, index: u64, block: &mut [f64]) {
        sample::double(index, block);
    }
}

/// What came of each of the kernels.
pub fn sweep<T: Sampled>(
    function: Function,
    sigmoids: &[Sigmoid],
    sample: Sample,
    progress: &ProgressBar,
) -> Vec<Tally> {
    let inputs = T::inputs(sample);
    let blocks = inputs.div_ceil(BLOCK as u64);
    (0..blocks)
        .into_par_iter()
        .fold(
            || Bench::<T>::new(sigmoids.len()),
            |mut bench, index| {
                let len = (inputs - index * BLOCK as u64).min(BLOCK as u64) as usize;
                bench.x.resize(len, T::default());
                T::fill(sample, index, &mut bench.x);
                bench.judge(function, sigmoids);
                progress.inc(len as u64);
                bench
            },
        )
        .map(|bench| bench.tallies)
        .reduce(|| vec![Tally::default(); sigmoids.len()], merged)
}

fn merged(mut all: Vec<Tally>, more: Vec<Tally>) -> Vec<Tally> {
    all.iter_mut().zip(&more).for_each(|(tally, other)| tally.merge(other));
    all
}

/// Where one thread judges one block after another.
struct Bench<T> {
    x: Vec<T>,
    results: Vec<T>,
    expected: Expected<T>,
    tallies: Vec<Tally>,
}

impl<T: Sampled> Bench<T> {
    fn new(kernels: usize) -> Self {
        let tallies = vec![Tally::default(); kernels];
        Self { x: Vec::new(), results: Vec::new(), expected: Expected::default(), tallies }
    }

    fn judge(&mut self, function: Function, sigmoids: &[Sigmoid]) {
        self.expected.compute(function, &self.x);
        self.results.resize(self.x.len(), T::default());
        for (sigmoid, tally) in sigmoids.iter().zip(&mut self.tallies) {
            match function {
                Function::Sigmoid => sigmoid.forward(&self.x, &mut self.results),
                Function::Derivative => sigmoid.derivative(&self.x, &mut self.results),
            }
            tally.add(function, &self.x, &self.results, &self.expected);
        }
    }
}
