//! Every register type, lane by lane, against plain numbers: what the mathematics relies on in all pairs of NaN,
//! infinities, zeros, subnormal and ordinary numbers, at every place of a register.

extern crate std;

use std::vec::Vec;

use super::*;
use crate::Backend;

/// A format, with what a lane is compared with.
trait Number: Copy + PartialOrd + core::fmt::Debug + 'static {
    const ZERO: Self;
    const SPECIAL: &'static [Self];
    fn bits(self) -> u64;
    fn magnitude(self) -> Self;
    fn is_nan(self) -> bool;
}

/// Expands to both formats.
macro_rules! number {
    ($float:ident) => {
        impl Number for $float {
            const ZERO: $float = 0.0;
            const SPECIAL: &'static [$float] = &[
                $float::NAN,
                -$float::NAN,
                $float::INFINITY,
                $float::NEG_INFINITY,
                $float::MAX,
                $float::MIN,
                100.0,
                -100.0,
                1.0,
                -1.0,
                $float::MIN_POSITIVE,
                -$float::MIN_POSITIVE,
                $float::from_bits(1),
                -$float::from_bits(1),
                0.0,
                -0.0,
            ];

            fn bits(self) -> u64 {
                self.to_bits().into()
            }

            fn magnitude(self) -> $float {
                self.abs()
            }

            fn is_nan(self) -> bool {
                self != self
            }
        }
    };
}

number!(f32);
number!(f64);

/// A register with `value` at `place` and `others` in the other lanes.
fn register<L: Lanes<Number: Number>>(value: L::Number, place: usize, others: L::Number) -> L {
    let mut lanes = std::vec![others; L::LANES];
    lanes[place] = value;
    // SAFETY: there are as many elements, and `on_every_register` has asked for the instructions.
    unsafe { L::load(lanes.as_ptr()) }
}

fn lanes<L: Lanes<Number: Number>>(register: L) -> Vec<L::Number> {
    let mut lanes = std::vec![L::Number::ZERO; L::LANES];
    // SAFETY: as in `register`.
    unsafe { register.store(lanes.as_mut_ptr()) };
    lanes
}

/// Something to be tried on every register type that this CPU has.
trait Trial {
    fn on<L: Lanes<Number: Number>>();
}

fn on_every_register<T: Trial>() {
    T::on::<PortableF32>();
    T::on::<PortableF64>();
    T::on::<Five<PortableF32>>();
    T::on::<Five<PortableF64>>();
    #[cfg(feature = "half")]
    T::on::<Woven<PortableF32>>();
    #[cfg(target_arch = "x86_64")]
    {
        if Backend::Avx2.is_available() {
            T::on::<Avx2F32>();
            T::on::<Avx2F64>();
            T::on::<Five<Avx2F32>>();
            T::on::<Five<Avx2F64>>();
            T::on::<OneF32>();
            T::on::<OneF64>();
            #[cfg(feature = "half")]
            T::on::<Two<Woven<Avx2F32>>>();
        }
        if Backend::Avx512.is_available() {
            T::on::<Avx512F32>();
            T::on::<Avx512F64>();
            T::on::<Five<Avx512F32>>();
            T::on::<Five<Avx512F64>>();
            #[cfg(feature = "half")]
            T::on::<Two<Woven<Avx512F32>>>();
        }
    }
    assert!(Backend::Wide.is_available());
}

/// Both operations at `place`, between lanes of `others` with themselves.
fn at<L: Lanes<Number: Number>>(
    operation: impl Fn(L, L) -> L,
    [a, b]: [L::Number; 2],
    place: usize,
    others: L::Number,
) -> L::Number {
    let results = lanes(operation(register(a, place, others), register(b, place, others)));
    for (i, result) in results.iter().enumerate() {
        assert!(
            i == place || result.bits() == others.bits(),
            "lane {i} of {results:?} beside {a:?} and {b:?}"
        );
    }
    results[place]
}

struct Limits;

