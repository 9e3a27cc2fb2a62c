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
fn register<L: Lanes<Element: Number>>(value: L::Element, place: usize, others: L::Element) -> L {
    let mut lanes = std::vec![others; L::LANES];
    lanes[place] = value;
    // SAFETY: there are as many elements, and `on_every_register` has asked for the instructions.
    unsafe { L::load(lanes.as_ptr()) }
}

fn lanes<L: Lanes<Element: Number>>(register: L) -> Vec<L::Element> {
    let mut lanes = std::vec![L::Element::ZERO; L::LANES];
    // SAFETY: as in `register`.
    unsafe { register.store(lanes.as_mut_ptr()) };
    lanes
}

/// Something to be tried on every register type that this CPU has.
trait Trial {
    fn on<L: Lanes<Element: Number>>();
}

fn on_every_register<T: Trial>() {
    T::on::<PortableF32>();
    T::on::<PortableF64>();
    T::on::<Block<PortableF32, 3>>();
    T::on::<Block<PortableF64, 3>>();
    #[cfg(target_arch = "x86_64")]
    {
        if Backend::Avx2.is_available() {
            T::on::<Avx2F32>();
            T::on::<Avx2F64>();
            T::on::<Block<Avx2F32, 3>>();
            T::on::<Block<Avx2F64, 3>>();
            T::on::<OneF32>();
            T::on::<OneF64>();
        }
        if Backend::Avx512.is_available() {
            T::on::<Avx512F32>();
            T::on::<Avx512F64>();
            T::on::<Block<Avx512F32, 3>>();
            T::on::<Block<Avx512F64, 3>>();
        }
    }
    assert!(Backend::Wide.is_available());
}

/// Both operations at `place`, between lanes of `others` with themselves.
fn at<L: Lanes<Element: Number>>(
    operation: impl Fn(L, L) -> L,
    [a, b]: [L::Element; 2],
    place: usize,
    others: L::Element,
) -> L::Element {
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
    fn on<L: Lanes<Element: Number>>() {
        let others = L::Element::SPECIAL[8];
        for &a in L::Element::SPECIAL {
            // Limits are numbers.
            for &b in L::Element::SPECIAL.iter().filter(|b| !b.is_nan()) {
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
    fn on<L: Lanes<Element: Number>>() {
        let others = L::Element::SPECIAL[8];
        for &a in L::Element::SPECIAL {
            for &b in L::Element::SPECIAL {
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
    fn on<L: Lanes<Element: Number>>() {
        let what = std::any::type_name::<L>();
        let counts_nan = what.contains("Avx512F32");
        for &value in L::Element::SPECIAL {
            for &limit in L::Element::SPECIAL.iter().filter(|&&limit| limit >= L::Element::SPECIAL[10]) {
                for &others in &[L::Element::ZERO, L::Element::SPECIAL[0], L::Element::SPECIAL[1]] {
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
    }
}

#[test]
fn nothing_far_out_hides_behind_a_nan() {
    on_every_register::<Beyond>();
}
