//! Are there slow places? The same short call where its slices lie apart from each other and within a page, and where
//! they lie otherwise: one right behind the other, at the end of a page, in place in rows of a matrix. And the same long
//! call wherever in a cache line the stack may begin. Fast, of `f32` and `f64` in slices.
//!
//! The program prints the worst and fails where a call takes longer than elsewhere by more than a busy machine explains:
//! [`LIMIT_OF_PLACES`] for short ones, [`LIMIT_OF_STACKS`] for long ones. Slices that themselves lie on two pages are not
//! among them: a store there takes 25 ns on Zen 4, whoever does it.

#[path = "../tests/support/mod.rs"]
mod support;

use std::hint::black_box;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use sigmoid::{Backend, Kernels};
use support::family::{Family, Member};

/// How many times as long as elsewhere a short call may take. (Beside a program on every CPU 2.2 has been seen. With masks,
/// before [`sigmoid`] read the ends of slices without them, 200 places took up to 3.9 times as long.)
const LIMIT_OF_PLACES: f64 = 2.7;

/// How many times as long as elsewhere a long call may take where the stack begins at another place. (It is 1.14 at most;
/// 21 kernels took up to 2.1 times as long when they did not align their stack.)
const LIMIT_OF_STACKS: f64 = 1.35;

/// Lengths of short calls: up to two of the largest registers, and one element more.
const LENGTHS: std::ops::RangeInclusive<usize> = 1..=33;

/// Short calls of a sample.
const CALLS: usize = 256;

/// Long calls of a sample.
const LONG_CALLS: usize = 8;

/// Samples, of which the fastest counts.
const SAMPLES: usize = 9;

/// How often what seems slow is looked at again, after a rest: a neighbour's load passes.
const SECOND_LOOKS: usize = 40;

const REST: Duration = Duration::from_millis(5);

const PAGE_BYTES: usize = 4096;

/// Whole pages of an ordinary number, and how many elements are on one.
struct Pages<T> {
    memory: Vec<T>,
    start: usize,
    page: usize,
}

impl<T: Family> Pages<T> {
    fn new(count: usize) -> Self {
        let page = PAGE_BYTES / size_of::<T>();
        let memory = vec![T::nearest(0.75); (count + 1) * page];
        let start = memory.as_ptr().align_offset(PAGE_BYTES);
        Self { memory, start, page }
    }

    fn elements(&mut self) -> &mut [T] {
        &mut self.memory[self.start..]
    }
}

