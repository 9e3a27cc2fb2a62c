//! `sigmoid apply` of operations that take two arrays, and of those with parameters.
#![cfg(target_os = "linux")]

mod npy;
mod room;

use std::fs::File;

use nix::sys::stat::Mode;
use nix::unistd::mkfifo;
use sigmoid::{Kernels, ops};

use self::npy::{doubles, header, npy, singles};
use self::room::Room;

const X: [f32; 6] = [-90.0, -1.5, 0.0, 0.75, 17.0, 1e30];
const Y: [f32; 6] = [1e20, 0.25, 1.0, -0.5, 0.0, 2.0];

fn array(numbers: &[f32]) -> Vec<u8> {
    npy(1, &header("<f4", false, &format!("({},)", numbers.len())), &singles(numbers))
}

fn room() -> Room {
    Room::new(&[("x.npy", &array(&X)), ("y.npy", &array(&Y))])
}

fn swiglu() -> Vec<u8> {
    array(&Kernels::new().zip_to_vec(ops::SwiGlu::default(), &X, &Y))
}

/// Each with the library's own results, which tell the two inputs apart.
#[test]
fn every_operation_by_its_name() {
    /// Results of the type in the order of the names.
    macro_rules! results {
        ($x:expr, $y:expr) => {{
            let (kernels, x, y) = (Kernels::new(), $x, $y);
            [
                ("swiglu", kernels.zip_to_vec(ops::SwiGlu::default(), x, y)),
                ("glu", kernels.zip_to_vec(ops::Glu, x, y)),
                ("bce_with_logits", kernels.zip_to_vec(ops::BceWithLogits, x, y)),
                ("bce_with_logits_gradient", kernels.zip_to_vec(ops::BceWithLogitsGradient, x, y)),
                ("sigmoid_backward", kernels.zip_to_vec(ops::SigmoidBackward, x, y)),
                ("silu_backward", kernels.zip_to_vec(ops::SiluBackward, x, y)),
                ("gelu_tanh_backward", kernels.zip_to_vec(ops::GeluTanhBackward, x, y)),
                ("tanh_backward", kernels.zip_to_vec(ops::TanhBackward, x, y)),
                ("softplus_backward", kernels.zip_to_vec(ops::SoftplusBackward, x, y)),
                ("log_sigmoid_backward", kernels.zip_to_vec(ops::LogSigmoidBackward, x, y)),
            ]
        }};
    }
    let room = room();
    for (name, results) in results!(&X, &Y) {
        assert_eq!(room.apply(&["--op", name, "x.npy", "y.npy", "out.npy"]), array(&results), "{name}");
    }
    let (x, y) = (X.map(f64::from), Y.map(f64::from));
    let header = header("<f8", false, "(6,)");
    let room =
        Room::new(&[("x.npy", &npy(1, &header, &doubles(&x))), ("y.npy", &npy(1, &header, &doubles(&y)))]);
    for (name, results) in results!(&x, &y) {
        let found = room.apply(&["--op", name, "x.npy", "y.npy", "out.npy"]);
        assert_eq!(found, npy(1, &header, &doubles(&results)), "{name}");
    }
}

#[test]
fn parameters() {
    let room = room();
    let two = |options: &[&str]| {
        room.apply(&[&["--op", "swiglu"], options, &["x.npy", "y.npy", "out.npy"]].concat())
    };
    let of = |op: ops::SwiGlu| array(&Kernels::new().zip_to_vec(op, &X, &Y));
    let plain = ops::SwiGlu::default();
    assert_eq!(two(&["--alpha", "-1.5"]), of(ops::SwiGlu { alpha: -1.5, ..plain }));
    assert_eq!(two(&["--limit=0.5"]), of(ops::SwiGlu { limit: 0.5, ..plain }));
    assert_eq!(two(&["--offset", "-2"]), of(ops::SwiGlu { offset: -2.0, ..plain }));
    let all = ["--alpha", "1.702", "--limit", "7", "--offset", "1"];
    assert_eq!(two(&all), of(ops::SwiGlu { alpha: 1.702, limit: 7.0, offset: 1.0 }));

    for scale in ["-2", "0", "0.125"] {
        let scaled = Kernels::new().map_to_vec(ops::Scaled(scale.parse().unwrap()), &X);
        assert_eq!(room.apply(&["--op", "scaled", "--scale", scale, "x.npy", "out.npy"]), array(&scaled));
    }
    let gelu = Kernels::new().map_to_vec(ops::Gelu, &X);
    assert_eq!(room.apply(&["--op", "gelu", "x.npy", "out.npy"]), array(&gelu));
    room.write("x.npy", &npy(1, &header("<f8", false, "(1,)"), &doubles(&[1.0])));
    room.fails(&["--op", "gelu", "x.npy", "new.npy"], &["gelu is not computed in f64, which x.npy holds"]);
    let in_two_steps = ["--op", "swiglu_in_two_steps", "x.npy", "x.npy", "new.npy"];
    room.fails(&in_two_steps, &["swiglu_in_two_steps is not computed in f64, which x.npy holds"]);
}

