//! The command line: every argument of every subcommand.

use std::fmt;
use std::num::{NonZeroU64, NonZeroUsize};
use std::path::PathBuf;
use std::str::FromStr;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use sigmoid::{Accuracy, Backend, Kernels, UnavailableBackend, UnknownBackend};

use crate::operations::{self, Operation, Selection};

/// s(x) = 1 / (1 + e^-x) and its derivative, in batches, as fast as memory.
///
/// Without a command: the tour. Which CPU and which kernels, the lesson's grid checked against the
/// reference, a table of timings, and the figures.
#[derive(Debug, Parser)]
#[command(name = "sigmoid", version, disable_help_subcommand = true)]
pub struct Options {
    #[command(subcommand)]
    pub command: Option<Command>,
}

impl Options {
    /// Those that the command line gives.
    pub fn read() -> Result<Self, clap::Error> {
        let options = Self::try_parse()?;
        if let Some(Command::Apply(apply)) = &options.command {
            apply.check().map_err(|(kind, reason)| Self::command().error(kind, reason))?;
        }
        Ok(options)
    }
}

#[derive(Debug, Subcommand)]
pub enum Command {
    Info(Info),
    Apply(Apply),
    Plot(Plot),
    Verify(Verify),
    Bench(Bench),
    Examine(crate::examine::Examine),
}

/// Show what this build is and what it found: version, CPU, backends, thresholds.
#[derive(Debug, Args)]
pub struct Info {
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}

/// Apply an operation to every element of an .npy file, or to tensors of a safetensors file.
///
/// The arrays are f32, f64 or f16 of any shape, order and byte order, whatever header NumPy reads, and may be larger
/// than memory; with --dtype bf16 they are bf16. The output has the header of the input. It appears whole or not at
/// all, and may be the input.
///
/// Operations of two inputs take three files, FIRST, SECOND and OUTPUT: the list of operations says which input is
/// which. Both have the same shape, order and number format, and nothing is broadcast. The output has the header of
/// the first, and may be either of them.
///
/// With --tensor or --all-tensors the files are safetensors. What is computed are tensors of F32, F64, F16 and BF16;
/// the rest of the file, its metadata too, is copied. The second file of an operation of two inputs has tensors of
/// the same names, shapes and formats, in any order.
///
/// f16 and bf16 are computed in f32 and rounded once; sigmoid, sigmoid_derivative, silu, quick_gelu and tanh are
/// correctly rounded.
///
/// "-" is standard input or standard output. What goes to standard output (/dev/stdout too), to a pipe or to a
/// device is written in order as it is computed: where something fails, part of it has been written already. Of two
/// inputs one may be "-"; two pipes are read in turn, both headers first, then up to 8 MiB of each.
///
/// With --out several files are computed one after the other, each as by itself, by an operation of one input. The
/// first failure ends this, and the message says which were done before.
///
/// A file that is there already is replaced by a new one, which has its name, its permissions and, where the
/// system allows that, its owner. Hard links to the old file keep what was in it, and its extended attributes
/// are lost; a warning says so first. What cannot be replaced so is refused before anything is computed: a file
/// in a directory that cannot be written to, one that is not the user's in a directory such as /tmp, a mount
/// point, a symbolic link that leads nowhere. Other symbolic links stay, and the files that they lead to are
/// replaced.
#[derive(Debug, Args)]
#[command(override_usage = "sigmoid apply [OPTIONS] INPUT.npy OUTPUT.npy
       sigmoid apply [OPTIONS] INPUT.npy... --out DIR
       sigmoid apply [OPTIONS] --op OP FIRST.npy SECOND.npy OUTPUT.npy
       sigmoid apply [OPTIONS] --tensor NAME... the same with .safetensors")]
#[command(after_long_help = "Examples:
  sigmoid apply x.npy y.npy
  sigmoid apply --op swiglu gate.npy up.npy y.npy
  sigmoid apply --op silu --dtype bf16 x.npy y.npy
  sigmoid apply --op silu --tensor hidden x.safetensors y.safetensors
  sigmoid apply --op swiglu --all-tensors gate.safetensors up.safetensors y.safetensors")]
