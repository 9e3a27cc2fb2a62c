//! `sigmoid apply` of tensors in safetensors files, as the crate `safetensors` writes and reads them.
#![cfg(target_os = "linux")]

mod npy;
mod room;

use std::collections::HashMap;
use std::fs::File;
use std::io::Write;

use half::{bf16, f16};
use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView, serialize};
use sigmoid::{Kernels, ops};
use sigmoid_conformance::sample::Random;

use self::room::Room;

const X: [f32; 6] = [-90.0, -1.5, 0.0, 0.75, 17.0, 1e30];

fn bytes<T: bytemuck::Pod>(numbers: &[T]) -> Vec<u8> {
    bytemuck::cast_slice(numbers).to_vec()
}

/// One tensor of each kind, with metadata.
fn model() -> Vec<u8> {
    let singles = bytes(&X);
    let doubles = bytes(&X.map(f64::from));
    let halves = bytes(&X.map(f16::from_f32));
    let brains = bytes(&X.map(bf16::from_f32));
    let integers = bytes(&[1_i64, -2, 3]);
    let flags = [1_u8, 0, 1];
    let tensors = [
        ("single", Dtype::F32, vec![2, 3], &singles[..]),
        ("double", Dtype::F64, vec![6], &doubles),
        ("a.half", Dtype::F16, vec![3, 2, 1], &halves),
        ("brain", Dtype::BF16, vec![1, 6], &brains),
        ("other single", Dtype::F32, vec![6], &singles),
        ("scalar", Dtype::F32, vec![], &singles[4..8]),
        ("empty", Dtype::F32, vec![0, 3], &[]),
        ("positions", Dtype::I64, vec![3], &integers),
        ("flags", Dtype::BOOL, vec![3], &flags),
    ];
    let views =
        tensors.map(|(name, dtype, shape, data)| (name, TensorView::new(dtype, shape, data).unwrap()));
    let metadata = HashMap::from([("é".to_owned(), "\"".to_owned())]);
    serialize(views, Some(metadata)).unwrap()
}

/// What silu makes of the tensor.
fn silu(name: &str) -> Option<Vec<u8>> {
    let kernels = Kernels::new();
    Some(match name {
        "single" | "other single" => bytes(&kernels.map_to_vec(ops::Silu, &X)),
        "double" => bytes(&kernels.map_to_vec(ops::Silu, &X.map(f64::from))),
        "a.half" => bytes::<f16>(&kernels.map_to_vec(ops::Silu, &X.map(f16::from_f32))),
        "brain" => bytes::<bf16>(&kernels.map_to_vec(ops::Silu, &X.map(bf16::from_f32))),
        "scalar" => bytes(&kernels.map_to_vec(ops::Silu, &X[1..2])),
        "empty" => Vec::new(),
        _ => return None,
    })
}

/// The header is that of the model, and these tensors have become silu of what they were.
fn assert_silu(found: &[u8], names: &[&str]) {
    let before = model();
    let (length, _) = SafeTensors::read_metadata(&before).unwrap();
    assert_eq!(found[..8 + length], before[..8 + length]);
    let (before, found) =
        (SafeTensors::deserialize(&before).unwrap(), SafeTensors::deserialize(found).unwrap());
    assert_eq!(found.len(), 9);
    for (name, tensor) in found.tensors() {
        let expected = match silu(&name) {
            Some(results) if names.contains(&&*name) => results,
            _ => before.tensor(&name).unwrap().data().to_vec(),
        };
        assert_eq!(tensor.data(), expected, "{name} of {names:?}");
    }
}

/// A file with this JSON before this data.
fn file(json: &str, data: &[u8]) -> Vec<u8> {
    [&(json.len() as u64).to_le_bytes(), json.as_bytes(), data].concat()
}

#[test]
fn one_tensor_several_and_all() {
    let room = Room::new(&[("model.safetensors", &model())]);
    let all = ["single", "double", "a.half", "brain", "other single", "scalar", "empty"];
    let apply = |options: &[&str]| {
        room.apply(&[&["--op", "silu"], options, &["model.safetensors", "out.safetensors"]].concat())
    };
    for name in all {
        assert_silu(&apply(&["--tensor", name]), &[name]);
    }
    assert_silu(&apply(&["--tensor", "brain", "--tensor=single", "--tensor", "brain"]), &["brain", "single"]);
    assert_silu(&apply(&["--all-tensors"]), &all);
    assert_silu(&apply(&["--all-tensors", "--threads", "1"]), &all);
    // Over the input.
    room.apply(&["--op", "silu", "--tensor", "double", "model.safetensors", "model.safetensors"]);
    assert_silu(&room.read("model.safetensors"), &["double"]);
}

