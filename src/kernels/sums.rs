//! Reductions: results that are summed where they arise, and written nowhere.
//!
//! The order of the additions depends on the number of elements only, and so the bits are the same on any number of
//! threads: sums of blocks, in [`LANES`] parts that are added up in pairs, and of these the sums of pairs of pairs. The
//! error of such a sum grows with the logarithm of the number of blocks.

use core::mem::MaybeUninit;

use super::{Kernels, not_exact, same_length};
use crate::accuracy::Accuracy;
use crate::element::{Element, Kind};
use crate::format::Number;
use crate::ops::{BceWithLogits, ZipSum};
#[cfg(feature = "rayon")]
use crate::parallel;

/// Elements of a block, of which the results stand on the stack: 8 KiB at the most.
const BLOCK: usize = 1024;

/// The parts of a block's sum.
const LANES: usize = 16;

/// Elements that a thread takes at the least.
#[cfg(feature = "rayon")]
const SHARED_FROM: usize = 32 * BLOCK;

/// Reductions
impl Kernels {
    /// The sum of the binary cross entropies of logits x with labels z in \[0, 1\]: of [`ops::BceWithLogits`], in
    /// `f64`.
    ///
    /// Each loss has the bits and the error that it has there, that of half precision those of an `f32`; the sum of n of
    /// them adds a relative error of at most (64 + log2 n) 2^-53. The bits are the same on any number of threads, and on
    /// all backends with fused multiply-add. Nothing is allocated. Of nothing it is 0.
    ///
    /// # Panics
    ///
    /// If the lengths differ, or [`Accuracy::Exact`] is asked for, of which there is no proof.
    ///
    /// ```
    /// let kernels = sigmoid::Kernels::new();
    /// assert_eq!(kernels.bce_with_logits_sum(&[100.0_f32, -200.0], &[0.0, 1.0]), 300.0);
    /// ```
    ///
    /// [`ops::BceWithLogits`]: crate::ops::BceWithLogits
    #[track_caller]
    pub fn bce_with_logits_sum<T: Sync + 'static>(&self, x: &[T], z: &[T]) -> f64
    where
        BceWithLogits: ZipSum<T>,
    {
        self.sum(BceWithLogits, x, z)
    }

    /// The mean of the binary cross entropies of logits x with labels z in \[0, 1\]: [`Kernels::bce_with_logits_sum`],
    /// divided by their number. Of nothing it is NaN.
    ///
    /// # Panics
    ///
    /// As [`Kernels::bce_with_logits_sum`].
    ///
    /// ```
    /// let kernels = sigmoid::Kernels::new();
    /// assert_eq!(kernels.bce_with_logits_mean(&[100.0_f32, -200.0], &[0.0, 1.0]), 150.0);
    /// ```
    #[track_caller]
    pub fn bce_with_logits_mean<T: Sync + 'static>(&self, x: &[T], z: &[T]) -> f64
    where
        BceWithLogits: ZipSum<T>,
    {
        self.sum(BceWithLogits, x, z) / x.len() as f64
    }

    /// The sum of the results of any operation.
    #[track_caller]
    fn sum<T: Sync + 'static, Op: ZipSum<T> + Send>(&self, op: Op, x: &[T], z: &[T]) -> f64 {
        same_length("x", x.len(), "z", z.len());
        if self.accuracy == Accuracy::Exact {
            not_exact();
        }
        #[cfg(feature = "rayon")]
        if self.parallel {
            let alone = Self { parallel: false, ..*self };
            return if parallel::shares(size_of_val(x)) {
                alone.shared_sum(op, x, z)
            } else {
                alone.sum_of_blocks(op, x, z)
            };
        }
        self.sum_of_blocks(op, x, z)
    }

    /// On the threads of the pool that the caller is in: [`Kernels::sum_of_blocks`].
    #[cfg(feature = "rayon")]
    fn shared_sum<T: Sync + 'static, Op: ZipSum<T> + Send>(&self, op: Op, x: &[T], z: &[T]) -> f64 {
        if x.len() <= SHARED_FROM {
            return self.sum_of_blocks(op, x, z);
        }
        let at = middle(x.len());
        let ((x, later_x), (z, later_z)) = (x.split_at(at), z.split_at(at));
        let (sum, later) =
            rayon::join(move || self.shared_sum(op, x, z), move || self.shared_sum(op, later_x, later_z));
        sum + later
    }

    /// The sum of the first half of the blocks, and that of the second.
    fn sum_of_blocks<T: 'static, Op: ZipSum<T>>(&self, op: Op, x: &[T], z: &[T]) -> f64 {
        if x.len() <= BLOCK {
            return self.sum_of_block(op, x, z);
        }
        let at = middle(x.len());
        let ((x, later_x), (z, later_z)) = (x.split_at(at), z.split_at(at));
        self.sum_of_blocks(op, x, z) + self.sum_of_blocks(op, later_x, later_z)
    }

    /// (Apart, for it has the block on its stack.)
    #[inline(never)]
    fn sum_of_block<T: 'static, Op: ZipSum<T>>(&self, op: Op, x: &[T], z: &[T]) -> f64 {
        let mut block = [const { MaybeUninit::<Op::Result>::uninit() }; BLOCK];
        let results = self.zip_uninit(op, x, z, &mut block[..x.len()]);
        let mut sums = [0.0; LANES];
        let mut rows = results.chunks_exact(LANES);
        for row in &mut rows {
            add(&mut sums, row);
        }
        add(&mut sums, rows.remainder());
        let mut half = LANES;
        while half > 1 {
            half /= 2;
            for i in 0..half {
                sums[i] += sums[i + half];
            }
        }
        sums[0]
    }
}

#[inline(always)]
fn add<T: Element>(sums: &mut [f64; LANES], row: &[T]) {
    for (sum, &result) in sums.iter_mut().zip(row) {
        *sum += T::__Kind::number(result).widen();
    }
}

/// Where the later half begins, of more than a block: behind a number of blocks that is a power of two, and at least
/// half of them.
fn middle(len: usize) -> usize {
    len.div_ceil(BLOCK).next_power_of_two() / 2 * BLOCK
}
