//! `sigmoid bench`, run as a user runs it.

use assert_cmd::Command;
use serde_json::Value;

fn bench(arguments: &[&str]) -> Command {
    let mut command = Command::cargo_bin("sigmoid").unwrap();
    command.arg("bench").args(arguments);
    command
}

fn rows(arguments: &[&str]) -> Vec<Value> {
    let output = bench(arguments).arg("--json").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn check(row: &Value) {
    for name in ["op", "dtype", "accuracy", "backend"] {
        assert!(row[name].is_string(), "{name} in {row}");
    }
    let (median, minimum) =
        (row["ns_per_element"].as_f64().unwrap(), row["ns_per_element_min"].as_f64().unwrap());
    assert!(0.0 < minimum && minimum <= median, "{row}");
    assert!(row["samples"].as_u64().unwrap() >= 5, "{row}");
}

#[test]
fn json_has_a_row_for_each_contender_and_size() {
    let rows = rows(&["--size", "1,100", "--backend", "naive,wide,copy"]);
    let key = |row: &Value| (row["elements"].as_u64().unwrap(), row["backend"].as_str().unwrap().to_owned());
    let keys: Vec<_> = rows.iter().map(key).collect();
    let expected = [1, 100].map(|size| ["naive", "wide", "copy"].map(|name| (size, name.to_owned())));
    assert_eq!(keys, expected.concat());
    for row in &rows {
        check(row);
        assert_eq!(
            (&row["op"], &row["dtype"], &row["threads"]),
            (&"forward".into(), &"f32".into(), &1.into())
        );
    }
}

#[test]
fn every_contender_runs_every_operation() {
    let all = "naive,naive-wide,scalar,wide,auto,copy,stream-copy,scale,triad,divide";
    for op in ["forward", "derivative", "forward_with_derivative", "backward"] {
        for dtype in ["f32", "f64"] {
            for more in [&[][..], &["--in-place"]] {
                let arguments = ["--op", op, "--dtype", dtype, "--size", "37", "--backend", all];
                // The time is that of five samples.
                let arguments =
                    [&arguments[..], &["--range", "-760:760", "--special", "--budget-ms", "1"], more]
                        .concat();
                let rows = rows(&arguments);
                assert_eq!(rows.len(), 10, "{op} {dtype} {more:?}");
                rows.iter().for_each(check);
            }
        }
    }
}

#[test]
fn several_threads() {
    let rows = rows(&[
        "--threads",
        "2",
        "--size",
        "300000",
        "--backend",
        "wide,independent,triad",
        "--budget-ms",
        "1",
    ]);
    assert_eq!(rows.len(), 3);
    rows.iter().for_each(check);
    assert_eq!(rows[0]["threads"], 2);
}

#[test]
fn short_calls_are_shown_by_the_call() {
    let output = bench(&["--size", "16,2048", "--backend", "wide", "--budget-ms", "1"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("ns/call") && text.contains("ns/element"), "{text}");
}

#[test]
fn unknown_names_are_one_line_on_standard_error() {
    for arguments in [["--backend", "sse9"], ["--range", "2:1"], ["--size", "0"]] {
        let assert = bench(&arguments).assert().failure();
        let output = assert.get_output();
        assert!(output.stdout.is_empty());
        assert_eq!(String::from_utf8_lossy(&output.stderr).trim_end().lines().count(), 1);
    }
}

#[test]
fn slices_beyond_memory_are_one_line_on_standard_error() {
    for size in ["18446744073709551615", "2305843009213693951"] {
        let assert = bench(&["--size", size, "--backend", "wide"]).assert().code(1);
        let output = assert.get_output();
        assert!(output.stdout.is_empty());
        assert!(String::from_utf8_lossy(&output.stderr).starts_with("error: there is no memory for slices"));
    }
}
