//! What the page must show: reads x from standard input, a number a line, and prints for every operation and each of
//! its results a line: the name, then the bits of x and of the result, in single precision. Results in half precision
//! follow, after names that begin with the format.
//!
//! The build is one for this machine without run-time detection, whose registers have, like those of WebAssembly, no
//! fused multiply-add: the bits are the same.

use std::error::Error;
use std::io::{self, Write, read_to_string, stdin};

use half::{bf16, f16};
use sigmoid_web::OPERATIONS;

fn main() -> Result<(), Box<dyn Error>> {
    let c = std::env::args().nth(1).ok_or("the parameter c is missing")?.parse()?;
    let x = read_to_string(stdin())?.lines().map(str::parse).collect::<Result<Vec<f32>, _>>()?;
    let mut output = io::BufWriter::new(io::stdout());
    let mut print = |format: &str, name: &str, y: &[f32]| {
        x.iter()
            .zip(y)
            .try_for_each(|(x, y)| writeln!(output, "{format}{name} {:08x} {:08x}", x.to_bits(), y.to_bits()))
    };
    for operation in OPERATIONS {
        let mut y = vec![0.0; x.len()];
        (operation.f32)(&x, &mut y, c);
        print("", operation.name, &y)?;
        if let Some(compute) = operation.bf16 {
            let halves: Vec<_> = x.iter().copied().map(bf16::from_f32).collect();
            let mut y = vec![bf16::ZERO; x.len()];
            compute(&halves, &mut y, c);
            print("bf16_", operation.name, &y.into_iter().map(f32::from).collect::<Vec<_>>())?;
        }
        if let Some(compute) = operation.f16 {
            let halves: Vec<_> = x.iter().copied().map(f16::from_f32).collect();
            let mut y = vec![f16::ZERO; x.len()];
            compute(&halves, &mut y, c);
            print("f16_", operation.name, &y.into_iter().map(f32::from).collect::<Vec<_>>())?;
        }
    }
    output.flush()?;
    Ok(())
}