/// As others write it: any order of names and fields, blanks, escapes, no alignment, what is not known.
#[test]
fn headers_that_others_write() {
    let (x, y) = ([0.5_f32, -2.0], [3.0_f32]);
    let data = [bytes(&y), vec![7], bytes(&x)].concat();
    let s = bytes(&Kernels::new().map_to_vec(ops::Sigmoid, &x));
    let expected = [bytes(&y), vec![7], s].concat();
    for json in [
        concat!(
            r#"{"x":{"dtype":"F32","shape":[2],"data_offsets":[5,13]},"#,
            r#""y":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"#,
            r#""z":{"dtype":"U8","shape":[1],"data_offsets":[4,5]}}"#
        ),
        concat!(
            "{ \"\\u0078\" :\n{",
            r#""data_offsets":[5 , 13], "shape":[2,1,1],"dtype":"F32","other":[{}]}, "#,
            r#""z":{"dtype":"I8","shape":[],"data_offsets":[4,5]},"#,
            r#""y":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"__metadata__":{}}"#,
            "   \n "
        ),
    ] {
        SafeTensors::deserialize(&file(json, &data)).unwrap();
        let room = Room::new(&[("in", &file(json, &data))]);
        assert_eq!(room.apply(&["--tensor", "x", "in", "out"]), file(json, &expected));
    }
    // What nobody here knows is copied, though not computed.
    let json = concat!(
        r#"{"x":{"dtype":"F32","shape":[2],"data_offsets":[5,13]},"#,
        r#""new":{"dtype":"F3","shape":[9],"data_offsets":[0,5]}}"#
    );
    let room = Room::new(&[("in", &file(json, &data))]);
    assert_eq!(room.apply(&["--tensor", "x", "in", "out"]), file(json, &expected));
    assert_eq!(room.apply(&["--all-tensors", "in", "out"]), file(json, &expected));
    room.fails(&["--tensor", "new", "in", "never"], &["the tensor new of in holds F3"]);
    // Nothing to do.
    for json in ["{}", r#"{"__metadata__":{"a":"b"}}"#] {
        room.write("in", &file(json, b""));
        assert_eq!(room.apply(&["--all-tensors", "in", "out"]), file(json, b""));
        room.fails(&["--tensor", "x", "in", "never"], &["in has no tensor x; there is none"]);
    }
}

#[test]
fn tensors_that_are_not_there_or_will_not_do() {
    let room = Room::new(&[("model.safetensors", &model()), ("out.safetensors", b"what was there")]);
    let fails = |options: &[&str], words: &[&str]| {
        room.fails(&[options, &["model.safetensors", "out.safetensors"]].concat(), words);
    };
    fails(
        &["--tensor", "x"],
        &["model.safetensors has no tensor x; there is positions, double,", "and 1 more"],
    );
    fails(&["--tensor", "single", "--tensor", "*"], &["no tensor *"]);
    fails(&["--tensor", "__metadata__"], &["no tensor __metadata__"]);
    fails(&["--tensor", "positions"], &["the tensor positions", "holds I64", "F32, F64, F16 and BF16"]);
    fails(&["--tensor", "flags", "--tensor", "single"], &["the tensor flags", "holds BOOL"]);
    fails(&["--tensor", "double", "--op", "gelu"], &["gelu is not computed in f64"]);
    fails(&["--all-tensors", "--op", "gelu"], &["gelu is not computed in f64"]);
    fails(
        &["--all-tensors", "--op", "silu", "--accuracy", "exact"],
        &["silu has no correctly rounded results"],
    );
    // One kind of file where the other is meant.
    fails(&[], &["model.safetensors is not an .npy file", "--tensor"]);
    let array = npy::npy(1, &npy::header("<f4", false, "(2,)"), &[0; 8]);
    room.write("array.npy", &array);
    room.fails(
        &["--tensor", "x", "array.npy", "new"],
        &["array.npy is not a safetensors file", "without --tensor"],
    );
    room.is_no_usage(&["--tensor", "x", "--all-tensors", "a", "b"], &["--tensor", "--all-tensors"]);
    room.is_no_usage(&["--tensor", "x", "--dtype", "bf16", "a", "b"], &["--dtype"]);
}

