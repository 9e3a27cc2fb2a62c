//! The tour: what the command does when it is told nothing. Which machine this is, the lesson
//! checked, the kernels timed, the figures drawn.

mod lesson;
mod machine;
mod timings;

use std::path::Path;
use std::process::ExitCode;

use crate::error::Error;
use crate::output;
use crate::plot;

/// Where the figures go.
const FIGURES: &str = "plots";

/// Runs it, section by section, as long as somebody reads. Status 1 if a check fails.
pub fn run() -> Result<ExitCode, Error> {
    let lesson = lesson::Lesson::check()?;
    let status = if lesson.holds() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    output::status(sections(&lesson), status)
}

fn sections(lesson: &lesson::Lesson) -> Result<(), Error> {
    output::print(&machine::report())?;
    section("The lesson's grid, x = -10:0.1:10: kernels against the scalar reference", &lesson.kernels())?;
    section("The two forms of the derivative on that grid, in f64", &lesson.forms())?;

    let timings = timings::Timings::measure()?;
    section(&timings.title(), &timings.report())?;

    let figures = plot::draw(Path::new(FIGURES))?;
    section("Figures", &plot::list(&figures))?;

    timings.warn();
    Ok(())
}

/// Prints a section under its title, which is bold on a terminal.
fn section(title: &str, text: &str) -> Result<(), Error> {
    let title = if output::has_colours() { format!("\x1b[1m{title}\x1b[0m") } else { title.to_owned() };
    output::print(&format!("\n{title}\n{text}"))
}
