//! Times the kernels, naive loops and yardsticks side by side.
//!
//! [`measure`] carries out a [`Plan`] and gives a [`Measurement`] for each contender and length;
//! [`report::table`] prints them. The tour uses the same three.

mod call;
mod contenders;
mod measure;
mod memory;
mod naive;
mod number;
mod plan;
pub mod report;

use std::process::ExitCode;

pub use self::measure::Measurement;
pub use self::measure::measure;
pub use self::plan::Plan;
use crate::error::Error;
use crate::options;
use crate::output;

pub fn run(options: &options::Bench) -> Result<ExitCode, Error> {
    let plan = Plan::new(options)?;
    let measurements = measure(&plan)?;
    let printed = if options.json {
        output::print_json(&report::json(&measurements))
    } else {
        output::print(&report::table(&measurements))
    };
    let status = output::status(printed, ExitCode::SUCCESS)?;
    if plan.drifts() {
        output::warn(
            "in place, only the first call of each sample finds the inputs asked for; the others work on its \
             results",
        );
    }
    for warning in report::warnings(&measurements) {
        output::warn(&warning);
    }
    Ok(status)
}
