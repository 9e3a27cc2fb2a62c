//! No operation allocates, whichever way it is called.

mod support;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use support::family::{Family, Member, in_every_format};
use support::{Float, Inputs, Operation, Way, engines, run};

/// The system's allocator, counting the calls of each thread.
struct Counting;

thread_local! {
    static CALLS: Cell<usize> = const { Cell::new(0) };
}

fn count() {
    // A thread that is ending counts no more.
    let _ = CALLS.try_with(|calls| calls.set(calls.get() + 1));
}

// SAFETY: hands everything on to the system's allocator; the counter allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: as the caller vouches; so below.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count();
        // SAFETY: as in `alloc`.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: as in `alloc`.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: as in `alloc`.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn calls(work: impl FnOnce()) -> usize {
    let before = CALLS.get();
    work();
    CALLS.get() - before
}

fn check<T: Float>() {
    const LONGEST: usize = 100_003;
    let mut outputs = [(); 2].map(|()| vec![T::default(); LONGEST]);
    for operation in Operation::ALL {
        let inputs = Inputs::<T>::mixed(operation, LONGEST, 0xa1);
        for kernels in engines() {
            for way in Way::ALL {
                for len in [0, 1, 7, 100, 1000, LONGEST] {
                    let [first, second] = &mut outputs;
                    let outputs = [&mut first[..len], &mut second[..len]];
                    let allocations = calls(|| run(kernels, operation, way, inputs.part(0..len), outputs));
                    let backend = kernels.selected_backend();
                    assert_eq!(allocations, 0, "{} {operation:?} {way:?} on {backend}, {len}", T::NAME);
                }
            }
        }
    }
}

fn check_family<T: Family>() {
    let mixed = Member::<T>::mixed(10_007);
    let inputs = mixed.each_ref().map(Vec::as_slice);
    let mut outputs = [(); 2].map(|()| vec![T::default(); 10_007]);
    for member in T::members() {
        for kernels in engines() {
            let [first, second] = &mut outputs;
            let allocations = calls(|| (member.compute)(kernels, inputs, [first, second]));
            assert_eq!(allocations, 0, "{} {} {kernels:?}", T::NAME, member.name);
        }
    }
}

#[test]
fn nothing_allocates() {
    check::<f32>();
    check::<f64>();
    in_every_format!(check_family());
}

/// But what hands over a new vector, and that once.
#[cfg(feature = "std")]
#[test]
fn a_new_vector_is_one_allocation() {
    use sigmoid::Kernels;
    use sigmoid::ops::{Sigmoid, SigmoidBackward};

    let x = [1.0_f32; 100];
    let kernels = Kernels::new();
    for (way, work) in [
        ("map", &(|| drop(kernels.map_to_vec(Sigmoid, &x))) as &dyn Fn()),
        ("zip", &|| drop(kernels.zip_to_vec(SigmoidBackward, &x, &x))),
        ("of nothing", &|| assert!(kernels.map_to_vec(Sigmoid, &x[..0]).is_empty())),
    ] {
        // Made, and freed.
        assert_eq!(calls(work), if way == "of nothing" { 0 } else { 2 }, "{way}");
    }
}

#[test]
fn the_counter_counts() {
    assert_eq!(calls(|| drop(std::hint::black_box(Box::new(1)))), 2);
}