pub struct Apply {
    /// The files to read, one or two, and the one to write; with --out DIR all of those to read.
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,

    /// The directory to write into, under the names that the files have; it is made if it is not there.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,

    /// What to compute.
    #[arg(long, value_name = "OP", default_value_t, value_parser = operations::with_one_result())]
    pub op: Operation,

    /// What the elements are where an .npy file says only that they have two bytes.
    ///
    /// That is so with '<V2' and '|V2', which is what NumPy keeps of the types of ml_dtypes, and with '<u2'. A file
    /// that says another type is refused.
    #[arg(
        long,
        value_name = "bf16|f16",
        value_parser = operations::formats(operations::DataType::is_half),
        hide_possible_values = true
    )]
    pub dtype: Option<operations::DataType>,

    /// The files are safetensors, and this tensor of them is computed. It may be given several times.
    #[arg(long, value_name = "NAME", conflicts_with = "dtype")]
    pub tensor: Vec<String>,

    /// The files are safetensors, and all of their tensors of F32, F64, F16 and BF16 are computed.
    #[arg(long, conflicts_with_all = ["dtype", "tensor"])]
    pub all_tensors: bool,

    /// The C of scaled, a magnitude from 2^-10 to 2^10, or 0; rounded to f32.
    #[arg(long, value_name = "C", allow_negative_numbers = true, value_parser = scale)]
    pub scale: Option<f32>,

    /// The A of swiglu, a magnitude from 2^-10 to 2^10: 1 unless said (gpt-oss has 1.702); rounded to f32.
    #[arg(long, value_name = "A", allow_negative_numbers = true, value_parser = steepness)]
    pub alpha: Option<f32>,

    /// The L of swiglu: inf unless said (gpt-oss has 7); rounded to f32.
    #[arg(long, value_name = "L", allow_negative_numbers = true, value_parser = limit)]
    pub limit: Option<f32>,

    /// The O of swiglu: 0 unless said (gpt-oss has 1); rounded to f32.
    #[arg(long, value_name = "O", allow_negative_numbers = true, value_parser = finite)]
    pub offset: Option<f32>,

    /// How exact the results are.
    #[arg(long, default_value_t)]
    pub accuracy: Accuracy,

    /// The instructions to use: auto, scalar, wide, avx2 or avx512.
    #[arg(long, default_value_t)]
    pub backend: BackendChoice,

    /// How many threads compute: all cores unless said.
    #[arg(long, value_name = "N", value_parser = threads)]
    pub threads: Option<NonZeroUsize>,
}

impl Apply {
    /// What the operation makes of the other arguments.
    fn check(&self) -> Result<(), (ErrorKind, String)> {
        let op = self.op;
        match (&self.out, op.names_of_inputs()) {
            (None, [first, second]) if self.files.len() != 3 => {
                let reason = format!("{op} takes three files: {first}, {second} and OUTPUT");
                return Err((ErrorKind::WrongNumberOfValues, reason));
            }
            (Some(_), [first, second]) => {
                let reason = format!("{op} takes {first}, {second} and OUTPUT, and no --out");
                return Err((ErrorKind::ArgumentConflict, reason));
            }
            (None, [_]) if self.files.len() != 2 => {
                let reason = "without --out DIR there are two files, INPUT.npy and OUTPUT.npy";
                return Err((ErrorKind::WrongNumberOfValues, reason.to_owned()));
            }
            _ => {}
        }
        for (name, given, of) in [
            ("scale", self.scale, Operation::Scaled),
            ("alpha", self.alpha, Operation::SwiGlu),
            ("limit", self.limit, Operation::SwiGlu),
            ("offset", self.offset, Operation::SwiGlu),
        ] {
            if given.is_some() && op != of {
                return Err((ErrorKind::ArgumentConflict, format!("--{name} belongs to --op {of}")));
            }
        }
        if op == Operation::Scaled && self.scale.is_none() {
            return Err((ErrorKind::MissingRequiredArgument, "--op scaled needs --scale C".to_owned()));
        }
        Ok(())
    }
}