#[test]
fn several_blocks_on_any_number_of_threads() {
    let x: Vec<f32> = (0..4_200_011).map(|i| (i % 4001) as f32 * 0.01 - 20.0).collect();
    let y: Vec<f32> = (0..4_200_011).map(|i| (i % 6007) as f32 * 0.001 - 3.0).collect();
    let room = Room::new(&[("x.npy", &array(&x)), ("y.npy", &array(&y))]);
    let expected = array(&Kernels::new().zip_to_vec(ops::SwiGlu::default(), &x, &y));
    for threads in ["1", "2", "5"] {
        let found = room.apply(&["--op", "swiglu", "--threads", threads, "x.npy", "y.npy", "out.npy"]);
        assert!(found == expected, "{threads} threads");
    }
    for backend in sigmoid::Backend::available() {
        let kernels = Kernels::new().backend(backend).unwrap();
        let expected = array(&kernels.zip_to_vec(ops::SwiGlu::default(), &x, &y));
        let options = ["--op", "swiglu", "--backend", backend.name(), "x.npy", "y.npy", "out.npy"];
        assert!(room.apply(&options) == expected, "{backend}");
    }
}

/// The output may be either input, and both may be the same file.
#[test]
fn over_the_inputs() {
    let twice = array(&Kernels::new().zip_to_vec(ops::SwiGlu::default(), &X, &X));
    assert_eq!(room().apply(&["--op", "swiglu", "x.npy", "x.npy", "out.npy"]), twice);
    assert_eq!(room().apply(&["--op", "swiglu", "x.npy", "x.npy", "x.npy"]), twice);
    for output in ["x.npy", "y.npy"] {
        let room = room();
        assert_eq!(room.apply(&["--op", "swiglu", "x.npy", "y.npy", output]), swiglu());
        assert_eq!(room.names(), ["x.npy", "y.npy"]);
    }
}

/// What does not change the numbers may differ: byte order, version, blanks, and an order that makes no difference.
/// The output has the first header.
#[test]
fn what_may_differ() {
    let reversed: Vec<u8> = singles(&Y).chunks(4).flat_map(|bytes| bytes.iter().rev().copied()).collect();
    let room = room();
    for (version, header) in [
        (2, header(">f4", false, "(6,)")),
        (3, header(">f4", true, "(6,)")),
        (1, "{'shape': (0x6,), 'descr': '>f', 'fortran_order': False}".to_owned()),
    ] {
        room.write("other.npy", &npy(version, &header, &reversed));
        assert_eq!(room.apply(&["--op", "swiglu", "x.npy", "other.npy", "out.npy"]), swiglu());
        let found = room.apply(&["--op", "swiglu", "other.npy", "x.npy", "out.npy"]);
        let expected = Kernels::new().zip_to_vec(ops::SwiGlu::default(), &Y, &X);
        let expected: Vec<u8> =
            singles(&expected).chunks(4).flat_map(|bytes| bytes.iter().rev().copied()).collect();
        assert_eq!(found, npy(version, &header, &expected));
    }
    // No elements, and no dimensions.
    for (shape, x) in [("(0, 3)", vec![]), ("()", vec![0.5])] {
        let header = header("<f4", false, shape);
        let room = Room::new(&[("x.npy", &npy(1, &header, &singles(&x)))]);
        let expected = Kernels::new().zip_to_vec(ops::Glu, &x, &x);
        let found = room.apply(&["--op", "glu", "x.npy", "x.npy", "out.npy"]);
        assert_eq!(found, npy(1, &header, &singles(&expected)));
    }
}

