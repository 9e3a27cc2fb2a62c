//! `sigmoid` without a command, run as a user runs it.

use assert_cmd::Command;

#[test]
fn shows_the_machine_the_checks_the_timings_and_the_figures() {
    let directory = tempfile::tempdir().unwrap();
    let mut command = Command::cargo_bin("sigmoid").unwrap();
    let assert = command.current_dir(directory.path()).assert().success();
    let report = String::from_utf8_lossy(&assert.get_output().stdout).into_owned();
    for expected in [
        "CPU ",
        "backend ",
        "wide ",
        "-10:0.1:10",
        "largest difference",
        "ULP",
        "they match",
        "ns per element",
        "2,048",
        "naive loop over std's exp",
        "naive loop over wide's exp",
        "plain copy",
        "sigmoid-and-derivative.svg and .png",
    ] {
        assert!(report.contains(expected), "{expected} in\n{report}");
    }
    // No colours but on a terminal, and no ragged ends.
    assert!(!report.contains('\x1b'));
    assert!(report.lines().all(|line| line == line.trim_end() && line.chars().count() <= 110), "{report}");
    for name in ["sigmoid", "sigmoid-and-derivative", "derivative-forms", "errors", "family", "family-errors"]
    {
        for extension in ["svg", "png"] {
            assert!(directory.path().join("plots").join(name).with_extension(extension).is_file());
        }
    }
}
