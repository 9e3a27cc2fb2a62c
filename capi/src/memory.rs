//! The memory that a call reads and writes: what C promises of it is looked at before a slice of it is made.

use std::mem::MaybeUninit;
use std::slice;

use crate::status::Status;

/// Elements that are copied to the stack at a time: see [`Memory::by_copies`].
const COPIED: usize = 512;

/// The addresses of an array.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Region {
    start: usize,
    end: usize,
}

impl Region {
    #[inline(always)]
    fn new<T>(array: *const T, len: usize) -> Result<Self, Status> {
        if array.is_null() {
            return Err(Status::NullPointer);
        }
        if !array.is_aligned() {
            return Err(Status::MisalignedPointer);
        }
        // No array is longer than that, and none goes round the end of memory.
        let bytes = len.checked_mul(size_of::<T>()).filter(|&bytes| bytes <= isize::MAX as usize);
        let end = bytes.and_then(|bytes| array.addr().checked_add(bytes)).ok_or(Status::TooLong)?;
        Ok(Self { start: array.addr(), end })
    }

    #[inline(always)]
    fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// Arrays to read and arrays to write, each of which is a part of memory by itself, or exactly one of those to read.
pub struct Memory<T, U, const I: usize, const O: usize> {
    inputs: [(*const T, usize); I],
    outputs: [(*mut U, usize); O],
    /// Of each input, whether it is an output too.
    pub overwritten: [bool; I],
}

impl<T: Copy, U: Copy, const I: usize, const O: usize> Memory<T, U, I, O> {
    /// Of pointers and numbers of elements.
    ///
    /// (Inlined, the loops are gone: of an array or two a call takes a few nanoseconds, and this must not take more.)
    #[inline(always)]
    pub fn new(inputs: [(*const T, usize); I], outputs: [(*mut U, usize); O]) -> Result<Self, Status> {
        let empty = Region { start: 0, end: 0 };
        let (mut read, mut written) = ([empty; I], [empty; O]);
        for i in 0..I {
            read[i] = Region::new(inputs[i].0, inputs[i].1)?;
        }
        for o in 0..O {
            written[o] = Region::new(outputs[o].0, outputs[o].1)?;
        }
        let mut overwritten = [false; I];
        for o in 0..O {
            for other in 0..o {
                if written[o].overlaps(written[other]) {
                    return Err(Status::Overlap);
                }
            }
            for i in 0..I {
                if read[i] == written[o] {
                    overwritten[i] = true;
                } else if read[i].overlaps(written[o]) {
                    return Err(Status::Overlap);
                }
            }
        }
        Ok(Self { inputs, outputs, overwritten })
    }

    /// An error if any output is an input.
    pub fn apart(self) -> Result<Self, Status> {
        if self.overwritten.contains(&true) { Err(Status::Overlap) } else { Ok(self) }
    }

    /// An input.
    ///
    /// # Safety
    ///
    /// It may be read as long as the slice lives, and nothing writes it meanwhile.
    pub unsafe fn input<'a>(&self, i: usize) -> &'a [T] {
        let (array, len) = self.inputs[i];
        // SAFETY: neither null nor misaligned nor too long, and readable as the caller vouches.
        unsafe { slice::from_raw_parts(array, len) }
    }

    /// An output.
    ///
    /// # Safety
    ///
    /// It may be written as long as the slice lives, and nothing else uses it meanwhile.
    ///
    /// (What is written only may hold nothing yet; every bit pattern is a number, and nothing reads it.)
    pub unsafe fn output<'a>(&self, i: usize) -> &'a mut [U] {
        let (array, len) = self.outputs[i];
        // SAFETY: neither null nor misaligned nor too long, and the caller's alone.
        unsafe { slice::from_raw_parts_mut(array, len) }
    }
}

impl<T: Copy, const I: usize, const O: usize> Memory<T, T, I, O> {
    /// For outputs that are inputs in ways that no method of the library has: a few elements at a time, from copies of
    /// the inputs. (An element's result does not depend on how its slice was cut.)
    ///
    /// # Safety
    ///
    /// All inputs have the length of the outputs, may be read, and the outputs written.
    pub unsafe fn by_copies(&self, compute: impl Fn([&[T]; I], [&mut [T]; O])) {
        let len = self.outputs[0].1;
        let mut copies = [[const { MaybeUninit::<T>::uninit() }; COPIED]; I];
        for from in (0..len).step_by(COPIED) {
            let count = COPIED.min(len - from);
            for (copy, (array, _)) in copies.iter_mut().zip(self.inputs) {
                // SAFETY: these elements of the input may be read, and the copy holds as many.
                unsafe { array.add(from).copy_to_nonoverlapping(copy.as_mut_ptr().cast(), count) }
            }
            let inputs = copies.each_ref().map(|copy| {
                // SAFETY: they were just written.
                unsafe { slice::from_raw_parts(copy.as_ptr().cast(), count) }
            });
            let outputs = self.outputs.map(|(array, _)| {
                // SAFETY: these elements of the output may be written, and no slice but this is made of them.
                unsafe { slice::from_raw_parts_mut(array.add(from), count) }
            });
            compute(inputs, outputs);
        }
    }
}
