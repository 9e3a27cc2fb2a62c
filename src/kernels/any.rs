//! The methods for any operation: of one slice, of two, of interleaved pairs, of rows.

use core::mem::MaybeUninit;
use core::ops::Range;

use super::{Kernels, Place, initialised, same_as_half, same_length};
use crate::ops::{Gradients, Map, Zip, ZipInterleaved};
#[cfg(feature = "rayon")]
use crate::parallel::{PARALLEL_FROM_OUTSIDE_BYTES, share};
use crate::slices::Interleaved;

/// Any operation
impl Kernels {
    /// y\[i\] = op(x\[i\]).
    ///
    /// # Panics
    ///
    /// If the lengths differ, or [`Accuracy::Exact`](crate::Accuracy::Exact) is asked of an operation that has no proof for it.
    ///
    /// ```
    /// use sigmoid::{Kernels, ops};
    ///
    /// let mut y = [0.0_f32; 3];
    /// Kernels::new().map(ops::Sigmoid, &[-100.0, 0.0, 100.0], &mut y);
    /// assert_eq!(y, [3.783506e-44, 0.5, 1.0]);
    /// ```
    #[track_caller]
    #[inline]
    pub fn map<T: 'static, U: 'static, Op: Map<T, U>>(&self, op: Op, x: &[T], y: &mut [U]) {
        self.map_to(op, x, "y", y);
    }

