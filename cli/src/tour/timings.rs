//! The tour's table of timings: on one thread, and on all.

use std::num::NonZeroUsize;
use std::time::Duration;

use sigmoid::{Accuracy, Backend};

use crate::bench::{self, Measurement, Plan};
use crate::cpu;
use crate::error::Error;
use crate::options::{Contender, DataType, Interval, Operation};
use crate::output::print;
use crate::table::{Align, Table, grouped};

/// Lengths that fit into the first cache, into the second, into the third, and into none.
const SIZES: [usize; 4] = [2_048, 65_536, 1_048_576, 16_777_216];

/// The time for the samples of one length.
const BUDGET: Duration = Duration::from_millis(900);

/// Prints each table when it is measured.
pub fn run() -> Result<(), Error> {
    let mut all = Vec::new();
    for threads in thread_counts() {
        let measurements = bench::measure(&plan(threads))?;
        let plural = if threads.get() == 1 { "" } else { "s" };
        print(&format!("\n{}", table(&format!("{threads} thread{plural}"), &measurements)))?;
        all.extend(measurements);
    }
    for warning in bench::report::warnings(&all) {
        eprintln!("warning: {warning}");
    }
    Ok(())
}

/// One, and all if there are more.
fn thread_counts() -> impl Iterator<Item = NonZeroUsize> {
    let all = NonZeroUsize::new(cpu::threads()).filter(|&all| all > NonZeroUsize::MIN);
    std::iter::once(NonZeroUsize::MIN).chain(all)
}

fn plan(threads: NonZeroUsize) -> Plan {
    use Contender::*;
    let kernels = [Scalar, Wide, Avx2, Avx512];
    let available = |&contender: &Contender| bench::backend(contender).is_some_and(Backend::is_available);
    let mut contenders = vec![Naive, NaiveWide];
    contenders.extend(kernels.iter().filter(|contender| available(contender)));
    contenders.push(Copy);
    Plan {
        op: Operation::Forward,
        dtype: DataType::F32,
        accuracy: Accuracy::Fast,
        contenders,
        sizes: SIZES.into_iter().filter_map(NonZeroUsize::new).collect(),
        range: Interval::default(),
        special: false,
        threads,
        in_place: false,
        budget: BUDGET,
    }
}

/// A row for each contender, a column for each length, and the speed at the first length.
fn table(title: &str, measurements: &[Measurement]) -> String {
    let of = |contender: Contender| measurements.iter().filter(move |one| one.contender == contender);
    let (Some(first), Some(naive)) = (measurements.first(), of(Contender::Naive).next()) else {
        return String::new();
    };

    let sizes = of(first.contender).map(|one| grouped(one.elements as u64));
    let speed = format!("times naive at {}", grouped(first.elements as u64));
    let titles: Vec<String> = std::iter::once(title.to_owned()).chain(sizes).chain([speed]).collect();
    let aligns = std::iter::once(Align::Left).chain(std::iter::repeat(Align::Right));
    let mut table = Table::new(aligns.zip(titles.iter().map(String::as_str)));

    for one in measurements.iter().filter(|one| one.elements == first.elements) {
        let times = of(one.contender).map(|one| one.per_element().median.to_string());
        let speed = naive.per_call.median.over(one.per_call.median);
        table.row(std::iter::once(one.contender.to_string()).chain(times).chain([format!("{speed:.1}")]));
    }
    table.render()
}
