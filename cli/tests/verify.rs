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
    let arguments = ["--stride", "1048573", "--op", "forward", "--dtype", "f32", "--backend", "wide"];
    verify(&arguments).assert().code(0);
    let assert = verify(&arguments).args(["--bound", "0.25"]).assert().code(1);
    let output = String::from_utf8_lossy(&assert.get_output().stdout).into_owned();
    assert!(output.contains("forward f32 wide: an error of"), "{output}");
    assert!(output.contains("NO"), "{output}");
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