    /// x\[i\] becomes op(x\[i\]).
    ///
    /// # Panics
    ///
    /// As [`Kernels::map`], but for the lengths.
    ///
    /// ```
    /// use sigmoid::{Kernels, ops};
    ///
    /// let mut x = [0.0_f64; 3];
    /// Kernels::new().map_in_place(ops::SigmoidDerivative, &mut x);
    /// assert_eq!(x, [0.25; 3]);
    /// ```
    #[track_caller]
    #[inline]
    pub fn map_in_place<T: 'static, Op: Map<T>>(&self, op: Op, x: &mut [T]) {
        let at = x.as_mut_ptr();
        // SAFETY: one exclusive slice.
        unsafe { self.run(op, at.cast_const(), at, x.len(), Place::In) }
    }

    /// [`Kernels::map`] into memory that holds nothing yet; returns it initialised.
    ///
    /// # Panics
    ///
    /// As [`Kernels::map`].
    ///
    /// ```
    /// use sigmoid::{Kernels, ops};
    ///
    /// let mut y = [const { std::mem::MaybeUninit::uninit() }; 3];
    /// let y = Kernels::new().map_uninit(ops::Sigmoid, &[0.0_f32; 3], &mut y);
    /// assert_eq!(y, [0.5; 3]);
    /// ```
    #[track_caller]
    #[inline]
    pub fn map_uninit<'y, T: 'static, U: 'static, Op: Map<T, U>>(
        &self,
        op: Op,
        x: &[T],
        y: &'y mut [MaybeUninit<U>],
    ) -> &'y mut [U] {
        self.map_uninit_to(op, x, "y", y)
    }

    /// [`Kernels::map`] into a new vector: the only methods that allocate are this and [`Kernels::zip_to_vec`].
    ///
    /// # Panics
    ///
    /// If [`Accuracy::Exact`](crate::Accuracy::Exact) is asked of an operation that has no proof for it.
    ///
    /// ```
    /// use sigmoid::{Kernels, ops};
    ///
    /// assert_eq!(Kernels::new().map_to_vec(ops::Sigmoid, &[0.0_f32, 40.0]), [0.5, 1.0]);
    /// ```
    #[cfg(feature = "std")]
    #[track_caller]
    pub fn map_to_vec<T: 'static, U: 'static, Op: Map<T, U>>(&self, op: Op, x: &[T]) -> Vec<U> {
        filled(x.len(), |y| self.map_uninit(op, x, y))
    }

    /// z\[i\] = op(x\[i\], y\[i\]).
    ///
    /// # Panics
    ///
    /// If the lengths differ, or [`Accuracy::Exact`](crate::Accuracy::Exact) is asked of an operation that has no proof for it.
    ///
    /// ```
    /// use sigmoid::{Kernels, ops};
    ///
    /// let mut grad_in = [0.0_f32; 2];
    /// Kernels::new().zip(ops::SigmoidBackward, &[0.5, 0.75], &[8.0, 16.0], &mut grad_in);
    /// assert_eq!(grad_in, [2.0, 3.0]);
    /// ```
    #[track_caller]
    #[inline]
    pub fn zip<T: 'static, U: 'static, Op: Zip<T, U>>(&self, op: Op, x: &[T], y: &[T], z: &mut [U]) {
        same_length("x", x.len(), "y", y.len());
        same_length("x", x.len(), "z", z.len());
        // SAFETY: slices of one length, `z` exclusive.
        unsafe { self.run(op, (x.as_ptr(), y.as_ptr()), z.as_mut_ptr(), x.len(), Place::New) }
    }

    /// x\[i\] becomes op(x\[i\], y\[i\]).
    ///
    /// # Panics
    ///
    /// As [`Kernels::zip`].
    ///
    /// ```
    /// use sigmoid::{Kernels, ops};
    ///
    /// let mut gate = [1.0_f32, 40.0];
    /// Kernels::new().zip_into_first(ops::SwiGlu::default(), &mut gate, &[2.0, 3.0]);
    /// assert_eq!(gate, [1.4621172, 120.0]);
    /// ```
    #[track_caller]
    #[inline]
    pub fn zip_into_first<T: 'static, Op: Zip<T>>(&self, op: Op, x: &mut [T], y: &[T]) {
        same_length("x", x.len(), "y", y.len());
        let at = x.as_mut_ptr();
        // SAFETY: slices of one length, `x` exclusive.
        unsafe { self.run(op, (at.cast_const(), y.as_ptr()), at, x.len(), Place::In) }
    }

    /// y\[i\] becomes op(x\[i\], y\[i\]).
    ///
    /// # Panics
    ///
    /// As [`Kernels::zip`].
    ///
    /// ```
    /// use sigmoid::{Kernels, ops};
    ///
    /// let mut grad = [8.0_f64, 16.0];
    /// Kernels::new().zip_into_second(ops::SigmoidBackward, &[0.5, 0.75], &mut grad);
    /// assert_eq!(grad, [2.0, 3.0]);
    /// ```
    #[track_caller]
    #[inline]
    pub fn zip_into_second<T: 'static, Op: Zip<T>>(&self, op: Op, x: &[T], y: &mut [T]) {
        self.zip_into_second_of("x", x, "y", y, op);
    }

    /// [`Kernels::zip`] into memory that holds nothing yet; returns it initialised.
    ///
    /// # Panics
    ///
    /// As [`Kernels::zip`].
    ///
    /// ```
    /// use sigmoid::{Kernels, ops};
    ///
    /// let mut z = [const { std::mem::MaybeUninit::uninit() }; 2];
    /// let z = Kernels::new().zip_uninit(ops::SwiGlu::default(), &[1.0_f32, 40.0], &[2.0, 3.0], &mut z);
    /// assert_eq!(z, [1.4621172, 120.0]);
    /// ```
    #[track_caller]
    #[inline]
    pub fn zip_uninit<'z, T: 'static, U: 'static, Op: Zip<T, U>>(
        &self,
        op: Op,
        x: &[T],
        y: &[T],
        z: &'z mut [MaybeUninit<U>],
    ) -> &'z mut [U] {
        self.zip_uninit_to(op, ["x", "y", "z"], [x, y], z)
    }

    /// [`Kernels::zip`] into a new vector: the only methods that allocate are this and [`Kernels::map_to_vec`].
    ///
    /// # Panics
    ///
    /// As [`Kernels::zip`].
    ///
    /// ```
    /// use sigmoid::{Kernels, ops};
    ///
    /// let z = Kernels::new().zip_to_vec(ops::SwiGlu::default(), &[1.0_f32, 40.0], &[2.0, 3.0]);
    /// assert_eq!(z, [1.4621172, 120.0]);
    /// ```
    #[cfg(feature = "std")]
    #[track_caller]
    pub fn zip_to_vec<T: 'static, U: 'static, Op: Zip<T, U>>(&self, op: Op, x: &[T], y: &[T]) -> Vec<U> {
        same_length("x", x.len(), "y", y.len());
        filled(x.len(), |z| self.zip_uninit(op, x, y, z))
    }

    /// The gradients of x and y through z = op(x, y), from those of z.
    ///
    /// # Panics
    ///
    /// If the lengths differ, or [`Accuracy::Exact`](crate::Accuracy::Exact) is asked of an operation that has no
    /// proof for it.
    #[track_caller]
    #[inline]
    pub fn gradients<T: 'static, Op: Gradients<T>>(
        &self,
        op: Op,
        x: &[T],
        y: &[T],
        grad: &[T],
        dx: &mut [T],
        dy: &mut [T],
    ) {
        for (name, len) in [("y", y.len()), ("grad", grad.len()), ("dx", dx.len()), ("dy", dy.len())] {
            same_length("x", x.len(), name, len);
        }
        let inputs = ((x.as_ptr(), y.as_ptr()), grad.as_ptr());
        // SAFETY: slices of one length, `dx` and `dy` exclusive.
        unsafe { self.run(op, inputs, (dx.as_mut_ptr(), dy.as_mut_ptr()), x.len(), Place::New) }
    }

    /// z\[i\] = op(pairs\[2 i\], pairs\[2 i + 1\]).
    ///
    /// # Panics
    ///
    /// If there are not twice as many elements in `pairs` as in `z`, or [`Accuracy::Exact`](crate::Accuracy::Exact) is asked of an operation
    /// that has no proof for it.
    ///
    /// ```
    /// use sigmoid::{Kernels, ops};
    ///
    /// let gate_up = [1.0_f32, 2.0, 40.0, 3.0];
    /// let mut y = [0.0_f32; 2];
    /// Kernels::new().zip_interleaved(ops::SwiGlu::default(), &gate_up, &mut y);
    /// assert_eq!(y, [1.4621172, 120.0]);
    /// ```
    #[track_caller]
    #[inline]
    pub fn zip_interleaved<T: 'static, U: 'static, Op: ZipInterleaved<T, U>>(
        &self,
        op: Op,
        pairs: &[T],
        z: &mut [U],
    ) {
        same_as_half("half of pairs", pairs.len(), "z", z.len());
        // SAFETY: a slice with two elements for each of `z`, which is exclusive.
        unsafe { self.run(op, Interleaved(pairs.as_ptr()), z.as_mut_ptr(), z.len(), Place::New) }
    }

    /// For rows of 2 n elements, the x and then the y, and of n elements: z = op(x, y), row by row.
    ///
    /// # Panics
    ///
    /// If n is 0, `rows` and `z` are not made of whole rows, or of different numbers of them, or [`Accuracy::Exact`](crate::Accuracy::Exact) is
    /// asked of an operation that has no proof for it.
    ///
    /// ```
    /// use sigmoid::{Kernels, ops};
    ///
    /// let gate_up = [1.0_f32, 40.0, 2.0, 3.0];
    /// let mut y = [0.0_f32; 2];
    /// Kernels::new().zip_halves(ops::SwiGlu::default(), 2, &gate_up, &mut y);
    /// assert_eq!(y, [1.4621172, 120.0]);
    /// ```
    #[track_caller]
    pub fn zip_halves<T: 'static, U: 'static, Op: Zip<T, U>>(
        &self,
        op: Op,
        n: usize,
        rows: &[T],
        z: &mut [U],
    ) {
        assert!(n > 0, "a row must have elements");
        assert!(z.len().is_multiple_of(n), "z must be made of rows of {n} elements, but has {}", z.len());
        same_as_half("half of rows", rows.len(), "z", z.len());
        let prepared = op.prepare();
        let inputs = (rows.as_ptr(), rows.as_ptr().wrapping_add(n));
        let first = self.job(op, &prepared, inputs, z.as_mut_ptr(), n, Place::New);
        let work = |rows: Range<usize>| {
            for row in rows {
                // SAFETY: both halves of this row, and what they become, which no other row has; the backend of
                // `self.engine` was found available.
                unsafe { first.after(2 * n * row, n * row).run() }
            }
        };
        let count = z.len() / n;
        #[cfg(feature = "rayon")]
        if self.parallel {
            if n * size_of::<U>() < PARALLEL_FROM_OUTSIDE_BYTES {
                return share(count, size_of_val(z), &|row| row, &work);
            }
            // Each is long enough to be shared by itself.
            for row in 0..count {
                // SAFETY: as above.
                unsafe { first.after(2 * n * row, n * row).run_parallel() }
            }
            return;
        }
        work(0..count);
    }

    /// op(x), with the bits that it has in slices.
    ///
    /// # Panics
    ///
    /// If [`Accuracy::Exact`](crate::Accuracy::Exact) is asked of an operation that has no proof for it.
    ///
    /// ```
    /// use sigmoid::{Kernels, ops};
    ///
    /// assert_eq!(Kernels::new().value(ops::Sigmoid, 0.0_f32), 0.5);
    /// ```
    #[track_caller]
    #[inline]
    pub fn value<T: 'static, U: Copy + 'static, Op: Map<T, U>>(&self, op: Op, x: T) -> U {
        let mut y = [const { MaybeUninit::uninit() }];
        self.map_uninit(op, &[x], &mut y)[0]
    }

    #[track_caller]
    #[inline]
    pub(super) fn map_to<T: 'static, U: 'static, Op: Map<T, U>>(
        &self,
        op: Op,
        x: &[T],
        name: &str,
        y: &mut [U],
    ) {
        same_length("x", x.len(), name, y.len());
        // SAFETY: slices of one length, `y` exclusive.
        unsafe { self.run(op, x.as_ptr(), y.as_mut_ptr(), x.len(), Place::New) }
    }

    #[track_caller]
    #[inline]
    pub(super) fn map_uninit_to<'y, T: 'static, U: 'static, Op: Map<T, U>>(
        &self,
        op: Op,
        x: &[T],
        name: &str,
        y: &'y mut [MaybeUninit<U>],
    ) -> &'y mut [U] {
        same_length("x", x.len(), name, y.len());
        // SAFETY: slices of one length, `y` exclusive and, when the kernel is done, written.
        unsafe {
            self.run(op, x.as_ptr(), y.as_mut_ptr().cast::<U>(), x.len(), Place::New);
            initialised(y)
        }
    }

    /// [`Kernels::zip_into_second`], of slices with these names.
    #[track_caller]
    #[inline]
    pub(super) fn zip_into_second_of<T: 'static, Op: Zip<T>>(
        &self,
        x_name: &str,
        x: &[T],
        y_name: &str,
        y: &mut [T],
        op: Op,
    ) {
        same_length(x_name, x.len(), y_name, y.len());
        let at = y.as_mut_ptr();
        // SAFETY: slices of one length, `y` exclusive.
        unsafe { self.run(op, (x.as_ptr(), at.cast_const()), at, x.len(), Place::In) }
    }

    /// [`Kernels::zip_uninit`], of slices with these names.
    #[track_caller]
    #[inline]
    pub(super) fn zip_uninit_to<'z, T: 'static, U: 'static, Op: Zip<T, U>>(
        &self,
        op: Op,
        names: [&str; 3],
        [x, y]: [&[T]; 2],
        z: &'z mut [MaybeUninit<U>],
    ) -> &'z mut [U] {
        same_length(names[0], x.len(), names[1], y.len());
        same_length(names[0], x.len(), names[2], z.len());
        // SAFETY: slices of one length, `z` exclusive and, when the kernel is done, written.
        unsafe {
            self.run(op, (x.as_ptr(), y.as_ptr()), z.as_mut_ptr().cast::<U>(), x.len(), Place::New);
            initialised(z)
        }
    }
}

/// A new vector that `write` fills.
#[cfg(feature = "std")]
fn filled<U>(len: usize, write: impl FnOnce(&mut [MaybeUninit<U>]) -> &mut [U]) -> Vec<U> {
    let mut vec = Vec::with_capacity(len);
    let written = write(&mut vec.spare_capacity_mut()[..len]).len();
    // SAFETY: the slice that comes back is what was handed over, initialised.
    unsafe { vec.set_len(written) };
    vec
}
