//! What `verify` prints.

use serde::Serialize;
use sigmoid::{Accuracy, Backend};
use sigmoid_conformance::report::{Law, Report as Examined};
use sigmoid_measure::grouped;

use crate::options::{DataType, ElementwiseOperation};
use crate::table::{Align, Table};

/// The errors are themselves computed with an error, in units in the last place: half a unit may come out as
/// a little more. (Whether a result is correctly rounded is decided otherwise.)
const MEASURED_TO: f64 = 1e-7;

/// A row for each operation, format and backend.
#[derive(Debug)]
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
    /// Inputs that nothing less than arbitrary precision decided.
    by_arbitrary_precision: u64,
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
    /// Everything that was seen: errors by region, and each law.
    conformance: Examined,
}

impl Row {
    pub fn new(
        op: ElementwiseOperation,
        dtype: DataType,
        accuracy: Accuracy,
        backend: Backend,
        bound: f64,
        examined: Examined,
    ) -> Self {
        let lawful = examined.laws().iter().all(|(_, law)| law.holds());
        let exact_enough = accuracy == Accuracy::Fast || examined.is_correctly_rounded() && lawful;
        Self {
            op: op.to_string(),
            dtype: dtype.to_string(),
            accuracy: accuracy.name(),
            backend: backend.name(),
            inputs: examined.inputs,
            max_ulp: examined.max_ulp(),
            max_ulp_at: examined.regions[0].worst.map(|worst| worst.x),
            not_correctly_rounded: examined.not_correctly_rounded,
            undecided: examined.undecided,
            by_arbitrary_precision: examined.by_arbitrary_precision,
            nan_faults: examined.nan.broken,
            infinity_faults: examined.infinities.broken,
            range_faults: examined.range.broken,
            digest: format!("{:016x}", examined.digest),
            bound,
            not_rounded_as_promised: if accuracy == Accuracy::Fast {
                0
            } else {
                examined.not_correctly_rounded
            },
            ok: examined.max_ulp() <= bound + MEASURED_TO && examined.is_sound() && exact_enough,
            conformance: examined,
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
            (self.undecided, "results that the judge could not decide"),
            (self.not_rounded_as_promised, "results that are not correctly rounded"),
        ] {
            if count > 0 {
                faults.push(format!("{who}: {} {what}", grouped(count)));
            }
        }
        // A law that this accuracy does not promise is said all the same.
        let broken = |(_, law): &(&str, &Law)| !law.holds();
        for (what, law) in self.conformance.laws().into_iter().filter(broken) {
            let example = law.example.map_or(String::new(), |example| self.conformance.sentence(&example));
            faults.push(format!("{who}: not {what}, in {} cases; {example}", grouped(law.broken)));
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
    use sigmoid::bounds;
    use sigmoid_conformance::{Conformance, Function};

    use super::*;

    fn row(bound: f64, kernel: impl FnMut(&[f32], &mut [f32])) -> Row {
        let examined = Conformance::<f32>::new(Function::Sigmoid).stride(65_537).probes(1).check(kernel);
        let (op, dtype) = (ElementwiseOperation::Forward, DataType::F32);
        Row::new(op, dtype, Accuracy::Fast, Backend::Wide, bound, examined)
    }

    /// The library's results, those spoilt whose input is.
    fn spoilt(spoil: impl Fn(f32) -> Option<f32>) -> impl FnMut(&[f32], &mut [f32]) {
        move |x, y| {
            sigmoid::sigmoid(x, y);
            for (x, y) in x.iter().zip(y) {
                *y = spoil(*x).unwrap_or(*y);
            }
        }
    }

    #[test]
    fn a_doctored_result_is_not_ok() {
        let bound = bounds::FORWARD_F32.on(Backend::Wide);
        let good = row(bound, spoilt(|_| None));
        assert!(good.ok, "{good:?}");
        assert!(Report { rows: vec![good.clone()] }.is_ok());
        for bad in [
            row(good.max_ulp - 2.0 * MEASURED_TO, spoilt(|_| None)),
            row(bound, spoilt(|x| x.is_nan().then_some(0.5))),
            row(bound, spoilt(|x| (x == f32::NEG_INFINITY).then_some(1e-45))),
            row(bound, spoilt(|x| (x > 40.0).then_some(1.000_000_1))),
            row(bound, spoilt(|x| (x < -110.0).then_some(-0.0))),
        ] {
            let report = Report { rows: vec![good.clone(), bad] };
            assert!(!report.is_ok(), "{report:?}");
            assert!(report.text().contains("forward f32 wide: "), "{}", report.text());
        }
    }
}
