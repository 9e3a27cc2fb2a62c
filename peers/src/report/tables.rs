//! `report.md`.

use std::collections::HashSet;
use std::fmt::Write;

use sigmoid_measure::grouped;

use super::{Everything, find, is_yardstick, length, peers, work_of_bars};
use crate::errors::{Errors, FAR_OFF, Largest};
use crate::peer::{Operation, Threads};
use crate::record::Format;
use crate::registry;
use crate::session::{KEY_SIZES, WORKS, Work};

/// A process of one's own that makes so much of a difference is worth a line.
const DIFFERS: f64 = 1.15;

/// Lengths that the table of short calls shows.
const SHORT: [usize; 8] = [1, 4, 8, 15, 16, 31, 33, 64];

/// The whole text.
pub fn report(everything: &Everything) -> String {
    let mut text = "# The comparison on this CPU\n\n".to_owned();
    text += "`cargo run --release -p sigmoid-peers` makes this folder again. ns per element, medians of samples \
             that are taken in turn (A B C A B C ...); **bold** is the quickest contender of a column; the \
             number behind × says how many times as long as this crate's default it takes.\n\n";
    facts(&mut text, everything);
    for (i, work) in WORKS.into_iter().enumerate() {
        table(&mut text, everything, work);
        if i == 0 {
            text += "\n![at four sizes](bars.svg)\n\n![over the length](lengths.svg)\n\n\
                     ![speed and error](scatter.svg)\n\n![bandwidth](bandwidth.svg)\n";
            short_calls(&mut text, everything);
            alone(&mut text, everything);
            for op in Operation::JUDGED {
                errors(&mut text, everything, op);
            }
            laws(&mut text, everything);
        }
    }
    notes(&mut text);
    text
}

fn facts(text: &mut String, everything: &Everything) {
    for run in &everything.runs {
        *text += &format!("| {} | |\n|---|---|\n", run.source);
        for (name, value) in &run.facts {
            *text += &format!("| {name} | {value} |\n");
        }
        *text += "\n";
    }
}

fn table(text: &mut String, everything: &Everything, work: Work) {
    let measurements = everything.of(work);
    if measurements.is_empty() {
        return;
    }
    let threads = match work.threads {
        Threads::One => "one thread".to_owned(),
        Threads::All => format!("{} threads", measurements[0].threads),
    };
    let _ = write!(text, "\n## {} in {}, {threads}\n\n", work.operation.title(), work.format.name());
    *text += "| | version |";
    let columns = work.columns();
    for size in columns {
        *text += &format!(" {} | |", length(size));
    }
    *text += " spread |";
    let (more, cells) = match work.format {
        Format::F32 => (" largest error, ULP | faults |", "---:|---|"),
        Format::F64 => ("", ""),
        Format::Bf16 | Format::F16 => {
            (" largest error, ULP | not nearest, of 65,536 | laws broken |", "---:|---:|---|")
        }
    };
    *text += more;
    *text += "\n|---|---|";
    *text += &"---:|".repeat(2 * columns.len() + 1);
    *text += cells;
    *text += "\n";

    let champion = registry::champion();
    let quickest = columns.map(|size| {
        let contenders = measurements.iter().filter(|one| one.elements == size && !is_yardstick(&one.peer));
        contenders.min_by(|a, b| a.median_ns.total_cmp(&b.median_ns)).map(|one| one.peer.as_str())
    });
    for peer in peers(&measurements) {
        let rows: Vec<_> = columns.iter().map(|&size| find(&measurements, peer, size)).collect();
        let Some(first) = rows.iter().flatten().next() else { continue };
        let _ = write!(text, "| {peer} | {} |", first.version);
        for ((row, size), quickest) in rows.iter().zip(columns).zip(quickest) {
            let Some(row) = row else {
                *text += " | |";
                continue;
            };
            let bold = if quickest == Some(peer) { "**" } else { "" };
            let _ = write!(text, " {bold}{}{bold} |", short_number(row.per_element()));
            match find(&measurements, &champion, size) {
                Some(ours) if peer != champion => {
                    let _ = write!(text, " ×{:.2} |", row.median_ns / ours.median_ns);
                }
                _ => *text += " |",
            }
        }
        let spread = rows.iter().flatten().map(|row| row.spread()).fold(1.0, f64::max);
        let _ = write!(text, " {spread:.2} |");
        match work.format {
            Format::F32 => {
                let (error, faults) =
                    everything.error(peer, work.operation).map_or_else(Default::default, |errors| {
                        (ulp(errors.largest()), errors.faults().join(", "))
                    });
                let _ = write!(text, " {error} | {faults} |");
            }
            Format::F64 => {}
            Format::Bf16 | Format::F16 => {
                let (error, wrong, broken) = everything
                    .error_in_half(peer, work.operation, work.format)
                    .map_or_else(Default::default, |error| {
                        (ulp(error.ulp), grouped(error.not_nearest), error.broken.join(", "))
                    });
                let _ = write!(text, " {error} | {wrong} | {broken} |");
            }
        }
        *text += "\n";
    }
    let far_off = grouped(FAR_OFF as u64);
    let _ = writeln!(
        text,
        "\nSpread: the largest of the four medians over its minimum; 1 is a quiet machine. Far off: {far_off} ULP and \
         more, so that not even three digits are right."
    );
    let mut notes: Vec<(&str, &str)> = measurements
        .iter()
        .filter(|one| !one.note.is_empty())
        .map(|one| (one.peer.as_str(), one.note.as_str()))
        .collect();
    let mut seen = HashSet::new();
    notes.retain(|note| seen.insert(*note));
    for (peer, note) in notes {
        let _ = writeln!(text, "- {peer}: {note}");
    }
    if work.operation == Operation::ForwardInPlace {
        *text += "\nThe first call of each sample finds the inputs, the others find its results.\n";
    }
}

