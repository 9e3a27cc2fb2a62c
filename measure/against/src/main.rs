//! This library against an earlier commit of itself: the same calls of both in turn, in one process, so that a busy
//! neighbour slows both.
//!
//! `scripts/against.sh COMMIT` builds and runs it. For each kernel and length it prints the least time of both, and the
//! quotient; it ends with how many results differ in their bits.

use std::hint::black_box;
use std::time::Instant;

/// As many calls in a row as take this long, in results: short enough that both meet the same neighbours.
const RESULTS: usize = 200_000;

/// How often each has its turn.
const TURNS: usize = 41;

/// From a call to a vector.
const LENGTHS: [usize; 8] = [1, 3, 8, 16, 33, 64, 256, 2048];

const OPERATIONS: [&str; 4] = ["sigmoid", "derivative", "both", "backward"];

/// Bytes in a cache line.
const LINE: usize = 64;

/// What a call reads and writes: each from the beginning of a cache line on. (A store that is on two is worth up to a fifth.)
struct Slices<'s, T> {
    x: &'s mut [T],
    s: &'s mut [T],
    first: &'s mut [T],
    second: &'s mut [T],
}

/// Expands to a function that makes one of the four calls, of one of the two libraries.
macro_rules! library {
    ($name:ident, $library:ident) => {
        fn $name<T: $library::Element>(
            accuracy: &str,
            backend: &str,
        ) -> Option<impl Fn(usize, usize, &mut Slices<T>)> {
            let backend = $library::Backend::available().find(|known| known.name() == backend)?;
            let accuracy = accuracy.parse().expect("an accuracy");
            let kernels = $library::Kernels::new().accuracy(accuracy).backend(backend).expect("available");
            Some(move |operation: usize, len: usize, slices: &mut Slices<T>| {
                let Slices { x, s, first, second } = slices;
                let (x, s) = (black_box(&x[..len]), black_box(&s[..len]));
                let (first, second) = (&mut first[..len], &mut second[..len]);
                match operation {
                    0 => kernels.forward(x, first),
                    1 => kernels.derivative(x, first),
                    2 => kernels.forward_with_derivative(x, first, second),
                    _ => kernels.backward(s, x, first),
                }
            })
        }
    };
}

library!(of_old, old);
library!(of_new, new);

/// So many from the first beginning of a cache line on.
fn from_line<T>(slice: &mut [T], len: usize) -> &mut [T] {
    let at = slice.as_ptr().align_offset(LINE);
    &mut slice[at..at + len]
}

/// A call of one of the two libraries.
type Call<'c, T> = &'c dyn Fn(&mut Slices<T>);

/// Nanoseconds of a call: the least of all turns, of both, which work on the same slices.
fn times<T>(calls: [Call<'_, T>; 2], slices: &mut Slices<T>, repeats: usize) -> [f64; 2] {
    let mut least = [f64::INFINITY; 2];
    for _ in 0..TURNS {
        for (call, least) in calls.into_iter().zip(&mut least) {
            let start = Instant::now();
            (0..repeats).for_each(|_| call(slices));
            *least = least.min(start.elapsed().as_secs_f64() * 1e9 / repeats as f64);
        }
    }
    least
}

/// Expands to the comparison in one format.
macro_rules! compare {
    ($number:ty, $differing:ident) => {{
        let longest = LENGTHS[LENGTHS.len() - 1];
        // Numbers from -10 to 10, and for the bits some of all kinds.
        let mixed = |i: usize| (i as u32).wrapping_mul(2_654_435_769) >> 8;
        let mut memory = [const { Vec::new() }; 4];
        let [x, s, first, second] = memory.each_mut().map(|vector| {
            vector.resize(longest + LINE / size_of::<$number>(), 0.0);
            from_line(vector, longest)
        });
        for (i, (x, s)) in x.iter_mut().zip(&mut *s).enumerate() {
            *x = mixed(i) as $number * (20.0 / 16_777_216.0) - 10.0;
            *s = 1.0 / (1.0 + (-*x).exp());
        }
        let mut slices = Slices::<$number> { x, s, first, second };
        for accuracy in ["fast", "exact"] {
            for backend in ["wide", "avx2", "avx512"] {
                let (Some(old), Some(new)) = (of_old(accuracy, backend), of_new(accuracy, backend)) else { continue };
                for (operation, name) in OPERATIONS.iter().enumerate() {
                    for len in LENGTHS {
                        let [before, after] = times(
                            [
                                &|slices: &mut _| old(operation, len, slices),
                                &|slices: &mut _| new(operation, len, slices),
                            ],
                            &mut slices,
                            (RESULTS / len / if accuracy == "exact" { 4 } else { 1 }).clamp(1, 20_000),
                        );
                        println!(
                            "{} {accuracy} {backend} {name}, {len}: {before:.2} then, {after:.2} ns now, {:.3}",
                            stringify!($number),
                            after / before
                        );
                    }
                    let ordinary = slices.x.to_vec();
                    for round in 0..200_u64 {
                        for (i, x) in slices.x.iter_mut().enumerate() {
                            let bits = (round << 32 | i as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
                            *x = if i % 3 == 0 { <$number>::from_bits((bits >> 7) as _) } else { mixed(bits as usize) as $number * 1e-5 - 84.0 };
                        }
                        let [before, after] = [&old as &dyn Fn(_, _, &mut _), &new].map(|call| {
                            slices.first.fill(0.0);
                            slices.second.fill(0.0);
                            call(operation, longest, &mut slices);
                            [slices.first.to_vec(), slices.second.to_vec()]
                        });
                        let pairs = before.iter().flatten().zip(after.iter().flatten());
                        $differing += pairs
                            .filter(|(old, new)| old.to_bits() != new.to_bits() && !(old.is_nan() && new.is_nan()))
                            .count();
                    }
                    slices.x.copy_from_slice(&ordinary);
                }
            }
        }
    }};
}

fn main() {
    let mut differing = 0;
    compare!(f32, differing);
    compare!(f64, differing);
    println!("{differing} results differ");
}
