//! The methods of the sigmoid, its derivative, both, and the step back through them.

use core::mem::MaybeUninit;

use super::{Kernels, Place, initialised, same_length};
use crate::ops::{Map, Sigmoid, SigmoidBackward, SigmoidDerivative, SigmoidWithDerivative, Split, Zip};

/// s(x)
impl Kernels {
    /// y\[i\] = s(x\[i\]).
    ///
    /// # Error
    ///
    /// At most 2.5 ULP in `f32` and 2.65 in `f64` (without FMA 2.7 and 2.85); with [`Accuracy::Exact`](crate::Accuracy::Exact) none but the
    /// rounding.
    ///
    /// The worst inputs are -1.9497232 in `f32`, with 2.4789, which `sigmoid verify` finds among all 2^32, and
    /// -1.0993859781793731 in `f64`, with 2.6036, where 2.629 is the most that the roundings can add up to (the test
    /// `no_f64_can_exceed_the_stated_errors`): [`bounds::FORWARD_F32`](crate::bounds::FORWARD_F32),
    /// [`bounds::FORWARD_F64`](crate::bounds::FORWARD_F64).
    ///
    /// In `bf16` and `f16` of the crate `half` (feature `half`) every result is correctly rounded.
    ///
    /// # Panics
    ///
    /// If the lengths differ.
    ///
    /// ```
    /// let mut y = [0.0_f32; 3];
    /// sigmoid::Kernels::new().forward(&[f32::NEG_INFINITY, 0.0, f32::INFINITY], &mut y);
    /// assert_eq!(y, [0.0, 0.5, 1.0]);
    /// ```
    #[track_caller]
    #[inline]
    pub fn forward<T: 'static>(&self, x: &[T], y: &mut [T])
    where
        Sigmoid: Map<T>,
    {
        self.map(Sigmoid, x, y);
    }

    /// x\[i\] becomes s(x\[i\]).
    ///
    /// ```
    /// let mut x = [0.0_f64; 3];
    /// sigmoid::Kernels::new().forward_in_place(&mut x);
    /// assert_eq!(x, [0.5; 3]);
    /// ```
    #[inline]
    pub fn forward_in_place<T: 'static>(&self, x: &mut [T])
    where
        Sigmoid: Map<T>,
    {
        self.map_in_place(Sigmoid, x);
    }

    /// [`Kernels::forward`] into memory that holds nothing yet; returns it initialised.
    ///
    /// # Panics
    ///
    /// If the lengths differ.
    ///
    /// ```
    /// let x = [0.0_f32; 100];
    /// let mut y = Vec::with_capacity(x.len());
    /// let written = sigmoid::Kernels::new().forward_uninit(&x, y.spare_capacity_mut()).len();
    /// // SAFETY: that many elements were written.
    /// unsafe { y.set_len(written) };
    /// assert_eq!(y, [0.5; 100]);
    /// ```
    #[track_caller]
    #[inline]
    pub fn forward_uninit<'y, T: 'static>(&self, x: &[T], y: &'y mut [MaybeUninit<T>]) -> &'y mut [T]
    where
        Sigmoid: Map<T>,
    {
        self.map_uninit(Sigmoid, x, y)
    }
}

/// s'(x)
impl Kernels {
    /// dy\[i\] = s'(x\[i\]), from the inputs: nothing cancels, and the far tails keep their values.
    ///
    /// # Error
    ///
    /// At most 3.4 ULP in `f32` and 3.75 in `f64` (without FMA 3.4 and 3.75); with [`Accuracy::Exact`](crate::Accuracy::Exact) none but the
    /// rounding.
    ///
    /// The worst inputs are 6.2353148 in `f32`, with 3.3283, which `sigmoid verify` finds among all 2^32, and
    /// -15.249237611664165 in `f64`, with 3.6130, where 3.716 is the most that the roundings can add up to (the test
    /// `no_f64_can_exceed_the_stated_errors`): [`bounds::DERIVATIVE_F32`](crate::bounds::DERIVATIVE_F32),
    /// [`bounds::DERIVATIVE_F64`](crate::bounds::DERIVATIVE_F64).
    ///
    /// In `bf16` and `f16` of the crate `half` (feature `half`) every result is correctly rounded.
    ///
    /// # Panics
    ///
    /// If the lengths differ.
    ///
    /// ```
    /// let mut dy = [0.0_f32; 2];
    /// sigmoid::Kernels::new().derivative(&[0.0, 17.0], &mut dy);
    /// assert_eq!(dy[0], 0.25);
    /// approx::assert_ulps_eq!(dy[1], 4.1399374e-8, max_ulps = 5); // s (1 - s) as written is 0 here
    /// ```
    #[track_caller]
    #[inline]
    pub fn derivative<T: 'static>(&self, x: &[T], dy: &mut [T])
    where
        SigmoidDerivative: Map<T>,
    {
        self.map_to(SigmoidDerivative, x, "dy", dy);
    }

