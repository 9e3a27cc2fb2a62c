//! Any operation on arrays: checks the shapes, makes one call of contiguous arrays in one order, and leaves all others
//! to `rows.rs`.

use ndarray::{Array, ArrayRef, Dimension, ShapeBuilder};
use sigmoid::Kernels;
use sigmoid::ops::{Gradients, Map, Zip};

use crate::rows::{Outputs, each_row};

/// Any operation of [`sigmoid::ops`] on arrays of one shape, as [`Kernels`] computes it.
///
/// The error of an operation stands with it, and in [`sigmoid::bounds`]; the bits are those that the elements have in
/// slices.
///
/// # Panics
///
/// If the shapes differ, or [`Accuracy::Exact`](sigmoid::Accuracy::Exact) is asked of an operation that has no proof
/// for it. Nothing has been written then.
pub trait KernelsExt {
    /// op(x) of every element, as a new array: in the memory order of `x` where that is contiguous, and otherwise in
    /// rows.
    ///
    /// ```
    /// use ndarray::array;
    /// use sigmoid::{Kernels, ops};
    /// use sigmoid_ndarray::KernelsExt;
    ///
    /// let y = Kernels::new().map_array(ops::Sigmoid, &array![[-100.0_f32, 0.0], [100.0, f32::INFINITY]]);
    /// assert_eq!(y, array![[3.783506e-44, 0.5], [1.0, 1.0]]);
    /// ```
    #[track_caller]
    fn map_array<T, U, D, Op>(&self, op: Op, x: &ArrayRef<T, D>) -> Array<U, D>
    where
        T: Copy + 'static,
        U: Copy + 'static,
        D: Dimension,
        Op: Map<T, U>;

    /// op(x) of every element, into `y`.
    ///
    /// ```
    /// use ndarray::{Array2, array, s};
    /// use sigmoid::{Kernels, ops};
    /// use sigmoid_ndarray::KernelsExt;
    ///
    /// let mut y = Array2::zeros((2, 4));
    /// Kernels::new().map_array_into(ops::Silu, &array![[0.0_f64], [800.0]], &mut y.slice_mut(s![.., 1..2]));
    /// assert_eq!(y, array![[0.0, 0.0, 0.0, 0.0], [0.0, 800.0, 0.0, 0.0]]);
    /// ```
    #[track_caller]
    fn map_array_into<T, U, D, Op>(&self, op: Op, x: &ArrayRef<T, D>, y: &mut ArrayRef<U, D>)
    where
        T: Copy + 'static,
        U: Copy + 'static,
        D: Dimension,
        Op: Map<T, U>;

    /// Every element becomes op(x).
    ///
    /// ```
    /// use ndarray::{Array1, s};
    /// use sigmoid::{Accuracy, Kernels, ops};
    /// use sigmoid_ndarray::KernelsExt;
    ///
    /// let mut x = Array1::<f32>::zeros(5);
    /// let exact = Kernels::new().accuracy(Accuracy::Exact);
    /// exact.map_array_in_place(ops::Sigmoid, &mut x.slice_mut(s![..;-2]));
    /// assert_eq!(x.to_vec(), [0.5, 0.0, 0.5, 0.0, 0.5]);
    /// ```
    #[track_caller]
    fn map_array_in_place<T, D, Op>(&self, op: Op, x: &mut ArrayRef<T, D>)
    where
        T: Copy + 'static,
        D: Dimension,
        Op: Map<T>;

    /// op(x, y) of every two elements, as a new array: in the memory order of `x` where both have it and are
    /// contiguous, and otherwise in rows. Operations of two inputs are gates, losses, and most ways back.
    ///
    /// ```
    /// use ndarray::array;
    /// use sigmoid::{Kernels, ops};
    /// use sigmoid_ndarray::KernelsExt;
    ///
    /// let (s, grad) = (array![0.5_f32, 0.75], array![8.0, 16.0]);
    /// assert_eq!(Kernels::new().zip_arrays(ops::SigmoidBackward, &s, &grad), array![2.0, 3.0]);
    /// ```
    #[track_caller]
    fn zip_arrays<T, U, D, Op>(&self, op: Op, x: &ArrayRef<T, D>, y: &ArrayRef<T, D>) -> Array<U, D>
    where
        T: Copy + 'static,
        U: Copy + 'static,
        D: Dimension,
        Op: Zip<T, U>;

