//! Prints the digests: first what this build is, then one line for each.
//!
//! On a target without an operating system it finds its own way in and out: see `bare`.
#![cfg_attr(any(target_os = "none", target_os = "unknown"), no_std, no_main)]

#[cfg(any(target_os = "none", target_os = "unknown"))]
mod bare;

use core::fmt;

use sigmoid::{Backend, build_info};

#[cfg(not(any(target_os = "none", target_os = "unknown")))]
fn main() {
    print(|line| println!("{line}"));
}

fn print(mut line: impl FnMut(fmt::Arguments<'_>)) {
    let (target, wide, fastest) = (build_info::TARGET, build_info::WIDE, Backend::fastest());
    line(format_args!("# {target}: fastest is {fastest}; wide is {wide}"));
    sigmoid_digests::digests(|digest| line(format_args!("{digest}")));
}
