//! Arrays of one shape that lie in memory in every way.

#![allow(dead_code)] // Each test file uses its part.

use ndarray::{ArrayD, ArrayViewD, ArrayViewMutD, IxDyn, Slice};

/// How an array lies in memory: the axes from the outermost on, and for each axis the step of a view and the elements
/// before and behind it.
#[derive(Clone, Debug)]
pub struct Layout {
    pub order: Vec<usize>,
    pub steps: Vec<isize>,
    pub margins: Vec<usize>,
}

impl Layout {
    /// The memory, of which a view is the array.
    pub fn memory<T>(&self, shape: &[usize], mut element: impl FnMut(usize) -> T) -> ArrayD<T> {
        let lens: Vec<usize> = self
            .order
            .iter()
            .map(|&axis| shape[axis] * self.steps[axis].unsigned_abs() + 2 * self.margins[axis])
            .collect();
        let mut count = 0..;
        ArrayD::from_shape_simple_fn(lens, || element(count.next().unwrap()))
    }

    pub fn view<'m, T>(&self, memory: &'m ArrayD<T>) -> ArrayViewD<'m, T> {
        let mut view = memory.view().permuted_axes(self.axes());
        view.slice_each_axis_inplace(|axis| self.slice(axis.axis.index(), axis.len));
        view
    }

    pub fn view_mut<'m, T>(&self, memory: &'m mut ArrayD<T>) -> ArrayViewMutD<'m, T> {
        let mut view = memory.view_mut().permuted_axes(self.axes());
        view.slice_each_axis_inplace(|axis| self.slice(axis.axis.index(), axis.len));
        view
    }

    fn axes(&self) -> IxDyn {
        let axes: Vec<usize> =
            (0..self.order.len()).map(|axis| self.order.iter().position(|&a| a == axis).unwrap()).collect();
        IxDyn(&axes)
    }

    fn slice(&self, axis: usize, len: usize) -> Slice {
        let margin = self.margins[axis];
        Slice::new(margin as isize, Some((len - margin) as isize), self.steps[axis])
    }
}

/// Every order of so many axes, each contiguous, with gaps and backwards.
pub fn layouts(axes: usize) -> Vec<Layout> {
    let mut layouts = Vec::new();
    for order in orders(axes) {
        let (first, last) = (order[0], order[axes - 1]);
        let plain = Layout { order, steps: vec![1; axes], margins: vec![0; axes] };
        let mut steps = plain.clone();
        steps.steps[last] = 2;
        let mut gaps = plain.clone();
        gaps.margins[last] = 1;
        let mut back = plain.clone();
        back.steps[first] = -1;
        let mut all_back = plain.clone();
        all_back.steps.fill(-1);
        let mut far = plain.clone();
        far.steps.fill(-3);
        far.margins.fill(2);
        layouts.extend([plain, steps, gaps, back, all_back, far]);
    }
    layouts
}

fn orders(axes: usize) -> Vec<Vec<usize>> {
    let Some(last) = axes.checked_sub(1) else {
        return vec![vec![]];
    };
    let mut all = Vec::new();
    for order in orders(last) {
        for at in 0..axes {
            let mut order = order.clone();
            order.insert(at, last);
            all.push(order);
        }
    }
    all
}

/// Numbers of every kind, the awkward ones among others.
pub fn number(i: usize) -> f64 {
    const AWKWARD: [f64; 12] = [
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        -0.0,
        0.0,
        1e-310,
        -1e-40,
        -104.0,
        -745.0,
        1e30,
        -1e-20,
        17.0,
    ];
    if i % 5 == 3 { AWKWARD[i / 5 % AWKWARD.len()] } else { (i * 37 % 401) as f64 * 0.1 - 20.0 }
}

/// Numbers from 0 to 1.
pub fn probability(i: usize) -> f64 {
    (i * 31 % 129) as f64 / 128.0
}
