//! The comparison: the crate `sigmoid` and everything else that computes sigmoids of slices, on the
//! same data, in the same run, with the error beside the speed.
//!
//! `cargo run --release -p sigmoid-peers` writes `peers/report/<CPU>/`. A contender is a file and a
//! line: [`peer`] says what it must be, [`registry`] lists them all. [`session`] takes the times,
//! [`errors`] judges the results, and by way of [`questions`] those of other languages. [`record`] is the
//! JSON of both, [`report`] makes tables and pictures.
//!
//! Not among them: the crate `sleef`. It begins with `#![feature(portable_simd)]`, so that only a
//! nightly compiler builds it, and this project is built by the stable one. The C library it was
//! translated from stands in for it, with the feature `foreign`.

pub mod data;
pub mod errors;
#[cfg(feature = "foreign")]
mod foreign;
pub mod peer;
pub mod questions;
pub mod record;
pub mod registry;
pub mod report;
mod rust;
pub mod session;
mod versions;
mod yardsticks;

/// What can go wrong: a sentence for whoever reads it.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;
