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

/// What a call reads and writes.
struct Slices<T> {
    x: Vec<T>,
    s: Vec<T>,
    first: Vec<T>,
    second: Vec<T>,
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

/// Nanoseconds of a call: the least of all turns, of both.
fn times(calls: [&mut dyn FnMut(); 2], repeats: usize) -> [f64; 2] {
    let mut least = [f64::INFINITY; 2];
    let [old, new] = calls;
    for _ in 0..TURNS {
        for (call, least) in [&mut *old, &mut *new].into_iter().zip(&mut least) {
            let start = Instant::now();
            (0..repeats).for_each(|_| call());
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
        let x: Vec<$number> = (0..longest).map(|i| mixed(i) as $number * (20.0 / 16_777_216.0) - 10.0).collect();
        let s = x.iter().map(|x| 1.0 / (1.0 + (-x).exp())).collect();
        let slices = || (vec![0.0; longest], vec![0.0; longest]);
        let (first, second) = slices();
        let mut old_slices = Slices::<$number> { x, s, first, second };
        let (first, second) = slices();
        let mut new_slices =
            Slices { x: old_slices.x.clone(), s: old_slices.s.clone(), first, second };
        for accuracy in ["fast", "exact"] {
            for backend in ["wide", "avx2", "avx512"] {
                let (Some(old), Some(new)) = (of_old(accuracy, backend), of_new(accuracy, backend)) else { continue };
                for (operation, name) in OPERATIONS.iter().enumerate() {
                    for len in LENGTHS {
                        let [before, after] = times(
                            [
                                &mut || old(operation, len, &mut old_slices),
                                &mut || new(operation, len, &mut new_slices),
                            ],
                            (RESULTS / len / if accuracy == "exact" { 4 } else { 1 }).clamp(1, 20_000),
                        );
                        println!(
                            "{} {accuracy} {backend} {name}, {len}: {before:.2} then, {after:.2} ns now, {:.3}",
                            stringify!($number),
                            after / before
                        );
                    }
                    let ordinary = old_slices.x.clone();
                    for round in 0..200_u64 {
                        for (i, x) in old_slices.x.iter_mut().enumerate() {
                            let bits = (round << 32 | i as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
                            *x = if i % 3 == 0 { <$number>::from_bits((bits >> 7) as _) } else { mixed(bits as usize) as $number * 1e-5 - 84.0 };
                        }
                        new_slices.x.clone_from(&old_slices.x);
                        old(operation, longest, &mut old_slices);
                        new(operation, longest, &mut new_slices);
                        let pairs = old_slices.first.iter().zip(&new_slices.first);
                        let pairs = pairs.chain(old_slices.second.iter().zip(&new_slices.second));
                        $differing += pairs
                            .filter(|(old, new)| old.to_bits() != new.to_bits() && !(old.is_nan() && new.is_nan()))
                            .count();
                    }
                    old_slices.x.clone_from(&ordinary);
                    new_slices.x = ordinary;
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