/// Draw the figures, as SVG and PNG: those of the lesson, the family made of the sigmoid, and errors.
#[derive(Debug, Args)]
pub struct Plot {
    /// The directory to draw into; it is made if it is not there.
    #[arg(long, value_name = "DIR", default_value = "plots")]
    pub out: PathBuf,
}

/// Hold every f32, and a large sample of f64, against the truth.
///
/// Of bf16 and f16 every number is tried, whatever the stride; of what takes two numbers, as many pairs as of f64,
/// in every format. Ends with status 1 if a stated bound is broken.
///
/// Every f32 takes a quarter to one minute of a core for each operation (three for gelu), more with more backends:
/// --op all --stride 101 takes less than a minute.
#[derive(Debug, Args)]
pub struct Verify {
    /// What to verify. With --accuracy exact, `all` is what can be correctly rounded.
    #[arg(
        long,
        value_delimiter = ',',
        value_name = "OP,...",
        default_value = "default",
        value_parser = Selection::parser()
    )]
    pub op: Vec<Selection>,

    /// How exact the results are to be.
    #[arg(long, default_value_t)]
    pub accuracy: Accuracy,

    /// The backends to verify: all, auto for the fastest, or names such as avx2,avx512.
    #[arg(long, default_value_t, value_name = "all|auto|NAME,...")]
    pub backend: BackendSet,

    /// The formats to verify.
    #[arg(
        long,
        value_enum,
        value_delimiter = ',',
        value_name = "DTYPE,...",
        default_values = ["f32", "f64"]
    )]
    pub dtype: Vec<operations::DataType>,

    /// Take every N-th f32 bit pattern, and samples of f64 and of pairs that are as much smaller.
    #[arg(long, value_name = "N", default_value = "1")]
    pub stride: NonZeroUsize,

    /// The points of the whole sample of f64, or of pairs.
    #[arg(long, value_name = "N", default_value = "16777216")]
    pub points: NonZeroU64,

    /// How many threads compute: all cores unless said.
    #[arg(long, value_name = "N", value_parser = threads)]
    pub threads: Option<NonZeroUsize>,

    /// Hold the errors to this many units in the last place instead of the stated bounds.
    #[arg(long, value_name = "ULP")]
    pub bound: Option<f64>,

    /// Print an array of JSON objects.
    #[arg(long)]
    pub json: bool,
}

/// Time kernels, naive loops and yardsticks side by side.
#[derive(Debug, Args)]
pub struct Bench {
    /// What to compute.
    #[arg(long, value_enum, default_value_t)]
    pub op: Operation,

    /// The format of the numbers.
    #[arg(long, value_enum, default_value_t)]
    pub dtype: operations::DataType,

    /// How exact the results are.
    #[arg(long, default_value_t)]
    pub accuracy: Accuracy,

    /// The contenders: all of this CPU unless said.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "NAME,...")]
    pub backend: Vec<Contender>,

    /// Elements in a slice.
    #[arg(
        long,
        value_delimiter = ',',
        value_name = "N,...",
        default_values = ["2048", "65536", "1048576", "16777216"]
    )]
    pub size: Vec<NonZeroUsize>,

    /// The interval that inputs are drawn from.
    #[arg(long, value_name = "LO:HI", default_value_t, allow_hyphen_values = true)]
    pub range: Interval,

    /// Make half of the inputs -inf, +inf, NaN, -1e9 and 1e9.
    #[arg(long)]
    pub special: bool,

    /// How many threads compute. From two on, the kernels cut their slices for a pool, and the
    /// contender independent joins in.
    #[arg(long, value_name = "N", default_value = "1", value_parser = threads)]
    pub threads: NonZeroUsize,

    /// Write the results over the inputs.
    #[arg(long)]
    pub in_place: bool,

    /// The time for the samples of one length, in milliseconds. There are five of each at least.
    #[arg(long, value_name = "MS", default_value = "1200")]
    pub budget_ms: u64,

    /// Print an array of JSON objects.
    #[arg(long)]
    pub json: bool,
}

