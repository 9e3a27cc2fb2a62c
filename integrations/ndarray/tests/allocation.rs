//! Into an array that there is and in place nothing is allocated, however the arrays lie: no copy is made of any.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use ndarray::{Array2, s};
use sigmoid::{Kernels, ops};
use sigmoid_ndarray::KernelsExt;

struct Counting;

thread_local! {
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: the system's allocator, which is only counted.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.with(|count| count.set(count.get() + 1));
        // SAFETY: as the caller vouches.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: as the caller vouches.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocations(call: impl FnOnce()) -> usize {
    let before = COUNT.with(Cell::get);
    call();
    COUNT.with(Cell::get) - before
}

#[test]
fn nothing_is_allocated() {
    let kernels = Kernels::new();
    let x = Array2::<f32>::zeros((300, 500));
    let mut y = Array2::<f32>::zeros((500, 300));
    assert_eq!(allocations(|| drop(x.clone())), 1, "it counts");
    assert_eq!(allocations(|| kernels.map_array_into(ops::Sigmoid, &x.t(), &mut y)), 0);
    assert_eq!(allocations(|| kernels.map_array_in_place(ops::Sigmoid, &mut y.slice_mut(s![..;3, ..;2]))), 0);
    assert_eq!(
        allocations(|| kernels.zip_arrays_into_second(ops::Glu, &x, &mut y.view_mut().reversed_axes())),
        0
    );
    let one = |y: &Array2<f32>| drop(kernels.map_array::<_, f32, _, _>(ops::Sigmoid, &y.slice(s![.., 1..])));
    assert_eq!(allocations(|| one(&y)), 1, "a new array is one allocation");
}
