//! The picture in the README is what the example prints.

#[path = "../examples/faulty.rs"]
mod faulty;

#[test]
fn the_picture_is_what_the_example_prints() {
    let panic = std::panic::catch_unwind(faulty::main).expect_err("it has faults");
    let message = panic.downcast_ref::<String>().expect("a message");
    let readme = include_str!("../README.md").replace("\r\n", "\n");
    assert!(readme.contains(&format!("```text\n{}\n```\n", message.trim_end())), "{message}");
}
