//! What `verify` prints.

use serde::Serialize;
use sigmoid::{Accuracy, Kernels};
use sigmoid_conformance::report::{Law, Report as Examined};
use sigmoid_measure::grouped;

use super::tally::Tally;
use crate::operations::{DataType, Operation};
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
    #[serde(flatten)]
    found: Found,
    bound: f64,
    ok: bool,
    /// Whether results are to be correctly rounded.
    #[serde(skip)]
    exact: bool,
}

/// What was found, without a verdict.
#[derive(Clone, Debug, Serialize)]
pub struct Found {
    inputs: u64,
    max_ulp: f64,
    max_ulp_at: Option<f64>,
    /// The second input there, of what takes two.
    #[serde(skip_serializing_if = "Option::is_none")]
    max_ulp_at_second: Option<f64>,
    not_correctly_rounded: u64,
    /// Inputs whose correctly rounded result the judge could not tell.
    undecided: u64,
    /// Inputs that nothing less than arbitrary precision decided.
    by_arbitrary_precision: u64,
    nan_faults: u64,
    infinity_faults: u64,
    /// `None` if no range is asked for.
    range_faults: Option<u64>,
    wrong_zeros: u64,
    /// Equal digests: equal bits of all results.
    digest: String,
    /// Whether that holds which every accuracy promises.
    #[serde(skip)]
    sound: bool,
    /// Everything that was seen: errors by region, and each law. `None` of two numbers.
    conformance: Option<Examined>,
}

impl From<Examined> for Found {
    fn from(examined: Examined) -> Self {
        // Neighbours may be in another order, and nothing else.
        let kept = [&examined.subnormals_kept, &examined.sign, &examined.zero, &examined.even, &examined.odd];
        Self {
            inputs: examined.inputs,
            max_ulp: examined.max_ulp(),
            max_ulp_at: examined.regions[0].worst.map(|worst| worst.x),
            max_ulp_at_second: None,
            not_correctly_rounded: examined.not_correctly_rounded,
            undecided: examined.undecided,
            by_arbitrary_precision: examined.by_arbitrary_precision,
            nan_faults: examined.nan.broken,
            infinity_faults: examined.infinities.broken,
            range_faults: Some(examined.range.broken),
            wrong_zeros: examined.sign_of_zero.broken,
            digest: format!("{:016x}", examined.digest),
            sound: examined.is_sound() && kept.into_iter().all(Law::holds),
            conformance: Some(examined),
        }
    }
}

impl Found {
    /// What came of pairs of inputs.
    pub fn of_pairs(tally: Tally) -> Self {
        let sound = tally.is_sound();
        let Tally { worst, nan_faults, infinity_faults, wrong_zeros, .. } = tally;
        Self {
            inputs: tally.inputs,
            max_ulp: worst.map_or(0.0, |(ulp, _)| ulp),
            max_ulp_at: worst.map(|(_, [x, _])| x),
            max_ulp_at_second: worst.map(|(_, [_, second])| second),
            not_correctly_rounded: tally.not_correctly_rounded,
            undecided: tally.undecided,
            by_arbitrary_precision: tally.by_arbitrary_precision,
            nan_faults,
            infinity_faults,
            range_faults: None,
            wrong_zeros,
            digest: format!("{:016x}", tally.digest),
            sound,
            conformance: None,
        }
    }

    /// Where the largest error is, in the fewest digits that say which numbers of the format these are.
    fn place(&self, dtype: &str) -> String {
        let shortest = |x: f64| if dtype == "f64" { format!("{x:?}") } else { format!("{:?}", x as f32) };
        let places = [self.max_ulp_at, self.max_ulp_at_second].into_iter().flatten().map(shortest);
        places.collect::<Vec<_>>().join(", ")
    }
}

/// A bound in few digits, and not a smaller one.
fn short(bound: f64) -> f64 {
    (bound * 1e4 - 1e-8).ceil() / 1e4
}

impl Row {
    pub fn new(op: Operation, dtype: DataType, kernels: &Kernels, bound: f64, found: Found) -> Self {
        let accuracy = kernels.selected_accuracy();
        let exact = accuracy == Accuracy::Exact || dtype.is_half() && op.has_exact(dtype);
        let lawful = found
            .conformance
            .as_ref()
            .is_none_or(|examined| examined.laws().iter().all(|(_, law)| law.holds()));
        let exact_enough = !exact || found.not_correctly_rounded == 0 && found.undecided == 0 && lawful;
        Self {
            op: op.to_string(),
            dtype: dtype.to_string(),
            accuracy: accuracy.name(),
            backend: kernels.selected_backend().name(),
            ok: found.max_ulp <= bound + MEASURED_TO && found.sound && exact_enough,
            found,
            bound,
            exact,
        }
    }

