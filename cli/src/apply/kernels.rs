//! What is done to a block of elements: the library's call for each operation and format.

use std::path::Path;

use bytemuck::Pod;
use half::slice::HalfFloatSliceExt;
use half::{bf16, f16};
use rayon::prelude::*;
use sigmoid::{Accuracy, ops};
use sigmoid_measure::cpu;

use super::format::Format;
use crate::error::Error;
use crate::options::{self, FileOperation};
use crate::pool::pool;

/// An operation with its parameters, and how it is computed.
pub struct Kernels {
    work: Work,
    /// None: the plain call on this thread.
    pool: Option<rayon::ThreadPool>,
}

impl Kernels {
    pub fn new(options: &options::Apply) -> Result<Self, Error> {
        let sigmoid = options.backend.sigmoid()?.accuracy(options.accuracy);
        let pool = match options.threads.map_or_else(cpu::threads, usize::from) {
            1 => None,
            threads => Some(pool(threads)?),
        };
        let plain = ops::SwiGlu::default();
        let gate = ops::SwiGlu {
            alpha: options.alpha.unwrap_or(plain.alpha),
            limit: options.limit.unwrap_or(plain.limit),
            offset: options.offset.unwrap_or(plain.offset),
        };
        let scaled = ops::Scaled(options.scale.unwrap_or(1.0));
        let work = Work { op: options.op, gate, scaled, sigmoid: sigmoid.parallel(pool.is_some()) };
        Ok(Self { work, pool })
    }

    /// Refuses what the library does not compute.
    pub fn check(&self, format: Format, path: &Path) -> Result<(), Error> {
        let Work { op, sigmoid, .. } = self.work;
        if op == FileOperation::Gelu && format == Format::F64 {
            return Err(Error::NotInFormat { op, format, path: path.to_owned() });
        }
        let is_half = matches!(format, Format::F16 | Format::Bf16);
        let has_exact = match op {
            FileOperation::Sigmoid | FileOperation::SigmoidDerivative => true,
            FileOperation::SigmoidBackward => !is_half,
            FileOperation::Silu => is_half,
            _ => false,
        };
        if sigmoid.selected_accuracy() == Accuracy::Exact && !has_exact {
            return Err(Error::NotExact { op, format, path: path.to_owned() });
        }
        Ok(())
    }

    /// Puts the results over the first input. Where there is no second one, `other` is empty.
    pub fn apply<T: Element>(&self, block: &mut [T], other: &[T]) {
        match &self.pool {
            None => T::apply(&self.work, block, other),
            Some(pool) => pool.install(|| T::apply(&self.work, block, other)),
        }
    }
}

/// What is to be computed, without the threads.
pub struct Work {
    op: FileOperation,
    gate: ops::SwiGlu,
    scaled: ops::Scaled,
    sigmoid: sigmoid::Kernels,
}

/// An element as it lies in memory and, the bytes in either order, in a file.
pub trait Element: Pod + Send + Sync {
    /// Reverses the bytes of each. As integers: what they make on the way may be no number.
    fn reverse_bytes(block: &mut [Self]);

    /// As [`Kernels::apply`], of an operation and a format that [`Kernels::check`] has nothing against.
    fn apply(work: &Work, block: &mut [Self], other: &[Self]);
}

/// Expands to the bytes of an element seen as such an integer.
macro_rules! reverse_bytes {
    ($bits:ty) => {
        fn reverse_bytes(block: &mut [Self]) {
            let bits: &mut [$bits] = bytemuck::cast_slice_mut(block);
            bits.iter_mut().for_each(|bits| *bits = bits.swap_bytes());
        }
    };
}

