//! From an engine to its kernels: one function pointer for each operation and kind of slices.
//!
//! The functions here are where an instruction set begins: each enables one and inlines
//! [`Walk::walk`], with the mathematics in it. [`row`] collects their addresses, and an
//! [`Engine`] that is in use is proof that the CPU has what they need.

use crate::backend::{self, Backend};
use crate::format::Number;
use crate::lanes::Group;
use crate::slices::{Inputs, Outputs};
use crate::walk::{Operation, Stores, Walk, Walks};

/// How a CPU computes: a backend, and what one of them does better in another way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Engine {
    Scalar,
    Wide,
    Avx2,
    Avx512,
    /// For CPUs that [divide slowly](backend::divides_slowly).
    Avx512SlowDivision,
}

impl Engine {
    /// Every engine there is, on this CPU or not.
    pub(crate) const ALL: [Self; 5] =
        [Self::Scalar, Self::Wide, Self::Avx2, Self::Avx512, Self::Avx512SlowDivision];

    /// The backend that it is a way of.
    #[inline]
    pub(crate) const fn backend(self) -> Backend {
        match self {
            Self::Scalar => Backend::Scalar,
            Self::Wide => Backend::Wide,
            Self::Avx2 => Backend::Avx2,
            Self::Avx512 | Self::Avx512SlowDivision => Backend::Avx512,
        }
    }

    /// The way of a backend that this CPU is best at.
    #[inline]
    pub(crate) fn of(backend: Backend) -> Self {
        match backend {
            Backend::Scalar => Self::Scalar,
            Backend::Wide => Self::Wide,
            Backend::Avx2 => Self::Avx2,
            Backend::Avx512 if backend::divides_slowly() => Self::Avx512SlowDivision,
            Backend::Avx512 => Self::Avx512,
        }
    }
}

/// An operation over slices of one length, with what was prepared for this call.
///
/// # Safety
///
/// As for [`Walk::walk`]; the engine's backend is available.
pub type Kernel<C, In, Out> = unsafe fn(prepared: &C, inputs: In, outputs: Out, len: usize, stores: Stores);

/// The kernels of one operation and kind of slices, in the order of [`Engine::ALL`].
pub struct Row<C, In, Out> {
    kernels: [Kernel<C, In, Out>; Engine::ALL.len()],
}

/// The rows of an operation, for each accuracy that it has.
pub struct Rows<C: 'static, In: 'static, Out: 'static> {
    pub(crate) fast: &'static Row<C, In, Out>,
    pub(crate) exact: Option<&'static Row<C, In, Out>>,
}

impl<C, In, Out> Row<C, In, Out> {
    /// The kernel of an engine.
    #[inline(always)]
    pub(crate) fn kernel(&self, engine: Engine) -> Kernel<C, In, Out> {
        self.kernels[engine as usize]
    }

    /// Kernels of its own.
    #[cfg(feature = "half")]
    pub(crate) const fn of(kernels: [Kernel<C, In, Out>; Engine::ALL.len()]) -> Self {
        Self { kernels }
    }

    /// The same with another way of computing, in such registers, where the CPU divides slowly.
    #[cfg_attr(not(native_registers), expect(unused_mut, reason = "there is no such engine here"))]
    pub(crate) const fn with_slow_division<Op, L: Walk<Op, C, In, Out>>(mut self) -> Self {
        #[cfg(native_registers)]
        {
            self.kernels[Engine::Avx512SlowDivision as usize] = <Op as Begins<C, In, Out>>::avx512::<L>;
        }
        self
    }
}

/// A row: the operation, its scalar form, and the registers that it takes at a time of each backend. Their numbers are
/// measured: with more, too many values of a block are kept on the stack.
///
/// (At some places where the stack may begin, one of these values lies on two pages. All kernels align their stack
/// against it, but for those of s and s', Fast, for which that would be 0.6 ns of each call. With AVX2 they take 2 to 3
/// times as long at 1 in 80 places, and with far-out inputs at up to 1 in 16: measured on Zen 4.)
pub(crate) const fn row<Op, S, C, In, Out, W, A, X>() -> Row<C, In, Out>
where
    W: Walk<Op, C, In, Out> + Group<Number: Number>,
    A: Walk<Op, C, In, Out>,
    X: Walk<Op, C, In, Out>,
    In: Inputs<W::Number>,
    Out: Outputs<W::Number>,
    S: Walks<W::Number, C, In, Out>,
{
    let (scalar, wide): (Kernel<C, In, Out>, Kernel<C, In, Out>) =
        (scalar::<S, W::Number, C, In, Out>, <Op as Begins<C, In, Out>>::portable::<W>);
    #[cfg(native_registers)]
    let (avx2, avx512): (Kernel<C, In, Out>, Kernel<C, In, Out>) =
        (<Op as Begins<C, In, Out>>::avx2::<A>, <Op as Begins<C, In, Out>>::avx512::<X>);
    // Never available here.
    #[cfg(not(native_registers))]
    let (avx2, avx512) = (wide, wide);
    Row { kernels: [scalar, wide, avx2, avx512, avx512] }
}

