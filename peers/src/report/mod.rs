//! From the JSON files in a folder to tables and pictures.
//!
//! `tables` writes what is read, `pictures` draws what is seen, [`readme`] fills in the README.

mod pictures;
pub mod readme;
mod tables;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use half::{bf16, f16};
use sigmoid::build_info;
use sigmoid_measure::cpu;

use crate::Failure;
use crate::errors::Errors;
use crate::peer::{Operation, Threads};
use crate::questions;
use crate::record::{Error, ErrorInHalf, Format, Measurement, Results, Run};
use crate::session::{self, KEY_SIZES, Work};
use crate::versions;

/// The name of this CPU's folder: its model in lower case, words joined by hyphens.
pub fn machine() -> String {
    let words = slug(&cpu::model().unwrap_or_default());
    if words.is_empty() { "unknown".into() } else { words }
}

fn slug(name: &str) -> String {
    let spaced: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' }).collect();
    spaced.to_lowercase().split_whitespace().collect::<Vec<_>>().join("-")
}

/// What the reader must know of this machine, this build and this day.
pub fn facts(quick: bool) -> Vec<(String, String)> {
    let or_none = |text: &str| if text.is_empty() { "none".to_owned() } else { text.to_owned() };
    let model = cpu::model().unwrap_or_else(|| "unknown".into());
    [
        ("day", today()),
        ("CPU", format!("{model}, {} threads at once", cpu::threads())),
        ("instructions", cpu::features().join(" ")),
        ("compiler", build_info::RUSTC.to_owned()),
        ("target", build_info::TARGET.to_owned()),
        ("flags", or_none(versions::RUSTFLAGS)),
        ("features", or_none(versions::FEATURES)),
        ("profile", build_info::PROFILE.to_owned()),
        ("effort", if quick { "quick" } else { "full" }.to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// The day in UTC, as 2026-11-24.
fn today() -> String {
    let days = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs() / 86_400);
    // Howard Hinnant's civil_from_days: years that begin in March, in eras of 400.
    let shifted = days as i64 + 719_468;
    let (era, day) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let of_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    format!("{:04}-{month:02}-{of_month:02}", era * 400 + year + i64::from(month <= 2))
}

/// The JSON files in a folder: Rust's first, the others by name.
fn runs(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut paths: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            paths.push(path);
        }
    }
    paths.sort_by_key(|path| (!path.ends_with("rust.json"), path.clone()));
    if paths.is_empty() {
        return Err(format!("there are no measurements in {}", folder.display()).into());
    }
    Ok(paths)
}

fn read(path: &Path) -> Result<Run, Failure> {
    Ok(serde_json::from_str(&fs::read_to_string(path)?)
        .map_err(|error| format!("{}: {error}", path.display()))?)
}

/// Judges the results that the JSON files in the folder name, and writes the verdicts in their place.
pub fn judge(folder: &Path) -> Result<(), Failure> {
    for path in runs(folder)? {
        let mut run = read(&path)?;
        if run.results.is_empty() {
            continue;
        }
        for Results { peer, version, op, dtype, file } in std::mem::take(&mut run.results) {
            let path = folder.join(file);
            let wrong = |error| format!("{}: {error}", path.display());
            let report = match dtype {
                Format::Bf16 => questions::judge_in_half(op, &path, bf16::from_bits),
                Format::F16 => questions::judge_in_half(op, &path, f16::from_bits),
                Format::F32 | Format::F64 => {
                    let errors = questions::judge(op, &path).map_err(wrong)?;
                    run.errors.push(Error { peer, version, op, errors });
                    continue;
                }
            };
            run.errors_in_half.push(ErrorInHalf::of(peer, version, op, dtype, &report.map_err(wrong)?));
        }
        run.write(&path)?;
    }
    Ok(())
}

/// Reads every JSON file in the folder and writes the report.
pub fn write(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let everything = Everything::read(folder)?;
    let mut written = Vec::new();
    let mut keep = |name: &str, text: String| -> Result<(), Failure> {
        let path = folder.join(name);
        fs::write(&path, text)?;
        written.push(path);
        Ok(())
    };
    for (name, picture) in pictures::all(&everything)? {
        keep(name, picture)?;
    }
    keep("report.md", tables::report(&everything))?;
    Ok(written)
}

