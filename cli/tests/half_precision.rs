//! `sigmoid apply` of arrays in half precision.
#![cfg(target_os = "linux")]

mod npy;
mod room;

use half::{bf16, f16};
use sigmoid::{Accuracy, Kernels, ops};

use self::npy::{header, npy, singles};
use self::room::Room;

/// All numbers that there are.
const COUNT: usize = 1 << 16;

fn every<T: Copy>(from_bits: impl Fn(u16) -> T) -> Vec<T> {
    (0..=u16::MAX).map(from_bits).collect()
}

/// A file of numbers, given as bits.
fn array(element_type: &str, bits: impl IntoIterator<Item = u16>) -> Vec<u8> {
    let bytes =
        |bits: u16| if element_type.starts_with('>') { bits.to_be_bytes() } else { bits.to_le_bytes() };
    let elements: Vec<u8> = bits.into_iter().flat_map(bytes).collect();
    npy(1, &header(element_type, false, &format!("({},)", elements.len() / 2)), &elements)
}

/// For each format: what its files are called, the options that they need, results of the library where it has the
/// operation in the format, and rounded once where it computes it in f32.
macro_rules! every_number {
    ($number:ident, $names:expr, $options:expr) => {{
        let x = every($number::from_bits);
        let kernels = Kernels::new();
        let cases: [(_, Vec<$number>); 12] = [
            ("sigmoid", kernels.map_to_vec(ops::Sigmoid, &x)),
            ("sigmoid_derivative", kernels.map_to_vec(ops::SigmoidDerivative, &x)),
            ("silu", kernels.map_to_vec(ops::Silu, &x)),
            ("silu_derivative", kernels.map_to_vec(ops::SiluDerivative, &x)),
            ("quick_gelu", kernels.map_to_vec(ops::QuickGelu, &x)),
            ("gelu_tanh", kernels.map_to_vec(ops::GeluTanh, &x)),
            ("gelu", kernels.map_to_vec(ops::Gelu, &x)),
            ("tanh", kernels.map_to_vec(ops::Tanh, &x)),
            ("tanh_derivative", kernels.map_to_vec(ops::TanhDerivative, &x)),
            ("softplus", kernels.map_to_vec(ops::Softplus, &x)),
            ("log_sigmoid", kernels.map_to_vec(ops::LogSigmoid, &x)),
            ("logit", kernels.map_to_vec(ops::Logit, &x)),
        ];
        for name in $names {
            let room = Room::new(&[("x.npy", &array(name, x.iter().map(|x| x.to_bits())))]);
            for (op, expected) in &cases {
                let found = room.apply(&[&$options[..], &["--op", op, "x.npy", "out.npy"]].concat());
                let start = found.len() - 2 * COUNT;
                assert_eq!(
                    found[..start],
                    array(name, (0..=u16::MAX).into_iter())[..start],
                    "{op} of {name}"
                );
                for ((bytes, expected), x) in found[start..].chunks(2).zip(expected).zip(&x) {
                    let bytes = [bytes[0], bytes[1]];
                    let bits = if name.starts_with('>') {
                        u16::from_be_bytes(bytes)
                    } else {
                        u16::from_le_bytes(bytes)
                    };
                    let result = $number::from_bits(bits);
                    let same = bits == expected.to_bits() || result.is_nan() && expected.is_nan();
                    assert!(same, "{op} of {x} in {name} is {result}, not {expected}");
                }
            }
        }
    }};
}

#[test]
fn every_f16() {
    every_number!(f16, ["<f2", ">f2", "e"], [""; 0]);
}

#[test]
fn every_bf16() {
    every_number!(bf16, ["|V2", "<V2", "<u2", ">u2"], ["--dtype", "bf16"]);
}

/// The flag says it of f16, too.
#[test]
fn f16_as_two_bytes() {
    let x = [0.0, 1.5, -3.0].map(f16::from_f32);
    let expected: Vec<f16> = Kernels::new().map_to_vec(ops::Sigmoid, &x);
    for name in ["|V2", "<u2", "<f2"] {
        let room = Room::new(&[("x.npy", &array(name, x.map(f16::to_bits)))]);
        let found = room.apply(&["--dtype", "f16", "x.npy", "out.npy"]);
        assert_eq!(found, array(name, expected.iter().map(|y| y.to_bits())));
    }
}

