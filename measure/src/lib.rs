//! How times are taken, for the command's `bench` and for the comparison with other libraries.
//!
//! - [`Buffers`]: slices that do not disturb one another;
//! - [`interleave`]: samples of every contender in turn;
//! - [`Statistics`]: what is quoted of them;
//! - [`yardsticks`]: what the machine can do at best;
//! - [`grouped`](grouped()): counts as tables show them;
//! - [`cpu`]: which machine that is.

mod buffers;
pub mod cpu;
mod grouped;
mod series;
mod statistics;
pub mod yardsticks;

pub use buffers::{Buffers, LINE, Number, TooLarge};
pub use grouped::grouped;
pub use series::{Sampling, interleave};
pub use statistics::{Nanoseconds, Statistics};
