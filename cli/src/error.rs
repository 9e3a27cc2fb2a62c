//! Everything that can go wrong, each with the sentence the user reads.

use std::io;
use std::path::PathBuf;

use sigmoid::UnavailableBackend;

/// What stopped the command.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    UnavailableBackend(#[from] UnavailableBackend),

    #[error("cannot start {threads} threads: {source}")]
    Threads { threads: usize, source: rayon::ThreadPoolBuildError },

    #[error("cannot draw {figure}: {reason}")]
    Drawing { figure: &'static str, reason: String },

    #[error("there is no memory for slices of {elements} elements")]
    Memory { elements: usize },

    #[error("cannot read {}: {source}", path.display())]
    Read { path: PathBuf, source: io::Error },

    #[error("cannot write {}: {source}", path.display())]
    Write { path: PathBuf, source: io::Error },

    #[error("cannot write {}: it is there already and is not a file", path.display())]
    NotAFile { path: PathBuf },

    #[error("{} is not an .npy file: {reason}", path.display())]
    NotNpy { path: PathBuf, reason: String },

    #[error("{} holds elements of type {found}: only little-endian f32 ('<f4') and f64 ('<f8') will do", path.display())]
    ElementType { path: PathBuf, found: String },

    #[error("{} is truncated: its header announces {announced} bytes of elements, there are {found}", path.display())]
    Truncated { path: PathBuf, announced: u64, found: u64 },

    #[error("{} goes on after the {announced} bytes of elements that its header announces", path.display())]
    Overlong { path: PathBuf, announced: u64 },

    #[error("cannot write the report: {0}")]
    Output(#[from] io::Error),
}
