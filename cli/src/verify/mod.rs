//! Holds the kernels against the truth: every f32, and a large sample of f64.

pub mod bounds;
mod report;
mod sweep;

use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressStyle};
use sigmoid::{Backend, Kernels};
use sigmoid_conformance::Function;
use sigmoid_measure::cpu;

use self::report::{Report, Row};
use self::sweep::{Sample, sweep};
use crate::error::Error;
use crate::options::{self, DataType, ElementwiseOperation};
use crate::output;
use crate::pool::pool;

pub fn run(options: &options::Verify) -> Result<ExitCode, Error> {
    let threads = options.threads.map_or_else(cpu::threads, usize::from);
    let report = pool(threads)?.install(|| verify(options))?;
    let printed = if options.json { output::print_json(&report.rows) } else { output::print(&report.text()) };
    output::status(printed, if report.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn verify(options: &options::Verify) -> Result<Report, Error> {
    let ops = given_or(&options.op, &[ElementwiseOperation::Forward, ElementwiseOperation::Derivative]);
    let dtypes = given_or(&options.dtype, &[DataType::F32, DataType::F64]);
    let backends = options.backend.backends()?;
    let sample = Sample::new(options.stride.get() as u64, options.points.get());

    // Drawn on a terminal only.
    let inputs = dtypes.iter().fold(0_u64, |all, &dtype| all.saturating_add(sample.inputs(dtype)));
    let progress = ProgressBar::new(inputs.saturating_mul(ops.len() as u64)).with_style(
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

fn sigmoids(backends: &[Backend], options: &options::Verify) -> Result<Vec<Kernels>, Error> {
    let one = |&backend| Ok(Kernels::new().accuracy(options.accuracy).backend(backend)?);
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
