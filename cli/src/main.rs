//! The command `sigmoid`: parse, run, report.

mod apply;
mod bench;
mod error;
mod examine;
mod info;
mod operations;
mod options;
mod output;
mod plot;
mod pool;
mod signals;
mod table;
mod target;
mod tour;
mod verify;

use std::process::ExitCode;

use crate::error::Error;
use crate::options::{Command, Options};

fn main() -> ExitCode {
    let options = match Options::read() {
        Ok(options) => options,
        Err(error) => return output::explain_usage(&error),
    };
    match run(options) {
        Ok(code) => code,
        Err(error) => output::explain(&error),
    }
}

fn run(options: Options) -> Result<ExitCode, Error> {
    match options.command {
        None => tour::run(),
        Some(Command::Info(options)) => info::run(&options),
        Some(Command::Apply(options)) => apply::run(&options),
        Some(Command::Plot(options)) => plot::run(&options),
        Some(Command::Verify(options)) => verify::run(&options),
        Some(Command::Bench(options)) => bench::run(&options),
        Some(Command::Examine(options)) => examine::run(&options),
    }
}