/// Where the input and the result of a call lie.
type Place = (&'static str, usize, usize);

/// The first lies apart from everything; the others do not.
fn places(n: usize, page: usize) -> [Place; 5] {
    let (input, result) = (page / 8, 2 * page + page / 3);
    let middle = page / 2;
    [
        ("apart", input, result),
        ("the result right before the input", middle + n, middle),
        ("the result right behind the input", middle, middle + n),
        ("the input at the end of its page", page - n, result),
        ("the result at the end of its page", input, 3 * page - n),
    ]
}

/// The seconds that something takes.
fn seconds(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}

/// How many times as long one place takes as another, the least of all samples of each: looked at again and again while
/// that is too long.
fn ratio<P: Copy>(limit: f64, one: P, other: P, mut time: impl FnMut(P) -> f64) -> f64 {
    let (mut least, mut least_of_other) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..=SECOND_LOOKS {
        for _ in 0..SAMPLES {
            least = least.min(time(one));
            least_of_other = least_of_other.min(time(other));
        }
        if least < limit * least_of_other {
            break;
        }
        thread::sleep(REST);
    }
    least / least_of_other
}

/// A member of the family at one place, again and again.
fn short_calls<T: Family>(
    kernels: Kernels,
    member: &Member<T>,
    n: usize,
    pages: &mut Pages<T>,
    place: Place,
) -> f64 {
    let page = pages.page;
    let (_, x, y) = place;
    let apart = [4, 5, 6].map(|number| number * (page + page / 8)).map(|from| from..from + n);
    let [second, third, other_result] = apart;
    let [x, y, second, third, other_result] = pages
        .elements()
        .get_disjoint_mut([x..x + n, y..y + n, second, third, other_result])
        .expect("they lie apart");
    // (It may have been a result.)
    x.fill(second[0]);
    seconds(|| {
        for _ in 0..CALLS {
            (member.compute)(kernels, black_box([x, second, third]), black_box([y, other_result]));
        }
    })
}

/// The rows of a matrix of four pages, one after the other: in place, or to those of another one. (Few of them lie on two
/// pages, and as many in either.)
fn rows<T: Family>(
    kernels: Kernels,
    member: &Member<T>,
    n: usize,
    pages: &mut Pages<T>,
    in_place: bool,
) -> f64 {
    let page = pages.page;
    let (all, results) = (4 * page / n * n, 5 * page + page / 3);
    let [matrix, results, others] = pages
        .elements()
        .get_disjoint_mut([0..all, results..results + all, 10 * page..10 * page + n])
        .expect("they lie apart");
    // (Both have just been written.)
    matrix.fill(others[0]);
    results.fill(others[0]);
    let others = &*others;
    let (at, overwrite) = member.in_place[0];
    seconds(|| {
        let mut unused = [others[0]; 1];
        for (row, result) in matrix.chunks_exact_mut(n).zip(results.chunks_exact_mut(n)) {
            if in_place {
                overwrite(kernels, black_box([others; 3]), black_box(row));
            } else {
                let mut inputs = [others; 3];
                inputs[at] = row;
                (member.compute)(kernels, black_box(inputs), black_box([result, &mut unused]));
            }
        }
    })
}

/// Tells the seconds that something takes.
type Timed<'a> = &'a mut dyn FnMut() -> f64;

/// Runs something on a stack that begins so much deeper.
#[inline(never)]
fn deeper<const BYTES: usize>(work: Timed) -> f64 {
    let room = [0_u8; BYTES];
    black_box(&room);
    let seconds = work();
    black_box(&room);
    seconds
}

/// The slowest call beside the fastest, of all places in two cache lines where the stack may begin.
fn stacks<T: Family>(kernels: Kernels, member: &Member<T>) -> f64 {
    const DEPTHS: [fn(Timed) -> f64; 8] = [
        deeper::<16>,
        deeper::<32>,
        deeper::<48>,
        deeper::<64>,
        deeper::<80>,
        deeper::<96>,
        deeper::<112>,
        deeper::<128>,
    ];
    let inputs = [(); 3].map(|()| vec![T::nearest(0.75); 1024]);
    let [mut y, mut dy] = [(); 2].map(|()| vec![T::nearest(0.75); 1024]);
    let mut call = || {
        seconds(|| {
            for _ in 0..LONG_CALLS {
                (member.compute)(kernels, black_box([&inputs[0], &inputs[1], &inputs[2]]), [&mut y, &mut dy]);
            }
        })
    };
    let mut least = [f64::INFINITY; DEPTHS.len()];
    let mut ratio = f64::INFINITY;
    for _ in 0..=SECOND_LOOKS {
        for _ in 0..4 * SAMPLES {
            for (least, depth) in least.iter_mut().zip(DEPTHS) {
                *least = least.min(depth(&mut call));
            }
        }
        ratio = least.into_iter().fold(0.0, f64::max) / least.into_iter().fold(f64::INFINITY, f64::min);
        if ratio < LIMIT_OF_STACKS {
            break;
        }
        thread::sleep(REST);
    }
    ratio
}

/// How many times as long, what is allowed, and of what.
struct Slow(f64, f64, String);

fn look<T: Family>(slow: &mut Vec<Slow>) {
    let mut pages = Pages::<T>::new(11);
    let page = pages.page;
    for (engine, kernels) in Kernels::engines().enumerate() {
        let backend = kernels.selected_backend();
        if backend == Backend::Scalar {
            continue; // The reference promises nothing about time.
        }
        for member in T::members() {
            let name = format!("{} {} {backend} ({engine})", T::NAME, member.name);
            for n in LENGTHS {
                let [apart, others @ ..] = places(n, page);
                for place in others {
                    let ratio = ratio(LIMIT_OF_PLACES, place, apart, |place| {
                        short_calls(kernels, &member, n, &mut pages, place)
                    });
                    slow.push(Slow(ratio, LIMIT_OF_PLACES, format!("{name}: {n} elements, {}", place.0)));
                }
                if !member.in_place.is_empty() {
                    let ratio = ratio(LIMIT_OF_PLACES, true, false, |in_place| {
                        rows(kernels, &member, n, &mut pages, in_place)
                    });
                    slow.push(Slow(ratio, LIMIT_OF_PLACES, format!("{name}: {n} elements, rows in place")));
                }
            }
            // (The everyday operations do not align their stack: see `row` in src/engine.rs.)
            if !["sigmoid", "sigmoid'", "sigmoid backward"].contains(&member.name) {
                slow.push(Slow(
                    stacks(kernels, &member),
                    LIMIT_OF_STACKS,
                    format!("{name}: places of the stack"),
                ));
            }
        }
    }
}

fn main() -> ExitCode {
    let mut slow = Vec::new();
    look::<f32>(&mut slow);
    look::<f64>(&mut slow);
    slow.sort_by(|a, b| (a.0 / a.1).total_cmp(&(b.0 / b.1)));
    println!("The slowest places, in times of what the same call takes elsewhere, the worst last:");
    for Slow(ratio, limit, what) in slow.iter().skip(slow.len() - 20) {
        println!("{ratio:5.2} of {limit:3.1}  {what}");
    }
    let broken = slow.iter().filter(|slow| slow.0 > slow.1).count();
    println!("{broken} too slow, of {}", slow.len());
    if broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
