//! What the page sees: two buffers, the names of the operations, and `compute`.

use core::cell::UnsafeCell;
use core::slice;

use half::{bf16, f16};

use crate::{Compute, NAMES, OPERATIONS};

/// A million numbers in single precision, half as many in double.
const BYTES: usize = 1 << 22;

/// Where the page writes, or reads.
#[repr(align(64))]
struct Buffer(UnsafeCell<[u8; BYTES]>);

// SAFETY: the module has one thread, and while `compute` runs the page does not.
unsafe impl Sync for Buffer {}

static INPUT: Buffer = Buffer(UnsafeCell::new([0; BYTES]));
static OUTPUT: Buffer = Buffer(UnsafeCell::new([0; BYTES]));

/// Where x is written to.
#[unsafe(no_mangle)]
extern "C" fn input() -> *mut u8 {
    INPUT.0.get().cast()
}

/// Where the results are read from.
#[unsafe(no_mangle)]
extern "C" fn output() -> *const u8 {
    OUTPUT.0.get().cast_const().cast()
}

/// How many bytes each of the two has.
#[unsafe(no_mangle)]
extern "C" fn capacity() -> usize {
    BYTES
}

/// The names of the operations: ASCII, a blank after each.
#[unsafe(no_mangle)]
extern "C" fn names() -> *const u8 {
    NAMES.as_ptr()
}

/// How many bytes they have.
#[unsafe(no_mangle)]
extern "C" fn names_length() -> usize {
    NAMES.len()
}

/// The first `count` results of an operation in a format, with a parameter that only some have.
///
/// The formats are 0: f32, 1: f64, 2: bf16, 3: f16. It is a trap if there is no such operation or it has no such
/// format, or if the buffers are shorter.
#[unsafe(no_mangle)]
extern "C" fn compute(operation: usize, format: usize, count: usize, c: f32) {
    let operation = &OPERATIONS[operation];
    match format {
        0 => call(operation.f32, count, c),
        1 => call(operation.f64, count, c),
        2 => call(operation.bf16.expect("no kernel"), count, c),
        3 => call(operation.f16.expect("no kernel"), count, c),
        _ => panic!("no format"),
    }
}

fn call<T: Number>(compute: Compute<T>, count: usize, c: f32) {
    let (x, y) = buffers(count);
    compute(x, y, c);
}

/// A format whose every bit pattern is a number.
trait Number: 'static {}
impl Number for f32 {}
impl Number for f64 {}
impl Number for bf16 {}
impl Number for f16 {}

/// The beginnings of the buffers. Only `compute` calls it, once a call.
fn buffers<T: Number>(count: usize) -> (&'static [T], &'static mut [T]) {
    assert!(count <= BYTES / size_of::<T>(), "more numbers than a buffer has");
    // SAFETY: two statics that are long enough, as was asserted, aligned to 64 bytes and initialised, of which any bits
    // are a T. While `compute` runs nothing else looks at them, and what it is given here does not outlive it.
    unsafe {
        (
            slice::from_raw_parts(INPUT.0.get().cast(), count),
            slice::from_raw_parts_mut(OUTPUT.0.get().cast(), count),
        )
    }
}

/// The page is told by the trap.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