    /// op(x, y) of every two elements, into `z`.
    ///
    /// ```
    /// use ndarray::{Array2, array};
    /// use sigmoid::{Kernels, ops};
    /// use sigmoid_ndarray::KernelsExt;
    ///
    /// let (x, labels) = (array![[0.0_f64, -800.0]], array![[0.25, 1.0]]);
    /// let mut loss = Array2::zeros((1, 2));
    /// Kernels::new().zip_arrays_into(ops::BceWithLogits, &x, &labels, &mut loss);
    /// assert_eq!(loss, array![[std::f64::consts::LN_2, 800.0]]);
    /// ```
    #[track_caller]
    fn zip_arrays_into<T, U, D, Op>(
        &self,
        op: Op,
        x: &ArrayRef<T, D>,
        y: &ArrayRef<T, D>,
        z: &mut ArrayRef<U, D>,
    ) where
        T: Copy + 'static,
        U: Copy + 'static,
        D: Dimension,
        Op: Zip<T, U>;

    /// Every element of `x` becomes op(x, y).
    ///
    /// ```
    /// use ndarray::array;
    /// use sigmoid::{Kernels, ops};
    /// use sigmoid_ndarray::KernelsExt;
    ///
    /// let mut gate = array![1.0_f32, 40.0];
    /// Kernels::new().zip_arrays_into_first(ops::SwiGlu::default(), &mut gate, &array![2.0, 3.0]);
    /// assert_eq!(gate, array![1.4621172, 120.0]);
    /// ```
    #[track_caller]
    fn zip_arrays_into_first<T, D, Op>(&self, op: Op, x: &mut ArrayRef<T, D>, y: &ArrayRef<T, D>)
    where
        T: Copy + 'static,
        D: Dimension,
        Op: Zip<T>;

    /// Every element of `y` becomes op(x, y).
    ///
    /// ```
    /// use ndarray::array;
    /// use sigmoid::{Kernels, ops};
    /// use sigmoid_ndarray::KernelsExt;
    ///
    /// let mut grad = array![8.0_f64, 16.0];
    /// Kernels::new().zip_arrays_into_second(ops::SigmoidBackward, &array![0.5, 0.75], &mut grad);
    /// assert_eq!(grad, array![2.0, 3.0]);
    /// ```
    #[track_caller]
    fn zip_arrays_into_second<T, D, Op>(&self, op: Op, x: &ArrayRef<T, D>, y: &mut ArrayRef<T, D>)
    where
        T: Copy + 'static,
        D: Dimension,
        Op: Zip<T>;

    /// The gradients of x and y through op(x, y), from those of its results, into `dx` and `dy`.
    ///
    /// ```
    /// use ndarray::{Array1, array};
    /// use sigmoid::{Kernels, ops};
    /// use sigmoid_ndarray::KernelsExt;
    ///
    /// let (gate, up, grad) = (array![0.0_f32], array![2.0], array![3.0]);
    /// let (mut of_gate, mut of_up) = (Array1::zeros(1), Array1::zeros(1));
    /// let op = ops::SwiGluBackward::default();
    /// Kernels::new().array_gradients(op, &gate, &up, &grad, &mut of_gate, &mut of_up);
    /// assert_eq!((of_gate[0], of_up[0]), (3.0, 0.0));
    /// ```
    #[track_caller]
    fn array_gradients<T, D, Op>(
        &self,
        op: Op,
        x: &ArrayRef<T, D>,
        y: &ArrayRef<T, D>,
        grad: &ArrayRef<T, D>,
        dx: &mut ArrayRef<T, D>,
        dy: &mut ArrayRef<T, D>,
    ) where
        T: Copy + 'static,
        D: Dimension,
        Op: Gradients<T>;
}

