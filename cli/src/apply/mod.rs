//! Applies an operation to every element of an .npy file.
//!
//! The header goes from the input to the output byte for byte, and with it shape, order and
//! version. The elements follow in blocks: however long the array, one block is in memory.

mod header;
mod stream;

use std::fs::File;
use std::io::Write;
use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressStyle};
use sigmoid::Element;

use self::header::Header;
use self::stream::{Number, Stream};
use crate::error::Error;
use crate::options::{self, DataType, ElementwiseOperation};
use crate::pool::pool;
use crate::target::Target;
use sigmoid_measure::cpu;

pub fn run(options: &options::Apply) -> Result<ExitCode, Error> {
    let kernels = Kernels::new(options)?;
    let unreadable = |source| Error::Read { path: options.input.clone(), source };
    let mut input = File::open(&options.input).map_err(unreadable)?;
    let header = Header::read(&mut input, &options.input)?;

    let mut target = Target::create(&options.output)?;
    target.write_all(&header.bytes).map_err(|source| target.error(source))?;

    // Drawn on a terminal only.
    let progress = ProgressBar::new(header.data_bytes).with_style(
        ProgressStyle::with_template("{wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta} left")
            .expect("a valid template"),
    );
    let mut stream = Stream { input, path: &options.input, target: &mut target, progress: &progress };
    match header.data_type {
        DataType::F32 => stream.run::<f32>(header.data_bytes, |block| kernels.apply(block))?,
        DataType::F64 => stream.run::<f64>(header.data_bytes, |block| kernels.apply(block))?,
    }
    progress.finish_and_clear();
    target.keep()?;
    Ok(ExitCode::SUCCESS)
}

/// What is done to a block.
struct Kernels {
    op: ElementwiseOperation,
    sigmoid: sigmoid::Kernels,
    /// None: the plain call on this thread.
    pool: Option<rayon::ThreadPool>,
}

impl Kernels {
    fn new(options: &options::Apply) -> Result<Self, Error> {
        let sigmoid = options.backend.sigmoid()?.accuracy(options.accuracy);
        let pool = match options.threads.map_or_else(cpu::threads, usize::from) {
            1 => None,
            threads => Some(pool(threads)?),
        };
        Ok(Self { op: options.op, sigmoid: sigmoid.parallel(pool.is_some()), pool })
    }

    fn apply<T: Element + Number>(&self, block: &mut [T]) {
        let mut work = || match self.op {
            ElementwiseOperation::Forward => self.sigmoid.forward_in_place(block),
            ElementwiseOperation::Derivative => self.sigmoid.derivative_in_place(block),
        };
        match &self.pool {
            None => work(),
            Some(pool) => pool.install(work),
        }
    }
}