/// Each with the words about it. The crate refuses them all.
fn broken() -> Vec<(Vec<u8>, &'static str)> {
    let whole = model();
    let entry = |name: &str, dtype: &str, shape: &str, begin: u64, end: u64| {
        format!(r#""{name}":{{"dtype":"{dtype}","shape":{shape},"data_offsets":[{begin},{end}]}}"#)
    };
    let listed = |entries: &[String]| format!("{{{}}}", entries.join(","));
    let x = entry("x", "F32", "[2]", 0, 8);
    let with = |second: String| file(&listed(&[x.clone(), second]), &[0; 16]);
    let alone = |entry: String| file(&listed(&[entry]), &[0; 8]);
    let claim = |length: u64| [&length.to_le_bytes()[..], b"{\"x\":"].concat();
    vec![
        (whole[..whole.len() - 1].to_vec(), "is truncated"),
        ([&whole[..], b"x"].concat(), "what follows them would be lost"),
        (whole[..7].to_vec(), "ends inside the header"),
        (whole[..100].to_vec(), "ends inside the header"),
        (Vec::new(), "ends inside the header"),
        (claim(u64::MAX), "claims 18446744073709551615 bytes"),
        (claim(1 << 63), "claims 9223372036854775808 bytes"),
        (claim(100_000_001), "claims 100000001 bytes, where 100000000 are the most"),
        (claim(100_000_000), "ends inside the header"),
        (file("[]", &[]), "does not begin with {"),
        (file("", &[]), "in its header"),
        (file("{", &[]), "in its header"),
        (file("{}x", &[]), "in its header"),
        (file("{\"x\":1}", &[]), "in its header"),
        (file(&"{\"x\":".repeat(10_000), &[]), "in its header"),
        (file(r#"{"__metadata__":{"a":1}}"#, &[]), "in its header"),
        (with(entry("y", "F32", "[2]", 4, 12)), "the tensor y lies over another tensor"),
        (with(entry("y", "F32", "[2]", 0, 8)), "lies over another tensor"),
        (with(entry("y", "F32", "[1]", 12, 16)), "the tensor y begins after bytes that belong to no tensor"),
        (with(entry("y", "F32", "[0]", 8, 4)), "ends before it begins"),
        (with(entry("y", "F32", "[4]", 8, 24)), "announces 24 bytes of elements, there are 16"),
        (with(entry("y", "U8", "[0]", 8, 8)), "what follows them would be lost"),
        (
            with(entry("y", "F32", "[18446744073709551615]", 8, 18446744073709551615)),
            "another length than its shape",
        ),
        (with(entry("y", "U8", "[18446744073709551607]", 8, 18446744073709551615)), "is truncated"),
        (with(x.clone().replace("0,8", "8,16")), "x comes twice"),
        (alone(entry("x", "F32", "[1]", 0, 8)), "another length than its shape says"),
        (alone(entry("x", "F16", "[2, 1]", 0, 8)), "another length than its shape says"),
        (alone(entry("x", "F32", "[4611686018427387904, 4, 2]", 0, 8)), "another length than its shape says"),
        (alone(entry("x", "F32", "[4294967296, 4294967296]", 0, 0)), "another length than its shape says"),
        (alone(entry("x", "F4", "[15]", 0, 8)), "another length than its shape says"),
        (alone(entry("x", "F32", "[-2]", 0, 8)), "in its header"),
        (alone(entry("x", "F32", "[2.0]", 0, 8)), "in its header"),
        (alone(entry("x", "F32", "[18446744073709551616]", 0, 8)), "in its header"),
        (alone(entry("x", "F32", "[2]", 0, 8).replace("0,8", "0,8,9")), "in its header"),
        (alone(entry("x", "F32", "[2]", 0, 8).replace("0,8", "8")), "in its header"),
        (alone(r#""x":{"dtype":"F32","shape":[2]}"#.to_owned()), "in its header"),
    ]
}

/// One line, from a file and from a pipe, with little memory, and never anything but that.
#[test]
fn files_that_are_broken() {
    let good = file(r#"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, &[0; 8]);
    for (bytes, words) in broken() {
        // Of two tensors with one name the crate takes one.
        assert!(SafeTensors::deserialize(&bytes).is_err() || words == "x comes twice", "{words}");
        let room = Room::new(&[("bad", &bytes), ("good", &good)]);
        room.fails(&["--all-tensors", "bad", "new"], &["bad", words]);
        room.fails(&["--all-tensors", "bad", "good"], &["bad", words]);
        room.fails(&["--all-tensors", "--op", "glu", "good", "bad", "new"], &["bad", words]);
        room.shell_fails(
            r#"ulimit -v 200000; cat bad | "$0" apply --threads 1 --all-tensors - new"#,
            &["standard input", words],
        );
    }
    let room = Room::new(&[("claim", &100_000_000_u64.to_le_bytes())]);
    let endless = r#"ulimit -v 100000; cat claim /dev/zero | "$0" apply --threads 1 --all-tensors - new"#;
    room.shell_fails(endless, &["does not begin with {"]);
    let endless = r#"ulimit -v 100000; (cat claim; yes '{') | "$0" apply --threads 1 --all-tensors - new"#;
    room.shell_fails(endless, &["cannot read standard input: out of memory"]);
}

/// A file that is changed here and there is taken if the crate takes it, and the crate can read the result.
#[test]
fn mutated_files() {
    let mut random = Random(15);
    let mut below = |count: usize| (random.bits() % count as u64) as usize;
    let json = concat!(
        r#"{"x":{"dtype":"F32","shape":[50,1],"data_offsets":[0,200]},"#,
        r#""y":{"dtype":"BF16","shape":[3],"data_offsets":[200,206]}}                            "#
    );
    let whole = file(json, &[0x3f; 206]);
    let mut taken = 0;
    for _ in 0..400 {
        let mut bytes = whole.clone();
        for _ in 0..=below(2) {
            let place = below(bytes.len());
            match below(4) {
                0 => bytes[place] ^= 1 << below(8),
                1 => bytes[place] = b"0123456789[],:\"{} "[below(18)],
                2 => _ = bytes.remove(place),
                _ => bytes.insert(place, b"0123456789[],:\"{} "[below(18)]),
            }
        }
        let room = Room::new(&[("in", &bytes)]);
        let run = room.run(&["--all-tensors", "in", "out"]);
        let what = format!("{run:?} of {}", bytes.escape_ascii());
        match SafeTensors::deserialize(&bytes) {
            Ok(before) => {
                assert!(run.status.success() && run.stderr.is_empty(), "{what}");
                let found = room.read("out");
                let found = SafeTensors::deserialize(&found).unwrap();
                assert_eq!(found.names().len(), before.names().len(), "{what}");
                taken += 1;
            }
            Err(_) if run.status.success() => {
                // Another element type, which is copied.
                assert!(String::from_utf8_lossy(&bytes).contains("dtype"), "{what}");
                assert!(
                    !["\"F32\"", "\"BF16\""]
                        .iter()
                        .all(|dtype| String::from_utf8_lossy(&bytes).contains(dtype)),
                    "{what}"
                );
            }
            Err(_) => {
                let error = String::from_utf8(run.stderr.clone()).unwrap();
                assert!(run.status.code() == Some(1) && error.starts_with("error: "), "{what}");
                assert!(error.lines().count() == 1 && room.names() == ["in"], "{what}");
            }
        }
    }
    assert!((40..360).contains(&taken), "{taken}");
}

#[test]
fn two_inputs() {
    let (x, y) = ([0.5_f32, -2.0, 8.0], [3.0_f32, 0.1, -1.0]);
    let (u, v) = ([1.0_f64], [-7.0_f64]);
    let view = |dtype, data| TensorView::new(dtype, vec![data_len(dtype, data)], data).unwrap();
    let [xs, ys] = [bytes(&x), bytes(&y)];
    let [us, vs] = [bytes(&u), bytes(&v)];
    let first = serialize([("a", view(Dtype::F32, &xs)), ("b", view(Dtype::F64, &us))], None).unwrap();
    // In another order, with other tensors between.
    let json = concat!(
        r#"{"more":{"dtype":"U8","shape":[3],"data_offsets":[12,15]},"#,
        r#""a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]},"#,
        r#""b":{"dtype":"F64","shape":[1],"data_offsets":[15,23]}}"#
    );
    let second = file(json, &[&ys[..], b"xyz", &vs].concat());
    let room = Room::new(&[("first", &first), ("second", &second)]);
    let (zip, wide_zip) = (
        bytes(&Kernels::new().zip_to_vec(ops::SwiGlu::default(), &x, &y)),
        bytes(&Kernels::new().zip_to_vec(ops::SwiGlu::default(), &u, &v)),
    );
    let assert_tensors = |found: &[u8], a: &[u8], b: &[u8]| {
        let found = SafeTensors::deserialize(found).unwrap();
        assert_eq!((found.tensor("a").unwrap().data(), found.tensor("b").unwrap().data()), (a, b));
    };
    let all = ["--op", "swiglu", "--all-tensors", "first", "second", "out"];
    assert_tensors(&room.apply(&all), &zip, &wide_zip);
    assert_tensors(&room.apply(&["--op", "swiglu", "--tensor", "a", "first", "second", "out"]), &zip, &us);
    assert_tensors(
        &room.apply(&["--op", "swiglu", "--tensor", "b", "first", "second", "out"]),
        &xs,
        &wide_zip,
    );
    // The first may be a pipe, and the second one if one need not go back in it: here it has the shorter type first,
    // and what the crate writes the longer one.
    let line = r#"cat first | "$0" apply --op swiglu --all-tensors - second -"#;
    assert_tensors(&room.shell_succeeds(line), &zip, &wide_zip);
    let line = r#"cat second | "$0" apply --op swiglu --tensor a first - -"#;
    assert_tensors(&room.shell_succeeds(line), &zip, &us);
    let line = r#"cat second | "$0" apply --op swiglu --all-tensors first - new"#;
    room.shell_fails(line, &["standard input is not a file in which one could go back"]);
    let line = r#"head -c -3 second | "$0" apply --op swiglu --tensor a first - new"#;
    room.shell_fails(line, &["announces 23 bytes of elements, there are 20"]);
    let line = r#"(cat second; echo) | "$0" apply --op swiglu --tensor a first - new"#;
    room.shell_fails(line, &["standard input goes on"]);
    room.is_no_usage(
        &["--op", "swiglu", "--all-tensors", "second", "first", "new", "--out", "x"],
        &["no --out"],
    );
}

fn data_len(dtype: Dtype, data: &[u8]) -> usize {
    8 * data.len() / dtype.bitsize()
}

#[test]
fn two_inputs_that_do_not_agree() {
    let with = |entry: &str, length: usize| {
        file(&format!(r#"{{"a":{{{entry},"data_offsets":[0,{length}]}}}}"#), &vec![0; length])
    };
    let room = Room::new(&[("first", &with(r#""dtype":"F32","shape":[3]"#, 12))]);
    for (second, words) in [
        (with(r#""dtype":"F32","shape":[2]"#, 8), "second a as F32 of shape [2]"),
        (with(r#""dtype":"F32","shape":[3,1]"#, 12), "second a as F32 of shape [3, 1]"),
        (with(r#""dtype":"F16","shape":[3]"#, 6), "second a as F16 of shape [3]"),
        (with(r#""dtype":"I32","shape":[3]"#, 12), "second a as I32 of shape [3]"),
    ] {
        room.write("second", &second);
        let words = ["first holds a as F32 of shape [3]", words, "both inputs must have the same"];
        room.fails(&["--op", "glu", "--tensor", "a", "first", "second", "new"], &words);
    }
    room.write("second", &file("{}", b""));
    room.fails(&["--op", "glu", "--all-tensors", "first", "second", "new"], &["second has no tensor a"]);
}

#[test]
fn several_files_and_pipes() {
    let room = Room::new(&[("model-1.safetensors", &model()), ("model-2.safetensors", &model())]);
    let options = ["--op", "silu", "--tensor", "single"];
    let files = ["model-1.safetensors", "model-2.safetensors", "--out", "out"];
    assert!(room.run(&[&options[..], &files].concat()).status.success());
    for name in ["out/model-1.safetensors", "out/model-2.safetensors"] {
        assert_silu(&room.read(name), &["single"]);
    }
    room.write("bad.safetensors", b"x");
    let files = ["model-1.safetensors", "bad.safetensors", "--out", "new"];
    let run = room.run(&[&options[..], &files].concat());
    let error = String::from_utf8(run.stderr).unwrap();
    assert!(error.contains("bad.safetensors") && error.contains("done before it: model-1"), "{error}");
    for line in [
        r#"cat model-1.safetensors | "$0" apply --op silu --tensor single - - | cat"#,
        r#""$0" apply --op silu --tensor single - /dev/stdout < model-1.safetensors | cat"#,
    ] {
        assert_silu(&room.shell_succeeds(line), &["single"]);
    }
}

/// However large the file: here ten times as large as the memory that there is.
#[test]
fn little_memory() {
    let length = 1_u64 << 30;
    let json = format!(
        concat!(
            r#"{{"a":{{"dtype":"F32","shape":[{0}],"data_offsets":[0,{1}]}},"#,
            r#""b":{{"dtype":"U8","shape":[{1}],"data_offsets":[{1},{2}]}}}}"#
        ),
        length / 8,
        length / 2,
        length
    );
    let room = Room::new(&[]);
    let mut long = File::create(room.path("long")).unwrap();
    long.write_all(&file(&json, b"")).unwrap();
    long.set_len(8 + json.len() as u64 + length).unwrap();
    room.shell_succeeds(
        r#"ulimit -v 100000; "$0" apply --op silu --threads 1 --all-tensors long - | cmp - long"#,
    );
}
