//! What `verify` prints.

use serde::Serialize;
use sigmoid::{Accuracy, Backend};
use sigmoid_conformance::Tally;

use crate::options::{DataType, ElementwiseOperation};
use crate::table::{Align, Table, grouped};

/// The errors are themselves computed with an error, in units in the last place: half a unit may come out as
/// a little more. (Whether a result is correctly rounded is decided otherwise.)
const MEASURED_TO: f64 = 1e-7;

/// A row for each operation, format and backend.
pub struct Report {
    pub rows: Vec<Row>,
}

/// The verdict on one backend.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    op: String,
    dtype: String,
    accuracy: &'static str,
    backend: &'static str,
    inputs: u64,
    max_ulp: f64,
    max_ulp_at: Option<f64>,
    not_correctly_rounded: u64,
    /// Inputs whose correctly rounded result the judge could not tell.
    undecided: u64,
    nan_faults: u64,
    infinity_faults: u64,
    range_faults: u64,
    /// Equal digests: equal bits of all results.
    digest: String,
    bound: f64,
    ok: bool,
    /// Of `not_correctly_rounded`, if the accuracy promises that there are none.
    #[serde(skip)]
    not_rounded_as_promised: u64,
}

impl Row {
    pub fn new(
        op: ElementwiseOperation,
        dtype: DataType,
        accuracy: Accuracy,
        backend: Backend,
        bound: f64,
        tally: &Tally,
    ) -> Self {
        let wrong = tally.not_correctly_rounded + tally.undecided;
        let exact_enough = accuracy == Accuracy::Fast || wrong == 0;
        Self {
            op: op.to_string(),
            dtype: dtype.to_string(),
            accuracy: accuracy.name(),
            backend: backend.name(),
            inputs: tally.inputs,
            max_ulp: tally.max_ulp(),
            max_ulp_at: tally.worst.map(|worst| worst.at),
            not_correctly_rounded: tally.not_correctly_rounded,
            undecided: tally.undecided,
            nan_faults: tally.nan_faults,
            infinity_faults: tally.infinity_faults,
            range_faults: tally.range_faults,
            digest: format!("{:016x}", tally.digest),
            bound,
            not_rounded_as_promised: if accuracy == Accuracy::Fast { 0 } else { tally.not_correctly_rounded },
            ok: tally.max_ulp() <= bound + MEASURED_TO && tally.is_sound() && exact_enough,
        }
    }

    /// Faults in words.
    fn faults(&self) -> Vec<String> {
        let who = format!("{} {} {}", self.op, self.dtype, self.backend);
        let mut faults = Vec::new();
        if self.max_ulp > self.bound + MEASURED_TO {
            let (ulp, bound) = (self.max_ulp, self.bound);
            let at = self.max_ulp_at.map_or(String::new(), |at| format!(" at x = {at:e}"));
            faults.push(format!("{who}: an error of {ulp:.4} ULP{at}, where {bound} is the bound"));
        }
        for (count, what) in [
            (self.nan_faults, "results with NaN where a number should be, or the other way round"),
            (self.infinity_faults, "results at an infinity that are not the limit"),
            (self.range_faults, "results out of range"),
            (self.undecided, "results that the judge could not decide"),
            (self.not_rounded_as_promised, "results that are not correctly rounded"),
        ] {
            if count > 0 {
                faults.push(format!("{who}: {} {what}", grouped(count)));
            }
        }
        faults
    }
}

impl Report {
    pub fn is_ok(&self) -> bool {
        self.rows.iter().all(|row| row.ok)
    }

    pub fn text(&self) -> String {
        let mut table = Table::new([
            (Align::Left, "op"),
            (Align::Left, "dtype"),
            (Align::Left, "backend"),
            (Align::Right, "inputs"),
            (Align::Right, "largest error"),
            (Align::Left, "at x ="),
            (Align::Right, "not correctly rounded"),
            (Align::Right, "bound"),
            (Align::Left, "digest"),
            (Align::Left, "ok"),
        ]);
        for row in &self.rows {
            table.row([
                row.op.clone(),
                row.dtype.clone(),
                row.backend.into(),
                grouped(row.inputs),
                format!("{:.4} ULP", row.max_ulp),
                row.max_ulp_at.map_or(String::new(), |at| shortest(at, &row.dtype)),
                format!("{} ({:.2}%)", grouped(row.not_correctly_rounded), self::percent(row)),
                format!("{} ULP", row.bound),
                row.digest.clone(),
                if row.ok { "yes" } else { "NO" }.into(),
            ]);
        }
        let mut text = table.render();
        for fault in self.rows.iter().flat_map(Row::faults) {
            text.push_str(&fault);
            text.push('\n');
        }
        text
    }
}

fn percent(row: &Row) -> f64 {
    row.not_correctly_rounded as f64 / row.inputs.max(1) as f64 * 100.0
}

/// The fewest digits that say which number of the format it is.
fn shortest(x: f64, dtype: &str) -> String {
    if dtype == "f32" { format!("{:?}", x as f32) } else { format!("{x:?}") }
}

#[cfg(test)]
mod tests {
    use sigmoid_conformance::Worst;

    use super::*;

    fn row(tally: &Tally) -> Row {
        let (op, dtype) = (ElementwiseOperation::Forward, DataType::F32);
        Row::new(op, dtype, Accuracy::Fast, Backend::Wide, 2.5, tally)
    }

    #[test]
    fn a_doctored_tally_is_not_ok() {
        let good = Tally { inputs: 10, worst: Some(Worst { ulp: 2.5, at: -1.0 }), ..Tally::default() };
        assert!(row(&good).ok);
        assert!(Report { rows: vec![row(&good)] }.is_ok());
        for bad in [
            Tally { worst: Some(Worst { ulp: 2.500001, at: -1.0 }), ..good.clone() },
            Tally { worst: Some(Worst { ulp: f64::INFINITY, at: -1.0 }), ..good.clone() },
            Tally { nan_faults: 1, ..good.clone() },
            Tally { infinity_faults: 1, ..good.clone() },
            Tally { range_faults: 1, ..good.clone() },
        ] {
            let report = Report { rows: vec![row(&good), row(&bad)] };
            assert!(!report.is_ok(), "{bad:?}");
            assert!(report.text().contains("forward f32 wide: "), "{}", report.text());
        }
    }
}
