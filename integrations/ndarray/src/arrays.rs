//! The everyday functions as methods of arrays: each is a call of [`KernelsExt`] on [`Kernels::new`].

use ndarray::{Array, ArrayRef, Dimension};
use sigmoid::Kernels;
use sigmoid::ops::{self, Map, Zip};

use crate::KernelsExt;

/// The sigmoid and what is made of it as methods of arrays with elements of type `T` and dimension `D`: fast, on this
/// thread, with the best instructions that the CPU has.
///
/// Results are new arrays of the same shape, in the memory order of `self` where that is contiguous, and otherwise in
/// rows. For other ways of computing and other operations see [`KernelsExt`].
///
/// ```
/// use ndarray::{Array3, s};
/// use sigmoid_ndarray::SigmoidExt;
///
/// let mut x = Array3::<f64>::zeros((4, 5, 6));
/// assert!(x.sigmoid().iter().all(|&s| s == 0.5));
/// x.slice_mut(s![.., 1..3, ..;2]).sigmoid_inplace();
/// assert_eq!(x.sum(), 4.0 * 2.0 * 3.0 * 0.5);
/// ```
pub trait SigmoidExt<T: 'static, D> {
    /// s(x) of every element; the error is [`sigmoid::bounds::forward`].
    ///
    /// ```
    /// use sigmoid_ndarray::SigmoidExt;
    /// assert_eq!(ndarray::array![0.0_f32, 40.0].sigmoid(), ndarray::array![0.5, 1.0]);
    /// ```
    fn sigmoid(&self) -> Array<T, D>
    where
        ops::Sigmoid: Map<T>;

    /// Every element becomes s(x).
    ///
    /// ```
    /// use sigmoid_ndarray::SigmoidExt;
    /// let mut x = ndarray::array![0.0_f32, 40.0];
    /// x.sigmoid_inplace();
    /// assert_eq!(x, ndarray::array![0.5, 1.0]);
    /// ```
    fn sigmoid_inplace(&mut self)
    where
        ops::Sigmoid: Map<T>;

    /// s'(x) of every element, from the inputs; the error is [`sigmoid::bounds::derivative`].
    ///
    /// ```
    /// use sigmoid_ndarray::SigmoidExt;
    /// assert_eq!(ndarray::array![0.0_f32, f32::INFINITY].sigmoid_derivative(), ndarray::array![0.25, 0.0]);
    /// ```
    fn sigmoid_derivative(&self) -> Array<T, D>
    where
        ops::SigmoidDerivative: Map<T>;

    /// x s(x) of every element; the error stands at [`ops::Silu`].
    ///
    /// ```
    /// use sigmoid_ndarray::SigmoidExt;
    /// assert_eq!(ndarray::array![-1.0_f32, 100.0].silu(), ndarray::array![-0.26894143, 100.0]);
    /// ```
    fn silu(&self) -> Array<T, D>
    where
        ops::Silu: Map<T>;

    /// ln(1 + e^x) of every element; the error stands at [`ops::Softplus`].
    ///
    /// ```
    /// use sigmoid_ndarray::SigmoidExt;
    /// assert_eq!(ndarray::array![0.0_f32, 100.0].softplus(), ndarray::array![0.6931472, 100.0]);
    /// ```
    fn softplus(&self) -> Array<T, D>
    where
        ops::Softplus: Map<T>;

    /// silu(x) up, with `self` as the gate; the error stands at [`ops::SwiGlu`].
    ///
    /// # Panics
    ///
    /// If the shapes differ.
    ///
    /// ```
    /// use sigmoid_ndarray::SigmoidExt;
    /// let (gate, up) = (ndarray::array![1.0_f32, 40.0], ndarray::array![2.0, 3.0]);
    /// assert_eq!(gate.swiglu(&up), ndarray::array![1.4621172, 120.0]);
    /// ```
    #[track_caller]
    fn swiglu(&self, up: &ArrayRef<T, D>) -> Array<T, D>
    where
        ops::SwiGlu: Zip<T>;
}

impl<T: Copy + 'static, D: Dimension> SigmoidExt<T, D> for ArrayRef<T, D> {
    fn sigmoid(&self) -> Array<T, D>
    where
        ops::Sigmoid: Map<T>,
    {
        Kernels::new().map_array(ops::Sigmoid, self)
    }

    fn sigmoid_inplace(&mut self)
    where
        ops::Sigmoid: Map<T>,
    {
        Kernels::new().map_array_in_place(ops::Sigmoid, self);
    }

    fn sigmoid_derivative(&self) -> Array<T, D>
    where
        ops::SigmoidDerivative: Map<T>,
    {
        Kernels::new().map_array(ops::SigmoidDerivative, self)
    }

    fn silu(&self) -> Array<T, D>
    where
        ops::Silu: Map<T>,
    {
        Kernels::new().map_array(ops::Silu, self)
    }

    fn softplus(&self) -> Array<T, D>
    where
        ops::Softplus: Map<T>,
    {
        Kernels::new().map_array(ops::Softplus, self)
    }

    #[track_caller]
    fn swiglu(&self, up: &ArrayRef<T, D>) -> Array<T, D>
    where
        ops::SwiGlu: Zip<T>,
    {
        Kernels::new().zip_arrays(ops::SwiGlu::default(), self, up)
    }
}
