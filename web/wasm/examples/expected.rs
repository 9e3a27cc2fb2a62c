//! What the page must show: reads x from standard input, a number a line, and prints for every operation and each of
//! its results a line: the name, then the bits of x and of the result, in single precision.
//!
//! The build is one for this machine without run-time detection, whose registers have, like those of WebAssembly, no
//! fused multiply-add: the bits are the same.

use std::error::Error;
use std::io::{self, Write, read_to_string, stdin};

use sigmoid_web::OPERATIONS;

fn main() -> Result<(), Box<dyn Error>> {
    let c = std::env::args().nth(1).ok_or("the parameter c is missing")?.parse()?;
    let x = read_to_string(stdin())?.lines().map(str::parse).collect::<Result<Vec<f32>, _>>()?;
    let mut y = vec![0.0; x.len()];
    let mut output = io::BufWriter::new(io::stdout());
    for operation in OPERATIONS {
        (operation.f32)(&x, &mut y, c);
        for (x, y) in x.iter().zip(&y) {
            writeln!(output, "{} {:08x} {:08x}", operation.name, x.to_bits(), y.to_bits())?;
        }
    }
    output.flush()?;
    Ok(())
}
