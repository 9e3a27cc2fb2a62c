//! Everything that can go wrong, each with the sentence the user reads.

use std::io;
use std::path::PathBuf;

use sigmoid::UnavailableBackend;

use crate::operations::{DataType, Operation};
use crate::options::Contender;

/// What stopped the command.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    UnavailableBackend(#[from] UnavailableBackend),

    #[error(transparent)]
    Unloadable(#[from] crate::examine::Unloadable),

    #[error(
        "{op} has no correctly rounded results in {format}, which {} holds: leave --accuracy away",
        path.display()
    )]
    NotExact { op: Operation, format: DataType, path: PathBuf },

    #[error("{op} is not computed in {format}, which {} holds", path.display())]
    NotInFormat { op: Operation, format: DataType, path: PathBuf },

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

    #[error(
        "{} holds elements of type {found}: only f32 ('<f4', '>f4'), f64 ('<f8', '>f8'), f16 ('<f2', '>f2') and, with \
         --dtype, bf16 ('<V2', '<u2') will do",
        path.display()
    )]
    ElementType { path: PathBuf, found: String },

    #[error(
        "{} holds elements of type {found}, which may be anything of two bytes: if they are bf16, say --dtype bf16",
        path.display()
    )]
    TwoBytes { path: PathBuf, found: String },

    #[error("{} holds {found}, where --dtype says {asked}", path.display())]
    OtherFormat { path: PathBuf, found: DataType, asked: DataType },

    #[error(
        "{} holds {first_holds}, but {} {second_holds}: both inputs must have the same",
        first.display(),
        second.display()
    )]
    Disagree { first: PathBuf, first_holds: String, second: PathBuf, second_holds: String },

    #[error("{} cannot be both inputs: what is read of it once cannot be read again", path.display())]
    InputTwice { path: PathBuf },

    #[error(
        "{} and {} are the same pipe or device: what is read of it once cannot be read again",
        first.display(),
        second.display()
    )]
    SharedInput { first: PathBuf, second: PathBuf },

    #[error("{} is not a safetensors file: {reason}", path.display())]
    NotSafetensors { path: PathBuf, reason: String },

    #[error("{} has no tensor {name}; there is {there}", path.display())]
    NoTensor { path: PathBuf, name: String, there: String },

    #[error("the tensor {name} of {} holds {found}: only F32, F64, F16 and BF16 will do", path.display())]
    TensorType { path: PathBuf, name: String, found: String },

    #[error(
        "{} is not a file in which one could go back, and its tensors lie in another order than those of the first \
         input",
        path.display()
    )]
    OtherOrder { path: PathBuf },

    #[error("{} is truncated: its header announces {announced} bytes of elements, there are {found}", path.display())]
    Truncated { path: PathBuf, announced: u64, found: u64 },

    #[error(
        "{} goes on after the {announced} bytes of elements that its header announces, \
         and what follows them would be lost",
        path.display()
    )]
    Overlong { path: PathBuf, announced: u64 },

    #[error("{op} has no correctly rounded results in {dtype}: leave --accuracy away")]
    OnlyFast { op: Operation, dtype: DataType },

    #[error("{op} is not computed in {dtype}")]
    NotComputed { op: Operation, dtype: DataType },

    #[error("{op} is not verified in {dtype}")]
    NotVerified { op: Operation, dtype: DataType },

    #[error("{op} has two results, and is not computed in place")]
    NotInPlace { op: Operation },

    #[error("{contender} does not compute {op} in {dtype}")]
    NoContender { contender: Contender, op: Operation, dtype: DataType },

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
