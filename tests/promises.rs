//! Every test that PROMISES.md names exists.

const PROMISES: &str = include_str!("../PROMISES.md");

#[test]
fn every_promise_has_its_tests() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut count = 0;
    for line in PROMISES.lines().filter(|line| line.starts_with("| ") && line.contains(".rs`")) {
        let tests = line.rsplit('|').nth(1).expect("a second column");
        let mut names = tests.split('`').skip(1).step_by(2);
        let file = names.next().expect("a file");
        let Ok(text) = std::fs::read_to_string(root.join(file)) else {
            // The package has the library alone.
            let folder = file.split('/').next().expect("a folder");
            assert!(!root.join(folder).exists(), "no file {file}");
            continue;
        };
        for name in names {
            assert!(text.contains(&format!("fn {name}(")), "{file} has no {name}: {line}");
            count += 1;
        }
    }
    assert!(count > 30, "{count}");
}
