//! After a call the upper halves of the vector registers are clean: older instructions of whoever comes next would be
//! slow beside dirty ones. The CPU itself tells (XGETBV of XINUSE), if it can.

#![cfg(target_arch = "x86_64")]

mod support;

use core::arch::asm;
use core::arch::x86_64::__cpuid_count;

use support::family::{Family, Member, in_every_format};
use support::{Float, Inputs, Operation, Way, accuracies, engines, run};

/// The upper halves of registers of 256 bits, and of 512.
const UPPER_HALVES: u32 = 1 << 2 | 1 << 6;

/// Whether any upper half is not in its first state.
fn are_dirty() -> bool {
    let in_use: u32;
    // SAFETY: `can_tell` has found that the CPU has the instruction, and in this form.
    unsafe { asm!("xgetbv", in("ecx") 1, out("eax") in_use, out("edx") _, options(nomem, nostack)) }
    in_use & UPPER_HALVES != 0
}

fn can_tell() -> bool {
    // XSAVE by the operating system; then XGETBV with ECX = 1.
    is_x86_feature_detected!("avx")
        && __cpuid_count(1, 0).ecx & 1 << 27 != 0
        && __cpuid_count(0xd, 1).eax & 1 << 2 != 0
}

fn check_family<T: Family>() {
    let mixed = Member::<T>::mixed(777);
    let slices = mixed.each_ref().map(Vec::as_slice);
    let mut outputs = [(); 2].map(|()| vec![T::default(); 777]);
    for kernels in engines() {
        for member in T::members() {
            let [first, second] = &mut outputs;
            (member.compute)(kernels, slices, [first, second]);
            assert!(!are_dirty(), "{} {} {kernels:?}", T::NAME, member.name);
        }
    }
}

fn check<T: Float>() {
    let mut outputs = [(); 2].map(|()| vec![T::default(); 777]);
    for kernels in engines() {
        for kernels in accuracies().map(|accuracy| kernels.accuracy(accuracy)) {
            for operation in Operation::ALL {
                let inputs = Inputs::<T>::mixed(operation, 777, 0xc1);
                let [first, second] = &mut outputs;
                run(kernels, operation, Way::OutOfPlace, inputs.slices(), [first, second]);
                assert!(!are_dirty(), "{} {operation:?} {kernels:?}", T::NAME);
            }
        }
    }
}

#[test]
fn the_upper_halves_are_clean_after_a_call() {
    if !can_tell() {
        return;
    }
    // SAFETY: the CPU has AVX.
    unsafe {
        asm!("vpcmpeqd xmm0, xmm0, xmm0", "vinsertf128 ymm0, ymm0, xmm0, 1", out("xmm0") _, options(nomem, nostack))
    }
    if !are_dirty() {
        return; // (An emulator or a CPU that says what it likes.)
    }
    // SAFETY: as above; nobody keeps anything in the upper halves across a call.
    unsafe { asm!("vzeroupper", out("xmm0") _, options(nomem, nostack)) }
    assert!(!are_dirty());
    in_every_format!(check_family());
    check::<f32>();
    check::<f64>();
}
