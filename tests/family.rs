//! What every operation promises: an element's result has the same bits wherever it stands, among whatever neighbours,
//! in place, in long calls and on all backends with fused multiply-add; lengths that differ are told before anything is
//! written.

mod support;

#[cfg(any(feature = "activations", not(feature = "exact")))]
use sigmoid::Accuracy;
use sigmoid::Kernels;
use sigmoid::ops::{Sigmoid, SigmoidBackward};
use support::family::{Family, Inputs, Member, in_every_format};
use support::{assert_same_bits, engines, fused_engines, mixture, specials, thinned};

fn part<T>(inputs: &[Vec<T>; 3], from: usize, len: usize) -> Inputs<'_, T> {
    [&inputs[0][from..][..len], &inputs[1][from..][..len], &inputs[2][from..][..len]]
}

/// Special numbers with ordinary ones, with each other, and among many of every kind.
fn inputs<T: Family>(len: usize) -> [Vec<T>; 3] {
    let special: Vec<T> = specials::<T>().into_iter().step_by(thinned() as usize).collect();
    let mut inputs = Member::<T>::mixed(len / thinned() as usize);
    for (i, input) in inputs.iter_mut().enumerate() {
        for j in 0..3 {
            if i == j {
                input.extend(&special);
            } else {
                input.extend(mixture::<T>(special.len(), (7 * i + j) as u64));
            }
        }
        let mut turned = special.clone();
        turned.rotate_left(i * special.len() / 5);
        input.extend(turned);
    }
    inputs
}

/// The results one by one, which no neighbour can have changed, against those of slices of every length at every offset.
fn check_positions<T: Family>() {
    let inputs = inputs::<T>(4000);
    let len = inputs[0].len();
    for member in T::members() {
        for kernels in engines() {
            let context = |from: usize| format!("{} {kernels:?} from {from} on", member.name);
            let mut alone = vec![Vec::with_capacity(len); member.outputs];
            for i in 0..len {
                for (alone, one) in alone.iter_mut().zip(member.results(kernels, part(&inputs, i, 1))) {
                    alone.extend(one);
                }
            }
            let check = |from: usize, len: usize| {
                for (got, alone) in member.results(kernels, part(&inputs, from, len)).iter().zip(&alone) {
                    assert_same_bits(got, &alone[from..][..len], || context(from));
                }
            };
            check(0, len);
            for len in (0..300).step_by(1 + 12 * usize::from(thinned() > 1)) {
                for from in 0..17 {
                    check(from, len);
                }
            }
        }
    }
}

#[test]
fn position_and_neighbours_change_nothing_in_f32() {
    check_positions::<f32>();
}

#[test]
fn position_and_neighbours_change_nothing_in_f64() {
    check_positions::<f64>();
}

#[cfg(feature = "half")]
#[test]
fn position_and_neighbours_change_nothing_in_half_precision() {
    check_positions::<half::bf16>();
    check_positions::<half::f16>();
}

fn check_in_place<T: Family>() {
    let inputs = inputs::<T>(2000);
    for member in T::members() {
        for kernels in engines() {
            for (from, len) in [(0, inputs[0].len()), (3, 0), (3, 1), (5, 100), (7, inputs[0].len() - 7)] {
                let inputs = part(&inputs, from, len);
                let expected = member.results(kernels, inputs);
                for &(which, in_place) in member.in_place {
                    let mut got = inputs[which].to_vec();
                    in_place(kernels, inputs, &mut got);
                    assert_same_bits(&got, &expected[0], || {
                        format!("{} {kernels:?} over input {which}", member.name)
                    });
                }
            }
        }
    }
}

#[test]
fn in_place_is_the_same() {
    in_every_format!(check_in_place());
}

