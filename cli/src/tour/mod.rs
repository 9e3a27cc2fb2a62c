//! The tour: what the command does when it is asked for nothing in particular. In under 20
//! seconds it shows who computes, that the results are right, how long they take, and the figures.

mod lesson;
mod timings;

use std::path::Path;
use std::process::ExitCode;

use sigmoid::{Backend, build_info};

use crate::cpu;
use crate::error::Error;
use crate::output::print;
use crate::plot;

/// Where the figures go, as with `plot`.
const PLOTS: &str = "plots";

pub fn run() -> Result<ExitCode, Error> {
    print(&who_computes())?;

    print("\nThe lesson's grid, x = -10:0.1:10, through the kernels\n\n")?;
    print(&lesson::report())?;

    print("\nTime of s(x) for f32, in ns per element (median of interleaved runs)\n")?;
    timings::run()?;

    print("\nThe figures\n\n")?;
    for path in plot::draw(&plot::lesson_figures(), Path::new(PLOTS))? {
        print(&format!("{}\n", path.display()))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn who_computes() -> String {
    let names: Vec<_> = Backend::available().map(Backend::name).collect();
    let lines = [
        ("CPU", cpu::model().unwrap_or_else(|| "unknown".to_owned())),
        ("threads", cpu::threads().to_string()),
        ("backend", format!("{}, of {}", Backend::fastest(), names.join(", "))),
        ("wide", build_info::WIDE.to_owned()),
    ];
    let head = format!("sigmoid {}: s(x) = 1 / (1 + e^-x) and s'(x) over slices\n\n", build_info::VERSION);
    lines.iter().fold(head, |text, (name, value)| text + &format!("{name:<8} {value}\n"))
}
