//! What is computed of a run of elements, in each of the four formats: calls of the library, and nothing else.

use std::array;
use std::mem::MaybeUninit;

use half::{bf16, f16};
use sigmoid::Kernels;
use sigmoid::ops::{Gradients, Map, Zip};

/// Elements that are computed at a time, where they pass through a buffer.
pub(crate) const BUFFER: usize = 512;

/// An operation from `I` runs of elements of type `T` to `O` runs, all of one length.
pub(crate) trait Compute<T, const I: usize, const O: usize>: Copy + Sync {
    /// Writes all of the outputs, and returns them.
    fn compute<'y>(self, inputs: [&[T]; I], outputs: [&'y mut [MaybeUninit<T>]; O]) -> [&'y mut [T]; O];
}

/// An operation from one run to itself.
pub(crate) trait ComputeInPlace<T>: Copy + Sync {
    fn compute_in_place(self, x: &mut [T]);
}

/// In every format that the crate has.
pub(crate) trait EveryFormat<const I: usize, const O: usize>:
    Compute<f32, I, O> + Compute<f64, I, O> + Compute<bf16, I, O> + Compute<f16, I, O>
{
}

impl<C, const I: usize, const O: usize> EveryFormat<I, O> for C where
    C: Compute<f32, I, O> + Compute<f64, I, O> + Compute<bf16, I, O> + Compute<f16, I, O>
{
}

/// In every format, in place.
pub(crate) trait EveryFormatInPlace:
    ComputeInPlace<f32> + ComputeInPlace<f64> + ComputeInPlace<bf16> + ComputeInPlace<f16>
{
}

impl<C> EveryFormatInPlace for C where
    C: ComputeInPlace<f32> + ComputeInPlace<f64> + ComputeInPlace<bf16> + ComputeInPlace<f16>
{
}

/// An operation of one input.
#[derive(Clone, Copy)]
pub(crate) struct OfOne<Op>(pub(crate) Op);

/// An operation of two inputs.
#[derive(Clone, Copy)]
pub(crate) struct OfTwo<Op>(pub(crate) Op);

/// The way back through an operation of two inputs.
#[derive(Clone, Copy)]
pub(crate) struct BackOfTwo<Op>(pub(crate) Op);

impl<T: 'static, Op: Map<T> + Sync> Compute<T, 1, 1> for OfOne<Op> {
    fn compute<'y>(self, [x]: [&[T]; 1], [y]: [&'y mut [MaybeUninit<T>]; 1]) -> [&'y mut [T]; 1] {
        [Kernels::new().map_uninit(self.0, x, y)]
    }
}

impl<T: 'static, Op: Map<T> + Sync> ComputeInPlace<T> for OfOne<Op> {
    fn compute_in_place(self, x: &mut [T]) {
        Kernels::new().map_in_place(self.0, x);
    }
}

impl<T: 'static, Op: Zip<T> + Sync> Compute<T, 2, 1> for OfTwo<Op> {
    fn compute<'z>(self, [x, y]: [&[T]; 2], [z]: [&'z mut [MaybeUninit<T>]; 1]) -> [&'z mut [T]; 1] {
        [Kernels::new().zip_uninit(self.0, x, y, z)]
    }
}

impl<T: Copy + Default + 'static, Op: Gradients<T> + Sync> Compute<T, 3, 2> for BackOfTwo<Op> {
    fn compute<'d>(
        self,
        [x, y, grad]: [&[T]; 3],
        outputs: [&'d mut [MaybeUninit<T>]; 2],
    ) -> [&'d mut [T]; 2] {
        let [dx, dy] = outputs.map(zeros);
        Kernels::new().gradients(self.0, x, y, grad, dx, dy);
        [dx, dy]
    }
}

/// For what writes initialised memory only.
pub(crate) fn zeros<T: Copy + Default>(memory: &mut [MaybeUninit<T>]) -> &mut [T] {
    memory.fill(MaybeUninit::new(T::default()));
    // SAFETY: all of it has just been written, and `MaybeUninit<T>` has the layout of `T`.
    unsafe { &mut *(memory as *mut [MaybeUninit<T>] as *mut [T]) }
}

/// As many parts of one length as there are outputs, of memory for all of them.
pub(crate) fn parts<T, const O: usize>(
    memory: &mut [MaybeUninit<T>],
    len: usize,
) -> [&mut [MaybeUninit<T>]; O] {
    let mut rest = memory;
    array::from_fn(|_| rest.split_off_mut(..len).expect("memory for every output"))
}