/// Who takes part in a benchmark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Contender {
    /// The plain loop over the standard library's functions
    Naive,
    /// The plain loop over the exp of the crate wide, of s and s'
    NaiveWide,
    /// This crate's reference path
    Scalar,
    /// This crate in the registers of the crate wide
    Wide,
    /// This crate with AVX2 and FMA
    Avx2,
    /// This crate with AVX-512
    Avx512,
    /// This crate as it comes: with the fastest of these that the CPU has
    Auto,
    /// The fastest kernel on independent threads, each with its own part of the data
    Independent,
    /// Yardstick: memcpy
    Copy,
    /// Yardstick: a copy with streaming stores and prefetch
    StreamCopy,
    /// Yardstick: multiply in place
    Scale,
    /// Yardstick: two streams in, one streamed out
    Triad,
    /// Yardstick: load, one division, store
    Divide,
}

/// Shows values of an enum under the names that the command line knows.
macro_rules! displayed_as_on_the_command_line {
    ($($name:ty),*) => {$(
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let value = clap::ValueEnum::to_possible_value(self);
                f.pad(value.as_ref().map_or("", |value| value.get_name()))
            }
        }
    )*};
}
pub(crate) use displayed_as_on_the_command_line;
displayed_as_on_the_command_line!(Contender);

/// One backend, or the fastest that the CPU has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BackendChoice {
    #[default]
    Auto,
    One(Backend),
}

impl BackendChoice {
    /// The kernels of the backend.
    pub fn kernels(self) -> Result<Kernels, UnavailableBackend> {
        match self {
            Self::Auto => Ok(Kernels::new()),
            Self::One(backend) => Kernels::new().backend(backend),
        }
    }
}

impl fmt::Display for BackendChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.pad("auto"),
            Self::One(backend) => backend.fmt(f),
        }
    }
}

impl FromStr for BackendChoice {
    type Err = UnknownBackend;

    fn from_str(name: &str) -> Result<Self, UnknownBackend> {
        match name {
            "auto" => Ok(Self::Auto),
            _ => name.parse().map(Self::One),
        }
    }
}

/// Some backends, or all that the CPU has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum BackendSet {
    #[default]
    All,
    These(Vec<Backend>),
}

impl BackendSet {
    /// The backends, each of which the CPU has.
    pub fn backends(&self) -> Result<Vec<Backend>, UnavailableBackend> {
        match self {
            Self::All => Ok(Backend::available().collect()),
            Self::These(backends) => backends
                .iter()
                .map(|&backend| Ok(Kernels::new().backend(backend)?.selected_backend()))
                .collect(),
        }
    }
}

impl fmt::Display for BackendSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.pad("all"),
            Self::These(backends) => {
                let names: Vec<_> = backends.iter().map(|backend| backend.name()).collect();
                f.pad(&names.join(","))
            }
        }
    }
}

impl FromStr for BackendSet {
    type Err = UnknownBackend;

    fn from_str(names: &str) -> Result<Self, UnknownBackend> {
        match names {
            "all" => Ok(Self::All),
            "auto" => Ok(Self::These(vec![Backend::fastest()])),
            _ => names.split(',').map(str::parse).collect::<Result<_, _>>().map(Self::These),
        }
    }
}

/// The numbers between two ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    pub low: f64,
    pub high: f64,
}

impl Default for Interval {
    fn default() -> Self {
        Self { low: -10.0, high: 10.0 }
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.low, self.high)
    }
}

impl FromStr for Interval {
    type Err = NotAnInterval;

