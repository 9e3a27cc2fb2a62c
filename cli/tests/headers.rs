//! `sigmoid apply` on headers that claim what is not so: one line, status 1, and no memory taken.
#![cfg(unix)]

mod npy;

use std::fs;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use assert_cmd::cargo::cargo_bin;
use sigmoid_conformance::sample::Random;
use tempfile::TempDir;

use self::npy::{header, npy, singles};

/// Kilobytes of addresses: what the command needs by itself on one thread, and little more.
const MEMORY: &str = "ulimit -c 0; ulimit -v 100000";

struct Room {
    directory: TempDir,
}

impl Room {
    fn new(input: &[u8]) -> Self {
        let directory = TempDir::new().unwrap();
        fs::write(directory.path().join("input.npy"), input).unwrap();
        Self { directory }
    }

    /// Runs a line of the shell, in which $0 is the command, with little memory.
    fn shell(&self, line: &str) -> Output {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("{MEMORY}; {line}")]).arg(cargo_bin("sigmoid"));
        command.current_dir(&self.directory).stdin(Stdio::null()).output().unwrap()
    }

    /// Fails with one line that holds the words, and leaves nothing.
    fn fails(&self, line: &str, words: &str) {
        let started = Instant::now();
        let output = self.shell(line);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{line}: {}, {error}", output.status);
        assert!(error.starts_with("error: ") && error.contains(words), "{line}: {error}");
        assert_eq!(error.lines().count(), 1, "{line}: {error}");
        assert_eq!(fs::read_dir(&self.directory).unwrap().count(), 1);
        assert!(started.elapsed() < Duration::from_secs(20), "{line}");
    }
}

/// Everything before the text of a header that claims so many bytes.
fn claim(version: u8, length: u32) -> Vec<u8> {
    let mut bytes = b"\x93NUMPY".to_vec();
    bytes.extend([version, 0]);
    match version {
        1 => bytes.extend((length as u16).to_le_bytes()),
        _ => bytes.extend(length.to_le_bytes()),
    }
    bytes
}

const FILE: &str = r#"exec "$0" apply input.npy output.npy --threads 1"#;
const PIPE: &str = r#"cat input.npy /dev/zero | "$0" apply /dev/stdin output.npy --threads 1"#;

#[test]
fn a_claim_of_four_gigabytes() {
    for (version, longest) in [(2, 10_000), (3, 40_000)] {
        for length in [u32::MAX, 0x7fff_ffff, 100_000_000, longest + 1] {
            let room = Room::new(&claim(version, length));
            assert_eq!(claim(version, length).len(), 12);
            room.fails(FILE, &format!("claims {length} bytes"));
            room.fails(PIPE, &format!("claims {length} bytes"));
        }
    }
    Room::new(&claim(1, 65_535)).fails(FILE, "claims 65535 bytes");
}

#[test]
fn endless_zeros() {
    Room::new(b"").fails(PIPE, "does not begin with");
    Room::new(b"\x93NUMPY").fails(PIPE, "its version is 0.0");
    Room::new(b"\x93NUMPY\x01").fails(FILE, "ends inside the header");
    Room::new(&claim(1, 10_000)).fails(PIPE, "is not an .npy file");
    let zeros = npy(1, &header("<f4", false, "(3,)"), &[]);
    Room::new(&zeros).fails(PIPE, "goes on after the 12 bytes");
}