    /// x\[i\] becomes s'(x\[i\]).
    ///
    /// ```
    /// let mut x = [0.0_f64; 3];
    /// sigmoid::Kernels::new().derivative_in_place(&mut x);
    /// assert_eq!(x, [0.25; 3]);
    /// ```
    #[inline]
    pub fn derivative_in_place<T: 'static>(&self, x: &mut [T])
    where
        SigmoidDerivative: Map<T>,
    {
        self.map_in_place(SigmoidDerivative, x);
    }

    /// [`Kernels::derivative`] into memory that holds nothing yet; returns it initialised.
    ///
    /// # Panics
    ///
    /// If the lengths differ.
    ///
    /// ```
    /// let mut dy = [const { std::mem::MaybeUninit::uninit() }; 3];
    /// let dy = sigmoid::Kernels::new().derivative_uninit(&[0.0_f32; 3], &mut dy);
    /// assert_eq!(dy, [0.25; 3]);
    /// ```
    #[track_caller]
    #[inline]
    pub fn derivative_uninit<'y, T: 'static>(&self, x: &[T], dy: &'y mut [MaybeUninit<T>]) -> &'y mut [T]
    where
        SigmoidDerivative: Map<T>,
    {
        self.map_uninit_to(SigmoidDerivative, x, "dy", dy)
    }
}

/// s(x) and s'(x) in one pass
impl Kernels {
    /// y\[i\] = s(x\[i\]) and dy\[i\] = s'(x\[i\]), with the bits of [`Kernels::forward`] and
    /// [`Kernels::derivative`], in less time than the two take; in half precision in as much.
    ///
    /// # Error
    ///
    /// Those of the two, at the same inputs: the test `both_at_once_are_the_same_as_one_by_one` compares their bits,
    /// and the tests of the worst inputs (`worst_cases_of_the_sigmoid`, `worst_cases_of_the_derivative`) ask for
    /// both.
    ///
    /// # Panics
    ///
    /// If the lengths differ.
    ///
    /// ```
    /// let (mut y, mut dy) = ([0.0_f32; 2], [0.0; 2]);
    /// sigmoid::Kernels::new().forward_with_derivative(&[0.0; 2], &mut y, &mut dy);
    /// assert_eq!((y, dy), ([0.5; 2], [0.25; 2]));
    /// ```
    #[track_caller]
    #[inline]
    pub fn forward_with_derivative<T: 'static>(&self, x: &[T], y: &mut [T], dy: &mut [T])
    where
        SigmoidWithDerivative: Split<T>,
    {
        same_length("x", x.len(), "y", y.len());
        same_length("x", x.len(), "dy", dy.len());
        let outputs = (y.as_mut_ptr(), dy.as_mut_ptr());
        // SAFETY: slices of one length, `y` and `dy` exclusive.
        unsafe { self.run(SigmoidWithDerivative, x.as_ptr(), outputs, x.len(), Place::New) }
    }

    /// dy\[i\] = s'(x\[i\]), and x\[i\] becomes s(x\[i\]).
    ///
    /// # Panics
    ///
    /// If the lengths differ.
    ///
    /// ```
    /// let (mut x, mut dy) = ([0.0_f64; 2], [0.0; 2]);
    /// sigmoid::Kernels::new().forward_with_derivative_in_place(&mut x, &mut dy);
    /// assert_eq!((x, dy), ([0.5; 2], [0.25; 2]));
    /// ```
    #[track_caller]
    #[inline]
    pub fn forward_with_derivative_in_place<T: 'static>(&self, x: &mut [T], dy: &mut [T])
    where
        SigmoidWithDerivative: Split<T>,
    {
        same_length("x", x.len(), "dy", dy.len());
        let at = x.as_mut_ptr();
        // SAFETY: exclusive slices of one length.
        unsafe { self.run(SigmoidWithDerivative, at.cast_const(), (at, dy.as_mut_ptr()), x.len(), Place::In) }
    }

