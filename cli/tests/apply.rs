//! `sigmoid apply` as a user runs it, on .npy files written byte by byte.

mod npy;

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use sigmoid::Kernels;
use tempfile::TempDir;

use self::npy::{doubles, header, npy, singles};

/// A directory with an input in it.
struct Room {
    directory: TempDir,
}

impl Room {
    fn new(input: &[u8]) -> Self {
        let directory = TempDir::new().unwrap();
        fs::write(directory.path().join("input.npy"), input).unwrap();
        Self { directory }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::cargo_bin("sigmoid").unwrap();
        command.current_dir(&self.directory).arg("apply").args(arguments);
        command
    }

    /// Applies to the input, quietly, and gives the output.
    fn apply(&self, arguments: &[&str]) -> Vec<u8> {
        let mut all = vec!["input.npy", "output.npy"];
        all.extend(arguments);
        self.command(&all).assert().success().stdout("").stderr("");
        self.assert_holds(&["input.npy", "output.npy"]);
        fs::read(self.path("output.npy")).unwrap()
    }

    /// Fails with status and with one line that holds the words, and leaves nothing behind.
    fn fails(&self, arguments: &[&str], words: &[&str]) {
        let before = names(self.directory.path());
        let failure = self.command(arguments).assert().failure().stdout("");
        let message = String::from_utf8(failure.get_output().stderr.clone()).unwrap();
        assert_eq!(message.lines().count(), 1, "{message}");
        assert!(message.starts_with("error: "), "{message}");
        for word in words {
            assert!(message.contains(word), "{message} lacks {word}");
        }
        assert_eq!(names(self.directory.path()), before);
    }

    fn assert_holds(&self, expected: &[&str]) {
        assert_eq!(names(self.directory.path()), expected);
    }
}

fn names(directory: &Path) -> Vec<String> {
    let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
    let mut names: Vec<_> = fs::read_dir(directory).unwrap().map(name).collect();
    names.sort();
    names
}

const X: [f32; 6] = [-100.0, -1.5, 0.0, 2.25, 17.0, f32::INFINITY];

#[test]
fn every_version_order_and_operation_of_singles() {
    let (mut s, mut derivative) = ([0.0; 6], [0.0; 6]);
    Kernels::new().forward_with_derivative(&X, &mut s, &mut derivative);
    for version in [1, 2, 3] {
        for fortran_order in [false, true] {
            let header = header("<f4", fortran_order, "(2, 3)");
            let room = Room::new(&npy(version, &header, &singles(&X)));
            assert_eq!(room.apply(&[]), npy(version, &header, &singles(&s)));
            assert_eq!(room.apply(&["--op", "derivative"]), npy(version, &header, &singles(&derivative)));
        }
    }
}

#[test]
fn every_operation_of_doubles() {
    let x = X.map(f64::from);
    let (mut s, mut derivative) = ([0.0; 6], [0.0; 6]);
    Kernels::new().forward_with_derivative(&x, &mut s, &mut derivative);
    let header = header("<f8", false, "(6,)");
    let room = Room::new(&npy(1, &header, &doubles(&x)));
    assert_eq!(room.apply(&["--op", "forward"]), npy(1, &header, &doubles(&s)));
    assert_eq!(room.apply(&["--op=derivative"]), npy(1, &header, &doubles(&derivative)));
}

/// Each by its name, with the library's own results.
#[test]
fn every_operation_by_its_name() {
    use sigmoid::{Kernels, ops};

    let x = [0.25_f32, 0.5, 0.75, 0.99];
    let header = header("<f4", false, "(4,)");
    let room = Room::new(&npy(1, &header, &singles(&x)));
    let kernels = Kernels::new();
    for (name, results) in [
        ("sigmoid", kernels.map_to_vec(ops::Sigmoid, &x)),
        ("sigmoid_derivative", kernels.map_to_vec(ops::SigmoidDerivative, &x)),
        ("silu", kernels.map_to_vec(ops::Silu, &x)),
        ("silu_derivative", kernels.map_to_vec(ops::SiluDerivative, &x)),
        ("quick_gelu", kernels.map_to_vec(ops::QuickGelu, &x)),
        ("gelu_tanh", kernels.map_to_vec(ops::GeluTanh, &x)),
        ("tanh", kernels.map_to_vec(ops::Tanh, &x)),
        ("tanh_derivative", kernels.map_to_vec(ops::TanhDerivative, &x)),
        ("softplus", kernels.map_to_vec(ops::Softplus, &x)),
        ("log_sigmoid", kernels.map_to_vec(ops::LogSigmoid, &x)),
        ("logit", kernels.map_to_vec(ops::Logit, &x)),
    ] {
        assert_eq!(room.apply(&["--op", name]), npy(1, &header, &singles(&results)), "{name}");
    }
}

