//! Which backends there are is what the CPU itself says, the fastest of them is picked, and the one that is asked
//! for is the one that computes.

mod support;

use sigmoid::{Accuracy, Backend, Kernels, UnavailableBackend, build_info, reference};
use support::{Operation, Way, bytes, mixture, results};

/// What the CPU says of itself and the operating system of its registers, read without the standard library.
#[cfg(all(target_arch = "x86_64", feature = "std"))]
mod expected {
    use std::arch::x86_64::{__cpuid, __cpuid_count, _xgetbv};

    /// Bits of leaf 1, ECX.
    const FMA: u32 = 12;
    const OSXSAVE: u32 = 27;
    const AVX: u32 = 28;

    /// Bits of leaf 7, EBX.
    const AVX2: u32 = 5;
    const AVX512F: u32 = 16;
    const AVX512DQ: u32 = 17;
    const AVX512BW: u32 = 30;
    const AVX512VL: u32 = 31;

    /// Bits of XCR0: what the operating system saves of the registers of 128, 256 and 512 bits.
    const SAVES_256: u64 = 0b110;
    const SAVES_512: u64 = 0b1110_0110;

    fn all(word: u32, bits: &[u32]) -> bool {
        bits.iter().all(|bit| word >> bit & 1 == 1)
    }

    #[target_feature(enable = "xsave")]
    fn saved_registers() -> u64 {
        // SAFETY: the first register of its kind is there where the instruction is.
        unsafe { _xgetbv(0) }
    }

    /// Whether there is AVX2, and whether there is AVX-512.
    #[allow(unused_unsafe)] // newer compilers know that every x86-64 CPU has `cpuid`
    pub fn registers() -> (bool, bool) {
        // SAFETY: every x86-64 CPU has the instruction.
        let (highest, features) = unsafe { (__cpuid(0).eax, __cpuid(1).ecx) };
        if highest < 7 || !all(features, &[FMA, OSXSAVE, AVX]) {
            return (false, false);
        }
        // SAFETY: as above, and the leaf is there; the operating system has said that `xgetbv` may be used.
        let (extended, saved) = unsafe { (__cpuid_count(7, 0).ebx, saved_registers()) };
        let avx2 = all(extended, &[AVX2]) && saved & SAVES_256 == SAVES_256;
        let avx512 =
            all(extended, &[AVX512F, AVX512DQ, AVX512BW, AVX512VL]) && saved & SAVES_512 == SAVES_512;
        (avx2, avx512)
    }
}

/// Without the standard library the features of the build decide.
#[cfg(not(all(target_arch = "x86_64", feature = "std")))]
mod expected {
    pub fn registers() -> (bool, bool) {
        let avx512 = cfg!(all(
            target_feature = "avx512f",
            target_feature = "avx512dq",
            target_feature = "avx512bw",
            target_feature = "avx512vl",
            target_feature = "fma"
        ));
        (cfg!(all(target_feature = "avx2", target_feature = "fma")), avx512)
    }
}

/// In ascending order of speed.
fn expected() -> Vec<Backend> {
    let (avx2, avx512) = expected::registers();
    let registers = [avx2.then_some(Backend::Avx2), avx512.then_some(Backend::Avx512)];
    [Backend::Scalar, Backend::Wide].into_iter().chain(registers.into_iter().flatten()).collect()
}

#[test]
fn those_that_the_cpu_has_are_available() {
    let expected = expected();
    assert_eq!(Backend::available().collect::<Vec<_>>(), expected);
    for backend in Backend::ALL {
        assert_eq!(backend.is_available(), expected.contains(&backend), "{backend}");
    }
}

/// The same question to the standard library.
#[cfg(all(target_arch = "x86_64", feature = "std"))]
#[test]
fn the_standard_library_finds_the_same_registers() {
    let avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
    let avx512 = is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vl");
    assert_eq!(expected::registers(), (avx2, avx512));
}

#[test]
fn the_fastest_is_picked() {
    let expected = expected();
    let fastest = *expected.last().expect("Scalar and Wide are everywhere");
    assert_eq!(Backend::fastest(), fastest);
    assert_eq!(Kernels::new().selected_backend(), fastest);
    assert_eq!(Kernels::default(), Kernels::new());
}

#[test]
fn the_one_that_is_asked_for_is_selected() {
    let expected = expected();
    for before in &expected {
        for backend in Backend::ALL {
            let kernels = Kernels::new().accuracy(Accuracy::Exact).backend(*before).expect("it is available");
            match kernels.backend(backend) {
                Ok(selected) => {
                    assert!(expected.contains(&backend), "{backend}");
                    assert_eq!(selected.selected_backend(), backend, "from {before}");
                    assert_eq!(selected.selected_accuracy(), Accuracy::Exact);
                    assert_eq!(selected.backend(*before), Ok(kernels));
                }
                Err(error) => {
                    assert!(!expected.contains(&backend), "{backend}");
                    assert_eq!(UnavailableBackend::backend(error), backend);
                }
            }
        }
    }
}

/// What the tests loop over leaves out no backend.
#[test]
fn tests_see_every_backend() {
    let mut engines: Vec<_> = Kernels::engines().map(|kernels| kernels.selected_backend()).collect();
    engines.dedup();
    assert_eq!(engines, expected());
    assert!(Kernels::engines().any(|kernels| kernels == Kernels::new()));
}

/// The backends that need not agree do not, so that one may be told from another by its results.
#[test]
fn the_one_that_is_asked_for_computes() {
    let x = mixture::<f32>(100_000, 0xbe);
    let of = |backend| {
        let kernels = Kernels::new().backend(backend).expect("it is available");
        let [y, _] = results(kernels, Operation::Forward, Way::OutOfPlace, [&x, &[]]);
        y
    };
    let scalar: Vec<_> = x.iter().map(|&x| reference::sigmoid(x)).collect();
    let number = |y: &[f32]| y.iter().map(|y| if y.is_nan() { f32::NAN } else { *y }).collect::<Vec<_>>();
    assert_eq!(bytes(&number(&of(Backend::Scalar))), bytes(&number(&scalar)));
    assert_ne!(bytes(&number(&of(Backend::Wide))), bytes(&number(&scalar)));
    for backend in expected().into_iter().skip(2) {
        assert_ne!(bytes(&number(&of(backend))), bytes(&number(&scalar)), "{backend}");
        if !build_info::WIDE.contains("with FMA") {
            assert_ne!(bytes(&number(&of(backend))), bytes(&number(&of(Backend::Wide))), "{backend}");
        }
    }
}