#[test]
fn what_may_not_differ() {
    let y = singles(&Y);
    let cases = [
        (npy(1, &header("<f4", false, "(5,)"), &y[..20]), ["f32 of shape [6]", "f32 of shape [5]"]),
        (npy(1, &header("<f4", false, "(6, 1)"), &y), ["f32 of shape [6]", "f32 of shape [6, 1]"]),
        (npy(1, &header("<f4", false, "()"), &y[..4]), ["f32 of shape [6]", "f32 of shape []"]),
        (npy(1, &header("<f8", false, "(6,)"), &[0; 48]), ["f32 of shape [6]", "f64 of shape [6]"]),
        (npy(1, &header("<f2", false, "(6,)"), &[0; 12]), ["f32 of shape [6]", "f16 of shape [6]"]),
    ];
    for (other, words) in cases {
        let room = room();
        room.write("other.npy", &other);
        room.write("out.npy", b"what was there");
        let words = [&words[..], &["x.npy holds", "other.npy", "both inputs must have the same"]].concat();
        room.fails(&["--op", "swiglu", "x.npy", "other.npy", "out.npy"], &words);
        room.fails(&["--op", "swiglu", "other.npy", "x.npy", "new.npy"], &words[..2]);
    }
    let room = Room::new(&[
        ("c.npy", &npy(1, &header("<f4", false, "(2, 3)"), &y)),
        ("fortran.npy", &npy(1, &header("<f4", true, "(2, 3)"), &y)),
    ]);
    let words = ["f32 of shape [2, 3] in C order", "f32 of shape [2, 3] in Fortran order"];
    room.fails(&["--op", "glu", "c.npy", "fortran.npy", "new.npy"], &words);
    room.fails(&["--op", "glu", "fortran.npy", "c.npy", "new.npy"], &words);
}

