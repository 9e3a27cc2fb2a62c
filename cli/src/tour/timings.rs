//! The table of timings, by the bench module.

use std::num::NonZeroUsize;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use sigmoid::{Accuracy, Backend};
use sigmoid_measure::{cpu, grouped};

use crate::bench::{Measurement, Plan, measure, report};
use crate::error::Error;
use crate::operations::{DataType, Operation};
use crate::options::{Contender, Interval};
use crate::output;
use crate::table::{Align, Table};

/// Elements in a slice: in the first cache, in the second, beyond it, in memory.
const SIZES: &[usize] = if cfg!(debug_assertions) {
    // Kernels that are not optimised would take minutes.
    &[2_048, 16_384]
} else {
    &[2_048, 65_536, 1_048_576, 16_777_216]
};

/// The time for the samples of a length, on one thread and then on all.
const BUDGET: Duration = Duration::from_millis(if cfg!(debug_assertions) { 50 } else { 900 });

/// What was measured.
pub struct Timings {
    measurements: Vec<Measurement>,
}

impl Timings {
    /// Measures length by length, with a line on a terminal that says so.
    pub fn measure() -> Result<Self, Error> {
        let threads = NonZeroUsize::new(cpu::threads()).unwrap_or(NonZeroUsize::MIN);
        let fastest = contender(Backend::fastest());
        let all: Vec<_> = [Contender::Naive, Contender::NaiveWide]
            .into_iter()
            .chain(Backend::available().map(contender))
            .chain([Contender::Copy])
            .collect();

        let progress = ProgressBar::new_spinner();
        progress.set_style(
            ProgressStyle::with_template("{msg}").unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        let mut measurements = Vec::new();
        for &elements in SIZES {
            progress.set_message(format!("timing slices of {} elements ...", grouped(elements as u64)));
            progress.tick();
            measurements.extend(measure(&plan(&all, elements, NonZeroUsize::MIN))?);
            if threads.get() > 1 {
                measurements.extend(measure(&plan(&[fastest], elements, threads))?);
            }
        }
        progress.finish_and_clear();
        Ok(Self { measurements })
    }

    pub fn title(&self) -> String {
        "Time of s(x), f32, in ns per element (median) by length of the slice".to_owned()
    }

    /// A row for each contender, a column for each length.
    pub fn report(&self) -> String {
        let titles: Vec<_> = SIZES.iter().map(|&elements| grouped(elements as u64)).collect();
        let columns = titles.iter().map(|title| (Align::Right, title.as_str()));
        let mut table = Table::new([(Align::Left, "")].into_iter().chain(columns));
        let first = SIZES[0];
        // The copy, which is what all is held against, comes last.
        let mut rows: Vec<_> = self.measurements.iter().filter(|one| one.elements == first).collect();
        rows.sort_by_key(|one| one.contender == Contender::Copy);
        for row in rows {
            let times = SIZES.iter().map(|&elements| {
                let one = self.find(row.contender, row.threads, elements);
                one.map_or(String::new(), |one| one.per_element().median.to_string())
            });
            table.row([name(row)].into_iter().chain(times));
        }
        table.render() + &self.ratio()
    }

    /// What the table comes to, in a line.
    fn ratio(&self) -> String {
        let fastest = contender(Backend::fastest());
        let time = |contender| self.find(contender, 1, SIZES[0]).map(|one| one.per_call.median);
        match (time(Contender::Naive), time(fastest)) {
            (Some(naive), Some(kernel)) => format!(
                "\nAt {} elements {fastest} is {:.1} times as fast as the naive loop.\n",
                grouped(SIZES[0] as u64),
                naive.over(kernel)
            ),
            _ => String::new(),
        }
    }

    fn find(&self, contender: Contender, threads: usize, elements: usize) -> Option<&Measurement> {
        self.measurements
            .iter()
            .find(|one| (one.contender, one.threads, one.elements) == (contender, threads, elements))
    }

    /// Says what spoils the measurements.
    pub fn warn(&self) {
        for warning in report::warnings(&self.measurements) {
            output::warn(&warning);
        }
    }
}

fn plan(contenders: &[Contender], elements: usize, threads: NonZeroUsize) -> Plan {
    Plan {
        op: Operation::Sigmoid,
        dtype: DataType::F32,
        accuracy: Accuracy::Fast,
        contenders: contenders.to_vec(),
        sizes: NonZeroUsize::new(elements).into_iter().collect(),
        range: Interval::default(),
        special: false,
        threads,
        in_place: false,
        budget: if threads.get() == 1 { BUDGET } else { BUDGET / 3 },
    }
}

fn contender(backend: Backend) -> Contender {
    match backend {
        Backend::Avx512 => Contender::Avx512,
        Backend::Avx2 => Contender::Avx2,
        Backend::Wide => Contender::Wide,
        _ => Contender::Scalar,
    }
}

/// The contender in words.
fn name(one: &Measurement) -> String {
    match one.contender {
        Contender::Naive => "naive loop over std's exp".to_owned(),
        Contender::NaiveWide => "naive loop over wide's exp".to_owned(),
        Contender::Scalar => "scalar, the reference".to_owned(),
        Contender::Copy => "plain copy".to_owned(),
        contender if one.threads > 1 => format!("{contender}, {} threads", one.threads),
        contender => contender.to_string(),
    }
}
