//! Everything that can go wrong, each with the sentence the user reads.

use std::io;

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

    #[error("there is no memory for slices of {elements} elements")]
    Memory { elements: usize },

    #[error("cannot write the report: {0}")]
    Output(#[from] io::Error),
}
