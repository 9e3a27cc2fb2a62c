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
            (&"sigmoid".into(), &"f32".into(), &1.into())
        );
    }
}

/// The operations of which the loop over wide's exp is written.
const OF_THE_SIGMOID: [&str; 4] =
    ["sigmoid", "sigmoid_derivative", "sigmoid_with_derivative", "sigmoid_backward"];

/// The others.
const FAMILY: [&str; 20] = [
    "scaled",
    "silu",
    "silu_derivative",
    "silu_backward",
    "swiglu",
    "swiglu_backward",
    "glu",
    "quick_gelu",
    "gelu_tanh",
    "gelu_tanh_backward",
    "tanh",
    "tanh_derivative",
    "tanh_backward",
    "softplus",
    "softplus_backward",
    "log_sigmoid",
    "log_sigmoid_backward",
    "logit",
    "bce_with_logits",
    "bce_with_logits_gradient",
];

#[test]
fn every_contender_runs_every_operation() {
    let all = "naive,scalar,wide,auto,copy,stream-copy,scale,triad,divide";
    let run = |op: &str, dtype, contenders: &str, more: &[&str]| {
        let arguments = ["--op", op, "--dtype", dtype, "--size", "37", "--backend", contenders];
        // The time is that of five samples.
        let shape = ["--range", "-760:760", "--special", "--budget-ms", "1"];
        let rows = rows(&[&arguments[..], &shape, more].concat());
        assert_eq!(rows.len(), contenders.split(',').count(), "{op} {dtype} {more:?}");
        rows.iter().for_each(check);
    };
    for dtype in ["f32", "f64"] {
        for op in OF_THE_SIGMOID {
            for more in [&[][..], &["--in-place"]] {
                run(op, dtype, &format!("naive-wide,{all}"), more);
            }
        }
        for op in FAMILY {
            run(op, dtype, all, &[]);
            if op != "swiglu_backward" {
                run(op, dtype, "naive,wide", &["--in-place"]);
            }
        }
    }
    run("gelu", "f32", all, &[]);
    for dtype in ["bf16", "f16"] {
        for op in
            ["sigmoid", "sigmoid_derivative", "sigmoid_with_derivative", "silu", "swiglu", "tanh", "softplus"]
        {
            run(op, dtype, "naive,scalar,wide,auto,copy", &[]);
            run(op, dtype, "naive,wide", &["--in-place"]);
        }
        run("sigmoid_with_derivative", dtype, "scalar,wide,auto", &["--accuracy", "exact"]);
    }
}

#[test]
fn older_names_are_the_same_operations() {
    for (older, name) in [
        ("forward", "sigmoid"),
        ("derivative", "sigmoid_derivative"),
        ("forward_with_derivative", "sigmoid_with_derivative"),
        ("backward", "sigmoid_backward"),
    ] {
        let rows = rows(&["--op", older, "--size", "8", "--backend", "wide", "--budget-ms", "1"]);
        assert_eq!(rows[0]["op"], name);
    }
}

#[test]
fn bytes_are_those_of_all_slices() {
    for (op, dtype, bytes) in [
        ("silu", "f32", 8.0),
        ("silu", "bf16", 4.0),
        ("swiglu", "f32", 12.0),
        ("swiglu_backward", "f64", 40.0),
        ("sigmoid_with_derivative", "f32", 12.0),
        ("sigmoid_with_derivative", "f16", 6.0),
    ] {
        let row =
            &rows(&["--op", op, "--dtype", dtype, "--size", "64", "--backend", "wide", "--budget-ms", "1"])
                [0];
        let per_second = row["gigabytes_per_second"].as_f64().unwrap();
        let found = per_second * row["ns_per_element"].as_f64().unwrap();
        assert!((found / bytes - 1.0).abs() < 1e-9, "{op} {dtype}: {found}");
    }
}

#[test]
fn what_there_is_not_is_one_line_on_standard_error() {
    for (arguments, words) in [
        (&["--op", "gelu", "--dtype", "f64"][..], "gelu is not computed in f64"),
        (&["--op", "silu", "--accuracy", "exact"], "silu has no correctly rounded results in f32"),
        (&["--op", "swiglu_backward", "--in-place"], "swiglu_backward has two results"),
        (&["--op", "silu", "--backend", "naive-wide"], "naive-wide does not compute silu in f32"),
        (&["--dtype", "bf16", "--backend", "triad"], "triad does not compute sigmoid in bf16"),
    ] {
        let assert = bench(arguments).assert().code(1);
        let error = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
        assert!(error.starts_with(&format!("error: {words}")) && error.lines().count() == 1, "{error}");
        assert!(assert.get_output().stdout.is_empty());
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
