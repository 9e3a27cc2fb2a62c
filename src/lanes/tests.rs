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
    #[cfg(target_arch = "x86_64")]
    {
        if Backend::Avx2.is_available() {
            T::on::<Avx2F32>();
            T::on::<Avx2F64>();
            T::on::<Five<Avx2F32>>();
            T::on::<Five<Avx2F64>>();
            T::on::<OneF32>();
            T::on::<OneF64>();
        }
        if Backend::Avx512.is_available() {
            T::on::<Avx512F32>();
            T::on::<Avx512F64>();
            T::on::<Five<Avx512F32>>();
            T::on::<Five<Avx512F64>>();
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