fn short_calls(text: &mut String, everything: &Everything) {
    let measurements = everything.of(work_of_bars());
    let champion = registry::champion();
    *text += "\n## Short slices: ns per call\n\n| |";
    for size in SHORT {
        let _ = write!(text, " {size} |");
    }
    *text += " ahead of this crate at |\n|---|";
    *text += &"---:|".repeat(SHORT.len());
    *text += "---|\n";
    for peer in peers(&measurements) {
        let at = |size| find(&measurements, peer, size);
        if SHORT.iter().all(|&size| at(size).is_none()) {
            continue;
        }
        let _ = write!(text, "| {peer} |");
        for size in SHORT {
            let time = at(size).map_or(String::new(), |row| format!("{:.1}", row.median_ns));
            let _ = write!(text, " {time} |");
        }
        let ahead: Vec<usize> = (1..=64)
            .filter(|&size| {
                let pair = at(size).zip(find(&measurements, &champion, size));
                pair.is_some_and(|(peer, ours)| peer.median_ns < ours.median_ns)
            })
            .collect();
        let _ = writeln!(text, " {} |", if is_yardstick(peer) { String::new() } else { ranges(&ahead) });
    }
    let _ = writeln!(
        text,
        "\nThe last column lists the lengths from 1 to 64 at which it is quicker than {champion}."
    );
}

/// 1-3, 7
fn ranges(numbers: &[usize]) -> String {
    let runs = numbers.chunk_by(|a, b| a + 1 == *b).map(|run| match run {
        [one] => one.to_string(),
        _ => format!("{}-{}", run[0], run[run.len() - 1]),
    });
    runs.collect::<Vec<_>>().join(", ")
}

fn alone(text: &mut String, everything: &Everything) {
    let (clean, unclean, alone) = (everything.of(work_of_bars()), everything.unclean(), everything.alone());
    if alone.is_empty() {
        return;
    }
    *text += "\n## Each in a process of its own\n\nThe first table again: ns per element where nobody else has \
              been; how many times as long it takes in the process that all share, where each sample begins \
              with clean vector registers (the tables and pictures above); and how many times as long if \
              it does not. A library that leaves the upper halves of the registers dirty (tract-linalg \
              does) slows down the older SSE instructions of all that follow, until someone cleans up.\n\n| |";
    for size in KEY_SIZES {
        let _ = write!(text, " {} | shared | unclean |", length(size));
    }
    *text += "\n|---|";
    *text += &"---:|---:|---:|".repeat(KEY_SIZES.len());
    *text += "\n";
    let mut differences = Vec::new();
    for peer in peers(&alone) {
        let _ = write!(text, "| {peer} |");
        for size in KEY_SIZES {
            let own = find(&alone, peer, size);
            let _ = write!(text, " {} |", own.map_or(String::new(), |one| short_number(one.per_element())));
            for (process, shared) in [("shared", &clean), ("unclean", &unclean)] {
                match own.zip(find(shared, peer, size)) {
                    Some((own, with)) => {
                        let factor = with.median_ns / own.median_ns;
                        let _ = write!(text, " ×{factor:.2} |");
                        if !(1.0 / DIFFERS..=DIFFERS).contains(&factor) {
                            differences
                                .push(format!("- {peer} at {}, {process}: ×{factor:.2}", length(size)));
                        }
                    }
                    None => *text += " |",
                }
            }
        }
        *text += "\n";
    }
    if differences.is_empty() {
        *text += "\nThey differ nowhere by more than 15 %.\n";
    } else {
        *text += &format!("\nThey differ by more than 15 % here:\n\n{}\n", differences.join("\n"));
    }
}