/// [`Backend::Scalar`]: element by element.
///
/// # Safety
///
/// As for [`Walk::walk`].
unsafe fn scalar<S, N, C, In, Out>(prepared: &C, inputs: In, outputs: Out, len: usize, _: Stores)
where
    N: Number,
    In: Inputs<N>,
    Out: Outputs<N>,
    S: Walks<N, C, In, Out>,
{
    // SAFETY: as the caller vouches.
    unsafe {
        <S as Operation<N>>::groups::<In, Out, false>(prepared, inputs, outputs, 0, len);
    }
}

/// Where the kernels of an operation begin. (As methods of its type they are compiled where it stands: several operations
/// at a time. Functions of this module would be one unit, which takes as long as all of them one after the other.)
///
/// What streams is `cold` to stay apart: within the others it would cost short calls 0.5 to 1 ns. (`inline(never)` does
/// nothing beside `target_feature`: rustc 1.95.)
trait Begins<C, In, Out>: Sized {
    /// # Safety
    ///
    /// As for [`Walk::walk`].
    unsafe fn portable<L>(prepared: &C, inputs: In, outputs: Out, len: usize, stores: Stores)
    where
        L: Walk<Self, C, In, Out>,
    {
        // SAFETY: as the caller vouches; the build's own instructions are always there.
        unsafe { L::walk(None, prepared, inputs, outputs, len, stores) }
    }

    /// # Safety
    ///
    /// As for [`Walk::walk`]; the CPU has AVX2 and FMA, and F16C with the feature `half`.
    #[cfg(native_registers)]
    #[cfg_attr(feature = "half", target_feature(enable = "avx2,fma,f16c"))]
    #[cfg_attr(not(feature = "half"), target_feature(enable = "avx2,fma"))]
    unsafe fn avx2<L>(prepared: &C, inputs: In, outputs: Out, len: usize, stores: Stores)
    where
        L: Walk<Self, C, In, Out>,
    {
        // SAFETY: as the caller vouches.
        unsafe { L::walk(Some(Self::avx2_stream::<L>), prepared, inputs, outputs, len, stores) }
    }

    /// # Safety
    ///
    /// As for [`Walk::stream`] and [`Begins::avx2`].
    #[cfg(native_registers)]
    #[cfg_attr(feature = "half", target_feature(enable = "avx2,fma,f16c"))]
    #[cfg_attr(not(feature = "half"), target_feature(enable = "avx2,fma"))]
    #[cold]
    unsafe fn avx2_stream<L>(prepared: &C, inputs: In, outputs: Out, len: usize, _: Stores)
    where
        L: Walk<Self, C, In, Out>,
    {
        // SAFETY: as the caller vouches.
        unsafe { L::stream(Self::avx2::<L>, prepared, inputs, outputs, len) }
    }

    /// # Safety
    ///
    /// As for [`Walk::walk`]; the CPU has AVX-512 F, DQ, BW and VL, and FMA.
    #[cfg(native_registers)]
    #[target_feature(enable = "avx512f,avx512dq,avx512bw,avx512vl,fma")]
    unsafe fn avx512<L>(prepared: &C, inputs: In, outputs: Out, len: usize, stores: Stores)
    where
        L: Walk<Self, C, In, Out>,
    {
        // SAFETY: as the caller vouches.
        unsafe { L::walk(Some(Self::avx512_stream::<L>), prepared, inputs, outputs, len, stores) }
    }

    /// # Safety
    ///
    /// As for [`Walk::stream`] and [`Begins::avx512`].
    #[cfg(native_registers)]
    #[target_feature(enable = "avx512f,avx512dq,avx512bw,avx512vl,fma")]
    #[cold]
    unsafe fn avx512_stream<L>(prepared: &C, inputs: In, outputs: Out, len: usize, _: Stores)
    where
        L: Walk<Self, C, In, Out>,
    {
        // SAFETY: as the caller vouches.
        unsafe { L::stream(Self::avx512::<L>, prepared, inputs, outputs, len) }
    }
}

impl<Op, C, In, Out> Begins<C, In, Out> for Op {}