impl KernelsExt for Kernels {
    #[track_caller]
    fn map_array<T, U, D, Op>(&self, op: Op, x: &ArrayRef<T, D>) -> Array<U, D>
    where
        T: Copy + 'static,
        U: Copy + 'static,
        D: Dimension,
        Op: Map<T, U>,
    {
        if let Some(slice) = x.as_slice_memory_order() {
            return laid_out_as(x, self.map_to_vec(op, slice));
        }
        let mut y = Array::uninit(x.raw_dim());
        each_row([x.view()], [y.view_mut()], Outputs::Written, |[x], [y]| {
            self.map_uninit(op, x, y);
        });
        // SAFETY: every row has been written.
        unsafe { y.assume_init() }
    }

    #[track_caller]
    fn map_array_into<T, U, D, Op>(&self, op: Op, x: &ArrayRef<T, D>, y: &mut ArrayRef<U, D>)
    where
        T: Copy + 'static,
        U: Copy + 'static,
        D: Dimension,
        Op: Map<T, U>,
    {
        same_shape("x", x, "y", y);
        if in_one_order(x, y)
            && let (Some(x), Some(y)) = (x.as_slice_memory_order(), y.as_slice_memory_order_mut())
        {
            return self.map(op, x, y);
        }
        each_row([x.view()], [y.view_mut()], Outputs::Written, |[x], [y]| self.map(op, x, y));
    }

    #[track_caller]
    fn map_array_in_place<T, D, Op>(&self, op: Op, x: &mut ArrayRef<T, D>)
    where
        T: Copy + 'static,
        D: Dimension,
        Op: Map<T>,
    {
        if let Some(slice) = x.as_slice_memory_order_mut() {
            return self.map_in_place(op, slice);
        }
        each_row([], [x.view_mut()], Outputs::ReadAndWritten, |[]: [&[T]; 0], [x]| self.map_in_place(op, x));
    }

    #[track_caller]
    fn zip_arrays<T, U, D, Op>(&self, op: Op, x: &ArrayRef<T, D>, y: &ArrayRef<T, D>) -> Array<U, D>
    where
        T: Copy + 'static,
        U: Copy + 'static,
        D: Dimension,
        Op: Zip<T, U>,
    {
        same_shape("x", x, "y", y);
        if in_one_order(x, y)
            && let (Some(first), Some(second)) = (x.as_slice_memory_order(), y.as_slice_memory_order())
        {
            return laid_out_as(x, self.zip_to_vec(op, first, second));
        }
        let mut z = Array::uninit(x.raw_dim());
        each_row([x.view(), y.view()], [z.view_mut()], Outputs::Written, |[x, y], [z]| {
            self.zip_uninit(op, x, y, z);
        });
        // SAFETY: every row has been written.
        unsafe { z.assume_init() }
    }

    #[track_caller]
    fn zip_arrays_into<T, U, D, Op>(
        &self,
        op: Op,
        x: &ArrayRef<T, D>,
        y: &ArrayRef<T, D>,
        z: &mut ArrayRef<U, D>,
    ) where
        T: Copy + 'static,
        U: Copy + 'static,
        D: Dimension,
        Op: Zip<T, U>,
    {
        same_shape("x", x, "y", y);
        same_shape("x", x, "z", z);
        if in_one_order(x, y)
            && in_one_order(x, z)
            && let (Some(x), Some(y)) = (x.as_slice_memory_order(), y.as_slice_memory_order())
            && let Some(z) = z.as_slice_memory_order_mut()
        {
            return self.zip(op, x, y, z);
        }
        each_row([x.view(), y.view()], [z.view_mut()], Outputs::Written, |[x, y], [z]| self.zip(op, x, y, z));
    }

    #[track_caller]
    fn zip_arrays_into_first<T, D, Op>(&self, op: Op, x: &mut ArrayRef<T, D>, y: &ArrayRef<T, D>)
    where
        T: Copy + 'static,
        D: Dimension,
        Op: Zip<T>,
    {
        same_shape("x", x, "y", y);
        if in_one_order(x, y)
            && let (Some(x), Some(y)) = (x.as_slice_memory_order_mut(), y.as_slice_memory_order())
        {
            return self.zip_into_first(op, x, y);
        }
        each_row([y.view()], [x.view_mut()], Outputs::ReadAndWritten, |[y], [x]| {
            self.zip_into_first(op, x, y)
        });
    }

