//! Everything that can go wrong, each with the sentence the user reads.

use std::io;
use std::path::PathBuf;

use sigmoid::UnavailableBackend;

/// What stopped the command.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    UnavailableBackend(#[from] UnavailableBackend),

    #[error("{op} has no correctly rounded results: leave --accuracy away")]
    NotExact { op: String },

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

    #[error("cannot write {}: it is a symbolic link that leads nowhere", path.display())]
    LeadsNowhere { path: PathBuf },

    #[error("cannot replace {}: {reason}", path.display())]
    NotReplaceable { path: PathBuf, reason: &'static str },

    /// It ends the command quietly.
    #[error("nobody reads what is written")]
    NobodyReads,

    #[error("{} has no name that it could have in another directory", path.display())]
    NoName { path: PathBuf },

    #[error("{} and {} would have the same name in another directory", first.display(), second.display())]
    SameName { first: PathBuf, second: PathBuf },

    #[error("{source}; {}", list(done))]
    Stopped { source: Box<Error>, done: Vec<PathBuf> },

    #[error("{} is not an .npy file: {reason}", path.display())]
    NotNpy { path: PathBuf, reason: String },

    #[error("{} holds elements of type {found}: only f32 ('<f4', '>f4') and f64 ('<f8', '>f8') will do", path.display())]
    ElementType { path: PathBuf, found: String },

    #[error("{} is truncated: its header announces {announced} bytes of elements, there are {found}", path.display())]
    Truncated { path: PathBuf, announced: u64, found: u64 },

    #[error(
        "{} goes on after the {announced} bytes of elements that its header announces, \
         and what follows them would be lost",
        path.display()
    )]
    Overlong { path: PathBuf, announced: u64 },

    #[error("cannot write the report: {0}")]
    Output(#[from] io::Error),
}

/// Which of several files were done before the one that was not: all are in order.
fn list(done: &[PathBuf]) -> String {
    const MOST: usize = 10;
    match done {
        [] => "no file was done before it".to_owned(),
        [.., last] if done.len() > MOST => {
            format!("done before it: the first {}, up to {}", done.len(), last.display())
        }
        _ => {
            let names: Vec<_> = done.iter().map(|path| path.display().to_string()).collect();
            format!("done before it: {}", names.join(", "))
        }
    }
}
