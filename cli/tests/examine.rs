//! `sigmoid examine`, on functions that a C compiler made: the one that links Rust programs here.

#![cfg(unix)]

use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// Right in place and out of place, right but for short slices, in double precision, and with several faults.
const SOURCE: &str = r"
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* bf16, cut off in place of rounded. */
void cut_off(const uint16_t *x, uint16_t *y, size_t n) {
    for (size_t i = 0; i < n; i++) {
        uint32_t bits = (uint32_t)x[i] << 16;
        float number;
        memcpy(&number, &bits, 4);
        number = (float)(1.0 / (1.0 + exp(-(double)number)));
        memcpy(&bits, &number, 4);
        y[i] = (uint16_t)(bits >> 16);
    }
}

void good(const float *x, float *y, size_t n) {
    for (size_t i = 0; i < n; i++)
        y[i] = (float)(1.0 / (1.0 + exp(-(double)x[i])));
}

void good_double(const double *x, double *y, size_t n) {
    for (size_t i = 0; i < n; i++)
        y[i] = tanh(x[i]);
}

void naive(const float *x, float *y, size_t n) {
    for (size_t i = 0; i < n; i++)
        y[i] = 1.0f / (1.0f + expf(-x[i]));
}

void past_the_end(const float *x, float *y, size_t n) {
    good(x, y, n);
    y[n] = 0.0f;
}

void drops_the_last(const float *x, float *y, size_t n) {
    good(x, y, n & ~(size_t)1);
}

void differs_in_place(const float *x, float *y, size_t n) {
    size_t i;
    if (x != y) {
        good(x, y, n);
        return;
    }
    for (i = 0; i < n; i++)
        y[i] = x[i] < 0.0f ? 1.0f - 1.0f / (1.0f + expf(x[i])) : 1.0f / (1.0f + expf(-x[i]));
}

void overlapping(const float *x, float *y, size_t n) {
    if (n < 8) {
        good(x, y, n);
        return;
    }
    good(x, y, n / 8 * 8);
    if (n % 8)
        good(x + n - 8, y + n - 8, 8);
}
";

struct Room {
    directory: TempDir,
}

impl Room {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let [source, library] = ["kernels.c", "kernels.so"].map(|name| directory.path().join(name));
        std::fs::write(&source, SOURCE).unwrap();
        let compiler = std::env::var_os("CC").unwrap_or("cc".into());
        let mut command = Command::new(compiler);
        command.args(["-O1", "-shared", "-fPIC", "-o"]).arg(library).arg(source).arg("-lm");
        let output = command.output().expect("a C compiler");
        assert!(output.status.success(), "{output:?}");
        Self { directory }
    }

    fn library(&self) -> PathBuf {
        self.directory.path().join("kernels.so")
    }

    /// What the command says of a function, with few inputs.
    fn examine(&self, symbol: &str, arguments: &[&str]) -> Output {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin("sigmoid"));
        command.args(["examine", "--symbol", symbol, "--stride", "100003", "--points", "20000", "--library"]);
        command.arg(self.library()).args(arguments).output().unwrap()
    }

    /// The status, and what was printed.
    fn says(&self, symbol: &str, arguments: &[&str]) -> (i32, String) {
        let output = self.examine(symbol, arguments);
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    }
}

#[test]
fn a_good_function_has_no_findings() {
    let room = Room::new();
    for more in [&[][..], &["--bound", "0.51"], &["--in-place", "--bound", "0.51"], &["--threads", "2"]] {
        let (status, text) = room.says("good", &[&["--op", "sigmoid", "--dtype", "f32"], more].concat());
        assert_eq!(status, 0, "{text}");
        assert!(text.starts_with("good of ") && text.contains("\n  largest errors\n"), "{text}");
        assert!(text.ends_with("\nno findings\n"), "{text}");
    }
    let (status, text) = room.says("good_double", &["--op", "tanh", "--dtype", "f64", "--bound", "4"]);
    assert_eq!(status, 0, "{text}");
    assert!(text.contains("tanh in f64: 20000 inputs"), "{text}");
}

