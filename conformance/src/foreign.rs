//! Kernels from C, and kernels that write over their inputs.

/// A kernel with the C calling convention: `n` elements from `x` to `y`.
pub type ForeignKernel<T> = unsafe extern "C" fn(x: *const T, y: *mut T, n: usize);

/// A kernel out of a function pointer, for [`Conformance::check`](crate::Conformance::check).
///
/// # Safety
///
/// For any `n` the function must read no more than `n` elements from `x` and write no more than
/// `n` to `y`, which do not overlap, whatever the elements are and whatever boundary they begin at; it must
/// not unwind, keep the pointers, or leave the floating-point environment changed.
///
/// ```
/// use sigmoid_conformance::{Conformance, Function, foreign};
///
/// unsafe extern "C" fn from_c(x: *const f32, y: *mut f32, n: usize) {
///     for i in 0..n {
///         // SAFETY: the caller hands over `n` elements of each.
///         unsafe { *y.add(i) = 1.0 / (1.0 + (-*x.add(i)).exp()) }
///     }
/// }
///
/// // SAFETY: it stays within `n` elements.
/// let kernel = unsafe { foreign(from_c) };
/// let report = Conformance::<f32>::new(Function::Sigmoid).stride(1_000_003).check(kernel);
/// assert!(report.is_sound());
/// ```
pub unsafe fn foreign<T>(function: ForeignKernel<T>) -> impl Fn(&[T], &mut [T]) + Copy {
    move |x, y| {
        assert_eq!(x.len(), y.len(), "one result for each input");
        // SAFETY: slices of one length that do not overlap; the caller of `foreign` vouches for the
        // function.
        unsafe { function(x.as_ptr(), y.as_mut_ptr(), x.len()) }
    }
}

/// The same for a function that is called in place: with one pointer twice.
///
/// # Safety
///
/// As of [`foreign`], but that `x` and `y` are the same.
pub unsafe fn foreign_in_place<T: Copy>(function: ForeignKernel<T>) -> impl Fn(&[T], &mut [T]) + Copy {
    move |x, y| {
        y.copy_from_slice(x);
        let (pointer, length) = (y.as_mut_ptr(), y.len());
        // SAFETY: a slice; the caller of `foreign_in_place` vouches for the function.
        unsafe { function(pointer, pointer, length) }
    }
}

/// A kernel out of one that writes its results over the inputs.
///
/// Here an element that is computed twice shows: the second time its result is the input.
///
/// ```
/// use sigmoid_conformance::{Function, assert_conforms, in_place};
///
/// let kernel = |values: &mut [f64]| {
///     for value in values {
///         *value = value.tanh();
///     }
/// };
/// assert_conforms(Function::Tanh, 2.0, in_place(kernel));
/// ```
pub fn in_place<T: Copy>(mut kernel: impl FnMut(&mut [T])) -> impl FnMut(&[T], &mut [T]) {
    move |x, y| {
        y.copy_from_slice(x);
        kernel(y);
    }
}
