//! What NumPy hands to a loop: elements that lie any number of bytes apart, forwards, backwards or all in one place.
//! The kernels want slices, so such elements are taken a block at a time.

use std::mem::MaybeUninit;
use std::ops::Range;
use std::slice;

use half::{bf16, f16};

/// Elements of a block: with the one of a second input it fits the first-level cache.
pub const BLOCK: usize = 1024;

/// The elements of one array that a loop runs over.
#[derive(Clone, Copy)]
pub struct Elements {
    at: *mut u8,
    /// Bytes from one to the next.
    step: isize,
}

// SAFETY: it says where they are; to touch them is unsafe.
unsafe impl Send for Elements {}
// SAFETY: as above.
unsafe impl Sync for Elements {}

impl Elements {
    /// Those that lie so many bytes apart from here on.
    pub fn new(at: *mut u8, step: isize) -> Self {
        Self { at, step }
    }

    /// Those from the one with this index on.
    pub fn from(self, index: usize) -> Self {
        Self { at: self.at.wrapping_offset(self.step.wrapping_mul(index as isize)), ..self }
    }

    /// Whether all are one.
    pub fn is_one(self) -> bool {
        self.step == 0
    }

    /// Whether so many lie as in a slice. (NumPy has any step where there is but one.)
    pub fn is_slice<T>(self, len: usize) -> bool {
        self.step == size_of::<T>() as isize || len == 1
    }

    /// Whether they begin where others do.
    pub fn begins_with(self, other: Self) -> bool {
        self.at == other.at
    }

    /// Part of a slice of them.
    ///
    /// # Safety
    ///
    /// They lie as in a slice of this type, which is valid for reads, and which nobody writes to in the lifetime.
    #[inline(always)]
    pub unsafe fn part<'e, T>(self, part: Range<usize>) -> &'e [T] {
        // SAFETY: as the caller vouches.
        unsafe { slice::from_raw_parts(self.at.cast_const().cast::<T>().add(part.start), part.len()) }
    }

    /// The same, to be written.
    ///
    /// # Safety
    ///
    /// As for [`Elements::part`], for writes too, and nobody else has this part in the lifetime.
    #[inline(always)]
    pub unsafe fn part_mut<'e, T>(self, part: Range<usize>) -> &'e mut [T] {
        // SAFETY: as the caller vouches.
        unsafe { slice::from_raw_parts_mut(self.at.cast::<T>().add(part.start), part.len()) }
    }

    /// The first byte of `len` elements, and the one behind the last.
    fn extent<T>(self, len: usize) -> (usize, usize) {
        let first = self.at.addr();
        let last = self.from(len.saturating_sub(1)).at.addr();
        (first.min(last), first.max(last) + size_of::<T>())
    }

    /// Whether they have no byte in common with others.
    pub fn is_apart_from<T, U>(self, other: Self, len: usize) -> bool {
        let ((low, high), (other_low, other_high)) = (self.extent::<T>(len), other.extent::<U>(len));
        high <= other_low || other_high <= low
    }

    /// Whether these inputs may be read a block at a time before the results are written to `outputs`: nothing that is
    /// written is read later.
    pub fn may_be_read_early<T, U>(self, outputs: Self, len: usize) -> bool {
        let same = self.at == outputs.at
            && self.step == outputs.step
            && size_of::<T>() == size_of::<U>()
            && self.step.unsigned_abs() >= size_of::<T>();
        // The inputs run ahead of the outputs.
        let ahead =
            self.at >= outputs.at && self.step >= outputs.step && outputs.step >= size_of::<U>() as isize;
        same || ahead || self.is_apart_from::<T, U>(outputs, len)
    }

    /// The first `count` of them, at most [`BLOCK`], each by way of `convert`.
    ///
    /// # Safety
    ///
    /// They are valid for reads, and aligned.
    #[inline(always)]
    unsafe fn gather<S: Copy, N>(
        self,
        count: usize,
        block: &mut Block<N>,
        convert: impl Fn(S) -> N,
    ) -> &mut [N] {
        let from = self.at.cast_const();
        if self.is_slice::<S>(count) {
            let from = from.cast::<S>();
            for (i, number) in block.0[..count].iter_mut().enumerate() {
                // SAFETY: as the caller vouches; so below.
                number.write(convert(unsafe { from.add(i).read() }));
            }
        } else {
            for (i, number) in block.0[..count].iter_mut().enumerate() {
                // SAFETY: as above.
                let element = unsafe { from.offset(self.step * i as isize).cast::<S>().read() };
                number.write(convert(element));
            }
        }
        // SAFETY: they were written.
        unsafe { block.first(count) }
    }

    /// Writes to the first of them.
    ///
    /// # Safety
    ///
    /// They are valid for writes, and aligned.
    #[inline(always)]
    pub unsafe fn scatter<T: Copy>(self, elements: &[T]) {
        for (i, &element) in elements.iter().enumerate() {
            // SAFETY: as the caller vouches.
            unsafe { self.at.offset(self.step * i as isize).cast::<T>().write(element) };
        }
    }
}

/// Room for numbers.
pub struct Block<N>([MaybeUninit<N>; BLOCK]);

impl<N> Block<N> {
    /// With nothing in it.
    #[inline(always)]
    pub fn new() -> Self {
        Self([const { MaybeUninit::uninit() }; BLOCK])
    }

    /// # Safety
    ///
    /// So many numbers were written.
    #[inline(always)]
    pub unsafe fn first(&mut self, count: usize) -> &mut [N] {
        // SAFETY: as the caller vouches; a `MaybeUninit<N>` has the layout of `N`.
        unsafe { &mut *(&raw mut self.0[..count] as *mut [N]) }
    }
}

/// Elements that are computed with as numbers of type `N`.
pub trait Source<N>: Copy + 'static {
    /// The first `count` of them as numbers.
    ///
    /// # Safety
    ///
    /// They are of this type, valid for reads, and aligned.
    unsafe fn load(from: Elements, count: usize, block: &mut Block<N>) -> &mut [N];
}

/// Expands to what a type is that is computed with as it is.
macro_rules! itself {
    ($($number:ty)*) => {$(
        impl Source<$number> for $number {
            unsafe fn load(from: Elements, count: usize, block: &mut Block<Self>) -> &mut [Self] {
                // SAFETY: as the caller vouches.
                unsafe { from.gather(count, block, |x: Self| x) }
            }
        }
    )*};
}

itself!(f32 f64 f16 bf16);

/// A truth value of NumPy's, which is a byte.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Truth(u8);

impl Source<f64> for Truth {
    unsafe fn load(from: Elements, count: usize, block: &mut Block<f64>) -> &mut [f64] {
        // SAFETY: as the caller vouches.
        unsafe { from.gather(count, block, |x: Self| if x.0 == 0 { 0.0 } else { 1.0 }) }
    }
}

/// Expands to what an integer is: the nearest `f64`.
macro_rules! integers {
    ($($integer:ty)*) => {$(
        impl Source<f64> for $integer {
            unsafe fn load(from: Elements, count: usize, block: &mut Block<f64>) -> &mut [f64] {
                // SAFETY: as the caller vouches.
                unsafe { from.gather(count, block, |x: Self| x as f64) }
            }
        }
    )*};
}

integers!(i8 u8 i16 u16 i32 u32 i64 u64);