/// Whichever of the two it is, file or pipe.
#[test]
fn files_that_are_no_arrays() {
    let whole = array(&Y);
    let longer = [&whole[..], b"x"].concat();
    let huge = [b"\x93NUMPY\x02\0", &u32::MAX.to_le_bytes()[..]].concat();
    let cases: [(&[u8], &str); 6] = [
        (&whole[..whole.len() - 1], "announces 24 bytes of elements, there are 23"),
        (&whole[..whole.len() - 24], "there are 0"),
        (&longer, "what follows them would be lost"),
        (&whole[..40], "ends inside the header"),
        (&huge, "claims 4294967295 bytes"),
        (b"", "ends inside the header"),
    ];
    let room = room();
    for (bytes, words) in cases {
        room.write("bad.npy", bytes);
        room.fails(&["--op", "glu", "x.npy", "bad.npy", "new.npy"], &["bad.npy", words]);
        room.fails(&["--op", "glu", "bad.npy", "x.npy", "new.npy"], &["bad.npy", words]);
        room.fails(&["--op", "glu", "bad.npy", "x.npy", "x.npy"], &["bad.npy", words]);
        room.shell_fails(r#"cat bad.npy | "$0" apply --op glu - x.npy new.npy"#, &["standard input", words]);
        room.shell_fails(r#"cat bad.npy | "$0" apply --op glu x.npy - new.npy"#, &["standard input", words]);
        room.shell_fails(r#""$0" apply --op glu <(cat bad.npy) <(cat x.npy) new.npy"#, &[words]);
        room.shell_fails(r#""$0" apply --op glu <(cat x.npy) <(cat bad.npy) new.npy"#, &[words]);
    }
    room.fails(&["--op", "glu", "x.npy", "absent.npy", "new.npy"], &["cannot read absent.npy"]);
    room.fails(&["--op", "glu", "absent.npy", "x.npy", "new.npy"], &["cannot read absent.npy"]);
    room.fails(&["--op", "glu", "x.npy", ".", "new.npy"], &["cannot read ."]);
    room.fails(&["--op", "glu", "x.npy", "y.npy", "absent/new.npy"], &["cannot write absent/new.npy"]);
}

#[test]
fn pipes() {
    let room = room();
    for line in [
        r#"cat x.npy | "$0" apply --op swiglu - y.npy - | cat"#,
        r#"cat y.npy | "$0" apply --op swiglu x.npy - -"#,
        r#""$0" apply --op swiglu - y.npy - < x.npy"#,
        r#""$0" apply --op swiglu x.npy /dev/stdin /dev/stdout < y.npy | cat"#,
        r#""$0" apply --op swiglu <(cat x.npy) <(cat y.npy) >(cat) | cat"#,
        r#"cat y.npy | "$0" apply --op swiglu <(cat x.npy) - -"#,
        // One file, opened twice.
        r#""$0" apply --op swiglu x.npy - - < y.npy"#,
    ] {
        assert_eq!(room.shell_succeeds(line), swiglu(), "{line}");
    }
    let twice = array(&Kernels::new().zip_to_vec(ops::Glu, &X, &X));
    assert_eq!(room.shell_succeeds(r#""$0" apply --op glu - /dev/stdin - < x.npy"#), twice);

    // What is read once is gone.
    mkfifo(&room.path("fifo"), Mode::S_IRWXU).unwrap();
    let (twice, same) = ("cannot be both inputs", "the same pipe or device");
    for (line, words) in [
        (r#"cat x.npy x.npy | "$0" apply --op glu - - new.npy"#, ["standard input", twice]),
        (r#""$0" apply --op glu - - new.npy < x.npy"#, ["standard input", twice]),
        (
            r#"cat x.npy x.npy | "$0" apply --op glu - /dev/stdin new.npy"#,
            ["standard input and /dev/stdin", same],
        ),
        (r#"cat x.npy x.npy | "$0" apply --op glu /dev/fd/0 /dev/stdin new.npy"#, ["/dev/fd/0", same]),
        (r#""$0" apply --op glu fifo fifo new.npy"#, ["fifo", twice]),
        (
            r#"ln -s fifo link; "$0" apply --op glu fifo link new.npy; status=$?; rm link; exit $status"#,
            ["link", same],
        ),
        (r#""$0" apply --op glu /dev/zero /dev/zero new.npy"#, ["/dev/zero", twice]),
    ] {
        room.shell_fails(line, &words);
    }
    // An output that grows into an input.
    room.shell_fails(r#""$0" apply --op glu x.npy y.npy - >> y.npy"#, &["it is the input too"]);
    room.shell_fails(r#""$0" apply --op glu x.npy y.npy - >> x.npy"#, &["it is the input too"]);
    assert_eq!((room.read("x.npy"), room.read("y.npy")), (array(&X), array(&Y)));
}

/// However long the arrays are: here five times as long as the memory that there is.
#[test]
fn little_memory() {
    let elements = 1_u64 << 27;
    let start = npy(1, &header("<f4", false, &format!("({elements},)")), &[]);
    let room = Room::new(&[("x.npy", &start), ("y.npy", &start)]);
    for name in ["x.npy", "y.npy"] {
        let file = File::options().write(true).open(room.path(name)).unwrap();
        file.set_len(start.len() as u64 + 4 * elements).unwrap();
    }
    room.shell_succeeds(
        r#"ulimit -v 100000; "$0" apply --op swiglu --threads 1 x.npy y.npy - | cmp - x.npy"#,
    );
}

#[test]
fn command_lines_that_are_none() {
    let room = room();
    let swiglu = "swiglu takes three files: GATE, UP and OUTPUT";
    room.is_no_usage(&["--op", "swiglu", "x.npy", "new.npy"], &[swiglu]);
    room.is_no_usage(&["--op", "swiglu", "x.npy", "y.npy", "x.npy", "new.npy"], &[swiglu]);
    room.is_no_usage(&["--op", "silu_backward", "x.npy"], &["three files: X, GRAD and OUTPUT"]);
    room.is_no_usage(&["--op", "swiglu", "x.npy", "y.npy", "--out", "new"], &["no --out"]);
    room.is_no_usage(&["--op", "silu", "x.npy", "y.npy", "new.npy"], &["there are two files"]);
    room.is_no_usage(&["--op", "scaled", "x.npy", "new.npy"], &["--op scaled needs --scale"]);
    room.is_no_usage(&["--scale", "2", "x.npy", "new.npy"], &["--scale belongs to --op scaled"]);
    for option in ["--alpha", "--limit", "--offset"] {
        let words = format!("{option} belongs to --op swiglu");
        room.is_no_usage(&[option, "1", "x.npy", "new.npy"], &[&words]);
        room.is_no_usage(&[option, "1", "--op", "glu", "x.npy", "y.npy", "new.npy"], &[&words]);
    }
    for [option, value] in
        [["--alpha", "0"], ["--alpha", "nan"], ["--alpha", "2000"], ["--limit", "-1"], ["--offset", "inf"]]
    {
        room.is_no_usage(&["--op", "swiglu", option, value, "x.npy", "y.npy", "new.npy"], &[option, value]);
    }
    room.fails(
        &["--op", "swiglu", "--accuracy", "exact", "x.npy", "y.npy", "new.npy"],
        &["swiglu has no correctly rounded results in f32, which x.npy holds"],
    );
    let exact = Kernels::new().accuracy(sigmoid::Accuracy::Exact).zip_to_vec(ops::SigmoidBackward, &X, &Y);
    let options = ["--op", "sigmoid_backward", "--accuracy", "exact", "x.npy", "y.npy", "out.npy"];
    assert_eq!(room.apply(&options), array(&exact));
}
