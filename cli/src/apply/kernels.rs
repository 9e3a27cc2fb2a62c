//! What is done to a block of elements: the library's call for each operation and format.

use std::path::Path;

use bytemuck::Pod;
use half::slice::HalfFloatSliceExt;
use half::{bf16, f16};
use rayon::prelude::*;
use sigmoid::ops::{Gradients, Map, Zip};
use sigmoid::{Accuracy, ops};
use sigmoid_measure::cpu;

use crate::error::Error;
use crate::operations::DataType;
use crate::operations::{InLibrary, Operation, Parameters, With};
use crate::options;
use crate::pool::pool;

/// An operation with its parameters, and how it is computed.
pub struct Kernels {
    work: Work,
    /// None: the plain call on this thread.
    pool: Option<rayon::ThreadPool>,
}

impl Kernels {
    pub fn new(options: &options::Apply) -> Result<Self, Error> {
        let kernels = options.backend.kernels()?.accuracy(options.accuracy);
        let pool = match options.threads.map_or_else(cpu::threads, usize::from) {
            1 => None,
            threads => Some(pool(threads)?),
        };
        let Parameters { gate, scaled } = Parameters::default();
        let parameters = Parameters {
            gate: ops::SwiGlu {
                alpha: options.alpha.unwrap_or(gate.alpha),
                limit: options.limit.unwrap_or(gate.limit),
                offset: options.offset.unwrap_or(gate.offset),
            },
            scaled: options.scale.map_or(scaled, ops::Scaled),
        };
        let work = Work { op: options.op, parameters, kernels: kernels.parallel(pool.is_some()) };
        Ok(Self { work, pool })
    }

    /// Refuses what the library does not compute.
    pub fn check(&self, format: DataType, path: &Path) -> Result<(), Error> {
        let Work { op, kernels, .. } = self.work;
        let path = || path.to_owned();
        if op == Operation::Gelu && format == DataType::F64 {
            return Err(Error::NotInFormat { op, format, path: path() });
        }
        if kernels.selected_accuracy() == Accuracy::Exact && !op.has_exact(format) {
            return Err(Error::NotExact { op, format, path: path() });
        }
        Ok(())
    }

    /// Puts the results over the first input. Where there is no second one, `other` is empty.
    pub fn apply<T: Element>(&self, block: &mut [T], other: &[T]) {
        match &self.pool {
            None => T::apply(self.work, block, other),
            Some(pool) => pool.install(|| T::apply(self.work, block, other)),
        }
    }
}

/// What is to be computed, without the threads.
#[derive(Clone, Copy)]
pub struct Work {
    op: Operation,
    parameters: Parameters,
    kernels: sigmoid::Kernels,
}

/// The results over the first input.
struct InPlace<'a, T> {
    kernels: sigmoid::Kernels,
    block: &'a mut [T],
    other: &'a [T],
}

impl<T: InLibrary> With<T> for InPlace<'_, T> {
    type Output = ();

    fn map(self, op: impl Map<T> + Send + Sync + 'static) {
        self.kernels.map_in_place(op, self.block);
    }

    fn zip(self, op: impl Zip<T> + Send + Sync + 'static) {
        self.kernels.zip_into_first(op, self.block, self.other);
    }

    fn gradients(self, _: impl Gradients<T> + Send + Sync + 'static) {
        unreachable!("two results are not asked for");
    }

    fn sigmoid_with_derivative(self) {
        unreachable!("two results are not asked for");
    }
}

impl Work {
    /// Whether there is such an operation in the format.
    fn run<T: InLibrary>(self, block: &mut [T], other: &[T]) -> bool {
        let in_place = InPlace { kernels: self.kernels, block, other };
        T::with_parameters(self.op, self.parameters, in_place).is_some()
    }
}

/// An element as it lies in memory and, the bytes in either order, in a file.
pub trait Element: InLibrary + Pod {
    /// Reverses the bytes of each. As integers: what they make on the way may be no number.
    fn reverse_bytes(block: &mut [Self]);

    /// As [`Kernels::apply`], of an operation and a format that [`Kernels::check`] has nothing against.
    fn apply(work: Work, block: &mut [Self], other: &[Self]);
}

/// Expands to an element whose bytes are those of such an integer, and which is computed so.
macro_rules! element {
    ($($number:ty, $bits:ty, $apply:expr;)*) => {$(
        impl Element for $number {
            fn reverse_bytes(block: &mut [Self]) {
                let bits: &mut [$bits] = bytemuck::cast_slice_mut(block);
                bits.iter_mut().for_each(|bits| *bits = bits.swap_bytes());
            }

            fn apply(work: Work, block: &mut [Self], other: &[Self]) {
                $apply(work, block, other);
            }
        }
    )*};
}

element! {
    f32, u32, Work::run;
    f64, u64, Work::run;
    bf16, u16, half_precision;
    f16, u16, half_precision;
}

/// By kernels of its own, if the library has them.
fn half_precision<T: Element>(work: Work, block: &mut [T], other: &[T])
where
    [T]: HalfFloatSliceExt,
{
    if !work.run(block, other) {
        in_f32(work, block, other);
    }
}

/// How many elements are f32 at a time: as many as the fastest cache holds.
const PIECE: usize = 2048;

/// How many a thread takes at least.
const SHARE: usize = 32 * PIECE;

/// Computes in f32, and rounds each result once.
fn in_f32<T: Element>(work: Work, block: &mut [T], other: &[T])
where
    [T]: HalfFloatSliceExt,
{
    let alone = Work { kernels: work.kernels.parallel(false), ..work };
    let compute = |start: usize, elements: &mut [T]| {
        let (mut first, mut second) = ([0.0; PIECE], [0.0; PIECE]);
        for (i, piece) in elements.chunks_mut(PIECE).enumerate() {
            let first = &mut first[..piece.len()];
            piece.convert_to_f32_slice(first);
            let start = start + i * PIECE;
            let beside = other.get(start..start + piece.len()).unwrap_or(&[]);
            let second = &mut second[..beside.len()];
            beside.convert_to_f32_slice(second);
            alone.run(first, second);
            piece.convert_from_f32_slice(first);
        }
    };
    if work.kernels.is_parallel() {
        block.par_chunks_mut(SHARE).enumerate().for_each(|(i, elements)| compute(i * SHARE, elements));
    } else {
        compute(0, block);
    }
}
