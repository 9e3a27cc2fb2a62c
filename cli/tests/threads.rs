//! `sigmoid` where the system has no threads to give: an error, and never a panic.
#![cfg(target_os = "linux")]

use std::process::{Command, Stdio};

use assert_cmd::cargo::cargo_bin;

#[test]
fn no_room_for_the_stacks_of_threads() {
    let mut refused = 0;
    for arguments in [
        "verify --stride 16777213 --points 1 --backend scalar --op forward --dtype f32",
        "verify --stride 16777213 --points 1 --backend scalar --op forward --dtype f32 --threads 24",
        "bench --size 9 --budget-ms 0 --threads 24 --backend independent,scalar",
        "apply absent.npy output.npy --threads 24",
    ] {
        // Kilobytes of addresses, from too few for the program itself on.
        for limit in (6_000..70_000).step_by(1_000) {
            let script = format!("ulimit -c 0; ulimit -v {limit}; exec \"$0\" {arguments}");
            let mut command = Command::new("sh");
            command.args(["-c", &script]).arg(cargo_bin("sigmoid")).stdin(Stdio::null());
            let output = command.output().unwrap();
            let error = String::from_utf8_lossy(&output.stderr).into_owned();
            // Where not even small things find memory, the allocator or the standard library aborts.
            assert_ne!(output.status.code(), Some(101), "{arguments}, {limit}: {error}");
            refused += usize::from(error.starts_with("error: cannot start "));
        }
    }
    assert!(refused > 0);
}
