//! The report on the formula as everyone writes it first: what the README shows.
//!
//! `cargo run --release -p sigmoid-conformance --example naive`, with `--json` for machines.

use sigmoid_conformance::{Conformance, Function};

fn main() {
    let report = Conformance::<f32>::new(Function::Sigmoid).stride(1009).check(|x, y| {
        for (x, y) in x.iter().zip(y) {
            *y = 1.0 / (1.0 + (-x).exp());
        }
    });
    if std::env::args().any(|argument| argument == "--json") {
        println!("{}", serde_json::to_string_pretty(&report).expect("a report has no keys but strings"));
    } else {
        print!("{report}");
    }
}
