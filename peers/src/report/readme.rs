//! The tables of the project's README, all from one machine's folder, whose name the README tells.
//!
//! A table stands between two comments, `<!-- table: NAME -->` and `<!-- end -->`; the line
//! `<!-- figures: peers/report/amd-epyc -->` says where the numbers are from. A test holds the README against the
//! report, so that no figure is typed by hand or outlives its measurement.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use super::tables::{short_number, ulp};
use super::{Everything, find, is_yardstick, length, peers};
use crate::Failure;
use crate::peer::{Operation, Threads};
use crate::record::{Format, Measurement};
use crate::session::{KEY_SIZES, KEY_SIZES_OF_FAMILY, Work};

/// Who stands in the report and not in the README: this project's other backends, and variants of what is there.
const LEFT_OUT: [&str; 9] = [
    "C loop, 512 bits",
    "PyTorch",
    "SLEEF avx2",
    "libm",
    "ndarray",
    "sigmoid exact avx2",
    "sigmoid exact wide",
    "sigmoid fast avx2",
    "sigmoid fast wide",
];

/// What README calls some of them.
const NAMES: [(&str, &str); 4] = [
    ("sigmoid fast avx512", "**this crate, Fast**"),
    ("sigmoid exact avx512", "**this crate, Exact**"),
    ("scalar loop", "plain loop over `exp`"),
    ("C loop", "C loop, `-O3 -march=native -ffast-math`"),
];

/// The README in the source tree.
pub fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md")
}

/// The text with the tables of the report that it names.
pub fn filled(text: &str) -> Result<String, Failure> {
    let mut lines = text.lines();
    let figures = text.lines().find_map(|line| line.strip_prefix("<!-- figures: ")?.strip_suffix(" -->"));
    let figures = figures.ok_or("the README does not say where its figures are from")?;
    let everything = Everything::read(&path().with_file_name(figures))?;
    let mut filled = String::new();
    while let Some(line) = lines.next() {
        filled += &format!("{line}\n");
        if let Some(name) = line.strip_prefix("<!-- table: ").and_then(|rest| rest.strip_suffix(" -->")) {
            filled += &table(&everything, name)?;
            lines.by_ref().find(|line| *line == "<!-- end -->").ok_or("a table without an end")?;
            filled += "<!-- end -->\n";
        }
    }
    Ok(filled)
}

/// Writes the README anew.
pub fn write() -> Result<PathBuf, Failure> {
    let path = path();
    let text = fs::read_to_string(&path)?;
    fs::write(&path, filled(&text)?)?;
    Ok(path)
}

fn table(everything: &Everything, name: &str) -> Result<String, Failure> {
    match name {
        "run" => Ok(run(everything)),
        "lengths" => Ok(lengths(everything)),
        "operations" => Ok(operations(everything)),
        "peers" => Ok(others(everything, &[Operation::Forward])),
        "family" => Ok(others(everything, &[Operation::Silu, Operation::Swiglu])),
        _ => Err(format!("there is no table {name}").into()),
    }
}

/// Where and when.
fn run(everything: &Everything) -> String {
    let facts = everything.runs.first().map_or(&[][..], |run| &run.facts);
    let fact = |name: &str| facts.iter().find(|fact| fact.0 == name).map_or("", |fact| fact.1.as_str());
    format!("{}; {}; {}; default flags.\n", fact("CPU"), fact("day"), fact("compiler"))
}

fn work(operation: Operation, format: Format, threads: Threads) -> Work {
    Work { operation, format, threads }
}

/// Nanoseconds an element, and an empty cell if it was not measured.
fn cell(row: Option<&Measurement>) -> String {
    row.map_or(String::new(), |row| short_number(row.per_element()))
}

/// s over the lengths, of each backend.
fn lengths(everything: &Everything) -> String {
    let (one, all) = (
        everything.of(work(Operation::Forward, Format::F32, Threads::One)),
        everything.of(work(Operation::Forward, Format::F32, Threads::All)),
    );
    let threads = all.first().map_or(1, |row| row.threads);
    let more = format!("`Avx512`, {threads} threads");
    let rows = [
        ("plain loop over `exp`", &one, "scalar loop"),
        ("`Wide` (SSE2 in a default build)", &one, "sigmoid fast wide"),
        ("`Avx2`", &one, "sigmoid fast avx2"),
        ("`Avx512`", &one, "sigmoid fast avx512"),
        (&more, &all, "sigmoid fast avx512"),
        ("a plain copy", &one, "(copy)"),
    ];
    let mut text = "| elements |".to_owned();
    for size in KEY_SIZES {
        let _ = write!(text, " {} |", length(size));
    }
    text += &format!("\n|---|{}\n", "---:|".repeat(KEY_SIZES.len()));
    for (name, measurements, peer) in rows {
        text += &format!("| {name} |");
        for size in KEY_SIZES {
            text += &format!(" {} |", cell(find(measurements, peer, size)));
        }
        text += "\n";
    }
    text
}

