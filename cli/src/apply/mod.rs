//! Applies an operation to the elements of files: .npy arrays, one after the other or two beside each other, and
//! tensors in safetensors files.
//!
//! The header goes from the input to the output byte for byte, and with it shape, order and
//! version. The elements follow in blocks: however long the array, one block is in memory.

mod destination;
mod element_type;
mod header;
mod input;
mod kernels;
mod literal;
mod plan;
mod safetensors;
mod stream;

use std::collections::HashMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use half::{bf16, f16};
use indicatif::{ProgressBar, ProgressStyle};

use self::destination::Destination;
use self::input::Input;
use self::kernels::Kernels;
use self::plan::Plan;
use self::safetensors::Choice;
use self::stream::Stream;
use crate::error::Error;
use crate::operations::DataType;
use crate::options;

pub fn run(options: &options::Apply) -> Result<ExitCode, Error> {
    let kernels = Kernels::new(options)?;
    match (&options.out, &options.files[..]) {
        (None, [inputs @ .., output]) => apply(options, &kernels, inputs, output)?,
        (None, []) => unreachable!("the command line has been checked"),
        (Some(directory), inputs) => {
            let outputs = places(inputs, directory)?;
            fs::create_dir_all(directory)
                .map_err(|source| Error::Write { path: directory.clone(), source })?;
            for (i, (input, output)) in inputs.iter().zip(&outputs).enumerate() {
                let input = std::slice::from_ref(input);
                apply(options, &kernels, input, output).map_err(|source| Error::Stopped {
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

/// From one file, or two, to one other.
fn apply(
    options: &options::Apply,
    kernels: &Kernels,
    inputs: &[PathBuf],
    output: &Path,
) -> Result<(), Error> {
    match carry_out(options, kernels, inputs, output) {
        // Whoever reads has read enough.
        Err(Error::NobodyReads) => Ok(()),
        done => done,
    }
}

fn carry_out(
    options: &options::Apply,
    kernels: &Kernels,
    inputs: &[PathBuf],
    output: &Path,
) -> Result<(), Error> {
    if let [first, second] = inputs
        && input::share_bytes(first, second)
    {
        let [first, second] = [first, second].map(|path| input::name(path).to_owned());
        return Err(if first == second {
            Error::InputTwice { path: first }
        } else {
            Error::SharedInput { first, second }
        });
    }
    let mut inputs: Vec<_> = inputs.iter().map(|path| Input::open(path)).collect::<Result<_, _>>()?;
    let plan = plan(options, &mut inputs)?;
    let mut computed = plan.parts.iter().flat_map(|part| &part.computed);
    computed.try_for_each(|part| kernels.check(part.format, &inputs[0].name))?;

    let mut target = Destination::create(output, &inputs)?;
    target.write_all(&plan.header).map_err(|source| target.error(source))?;

    // Drawn on a terminal only.
    let progress = ProgressBar::new(plan.bytes()).with_style(
        ProgressStyle::with_template("{wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta} left")
            .expect("a valid template"),
    );
    let mut stream = Stream { inputs: &mut inputs, target: &mut target, progress: &progress };
    for part in plan.parts {
        let Some(computed) = part.computed else {
            stream.copy(part.bytes)?;
            continue;
        };
        // There may be no way to a place where there is nothing.
        if let ([_, second], 1..) = (&mut *stream.inputs, part.bytes) {
            second.go_to(computed.second)?;
        }
        let (bytes, order) = (part.bytes, computed.big_endian);
        match computed.format {
            DataType::F32 => {
                stream.compute::<f32>(bytes, order, |block, other| kernels.apply(block, other))?
            }
            DataType::F64 => {
                stream.compute::<f64>(bytes, order, |block, other| kernels.apply(block, other))?
            }
            DataType::F16 => {
                stream.compute::<f16>(bytes, order, |block, other| kernels.apply(block, other))?
            }
            DataType::Bf16 => {
                stream.compute::<bf16>(bytes, order, |block, other| kernels.apply(block, other))?
            }
        }
    }
    inputs.iter_mut().try_for_each(Input::finish)?;
    progress.finish_and_clear();
    target.keep()
}

/// What is to be done with the bytes of these inputs, of which the headers are read.
fn plan(options: &options::Apply, inputs: &mut [Input]) -> Result<Plan, Error> {
    if options.all_tensors {
        safetensors::plan(inputs, &Choice::All)
    } else if !options.tensor.is_empty() {
        safetensors::plan(inputs, &Choice::These(&options.tensor))
    } else {
        header::plan(inputs, options.dtype)
    }
}