#[test]
fn exact_only_where_it_is_proved() {
    let room = Room::new(&npy(1, &header("<f4", false, "(1,)"), &singles(&[1.0])));
    room.fails(
        &["--op", "silu", "--accuracy", "exact", "input.npy", "output.npy"],
        &["silu", "correctly rounded"],
    );
}

#[test]
fn no_dimensions_and_no_elements() {
    let scalar = header("<f4", false, "()");
    assert_eq!(Room::new(&npy(1, &scalar, &singles(&[0.0]))).apply(&[]), npy(1, &scalar, &singles(&[0.5])));
    for shape in ["(0,)", "(3, 0, 2)", "(0, 1152921504606846975)"] {
        let empty = npy(1, &header("<f8", false, shape), &[]);
        assert_eq!(Room::new(&empty).apply(&[]), empty);
    }
}

#[test]
fn backends_and_threads_over_several_blocks() {
    let x: Vec<f32> = (0..2_100_011).map(|i| (i % 4001) as f32 * 0.01 - 20.0).collect();
    let header = header("<f4", false, "(2100011,)");
    let room = Room::new(&npy(1, &header, &singles(&x)));
    for backend in sigmoid::Backend::available() {
        let mut s = x.clone();
        Kernels::new().backend(backend).unwrap().forward_in_place(&mut s);
        let expected = npy(1, &header, &singles(&s));
        for threads in ["1", "2", "5"] {
            let output = room.apply(&["--backend", backend.name(), "--threads", threads]);
            assert!(output == expected, "{backend}, {threads} threads");
        }
    }
}

#[test]
fn output_over_input_and_over_another_file() {
    let header = header("<f4", true, "(6, 1)");
    let mut s = X;
    Kernels::new().forward_in_place(&mut s);
    let room = Room::new(&npy(2, &header, &singles(&X)));
    fs::write(room.path("other.npy"), "what was there").unwrap();
    let expected = npy(2, &header, &singles(&s));
    for output in ["other.npy", "input.npy"] {
        room.command(&["input.npy", output]).assert().success();
        assert_eq!(fs::read(room.path(output)).unwrap(), expected);
        room.assert_holds(&["input.npy", "other.npy"]);
    }
}

#[test]
#[cfg(unix)]
fn permissions_and_links() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
    let room = Room::new(&npy(1, &header("<f4", false, "(6,)"), &singles(&X)));

    // A new file's are those of any new file.
    room.command(&["input.npy", "new.npy"]).assert().success();
    assert_eq!(mode(&room.path("new.npy")), mode(&room.path("input.npy")));

    // A file that is replaced keeps its own, and a link to it stays a link.
    fs::set_permissions(room.path("new.npy"), fs::Permissions::from_mode(0o640)).unwrap();
    symlink("new.npy", room.path("link.npy")).unwrap();
    room.command(&["input.npy", "link.npy"]).assert().success();
    assert_eq!(mode(&room.path("new.npy")) & 0o777, 0o640);
    assert!(fs::symlink_metadata(room.path("link.npy")).unwrap().is_symlink());
}

#[test]
fn element_types_that_will_not_do() {
    for element_type in ["<f16", "<i4", "|u1", "<c8", "|O", "f4,f4"] {
        let room = Room::new(&npy(1, &header(element_type, false, "(1,)"), &[0; 8]));
        room.fails(&["input.npy", "output.npy"], &["input.npy", element_type, "'<f4'"]);
    }
    let structured = "{'descr': [('a', '<f4'), ('b', '<f8')], 'fortran_order': False, 'shape': (1,), }";
    Room::new(&npy(1, structured, &[0; 12])).fails(&["input.npy", "output.npy"], &["'b'"]);
}

/// The bytes of the elements in the other order.
fn reversed(elements: &[u8], size: usize) -> Vec<u8> {
    elements.chunks_exact(size).flat_map(|element| element.iter().rev().copied()).collect()
}

