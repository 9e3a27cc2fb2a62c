//! Arrays that are not contiguous, or not in the same order, row by row.

use std::cmp::Reverse;
use std::{array, slice};

use ndarray::{ArrayView, ArrayViewMut, Axis, Dimension};

/// Elements of a part of a row that passes through a buffer: in half of a first-level cache the buffers of five
/// rows of `f64` find a place.
const BUFFER: usize = 512;

/// Shorter rows are not worth a call, if there are longer ones.
const LONG_ENOUGH: usize = 16;

/// Whether an operation reads what its outputs hold.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outputs {
    Written,
    ReadAndWritten,
}

/// Hands `work` the rows of arrays of one shape, until all elements have been in one.
pub(crate) fn each_row<T: Copy, U: Copy, D: Dimension, const I: usize, const O: usize>(
    mut inputs: [ArrayView<'_, T, D>; I],
    mut outputs: [ArrayViewMut<'_, U, D>; O],
    use_of_outputs: Outputs,
    mut work: impl FnMut([&[T]; I], [&mut [U]; O]),
) {
    if outputs.iter().any(|output| output.is_empty()) {
        return;
    }
    merge_axes(&mut inputs, &mut outputs);
    let axis = axis_of_rows(&inputs, &outputs);
    let shape = outputs[0].raw_dim();
    let len = shape[axis.index()];
    let input_strides = inputs.each_ref().map(|input| stride_of_rows(input.stride_of(axis), len));
    let output_strides = outputs.each_ref().map(|output| stride_of_rows(output.stride_of(axis), len));
    let lies = |strides: &[isize]| strides.iter().all(|&stride| stride == 1);
    let part = if lies(&input_strides) && lies(&output_strides) { len } else { BUFFER };

    // Where the rows begin: at first the first ones.
    let mut from = inputs.each_ref().map(|input| input.as_ptr());
    let mut to = outputs.each_mut().map(|output| output.as_mut_ptr());
    // SAFETY: there are elements. (What a buffer holds at first is of no account.)
    let mut input_buffers = from.map(|from| unsafe { [*from; BUFFER] });
    // SAFETY: as above.
    let mut output_buffers = to.map(|to| unsafe { [*to; BUFFER] });
    let mut index = D::zeros(shape.ndim());
    loop {
        for start in (0..len).step_by(part) {
            let count = part.min(len - start);
            let at = |stride: isize| start as isize * stride;
            for i in (0..I).filter(|&i| input_strides[i] != 1) {
                // SAFETY: so many elements of this row, which are read through a shared view.
                unsafe {
                    gather(
                        from[i].offset(at(input_strides[i])),
                        input_strides[i],
                        &mut input_buffers[i][..count],
                    )
                }
            }
            for o in (0..O).filter(|&o| use_of_outputs == Outputs::ReadAndWritten && output_strides[o] != 1) {
                // SAFETY: so many elements of this row of an exclusive view.
                unsafe {
                    gather(
                        to[o].offset(at(output_strides[o])),
                        output_strides[o],
                        &mut output_buffers[o][..count],
                    )
                }
            }
            let rows = array::from_fn(|i| match input_strides[i] {
                // SAFETY: so many elements side by side, which are read through a shared view.
                1 => unsafe { slice::from_raw_parts(from[i].add(start), count) },
                _ => &input_buffers[i][..count],
            });
            let mut buffers = output_buffers.iter_mut();
            let results = array::from_fn(|o| match (output_strides[o], buffers.next()) {
                (stride, Some(buffer)) if stride != 1 => &mut buffer[..count],
                // SAFETY: so many elements side by side, of an exclusive view, which only this row has.
                _ => unsafe { slice::from_raw_parts_mut(to[o].add(start), count) },
            });
            work(rows, results);
            for o in (0..O).filter(|&o| output_strides[o] != 1) {
                // SAFETY: so many elements of this row of an exclusive view.
                unsafe {
                    scatter(
                        &output_buffers[o][..count],
                        to[o].offset(at(output_strides[o])),
                        output_strides[o],
                    )
                }
            }
        }
        // The next row: the last of the other axes counts fastest.
        let mut others = (0..shape.ndim()).rev().filter(|&other| other != axis.index());
        loop {
            let Some(other) = others.next() else {
                return;
            };
            index[other] += 1;
            let ends = index[other] == shape[other];
            let steps = if ends { 1 - shape[other] as isize } else { 1 };
            for (from, input) in from.iter_mut().zip(&inputs) {
                *from = from.wrapping_offset(steps * input.stride_of(Axis(other)));
            }
            for (to, output) in to.iter_mut().zip(&outputs) {
                *to = to.wrapping_offset(steps * output.stride_of(Axis(other)));
            }
            if !ends {
                break;
            }
            index[other] = 0;
        }
    }
}

/// One element lies beside itself.
fn stride_of_rows(stride: isize, len: usize) -> isize {
    if len == 1 { 1 } else { stride }
}

/// Fills `buffer` with elements that lie `stride` apart.
///
/// # Safety
///
/// There are as many, valid for reads.
unsafe fn gather<T: Copy>(from: *const T, stride: isize, buffer: &mut [T]) {
    for (i, place) in buffer.iter_mut().enumerate() {
        // SAFETY: as the caller vouches.
        *place = unsafe { *from.offset(i as isize * stride) };
    }
}

/// Puts what `buffer` holds into places that lie `stride` apart.
///
/// # Safety
///
/// There are as many, valid for writes.
unsafe fn scatter<U: Copy>(buffer: &[U], to: *mut U, stride: isize) {
    for (i, &result) in buffer.iter().enumerate() {
        // SAFETY: as the caller vouches.
        unsafe { *to.offset(i as isize * stride) = result };
    }
}

/// Makes one axis of any two that lie behind one another in all arrays, so that rows are long.
fn merge_axes<T, U, D: Dimension, const I: usize, const O: usize>(
    inputs: &mut [ArrayView<'_, T, D>; I],
    outputs: &mut [ArrayViewMut<'_, U, D>; O],
) {
    let axes = outputs[0].ndim();
    let mut again = true;
    while again {
        again = false;
        for (take, into) in (0..axes * axes).map(|pair| (Axis(pair / axes), Axis(pair % axes))) {
            let lens = [take, into].map(|axis| outputs[0].len_of(axis));
            let joins = |strides: [isize; 2]| strides[0] == lens[1] as isize * strides[1];
            if take == into
                || lens[0] <= 1
                || lens[1] <= 1
                || !inputs.iter().all(|input| joins([take, into].map(|axis| input.stride_of(axis))))
                || !outputs.iter().all(|output| joins([take, into].map(|axis| output.stride_of(axis))))
            {
                continue;
            }
            for input in inputs.iter_mut() {
                input.merge_axes(take, into);
            }
            for output in outputs.iter_mut() {
                output.merge_axes(take, into);
            }
            again = true;
        }
    }
}

/// The axis, of those that are long enough, along which the most arrays have a stride of 1; of several, the one along
/// which the elements lie closest.
fn axis_of_rows<T, U, D: Dimension, const I: usize, const O: usize>(
    inputs: &[ArrayView<'_, T, D>; I],
    outputs: &[ArrayViewMut<'_, U, D>; O],
) -> Axis {
    let shape = outputs[0].shape();
    let longest = shape.iter().copied().max().unwrap_or(0);
    let strides = |axis: Axis| {
        let of_inputs = inputs.iter().map(move |input| input.stride_of(axis));
        of_inputs.chain(outputs.iter().map(move |output| output.stride_of(axis)))
    };
    let suitable = (0..shape.len()).map(Axis).filter(|axis| shape[axis.index()] >= longest.min(LONG_ENOUGH));
    let best = suitable.max_by_key(|&axis| {
        let ones = strides(axis).filter(|&stride| stride == 1).count();
        let far = strides(axis).fold(0, |sum: usize, stride| sum.saturating_add(stride.unsigned_abs()));
        (ones, Reverse(far))
    });
    best.expect("an array without axes is contiguous")
}
