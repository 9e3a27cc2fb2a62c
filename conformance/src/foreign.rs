//! Kernels from C.

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
