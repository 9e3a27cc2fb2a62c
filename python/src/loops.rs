//! The loops that NumPy calls: over elements of one input or of two, one output, any strides.
//!
//! Slices go to the library as they are, in place where the output is an input. All else goes by way of a block on the
//! stack. NumPy copies where memory overlaps, but not where its own loops, one element after the other, would be right:
//! where the inputs run ahead of the outputs, and in `reduce` and `accumulate`, where each result is the next input.

use std::ffi::{c_char, c_void};
use std::mem::MaybeUninit;

use numpy::npyffi::npy_intp;
use sigmoid::ops::{Map, Zip};
use sigmoid::{Accuracy, Kernels};

use crate::floating_point::Flags;
use crate::memory::{BLOCK, Block, Elements, Source};
use crate::threads::compute;

/// A loop over whatever there is.
pub type Loop = unsafe extern "C" fn(*mut *mut c_char, *mut npy_intp, *mut npy_intp, *mut c_void);

/// What is computed of one input, of elements of type `T`: the data of its loops.
pub struct OfOne<T: 'static> {
    accuracy: Accuracy,
    new: fn(&Kernels, &[T], &mut [MaybeUninit<T>]),
    in_place: fn(&Kernels, &mut [T]),
}

/// A function of two slices, to memory that holds nothing yet.
type ToNew<T> = fn(&Kernels, &[T], &[T], &mut [MaybeUninit<T>]);

/// What is computed of two inputs.
pub struct OfTwo<T: 'static> {
    new: ToNew<T>,
    into_first: fn(&Kernels, &mut [T], &[T]),
    into_second: fn(&Kernels, &[T], &mut [T]),
}

impl<T: Copy + 'static> OfOne<T> {
    /// An operation.
    pub fn new<Op: Map<T> + Default>(accuracy: Accuracy) -> Self {
        Self {
            accuracy,
            new: |kernels, x, y| {
                kernels.map_uninit(Op::default(), x, y);
            },
            in_place: |kernels, x| kernels.map_in_place(Op::default(), x),
        }
    }
}

impl<T: Copy + 'static> OfTwo<T> {
    /// An operation.
    pub fn new<Op: Zip<T> + Default>() -> Self {
        Self {
            new: |kernels, x, y, z| {
                kernels.zip_uninit(Op::default(), x, y, z);
            },
            into_first: |kernels, x, y| kernels.zip_into_first(Op::default(), x, y),
            into_second: |kernels, x, y| kernels.zip_into_second(Op::default(), x, y),
        }
    }
}

/// The elements of one operand.
///
/// # Safety
///
/// There are so many operands.
#[inline(always)]
unsafe fn operand(args: *mut *mut c_char, steps: *mut npy_intp, index: usize) -> Elements {
    // SAFETY: as the caller vouches.
    unsafe { Elements::new((*args.add(index)).cast(), *steps.add(index)) }
}

/// The loop over elements of the type that is computed with.
///
/// # Safety
///
/// As NumPy calls it: pointers and strides of two operands, of elements of type `T` that are aligned and valid, the
/// second for writes; an [`OfOne<T>`] as data.
pub unsafe extern "C" fn of_one<T: Source<T> + Send + Sync>(
    args: *mut *mut c_char,
    dimensions: *mut npy_intp,
    steps: *mut npy_intp,
    data: *mut c_void,
) {
    // SAFETY: as the caller vouches.
    let (len, x, y, kernel) = unsafe {
        let kernel = &*data.cast_const().cast::<OfOne<T>>();
        (*dimensions as usize, operand(args, steps, 0), operand(args, steps, 1), kernel)
    };
    let _flags = Flags::keep();
    if x.is_slice::<T>(len) && y.is_slice::<T>(len) {
        if x.begins_with(y) {
            return compute::<T>(kernel.accuracy, len, |how, part| {
                // SAFETY: one slice, of which nobody else has this part while this works on it.
                (kernel.in_place)(how, unsafe { y.part_mut(part) });
            });
        }
        if x.is_apart_from::<T, T>(y, len) {
            return compute::<T>(kernel.accuracy, len, |how, part| {
                // SAFETY: slices that have nothing in common, and as above.
                let (x, y) = unsafe { (x.part(part.clone()), y.part_mut(part)) };
                (kernel.new)(how, x, y);
            });
        }
    }
    // SAFETY: as the caller vouches.
    unsafe { blocks_of_one::<T, T>(kernel, x, y, len) }
}

/// The loop over elements of type `S`, computed as numbers of type `N`, which the results are.
///
/// # Safety
///
/// As for [`of_one`], with these types, and an [`OfOne<N>`] as data.
pub unsafe extern "C" fn converted_of_one<S: Source<N>, N: Copy + 'static>(
    args: *mut *mut c_char,
    dimensions: *mut npy_intp,
    steps: *mut npy_intp,
    data: *mut c_void,
) {
    // SAFETY: as the caller vouches.
    unsafe {
        let kernel = &*data.cast_const().cast::<OfOne<N>>();
        let _flags = Flags::keep();
        let [x, y] = [0, 1].map(|index| operand(args, steps, index));
        blocks_of_one::<S, N>(kernel, x, y, *dimensions as usize);
    }
}

