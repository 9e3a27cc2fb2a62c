//! Everything that can go wrong, each with the sentence the user reads.

use std::io;
use std::path::PathBuf;

use sigmoid::UnavailableBackend;

/// What stopped the command.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("not built yet")]
    NotBuiltYet,

    #[error(transparent)]
    UnavailableBackend(#[from] UnavailableBackend),

    #[error("cannot start {threads} threads: {source}")]
    Threads { threads: usize, source: rayon::ThreadPoolBuildError },

    #[error("cannot write {}: {source}", path.display())]
    Write { path: PathBuf, source: io::Error },

    #[error("cannot draw {figure}: {reason}")]
    Drawing { figure: &'static str, reason: String },

    #[error("there is no memory for slices of {elements} elements")]
    Memory { elements: usize },

    #[error("cannot write the report: {0}")]
    Output(#[from] io::Error),
}
