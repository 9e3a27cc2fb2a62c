//! The lesson on its grid: the kernels against the reference, and the derivative's two forms
//! against each other.

use sigmoid::{Backend, Element, Kernels, UnavailableBackend, bounds, reference};
use sigmoid_conformance::Format;

use crate::plot::grid;
use crate::table::{Align, Table};

/// The difference that the two forms may have in f64, in a value of at most 1/4: a few roundings.
const FORMS_MATCH: f64 = 1e-15;

/// What was found.
pub struct Lesson {
    rows: Vec<Row>,
    forms: Largest,
}

/// A formula on one backend in one format.
struct Row {
    name: &'static str,
    format: &'static str,
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

/// A kernel, the reference that it is held against, and the errors that both may have.
struct Formula<T> {
    name: &'static str,
    kernel: fn(&Kernels, &[T], &mut [T]),
    reference: fn(T) -> T,
    bound: fn(&Kernels) -> f64,
}

fn the_sigmoid<T: Element>() -> Formula<T> {
    Formula {
        name: "s",
        kernel: Kernels::forward,
        reference: reference::sigmoid,
        bound: bounds::forward::<T>,
    }
}

fn its_derivative<T: Element>() -> Formula<T> {
    Formula {
        name: "s'",
        kernel: Kernels::derivative,
        reference: reference::sigmoid_derivative,
        bound: bounds::derivative::<T>,
    }
}

impl Lesson {
    pub fn check() -> Result<Self, UnavailableBackend> {
        let mut rows = Vec::new();
        compare_all(&the_sigmoid(), |x| x as f32, &mut rows)?;
        compare_all(&the_sigmoid(), |x| x, &mut rows)?;
        compare_all(&its_derivative(), |x| x as f32, &mut rows)?;
        compare_all(&its_derivative(), |x| x, &mut rows)?;
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
            let Largest { difference, at } = row.largest;
            table.row([
                row.name.to_owned(),
                row.format.to_owned(),
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

/// Every kernel but the reference itself.
fn compare_all<T: Element + Format>(
    formula: &Formula<T>,
    number: impl Fn(f64) -> T,
    rows: &mut Vec<Row>,
) -> Result<(), UnavailableBackend> {
    let reference = Kernels::new().backend(Backend::Scalar)?;
    for backend in Backend::available().filter(|&backend| backend != Backend::Scalar) {
        let kernels = Kernels::new().backend(backend)?;
        rows.push(Row {
            name: formula.name,
            format: T::NAME,
            backend,
            largest: compare(formula, &kernels, &number),
            // Either of the two may be off by its own bound.
            allowed: (formula.bound)(&kernels) + (formula.bound)(&reference),
        });
    }
    Ok(())
}

/// The kernel and the reference on the grid.
fn compare<T: Element + Format>(
    formula: &Formula<T>,
    kernels: &Kernels,
    number: impl Fn(f64) -> T,
) -> Largest {
    let x: Vec<T> = grid().map(number).collect();
    let mut results = vec![T::default(); x.len()];
    (formula.kernel)(kernels, &x, &mut results);
    // Positive numbers are in the order of their bits, a unit in the last place apart.
    let difference =
        |(&x, &result): (&T, &T)| Format::bits(result).abs_diff(Format::bits((formula.reference)(x))) as f64;
    let differences = x.iter().zip(&results).map(difference);
    Largest::of(grid().zip(differences).map(|(at, difference)| Largest { difference, at }))
}
