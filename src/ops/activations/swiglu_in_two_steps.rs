//! The gate of SiLU in half precision as frameworks compute it that have no kernel for it

use core::mem::MaybeUninit;

use ::half::{bf16, f16};

use super::super::by_way_of_f32::PIECE;
use super::{Formula, Silu};
use crate::engine::{Engine, Row, Rows};
use crate::lanes::{Avx2F32, Avx512F32, Four, PortableF32};
use crate::ops::Compute;
use crate::pair::{Constants, Logistic};
use crate::slices::Slices;
use crate::walk::Stores;

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
#[derive(Clone, Copy)]
pub struct Product;

impl Formula for Product {
    type Prepared<N: Constants> = ();
    type Inputs<X: Copy> = (X, X);
    type Outputs<X: Copy> = X;

    fn prepare<N: Constants>(self) {}

    #[inline(always)]
    fn needs_care<L: Logistic>(_: &(), _: (L, L)) -> bool {
        false
    }

    #[inline(always)]
    fn common<L: Logistic>(_: &(), (x, y): (L, L)) -> L {
        x.mul(y)
    }

    #[inline(always)]
    fn careful<L: Logistic>(_: &(), (x, y): (L, L)) -> L {
        x.mul(y)
    }

    fn reference<N: Constants>(_: &(), (x, y): (N, N)) -> N {
        x * y
    }
}

/// Expands to a format.
macro_rules! half {
    ($format:ident) => {
        kernels!(Product, (): (*const $format, *const $format) => *mut $format,
            [Four<PortableF32>, Four<Avx2F32>, Four<Avx512F32>]);

        impl Compute<(*const $format, *const $format), *mut $format> for SwiGluInTwoSteps {
            type Prepared = ();

            fn prepare(self) {}

            fn rows(self) -> Rows<(), (*const $format, *const $format), *mut $format> {
                Rows { fast: <$format as Steps>::ROW, exact: None }
            }
        }

        impl Steps for $format {}
    };
}

half!(bf16);
half!(f16);

/// A format with kernels of both steps.
trait Steps: Copy + 'static
where
    Silu: Compute<*const Self, *mut Self, Prepared = ()>,
    Product: Compute<(*const Self, *const Self), *mut Self, Prepared = ()>,
{
    const ROW: &'static Row<(), (*const Self, *const Self), *mut Self> =
        &Row::of([steps::<Self, 0>, steps::<Self, 1>, steps::<Self, 2>, steps::<Self, 3>, steps::<Self, 4>]);
}

/// The kernel of an engine of [`Engine::ALL`].
///
/// # Safety
///
/// As for [`Kernel`](crate::engine::Kernel).
unsafe fn steps<T, const ENGINE: usize>(
    _: &(),
    (g, u): (*const T, *const T),
    y: *mut T,
    len: usize,
    _: Stores,
) where
    T: Copy + 'static,
    Silu: Compute<*const T, *mut T, Prepared = ()>,
    Product: Compute<(*const T, *const T), *mut T, Prepared = ()>,
{
    let engine = Engine::ALL[ENGINE];
    let (silu, product) = (Silu.rows().fast.kernel(engine), Product.rows().fast.kernel(engine));
    let mut gates = [const { MaybeUninit::<T>::uninit() }; PIECE];
    let gates = gates.as_mut_ptr().cast::<T>();
    let mut done = 0;
    while done < len {
        let piece = (len - done).min(PIECE);
        let (g, u, y) = (g.after(done), u.after(done), y.after(done));
        // SAFETY: as the caller vouches, of elements below `len`; a piece of u is read before it is written over.
        unsafe {
            silu(&(), g, gates, piece, Stores::Cached);
            product(&(), (gates.cast_const(), u), y, piece, Stores::Cached);
        }
        done += piece;
    }
}