#[test]
fn two_inputs() {
    let x = [-90.0, -1.5, 0.25, 7.0, 300.0, 0.003].map(bf16::from_f32);
    let y = [3.0, 0.3, -0.5, 1.0, 0.0, 65_000.0].map(bf16::from_f32);
    let room = Room::new(&[
        ("x.npy", &array("|V2", x.map(bf16::to_bits))),
        ("y.npy", &array("<u2", y.map(bf16::to_bits))),
    ]);
    let apply = |op| room.apply(&["--dtype", "bf16", "--op", op, "x.npy", "y.npy", "out.npy"]);
    let swiglu: Vec<bf16> = Kernels::new().zip_to_vec(ops::SwiGlu::default(), &x, &y);
    assert_eq!(apply("swiglu"), array("|V2", swiglu.iter().map(|y| y.to_bits())));
    let twice: Vec<bf16> = Kernels::new().zip_to_vec(ops::SwiGluInTwoSteps, &x, &y);
    assert_ne!(twice, swiglu);
    assert_eq!(apply("swiglu_in_two_steps"), array("|V2", twice.iter().map(|y| y.to_bits())));
    let glu: Vec<bf16> = Kernels::new().zip_to_vec(ops::Glu, &x, &y);
    assert_eq!(apply("glu"), array("|V2", glu.iter().map(|y| y.to_bits())));
}

/// Longer than a block, and cut for threads, whether there are kernels of the format or it goes by way of f32.
#[test]
fn several_blocks_on_any_number_of_threads() {
    let x: Vec<f16> = (0..9_000_011).map(|i| f16::from_f32((i % 4001) as f32 * 0.01 - 20.0)).collect();
    let silu = Kernels::new().map_to_vec(ops::Silu, &x);
    let glu = Kernels::new().zip_to_vec(ops::Glu, &x, &x);
    let bits = |numbers: &[f16]| array("<f2", numbers.iter().map(|number| number.to_bits()));
    let room = Room::new(&[("x.npy", &bits(&x))]);
    let (silu, glu) = (bits(&silu), bits(&glu));
    for threads in ["1", "2", "5"] {
        assert!(room.apply(&["--op", "silu", "--threads", threads, "x.npy", "out.npy"]) == silu);
        assert!(room.apply(&["--op", "glu", "--threads", threads, "x.npy", "x.npy", "out.npy"]) == glu);
    }
}

#[test]
fn types_that_say_nothing_or_something_else() {
    let two_bytes = [0x3f80_u16, 0x4000];
    for name in ["|V2", "<V2", "<u2", ">u2", "uint16"] {
        let room = Room::new(&[("x.npy", &array(name, two_bytes))]);
        room.fails(&["x.npy", "out.npy"], &["x.npy", name, "may be anything of two bytes", "--dtype bf16"]);
    }
    // Not even with the flag.
    for name in [">V2", "|V4", "|V1", "<i2", "|S2"] {
        let room = Room::new(&[("x.npy", &array(name, two_bytes))]);
        room.fails(&["--dtype", "bf16", "x.npy", "out.npy"], &["x.npy", name, "will do"]);
    }
    let room = Room::new(&[
        ("f16.npy", &array("<f2", two_bytes)),
        ("f32.npy", &npy(1, &header("<f4", false, "(2,)"), &singles(&[1.0, 2.0]))),
        ("short.npy", &array("|V2", two_bytes)[..130]),
    ]);
    room.fails(&["--dtype", "bf16", "f16.npy", "out.npy"], &["f16.npy holds f16, where --dtype says bf16"]);
    room.fails(&["--dtype", "bf16", "f32.npy", "out.npy"], &["f32.npy holds f32, where --dtype says bf16"]);
    room.fails(&["--dtype", "f16", "f32.npy", "out.npy"], &["f32.npy holds f32, where --dtype says f16"]);
    room.fails(&["--dtype", "bf16", "short.npy", "out.npy"], &["announces 4 bytes of elements, there are 2"]);
    room.is_no_usage(&["--dtype", "f32", "f32.npy", "out.npy"], &["--dtype", "f32"]);
}

#[test]
fn exact_where_it_is_so() {
    let x = [0.25, 1.5, -3.0].map(f16::from_f32);
    let room = Room::new(&[("x.npy", &array("<f2", x.map(f16::to_bits)))]);
    let cases: [(_, Vec<f16>); 3] = [
        ("silu", Kernels::new().accuracy(Accuracy::Exact).map_to_vec(ops::Silu, &x)),
        ("sigmoid", Kernels::new().accuracy(Accuracy::Exact).map_to_vec(ops::Sigmoid, &x)),
        ("tanh", Kernels::new().accuracy(Accuracy::Exact).map_to_vec(ops::Tanh, &x)),
    ];
    for (op, expected) in cases {
        let found = room.apply(&["--accuracy", "exact", "--op", op, "x.npy", "out.npy"]);
        assert_eq!(found, array("<f2", expected.iter().map(|y| y.to_bits())));
    }
    let options = ["--accuracy", "exact", "--op", "softplus", "x.npy", "new.npy"];
    room.fails(&options, &["softplus has no correctly rounded results in f16"]);
}
