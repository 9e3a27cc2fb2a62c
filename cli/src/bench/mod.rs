//! Times the kernels side by side.

use std::process::ExitCode;

use crate::error::Error;
use crate::options;

pub fn run(_options: &options::Bench) -> Result<ExitCode, Error> {
    Err(Error::NotBuiltYet)
}