    #[track_caller]
    fn zip_arrays_into_second<T, D, Op>(&self, op: Op, x: &ArrayRef<T, D>, y: &mut ArrayRef<T, D>)
    where
        T: Copy + 'static,
        D: Dimension,
        Op: Zip<T>,
    {
        same_shape("x", x, "y", y);
        if in_one_order(x, y)
            && let (Some(x), Some(y)) = (x.as_slice_memory_order(), y.as_slice_memory_order_mut())
        {
            return self.zip_into_second(op, x, y);
        }
        each_row([x.view()], [y.view_mut()], Outputs::ReadAndWritten, |[x], [y]| {
            self.zip_into_second(op, x, y)
        });
    }

    #[track_caller]
    fn array_gradients<T, D, Op>(
        &self,
        op: Op,
        x: &ArrayRef<T, D>,
        y: &ArrayRef<T, D>,
        grad: &ArrayRef<T, D>,
        dx: &mut ArrayRef<T, D>,
        dy: &mut ArrayRef<T, D>,
    ) where
        T: Copy + 'static,
        D: Dimension,
        Op: Gradients<T>,
    {
        same_shape("x", x, "y", y);
        same_shape("x", x, "grad", grad);
        same_shape("x", x, "dx", dx);
        same_shape("x", x, "dy", dy);
        if [y, grad, &*dx, &*dy].iter().all(|other| in_one_order(x, other))
            && let (Some(x), Some(y)) = (x.as_slice_memory_order(), y.as_slice_memory_order())
            && let Some(grad) = grad.as_slice_memory_order()
            && let (Some(dx), Some(dy)) = (dx.as_slice_memory_order_mut(), dy.as_slice_memory_order_mut())
        {
            return self.gradients(op, x, y, grad, dx, dy);
        }
        each_row(
            [x.view(), y.view(), grad.view()],
            [dx.view_mut(), dy.view_mut()],
            Outputs::Written,
            |[x, y, grad], [dx, dy]| self.gradients(op, x, y, grad, dx, dy),
        );
    }
}

#[track_caller]
fn same_shape<T, U, D: Dimension>(name: &str, x: &ArrayRef<T, D>, other: &str, y: &ArrayRef<U, D>) {
    #[cold]
    #[inline(never)]
    #[track_caller]
    fn differ(name: &str, shape: &[usize], other: &str, other_shape: &[usize]) -> ! {
        panic!("the arrays must have one shape, but {name} has {shape:?} and {other} has {other_shape:?}")
    }
    if x.shape() != y.shape() {
        differ(name, x.shape(), other, y.shape());
    }
}

/// Whether the elements of two contiguous arrays of one shape follow one another in the same order.
fn in_one_order<T, U, D: Dimension>(x: &ArrayRef<T, D>, y: &ArrayRef<U, D>) -> bool {
    x.shape().iter().zip(x.strides()).zip(y.strides()).all(|((&len, x), y)| len <= 1 || x == y)
}

/// An array of these elements, with the shape and the strides of x, which is contiguous and has as many.
fn laid_out_as<T, U, D: Dimension>(x: &ArrayRef<T, D>, elements: Vec<U>) -> Array<U, D> {
    let dim = x.raw_dim();
    let mut strides = x.raw_dim();
    for (stride, &of_x) in strides.slice_mut().iter_mut().zip(x.strides()) {
        // (A negative one too: so ndarray keeps them.)
        *stride = of_x as usize;
    }
    debug_assert_eq!(elements.len(), x.len());
    // SAFETY: x has these lengths and strides and is contiguous, so that its indices name as many elements as there
    // are, side by side and each by one index.
    unsafe { Array::from_shape_vec_unchecked(dim.strides(strides), elements) }
}
