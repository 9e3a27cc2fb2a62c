//! From storages and layouts to runs of elements, and to the threads of candle's pool.
//!
//! Results are contiguous, in the order of the shape. They are cut into units for the threads; in each unit the inputs
//! are walked row by row, as far as candle can merge dimensions into one. Rows that are long and without gaps in
//! all inputs go to the kernels as they lie; of others as many elements as a buffer holds are gathered first.

use std::array;
use std::mem::MaybeUninit;
use std::ops::Range;

use candle_core::nditer::MAX_DIMS;
use candle_core::utils::barrier_pool;
use candle_core::{CpuStorage, DType, Error, Layout, NdIter, Result, WithDType, bail};
use half::{bf16, f16};

use crate::compute::{BUFFER, Compute, ComputeInPlace, EveryFormat, EveryFormatInPlace, parts};

/// Elements from which a tensor is shared by the threads of candle's pool: four times as many as candle takes for
/// its own operations, which take longer.
pub const SHARED_FROM: usize = 1 << 18;

/// Elements of a unit, of which a thread takes some at a time.
pub(crate) const UNIT: usize = 1 << 14;

/// Shorter rows are gathered.
const LONG_ENOUGH: usize = 32;

/// The result of an operation on tensors of one shape and format, which are checked for that; of several results
/// one behind the other.
pub(crate) fn apply<C, const I: usize, const O: usize>(
    name: &'static str,
    op: C,
    inputs: [(&CpuStorage, &Layout); I],
) -> Result<CpuStorage>
where
    C: EveryFormat<I, O>,
{
    use candle_core::backend::BackendStorage;
    let (storage, layout) = inputs[0];
    for (other, of_other) in &inputs[1..] {
        if layout.dims() != of_other.dims() {
            let (lhs, rhs) = (layout.shape().clone(), of_other.shape().clone());
            return Err(Error::ShapeMismatchBinaryOp { lhs, rhs, op: name }.bt());
        }
        if storage.dtype() != other.dtype() {
            return Err(
                Error::DTypeMismatchBinaryOp { lhs: storage.dtype(), rhs: other.dtype(), op: name }.bt()
            );
        }
    }
    match storage.dtype() {
        DType::F32 => compute::<f32, C, I, O>(name, op, inputs),
        DType::F64 => compute::<f64, C, I, O>(name, op, inputs),
        DType::BF16 => compute::<bf16, C, I, O>(name, op, inputs),
        DType::F16 => compute::<f16, C, I, O>(name, op, inputs),
        other => Err(Error::UnsupportedDTypeForOp(other, name).bt()),
    }
}

/// Replaces the elements of a tensor by the results of an operation.
pub(crate) fn apply_in_place<C: EveryFormatInPlace>(
    name: &'static str,
    op: C,
    storage: &mut CpuStorage,
    layout: &Layout,
) -> Result<()> {
    use candle_core::backend::BackendStorage;
    match storage {
        CpuStorage::F32(x) => compute_in_place(name, op, x, layout),
        CpuStorage::F64(x) => compute_in_place(name, op, x, layout),
        CpuStorage::BF16(x) => compute_in_place(name, op, x, layout),
        CpuStorage::F16(x) => compute_in_place(name, op, x, layout),
        other => Err(Error::UnsupportedDTypeForOp(other.dtype(), name).bt()),
    }
}