/// # Safety
///
/// `len` elements of `x` are of type `S` and valid for reads, as many of `y` of type `N` and valid for writes; all are
/// aligned.
#[inline(never)]
unsafe fn blocks_of_one<S: Source<N>, N: Copy + 'static>(
    kernel: &OfOne<N>,
    x: Elements,
    y: Elements,
    len: usize,
) {
    let kernels = Kernels::new().accuracy(kernel.accuracy);
    let size = if x.may_be_read_early::<S, N>(y, len) { BLOCK } else { 1 };
    let mut block = Block::new();
    for start in (0..len).step_by(size) {
        // SAFETY: elements that the caller vouches for.
        unsafe {
            let numbers = S::load(x.from(start), size.min(len - start), &mut block);
            (kernel.in_place)(&kernels, numbers);
            y.from(start).scatter(numbers);
        }
    }
}

/// The loop of two inputs, over elements of the type that is computed with.
///
/// # Safety
///
/// As for [`of_one`], with three operands, the third for writes, and an [`OfTwo<T>`] as data.
pub unsafe extern "C" fn of_two<T: Source<T> + Send + Sync>(
    args: *mut *mut c_char,
    dimensions: *mut npy_intp,
    steps: *mut npy_intp,
    data: *mut c_void,
) {
    // SAFETY: as the caller vouches.
    let (len, [x, y, z], kernel) = unsafe {
        let operands = [0, 1, 2].map(|index| operand(args, steps, index));
        (*dimensions as usize, operands, &*data.cast_const().cast::<OfTwo<T>>())
    };
    let _flags = Flags::keep();
    if [x, y, z].iter().all(|operand| operand.is_slice::<T>(len)) {
        let [x_is_apart, y_is_apart] = [x, y].map(|input| input.is_apart_from::<T, T>(z, len));
        // What is written has nothing in common with what else is read; what is read only may be one slice twice.
        if x_is_apart && y_is_apart {
            return compute::<T>(Accuracy::Fast, len, |how, part| {
                // SAFETY: slices, as said, of which nobody else has this part of `z` while this works on it; so below.
                let (x, y, z) = unsafe { (x.part(part.clone()), y.part(part.clone()), z.part_mut(part)) };
                (kernel.new)(how, x, y, z);
            });
        }
        if x.begins_with(z) && y_is_apart {
            return compute::<T>(Accuracy::Fast, len, |how, part| {
                // SAFETY: as above.
                let (x, y) = unsafe { (z.part_mut(part.clone()), y.part(part)) };
                (kernel.into_first)(how, x, y);
            });
        }
        if y.begins_with(z) && x_is_apart {
            return compute::<T>(Accuracy::Fast, len, |how, part| {
                // SAFETY: as above.
                let (x, y) = unsafe { (x.part(part.clone()), z.part_mut(part)) };
                (kernel.into_second)(how, x, y);
            });
        }
    }
    // SAFETY: as the caller vouches.
    unsafe { blocks_of_two::<T, T>(kernel, [x, y], z, len) }
}

/// The loop of two inputs, over elements of type `S`, computed as numbers of type `N`, which the results are.
///
/// # Safety
///
/// As for [`of_two`], with these types, and an [`OfTwo<N>`] as data.
pub unsafe extern "C" fn converted_of_two<S: Source<N>, N: Copy + 'static>(
    args: *mut *mut c_char,
    dimensions: *mut npy_intp,
    steps: *mut npy_intp,
    data: *mut c_void,
) {
    // SAFETY: as the caller vouches.
    unsafe {
        let kernel = &*data.cast_const().cast::<OfTwo<N>>();
        let _flags = Flags::keep();
        let [x, y, z] = [0, 1, 2].map(|index| operand(args, steps, index));
        blocks_of_two::<S, N>(kernel, [x, y], z, *dimensions as usize);
    }
}

/// # Safety
///
/// `len` elements of each input are of type `S` and valid for reads, as many of `z` of type `N` and valid for writes;
/// all are aligned.
#[inline(never)]
unsafe fn blocks_of_two<S: Source<N>, N: Copy + 'static>(
    kernel: &OfTwo<N>,
    [x, y]: [Elements; 2],
    z: Elements,
    len: usize,
) {
    let kernels = Kernels::new();
    let in_blocks = [x, y].iter().all(|input| input.may_be_read_early::<S, N>(z, len));
    let size = if in_blocks { BLOCK } else { 1 };
    let (mut first, mut second) = (Block::new(), Block::new());
    for start in (0..len).step_by(size) {
        let count = size.min(len - start);
        // SAFETY: elements that the caller vouches for. One number for all need not be loaded again: no block is longer
        // than the first.
        unsafe {
            let numbers = S::load(x.from(start), count, &mut first);
            let others = if start == 0 || !in_blocks || !y.is_one() {
                S::load(y.from(start), count, &mut second)
            } else {
                second.first(count)
            };
            (kernel.into_first)(&kernels, numbers, others);
            z.from(start).scatter(numbers);
        }
    }
}
