//! The formats that users have, and what the crate needs to know about each.

use core::fmt;

use crate::bounds::Errors;
use crate::engine::Rows;
use crate::format::Number;
use crate::ops::{sigmoid, sigmoid_backward, sigmoid_derivative, sigmoid_with_derivative};

/// A number format that the kernels work on: `f32` or `f64`. Sealed.
///
/// ```
/// fn halves<T: sigmoid::Element>() -> [T; 4] {
///     let mut x = [T::default(); 4];
///     sigmoid::Kernels::new().forward_in_place(&mut x);
///     x
/// }
/// assert_eq!(halves::<f32>(), [0.5; 4]);
/// assert_eq!(halves::<f64>(), [0.5; 4]);
/// ```
pub trait Element: Copy + Default + PartialOrd + fmt::Debug + fmt::Display + Send + Sync + 'static {
    /// The hidden half, out of the way of the user's own traits.
    #[doc(hidden)]
    type __Kind: Kind<Self>;
}

impl Element for f32 {
    type __Kind = Single;
}

impl Element for f64 {
    type __Kind = Double;
}

/// What the crate knows of an element.
pub trait Kind<T: 'static> {
    /// What it is computed with.
    type Number: Number;

    /// The stated errors of its results: see [`crate::bounds`].
    const ERRORS: Errors;

    /// The same number.
    fn number(element: T) -> Self::Number;

    /// The nearest element.
    fn nearest(number: Self::Number) -> T;

    /// s(x)
    fn sigmoid() -> Rows<(), *const T, *mut T>;

    /// s'(x)
    fn sigmoid_derivative() -> Rows<(), *const T, *mut T>;

    /// Both.
    fn sigmoid_with_derivative() -> Rows<(), *const T, (*mut T, *mut T)>;

    /// grad s (1 - s)
    fn sigmoid_backward() -> Rows<(), (*const T, *const T), *mut T>;
}

/// `f32`
pub struct Single;

/// `f64`
pub struct Double;

/// Expands to a row of Exact, where that is built.
macro_rules! exact_row {
    ($format:ident, $row:ident) => {{
        #[cfg(feature = "exact")]
        let row = Some(&crate::exact::$format::$row);
        #[cfg(not(feature = "exact"))]
        let row = None;
        row
    }};
}

/// Expands to what is the same for both.
macro_rules! kind {
    ($kind:ident, $number:ident, $errors:expr, $fast:ident, $exact:ident) => {
        impl Kind<$number> for $kind {
            type Number = $number;
            const ERRORS: Errors = $errors;

            #[inline(always)]
            fn number(element: $number) -> $number {
                element
            }

            #[inline(always)]
            fn nearest(number: $number) -> $number {
                number
            }

            #[inline(always)]
            fn sigmoid() -> Rows<(), *const $number, *mut $number> {
                Rows { fast: &sigmoid::$fast, exact: exact_row!($exact, SIGMOID) }
            }

            #[inline(always)]
            fn sigmoid_derivative() -> Rows<(), *const $number, *mut $number> {
                Rows { fast: &sigmoid_derivative::$fast, exact: exact_row!($exact, SIGMOID_DERIVATIVE) }
            }

            #[inline(always)]
            fn sigmoid_with_derivative() -> Rows<(), *const $number, (*mut $number, *mut $number)> {
                Rows {
                    fast: &sigmoid_with_derivative::$fast,
                    exact: exact_row!($exact, SIGMOID_WITH_DERIVATIVE),
                }
            }

            #[inline(always)]
            fn sigmoid_backward() -> Rows<(), (*const $number, *const $number), *mut $number> {
                Rows { fast: &sigmoid_backward::$fast, exact: exact_row!($exact, SIGMOID_BACKWARD) }
            }
        }
    };
}

kind!(Single, f32, Errors::F32, F32, single);
kind!(Double, f64, Errors::F64, F64, double);
