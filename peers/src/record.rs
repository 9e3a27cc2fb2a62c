//! The JSON that measurements are kept in, whoever took them.
//!
//! `peers/report/<CPU>/rust.json` is a [`Run`]; whatever else lies beside it (`python.json`) has the
//! same shape and is merged into the report by `sigmoid-peers merge`. The smallest one:
//!
//! ```json
//! {
//!   "source": "Python",
//!   "facts": [["Python", "3.13.5"], ["flags", "ATEN_CPU_CAPABILITY=avx512"]],
//!   "measurements": [
//!     {
//!       "peer": "NumPy", "version": "2.3.0", "op": "forward", "dtype": "f32", "threads": 1,
//!       "elements": 2048, "median_ns": 1700.0, "minimum_ns": 1650.0, "samples": 25, "note": ""
//!     }
//!   ],
//!   "results": [
//!     { "peer": "NumPy", "version": "2.3.0", "op": "forward", "dtype": "f32", "file": "numpy.npy" }
//!   ]
//! }
//! ```
//!
//! Times are those of one call on `elements` elements, not of one element. `results` names .npy files
//! (paths relative to the JSON) with a contender's answers, in `f32` or half precision, to the questions in `peers/data`
//! (see [`questions`](crate::questions)), which are then judged by the same code as everyone else's.
//! The verdicts take their place in the JSON: the files need not be kept.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sigmoid_conformance::Report;

use crate::Failure;
use crate::errors::Errors;
use crate::peer::Operation;

/// All that one program measured on one machine.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Run {
    /// Who measured: `Rust`, `Python`.
    pub source: String,
    /// What the reader must know of the machine, the build and the day: pairs of a name and a value.
    #[serde(default)]
    pub facts: Vec<(String, String)>,
    /// The times.
    pub measurements: Vec<Measurement>,
    /// The errors, where they are known already.
    #[serde(default)]
    pub errors: Vec<Error>,
    /// The same in half precision.
    #[serde(default)]
    pub errors_in_half: Vec<ErrorInHalf>,
    /// Results of which the errors are yet to be found.
    #[serde(default)]
    pub results: Vec<Results>,
}

impl Run {
    /// Writes it as JSON, a record a line: what changes from one run to the next is seen in a diff.
    pub fn write(&self, path: &Path) -> Result<(), Failure> {
        let lists = [
            ("facts", lines(&self.facts)?),
            ("measurements", lines(&self.measurements)?),
            ("errors", lines(&self.errors)?),
            ("errors_in_half", lines(&self.errors_in_half)?),
            ("results", lines(&self.results)?),
        ];
        let lists: Vec<_> = lists.iter().map(|(name, lines)| format!("\"{name}\": [{lines}]")).collect();
        let source = serde_json::to_string(&self.source)?;
        Ok(fs::write(path, format!("{{\n\"source\": {source},\n{}\n}}\n", lists.join(",\n")))?)
    }
}

/// Each on a line of its own.
fn lines<T: Serialize>(records: &[T]) -> serde_json::Result<String> {
    let records = records.iter().map(serde_json::to_string).collect::<serde_json::Result<Vec<_>>>()?;
    Ok(if records.is_empty() { String::new() } else { format!("\n{}\n", records.join(",\n")) })
}

/// The time of one contender at one length.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// The contender.
    pub peer: String,
    /// Its version.
    pub version: String,
    /// `forward`, `forward-in-place` or `derivative`.
    pub op: Operation,
    /// `f32` or `f64`.
    pub dtype: Format,
    /// How many threads it was allowed.
    pub threads: usize,
    /// How many elements one call takes.
    pub elements: usize,
    /// The median time of a call.
    pub median_ns: f64,
    /// The shortest one: the median divided by it is the spread.
    pub minimum_ns: f64,
    /// How many were taken. Each is the mean of many calls, if they are short.
    pub samples: usize,
    /// What the reader of the row should know.
    #[serde(default)]
    pub note: String,
    /// Whether it had a process of its own, rather than one with all others.
    #[serde(default)]
    pub alone: bool,
    /// Whether it found the vector registers as the contender before it left them, rather than
    /// clean.
    #[serde(default)]
    pub unclean: bool,
}

impl Measurement {
    /// The median time of an element.
    pub fn per_element(&self) -> f64 {
        self.median_ns / self.elements as f64
    }

    /// Billions of bytes a second that are read and written.
    pub fn gigabytes_per_second(&self) -> f64 {
        2.0 * self.dtype.bytes() as f64 / self.per_element()
    }

    /// How many times as long as the shortest sample the median is.
    pub fn spread(&self) -> f64 {
        self.median_ns / self.minimum_ns
    }
}

/// A number format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Single precision.
    F32,
    /// Double precision.
    F64,
    /// The upper half of single precision.
    Bf16,
    /// Half precision.
    F16,
}

impl Format {
    /// The bytes of a number.
    pub fn bytes(self) -> usize {
        match self {
            Self::F32 => 4,
            Self::F64 => 8,
            Self::Bf16 | Self::F16 => 2,
        }
    }

    /// As Rust calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::F64 => "f64",
            Self::Bf16 => "bf16",
            Self::F16 => "f16",
        }
    }
}

/// The errors of one contender.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Error {
    /// The contender.
    pub peer: String,
    /// Its version.
    pub version: String,
    /// The operation.
    pub op: Operation,
    /// What was found.
    pub errors: Errors,
}

/// The errors of one contender in half precision, of which every number is tried.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ErrorInHalf {
    /// The contender.
    pub peer: String,
    /// Its version.
    pub version: String,
    /// The operation.
    pub op: Operation,
    /// `bf16` or `f16`.
    pub dtype: Format,
    /// The largest error, in units in the last place; 1e300 stands for NaN or an infinity where a number should be.
    pub ulp: f64,
    /// How many results are not the nearest number, of 65,536.
    pub not_nearest: u64,
    /// The laws that it breaks.
    pub broken: Vec<String>,
}

impl ErrorInHalf {
    /// What the checker says of a contender.
    pub fn of(peer: String, version: String, op: Operation, dtype: Format, report: &Report) -> Self {
        let broken = report.laws().into_iter().filter(|(_, law)| !law.holds());
        Self {
            peer,
            version,
            op,
            dtype,
            ulp: report.max_ulp().min(1e300),
            not_nearest: report.not_correctly_rounded,
            broken: broken.map(|(what, _)| what.to_owned()).collect(),
        }
    }
}

/// Results to be judged.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Results {
    /// The contender.
    pub peer: String,
    /// Its version.
    pub version: String,
    /// The operation.
    pub op: Operation,
    /// `f32`, `bf16` or `f16`.
    pub dtype: Format,
    /// The .npy file.
    pub file: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The files of the report are as they would be written again.
    #[test]
    fn a_run_is_written_as_it_is_read() {
        let folder = std::env::temp_dir().join(format!("sigmoid-record-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("there is room");
        for machine in fs::read_dir(crate::data::folder("report")).expect("the report") {
            let machine = machine.expect("a machine").path();
            for file in ["rust.json", "python.json"] {
                let text = fs::read_to_string(machine.join(file)).expect("its measurements");
                let run: Run = serde_json::from_str(&text).expect("a run");
                assert!(text.lines().count() > run.measurements.len() && !run.measurements.is_empty());
                let copy = folder.join(file);
                run.write(&copy).expect("there is room");
                assert!(
                    fs::read_to_string(&copy).expect("the copy") == text,
                    "{}",
                    machine.join(file).display()
                );
            }
        }
        fs::remove_dir_all(&folder).expect("it is ours");
    }
}
