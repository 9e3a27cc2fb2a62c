//! What `T: Element` brings into scope: nothing that gets in the way of a user's own traits.

use sigmoid::{Element, Kernels};

/// Names that the crate has reasons to use itself.
trait Mine: Sized {
    const ONE: Self;
    const ZERO: Self;
    const NAME: &'static str;

    fn exp(self) -> Self;

    fn widen(self) -> f64;

    fn number(self) -> f64;

    fn nearest(x: f64) -> Self;
}

impl Mine for f32 {
    const ONE: f32 = 1.0;
    const ZERO: f32 = 0.0;
    const NAME: &'static str = "mine";

    fn exp(self) -> f32 {
        f32::exp(self)
    }

    fn widen(self) -> f64 {
        self.into()
    }

    fn number(self) -> f64 {
        self.into()
    }

    fn nearest(x: f64) -> f32 {
        x as f32
    }
}

/// It compiles: that is the test.
fn both<T: Element + Mine>(x: T) -> (f64, f64, &'static str, [T; 3]) {
    let mut y = [x, T::ONE, T::ZERO];
    Kernels::new().forward_in_place(&mut y);
    (x.exp().widen(), T::nearest(2.0).number(), T::NAME, y)
}

#[test]
fn the_hidden_half_is_hidden() {
    let (e, two, name, y) = both(0.0_f32);
    assert_eq!((e, two, name, y[0], y[2]), (1.0, 2.0, "mine", 0.5, 0.5));
    assert!(y[1] > 0.73);
}

#[test]
fn an_element_has_a_default_and_kernels_can_be_keys() {
    fn nothing<T: Element>() -> T {
        T::default()
    }
    assert_eq!((nothing::<f32>(), nothing::<f64>()), (0.0, 0.0));
    let mut seen = std::collections::HashSet::new();
    assert!(Kernels::engines().all(|kernels| seen.insert(kernels)));
}