/// All runs of one machine.
struct Everything {
    runs: Vec<Run>,
    errors: Vec<Error>,
}

impl Everything {
    fn read(folder: &Path) -> Result<Self, Failure> {
        let mut everything = Self { runs: Vec::new(), errors: Vec::new() };
        for path in runs(folder)? {
            let run = read(&path)?;
            everything.errors.extend(run.errors.iter().cloned());
            everything.runs.push(run);
        }
        Ok(everything)
    }

    fn measurements(&self) -> impl Iterator<Item = &Measurement> {
        self.runs.iter().flat_map(|run| &run.measurements)
    }

    /// Those of one table, in the shared process.
    fn of(&self, work: Work) -> Vec<&Measurement> {
        let threads = move |one: &Measurement| match work.threads {
            Threads::One => one.threads == 1,
            Threads::All => one.threads > 1,
        };
        let fits = |one: &&Measurement| {
            !one.alone && !one.unclean && one.op == work.operation && one.dtype == work.format && threads(one)
        };
        self.measurements().filter(fits).collect()
    }

    /// The first table's, in processes of their own.
    fn alone(&self) -> Vec<&Measurement> {
        self.measurements().filter(|one| one.alone).collect()
    }

    /// The first table's, with the registers as the contender before left them.
    fn unclean(&self) -> Vec<&Measurement> {
        self.measurements().filter(|one| one.unclean && !one.alone).collect()
    }

    fn error_in_half(&self, peer: &str, op: Operation, dtype: Format) -> Option<&ErrorInHalf> {
        let errors = self.runs.iter().flat_map(|run| &run.errors_in_half);
        errors.into_iter().find(|error| error.peer == peer && error.op == op && error.dtype == dtype)
    }

    fn error(&self, peer: &str, op: Operation) -> Option<&Errors> {
        // In place is the same function.
        let op = if op == Operation::ForwardInPlace { Operation::Forward } else { op };
        self.errors.iter().find(|error| error.peer == peer && error.op == op).map(|error| &error.errors)
    }
}

/// The contenders of these measurements, the quickest at 64 Ki first, and then the copies.
fn peers<'a>(measurements: &[&'a Measurement]) -> Vec<&'a str> {
    let mut names: Vec<&str> = Vec::new();
    for one in measurements {
        if !names.contains(&one.peer.as_str()) {
            names.push(&one.peer);
        }
    }
    let time =
        |name: &str| find(measurements, name, KEY_SIZES[1]).map_or(f64::INFINITY, Measurement::per_element);
    names.sort_by(|a, b| is_yardstick(a).cmp(&is_yardstick(b)).then(time(a).total_cmp(&time(b))));
    names
}

fn find<'a>(measurements: &[&'a Measurement], peer: &str, elements: usize) -> Option<&'a Measurement> {
    measurements.iter().find(|one| one.peer == peer && one.elements == elements).copied()
}

/// Whether it is a copy rather than a contender.
fn is_yardstick(name: &str) -> bool {
    name.starts_with('(')
}

/// A length as people say it.
fn length(elements: usize) -> String {
    match elements {
        n if n >= 1 << 20 && n.is_multiple_of(1 << 20) => format!("{} Mi", n >> 20),
        n if n >= 1 << 14 && n.is_multiple_of(1 << 10) => format!("{} Ki", n >> 10),
        n => n.to_string(),
    }
}

fn work_of_bars() -> Work {
    session::WORKS[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_folders() {
        assert_eq!(slug("AMD EPYC 9R14 (Zen 4) @ 3.7GHz"), "amd-epyc-9r14-zen-4-3-7ghz");
        assert!(!machine().is_empty());
    }

    #[test]
    fn lengths() {
        assert_eq!([1, 2048, 65_536, 1 << 20, 1 << 26].map(length), ["1", "2048", "64 Ki", "1 Mi", "64 Mi"]);
    }

    #[test]
    fn the_day_is_one() {
        let today = today();
        assert!(today.as_str() > "2026-01-01" && today.len() == 10, "{today}");
    }
}