#[test]
fn big_endian_arrays_stay_so() {
    let (mut s, mut derivative) = ([0.0; 6], [0.0; 6]);
    Kernels::new().forward_with_derivative(&X, &mut s, &mut derivative);
    let header_of_singles = header(">f4", true, "(2, 3)");
    let room = Room::new(&npy(1, &header_of_singles, &reversed(&singles(&X), 4)));
    assert_eq!(room.apply(&[]), npy(1, &header_of_singles, &reversed(&singles(&s), 4)));
    let expected = npy(1, &header_of_singles, &reversed(&singles(&derivative), 4));
    assert_eq!(room.apply(&["--op", "derivative"]), expected);

    let x: Vec<f64> = (0..1_100_003).map(|i| f64::from(i % 4001) * 0.01 - 20.0).collect();
    let mut s = x.clone();
    Kernels::new().forward_in_place(&mut s);
    let header_of_doubles = header(">f8", false, "(1100003,)");
    let room = Room::new(&npy(3, &header_of_doubles, &reversed(&doubles(&x), 8)));
    assert!(room.apply(&[]) == npy(3, &header_of_doubles, &reversed(&doubles(&s), 8)));
}

/// Whatever way of writing NumPy reads. (The script numpy_headers.py asks NumPy itself about many more.)
#[test]
fn headers_that_others_write() {
    let mut s = X;
    Kernels::new().forward_in_place(&mut s);
    let types = [
        "'f4'",
        "'<f'",
        "'f'",
        "'float32'",
        "'single'",
        "'=f4'",
        "u'<f4'",
        "'<' 'f4'",
        r#"r"<f4""#,
        r"'\x3cf\064'",
        "('<f4', (1,))",
    ];
    let of_type = |t| format!("{{'descr': {t}, 'fortran_order': False, 'shape': (6,)}}");
    let mut headers: Vec<_> = types.map(of_type).into();
    let shapes = [
        "(6  ,)",
        "(0x6,)",
        "(0b1_10,)",
        "(+6,)",
        "(2, 3,)",
        "(1,\n 2, # two\n\t3)",
        "(((6)), )",
        "(6,1,1,1,1,1)",
    ];
    headers.extend(shapes.map(|shape| header("<f4", false, shape)));
    headers.extend(
        [
            "{u'descr': u'<f4', u'fortran_order': False, u'shape': (6,)}",
            "{'shape': (6,), 'fortran_order': False, 'descr': '<f4'}",
            "{'fortran_order' : (False),'descr':'''<f4''',\n\n'shape':(2,3)}",
            "# a comment\n{'descr': '<f4', 'fortran_order': False, 'shape': (6,)} # another",
            "({'des' \\\n 'cr': '<f4', 'fortran_order': False, 'shape': (6,)})",
            "{'descr': '>i8', 'shape': 6, 'descr': '<f4', 'fortran_order': False, 'shape': (6,)}",
        ]
        .map(str::to_owned),
    );
    for header in headers {
        for version in [1, 2, 3] {
            let room = Room::new(&npy(version, &header, &singles(&X)));
            assert_eq!(room.apply(&[]), npy(version, &header, &singles(&s)), "{header}");
        }
    }
    for element_type in ["d", "f8", "float64", "float", "double", "<d"] {
        let header = header(element_type, false, "(1,)");
        let room = Room::new(&npy(1, &header, &doubles(&[0.0])));
        assert_eq!(room.apply(&[]), npy(1, &header, &doubles(&[0.5])), "{header}");
    }
}

/// NumPy drops the L of Python 2's long integers, except where Python 2 cannot have written the header.
#[test]
fn long_integers_of_python_2() {
    for shape in ["(6L,)", "(2L, 3L)", "(2 L, 0x3L L)"] {
        let header = header("<f4", false, shape);
        for version in [1, 2] {
            let mut s = X;
            Kernels::new().forward_in_place(&mut s);
            let room = Room::new(&npy(version, &header, &singles(&X)));
            assert_eq!(room.apply(&[]), npy(version, &header, &singles(&s)), "{header}");
        }
        Room::new(&npy(3, &header, &singles(&X))).fails(&["input.npy", "output.npy"], &["not an .npy file"]);
    }
}

