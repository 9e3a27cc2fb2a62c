//! What the docs say of errors, against [`sigmoid::bounds`] and the files of worst inputs: no number stands in them
//! that is not the one in force.

mod support;

use sigmoid::bounds::{self, Fast};
use support::docs::assert_says;

const LIBRARY: &str = concat!(include_str!("../src/kernels/mod.rs"), include_str!("../src/kernels/named.rs"));
const BOUNDS: &str = include_str!("../src/bounds.rs");
const README: &str = include_str!("../README.md");
const PROMISES: &str = include_str!("../PROMISES.md");

const WORST: [&str; 6] = [
    include_str!("hard_cases/fast_sigmoid_f32.wc"),
    include_str!("hard_cases/fast_sigmoid_f64.wc"),
    include_str!("hard_cases/fast_derivative_f32.wc"),
    include_str!("hard_cases/fast_derivative_f64.wc"),
    include_str!("hard_cases/fast_backward_f32.wc"),
    include_str!("hard_cases/fast_backward_f64.wc"),
];

/// Each operation in both formats.
const STATED: [(&str, [Fast; 2]); 3] = [
    ("forward", [bounds::FORWARD_F32, bounds::FORWARD_F64]),
    ("derivative", [bounds::DERIVATIVE_F32, bounds::DERIVATIVE_F64]),
    ("backward", [bounds::BACKWARD_F32, bounds::BACKWARD_F64]),
];

#[test]
fn the_tables_have_the_stated_errors() {
    let row = |name: &str, format: &str, Fast { with_fma, without_fma, scalar, .. }: Fast| {
        format!("| {name} | `{format}` | {with_fma} | {without_fma} | {scalar} | {} |\n", bounds::EXACT)
    };
    let [mut of_library, mut of_bounds] = [String::new(), String::new()];
    for (name, [single, double]) in STATED {
        of_library += &row(&format!("[`{name}`](Kernels::{name})"), "f32", single);
        of_bounds += &row(&format!("[`{name}`]"), "f32", single);
        for table in [&mut of_library, &mut of_bounds] {
            *table += &row("", "f64", double).replace("|  |", "| |");
        }
    }
    assert_says(LIBRARY, &of_library);
    assert_says(BOUNDS, &of_bounds);

    let both = |fast: Fast| format!("{} ({}) |", fast.with_fma, fast.without_fma);
    let [(_, forward), (_, derivative), _] = STATED;
    let cells = [forward[0], derivative[0], forward[1], derivative[1]].map(both);
    assert_says(PROMISES, &format!("| promised, with FMA (without) | {}", cells.join(" ")));
}

#[test]
fn each_operation_says_its_errors() {
    for (name, [single, double]) in STATED {
        let said = if name == "backward" {
            assert_eq!(single.with_fma, double.with_fma);
            format!("at most {} ULP in both formats", single.with_fma)
        } else {
            let [with_fma, without_fma] =
                [[single.with_fma, double.with_fma], [single.without_fma, double.without_fma]];
            format!(
                "At most {} ULP in `f32` and {} in `f64` (without FMA {} and {})",
                with_fma[0], with_fma[1], without_fma[0], without_fma[1]
            )
        };
        assert_says(LIBRARY, &said);
    }
    let forward = bounds::FORWARD_F32;
    let said = format!(
        "At most {} units in the last place (ULP) for every `f32` input ({} without FMA)",
        forward.with_fma, forward.without_fma
    );
    assert_says(README, &said);
}

/// The first line of each kind in a file is the worst. (Those of the scalar path in `f32` are any that lie next to a
/// middle.)
#[test]
fn the_worst_inputs_are_those_of_the_files() {
    for text in WORST {
        let mut seen = Vec::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let words: Vec<&str> = line.split('#').next().unwrap().split_whitespace().collect();
            let [inputs @ .., kind, error] = &words[..] else { panic!("no case in {line:?}") };
            if seen.contains(kind) || *error == "0.5000" {
                continue;
            }
            seen.push(kind);
            for said in inputs.iter().chain([error]) {
                assert_says(BOUNDS, said);
            }
            if *kind == "fma" {
                assert_says(LIBRARY, error);
            }
        }
        assert!(seen.len() >= 2, "{text}");
    }
}
