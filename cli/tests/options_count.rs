//! Each option changes what is computed or said, and the figures that are said are the library's and the judge's own:
//! a command that reads an option and goes on without it would pass the tests of its form.

mod npy;

use assert_cmd::Command;
use npy::{doubles, header, npy, singles};
use serde_json::Value;
use sigmoid::{Accuracy, Backend, Element, Kernels, bounds};
use sigmoid_conformance::{Conformance, Function, Sampled};

fn sigmoid(arguments: &[&str]) -> Command {
    let mut command = Command::cargo_bin("sigmoid").unwrap();
    command.args(arguments);
    command
}

fn rows(arguments: &[&str]) -> Vec<Value> {
    let output = sigmoid(&[&["verify", "--json"], arguments].concat()).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

/// Few inputs of what is stated here.
const FEW: &[&str] =
    &["--op", "forward,derivative", "--dtype", "f32,f64", "--stride", "10000019", "--points", "1000"];

/// What `apply` makes of an array.
fn applied(array: &[u8], arguments: &[&str]) -> Vec<u8> {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("x.npy"), array).unwrap();
    let mut command = sigmoid(&[&["apply", "x.npy", "y.npy"], arguments].concat());
    command.current_dir(directory.path()).assert().success().stderr("");
    std::fs::read(directory.path().join("y.npy")).unwrap()
}

fn computed<T: Element + Default>(kernels: Kernels, derivative: bool, x: &[T]) -> Vec<T> {
    let mut y = vec![T::default(); x.len()];
    if derivative {
        kernels.derivative(x, &mut y)
    } else {
        kernels.forward(x, &mut y)
    }
    y
}

/// With either accuracy the bits of that one, on each backend; the two differ, and so do backends with and without
/// fused multiply-add.
#[test]
fn apply_has_the_accuracy_and_the_backend_that_it_is_asked_for() {
    let x: Vec<f64> = (0..4000).map(|i| f64::from(i) * 0.00625 - 12.5).collect();
    let x_single: Vec<f32> = x.iter().map(|&x| x as f32).collect();
    let header_of = |descr| header(descr, false, "(4000,)");
    let mut seen = Vec::new();
    for backend in Backend::available() {
        for accuracy in Accuracy::ALL {
            let kernels = Kernels::new().accuracy(accuracy).backend(backend).unwrap();
            for (op, derivative) in [("sigmoid", false), ("derivative", true)] {
                let options = ["--op", op, "--accuracy", accuracy.name(), "--backend", backend.name()];
                let elements = singles(&computed(kernels, derivative, &x_single));
                let array = applied(&npy(1, &header_of("<f4"), &singles(&x_single)), &options);
                assert!(array == npy(1, &header_of("<f4"), &elements), "{options:?}");
                let elements = doubles(&computed(kernels, derivative, &x));
                let array = applied(&npy(1, &header_of("<f8"), &doubles(&x)), &options);
                assert!(array == npy(1, &header_of("<f8"), &elements), "{options:?}");
                if op == "sigmoid" {
                    seen.push((accuracy, array));
                }
            }
        }
    }
    let of = |accuracy| seen.iter().filter(move |(of, _)| *of == accuracy).map(|(_, array)| array);
    // Exact has one result, and no Fast on registers has that one.
    assert!(of(Accuracy::Exact).all(|array| Some(array) == of(Accuracy::Exact).next()));
    assert!(of(Accuracy::Fast).all(|array| Some(array) != of(Accuracy::Exact).next()));
}

/// Each backend computes or is refused: there is no third way, and every machine tests one of the two for each.
#[test]
fn each_backend_computes_or_is_refused() {
    for backend in Backend::ALL {
        for command in ["verify", "apply"] {
            let options: &[&str] = match command {
                "verify" => &["--stride", "100000007", "--points", "100", "--op", "forward", "--json"],
                _ => &["absent.npy", "result.npy"],
            };
            let output =
                sigmoid(&[&[command, "--backend", backend.name()], options].concat()).output().unwrap();
            let error = String::from_utf8_lossy(&output.stderr);
            let refused = error.contains("does not have the instructions");
            assert_eq!(refused, !backend.is_available(), "{command} {backend}: {output:?}");
            if command == "verify" && backend.is_available() {
                let rows: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
                assert!(!rows.is_empty() && rows.iter().all(|row| row["backend"] == backend.name()));
            }
        }
    }
}

/// Names that are none are refused, each with what there is.
#[test]
fn accuracies_have_two_names() {
    for command in [&["verify"][..], &["bench"], &["apply", "x.npy", "y.npy"]] {
        let assert = sigmoid(command).args(["--accuracy", "exactly"]).assert().code(2);
        let error = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
        assert!(
            error.contains("there are fast and exact") && error.trim_end().lines().count() == 1,
            "{error}"
        );
    }
}

