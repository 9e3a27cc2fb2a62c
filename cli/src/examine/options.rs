//! The arguments of `sigmoid examine`.

use std::num::{NonZeroU64, NonZeroUsize};
use std::path::PathBuf;

use clap::Args;
use sigmoid_conformance::{Function, Rule};

use crate::operations::DataType;
use crate::options::threads;

/// Judge a function of a shared library: its errors, and the laws that results should keep.
///
/// The function is called as
///
///     void f(const float *x, float *y, size_t n);      (double with --dtype f64, uint16_t with bf16 and f16)
///
/// and computes y[i] from x[i] for all i below n. It may be called with any n, 0 too, and pointers that are aligned to
/// one element. It runs in this process: one that reads or writes far out of its slices may end it.
///
/// Ends with status 0 if there is no finding, with 1 if there is one, and with 2 if nothing could be examined.
#[derive(Debug, Args)]
pub struct Examine {
    /// The shared library.
    #[arg(long, value_name = "FILE")]
    pub library: PathBuf,

    /// The name of the function in it.
    #[arg(long, value_name = "NAME")]
    pub symbol: String,

    /// What it is to compute: sigmoid, sigmoid_derivative, silu, silu_derivative, quick_gelu, gelu_tanh, gelu, tanh,
    /// tanh_derivative, softplus, log_sigmoid or logit.
    #[arg(long, value_name = "OP", value_parser = str::parse::<Function>)]
    pub op: Function,

    /// The format of the numbers.
    #[arg(long, value_name = "TYPE", default_value_t, value_enum)]
    pub dtype: DataType,

    /// Larger errors than this many units in the last place are a finding; unless said only broken laws are.
    #[arg(long, value_name = "ULP", value_parser = bound, allow_hyphen_values = true)]
    pub bound: Option<f64>,

    /// Every result that is not the number nearest to the truth is a finding.
    #[arg(long, conflicts_with = "bound")]
    pub exact: bool,

    /// Laws that the function need not keep: nan, infinities, range, sign_of_zero, subnormals_kept, sign, zero,
    /// monotone, even, odd, place, written.
    #[arg(long, value_name = "LAW,...", value_delimiter = ',', value_parser = str::parse::<Rule>)]
    pub without: Vec<Rule>,

    /// Call it in place as well, x and y being one pointer: results must be the same.
    #[arg(long)]
    pub in_place: bool,

    /// Take every N-th f32 bit pattern. With 1 all 2^32 are tried, which takes minutes.
    #[arg(long, value_name = "N", default_value = "1009")]
    pub stride: NonZeroU64,

    /// How many f64 to try.
    #[arg(long, value_name = "N", default_value = "1048576")]
    pub points: NonZeroU64,

    /// The longest slice. It takes memory for twice that many elements, once.
    #[arg(long, value_name = "N", default_value = "100003")]
    pub longest: usize,

    /// From how many threads the function is called at a time; for more than one it must allow that.
    #[arg(long, value_name = "N", default_value = "1", value_parser = threads)]
    pub threads: NonZeroUsize,

    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}

fn bound(text: &str) -> Result<f64, String> {
    let bound: f64 = text.parse().map_err(|error| format!("{error}"))?;
    if bound >= 0.0 { Ok(bound) } else { Err("an error is 0 or larger".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::bound;

    #[test]
    fn bounds_are_numbers() {
        assert_eq!(bound("2.5"), Ok(2.5));
        for text in ["-1", "NaN", "", "exact"] {
            assert!(bound(text).is_err(), "{text}");
        }
    }
}
