//! The program without an operating system: how it starts, writes, panics and ends.
//!
//! WebAssembly imports `write` and `exit` from whoever runs it (`run.mjs`). The others make Linux's system calls
//! themselves, so that an emulator of Linux programs can run what is linked with nothing at all.

use core::fmt::{self, Write};

use system::{exit, write};

/// All of it.
extern "C" fn run() -> ! {
    let mut output = Output;
    crate::print(|line| writeln!(output, "{line}").expect("formatting cannot fail"));
    exit(0)
}

#[panic_handler]
fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
    // There is nobody left to tell if this fails.
    _ = writeln!(Output, "{info}");
    exit(101)
}

/// What `write` writes to.
struct Output;

impl Write for Output {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text.as_bytes();
        while !rest.is_empty() {
            let written = write(rest);
            if written <= 0 {
                exit(1);
            }
            rest = &rest[written as usize..];
        }
        Ok(())
    }
}

#[cfg(target_family = "wasm")]
mod system {
    #[link(wasm_import_module = "system")]
    unsafe extern "C" {
        #[link_name = "write"]
        fn imported_write(bytes: *const u8, len: usize) -> isize;
        #[link_name = "exit"]
        fn imported_exit(status: i32) -> !;
    }

    /// The runner calls it by name.
    #[unsafe(no_mangle)]
    extern "C" fn start() {
        super::run()
    }

    pub fn write(bytes: &[u8]) -> isize {
        // SAFETY: the runner reads those bytes, and no more.
        unsafe { imported_write(bytes.as_ptr(), bytes.len()) }
    }

    pub fn exit(status: i32) -> ! {
        // SAFETY: it touches no memory, and does not come back.
        unsafe { imported_exit(status) }
    }
}

#[cfg(not(target_family = "wasm"))]
mod system {
    use core::arch::{asm, global_asm};

    // Nothing is on the stack here that a function expects to find.
    #[cfg(target_arch = "x86_64")]
    global_asm!(".globl _start", "_start: call {run}", run = sym super::run);
    #[cfg(target_arch = "riscv64")]
    global_asm!(".globl _start", "_start: call {run}", run = sym super::run);
    #[cfg(target_arch = "aarch64")]
    global_asm!(".globl _start", "_start: bl {run}", run = sym super::run);
    #[cfg(target_arch = "arm")]
    global_asm!(".globl _start", ".thumb_func", "_start: bl {run}", run = sym super::run);

    #[cfg(target_arch = "x86_64")]
    const WRITE_AND_EXIT: [usize; 2] = [1, 60];
    #[cfg(any(target_arch = "riscv64", target_arch = "aarch64"))]
    const WRITE_AND_EXIT: [usize; 2] = [64, 93];
    #[cfg(target_arch = "arm")]
    const WRITE_AND_EXIT: [usize; 2] = [4, 1];

    /// # Safety
    ///
    /// The arguments are such as the call with that number takes.
    unsafe fn system_call(number: usize, arguments: [usize; 3]) -> isize {
        let [first, second, third] = arguments;
        let result;
        // SAFETY: Linux touches these registers and no others, and of memory what the arguments say.
        unsafe {
            #[cfg(target_arch = "x86_64")]
            asm!(
                "syscall",
                inlateout("rax") number => result,
                in("rdi") first,
                in("rsi") second,
                in("rdx") third,
                out("rcx") _,
                out("r11") _,
            );
            #[cfg(target_arch = "riscv64")]
            asm!("ecall", in("a7") number, inlateout("a0") first => result, in("a1") second, in("a2") third);
            #[cfg(target_arch = "aarch64")]
            asm!("svc 0", in("x8") number, inlateout("x0") first => result, in("x1") second, in("x2") third);
            // r7, which holds the number, is the compiler's own.
            #[cfg(target_arch = "arm")]
            asm!(
                "mov {kept}, r7",
                "mov r7, {number}",
                "svc 0",
                "mov r7, {kept}",
                kept = out(reg) _,
                number = in(reg) number,
                inlateout("r0") first => result,
                in("r1") second,
                in("r2") third,
            );
        }
        result
    }

    pub fn write(bytes: &[u8]) -> isize {
        const STANDARD_OUTPUT: usize = 1;
        // SAFETY: Linux reads those bytes, and no more.
        unsafe { system_call(WRITE_AND_EXIT[0], [STANDARD_OUTPUT, bytes.as_ptr() as usize, bytes.len()]) }
    }

    pub fn exit(status: i32) -> ! {
        // SAFETY: it ends the program.
        unsafe { system_call(WRITE_AND_EXIT[1], [status as usize, 0, 0]) };
        unreachable!("the program has ended")
    }
}
