//! The stated errors of the operations made of the sigmoid.

use super::Fast;

/// The largest errors of one operation.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Stated {
    /// In `f32`.
    pub f32: Fast,
    /// In `f64`.
    pub f64: Fast,
}

/// [`ops::Silu`](crate::ops::Silu), by trying.
///
/// | | | worst input found | error |
/// |---|---|---|---:|
/// | `f32`, all inputs | with FMA | | |
/// | | without | | |
/// | `f64`, a sample | with FMA | | |
pub const SILU: Stated = Stated {
    f32: Fast { with_fma: 3.3, without_fma: 3.5, scalar: 0.501 },
    f64: Fast { with_fma: 3.3, without_fma: 3.5, scalar: 3.5 },
};

/// [`ops::SiluDerivative`](crate::ops::SiluDerivative), by trying.
pub const SILU_DERIVATIVE: Stated = Stated {
    f32: Fast { with_fma: 6.3, without_fma: 7.0, scalar: 0.501 },
    f64: Fast { with_fma: 6.3, without_fma: 7.0, scalar: 6.0 },
};

/// [`ops::SwiGlu`](crate::ops::SwiGlu), by trying.
pub const SWIGLU: Stated = Stated {
    f32: Fast { with_fma: 3.9, without_fma: 4.2, scalar: 0.501 },
    f64: Fast { with_fma: 3.9, without_fma: 4.2, scalar: 4.2 },
};

/// [`ops::Scaled`](crate::ops::Scaled), by trying.
pub const SCALED: Stated = Stated {
    f32: Fast { with_fma: 2.6, without_fma: 2.9, scalar: 0.501 },
    f64: Fast { with_fma: 2.8, without_fma: 3.0, scalar: 3.5 },
};

/// [`ops::QuickGelu`](crate::ops::QuickGelu), by trying.
pub const QUICK_GELU: Stated = Stated {
    f32: Fast { with_fma: 3.6, without_fma: 3.8, scalar: 0.501 },
    f64: Fast { with_fma: 3.6, without_fma: 3.8, scalar: 4.5 },
};

/// [`ops::Glu`](crate::ops::Glu), by trying.
pub const GLU: Stated = Stated {
    f32: Fast { with_fma: 3.3, without_fma: 3.5, scalar: 0.501 },
    f64: Fast { with_fma: 3.3, without_fma: 3.5, scalar: 3.5 },
};

/// [`ops::SiluBackward`](crate::ops::SiluBackward), by trying.
pub const SILU_BACKWARD: Stated = Stated {
    f32: Fast { with_fma: 6.9, without_fma: 7.5, scalar: 0.501 },
    f64: Fast { with_fma: 6.9, without_fma: 7.5, scalar: 7.0 },
};

/// [`ops::SwiGluBackward`](crate::ops::SwiGluBackward), by trying.
pub const SWIGLU_BACKWARD: Stated = Stated {
    f32: Fast { with_fma: 7.5, without_fma: 8.0, scalar: 0.501 },
    f64: Fast { with_fma: 7.5, without_fma: 8.0, scalar: 8.0 },
};

/// [`ops::Tanh`](crate::ops::Tanh), by trying.
pub const TANH: Stated = Stated {
    f32: Fast { with_fma: 2.7, without_fma: 4.0, scalar: 0.501 },
    f64: Fast { with_fma: 2.7, without_fma: 4.0, scalar: 3.0 },
};

/// [`ops::TanhDerivative`](crate::ops::TanhDerivative), by trying.
pub const TANH_DERIVATIVE: Stated = Stated {
    f32: Fast { with_fma: 3.4, without_fma: 3.4, scalar: 0.501 },
    f64: Fast { with_fma: 3.4, without_fma: 3.4, scalar: 4.2 },
};

/// [`ops::TanhBackward`](crate::ops::TanhBackward), for the given y from -1 to 1, which is the truth here.
pub const TANH_BACKWARD: Stated = Stated {
    f32: Fast { with_fma: 1.5, without_fma: 3.0, scalar: 0.501 },
    f64: Fast { with_fma: 1.5, without_fma: 3.0, scalar: 3.0 },
};

/// [`ops::GeluTanh`](crate::ops::GeluTanh), by trying.
pub const GELU_TANH: Stated = Stated {
    f32: Fast { with_fma: 4.0, without_fma: 4.0, scalar: 0.501 },
    f64: Fast { with_fma: 3.26, without_fma: 4.0, scalar: 4.0 },
};

/// [`ops::GeluTanhBackward`](crate::ops::GeluTanhBackward), by trying.
pub const GELU_TANH_BACKWARD: Stated = Stated {
    f32: Fast { with_fma: 6.5, without_fma: 7.0, scalar: 0.501 },
    f64: Fast { with_fma: 6.5, without_fma: 7.0, scalar: 6.0 },
};

/// [`ops::Gelu`](crate::ops::Gelu) in `f32`, by trying.
pub const GELU: Fast = Fast { with_fma: 7.3, without_fma: 8.5, scalar: 0.501 };
