//! The lesson on its grid: the kernels against the reference, and the derivative's two forms
//! against each other.

use sigmoid::{Backend, Kernels, UnavailableBackend, reference};
use sigmoid_conformance::Format;

use crate::options::{DataType, ElementwiseOperation};
use crate::plot::grid;
use crate::table::{Align, Table};
use crate::verify::bounds;

/// The difference that the two forms may have in f64, in a value of at most 1/4: a few roundings.
const FORMS_MATCH: f64 = 1e-15;

/// What was found.
pub struct Lesson {
    rows: Vec<Row>,
    forms: Largest,
}

/// An operation on one backend in one format.
struct Row {
    op: ElementwiseOperation,
    dtype: DataType,
    backend: Backend,
    /// The largest difference, in units in the last place.
    largest: Largest,
    /// The largest that the stated bounds of the two allow.
    allowed: f64,
}

#[derive(Clone, Copy)]
struct Largest {
    difference: f64,
    at: f64,
}

impl Lesson {
    pub fn check() -> Result<Self, UnavailableBackend> {
        let mut rows = Vec::new();
        for op in [ElementwiseOperation::Forward, ElementwiseOperation::Derivative] {
            for dtype in [DataType::F32, DataType::F64] {
                for backend in Backend::available().filter(|&backend| backend != Backend::Scalar) {
                    let sigmoid = Kernels::new().backend(backend)?;
                    let largest = match dtype {
                        DataType::F32 => compare(op, sigmoid, |x| x as f32),
                        DataType::F64 => compare(op, sigmoid, |x| x),
                    };
                    // Either of the two may be off by its own bound.
                    let reference = Kernels::new().backend(Backend::Scalar)?;
                    let allowed = [sigmoid, reference].map(|sigmoid| bounds::stated(op, dtype, &sigmoid));
                    rows.push(Row { op, dtype, backend, largest, allowed: allowed.iter().sum() });
                }
            }
        }
        let difference =
            |x| (reference::derivative_quotient::<f64>(x) - reference::derivative_product(x)).abs();
        let forms = Largest::of(grid().map(|x| Largest { difference: difference(x), at: x }));
        Ok(Self { rows, forms })
    }

    pub fn holds(&self) -> bool {
        self.rows.iter().all(Row::holds) && self.forms.difference <= FORMS_MATCH
    }

    /// The largest difference of each kernel.
    pub fn kernels(&self) -> String {
        let mut table = Table::new([
            (Align::Left, ""),
            (Align::Left, ""),
            (Align::Left, ""),
            (Align::Right, "largest difference"),
            (Align::Right, "at x ="),
            (Align::Left, ""),
        ]);
        for row in &self.rows {
            let name = match row.op {
                ElementwiseOperation::Forward => "s",
                ElementwiseOperation::Derivative => "s'",
            };
            let Largest { difference, at } = row.largest;
            table.row([
                name.to_owned(),
                row.dtype.to_string(),
                row.backend.to_string(),
                format!("{difference:.0} ULP"),
                if difference == 0.0 { String::new() } else { format!("{at:.1}") },
                if row.holds() { String::new() } else { "TOO LARGE".to_owned() },
            ]);
        }
        table.render()
    }

    /// How far the forms are apart.
    pub fn forms(&self) -> String {
        let Largest { difference, at } = self.forms;
        let verdict = if difference <= FORMS_MATCH { "they match" } else { "they DO NOT match" };
        format!(
            "e^-x / (1 + e^-x)^2 and s(x) (1 - s(x)) differ by at most {difference:.1e}, at x = {at:.1}: {verdict}\n"
        )
    }
}

impl Row {
    fn holds(&self) -> bool {
        self.largest.difference <= self.allowed
    }
}

impl Largest {
    /// The first that is as large as any.
    fn of(differences: impl Iterator<Item = Self>) -> Self {
        let none = Self { difference: 0.0, at: 0.0 };
        differences.fold(none, |largest, one| if one.difference > largest.difference { one } else { largest })
    }
}

/// The kernel and the reference on the grid.
fn compare<T: sigmoid::Element + Format>(
    op: ElementwiseOperation,
    sigmoid: Kernels,
    number: impl Fn(f64) -> T,
) -> Largest {
    let x: Vec<T> = grid().map(number).collect();
    let mut results = vec![T::default(); x.len()];
    let judge = match op {
        ElementwiseOperation::Forward => {
            sigmoid.forward(&x, &mut results);
            reference::sigmoid
        }
        ElementwiseOperation::Derivative => {
            sigmoid.derivative(&x, &mut results);
            reference::sigmoid_derivative
        }
    };
    // Positive numbers are in the order of their bits, a unit in the last place apart.
    let difference = |(&x, &result): (&T, &T)| Format::bits(result).abs_diff(Format::bits(judge(x))) as f64;
    let differences = x.iter().zip(&results).map(difference);
    Largest::of(grid().zip(differences).map(|(at, difference)| Largest { difference, at }))
}