/// Expands to the element that has every operation; gelu is handed over, for f64 has none.
macro_rules! single_or_double {
    ($number:ty, $bits:ty, $gelu:expr) => {
        impl Element for $number {
            reverse_bytes!($bits);

            fn apply(work: &Work, block: &mut [Self], other: &[Self]) {
                use FileOperation as Op;

                let kernels = work.sigmoid;
                match work.op {
                    Op::Sigmoid => kernels.map_in_place(ops::Sigmoid, block),
                    Op::SigmoidDerivative => kernels.map_in_place(ops::SigmoidDerivative, block),
                    Op::Silu => kernels.map_in_place(ops::Silu, block),
                    Op::SiluDerivative => kernels.map_in_place(ops::SiluDerivative, block),
                    Op::QuickGelu => kernels.map_in_place(ops::QuickGelu, block),
                    Op::GeluTanh => kernels.map_in_place(ops::GeluTanh, block),
                    Op::Gelu => $gelu(kernels, block),
                    Op::Tanh => kernels.map_in_place(ops::Tanh, block),
                    Op::TanhDerivative => kernels.map_in_place(ops::TanhDerivative, block),
                    Op::Softplus => kernels.map_in_place(ops::Softplus, block),
                    Op::LogSigmoid => kernels.map_in_place(ops::LogSigmoid, block),
                    Op::Logit => kernels.map_in_place(ops::Logit, block),
                    Op::Scaled => kernels.map_in_place(work.scaled, block),
                    Op::SwiGlu => kernels.zip_into_first(work.gate, block, other),
                    Op::Glu => kernels.zip_into_first(ops::Glu, block, other),
                    Op::BceWithLogits => kernels.zip_into_first(ops::BceWithLogits, block, other),
                    Op::BceWithLogitsGradient => {
                        kernels.zip_into_first(ops::BceWithLogitsGradient, block, other)
                    }
                    Op::SigmoidBackward => kernels.zip_into_first(ops::SigmoidBackward, block, other),
                    Op::SiluBackward => kernels.zip_into_first(ops::SiluBackward, block, other),
                    Op::GeluTanhBackward => kernels.zip_into_first(ops::GeluTanhBackward, block, other),
                    Op::TanhBackward => kernels.zip_into_first(ops::TanhBackward, block, other),
                    Op::SoftplusBackward => kernels.zip_into_first(ops::SoftplusBackward, block, other),
                    Op::LogSigmoidBackward => kernels.zip_into_first(ops::LogSigmoidBackward, block, other),
                }
            }
        }
    };
}

single_or_double!(f32, u32, |kernels: sigmoid::Kernels, block| kernels.map_in_place(ops::Gelu, block));
single_or_double!(f64, u64, |_, _: &mut [f64]| unreachable!("refused before"));

/// Expands to the element that has kernels of its own for some operations, and for the others is computed in f32.
macro_rules! half_precision {
    ($number:ty) => {
        impl Element for $number {
            reverse_bytes!(u16);

            fn apply(work: &Work, block: &mut [Self], other: &[Self]) {
                let kernels = work.sigmoid;
                match work.op {
                    FileOperation::Sigmoid => kernels.map_in_place(ops::Sigmoid, block),
                    FileOperation::SigmoidDerivative => kernels.map_in_place(ops::SigmoidDerivative, block),
                    FileOperation::Silu => kernels.map_in_place(ops::Silu, block),
                    FileOperation::SwiGlu => kernels.zip_into_first(work.gate, block, other),
                    _ => in_f32(work, block, other),
                }
            }
        }
    };
}

half_precision!(bf16);
half_precision!(f16);

/// How many elements are f32 at a time: as many as the fastest cache holds.
const PIECE: usize = 2048;

/// How many a thread takes at least.
const SHARE: usize = 32 * PIECE;

/// Computes in f32, and rounds each result once.
fn in_f32<T: Element>(work: &Work, block: &mut [T], other: &[T])
where
    [T]: HalfFloatSliceExt,
{
    let alone = Work { sigmoid: work.sigmoid.parallel(false), ..*work };
    let compute = |start: usize, elements: &mut [T]| {
        let (mut first, mut second) = ([0.0; PIECE], [0.0; PIECE]);
        for (i, piece) in elements.chunks_mut(PIECE).enumerate() {
            let first = &mut first[..piece.len()];
            piece.convert_to_f32_slice(first);
            let start = start + i * PIECE;
            let beside = other.get(start..start + piece.len()).unwrap_or(&[]);
            let second = &mut second[..beside.len()];
            beside.convert_to_f32_slice(second);
            f32::apply(&alone, first, second);
            piece.convert_from_f32_slice(first);
        }
    };
    if work.sigmoid.is_parallel() {
        block.par_chunks_mut(SHARE).enumerate().for_each(|(i, elements)| compute(i * SHARE, elements));
    } else {
        compute(0, block);
    }
}
