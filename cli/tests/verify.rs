//! `sigmoid verify`, run as a user runs it.

use assert_cmd::Command;
use serde_json::Value;

fn verify(arguments: &[&str]) -> Command {
    let mut command = Command::cargo_bin("sigmoid").unwrap();
    command.arg("verify").args(arguments);
    command
}

fn rows(command: &mut Command) -> Vec<Value> {
    let output = command.output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

#[test]
fn json_has_a_row_for_each_op_dtype_and_backend() {
    let mut command = verify(&["--stride", "65537", "--backend", "scalar,wide", "--json"]);
    let rows = rows(&mut command);
    assert_eq!(rows.len(), 2 * 2 * 2);
    for row in &rows {
        for name in ["op", "dtype", "accuracy", "backend", "digest"] {
            assert!(row[name].is_string(), "{name} in {row}");
        }
        for name in ["inputs", "not_correctly_rounded", "nan_faults", "infinity_faults", "range_faults"] {
            assert!(row[name].is_u64(), "{name} in {row}");
        }
        for name in ["max_ulp", "max_ulp_at", "bound"] {
            assert!(row[name].is_f64(), "{name} in {row}");
        }
        assert!(row["ok"].is_boolean());
        assert_eq!(row["undecided"], 0);
    }
    assert_eq!(rows[0]["inputs"], 65_536);
    let digests: Vec<_> = rows.iter().map(|row| row["digest"].as_str().unwrap()).collect();
    assert_eq!(digests[0].len(), 16);
}

#[test]
fn digests_and_figures_do_not_depend_on_threads() {
    let run = |threads| {
        rows(&mut verify(&["--stride", "65537", "--backend", "wide", "--threads", threads, "--json"]))
    };
    assert_eq!(run("1"), run("3"));
}

#[test]
fn a_broken_bound_is_status_1_and_a_line_that_names_it() {
    let arguments = ["--stride", "1048573", "--op", "sigmoid", "--dtype", "f32", "--backend", "wide"];
    verify(&arguments).assert().code(0);
    let assert = verify(&arguments).args(["--bound", "0.25"]).assert().code(1);
    let output = String::from_utf8_lossy(&assert.get_output().stdout).into_owned();
    assert!(output.contains("sigmoid f32 wide: an error of"), "{output}");
    assert!(output.contains("NO"), "{output}");
}

#[test]
fn older_names_are_the_same_operations() {
    let run = |op| rows(&mut verify(&["--stride", "1048573", "--op", op, "--backend", "wide", "--json"]));
    assert_eq!(run("forward,derivative"), run("default"));
    assert_eq!(run("derivative")[0]["op"], "sigmoid_derivative");
}

/// Everything that the checker knows, on every backend: no stated bound breaks.
#[test]
fn the_whole_family() {
    let mut command = verify(&["--op", "all", "--stride", "1048573", "--points", "4096", "--json"]);
    let rows = rows(&mut command);
    // Twelve functions of one number and four of two, gelu in f32 only.
    let backends = sigmoid::Backend::available().count();
    assert_eq!(rows.len(), 31 * backends);
    for row in &rows {
        assert_eq!(row["ok"], true, "{row}");
    }
    let of = |op: &str| rows.iter().filter(|row| row["op"] == op).collect::<Vec<_>>();
    assert_eq!(
        (of("gelu").len(), of("silu").len(), of("swiglu").len()),
        (backends, 2 * backends, 2 * backends)
    );
    for row in of("swiglu") {
        assert!(row["max_ulp_at"].is_f64() && row["max_ulp_at_second"].is_f64(), "{row}");
        // The scalar reference promises nothing of gates far out, in f64.
        assert!(row["inputs"].as_u64().is_some_and(|inputs| 2500 < inputs && inputs <= 4096), "{row}");
    }
}

#[test]
fn pairs_and_their_digests_do_not_depend_on_threads() {
    let run = |threads| {
        let arguments =
            ["--op", "swiglu,bce_with_logits", "--backend", "wide", "--points", "40000", "--json"];
        rows(verify(&arguments).args(["--threads", threads]))
    };
    let (one, three) = (run("1"), run("3"));
    assert_eq!(one, three);
    assert_ne!(one[0]["digest"], one[1]["digest"]);
}

#[test]
fn a_broken_bound_of_two_numbers_names_both() {
    let arguments = ["--op", "swiglu", "--dtype", "f32", "--backend", "wide", "--points", "4096"];
    verify(&arguments).assert().code(0);
    let assert = verify(&arguments).args(["--bound", "0.75"]).assert().code(1);
    let output = String::from_utf8_lossy(&assert.get_output().stdout).into_owned();
    let line = output.lines().find(|line| line.starts_with("swiglu f32 wide: an error of"));
    assert!(line.is_some_and(|line| line.contains(" at x = ") && line.contains(", where 0.75")), "{output}");
}

/// Of all numbers of half precision no more have not the nearest result than the docs of `sigmoid::ops` say.
#[test]
fn all_numbers_of_half_precision() {
    const NOT_NEAREST: [(&str, [u64; 2]); 12] = [
        ("sigmoid", [0, 0]),
        ("sigmoid_derivative", [0, 0]),
        ("silu", [0, 0]),
        ("quick_gelu", [0, 0]),
        ("tanh", [0, 0]),
        ("silu_derivative", [1, 11]),
        ("gelu_tanh", [128, 5]),
        ("gelu", [128, 5]),
        ("tanh_derivative", [0, 8]),
        ("softplus", [0, 3]),
        ("log_sigmoid", [0, 3]),
        ("logit", [1, 1]),
    ];
    let mut command = verify(&["--op", "all", "--dtype", "bf16,f16", "--json"]);
    let rows = rows(&mut command);
    let backends = sigmoid::Backend::available().count();
    assert_eq!(rows.len(), NOT_NEAREST.len() * 2 * backends);
    for of_op in rows.chunks(backends) {
        let (_, of_formats) = NOT_NEAREST.iter().find(|(op, _)| of_op[0]["op"] == *op).unwrap();
        let most = of_formats[usize::from(of_op[0]["dtype"] == "f16")];
        for row in of_op {
            assert_eq!((&row["ok"], &row["inputs"]), (&true.into(), &65_536.into()), "{row}");
            assert!(row["not_correctly_rounded"].as_u64().unwrap() <= most, "{row}");
            assert_eq!(row["undecided"], 0, "{row}");
        }
        // The same bits on all backends.
        let digests = of_op.iter().all(|row| row["digest"] == of_op[0]["digest"]);
        assert!(
            digests || !matches!(of_op[0]["op"].as_str(), Some("sigmoid" | "silu" | "quick_gelu" | "tanh"))
        );
    }
}

#[test]
fn what_there_is_not_is_one_line_on_standard_error() {
    for (arguments, words) in [
        (&["--op", "gelu", "--dtype", "f64"][..], "gelu is not verified in f64"),
        (&["--op", "glu", "--dtype", "bf16"], "glu is not verified in bf16"),
        (&["--op", "silu", "--accuracy", "exact"], "silu has no correctly rounded results in f32"),
    ] {
        let assert = verify(arguments).assert().code(1);
        let error = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
        assert!(error.starts_with(&format!("error: {words}")) && error.lines().count() == 1, "{error}");
    }
}

/// It would take for ever, and begins all the same.
#[test]
#[cfg(unix)]
fn more_points_than_can_be_counted() {
    let mut command =
        verify(&["--dtype", "f32,f64", "--points", "18446744073709551615", "--backend", "wide"]);
    let output = command.timeout(std::time::Duration::from_secs(1)).output().unwrap();
    // No status of its own: the test ended it.
    assert_eq!(output.status.code(), None, "{output:?}");
}

#[test]
fn unknown_names_are_one_line_on_standard_error() {
    for arguments in [["--backend", "sse9"], ["--op", "sideways"], ["--stride", "0"]] {
        let assert = verify(&arguments).assert().failure();
        let output = assert.get_output();
        assert!(output.stdout.is_empty());
        assert_eq!(String::from_utf8_lossy(&output.stderr).trim_end().lines().count(), 1);
    }
}