fn check_backends<T: Family>() {
    let Some(first) = fused_engines().next() else { return };
    let inputs = inputs::<T>(40_000);
    let inputs = part(&inputs, 0, inputs[0].len());
    for member in T::members() {
        let expected = member.results(first, inputs);
        for kernels in fused_engines() {
            for (got, expected) in member.results(kernels, inputs).iter().zip(&expected) {
                assert_same_bits(got, expected, || format!("{} {kernels:?}", member.name));
            }
        }
    }
}

#[test]
fn backends_agree() {
    in_every_format!(check_backends());
}

/// Cut for threads, and past the caches, into memory that begins between two cache lines: as in pieces.
#[test]
fn long_calls() {
    if thinned() > 1 {
        return; // (An emulator has nothing to stream with.)
    }
    const PIECE: usize = 50_021;
    let len = sigmoid::thresholds::STREAM_FROM_BYTES / size_of::<f32>() + 333;
    let pieces = Member::<f32>::mixed(PIECE);
    let inputs = pieces.each_ref().map(|piece| piece.iter().copied().cycle().take(len).collect::<Vec<_>>());
    let mut outputs = [(); 2].map(|()| vec![0.0_f32; len + 3]);
    let plain = Kernels::new();
    #[cfg(feature = "rayon")]
    let ways = [plain, plain.parallel(true)];
    #[cfg(not(feature = "rayon"))]
    let ways = [plain];
    for member in f32::members() {
        let expected = member.results(plain, part(&pieces, 0, PIECE));
        for kernels in ways {
            let [first, second] = &mut outputs;
            (member.compute)(kernels, part(&inputs, 0, len), [&mut first[3..], &mut second[3..]]);
            for (got, expected) in outputs.iter().zip(&expected) {
                for got in got[3..].chunks(PIECE) {
                    assert_same_bits(got, &expected[..got.len()], || format!("{} {kernels:?}", member.name));
                }
            }
        }
    }
}

/// Before anything is written, and with both lengths.
#[test]
fn lengths_that_differ() {
    let check = |call: &dyn Fn(&mut [f32]), words: &[&str]| {
        let mut z = [7.0; 3];
        let call = std::panic::AssertUnwindSafe(|| call(&mut z));
        let panic = std::panic::catch_unwind(call).expect_err("the lengths differ");
        let message = panic.downcast_ref::<String>().expect("a message");
        assert!(words.iter().all(|word| message.contains(word)), "{message}");
        assert_eq!(z, [7.0; 3]);
    };
    let (kernels, op, x) = (Kernels::new(), SigmoidBackward, [1.0_f32; 8]);
    check(&|z| kernels.map(Sigmoid, &x[..2], z), &["2", "3"]);
    check(&|z| kernels.zip(op, &x[..3], &x[..4], z), &["3", "4"]);
    check(&|z| kernels.zip(op, &x[..4], &x[..4], z), &["4", "3"]);
    check(&|z| kernels.zip_halves(op, 3, &x[..7], z), &["4", "3"]);
    check(&|z| kernels.zip_halves(op, 2, &x[..6], z), &["rows of 2", "3"]);
    // Nothing at all is no row, and no harm.
    kernels.zip_halves(op, 2, &x[..0], &mut []);
    kernels.zip_halves(op, usize::MAX, &x[..0], &mut []);
}

/// There is no proof for these.
#[cfg(feature = "activations")]
#[test]
#[cfg_attr(feature = "exact", should_panic(expected = "there is no proof for this operation"))]
#[cfg_attr(not(feature = "exact"), should_panic(expected = "without its feature `exact`"))]
fn exact_is_refused_where_there_is_no_proof() {
    Kernels::new().accuracy(Accuracy::Exact).map(sigmoid::ops::Silu, &[1.0_f32], &mut [0.0]);
}

#[cfg(not(feature = "exact"))]
#[test]
#[should_panic(expected = "without its feature `exact`")]
fn exact_is_refused_where_it_is_not_built() {
    Kernels::new().accuracy(Accuracy::Exact).map(Sigmoid, &[1.0_f32], &mut [0.0]);
}