/// What NumPy refuses.
#[test]
fn headers_that_are_none() {
    let shapes = [
        "[6]",
        "6",
        "(6)",
        "(6.0,)",
        "('6',)",
        "(True, 6)",
        "(None,)",
        "(-6,)",
        "(-1, 0)",
        "(06,)",
        "(6l,)",
        "(6LL,)",
        "(6_,)",
        "(2 3,)",
        "(--6,)",
        "(3*2,)",
        "(6,",
        "(6,]",
        "(6\nL,)",
        "(0, 9223372036854775807)",
        "(9223372036854775808,)",
    ];
    let mut headers: Vec<_> = shapes.map(|shape| header("<f4", false, shape)).into();
    headers.push(header("<f4", false, &format!("({})", "1,".repeat(65))));
    for order in ["0", "1", "None", "'False'", "false", "(False,)", "not True"] {
        headers.push(format!("{{'descr': '<f4', 'fortran_order': {order}, 'shape': (6,)}}"));
    }
    for element_type in
        ["None", "4", "('<f4',)", "b'<f4'", "f'<f4'", "'<f4' b''", "'<f4", r"'\x3'", "True", "('<f4', (4,))"]
    {
        headers.push(format!("{{'descr': {element_type}, 'fortran_order': False, 'shape': (6,)}}"));
    }
    headers.extend(
        [
            "{'descr': '<f4', 'fortran_order': False}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (6,), 'x': 1}",
            "{b'descr': '<f4', 'fortran_order': False, 'shape': (6,)}",
            "{'Descr': '<f4', 'fortran_order': False, 'shape': (6,)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (6,)},",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (6,)} 1",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (6,)",
            "{'descr': '<f4' 'fortran_order': False, 'shape': (6,)}",
            "{'descr': {[]: 1}, 'descr': '<f4', 'fortran_order': False, 'shape': (6,)}",
            "\n {'descr': '<f4', 'fortran_order': False, 'shape': (6,)}",
            "dict(descr='<f4', fortran_order=False, shape=(6,))",
            "",
        ]
        .map(str::to_owned),
    );
    for header in headers {
        for version in [1, 2, 3] {
            let room = Room::new(&npy(version, &header, &singles(&X)));
            room.fails(&["input.npy", "output.npy"], &["input.npy is not an .npy file: "]);
        }
    }
}

#[test]
fn files_that_are_no_arrays() {
    let whole = npy(1, &header("<f4", false, "(6,)"), &singles(&X));
    let cut = |length: usize| whole[..length].to_vec();
    let with = |bytes: &[u8]| [&whole, bytes].concat();
    let mut version_4 = whole.clone();
    version_4[6] = 4;
    let cases = [
        (Vec::new(), "not an .npy file"),
        (b"x,y\n1,2\n".repeat(50), "not an .npy file"),
        (cut(9), "not an .npy file"),
        (cut(40), "not an .npy file"),
        (version_4, "not an .npy file"),
        (npy(1, "{'descr': '<f4'}", &[]), "not an .npy file"),
        (npy(1, "no dictionary", &[]), "not an .npy file"),
        (npy(1, &format!("{}{}", "[".repeat(2000), "]".repeat(2000)), &[]), "nests too deeply"),
        (npy(1, &header("<f4", false, "(-1,)"), &[]), "not an .npy file"),
        (npy(1, &header("<f8", false, "(4294967296, 4294967296)"), &[]), "too large"),
        (cut(whole.len() - 1), "announces 24 bytes of elements, there are 23"),
        (cut(whole.len() - 24), "announces 24 bytes of elements, there are 0"),
        (with(b"\n"), "what follows them would be lost"),
    ];
    for (bytes, word) in cases {
        Room::new(&bytes).fails(&["input.npy", "output.npy"], &["input.npy", word]);
    }
}

#[test]
fn a_failure_spares_the_file_that_was_there() {
    let room = Room::new(b"no array");
    fs::write(room.path("output.npy"), "what was there").unwrap();
    room.fails(&["input.npy", "output.npy"], &["input.npy"]);
    assert_eq!(fs::read(room.path("output.npy")).unwrap(), b"what was there");
}

#[test]
fn places_that_cannot_be_read_or_written() {
    let room = Room::new(&npy(1, &header("<f4", false, "(6,)"), &singles(&X)));
    fs::create_dir(room.path("directory")).unwrap();
    room.fails(&["absent.npy", "output.npy"], &["cannot read absent.npy"]);
    room.fails(&["directory", "output.npy"], &["cannot read directory"]);
    room.fails(&["input.npy", "directory"], &["cannot write directory"]);
    room.fails(&["input.npy", "absent/output.npy"], &["cannot write absent/output.npy"]);
    room.fails(&["input.npy", "input.npy/output.npy"], &["cannot write input.npy/output.npy"]);
    room.fails(&["input.npy", "."], &["cannot write ."]);
    #[cfg(unix)]
    room.fails(&["input.npy", "/dev/full"], &["cannot write /dev/full: No space left"]);
}

