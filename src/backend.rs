//! The instruction sets that the kernels are written for, and which of them this CPU has.

use core::fmt;
use core::str::FromStr;

use crate::lanes::{Lanes, PortableF32};

/// An implementation of every operation: the instructions and the registers that it uses.
///
/// `Fast` results have the same bits on every backend that has fused multiply-add: [`Avx2`],
/// [`Avx512`] and, in a build for a CPU with it, [`Wide`].
///
/// [`Avx2`]: Backend::Avx2
/// [`Avx512`]: Backend::Avx512
/// [`Wide`]: Backend::Wide
///
/// # Example
///
/// ```
/// use sigmoid::{Backend, Kernels};
///
/// for backend in Backend::available() {
///     let mut x = [0.0_f32; 3];
///     Kernels::new().backend(backend)?.forward_in_place(&mut x);
///     assert_eq!(x, [0.5; 3], "{backend}");
/// }
/// # Ok::<(), sigmoid::UnavailableBackend>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Backend {
    /// The scalar reference path, element by element: [`crate::reference`]. What the others are
    /// tested against.
    Scalar,
    /// The registers of the `wide` crate, the widest that this build's target features give: the
    /// backend for every target. [`crate::build_info::WIDE`] names them.
    Wide,
    /// 256-bit registers with fused multiply-add (x86-64 with AVX2 and FMA, and with the feature `half` F16C, which
    /// all such CPUs have).
    Avx2,
    /// 512-bit registers (x86-64 with AVX-512 F, DQ, BW and VL).
    Avx512,
}

impl Backend {
    /// Every backend there is, on this CPU or not, in ascending order of speed.
    pub const ALL: [Self; 4] = [Self::Scalar, Self::Wide, Self::Avx2, Self::Avx512];

    /// The backends that this CPU can run, in ascending order of speed.
    ///
    /// Without the `std` feature nothing is detected, and the features of the build decide.
    pub fn available() -> impl Iterator<Item = Self> + Clone {
        Self::ALL.into_iter().filter(|backend| backend.is_available())
    }

    /// Whether this CPU can run the backend.
    pub fn is_available(self) -> bool {
        match self {
            Self::Scalar | Self::Wide => true,
            Self::Avx2 => detected::avx2(),
            Self::Avx512 => detected::avx512(),
        }
    }

    /// The fastest backend that this CPU can run: what [`crate::Kernels::new`] picks.
    #[inline]
    pub fn fastest() -> Self {
        if detected::avx512() {
            Self::Avx512
        } else if detected::avx2() {
            Self::Avx2
        } else {
            Self::Wide
        }
    }

    /// Whether its kernels use fused multiply-add, which rounds once where others round twice: those that do have the
    /// same `Fast` results, and a smaller [bound](crate::bounds) of the error.
    ///
    /// ```
    /// use sigmoid::Backend;
    ///
    /// assert!(Backend::Avx2.has_fma() && !Backend::Scalar.has_fma());
    /// ```
    pub const fn has_fma(self) -> bool {
        match self {
            Self::Scalar => false,
            Self::Wide => <PortableF32 as Lanes>::FUSED,
            Self::Avx2 | Self::Avx512 => true,
        }
    }

    /// The name in lower case, which [`FromStr`] reads in any case: `scalar`, `wide`, `avx2` or `avx512`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Scalar => "scalar",
            Self::Wide => "wide",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
        }
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Backend {
    type Err = UnknownBackend;

    fn from_str(name: &str) -> Result<Self, UnknownBackend> {
        Self::ALL.into_iter().find(|backend| backend.name().eq_ignore_ascii_case(name)).ok_or(UnknownBackend)
    }
}

/// The error of a name that is no backend's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownBackend;

impl fmt::Display for UnknownBackend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no such backend: there are scalar, wide, avx2 and avx512")
    }
}

impl core::error::Error for UnknownBackend {}

/// The error of asking for a backend whose instructions this CPU does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnavailableBackend(pub(crate) Backend);

impl UnavailableBackend {
    /// The backend that was asked for.
    pub const fn backend(self) -> Backend {
        self.0
    }
}

impl fmt::Display for UnavailableBackend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "this CPU does not have the instructions of the {} backend", self.0)
    }
}

impl core::error::Error for UnavailableBackend {}

/// Whether a division takes so long on this CPU that one and six multiplications are faster than
/// two: Intel's 512-bit dividers take 10 cycles for 16 lanes, in which two other operations a cycle
/// can run beside them; AMD's Zen takes 6, and its multiplications share pipes with them.
///
/// Modelled with `llvm-mca` for Intel (11.5 cycles a register in place of 20), measured on Zen 4 (the
/// other way is 1.35 times as fast there).
#[cfg(target_arch = "x86_64")]
#[inline]
pub(crate) fn divides_slowly() -> bool {
    use core::sync::atomic::{AtomicU8, Ordering};
    // Asking the CPU costs microseconds in a virtual machine.
    static ANSWER: AtomicU8 = AtomicU8::new(UNKNOWN);
    const UNKNOWN: u8 = 2;
    match ANSWER.load(Ordering::Relaxed) {
        UNKNOWN => {
            // SAFETY: every x86-64 CPU has the instruction. (Newer compilers know, and call it safe.)
            #[allow(unused_unsafe)]
            let vendor = unsafe { core::arch::x86_64::__cpuid(0) };
            let name = [vendor.ebx, vendor.edx, vendor.ecx].map(u32::to_le_bytes);
            let intel = name.as_flattened() == b"GenuineIntel";
            ANSWER.store(intel.into(), Ordering::Relaxed);
            intel
        }
        answer => answer == 1,
    }
}

/// No other CPU has two ways.
#[cfg(not(target_arch = "x86_64"))]
#[inline]
pub(crate) fn divides_slowly() -> bool {
    false
}

/// What the CPU has, at run time with `std` (asked once, then remembered by the standard library),
/// at compile time without it.
mod detected {
    #[cfg(all(feature = "std", target_arch = "x86_64"))]
    macro_rules! has {
        ($($feature:tt),*) => { $(std::arch::is_x86_feature_detected!($feature))&&* };
    }
    #[cfg(not(all(feature = "std", target_arch = "x86_64")))]
    macro_rules! has {
        ($($feature:tt),*) => { cfg!(all(target_arch = "x86_64", $(target_feature = $feature),*)) };
    }

    #[inline]
    pub(super) fn avx2() -> bool {
        // (Every CPU that has these has F16C.)
        #[cfg(feature = "half")]
        let available = has!("avx2", "fma", "f16c");
        #[cfg(not(feature = "half"))]
        let available = has!("avx2", "fma");
        available
    }

    #[inline]
    pub(super) fn avx512() -> bool {
        has!("avx512f", "avx512dq", "avx512bw", "avx512vl", "fma")
    }
}
