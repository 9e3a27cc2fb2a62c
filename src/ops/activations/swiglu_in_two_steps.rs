//! The gate of SiLU in half precision as frameworks compute it that have no kernel for it

use core::mem::MaybeUninit;

use ::half::{bf16, f16};

use super::Silu;
use crate::engine::{Engine, Row, row};
use crate::lanes::{Avx2F32, Avx512F32, Four, PortableF32};
use crate::ops::Compute;
use crate::ops::pieces::{PIECE, Piecewise, piecewise};
use crate::pair::Logistic;
use crate::walk::{Operation, Stores};

/// silu(g) u of `bf16` or `f16`, with silu(g) rounded to the format before it is multiplied: two roundings, as frameworks
/// have that call two operations one after the other. [`SwiGlu`](super::SwiGlu) has one, and is nearer to the truth.
///
/// silu(g) is [`Silu`]'s, correctly rounded, and its product with u that of the crate `half`: in `f32`, rounded. Whoever
/// computes both steps so has the same bits: a framework has them wherever its silu is correctly rounded.
///
/// ```
/// use half::bf16;
/// use sigmoid::{Kernels, ops};
///
/// let (g, u) = ([bf16::from_f32(1.5)], [bf16::from_f32(3.0)]);
/// let [mut once, mut twice] = [[bf16::ZERO]; 2];
/// Kernels::new().zip(ops::SwiGlu::default(), &g, &u, &mut once); // 3.6791 rounds to 3.671875
/// Kernels::new().zip(ops::SwiGluInTwoSteps, &g, &u, &mut twice); // silu(1.5) to 1.2265625, three times that to 3.6875
/// assert_eq!((once[0].to_f32(), twice[0].to_f32()), (3.671875, 3.6875));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct SwiGluInTwoSteps;

/// x y
struct Product;

impl<L: Logistic> Operation<L> for Product {
    type Prepared = ();
    type Inputs = (L, L);
    type Outputs = L;

    #[inline(always)]
    fn apply(_: &(), (x, y): (L, L)) -> L {
        x.mul(y)
    }
}

impl Operation<f32> for Product {
    type Prepared = ();
    type Inputs = (f32, f32);
    type Outputs = f32;

    fn apply(_: &(), (x, y): (f32, f32)) -> f32 {
        x * y
    }
}

/// A format with kernels of the second step.
trait Factor: Copy + 'static {
    const PRODUCT: &'static Row<(), (*const Self, *const Self), *mut Self>;
}

impl<T: Factor> Piecewise<(), (*const T, *const T), *mut T> for SwiGluInTwoSteps
where
    Silu: Compute<*const T, *mut T, Prepared = ()>,
{
    unsafe fn piece(engine: Engine, _: &(), (g, u): (*const T, *const T), y: *mut T, len: usize) {
        let mut gates = [const { MaybeUninit::<T>::uninit() }; PIECE];
        let gates = gates.as_mut_ptr().cast::<T>();
        // SAFETY: as the caller vouches; the memory is a piece.
        unsafe {
            Silu.rows().fast.kernel(engine)(&(), g, gates, len, Stores::Cached);
            T::PRODUCT.kernel(engine)(&(), (gates.cast_const(), u), y, len, Stores::Cached);
        }
    }
}

/// Expands to a format.
macro_rules! half {
    ($format:ty) => {
        impl Factor for $format {
            const PRODUCT: &'static Row<(), (*const Self, *const Self), *mut Self> =
                &row::<Product, Product, _, _, _, Four<PortableF32>, Four<Avx2F32>, Four<Avx512F32>>();
        }
    };
}

half!(bf16);
half!(f16);

piecewise!(SwiGluInTwoSteps, exact: false,
    (*const bf16, *const bf16) => *mut bf16, (*const f16, *const f16) => *mut f16);