    /// Faults in words.
    fn faults(&self) -> Vec<String> {
        let who = format!("{} {} {}", self.op, self.dtype, self.backend);
        let found = &self.found;
        let mut faults = Vec::new();
        if found.max_ulp > self.bound + MEASURED_TO {
            let (ulp, bound) = (found.max_ulp, self.bound);
            let at = if found.max_ulp_at.is_some() {
                format!(" at x = {}", found.place(&self.dtype))
            } else {
                String::new()
            };
            faults.push(format!("{who}: an error of {ulp:.4} ULP{at}, where {bound} is the bound"));
        }
        let not_rounded = if self.exact { found.not_correctly_rounded } else { 0 };
        let mut counts = vec![
            (found.undecided, "results that the judge could not decide"),
            (not_rounded, "results that are not correctly rounded"),
        ];
        if found.conformance.is_none() {
            counts.extend([
                (found.nan_faults, "results that are NaN where there is a value, or none where there is not"),
                (found.infinity_faults, "results that are not the limit at an infinity"),
                (found.wrong_zeros, "zeros of the wrong sign"),
            ]);
        }
        for (count, what) in counts {
            if count > 0 {
                faults.push(format!("{who}: {} {what}", grouped(count)));
            }
        }
        // A law that this accuracy does not promise is said all the same.
        if let Some(examined) = &found.conformance {
            for (what, law) in examined.laws().into_iter().filter(|(_, law)| !law.holds()) {
                let example = law.example.map_or(String::new(), |example| examined.sentence(&example));
                faults.push(format!("{who}: not {what}, in {} cases; {example}", grouped(law.broken)));
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
            let found = &row.found;
            let percent = found.not_correctly_rounded as f64 / found.inputs.max(1) as f64 * 100.0;
            table.row([
                row.op.clone(),
                row.dtype.clone(),
                row.backend.into(),
                grouped(found.inputs),
                format!("{:.4} ULP", found.max_ulp),
                found.place(&row.dtype),
                format!("{} ({percent:.2}%)", grouped(found.not_correctly_rounded)),
                format!("{} ULP", short(row.bound)),
                found.digest.clone(),
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

#[cfg(test)]
mod tests {
    use sigmoid::{Backend, bounds};
    use sigmoid_conformance::{Conformance, Function};

    use super::*;

    fn row(bound: f64, kernel: impl FnMut(&[f32], &mut [f32])) -> Row {
        let examined = Conformance::<f32>::new(Function::Sigmoid).stride(65_537).probes(1).check(kernel);
        let wide = Kernels::new().backend(Backend::Wide).expect("it is always there");
        Row::new(Operation::Sigmoid, DataType::F32, &wide, bound, examined.into())
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
            row(good.found.max_ulp - 2.0 * MEASURED_TO, spoilt(|_| None)),
            row(bound, spoilt(|x| x.is_nan().then_some(0.5))),
            row(bound, spoilt(|x| (x == f32::NEG_INFINITY).then_some(1e-45))),
            row(bound, spoilt(|x| (x > 40.0).then_some(1.000_000_1))),
            row(bound, spoilt(|x| (x < -110.0).then_some(-0.0))),
        ] {
            let report = Report { rows: vec![good.clone(), bad] };
            assert!(!report.is_ok(), "{report:?}");
            assert!(report.text().contains("sigmoid f32 wide: "), "{}", report.text());
        }
    }

    #[test]
    fn an_exact_row_is_held_to_exactness() {
        let row = |accuracy| {
            let fast = Conformance::<f32>::new(Function::Sigmoid).stride(65_537).probes(1);
            let found = fast.check(spoilt(|_| None)).into();
            Row::new(Operation::Sigmoid, DataType::F32, &Kernels::new().accuracy(accuracy), 9.0, found)
        };
        assert!(row(Accuracy::Fast).ok && !row(Accuracy::Exact).ok);
    }

    #[test]
    fn a_doctored_tally_is_not_ok() {
        let row = |tally: Tally| {
            let found = Found::of_pairs(tally);
            Row::new(Operation::SwiGlu, DataType::F32, &Kernels::new(), 2.0, found)
        };
        let good = Tally { inputs: 10, worst: Some((1.5, [1.0, 2.5])), ..Tally::default() };
        assert!(row(good.clone()).ok);
        assert_eq!(row(good.clone()).found.place("f32"), "1.0, 2.5");
        for bad in [
            Tally { worst: Some((2.5, [1.0, 2.5])), ..good.clone() },
            Tally { nan_faults: 1, ..good.clone() },
            Tally { infinity_faults: 1, ..good.clone() },
            Tally { wrong_zeros: 1, ..good.clone() },
        ] {
            let report = Report { rows: vec![row(bad)] };
            assert!(!report.is_ok() && report.text().contains("swiglu f32 "), "{report:?}");
        }
    }
}
