//! Holds the kernels against the truth: every f32, a large sample of f64 and of pairs, every number of half precision.

pub mod bounds;
mod pairs;
mod report;
mod sweep;
mod tally;

use std::process::ExitCode;

use half::{bf16, f16};
use indicatif::{ProgressBar, ProgressStyle};
use sigmoid::ops::{self, Gradients, Map, Split, Zip};
use sigmoid::{Accuracy, Kernels};
use sigmoid_conformance::Sampled;
use sigmoid_measure::cpu;

use self::pairs::TwoSlices;
use self::report::{Found, Report, Row};
use self::sweep::{Sample, Slices};
use crate::error::Error;
use crate::operations::{DataType, InLibrary, Judge, Operation, Selection, With};
use crate::options;
use crate::output;
use crate::pool::pool;

pub fn run(options: &options::Verify) -> Result<ExitCode, Error> {
    let threads = options.threads.map_or_else(cpu::threads, usize::from);
    let report = pool(threads)?.install(|| verify(options))?;
    let printed = if options.json { output::print_json(&report.rows) } else { output::print(&report.text()) };
    output::status(printed, if report.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn verify(options: &options::Verify) -> Result<Report, Error> {
    let cases = cases(options)?;
    let kernels: Vec<Kernels> = options
        .backend
        .backends()?
        .into_iter()
        .map(|backend| Ok(Kernels::new().accuracy(options.accuracy).backend(backend)?))
        .collect::<Result<_, Error>>()?;
    let sample = Sample::new(options.stride.get() as u64, options.points.get());

    // Drawn on a terminal only.
    let inputs =
        cases.iter().fold(0_u64, |all, case| all.saturating_add(sample.inputs(case.judge, case.dtype)));
    let progress = ProgressBar::new(inputs).with_style(
        ProgressStyle::with_template("{msg} {wide_bar} {percent}% {eta} left").expect("a valid template"),
    );

    let mut rows = Vec::new();
    for case in &cases {
        let Case { op, dtype, .. } = *case;
        progress.set_message(format!("{op} {dtype}"));
        let found = match dtype {
            DataType::F32 => case.full::<f32>(&kernels, sample, &progress),
            DataType::F64 => case.full::<f64>(&kernels, sample, &progress),
            DataType::Bf16 => case.full::<bf16>(&kernels, sample, &progress),
            DataType::F16 => case.full::<f16>(&kernels, sample, &progress),
        };
        for (kernels, found) in kernels.iter().zip(found) {
            let bound = options.bound.or(bounds::stated(op, dtype, kernels));
            let bound = bound.ok_or(Error::NotVerified { op, dtype })?;
            rows.push(Row::new(op, dtype, kernels, bound, found));
        }
    }
    progress.finish_and_clear();
    Ok(Report { rows })
}

/// An operation in a format that can be verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Case {
    op: Operation,
    dtype: DataType,
    judge: Judge,
}

/// Each operation in each format. Of several, those that there are; there is one at least of each operation that is
/// asked for by name.
fn cases(options: &options::Verify) -> Result<Vec<Case>, Error> {
    let exact = options.accuracy == Accuracy::Exact;
    let mut cases: Vec<Case> = Vec::new();
    for selection in &options.op {
        for op in selection.operations() {
            let of_op = options.dtype.iter().filter_map(|&dtype| Case::new(op, dtype));
            let of_op: Vec<_> = of_op.filter(|case| !exact || op.has_exact(case.dtype)).collect();
            if of_op.is_empty() && *selection == Selection::One(op) {
                let dtype = options.dtype[0];
                return Err(match Case::new(op, dtype) {
                    Some(_) => Error::OnlyFast { op, dtype },
                    None => Error::NotVerified { op, dtype },
                });
            }
            cases.extend(of_op);
        }
    }
    let mut seen = Vec::new();
    cases.retain(|case| {
        let new = !seen.contains(case);
        seen.push(*case);
        new
    });
    Ok(cases)
}

impl Case {
    fn new(op: Operation, dtype: DataType) -> Option<Self> {
        let judge = op.judge()?;
        // (Of pairs of half precision there is no sweep; the library's tests hold them against those of f32.)
        if dtype.is_half() && matches!(judge, Judge::Two(_)) {
            return None;
        }
        bounds::stated(op, dtype, &Kernels::new()).map(|_| Self { op, dtype, judge })
    }

    fn full<T: InLibrary + Sampled>(
        self,
        kernels: &[Kernels],
        sample: Sample,
        progress: &ProgressBar,
    ) -> Vec<Found> {
        match (self.judge, T::with(self.op, ToCall)) {
            (Judge::One(function), Some(Call::One(call))) => {
                let reports = sweep::sweep::<T>(function, kernels, &*call, sample, progress);
                reports.into_iter().map(Found::from).collect()
            }
            (Judge::Two(function), Some(Call::Two(call))) => {
                let tallies = pairs::sweep::<T>(function, kernels, &*call, sample.points(), progress);
                tallies.into_iter().map(Found::of_pairs).collect()
            }
            _ => unreachable!("{} takes what its judge takes", self.op),
        }
    }
}

/// How an operation is called with whichever kernels.
enum Call<T> {
    One(Box<Slices<T>>),
    Two(Box<TwoSlices<T>>),
    /// No judge takes three numbers, or has two results.
    More,
}

/// Makes it of an operation.
struct ToCall;

impl<T: InLibrary> With<T> for ToCall {
    type Output = Call<T>;

    fn map(self, op: impl Map<T> + Send + Sync + 'static) -> Call<T> {
        Call::One(Box::new(move |kernels, x, y| kernels.map(op, x, y)))
    }

    fn zip(self, op: impl Zip<T> + Send + Sync + 'static) -> Call<T> {
        Call::Two(Box::new(move |kernels, x, y, z| kernels.zip(op, x, y, z)))
    }

    fn gradients(self, _: impl Gradients<T> + Send + Sync + 'static) -> Call<T> {
        Call::More
    }

    fn sigmoid_with_derivative(self) -> Call<T>
    where
        ops::SigmoidWithDerivative: Split<T>,
    {
        Call::More
    }
}

#[cfg(test)]
mod tests {
    use clap::{Parser, ValueEnum};

    use super::*;
    use crate::options::{Command, Options};

    fn asked(arguments: &[&str]) -> Result<Vec<(String, String)>, Error> {
        let options = Options::parse_from(["sigmoid", "verify"].iter().chain(arguments));
        let Some(Command::Verify(options)) = options.command else { panic!("verify") };
        Ok(cases(&options)?.iter().map(|case| (case.op.to_string(), case.dtype.to_string())).collect())
    }

    #[test]
    fn what_is_asked_for() {
        let count = |arguments: &[&str]| asked(arguments).map(|cases| cases.len()).ok();
        assert_eq!(count(&[]), Some(4));
        // Twelve functions of one number and four of two; gelu is there in f32 only.
        assert_eq!(count(&["--op", "all"]), Some(31));
        assert_eq!(count(&["--op", "all,silu,default"]), Some(31));
        assert_eq!(count(&["--op", "all", "--dtype", "bf16,f16"]), Some(24));
        assert_eq!(count(&["--op", "all", "--accuracy", "exact"]), Some(4));
        assert_eq!(count(&["--op", "gelu"]), Some(1));
        for arguments in [
            &["--op", "gelu", "--dtype", "f64"][..],
            &["--op", "swiglu", "--dtype", "bf16"],
            &["--op", "all,silu", "--accuracy", "exact"],
        ] {
            assert_eq!(count(arguments), None, "{arguments:?}");
        }
    }

    /// What can be asked for can be called, and has as many inputs as its judge takes.
    #[test]
    fn calls() {
        for &op in Operation::value_variants() {
            for case in [DataType::F32, DataType::F64].into_iter().filter_map(|dtype| Case::new(op, dtype)) {
                let call = f32::with(op, ToCall);
                assert!(matches!(
                    (case.judge, call),
                    (Judge::One(_), Some(Call::One(_))) | (Judge::Two(_), Some(Call::Two(_)))
                ));
            }
        }
    }
}