impl Trial for Limits {
    fn on<L: Lanes<Number: Number>>() {
        let others = L::Number::SPECIAL[8];
        for &a in L::Number::SPECIAL {
            // Limits are numbers.
            for &b in L::Number::SPECIAL.iter().filter(|b| !b.is_nan()) {
                for place in 0..L::LANES {
                    let what = std::any::type_name::<L>();
                    let least = at(L::at_least, [a, b], place, others);
                    let most = at(L::at_most, [a, b], place, others);
                    if a.is_nan() {
                        assert!(least.is_nan() && most.is_nan(), "{what}: {a:?}, {b:?}: {least:?}, {most:?}");
                        continue;
                    }
                    // (Of two zeros, either.)
                    assert!(least == if a < b { b } else { a }, "{what}: {a:?} at least {b:?}: {least:?}");
                    assert!(most == if a > b { b } else { a }, "{what}: {a:?} at most {b:?}: {most:?}");
                }
            }
        }
    }
}

#[test]
fn a_nan_passes_every_limit() {
    on_every_register::<Limits>();
}

struct Smaller;

impl Trial for Smaller {
    fn on<L: Lanes<Number: Number>>() {
        let others = L::Number::SPECIAL[8];
        for &a in L::Number::SPECIAL {
            for &b in L::Number::SPECIAL {
                let what = std::any::type_name::<L>();
                let smaller = at(L::min, [a, b], L::LANES - 1, others);
                let right = if a.is_nan() || b.is_nan() {
                    smaller.is_nan() || smaller == a || smaller == b
                } else {
                    smaller == if a < b { a } else { b }
                };
                assert!(right, "{what}: min({a:?}, {b:?}) = {smaller:?}");

                let select = |x: L, y: L| L::select(x.below(y), x, y);
                let selected = at(select, [a, b], L::LANES - 1, others);
                let expected = if a < b { a } else { b };
                assert_eq!(selected.bits(), expected.bits(), "{what}: {a:?} below {b:?}");

                let kept = at(
                    |x: L, y: L| L::keep(x.below(y), x).add_bits(L::discard(x.below(y), y)),
                    [a, b],
                    0,
                    others,
                );
                assert_eq!(kept.bits(), expected.bits(), "{what}: {a:?} kept below {b:?}");
            }
        }
    }
}

#[test]
fn comparisons_choose_lanes() {
    on_every_register::<Smaller>();
}

struct Beyond;

