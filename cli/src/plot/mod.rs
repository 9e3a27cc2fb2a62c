//! Draws the lesson: the sigmoid, its derivative, the derivative's two forms over each other, and
//! how far each formula is from the truth in single precision; and the same of what is made of the sigmoid.
//!
//! [`figures`] says what is drawn, [`chart`] how, and [`canvas`] onto what.

mod canvas;
mod chart;
mod errors;
mod family;
mod figures;
mod image;
mod text;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use self::figures::Figure;
pub use self::figures::grid;
use crate::error::Error;
use crate::options;
use crate::output;
use crate::target::Target;

pub fn run(options: &options::Plot) -> Result<ExitCode, Error> {
    output::status(output::print(&list(&draw(&options.out)?)), ExitCode::SUCCESS)
}

/// A figure that was drawn, and the files that hold it.
pub struct Drawn {
    title: String,
    svg: PathBuf,
    png: PathBuf,
}

/// Draws every figure into the directory, which is made if it is not there.
pub fn draw(directory: &Path) -> Result<Vec<Drawn>, Error> {
    let directory_fault = |source| Error::Write { path: directory.to_owned(), source };
    fs::create_dir_all(directory).map_err(directory_fault)?;
    let draw_one = |figure: Figure| {
        let (svg, png) = canvas::render(&figure)?;
        let path = |extension| directory.join(figure.name).with_extension(extension);
        let drawn = Drawn { title: figure.title.clone(), svg: path("svg"), png: path("png") };
        write(&drawn.svg, svg.as_bytes())?;
        write(&drawn.png, &png)?;
        Ok(drawn)
    };
    figures::all().into_iter().map(draw_one).collect()
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let mut target = Target::create(path)?;
    target.write_all(bytes).map_err(|source| target.error(source))?;
    target.keep()
}

/// A line for each figure.
pub fn list(figures: &[Drawn]) -> String {
    let names = |drawn: &Drawn| format!("{} and .png", drawn.svg.display());
    let width = figures.iter().map(|drawn| names(drawn).chars().count()).max().unwrap_or(0);
    figures.iter().map(|drawn| format!("{:<width$}  {}\n", names(drawn), drawn.title)).collect()
}