fn errors(text: &mut String, everything: &Everything, op: Operation) {
    let rows: Vec<_> = everything.errors.iter().filter(|error| error.op == op).collect();
    let Some(first) = rows.first() else { return };
    let what = op.formula();
    let _ = write!(
        text,
        "\n## Errors of {what} in f32\n\nOver {} inputs, every {}th bit pattern{}, against a truth known to 90 bits \
         and more. Largest errors in units in the last place, with the input that shows it; 0.5 is the best that \
         rounding can do.\n\n| | x >= 0 | at | x < 0 | at | subnormal or 0 | at | subnormals lost | out of range | \
         not the nearest | NaN gives | -inf, +inf give |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|---|\n",
        grouped(first.errors.inputs),
        crate::data::STRIDE,
        if op.inputs() == 2 { " or every fourth of these, with a second number at random" } else { "" },
    );
    for row in rows {
        let errors: &Errors = &row.errors;
        let largest = |one: Largest| format!("{} | {}", ulp(one.ulp), number(one.at));
        let part = |count: u64, of: u64| if of == 0 { 0.0 } else { 100.0 * count as f64 / of as f64 };
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {:.0} % | {} | {:.2} % | {} | {}, {} |",
            row.peer,
            largest(errors.positive),
            largest(errors.negative),
            largest(errors.below),
            part(errors.lost_subnormals, errors.subnormals),
            errors.out_of_range,
            part(errors.not_nearest, errors.inputs),
            errors.of_nan,
            errors.of_infinities[0],
            errors.of_infinities[1],
        );
    }
}

/// What results should be, beside near the truth.
fn laws(text: &mut String, everything: &Everything) {
    *text += "\n## Laws that are broken\n\nHow often, of how many times tried, and at which input nearest to 0. \
              \"The same bits in any place\": whatever the offset, the length and the neighbours.\n\n";
    for error in &everything.errors {
        let Some(broken) = &error.errors.broken else { continue };
        let what = error.op.formula();
        let list: Vec<String> = broken
            .iter()
            .map(|one| {
                let (count, of) = (grouped(one.count), grouped(one.of));
                format!("{} ({count} of {of}, at {})", one.law, one.at)
            })
            .collect();
        let list = if list.is_empty() { "none".to_owned() } else { list.join("; ") };
        let _ = writeln!(text, "- {}, {what}: {list}", error.peer);
    }
}

fn notes(text: &mut String) {
    *text += "\n## How each is called, and what it cannot do\n\n";
    for peer in registry::all().into_iter().chain(registry::yardsticks()) {
        let _ = writeln!(text, "- {} ({}): {}.", peer.name(), peer.version(), peer.note());
    }
    *text += "- sleef, the crate: not here, for it begins with `#![feature(portable_simd)]` and the stable compiler \
              refuses it.\n";
}

/// Three significant digits or so.
pub(super) fn short_number(ns: f64) -> String {
    match ns {
        ns if ns < 10.0 => format!("{ns:.3}"),
        ns if ns < 100.0 => format!("{ns:.2}"),
        ns => format!("{ns:.1}"),
    }
}

fn number(x: f32) -> String {
    if x != 0.0 && !(1e-3..1e6).contains(&x.abs()) { format!("{x:e}") } else { x.to_string() }
}

pub(super) fn ulp(ulp: f64) -> String {
    match ulp {
        ulp if ulp >= 1e300 => "no number".into(),
        ulp if ulp < 100.0 => format!("{ulp:.2}"),
        ulp if ulp < 1e6 => format!("{ulp:.0}"),
        ulp => format!("{ulp:.1e}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_they_are_written() {
        assert_eq!(ranges(&[1, 2, 3, 7, 9, 10]), "1-3, 7, 9-10");
        assert_eq!(
            (ulp(2.4812), ulp(123_456.7), ulp(1e300)),
            ("2.48".into(), "123457".into(), "no number".into())
        );
        assert_eq!((short_number(0.21), short_number(12.345)), ("0.210".into(), "12.35".into()));
        assert_eq!(grouped(4_206_629), "4,206,629");
    }
}