fn compute<T, C, const I: usize, const O: usize>(
    name: &'static str,
    op: C,
    inputs: [(&CpuStorage, &Layout); I],
) -> Result<CpuStorage>
where
    T: WithDType + Default,
    C: Compute<T, I, O>,
{
    let len = inputs[0].1.shape().elem_count();
    let mut results: Vec<T> = Vec::with_capacity(O * len);
    let memory = &mut results.spare_capacity_mut()[..O * len];
    let mut slices: [&[T]; I] = [&[]; I];
    for (slice, (storage, _)) in slices.iter_mut().zip(inputs) {
        *slice = storage.as_slice()?;
    }
    let layouts = inputs.map(|(_, layout)| layout);
    let runs: [_; I] =
        array::from_fn(|i| layouts[i].contiguous_offsets().map(|(from, to)| &slices[i][from..to]));
    if runs.iter().all(Option::is_some) {
        let runs = runs.map(Option::unwrap_or_default);
        share(len, UNIT, memory, |range, outputs| {
            op.compute(runs.map(|run| &run[range.clone()]), outputs);
        });
    } else {
        few_dimensions(name, layouts[0])?;
        share(len, UNIT, memory, |range, outputs| compute_rows(op, slices, layouts, range, outputs));
    }
    // SAFETY: each part of it has been written.
    unsafe { results.set_len(O * len) };
    Ok(T::to_cpu_storage_owned(results))
}

/// So many does candle walk.
fn few_dimensions(name: &str, layout: &Layout) -> Result<()> {
    if layout.dims().len() > MAX_DIMS {
        bail!("{name}: a tensor of more than {MAX_DIMS} dimensions must be contiguous, but has {layout:?}")
    }
    Ok(())
}

/// Where a thread finds its part of memory.
struct Start<T>(*mut T);

// SAFETY: what several threads do with it is their own affair, and unsafe.
unsafe impl<T: Send> Sync for Start<T> {}

impl<T> Start<T> {
    /// # Safety
    ///
    /// The range is within the memory, and nobody else uses it.
    #[allow(clippy::mut_from_ref)] // (Of other memory than the reference.)
    unsafe fn part(&self, range: Range<usize>) -> &mut [T] {
        // SAFETY: as the caller vouches.
        unsafe { std::slice::from_raw_parts_mut(self.0.add(range.start), range.len()) }
    }
}

/// Calls `work` with parts of `0..len` that are all of it together and made of units, and with the same part of each
/// output, on as many threads as are worth it.
pub(crate) fn share<T: Send, const O: usize>(
    len: usize,
    unit: usize,
    memory: &mut [MaybeUninit<T>],
    work: impl Fn(Range<usize>, [&mut [MaybeUninit<T>]; O]) + Sync,
) {
    if len < SHARED_FROM {
        return work(0..len, parts(memory, len));
    }
    assert_eq!(memory.len(), O * len);
    let start = Start(memory.as_mut_ptr());
    in_units(len, unit, |range| {
        let part = |output: usize| output * len + range.start..output * len + range.end;
        // SAFETY: within the memory of this output; no two ranges of 0..len have an element in common.
        let outputs = array::from_fn(|output| unsafe { start.part(part(output)) });
        work(range.clone(), outputs);
    });
}

/// Calls `work` on the threads of candle's pool with ranges that are 0..len together, and have no element in common.
fn in_units(len: usize, unit: usize, work: impl Fn(Range<usize>) + Sync) {
    barrier_pool().execute_chunked(len.div_ceil(unit), |units| {
        work(units.start * unit..len.min(units.end * unit));
    });
}

/// A place in tensors of one shape, in the order of the shape.
struct Place<const I: usize> {
    rows: NdIter<I>,
    /// Where the elements of this row begin.
    row: [usize; I],
    /// Elements of this row that are done.
    done: usize,
}

impl<const I: usize> Place<I> {
    /// At an element that there is.
    fn at(layouts: [&Layout; I], element: usize) -> Self {
        let mut rows = NdIter::new(layouts);
        let (row, done) = (element / rows.inner_size, element % rows.inner_size);
        let row = rows.nth(row).expect("an element that there is");
        Self { rows, row, done }
    }

    /// Where the next element is.
    fn offsets(&self) -> [usize; I] {
        array::from_fn(|i| self.row[i] + self.done * self.rows.inner_strides[i])
    }

    /// Elements of this row that are left.
    fn left(&self) -> usize {
        self.rows.inner_size - self.done
    }

