//! What the readers say when they refuse a file: those of the command's errors that they know.

use std::io;
use std::path::PathBuf;

use crate::operations::DataType;

#[derive(Debug)]
pub enum Error {
    Read { path: PathBuf, source: io::Error },
    NotNpy { path: PathBuf, reason: String },
    ElementType { path: PathBuf, found: String },
    TwoBytes { path: PathBuf, found: String },
    OtherFormat { path: PathBuf, found: DataType, asked: DataType },
    Disagree { first: PathBuf, first_holds: String, second: PathBuf, second_holds: String },
    NotSafetensors { path: PathBuf, reason: String },
    NoTensor { path: PathBuf, name: String, there: String },
    TensorType { path: PathBuf, name: String, found: String },
}