#[test]
fn findings_are_status_1_and_a_line_each() {
    let room = Room::new();
    let findings = |symbol, arguments: &[&str], lines: &[&str]| {
        let (status, text) = room.says(symbol, &[&["--op", "sigmoid"], arguments].concat());
        assert_eq!(status, 1, "{text}");
        for line in lines {
            assert!(text.contains(line), "{text} lacks {line:?}");
        }
        let count = if lines.len() == 1 { "1 finding\n" } else { &format!("{} findings\n", lines.len()) };
        assert!(text.contains(count), "{text}");
    };
    findings(
        "naive",
        &["--bound", "2.5", "--without", "monotone"],
        &[
            "  1. an error of ",
            "  2. the law `subnormals_kept` ",
            // e^88.72284 is no f32.
            "; the smallest: x = -88.72284 gives 0.0, where the truth rounds to 2.93",
        ],
    );
    findings("past_the_end", &[], &["the smallest: of a slice of 0 index 0, past its end, is written"]);
    findings(
        "drops_the_last",
        &["--without", "place"],
        &["the smallest: of a slice of 1 index 0 is not written"],
    );
    findings(
        "overlapping",
        &["--in-place", "--without", "monotone,infinities"],
        &["  1. in place: the law `place` (the same bits in any place) is broken: "],
    );
    findings(
        "differs_in_place",
        &["--in-place", "--without", "subnormals_kept,sign,monotone"],
        &["  1. in place the results are not those that it has out of place"],
    );
    let (status, text) = room.says("overlapping", &["--op", "sigmoid"]);
    assert_eq!(status, 0, "{text}");
    // The right sigmoid is no tanh.
    let (status, text) = room.says("good", &["--op", "tanh"]);
    assert!(status == 1 && text.contains("tanh in f32"), "{text}");
    // Only what is asked for: as it comes this one is within a bound, and not correctly rounded.
    for (claim, status, words) in
        [(&["--bound", "inf"][..], 0, "no findings\n"), (&["--exact"], 1, ". not correctly rounded: ")]
    {
        let without = ["--op", "sigmoid", "--without", "subnormals_kept,sign,monotone"];
        let (ended, text) = room.says("naive", &[&without[..], claim].concat());
        assert!(ended == status && text.contains(words), "{text}");
    }
}

#[test]
fn half_precision() {
    let room = Room::new();
    let cut_off =
        |more: &[&str]| room.says("cut_off", &[&["--op", "sigmoid", "--dtype", "bf16"], more].concat());
    let (status, text) = cut_off(&["--bound", "1", "--without", "subnormals_kept,sign"]);
    assert_eq!(status, 0, "{text}");
    assert!(text.contains("sigmoid in bf16: 65536 inputs"), "{text}");
    let (status, text) = cut_off(&["--bound", "1"]);
    assert!(
        status == 1 && text.contains("x = -92.5 gives 0.0, where the truth rounds to 9.1835e-41"),
        "{text}"
    );
    let (status, text) = cut_off(&["--exact"]);
    assert!(status == 1 && text.contains(". not correctly rounded: "), "{text}");
}

#[test]
fn json_is_one_object() {
    let room = Room::new();
    for (symbol, ok) in [("good", true), ("naive", false)] {
        let (status, text) = room.says(symbol, &["--op", "sigmoid", "--in-place", "--json"]);
        assert_eq!(status, i32::from(!ok), "{text}");
        let verdict: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(verdict["symbol"], symbol);
        assert_eq!(verdict["library"], room.library().to_str().unwrap());
        assert_eq!(verdict["ok"], ok);
        assert_eq!(verdict["findings"].as_array().unwrap().is_empty(), ok, "{text}");
        for report in ["report", "in_place"] {
            assert_eq!(verdict[report]["function"], "sigmoid");
            assert_eq!(verdict[report]["inputs"], (1_u64 << 32).div_ceil(100_003));
            assert_eq!(verdict[report]["sign"]["broken"] == 0, ok);
        }
        assert_eq!(verdict["report"]["digest"], verdict["in_place"]["digest"]);
    }
}

#[test]
fn what_cannot_be_examined_is_status_2_and_one_line() {
    let room = Room::new();
    let fails = |output: Output, words: &str| {
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(output.stdout.is_empty() && error.trim_end().lines().count() == 1, "{output:?}");
        assert!(error.contains(words), "{error} lacks {words}");
    };
    fails(room.examine("absent", &["--op", "sigmoid"]), "has no symbol absent");
    fails(room.examine("good", &["--op", "sideways"]), "not a function: these are sigmoid, ");
    fails(room.examine("good", &["--op", "tanh", "--without", "all"]), "not a rule: these are nan, ");
    fails(room.examine("good", &["--op", "tanh", "--bound", "-1"]), "0 or larger");
    fails(room.examine("good", &["--op", "tanh", "--bound", "1", "--exact"]), "--exact");
    fails(room.examine("good", &[]), "--op");

    let mut absent = Command::new(assert_cmd::cargo::cargo_bin("sigmoid"));
    absent.args(["examine", "--op", "tanh", "--symbol", "f", "--library"]);
    fails(absent.arg(room.directory.path().join("absent.so")).output().unwrap(), "cannot load ");
    let mut text = Command::new(assert_cmd::cargo::cargo_bin("sigmoid"));
    text.args(["examine", "--op", "tanh", "--symbol", "f", "--library"]);
    fails(text.arg(room.directory.path().join("kernels.c")).output().unwrap(), "cannot load ");
}
