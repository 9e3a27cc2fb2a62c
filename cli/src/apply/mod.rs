//! Applies an operation to every element of an .npy file, or of several.
//!
//! The header goes from the input to the output byte for byte, and with it shape, order and
//! version. The elements follow in blocks: however long the array, one block is in memory.

mod destination;
mod element_type;
mod header;
mod input;
mod literal;
mod stream;

use std::collections::HashMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressStyle};
use sigmoid::ops::{
    GeluTanh, LogSigmoid, Logit, Map, QuickGelu, Sigmoid, SigmoidDerivative, Silu, SiluDerivative, Softplus,
    Tanh, TanhDerivative,
};
use sigmoid::{Accuracy, Element};

use self::destination::Destination;
use self::header::Header;
use self::input::Input;
use self::stream::{Number, Stream};
use crate::error::Error;
use crate::options::{self, DataType, FileOperation};
use crate::pool::pool;
use sigmoid_measure::cpu;

pub fn run(options: &options::Apply) -> Result<ExitCode, Error> {
    match (&options.out, &options.files[..]) {
        (None, [input, output]) => apply(&Kernels::new(options)?, input, output)?,
        (None, _) => unreachable!("the command line has been checked"),
        (Some(directory), inputs) => {
            let outputs = places(inputs, directory)?;
            let kernels = Kernels::new(options)?;
            fs::create_dir_all(directory)
                .map_err(|source| Error::Write { path: directory.clone(), source })?;
            for (i, (input, output)) in inputs.iter().zip(&outputs).enumerate() {
                apply(&kernels, input, output).map_err(|source| Error::Stopped {
                    source: Box::new(source),
                    done: inputs[..i].to_vec(),
                })?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Where the outputs will be, each under its input's name.
fn places(inputs: &[PathBuf], directory: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut named = HashMap::new();
    let place = |input: &PathBuf| {
        let name = input.file_name().filter(|_| !input::is_standard(input));
        let name = name.ok_or_else(|| Error::NoName { path: input.clone() })?;
        match named.insert(name.to_owned(), input.clone()) {
            None => Ok(directory.join(name)),
            Some(first) => Err(Error::SameName { first, second: input.clone() }),
        }
    };
    inputs.iter().map(place).collect()
}

/// From one file to one other.
fn apply(kernels: &Kernels, input: &Path, output: &Path) -> Result<(), Error> {
    match copy(kernels, input, output) {
        // Whoever reads has read enough.
        Err(Error::NobodyReads) => Ok(()),
        done => done,
    }
}

fn copy(kernels: &Kernels, input: &Path, output: &Path) -> Result<(), Error> {
    let mut input = Input::open(input)?;
    let header = Header::read(&mut input.file, &input.name)?;

    let mut target = Destination::create(output, &input.file)?;
    target.write_all(&header.bytes).map_err(|source| target.error(source))?;

    // Drawn on a terminal only.
    let progress = ProgressBar::new(header.data_bytes).with_style(
        ProgressStyle::with_template("{wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta} left")
            .expect("a valid template"),
    );
    let Header { data_type, big_endian, data_bytes, .. } = header;
    let Input { file, name } = input;
    let mut stream =
        Stream { input: file, path: &name, target: &mut target, progress: &progress, big_endian };
    match data_type {
        DataType::F32 => stream.run::<f32>(data_bytes, |block| kernels.apply(block))?,
        DataType::F64 => stream.run::<f64>(data_bytes, |block| kernels.apply(block))?,
    }
    progress.finish_and_clear();
    target.keep()
}

/// What is done to a block.
struct Kernels {
    op: FileOperation,
    sigmoid: sigmoid::Kernels,
    /// None: the plain call on this thread.
    pool: Option<rayon::ThreadPool>,
}

impl Kernels {
    fn new(options: &options::Apply) -> Result<Self, Error> {
        if options.accuracy == Accuracy::Exact && !options.op.has_exact() {
            return Err(Error::NotExact { op: options.op.to_string() });
        }
        let sigmoid = options.backend.sigmoid()?.accuracy(options.accuracy);
        let pool = match options.threads.map_or_else(cpu::threads, usize::from) {
            1 => None,
            threads => Some(pool(threads)?),
        };
        Ok(Self { op: options.op, sigmoid: sigmoid.parallel(pool.is_some()), pool })
    }

    fn apply<T: Element + Number>(&self, block: &mut [T])
    where
        Silu: Map<T>,
        SiluDerivative: Map<T>,
        QuickGelu: Map<T>,
        GeluTanh: Map<T>,
        Tanh: Map<T>,
        TanhDerivative: Map<T>,
        Softplus: Map<T>,
        LogSigmoid: Map<T>,
        Logit: Map<T>,
    {
        let kernels = self.sigmoid;
        let mut work = || match self.op {
            FileOperation::Sigmoid => kernels.map_in_place(Sigmoid, block),
            FileOperation::SigmoidDerivative => kernels.map_in_place(SigmoidDerivative, block),
            FileOperation::Silu => kernels.map_in_place(Silu, block),
            FileOperation::SiluDerivative => kernels.map_in_place(SiluDerivative, block),
            FileOperation::QuickGelu => kernels.map_in_place(QuickGelu, block),
            FileOperation::GeluTanh => kernels.map_in_place(GeluTanh, block),
            FileOperation::Tanh => kernels.map_in_place(Tanh, block),
            FileOperation::TanhDerivative => kernels.map_in_place(TanhDerivative, block),
            FileOperation::Softplus => kernels.map_in_place(Softplus, block),
            FileOperation::LogSigmoid => kernels.map_in_place(LogSigmoid, block),
            FileOperation::Logit => kernels.map_in_place(Logit, block),
        };
        match &self.pool {
            None => work(),
            Some(pool) => pool.install(work),
        }
    }
}
