//! The status flags of the CPU's floating-point unit, which NumPy looks at behind every loop to make warnings of them.
//!
//! A kernel raises INVALID where it meets a quiet NaN, and UNDERFLOW and INEXACT as it likes: none of this is news to
//! anybody. What was raised before the loop is kept, for the casts in front of it are NumPy's.

/// Restores the flags when it is dropped.
pub struct Flags(registers::Flags);

impl Flags {
    /// Remembers the flags as they are.
    #[inline(always)]
    pub fn keep() -> Self {
        Self(registers::get())
    }
}

impl Drop for Flags {
    #[inline(always)]
    fn drop(&mut self) {
        // (To write the register takes several times as long as to read it.)
        if registers::get() != self.0 {
            registers::set(self.0);
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod registers {
    use core::arch::asm;

    pub type Flags = u32;

    #[inline(always)]
    pub fn get() -> Flags {
        let mut flags = 0;
        // SAFETY: writes four bytes to where they belong.
        unsafe { asm!("stmxcsr [{}]", in(reg) &mut flags, options(nostack, preserves_flags)) };
        flags
    }

    #[inline(always)]
    pub fn set(flags: Flags) {
        // SAFETY: the value that the register had when the loop began: rounding and masks are those that Rust expects.
        unsafe { asm!("ldmxcsr [{}]", in(reg) &flags, options(nostack, preserves_flags)) };
    }
}

/// Elsewhere nobody has looked: NumPy may warn of a NaN.
#[cfg(not(target_arch = "x86_64"))]
mod registers {
    pub type Flags = ();

    pub fn get() -> Flags {}

    pub fn set((): Flags) {}
}
