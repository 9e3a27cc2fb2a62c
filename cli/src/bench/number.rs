//! What the two formats must be able to do to be measured.

use sigmoid::Element;

use super::yardsticks::Yardsticks;

/// `f32` or `f64`.
pub trait Number: Element {
    fn from_f64(x: f64) -> Self;

    /// e^x of the standard library.
    fn std_exp(self) -> Self;

    /// y = s(x), through the exponential of `wide`, in its widest registers. The slices have whole
    /// registers, [`Number::WIDE_LANES`] each.
    fn wide_sigmoid(x: &[Self], y: &mut [Self]);

    /// The elements of `wide`'s widest register.
    const WIDE_LANES: usize;

    /// The best loops for this CPU.
    fn yardsticks() -> Yardsticks<Self>;
}

macro_rules! number {
    ($number:ident, $register:ident, $lanes:literal) => {
        impl Number for $number {
            const WIDE_LANES: usize = $lanes;

            fn from_f64(x: f64) -> Self {
                x as Self
            }

            #[inline(always)]
            fn std_exp(self) -> Self {
                self.exp()
            }

            #[inline(always)]
            fn wide_sigmoid(x: &[Self], y: &mut [Self]) {
                let one = wide::$register::splat(1.0);
                for (x, y) in x.as_chunks::<$lanes>().0.iter().zip(y.as_chunks_mut::<$lanes>().0) {
                    *y = (one / (one + (-wide::$register::new(*x)).exp())).to_array();
                }
            }

            fn yardsticks() -> Yardsticks<Self> {
                super::yardsticks::$number()
            }
        }
    };
}

number!(f32, f32x16, 16);
number!(f64, f64x8, 8);