impl Trial for Beyond {
    fn on<L: Lanes<Number: Number>>() {
        let what = std::any::type_name::<L>();
        let counts_nan = what.contains("Avx512F32");
        for &value in L::Number::SPECIAL {
            for &limit in L::Number::SPECIAL.iter().filter(|&&limit| limit >= L::Number::SPECIAL[10]) {
                for &others in &[L::Number::ZERO, L::Number::SPECIAL[0], L::Number::SPECIAL[1]] {
                    for place in 0..L::LANES {
                        let beyond = register::<L>(value, place, others).any_beyond(limit);
                        let far = value.magnitude() > limit;
                        let nan = value.is_nan() || (L::LANES > 1 && others.is_nan());
                        if far {
                            assert!(
                                beyond,
                                "{what}: {value:?} at {place} among {others:?} is beyond {limit:?}"
                            );
                        } else if !nan {
                            assert!(!beyond, "{what}: {value:?} at {place} is not beyond {limit:?}");
                        } else if counts_nan {
                            // `Widen::shared_quotient` relies on it.
                            assert!(beyond, "{what}: a NaN among {value:?} and {others:?} counts");
                        }
                    }
                }
            }
        }
        // A NaN in the same lane of some of the registers, before it or behind it.
        let (infinity, one) = (L::Number::SPECIAL[2], L::Number::SPECIAL[8]);
        for first in 0..L::LANES {
            for second in (0..L::LANES).filter(|&second| second != first) {
                for far in 0..L::LANES {
                    if far != first && far != second {
                        let mut lanes = std::vec![one; L::LANES];
                        (lanes[first], lanes[second]) = (L::Number::SPECIAL[0], L::Number::SPECIAL[1]);
                        lanes[far] = infinity;
                        // SAFETY: as in `register`.
                        let lanes: L = unsafe { L::load(lanes.as_ptr()) };
                        assert!(
                            lanes.any_beyond(one),
                            "{what}: {far} hides behind NaN in {first} and {second}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn nothing_far_out_hides_behind_a_nan() {
    on_every_register::<Beyond>();
}

/// Half precision in memory, against the crate that it comes from.
#[cfg(feature = "half")]
mod half_in_memory {
    use ::half::{bf16, f16};

    use super::half::Halves;
    use super::*;

    fn same<T: Halves>(got: T, expected: T) -> bool {
        let nan = |x: T| x.number().is_nan();
        got.bits() == expected.bits() || (nan(got) && nan(expected))
    }

    /// Numbers next to and on the middles between two `bf16` and two `f16`, and all kinds of others.
    fn numbers() -> Vec<f32> {
        let upper = (0..=u16::MAX).step_by(7).map(|upper| u32::from(upper) << 16);
        let mut numbers: Vec<f32> = upper
            .flat_map(|upper| {
                [0, 1, 0x7fff, 0x8000, 0x8001, 0xffff].map(|lower| f32::from_bits(upper | lower))
            })
            .collect();
        let f16s = (0..0x7c00).map(|bits| (f16::from_bits(bits).to_f32(), f16::from_bits(bits + 1).to_f32()));
        numbers.extend(f16s.flat_map(|(x, next)| {
            // Above the largest number as if there were another.
            let middle = if next.is_finite() { 0.5 * (x + next) } else { 65520.0 };
            [x, x.next_up(), middle.next_down(), -middle, middle, -middle.next_up(), next]
        }));
        numbers.extend([f32::from_bits(0x7f80_0001), f32::from_bits(0xffff_ffff)]);
        numbers
    }

    fn check<T, L>()
    where
        T: Halves + core::fmt::LowerExp,
        L: Register<T> + Register<f32> + Lanes<Number = f32>,
    {
        let what = std::format!("{} in {}", std::any::type_name::<T>(), std::any::type_name::<L>());
        let untouched = T::of_bits(0x1234);
        let mut numbers = numbers();
        numbers.resize(numbers.len().next_multiple_of(L::LANES), 1.0);
        for numbers in numbers.chunks_exact(L::LANES) {
            let mut stored = std::vec![untouched; L::LANES + 1];
            // SAFETY: there are as many elements, and `on_every_register` has asked for the instructions; so below.
            unsafe { <L as Memory<f32>>::load(numbers.as_ptr()).store(stored.as_mut_ptr()) };
            for (&stored, &number) in stored.iter().zip(numbers) {
                assert!(same(stored, T::nearest(number)), "{what}: {number:e} is stored as {stored:e}");
            }
            assert!(same(stored[L::LANES], untouched));
        }
        let all: Vec<T> = (0..=u16::MAX).map(T::of_bits).collect();
        let mut wide = std::vec![0.0_f32; L::LANES];
        let mut check_loaded = |loaded: L, expected: &dyn Fn(usize) -> f32| {
            // SAFETY: as above.
            unsafe { Memory::<f32>::store(loaded, wide.as_mut_ptr()) };
            for (i, &lane) in wide.iter().enumerate() {
                let same = lane.to_bits() == expected(i).to_bits() || (lane.is_nan() && expected(i).is_nan());
                assert!(same, "{what}: lane {i} is {lane:e} and not {:e}", expected(i));
            }
        };
        for elements in all.chunks_exact(2 * L::LANES) {
            let from = elements.as_ptr();
            // SAFETY: as above.
            let (first, second) = unsafe { L::load_interleaved(from) };
            check_loaded(first, &|i| elements[2 * i].number());
            check_loaded(second, &|i| elements[2 * i + 1].number());
            // SAFETY: as above.
            check_loaded(unsafe { <L as Memory<T>>::load(from) }, &|i| elements[i].number());
        }
        let elements = &all[0x3f70..];
        for count in 1..L::LANES {
            // SAFETY: as above.
            let (first, second) = unsafe { L::load_partial_interleaved(elements.as_ptr(), count) };
            check_stored(first, count, &|i| elements[2 * i]);
            check_stored(second, count, &|i| elements[2 * i + 1]);
            // SAFETY: as above.
            let loaded = unsafe { <L as Register<T>>::load_partial(elements.as_ptr(), count) };
            check_stored(loaded, count, &|i| elements[i]);
        }
    }

    /// Elements that do not fill a register: in whatever lanes they are, they are stored in order, as what they were and as
    /// `f32`, and nothing behind them is touched.
    fn check_stored<T, L>(loaded: L, count: usize, expected: &dyn Fn(usize) -> T)
    where
        T: Halves + core::fmt::LowerExp,
        L: Register<T> + Register<f32> + Lanes<Number = f32>,
    {
        let what = std::format!("{count} {} in {}", std::any::type_name::<T>(), std::any::type_name::<L>());
        let untouched = T::of_bits(0x1234);
        let mut stored = std::vec![untouched; L::LANES];
        let mut wide = std::vec![untouched.number(); L::LANES];
        // SAFETY: there are as many elements, and there is a register of this kind.
        unsafe {
            Register::<T>::store_partial(loaded, stored.as_mut_ptr(), count);
            Register::<f32>::store_partial(loaded, wide.as_mut_ptr(), count);
        }
        for (i, (&stored, &wide)) in stored.iter().zip(&wide).enumerate() {
            let expected = if i < count { expected(i) } else { untouched };
            assert!(same(stored, expected), "{what}: {i} is {stored:e} and not {expected:e}");
            assert!(same(T::nearest(wide), expected), "{what}: as f32 {i} is {wide:e} and not {expected:e}");
        }
    }

    /// Woven registers: all but ties and NaN with digits in their lower half.
    fn check_woven<T: Halves + core::fmt::LowerExp, L: Memory<T> + Lanes<Number = f32>>() {
        let what = std::format!("{} in {}", std::any::type_name::<T>(), std::any::type_name::<L>());
        let untouched = T::of_bits(0x1234);
        let tie = |x: f32| {
            let near = [x.next_down(), x.next_up()].map(|x| T::nearest(x).bits());
            near[0] != near[1] && T::nearest(x).number() != x
        };
        let odd = |x: f32| tie(x) || (x.is_nan() && x.to_bits() & 0xffff != 0);
        let mut numbers: Vec<f32> = numbers().into_iter().filter(|&x| !odd(x)).collect();
        numbers.resize(numbers.len().next_multiple_of(L::LANES), 1.0);
        for numbers in numbers.chunks_exact(L::LANES) {
            let mut stored = std::vec![untouched; L::LANES + 1];
            // SAFETY: there are as many elements, and `check_both` has been asked for the instructions; so below.
            unsafe { <L as Memory<f32>>::load(numbers.as_ptr()).store(stored.as_mut_ptr()) };
            for (&stored, &number) in stored.iter().zip(numbers) {
                assert!(same(stored, T::nearest(number)), "{what}: {number:e} is stored as {stored:e}");
            }
            assert!(same(stored[L::LANES], untouched));
        }
        let all: Vec<T> = (0..=u16::MAX).map(T::of_bits).collect();
        let mut wide = std::vec![0.0_f32; L::LANES];
        for elements in all.chunks_exact(L::LANES) {
            // SAFETY: as above.
            unsafe { Memory::<f32>::store(<L as Memory<T>>::load(elements.as_ptr()), wide.as_mut_ptr()) };
            for (&lane, &element) in wide.iter().zip(elements) {
                assert!(same(T::nearest(lane), element), "{what}: {element:e} is loaded as {lane:e}");
            }
        }
        let pairs = &all[0x3f70..][..2 * L::LANES];
        // SAFETY: as above.
        let both = unsafe { <L as Memory<T>>::load_interleaved(pairs.as_ptr()) };
        for (side, lanes) in [both.0, both.1].into_iter().enumerate() {
            // SAFETY: as above.
            unsafe { Memory::<f32>::store(lanes, wide.as_mut_ptr()) };
            for (i, &lane) in wide.iter().enumerate() {
                assert!(same(T::nearest(lane), pairs[2 * i + side]), "{what}: {i} of pairs, {side}");
            }
        }
    }

    fn check_both<L: Register<bf16> + Register<f16> + Register<f32> + Lanes<Number = f32>>() {
        check::<bf16, L>();
        check::<f16, L>();
    }

    #[test]
    fn is_loaded_and_stored_by_every_register() {
        check_both::<PortableF32>();
        check_woven::<bf16, Woven<PortableF32>>();
        check_woven::<f16, Woven<PortableF32>>();
        #[cfg(target_arch = "x86_64")]
        {
            if Backend::Avx2.is_available() {
                check_both::<Avx2F32>();
                check_woven::<bf16, Woven<Avx2F32>>();
            }
            if Backend::Avx512.is_available() {
                check_both::<Avx512F32>();
                check_woven::<bf16, Woven<Avx512F32>>();
            }
        }
    }
}