    fn advance(&mut self, count: usize) {
        self.done += count;
        // (Behind the last row nobody asks where one is.)
        if self.left() == 0
            && let Some(row) = self.rows.next()
        {
            (self.row, self.done) = (row, 0);
        }
    }

    /// Whether rows are to be used where they lie.
    fn has_runs(&self) -> bool {
        self.rows.inner_size >= LONG_ENOUGH && self.rows.inner_strides == [1; I]
    }
}

/// Computes the elements in a range, which is not empty, of tensors in any layouts.
fn compute_rows<T, C, const I: usize, const O: usize>(
    op: C,
    inputs: [&[T]; I],
    layouts: [&Layout; I],
    range: Range<usize>,
    mut outputs: [&mut [MaybeUninit<T>]; O],
) where
    T: WithDType + Default,
    C: Compute<T, I, O>,
{
    if range.is_empty() {
        return;
    }
    let mut place = Place::at(layouts, range.start);
    let mut left = range.len();
    let mut buffers = [[T::default(); BUFFER]; I];
    while left > 0 {
        let count;
        let runs: [&[T]; I];
        if place.has_runs() {
            count = left.min(place.left());
            let offsets = place.offsets();
            runs = array::from_fn(|i| &inputs[i][offsets[i]..][..count]);
            place.advance(count);
        } else {
            count = left.min(BUFFER);
            let mut filled = 0;
            while filled < count {
                let part = filled..count.min(filled + place.left());
                let offsets = place.offsets();
                for (i, buffer) in buffers.iter_mut().enumerate() {
                    gather(&inputs[i][offsets[i]..], place.rows.inner_strides[i], &mut buffer[part.clone()]);
                }
                place.advance(part.len());
                filled = part.end;
            }
            runs = buffers.each_ref().map(|buffer| &buffer[..count]);
        }
        op.compute(
            runs,
            outputs.each_mut().map(|output| output.split_off_mut(..count).expect("so many are left")),
        );
        left -= count;
    }
}

/// Fills `buffer`, which is not empty, with elements that lie so far apart.
fn gather<T: Copy>(from: &[T], stride: usize, buffer: &mut [T]) {
    match stride {
        0 => buffer.fill(from[0]),
        1 => buffer.copy_from_slice(&from[..buffer.len()]),
        _ => {
            let from = &from[..=(buffer.len() - 1) * stride];
            for (place, &element) in buffer.iter_mut().zip(from.iter().step_by(stride)) {
                *place = element;
            }
        }
    }
}

fn compute_in_place<T, C>(name: &'static str, op: C, x: &mut [T], layout: &Layout) -> Result<()>
where
    T: WithDType + Default,
    C: ComputeInPlace<T>,
{
    let len = layout.shape().elem_count();
    if let Some((from, to)) = layout.contiguous_offsets() {
        let run = &mut x[from..to];
        if len < SHARED_FROM {
            op.compute_in_place(run);
        } else {
            let start = Start(run.as_mut_ptr());
            // SAFETY: within the run; no two ranges have an element in common.
            in_units(len, UNIT, |range| op.compute_in_place(unsafe { start.part(range) }));
        }
        return Ok(());
    }
    if len == 0 {
        return Ok(());
    }
    few_dimensions(name, layout)?;
    let mut place = Place::at([layout], 0);
    let mut buffer = [T::default(); BUFFER];
    let mut left = len;
    while left > 0 {
        let ([offset], [stride]) = (place.offsets(), place.rows.inner_strides);
        let mut count = place.left();
        if place.has_runs() {
            op.compute_in_place(&mut x[offset..][..count]);
        } else {
            count = count.min(BUFFER);
            let buffer = &mut buffer[..count];
            gather(&x[offset..], stride, buffer);
            op.compute_in_place(buffer);
            for (place, &result) in x[offset..].iter_mut().step_by(stride.max(1)).zip(&*buffer) {
                *place = result;
            }
        }
        place.advance(count);
        left -= count;
    }
    Ok(())
}