    fn from_str(text: &str) -> Result<Self, NotAnInterval> {
        let (low, high) = text.split_once(':').ok_or(NotAnInterval)?;
        let end = |text: &str| text.parse().ok().filter(|end: &f64| end.is_finite()).ok_or(NotAnInterval);
        let interval = Self { low: end(low)?, high: end(high)? };
        if interval.low < interval.high { Ok(interval) } else { Err(NotAnInterval) }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an interval: write two numbers, the smaller one first, such as -10:10")]
pub struct NotAnInterval;

/// The most threads that one can ask for: starting a hundred thousand takes minutes before it fails.
const MOST_THREADS: usize = 1024;

pub fn threads(text: &str) -> Result<NonZeroUsize, String> {
    let count: NonZeroUsize = text.parse().map_err(|error| format!("{error}"))?;
    if count.get() > MOST_THREADS {
        return Err(format!("there can be {MOST_THREADS} at the most"));
    }
    Ok(count)
}

fn finite(text: &str) -> Result<f32, String> {
    let number: f32 = text.parse().map_err(|error| format!("{error}"))?;
    if number.is_finite() { Ok(number) } else { Err("it must be finite".to_owned()) }
}

fn steepness(text: &str) -> Result<f32, String> {
    // What the kernels promise something for.
    match finite(text)? {
        number if (1.0 / 1024.0..=1024.0).contains(&number.abs()) => Ok(number),
        _ => Err("its magnitude must be from 2^-10 to 2^10".to_owned()),
    }
}

fn scale(text: &str) -> Result<f32, String> {
    if finite(text)? == 0.0 { Ok(0.0) } else { steepness(text) }
}

fn limit(text: &str) -> Result<f32, String> {
    let number: f32 = text.parse().map_err(|error| format!("{error}"))?;
    if number >= 0.0 { Ok(number) } else { Err("it must not be negative".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clap_finds_no_fault() {
        Options::command().debug_assert();
    }

    #[test]
    fn intervals() {
        assert_eq!("-110:110".parse(), Ok(Interval { low: -110.0, high: 110.0 }));
        for text in ["", "1", "1:", "2:1", "1:1", "nan:1", "0:inf"] {
            assert_eq!(text.parse::<Interval>(), Err(NotAnInterval), "{text}");
        }
    }

    #[test]
    fn numbers_of_threads() {
        assert_eq!(threads("1024").map(NonZeroUsize::get), Ok(1024));
        for text in ["0", "-1", "1025", "99999", "two"] {
            assert!(threads(text).is_err(), "{text}");
        }
    }

    #[test]
    fn parameters() {
        assert_eq!(scale("-1.5"), Ok(-1.5));
        assert_eq!((scale("0"), scale("-0")), (Ok(0.0), Ok(0.0)));
        assert_eq!((steepness("1024"), steepness("-0.0009765625")), (Ok(1024.0), Ok(-1.0 / 1024.0)));
        assert_eq!((limit("0"), limit("inf"), finite("-3")), (Ok(0.0), Ok(f32::INFINITY), Ok(-3.0)));
        for text in ["", "x", "nan", "inf", "1e39", "1025", "1e-4"] {
            assert!(scale(text).is_err() && steepness(text).is_err(), "{text}");
        }
        assert!(steepness("0").is_err());
        assert!(["nan", "-1", "-inf", "x"].iter().all(|text| limit(text).is_err()));
        assert!(["nan", "inf", "-inf", "1e39", "x"].iter().all(|text| finite(text).is_err()));
    }

    #[test]
    fn backends() {
        assert_eq!("auto".parse(), Ok(BackendChoice::Auto));
        assert_eq!("wide,scalar".parse(), Ok(BackendSet::These(vec![Backend::Wide, Backend::Scalar])));
        assert_eq!("sse9".parse::<BackendChoice>(), Err(UnknownBackend));
        assert_eq!(BackendSet::default().to_string(), "all");
    }
}