#[test]
fn options_that_will_not_do() {
    let room = Room::new(&npy(1, &header("<f4", false, "(6,)"), &singles(&X)));
    let fails = |options: &[&str], word| {
        room.fails(&[&["input.npy", "output.npy"], options].concat(), &[word]);
    };
    fails(&["--backend", "sse9"], "no such backend");
    fails(&["--op", "sideways"], "sideways");
    fails(&["--threads", "0"], "--threads");
    for backend in sigmoid::Backend::ALL.into_iter().filter(|backend| !backend.is_available()) {
        fails(&["--backend", backend.name()], "does not have the instructions");
    }
    room.fails(&["input.npy"], &["OUTPUT.npy"]);
}

/// What a pipe brings shows its end only when it has ended.
#[test]
#[cfg(unix)]
fn input_from_a_pipe() {
    let room = Room::new(b"");
    let header = header("<f4", false, "(6,)");
    let whole = npy(1, &header, &singles(&X));
    let run = |input: &[u8]| room.command(&["/dev/stdin", "output.npy"]).write_stdin(input).output().unwrap();
    for (input, word) in
        [(&whole[..whole.len() - 3], "there are 21"), (&[&whole[..], b"x"].concat(), "goes on")]
    {
        let output = run(input);
        assert!(!output.status.success());
        assert!(String::from_utf8(output.stderr).unwrap().contains(word));
        room.assert_holds(&["input.npy"]);
    }
    assert!(run(&whole).status.success());
    let mut s = X;
    Kernels::new().forward_in_place(&mut s);
    assert_eq!(fs::read(room.path("output.npy")).unwrap(), npy(1, &header, &singles(&s)));
}

#[test]
fn several_files() {
    let header = header("<f4", false, "(6,)");
    let whole = npy(1, &header, &singles(&X));
    let mut s = X;
    Kernels::new().forward_in_place(&mut s);
    let expected = npy(1, &header, &singles(&s));

    let room = Room::new(&whole);
    fs::create_dir_all(room.path("other")).unwrap();
    fs::write(room.path("other/more.npy"), &whole).unwrap();
    // One is as good as many, and the directory is made.
    room.command(&["input.npy", "--out", "a/b"]).assert().success().stdout("").stderr("");
    assert_eq!(fs::read(room.path("a/b/input.npy")).unwrap(), expected);
    room.command(&["--out=c", "input.npy", "other/more.npy"]).assert().success().stdout("").stderr("");
    assert_eq!(names(&room.path("c")), ["input.npy", "more.npy"]);
    assert_eq!(fs::read(room.path("c/more.npy")).unwrap(), expected);

    // The first failure ends it.
    fs::write(room.path("bad.npy"), "no array").unwrap();
    let files = ["input.npy", "other/more.npy", "bad.npy", "absent.npy"];
    let run = room.command(&files).args(["--out", "d"]).output().unwrap();
    assert_eq!(run.status.code(), Some(1));
    let error = String::from_utf8(run.stderr).unwrap();
    assert_eq!(error.lines().count(), 1);
    let end = "bad.npy is not an .npy file: it does not begin with the magic string of one; \
               done before it: input.npy, other/more.npy\n";
    assert!(error.ends_with(end), "{error}");
    assert_eq!(names(&room.path("d")), ["input.npy", "more.npy"]);
    room.fails(&["bad.npy", "input.npy", "--out", "c"], &["bad.npy", "no file was done before it"]);

    // Over themselves.
    room.command(&["input.npy", "bad.npy", "--out", "."]).assert().failure();
    assert_eq!(fs::read(room.path("input.npy")).unwrap(), expected);
    assert_eq!(fs::read(room.path("bad.npy")).unwrap(), b"no array");
}

/// Seen before anything is done.
#[test]
fn several_files_that_cannot_be() {
    let whole = npy(1, &header("<f4", false, "(6,)"), &singles(&X));
    let room = Room::new(&whole);
    fs::create_dir_all(room.path("other")).unwrap();
    fs::write(room.path("other/input.npy"), &whole).unwrap();
    room.fails(&["input.npy", "other/input.npy", "--out", "new"], &["the same name"]);
    room.fails(&["input.npy", "-", "--out", "new"], &["no name"]);
    room.fails(&["input.npy", "..", "--out", "new"], &["no name"]);
    room.fails(&["input.npy", "--out", "input.npy"], &["cannot write input.npy"]);
    room.fails(&["input.npy", "a.npy", "b.npy"], &["--out"]);
    room.fails(&["input.npy", "--out"], &["--out"]);
}
