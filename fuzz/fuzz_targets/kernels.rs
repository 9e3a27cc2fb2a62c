//! Kernels: what bytes say is computed in one call, and each of its elements alone by a call of its own. The results
//! have the same bits, nothing is written but them, and they lie about as near to those of the scalar reference as is
//! stated. AddressSanitizer sees what is read outside of the slices, where their memory ends with them.
//!
//! ```text
//! byte 0         the format
//! byte 1         the operation
//! byte 2         the engine; bit 7: Accuracy::Exact, if there is a proof
//! byte 3         into slices of their own, or into an input: which
//! byte 4         bit 0: parallel; bits 2 to 7, if all are set: on a pool, and long enough to be cut
//! bytes 5 to 9   where in their memory the three inputs and the two outputs begin
//! byte 10        how much of it follows them
//! byte 11        how often the elements are repeated; bit 7: they are integers of two bytes, divided by 64
//! the rest       the elements: the first of every input, the second, ...
//! ```

#![no_main]

#[path = "../kernels/mod.rs"]
mod kernels;
#[path = "../../tests/support/mod.rs"]
mod support;

use std::sync::LazyLock;

use half::{bf16, f16};
use kernels::buffer::Buffer;
use kernels::element::{Element, distance, is_same};
use kernels::subject::{Subject, half_to_itself, half_to_single, of_format};
use libfuzzer_sys::fuzz_target;
use rayon::{ThreadPool, ThreadPoolBuilder};
use sigmoid::thresholds::PARALLEL_FROM_BYTES;
use sigmoid::{Accuracy, Backend, Kernels};

static SINGLE: LazyLock<Vec<Subject<f32, f32>>> = LazyLock::new(of_format);
static DOUBLE: LazyLock<Vec<Subject<f64, f64>>> = LazyLock::new(of_format);
static BF16: LazyLock<Vec<Subject<bf16, bf16>>> = LazyLock::new(half_to_itself);
static F16: LazyLock<Vec<Subject<f16, f16>>> = LazyLock::new(half_to_itself);
static BF16_TO_SINGLE: LazyLock<Vec<Subject<bf16, f32>>> = LazyLock::new(half_to_single);
static F16_TO_SINGLE: LazyLock<Vec<Subject<f16, f32>>> = LazyLock::new(half_to_single);

/// The scalar one is the first.
static ENGINES: LazyLock<Vec<Kernels>> = LazyLock::new(|| Kernels::engines().collect());

static POOL: LazyLock<ThreadPool> =
    LazyLock::new(|| ThreadPoolBuilder::new().num_threads(3).build().expect("three threads can be had"));

fuzz_target!(|data: &[u8]| {
    let Some((head, elements)) = data.split_first_chunk() else { return };
    match head[0] % 6 {
        0 => check(&SINGLE, head, elements),
        1 => check(&DOUBLE, head, elements),
        2 => check(&BF16, head, elements),
        3 => check(&F16, head, elements),
        4 => check(&BF16_TO_SINGLE, head, elements),
        _ => check(&F16_TO_SINGLE, head, elements),
    }
});