/// The bounds that `verify` holds results to are those that the library states, and it says no other.
#[test]
fn verify_has_the_stated_bounds() {
    let mut seen = 0;
    for accuracy in Accuracy::ALL {
        for row in rows(&[&["--accuracy", accuracy.name()], FEW].concat()) {
            let backend: Backend = row["backend"].as_str().unwrap().parse().unwrap();
            let kernels = Kernels::new().accuracy(accuracy).backend(backend).unwrap();
            let stated = match (row["op"].as_str().unwrap(), row["dtype"].as_str().unwrap()) {
                ("sigmoid", "f32") => bounds::forward::<f32>(&kernels),
                ("sigmoid", "f64") => bounds::forward::<f64>(&kernels),
                ("sigmoid_derivative", "f32") => bounds::derivative::<f32>(&kernels),
                ("sigmoid_derivative", "f64") => bounds::derivative::<f64>(&kernels),
                other => panic!("{other:?}"),
            };
            assert_eq!(row["bound"], stated, "{row}");
            assert_eq!(row["accuracy"], accuracy.name());
            assert_eq!(row["ok"], true, "{row}");
            // No bound that anything would pass.
            assert!(stated < 5.0 && row["max_ulp"].as_f64().unwrap() <= stated + 1e-7, "{row}");
            seen += 1;
        }
    }
    assert_eq!(seen, 2 * 2 * 2 * Backend::available().count());
}

/// Digests, errors and counts are those that the judge finds by itself.
#[test]
fn verify_says_what_the_judge_finds() {
    fn check<T: Sampled + Element>(function: Function, op: &str, accuracy: Accuracy) -> Vec<String> {
        let options = [
            "--stride",
            "100003",
            "--points",
            "65536",
            "--op",
            op,
            "--dtype",
            T::NAME,
            "--accuracy",
            accuracy.name(),
        ];
        let rows = rows(&options);
        assert_eq!(rows.len(), Backend::available().count());
        let digests = rows.iter().zip(Backend::available()).map(|(row, backend)| {
            let kernels = Kernels::new().accuracy(accuracy).backend(backend).unwrap();
            let plan = Conformance::<T>::new(function).stride(100_003).points(65_536);
            let report = plan.check(|x, y| match function {
                Function::Sigmoid => kernels.forward(x, y),
                _ => kernels.derivative(x, y),
            });
            assert_eq!(row["backend"], backend.name());
            assert_eq!(row["digest"], format!("{:016x}", report.digest), "{row}");
            let max_ulp = row["max_ulp"].as_f64().unwrap();
            assert!((max_ulp - report.max_ulp()).abs() < 1e-12, "{row}: {}", report.max_ulp());
            assert_eq!(row["not_correctly_rounded"], report.not_correctly_rounded, "{row}");
            assert_eq!(row["not_correctly_rounded"] == 0, report.is_correctly_rounded());
            report.digest.to_string()
        });
        digests.collect()
    }
    let mut seen = Vec::new();
    for accuracy in Accuracy::ALL {
        for (function, op) in [(Function::Sigmoid, "forward"), (Function::Derivative, "derivative")] {
            for mut digests in [check::<f32>(function, op, accuracy), check::<f64>(function, op, accuracy)] {
                digests.dedup();
                if accuracy == Accuracy::Exact {
                    assert_eq!(digests.len(), 1, "one for all backends");
                }
                seen.extend(digests);
            }
        }
    }
    let count = seen.len();
    seen.sort();
    seen.dedup();
    // The scalar path is correctly rounded in f32, with either accuracy.
    assert!(seen.len() + 2 >= count && seen.len() >= 8, "{seen:?}");
}

/// Exact is held to what it promises: to half a unit, and an error of more is a status of 1.
#[test]
fn an_exact_row_can_fail() {
    let options = [&["verify", "--accuracy", "exact"], FEW].concat();
    sigmoid(&options).assert().code(0);
    let assert = sigmoid(&options).args(["--bound", "0.4"]).assert().code(1);
    let text = String::from_utf8_lossy(&assert.get_output().stdout).into_owned();
    assert_eq!(text.matches("where 0.4 is the bound").count(), 4 * Backend::available().count(), "{text}");
}

/// The features are those that the CPU has, asked for by name.
#[test]
fn info_lists_the_features_that_there_are() {
    let output = sigmoid(&["info", "--json"]).output().unwrap();
    let info: Value = serde_json::from_slice(&output.stdout).unwrap();
    let listed: Vec<&str> =
        info["cpu"]["features"].as_array().unwrap().iter().map(|feature| feature.as_str().unwrap()).collect();
    #[cfg(target_arch = "x86_64")]
    for (name, has) in [
        ("sse2", true),
        ("avx", is_x86_feature_detected!("avx")),
        ("avx2", is_x86_feature_detected!("avx2")),
        ("fma", is_x86_feature_detected!("fma")),
        ("avx512f", is_x86_feature_detected!("avx512f")),
        ("avx512dq", is_x86_feature_detected!("avx512dq")),
        ("avx512bw", is_x86_feature_detected!("avx512bw")),
        ("avx512vl", is_x86_feature_detected!("avx512vl")),
    ] {
        assert_eq!(listed.contains(&name), has, "{name} in {listed:?}");
    }
    assert_eq!(listed.contains(&"neon"), cfg!(target_feature = "neon"), "{listed:?}");
    assert_eq!(listed.contains(&"simd128"), cfg!(target_feature = "simd128"), "{listed:?}");
    // The text names the same.
    let text = String::from_utf8(sigmoid(&["info"]).output().unwrap().stdout).unwrap();
    assert!(listed.iter().all(|feature| text.contains(feature)), "{text}");
}
