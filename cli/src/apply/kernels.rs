//! What is done to a block of elements: the library's call for each operation and format.

use std::path::Path;

use bytemuck::Pod;
use half::{bf16, f16};
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
        if !op.is_in(format) {
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
            None => self.work.run(block, other),
            Some(pool) => pool.install(|| self.work.run(block, other)),
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
    /// Of an operation and a format that [`Kernels::check`] has nothing against.
    fn run<T: InLibrary>(self, block: &mut [T], other: &[T]) {
        let in_place = InPlace { kernels: self.kernels, block, other };
        T::with_parameters(self.op, self.parameters, in_place).expect("the library has it in the format");
    }
}

/// An element as it lies in memory and, the bytes in either order, in a file.
pub trait Element: InLibrary + Pod {
    /// Reverses the bytes of each. As integers: what they make on the way may be no number.
    fn reverse_bytes(block: &mut [Self]);
}

/// Expands to an element whose bytes are those of such an integer.
macro_rules! element {
    ($($number:ty, $bits:ty;)*) => {$(
        impl Element for $number {
            fn reverse_bytes(block: &mut [Self]) {
                let bits: &mut [$bits] = bytemuck::cast_slice_mut(block);
                bits.iter_mut().for_each(|bits| *bits = bits.swap_bytes());
            }
        }
    )*};
}

element! {
    f32, u32;
    f64, u64;
    bf16, u16;
    f16, u16;
}
