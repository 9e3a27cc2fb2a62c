//! Draws the figures of the lesson, as SVG and PNG.

mod canvas;
mod errors;
mod figure;
mod lesson;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use self::figure::Figure;
use crate::error::Error;
use crate::options;
use crate::output;

pub use self::lesson::grid;

pub fn run(options: &options::Plot) -> Result<ExitCode, Error> {
    for path in draw(&figures(), &options.out)? {
        output::print(&format!("{}\n", path.display()))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The lesson's three figures, and that of the errors.
pub fn figures() -> Vec<Figure> {
    let mut figures = lesson_figures();
    figures.push(errors::errors());
    figures
}

/// The lesson's three figures.
pub fn lesson_figures() -> Vec<Figure> {
    vec![lesson::sigmoid(), lesson::sigmoid_with_derivative(), lesson::two_forms()]
}

/// Draws figures into a directory, which is made if it is not there. Returns the files.
pub fn draw(figures: &[Figure], directory: &Path) -> Result<Vec<PathBuf>, Error> {
    let unwritable = |path: &Path, source| Error::Write { path: path.to_owned(), source };
    fs::create_dir_all(directory).map_err(|source| unwritable(directory, source))?;

    let mut files = Vec::new();
    for figure in figures {
        for (extension, bytes) in [("svg", canvas::svg(figure)?.into_bytes()), ("png", canvas::png(figure)?)]
        {
            let path = directory.join(format!("{}.{extension}", figure.name));
            fs::write(&path, bytes).map_err(|source| unwritable(&path, source))?;
            files.push(path);
        }
    }
    Ok(files)
}
