//! SwiGLU of a tensor that holds the gate and what passes it: a row of the last dimension begins with the one and ends
//! with the other. Both ways take such rows as they are; candle would cut the tensor in two and sew gradients together.

use candle_core::{CpuStorage, CustomOp1, CustomOp2, Error, Layout, Result, Shape, Tensor, WithDType, bail};
use sigmoid::Kernels;
use sigmoid::ops::{self, Zip};

use crate::compute::{BackOfTwo, Compute, OfTwo, zeros};
use crate::rows::{UNIT, apply, share};

/// [`SwiGlu`](crate::SwiGlu) of the two halves of the last dimension: with the parameters and the errors of
/// [`ops::SwiGlu`], and the way back of [`ops::SwiGluBackward`].
///
/// ```
/// use candle_core::{Device, Tensor, Var};
///
/// let gate_up = Var::new(&[[0.0_f32, 40.0, 2.0, 3.0]], &Device::Cpu)?;
/// let y = gate_up.apply_op1(sigmoid_candle::SwiGluHalves::default())?;
/// assert_eq!(y.to_vec2::<f32>()?, [[0.0, 120.0]]);
/// let gradients = y.backward()?;
/// assert_eq!(gradients.get(&gate_up).unwrap().to_vec2::<f32>()?, [[1.0, 3.0, 0.0, 40.0]]);
/// # Ok::<(), candle_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SwiGluHalves(pub ops::SwiGlu);

const NAME: &str = "swiglu";

/// Half rows from which a call for each takes less time than one for all does, which writes zeros before.
const LONG_ENOUGH: usize = 600;

/// The length of a half.
fn half_of(layout: &Layout) -> Result<usize> {
    match layout.dims().last() {
        Some(&row) if row % 2 == 0 => Ok(row / 2),
        _ => bail!("{NAME}: there are no two halves in the last dimension of {:?}", layout.shape()),
    }
}

impl CustomOp1 for SwiGluHalves {
    fn name(&self) -> &'static str {
        NAME
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let half = half_of(layout)?;
        let last = layout.dims().len() - 1;
        let [gate, up] = [layout.narrow(last, 0, half)?, layout.narrow(last, half, half)?];
        let shape = gate.shape().clone();
        let rows = layout.contiguous_offsets().filter(|_| half < LONG_ENOUGH).map(|(from, to)| from..to);
        let result = match (storage, rows) {
            (CpuStorage::F32(x), Some(rows)) => forward(self.0, half, &x[rows]),
            (CpuStorage::F64(x), Some(rows)) => forward(self.0, half, &x[rows]),
            (CpuStorage::BF16(x), Some(rows)) => forward(self.0, half, &x[rows]),
            (CpuStorage::F16(x), Some(rows)) => forward(self.0, half, &x[rows]),
            _ => apply(NAME, OfTwo(self.0), [(storage, &gate), (storage, &up)])?,
        };
        Ok((result, shape))
    }

    fn bwd(&self, gate_up: &Tensor, _: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        let (gate_up, gradient) = (gate_up.contiguous()?, gradient.contiguous()?);
        Ok(Some(gate_up.apply_op2(&gradient, Back(self.0.into()))?))
    }
}

/// Of short rows that follow one another.
fn forward<T: WithDType + Default>(op: ops::SwiGlu, half: usize, rows: &[T]) -> CpuStorage
where
    ops::SwiGlu: Zip<T>,
{
    let len = rows.len() / 2;
    let mut results = Vec::with_capacity(len);
    if len > 0 {
        let memory = &mut results.spare_capacity_mut()[..len];
        share(len, half * UNIT.div_ceil(half), memory, |range, [results]| {
            Kernels::new().zip_halves(op, half, &rows[2 * range.start..2 * range.end], zeros(results));
        });
        // SAFETY: each part of it has been written.
        unsafe { results.set_len(len) };
    }
    T::to_cpu_storage_owned(results)
}

/// The way back, of rows that follow one another, to such rows.
struct Back(ops::SwiGluBackward);

impl CustomOp2 for Back {
    fn name(&self) -> &'static str {
        "swiglu-backward"
    }

    fn cpu_fwd(
        &self,
        gate_up: &CpuStorage,
        of_gate_up: &Layout,
        gradient: &CpuStorage,
        of_gradient: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let half = half_of(of_gate_up)?;
        let (Some((from, to)), Some((start, end))) =
            (of_gate_up.contiguous_offsets(), of_gradient.contiguous_offsets())
        else {
            return Err(Error::RequiresContiguous { op: self.name() }.bt());
        };
        let (rows, gradients) = (from..to, start..end);
        let result = match (gate_up, gradient) {
            (CpuStorage::F32(x), CpuStorage::F32(grad)) => backward(self.0, half, &x[rows], &grad[gradients]),
            (CpuStorage::F64(x), CpuStorage::F64(grad)) => backward(self.0, half, &x[rows], &grad[gradients]),
            (CpuStorage::BF16(x), CpuStorage::BF16(grad)) => {
                backward(self.0, half, &x[rows], &grad[gradients])
            }
            (CpuStorage::F16(x), CpuStorage::F16(grad)) => backward(self.0, half, &x[rows], &grad[gradients]),
            _ => bail!("{}: not the format of the result", self.name()),
        };
        Ok((result, of_gate_up.shape().clone()))
    }
}

fn backward<T: WithDType>(op: ops::SwiGluBackward, half: usize, rows: &[T], gradients: &[T]) -> CpuStorage
where
    BackOfTwo<ops::SwiGluBackward>: Compute<T, 3, 2>,
{
    let len = rows.len();
    assert_eq!(len, 2 * gradients.len(), "as many gradients as results");
    let mut results = Vec::with_capacity(len);
    if len > 0 {
        let memory = &mut results.spare_capacity_mut()[..len];
        share(len, 2 * half * UNIT.div_ceil(2 * half), memory, |range, [results]| {
            let rows = rows[range.clone()].chunks_exact(2 * half);
            let gradients = gradients[range.start / 2..range.end / 2].chunks_exact(half);
            for ((row, gradient), result) in rows.zip(gradients).zip(results.chunks_exact_mut(2 * half)) {
                let ((gate, up), (of_gate, of_up)) = (row.split_at(half), result.split_at_mut(half));
                BackOfTwo(op).compute([gate, up, gradient], [of_gate, of_up]);
            }
        });
        // SAFETY: each row of it has been written.
        unsafe { results.set_len(len) };
    }
    T::to_cpu_storage_owned(results)
}
