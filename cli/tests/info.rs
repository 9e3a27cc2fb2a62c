//! `sigmoid info` as a user runs it, for people and as JSON.

use assert_cmd::Command;
use serde_json::Value;
use sigmoid::{Backend, build_info, thresholds};

fn info(arguments: &[&str]) -> String {
    let mut command = Command::cargo_bin("sigmoid").unwrap();
    let success = command.arg("info").args(arguments).assert().success().stderr("");
    String::from_utf8(success.get_output().stdout.clone()).unwrap()
}

#[test]
fn text_says_what_the_build_is() {
    let text = info(&[]);
    let picked = Backend::fastest().name();
    for word in [build_info::VERSION, build_info::TARGET, build_info::RUSTC, build_info::WIDE, picked] {
        assert!(text.contains(word), "{text} lacks {word}");
    }
}

#[test]
fn json_says_the_same() {
    let info: Value = serde_json::from_str(&info(&["--json"])).unwrap();
    assert_eq!(info["version"], build_info::VERSION);
    assert_eq!(info["wide"], build_info::WIDE);
    assert_eq!(info["backends"]["picked"], Backend::fastest().name());
    let available: Vec<_> = Backend::available().map(Backend::name).collect();
    assert_eq!(info["backends"]["available"], Value::from(available));
    assert_eq!(info["thresholds"]["stream_from_bytes"], thresholds::STREAM_FROM_BYTES);
    assert!(info["cpu"]["features"].is_array());
}
