//! Holds the kernels against the truth: every f32, and a large sample of f64.

pub mod bounds;
mod report;
mod sweep;

use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressStyle};
use sigmoid::{Backend, Sigmoid};
use sigmoid_conformance::Function;

use self::report::{Report, Row};
use self::sweep::{Sample, sweep};
use crate::error::Error;
use crate::options::{self, DataType, ElementwiseOperation};
use crate::output;

pub fn run(options: &options::Verify) -> Result<ExitCode, Error> {
    let report = match options.threads {
        None => verify(options)?,
        Some(threads) => {
            let threads = threads.get();
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            pool.map_err(|source| Error::Threads { threads, source })?.install(|| verify(options))?
        }
    };
    if options.json {
        output::print_json(&report.rows)?;
    } else {
        output::print(&report.text())?;
    }
    Ok(if report.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn verify(options: &options::Verify) -> Result<Report, Error> {
    let ops = given_or(&options.op, &[ElementwiseOperation::Forward, ElementwiseOperation::Derivative]);
    let dtypes = given_or(&options.dtype, &[DataType::F32, DataType::F64]);
    let backends = options.backend.backends()?;
    let sample = Sample::new(options.stride.get() as u64, options.points.get());

    // Drawn on a terminal only.
    let inputs: u64 = dtypes.iter().map(|&dtype| sample.inputs(dtype)).sum();
    let progress = ProgressBar::new(inputs * ops.len() as u64).with_style(
        ProgressStyle::with_template("{msg} {wide_bar} {percent}% {eta} left").expect("a valid template"),
    );

    let mut rows = Vec::new();
    for &op in ops {
        for &dtype in dtypes {
            progress.set_message(format!("{op} {dtype}"));
            let sigmoids = sigmoids(&backends, options)?;
            let examined = match dtype {
                DataType::F32 => sweep::<f32>(function(op), &sigmoids, sample, &progress),
                DataType::F64 => sweep::<f64>(function(op), &sigmoids, sample, &progress),
            };
            for (sigmoid, report) in sigmoids.iter().zip(examined) {
                let bound = options.bound.unwrap_or(bounds::stated(op, dtype, sigmoid));
                let (accuracy, backend) = (sigmoid.selected_accuracy(), sigmoid.selected_backend());
                rows.push(Row::new(op, dtype, accuracy, backend, bound, report));
            }
        }
    }
    progress.finish_and_clear();
    Ok(Report { rows })
}

fn sigmoids(backends: &[Backend], options: &options::Verify) -> Result<Vec<Sigmoid>, Error> {
    let one = |&backend| Ok(Sigmoid::new().accuracy(options.accuracy).backend(backend)?);
    backends.iter().map(one).collect()
}

fn given_or<'a, T>(given: &'a [T], default: &'a [T]) -> &'a [T] {
    if given.is_empty() { default } else { given }
}

fn function(op: ElementwiseOperation) -> Function {
    match op {
        ElementwiseOperation::Forward => Function::Sigmoid,
        ElementwiseOperation::Derivative => Function::Derivative,
    }
}