/// Where what is announced cannot be looked up, memory is taken for what comes.
#[test]
fn shapes_that_are_not_there() {
    for shape in ["(1152921504606846976,)", "(2305843009213693951,)", "(1000000000, 1000000000)"] {
        let room = Room::new(&npy(1, &header("<f4", false, shape), &singles(&[1.0, 2.0])));
        room.fails(FILE, "there are 8");
        room.fails(r#"cat input.npy | "$0" apply /dev/stdin output.npy --threads 1"#, "there are 8");
    }
}

/// NumPy's limit, to the character.
#[test]
fn the_longest_header() {
    for version in [1, 2, 3] {
        for (length, fits) in [(9_999, true), (10_000, true), (10_001, false)] {
            let dictionary = header("<f4", false, "(2,)");
            let mut file = claim(version, length);
            file.extend(dictionary.as_bytes());
            file.resize(file.len() + length as usize - dictionary.len() - 1, b' ');
            file.push(b'\n');
            file.extend(singles(&[0.0, 0.0]));
            let room = Room::new(&file);
            if fits {
                let output = room.shell(FILE);
                assert!(output.status.success(), "{output:?}");
                let end = file.len() - 8;
                file.truncate(end);
                file.extend(singles(&[0.5, 0.5]));
                assert!(fs::read(room.directory.path().join("output.npy")).unwrap() == file);
            } else {
                room.fails(FILE, if version == 3 { "has 10001 characters" } else { "claims 10001 bytes" });
            }
        }
    }
    // Of these a character has four bytes.
    for (count, fits) in [(9_900, true), (10_000, false)] {
        let comment = format!("#{}\n", "\u{1f600}".repeat(count));
        let room = Room::new(&npy(3, &(comment + &header("<f4", false, "(2,)")), &singles(&[0.0, 0.0])));
        if fits {
            let output = room.shell(FILE);
            assert!(output.status.success(), "{output:?}");
        } else {
            room.fails(FILE, "claims 40");
        }
    }
}

/// Parsers have tried again at every bracket that does not end as it began, or gone as deep as a header does.
#[test]
fn brackets_take_no_time() {
    for (opening, filling) in [
        ("[[[[[[[[[[", "1,"),
        ("[[[[[[", "1,"),
        ("{{{{{{", "1"),
        ("{[']',[']',[']',[']',[']',[']',[']',[']',[']',", "1,"),
        ("{'a':{'b':{'c':{'d':", "1,"),
        ("{[[[[", "1,"),
        ("{'a':((((", "1"),
        ("", "["),
        ("", "(("),
        ("{'a':", "{1:"),
        ("", "-"),
        ("{'descr':", "''"),
        ("", "\\\n"),
        ("", "\n \x0c"),
        ("", "u'"),
        ("{1", " L"),
    ] {
        let text = opening.to_owned() + &filling.repeat((9_900 - opening.len()) / filling.len());
        Room::new(&npy(1, &text, &[])).fails(FILE, "is not an .npy file");
    }
}

/// As deeply as Python lets brackets nest, and no deeper: 200, of which the dictionary is one.
#[test]
fn brackets_nest() {
    for (depth, fits) in [(198, true), (199, true), (200, false), (1600, false)] {
        for (opening, inside, closing) in
            [("(", "1", ")"), ("(", "", ")"), ("[", "1", "]"), ("{1:", "1", "}")]
        {
            let deep = format!("{}{inside}{}", opening.repeat(depth), closing.repeat(depth));
            let text = format!("{{'descr': {deep}, 'descr': '<f4', 'fortran_order': False, 'shape': (2,)}}");
            let room = Room::new(&npy(1, &text, &singles(&[0.0, 0.0])));
            if fits {
                let output = room.shell(FILE);
                assert!(output.status.success(), "{output:?}");
            } else {
                room.fails(FILE, "nests too deeply");
            }
        }
    }
}

#[test]
fn mutated_files() {
    let mut random = Random(12);
    let mut below = |count: usize| (random.bits() % count as u64) as usize;
    let whole = npy(1, &header("<f4", false, "(2, 3)"), &singles(&[0.5; 6]));
    let mut taken = 0;
    for _ in 0..300 {
        let mut file = whole.clone();
        for _ in 0..=below(2) {
            let place = below(file.len());
            match below(4) {
                0 => file[place] ^= 1 << below(8),
                1 => file[place] = below(256) as u8,
                2 => _ = file.remove(place),
                _ => file.insert(place, below(256) as u8),
            }
        }
        let room = Room::new(&file);
        let output = room.shell(FILE);
        let error = String::from_utf8(output.stderr).unwrap();
        let lines = error.lines().count();
        match output.status.code() {
            Some(0) if lines == 0 => taken += 1,
            Some(1) if lines == 1 && error.starts_with("error: ") => {
                assert_eq!(fs::read_dir(&room.directory).unwrap().count(), 1);
            }
            _ => panic!("{}: {error} of {}", output.status, file.escape_ascii()),
        }
    }
    // Changed elements and padding are fine.
    assert!((5..295).contains(&taken), "{taken}");
}