    /// [`Kernels::forward_with_derivative`] into memory that holds nothing yet; returns it
    /// initialised.
    ///
    /// # Panics
    ///
    /// If the lengths differ.
    ///
    /// ```
    /// let mut y = [const { std::mem::MaybeUninit::uninit() }; 3];
    /// let mut dy = y;
    /// let (y, dy) =
    ///     sigmoid::Kernels::new().forward_with_derivative_uninit(&[0.0_f32; 3], &mut y, &mut dy);
    /// assert_eq!((y[0], dy[0]), (0.5, 0.25));
    /// ```
    #[track_caller]
    #[inline]
    pub fn forward_with_derivative_uninit<'y, T: 'static>(
        &self,
        x: &[T],
        y: &'y mut [MaybeUninit<T>],
        dy: &'y mut [MaybeUninit<T>],
    ) -> (&'y mut [T], &'y mut [T])
    where
        SigmoidWithDerivative: Split<T>,
    {
        same_length("x", x.len(), "y", y.len());
        same_length("x", x.len(), "dy", dy.len());
        // SAFETY: slices of one length, `y` and `dy` exclusive and, when the kernel is done,
        // written.
        unsafe {
            let outputs = (y.as_mut_ptr().cast::<T>(), dy.as_mut_ptr().cast::<T>());
            self.run(SigmoidWithDerivative, x.as_ptr(), outputs, x.len(), Place::New);
            (initialised(y), initialised(dy))
        }
    }
}

/// grad s (1 - s)
impl Kernels {
    /// grad_in\[i\] = grad_out\[i\] s\[i\] (1 - s\[i\]), from the outputs s = s(x) of the forward
    /// pass, as autograd engines hold them.
    ///
    /// s is data here: where it was rounded to 1 the gradient is 0. [`Kernels::derivative`], from
    /// the inputs, has no such limit.
    ///
    /// # Error
    ///
    /// For the given s, from 0 to 1, where the result is a normal number: at most 2.6 ULP in both formats; with
    /// [`Accuracy::Exact`](crate::Accuracy::Exact) none but the rounding, of any numbers.
    ///
    /// The worst inputs found are s = 0.14678136 with grad_out = 15.969773 in `f32`, 2.5615, and s =
    /// 0.14766279558195233 with grad_out = 15.89086227200357 in `f64`, 2.5777, where 2.586 is the most that three
    /// roundings can add up to (the test `no_gradient_can_exceed_the_stated_error`):
    /// [`bounds::BACKWARD_F32`](crate::bounds::BACKWARD_F32), [`bounds::BACKWARD_F64`](crate::bounds::BACKWARD_F64).
    ///
    /// In `bf16` and `f16` of the crate `half` (feature `half`) it is computed in `f32` and rounded once; there is no Exact.
    ///
    /// # Panics
    ///
    /// If the lengths differ.
    ///
    /// ```
    /// let mut grad_in = [0.0_f32; 2];
    /// sigmoid::Kernels::new().backward(&[0.5, 0.75], &[8.0, 16.0], &mut grad_in);
    /// assert_eq!(grad_in, [2.0, 3.0]);
    /// ```
    #[track_caller]
    #[inline]
    pub fn backward<T: 'static>(&self, s: &[T], grad_out: &[T], grad_in: &mut [T])
    where
        SigmoidBackward: Zip<T>,
    {
        same_length("s", s.len(), "grad_out", grad_out.len());
        same_length("s", s.len(), "grad_in", grad_in.len());
        let inputs = (s.as_ptr(), grad_out.as_ptr());
        // SAFETY: slices of one length, `grad_in` exclusive.
        unsafe { self.run(SigmoidBackward, inputs, grad_in.as_mut_ptr(), s.len(), Place::New) }
    }

    /// grad\[i\] becomes grad\[i\] s\[i\] (1 - s\[i\]).
    ///
    /// # Panics
    ///
    /// If the lengths differ.
    ///
    /// ```
    /// let mut grad = [8.0_f64, 16.0];
    /// sigmoid::Kernels::new().backward_in_place(&[0.5, 0.75], &mut grad);
    /// assert_eq!(grad, [2.0, 3.0]);
    /// ```
    #[track_caller]
    #[inline]
    pub fn backward_in_place<T: 'static>(&self, s: &[T], grad: &mut [T])
    where
        SigmoidBackward: Zip<T>,
    {
        self.zip_into_second_of("s", s, "grad", grad, SigmoidBackward);
    }

    /// [`Kernels::backward`] into memory that holds nothing yet; returns it initialised.
    ///
    /// # Panics
    ///
    /// If the lengths differ.
    ///
    /// ```
    /// let mut grad_in = [const { std::mem::MaybeUninit::uninit() }; 2];
    /// let grad_in = sigmoid::Kernels::new().backward_uninit(&[0.5; 2], &[8.0_f32; 2], &mut grad_in);
    /// assert_eq!(grad_in, [2.0; 2]);
    /// ```
    #[track_caller]
    #[inline]
    pub fn backward_uninit<'g, T: 'static>(
        &self,
        s: &[T],
        grad_out: &[T],
        grad_in: &'g mut [MaybeUninit<T>],
    ) -> &'g mut [T]
    where
        SigmoidBackward: Zip<T>,
    {
        self.zip_uninit_to(SigmoidBackward, ["s", "grad_out", "grad_in"], [s, grad_out], grad_in)
    }
}
