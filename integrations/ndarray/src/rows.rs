//! Arrays that are not contiguous, or not in the same order, row by row.

use std::array;
use std::cmp::Reverse;

use ndarray::{ArrayView, ArrayViewMut, Axis, Dimension, Slice, aview_mut1, aview1};

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
    let Some(count) = outputs.first().map(|output| output.len()).filter(|&count| count > 0) else {
        return;
    };
    merge_axes(&mut inputs, &mut outputs);
    let axis = axis_of_rows(&inputs, &outputs);
    let len = outputs[0].len_of(axis);

    // What a buffer holds at first is of no account.
    let mut input_buffers = inputs.each_ref().map(|input| [first(input.iter().copied()); BUFFER]);
    let mut output_buffers = outputs.each_ref().map(|output| [first(output.iter().copied()); BUFFER]);
    let mut input_rows = inputs.each_ref().map(|input| input.lanes(axis).into_iter());
    let mut output_rows = outputs.each_mut().map(|output| output.lanes_mut(axis).into_iter());
    for _ in 0..count / len {
        let inputs = input_rows.each_mut().map(first);
        let mut outputs = output_rows.each_mut().map(first);
        let are_slices = inputs.iter().all(|row| row.to_slice().is_some())
            && outputs.iter().all(|row| row.as_slice().is_some());
        let step = if are_slices { len } else { BUFFER };

        for start in (0..len).step_by(step) {
            let end = len.min(start + step);
            let part = Slice::from(start..end);
            for (row, buffer) in inputs.iter().zip(&mut input_buffers) {
                if row.to_slice().is_none() {
                    aview_mut1(&mut buffer[..end - start]).assign(&row.slice_axis(Axis(0), part));
                }
            }
            for (row, buffer) in outputs.iter().zip(&mut output_buffers) {
                if use_of_outputs == Outputs::ReadAndWritten && row.as_slice().is_none() {
                    aview_mut1(&mut buffer[..end - start]).assign(&row.slice_axis(Axis(0), part));
                }
            }
            let from = array::from_fn(|i| match inputs[i].to_slice() {
                Some(row) => &row[start..end],
                None => &input_buffers[i][..end - start],
            });
            let mut rows = outputs.iter_mut().zip(&mut output_buffers);
            let to = array::from_fn(|_| {
                let (row, buffer) = first(&mut rows);
                match row.as_slice_mut() {
                    Some(row) => &mut row[start..end],
                    None => &mut buffer[..end - start],
                }
            });
            work(from, to);
            for (row, buffer) in outputs.iter_mut().zip(&output_buffers) {
                if row.as_slice().is_none() {
                    row.slice_axis_mut(Axis(0), part).assign(&aview1(&buffer[..end - start]));
                }
            }
        }
    }
}

/// The next of what is known to go on.
fn first<X>(mut several: impl Iterator<Item = X>) -> X {
    several.next().expect("arrays of one shape have as many elements and rows")
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
