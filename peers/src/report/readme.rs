//! The tables of the project's README and of its FIGURES.md, each from one machine's folder.
//!
//! A table stands between two comments, `<!-- table: NAME -->` and `<!-- end -->`; the line
//! `<!-- figures: peers/report/amd-epyc-zen-4 -->` says where the numbers of those below it are from. A test holds the
//! files against the reports, so that no figure is typed by hand or outlives its measurement.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use sigmoid_measure::grouped;

use super::tables::{short_number, ulp};
use super::{Everything, find, is_yardstick, length, peers};
use crate::Failure;
use crate::peer::{Operation, Threads};
use crate::record::{Format, Measurement};
use crate::session::{KEY_SIZES, KEY_SIZES_OF_FAMILY, Work};

/// Who stands in the report and not in these files: this project's other backends, and variants of what is there.
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

/// What they call some of them.
const NAMES: [(&str, &str); 4] = [
    ("sigmoid fast avx512", "**this crate, Fast**"),
    ("sigmoid exact avx512", "**this crate, Exact**"),
    ("scalar loop", "plain loop over `exp`"),
    ("C loop", "C loop, `-O3 -march=native -ffast-math`"),
];

/// The files, in the root of the source tree.
const FILES: [&str; 2] = ["README.md", "FIGURES.md"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The value of a comment `<!-- KEY: VALUE -->`.
fn comment<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    line.strip_prefix("<!-- ")?.strip_prefix(key)?.strip_prefix(": ")?.strip_suffix(" -->")
}

/// The text with the tables of the reports that it names.
fn filled(text: &str) -> Result<String, Failure> {
    let mut lines = text.lines();
    let mut filled = String::new();
    let mut everything = None;
    while let Some(line) = lines.next() {
        filled += &format!("{line}\n");
        if let Some(figures) = comment(line, "figures") {
            everything = Some(Everything::read(&root().join(figures))?);
        }
        if let Some(name) = comment(line, "table") {
            let everything =
                everything.as_ref().ok_or("a table of which nobody says where its figures are from")?;
            filled += &table(everything, name)?;
            lines.by_ref().find(|line| *line == "<!-- end -->").ok_or("a table without an end")?;
            filled += "<!-- end -->\n";
        }
    }
    Ok(filled)
}

/// Writes the files anew.
pub fn write() -> Result<Vec<PathBuf>, Failure> {
    let paths = FILES.map(|file| root().join(file));
    for path in &paths {
        let text = fs::read_to_string(path)?;
        fs::write(path, filled(&text)?)?;
    }
    Ok(paths.into())
}

fn table(everything: &Everything, name: &str) -> Result<String, Failure> {
    match name {
        "run" => Ok(run(everything)),
        "lengths" => Ok(lengths(everything)),
        "operations" => Ok(operations(everything)),
        "peers" => Ok(others(everything, &[Operation::Forward])),
        "half" => Ok(half(everything)),
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

/// Those of the contenders that the files show.
fn shown<'a>(measurements: &[&'a Measurement]) -> impl Iterator<Item = &'a str> {
    peers(measurements).into_iter().filter(|peer| !LEFT_OUT.contains(peer) && !is_yardstick(peer))
}

/// What the files call a contender, if not by its name.
fn name_of(peer: &str) -> Option<&'static str> {
    NAMES.iter().find(|(name, _)| *name == peer).map(|(_, shown)| *shown)
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
    for peer in shown(first) {
        let row = columns.iter().find_map(|(_, rows)| rows.iter().find(|row| row.peer == peer));
        // Versions begin with a name; what else they tell is in the report.
        let version = row.map_or("", |row| row.version.split(" (").next().unwrap_or_default());
        let version = version.rsplit(' ').next().unwrap_or_default();
        text += &match name_of(peer) {
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

/// s and silu in half precision: the time of an element, and how many numbers have not the nearest result.
fn half(everything: &Everything) -> String {
    let columns = [Format::Bf16, Format::F16].map(|format| {
        [Operation::Forward, Operation::Silu].map(|operation| work(operation, format, Threads::One))
    });
    let columns = columns.as_flattened();
    let mut text = "| |".to_owned();
    for work in columns {
        let _ = write!(text, " {} in `{}` | not nearest |", work.operation.formula(), work.format.name());
    }
    text += &format!("\n|---|{}\n", "---:|---:|".repeat(columns.len()));
    let first = everything.of(columns[0]);
    for peer in shown(&first) {
        text += &format!("| {} |", name_of(peer).unwrap_or(peer));
        for work in columns {
            let time = cell(find(&everything.of(*work), peer, KEY_SIZES_OF_FAMILY[1]));
            let error = everything.error_in_half(peer, work.operation, work.format);
            let wrong = error.map_or(String::new(), |error| grouped(error.not_nearest));
            text += &format!(" {time} | {wrong} |");
        }
        text += "\n";
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_have_the_figures_of_the_reports() {
        for file in FILES {
            let text = fs::read_to_string(root().join(file)).expect("the file");
            let filled = filled(&text).expect("a report");
            let differs = text.lines().zip(filled.lines()).find(|(is, should)| is != should);
            assert!(
                text == filled,
                "run `cargo run --release -p sigmoid-peers -- readme`: {file}: {differs:?}"
            );
        }
    }

    /// Pictures too, which are links into a report.
    #[test]
    fn what_they_link_to_is_there() {
        for file in FILES {
            let text = fs::read_to_string(root().join(file)).expect("the file");
            for rest in text.split("](").skip(1) {
                let target = rest.split([')', '#']).next().expect("a first part");
                assert!(target.contains("://") || root().join(target).exists(), "{file} links to {target}");
            }
        }
    }

    /// All tables stand somewhere, and have rows of one length.
    #[test]
    fn every_table_is_shown() {
        let text = FILES.map(|file| fs::read_to_string(root().join(file)).expect("the file")).concat();
        for name in ["run", "lengths", "operations", "peers", "family", "half"] {
            let table = text.split(&format!("<!-- table: {name} -->\n")).nth(1).expect("a table");
            let cells = |line: &str| line.matches('|').count();
            let mut lines = table.lines().take_while(|line| line.starts_with('|')).map(cells);
            let first = lines.next();
            assert!(lines.all(|cells| Some(cells) == first), "{name}");
        }
        assert!(
            filled("<!-- figures: peers/report/amd-epyc-zen-4 -->\n<!-- table: nobody's -->\n<!-- end -->\n")
                .is_err()
        );
        assert!(filled("<!-- table: run -->\n<!-- end -->\n").is_err());
    }
}
