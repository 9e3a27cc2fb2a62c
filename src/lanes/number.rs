//! A number by itself, for scalar code: memory is the same for it as for registers.

use super::{Group, Memory};
use crate::format::{Format, Number};

impl<N: Number> Group for N {
    type Number = N;
    const LANES: usize = 1;
}

// SAFETY: a value of one element, and nothing else is touched.
unsafe impl<N: Number, T: Format<Number = N>> Memory<T> for N {
    #[inline(always)]
    unsafe fn load(source: *const T) -> N {
        // SAFETY: the caller vouches for one element; so below.
        unsafe { source.read() }.number()
    }

    #[inline(always)]
    unsafe fn load_interleaved(source: *const T) -> (N, N) {
        // SAFETY: as in `load`, for two.
        unsafe { (source.read().number(), source.add(1).read().number()) }
    }

    #[inline(always)]
    unsafe fn store(self, target: *mut T) {
        // SAFETY: as in `load`.
        unsafe { target.write(T::nearest(self)) }
    }
}
