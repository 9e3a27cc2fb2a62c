//! Compiles a loop for the registers that the CPU has, so that it vectorises with them.
//!
//! There is nothing here but the same Rust, translated three times: the results have the same bits
//! whichever translation runs (the compiler fuses no operations on its own).

/// A loop. Its `run` must be `#[inline(always)]`, to be translated where it is called.
pub(crate) trait Loop {
    type Output;

    fn run(self) -> Self::Output;
}

/// Runs it with the widest registers.
pub(crate) fn run<L: Loop>(work: L) -> L::Output {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::is_x86_feature_detected as has;
        if has!("avx512f") && has!("avx512dq") && has!("avx512bw") && has!("avx512vl") {
            // SAFETY: the CPU has what the function enables.
            return unsafe { avx512(work) };
        }
        if has!("avx2") {
            // SAFETY: the CPU has what the function enables.
            return unsafe { avx2(work) };
        }
    }
    work.run()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn avx2<L: Loop>(work: L) -> L::Output {
    work.run()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq,avx512bw,avx512vl")]
fn avx512<L: Loop>(work: L) -> L::Output {
    work.run()
}