/// Each operation on each backend, beside the plain loop of it.
fn operations(everything: &Everything) -> String {
    use Operation::*;
    let rows = [
        ("s(x)", Forward, Format::F32, "fast"),
        ("s'(x)", Derivative, Format::F32, "fast"),
        ("`Silu`", Silu, Format::F32, "fast"),
        ("`SwiGlu`", Swiglu, Format::F32, "fast"),
        ("`Softplus`", Softplus, Format::F32, "fast"),
        ("`LogSigmoid`", LogSigmoid, Format::F32, "fast"),
        ("`BceWithLogits`", BceWithLogits, Format::F32, "fast"),
        ("s(x), Exact", Forward, Format::F32, "exact"),
        ("s'(x), Exact", Derivative, Format::F32, "exact"),
        ("s(x) in `f64`", Forward, Format::F64, "fast"),
        ("s'(x) in `f64`", Derivative, Format::F64, "fast"),
        ("s(x) in `f64`, Exact", Forward, Format::F64, "exact"),
    ];
    let mut text =
        "| | plain loop | `Wide` | `Avx2` | `Avx512` | times as fast |\n|---|---:|---:|---:|---:|---:|\n"
            .to_owned();
    for (name, operation, format, accuracy) in rows {
        let measurements = everything.of(work(operation, format, Threads::One));
        let elements = if operation.is_family() { KEY_SIZES_OF_FAMILY[1] } else { KEY_SIZES[0] };
        let of = |peer: &str| find(&measurements, peer, elements);
        let [plain, best] = [of("scalar loop"), of(&format!("sigmoid {accuracy} avx512"))];
        if best.is_none() {
            continue;
        }
        let times = plain
            .zip(best)
            .map_or(String::new(), |(plain, best)| format!("{:.1}", plain.median_ns / best.median_ns));
        let _ = writeln!(
            text,
            "| {name} | {} | {} | {} | {} | {times} |",
            cell(plain),
            cell(of(&format!("sigmoid {accuracy} wide"))),
            cell(of(&format!("sigmoid {accuracy} avx2"))),
            cell(best),
        );
    }
    text
}

/// Everybody, a group of columns for each operation.
fn others(everything: &Everything, operations: &[Operation]) -> String {
    let mut head = "| |".to_owned();
    let mut columns = Vec::new();
    for &operation in operations {
        let work = work(operation, Format::F32, Threads::One);
        for size in work.columns() {
            let formula =
                if operations.len() > 1 { format!("{} ", operation.formula()) } else { String::new() };
            let _ = write!(head, " {formula}{} |", length(size));
        }
        head += " ULP |";
        columns.push((work, everything.of(work)));
    }
    let mut text = format!("{head} faults |\n|---|{}---|\n", "---:|".repeat(5 * operations.len()));
    let [(_, first), ..] = &columns[..] else { return text };
    for peer in peers(first) {
        if LEFT_OUT.contains(&peer) || is_yardstick(peer) {
            continue;
        }
        let row = columns.iter().find_map(|(_, rows)| rows.iter().find(|row| row.peer == peer));
        let name = NAMES.iter().find(|(name, _)| *name == peer).map(|(_, shown)| (*shown).to_owned());
        // Versions begin with a name; what else they tell is in the report.
        let version = row.map_or("", |row| row.version.split(" (").next().unwrap_or_default());
        let version = version.rsplit(' ').next().unwrap_or_default();
        text += &match name {
            Some(name) => format!("| {name} |"),
            None => format!("| {peer} {version} |"),
        };
        let mut faults: Vec<String> = Vec::new();
        for (work, measurements) in &columns {
            for size in work.columns() {
                let best = measurements.iter().filter(|row| row.elements == size && !is_yardstick(&row.peer));
                let best = best.map(|row| row.median_ns).fold(f64::INFINITY, f64::min);
                let row = find(measurements, peer, size);
                let bold = if row.is_some_and(|row| row.median_ns <= best) { "**" } else { "" };
                text += &format!(" {bold}{}{bold} |", cell(row));
            }
            let errors = everything.error(peer, work.operation);
            text += &format!(" {} |", errors.map_or(String::new(), |errors| ulp(errors.largest())));
            for fault in errors.map_or_else(Vec::new, |errors| errors.faults()) {
                if !faults.contains(&fault) {
                    faults.push(fault);
                }
            }
        }
        text += &format!(" {} |\n", faults.join(", "));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Those that the README does not show at the moment, too.
    #[test]
    fn every_table_can_be_written() {
        let text = fs::read_to_string(path()).expect("the README");
        let figures = text.lines().find_map(|line| line.strip_prefix("<!-- figures: ")?.strip_suffix(" -->"));
        let everything =
            Everything::read(&path().with_file_name(figures.expect("a folder"))).expect("a report");
        for name in ["run", "lengths", "operations", "peers", "family"] {
            let table = table(&everything, name).expect("a table");
            let cells = |line: &str| line.matches('|').count();
            let mut lines = table.lines().filter(|line| line.starts_with('|')).map(cells);
            let first = lines.next();
            assert!(lines.all(|cells| Some(cells) == first), "{table}");
        }
        assert!(table(&everything, "nobody's").is_err());
    }

    #[test]
    fn the_readme_has_the_figures_of_the_report() {
        let text = fs::read_to_string(path()).expect("the README");
        let filled = filled(&text).expect("a report");
        let differs = text.lines().zip(filled.lines()).find(|(is, should)| is != should);
        assert!(text == filled, "run `cargo run --release -p sigmoid-peers -- readme`: {differs:?}");
    }
}
