//! What `bench` prints.

use serde::Serialize;
use sigmoid_measure::grouped;

use super::measure::Measurement;
use crate::table::{Align, Table};

/// Below this length a call's own cost is what matters, and the table shows the time of a call.
const SHORT: usize = 1024;

/// A median that is so many times the minimum is worth a warning.
const UNQUIET: f64 = 1.3;

/// A table for each length.
pub fn table(measurements: &[Measurement]) -> String {
    let same_work = |a: &Measurement, b: &Measurement| a.elements == b.elements && a.threads == b.threads;
    let tables = measurements.chunk_by(same_work).map(table_of_one_length);
    tables.collect::<Vec<_>>().join("\n")
}

fn table_of_one_length(measurements: &[Measurement]) -> String {
    let first = &measurements[0];
    let short = first.elements < SHORT;

    let (elements, threads) = (grouped(first.elements as u64), first.threads);
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    let mut text = format!(
        "{} {} {}, {elements} element{}, {threads} thread{}\n",
        first.op,
        first.dtype,
        first.accuracy,
        plural(first.elements),
        plural(threads),
    );
    let speed = format!("times as fast as {}", first.contender);
    let mut table = Table::new([
        (Align::Left, ""),
        (Align::Right, if short { "ns/call" } else { "ns/element" }),
        (Align::Right, "minimum"),
        (Align::Right, "GB/s"),
        (Align::Right, speed.as_str()),
        (Align::Right, "samples"),
    ]);
    for one in measurements {
        let time = if short { one.per_call } else { one.per_element() };
        table.row([
            one.contender.to_string(),
            time.median.to_string(),
            time.minimum.to_string(),
            format!("{:.1}", one.gigabytes_per_second()),
            format!("{:.2}", first.per_call.median.over(one.per_call.median)),
            time.samples.to_string(),
        ]);
    }
    text.push_str(&table.render());
    text
}

/// A measurement as `--json` prints it.
#[derive(Debug, Serialize)]
pub struct Row {
    op: String,
    dtype: String,
    accuracy: &'static str,
    backend: String,
    threads: usize,
    elements: usize,
    /// The median.
    ns_per_element: f64,
    ns_per_element_min: f64,
    ns_per_call: f64,
    gigabytes_per_second: f64,
    spread: f64,
    samples: usize,
}

pub fn json(measurements: &[Measurement]) -> Vec<Row> {
    let row = |one: &Measurement| Row {
        op: one.op.to_string(),
        dtype: one.dtype.to_string(),
        accuracy: one.accuracy.name(),
        backend: one.contender.to_string(),
        threads: one.threads,
        elements: one.elements,
        ns_per_element: one.per_element().median.0,
        ns_per_element_min: one.per_element().minimum.0,
        ns_per_call: one.per_call.median.0,
        gigabytes_per_second: one.gigabytes_per_second(),
        spread: one.per_call.spread(),
        samples: one.per_call.samples,
    };
    measurements.iter().map(row).collect()
}

/// What spoils the measurements, in plain words.
pub fn warnings(measurements: &[Measurement]) -> Vec<String> {
    let mut warnings = Vec::new();
    if cfg!(debug_assertions) {
        warnings.push("this is a debug build, whose times mean nothing: use --release".to_owned());
    }
    let unquiet: Vec<_> = measurements.iter().filter(|one| one.per_call.spread() > UNQUIET).collect();
    if let Some(worst) = unquiet.iter().max_by(|a, b| a.per_call.spread().total_cmp(&b.per_call.spread())) {
        warnings.push(format!(
            "something else ran on this machine: in {} of {} rows the median is over {UNQUIET} times \
             the minimum ({:.1} times for {} at {}); compare the minimum, or run it again",
            unquiet.len(),
            measurements.len(),
            worst.per_call.spread(),
            worst.contender,
            grouped(worst.elements as u64),
        ));
    }
    let threads = measurements.iter().map(|one| one.threads).max().unwrap_or(1);
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
    if threads > cores {
        warnings.push(format!("{threads} threads share {cores} cores"));
    }
    warnings
}