fn check<T: Element, U: Element>(subjects: &[Subject<T, U>], head: &[u8; 12], elements: &[u8]) {
    let [_, which, engine, place, how, starts @ .., after, times] = *head;
    let subject = &subjects[usize::from(which) % subjects.len()];
    let exact = engine & 0x80 != 0 && subject.has_exact;
    let engine = ENGINES[usize::from(engine & 0x7f) % ENGINES.len()];
    let accuracy = if exact { Accuracy::Exact } else { Accuracy::Fast };
    let kernels = engine.accuracy(accuracy);
    let inputs = decode::<T>(elements, subject.inputs, times & 0x80 != 0);
    let few = inputs[0].len();
    let context = || format!("{} from {} to {} {kernels:?}", subject.name, T::NAME, U::NAME);

    // Alone, which no neighbour can have changed.
    let alone = subject.alone(kernels, &inputs);
    let compare = |other: Kernels, is_right: &dyn Fn([f64; 3], U, U) -> bool| {
        for (k, (got, expected)) in alone.iter().zip(subject.alone(other, &inputs)).enumerate() {
            for (i, (&got, expected)) in got.iter().zip(expected).enumerate() {
                let of = inputs.each_ref().map(|input| input.get(i).map_or(0.0, |&input| input.into()));
                assert!(
                    is_right(of, got, expected),
                    "{}: output {k} of {of:?} is {got:?}, by {other:?} {expected:?}",
                    context()
                );
            }
        }
    };
    if let Some(twin) = twin(kernels, exact || subject.is_always_exact) {
        compare(twin, &|_, got, expected| is_same(got, expected));
    }
    if let (Some((stated, domain)), false) = (subject.stated, exact) {
        let errors = stated.on(kernels.selected_backend()) + stated.on(Backend::Scalar);
        let most = (4.0 * errors).ceil() as u128;
        compare(ENGINES[0], &|of, got, expected| !domain(of) || distance(got, expected) <= most);
    }

    // Together, the elements over and over.
    let mut len = few * (1 + usize::from(times & 0x7f) % 8);
    let is_long = how >> 2 == 63 && few > 0;
    if is_long {
        len += PARALLEL_FROM_BYTES / size_of::<U>();
    }
    let after = usize::from(after % 64);
    let start = |i: usize| usize::from(starts[i] % 64);
    let read = [0, 1, 2].map(|k| Buffer::new(start(k), &inputs[k], len, after));
    let slot = usize::from(place) % (1 + subject.in_place.len());
    let kernels = kernels.parallel(how & 1 != 0);
    let call = |compute: &mut (dyn FnMut() + Send)| if is_long { POOL.install(compute) } else { compute() };
    if slot == 0 {
        let len = |k: usize| if k < subject.outputs { len } else { 0 };
        let mut written = [0, 1].map(|k| Buffer::new(start(3 + k), &[U::PATTERN], len(k), after));
        let [first, second] = &mut written;
        call(&mut || {
            let inputs = read.each_ref().map(Buffer::slice);
            (subject.compute)(kernels, inputs, [first.slice_mut(), second.slice_mut()]);
        });
        for (written, alone) in written.iter().zip(&alone) {
            written.assert_holds(alone, context);
        }
    } else {
        let (over, in_place) = subject.in_place[slot - 1];
        let mut written = Buffer::new(start(3), &inputs[over], len, after);
        call(&mut || in_place(kernels, read.each_ref().map(Buffer::slice), written.slice_mut()));
        written.assert_holds(&alone[0], context);
    }
    for (read, input) in read.iter().zip(&inputs) {
        read.assert_holds(input, context);
    }
}

/// Those that promise the same bits, if there are others: of Exact all, of Fast those with fused multiply-add.
fn twin(kernels: Kernels, exact: bool) -> Option<Kernels> {
    let fused = |kernels: &&Kernels| kernels.selected_backend().has_fma();
    let twin = match exact {
        true => ENGINES.first(),
        false => ENGINES.iter().find(fused).filter(|_| fused(&&kernels)),
    };
    twin.map(|twin| twin.accuracy(kernels.selected_accuracy())).filter(|&twin| twin != kernels)
}

/// The elements of so many inputs; the others are empty.
fn decode<T: Element>(bytes: &[u8], inputs: usize, short: bool) -> [Vec<T>; 3] {
    let size = if short { 2 } else { size_of::<T>() };
    let mut elements = bytes.chunks_exact(size).map(|bytes| {
        let bits = bytes.iter().rev().fold(0, |bits, &byte| bits << 8 | u64::from(byte));
        if short { T::nearest(f64::from(bits as u16 as i16) / 64.0) } else { T::of_bits(bits) }
    });
    let mut all = [const { Vec::new() }; 3];
    for _ in 0..bytes.len() / size / inputs {
        for input in &mut all[..inputs] {
            input.extend(elements.next());
        }
    }
    all
}
