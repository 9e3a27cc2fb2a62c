//! The numbers that all contenders work on, as the .npy files that other languages read.

use std::fs::{self, File};
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use npyz::WriterBuilder;
use sigmoid_conformance::sample::Random;

use crate::Failure;
use crate::peer::Operation;

/// The largest length that is timed: 64 Mi.
pub const LONGEST: usize = 1 << 26;

/// The largest length at which what is made of s is timed: 1 Mi.
pub const LONGEST_OF_FAMILY: usize = 1 << 20;

/// Every so manieth bit pattern of `f32` is judged. A prime, so that no bit of the mantissas stays as
/// it is; 4.2 million numbers.
pub const STRIDE: u32 = 1021;

/// The inputs that are timed, the first of them: numbers spread evenly over [-10, 10).
pub fn inputs(len: usize) -> Vec<f32> {
    let mut random = Random(1);
    (0..len).map(|_| random.between(-10.0, 10.0) as f32).collect()
}

/// The second inputs of an operation that has two: from 0 to 1, as labels are.
pub fn second_inputs(len: usize) -> Vec<f32> {
    let mut random = Random(2);
    (0..len).map(|_| random.between(0.0, 1.0) as f32).collect()
}

/// The inputs that are judged.
pub fn patterns() -> Vec<f32> {
    (0..=u32::MAX / STRIDE).map(|i| f32::from_bits(i * STRIDE)).collect()
}

/// The inputs that an operation is judged by: of one with two all first ones, then all second ones.
pub fn judged(operation: Operation) -> Vec<f32> {
    let mut x = patterns();
    if operation.inputs() == 2 {
        // A quarter, for pairs are judged one by one.
        x = x.into_iter().step_by(4).collect();
        let mut random = Random(3);
        let mut second = |i: usize| match (operation, i % 4) {
            (Operation::BceWithLogits, 0) => 0.0,
            (Operation::BceWithLogits, 1) => 1.0,
            (Operation::BceWithLogits, _) => random.between(0.0, 1.0),
            (_, 0) => random.magnitude(-40.0, 40.0),
            _ => random.between(-8.0, 8.0),
        };
        let second: Vec<f32> = (0..x.len()).map(|i| second(i) as f32).collect();
        x.extend(second);
    }
    x
}

/// `peers/data` or `peers/report` in the source tree.
pub fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Writes the inputs that are timed to a folder: `x_f32.npy` and `second_f32.npy`.
pub fn write(folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder)?;
    write_array(&folder.join("x_f32.npy"), &inputs(LONGEST), &[LONGEST as u64])?;
    let second = second_inputs(LONGEST_OF_FAMILY);
    write_array(&folder.join("second_f32.npy"), &second, &[LONGEST_OF_FAMILY as u64])
}

/// Writes an array of this shape.
pub fn write_array<T: npyz::AutoSerialize + Copy>(
    path: &Path,
    numbers: &[T],
    shape: &[u64],
) -> Result<(), Failure> {
    let mut out = BufWriter::new(File::create(path)?);
    let options = npyz::WriteOptions::new().default_dtype().shape(shape);
    let mut writer = options.writer(&mut out).begin_nd()?;
    writer.extend(numbers.iter().copied())?;
    writer.finish()?;
    Ok(out.flush()?)
}

/// Reads results that another program wrote.
pub fn read<T: npyz::Deserialize>(path: &Path) -> Result<Vec<T>, Failure> {
    let mut bytes = Vec::new();
    File::open(path)?.read_to_end(&mut bytes)?;
    Ok(npyz::NpyFile::new(&bytes[..])?.into_vec::<T>()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_come_back() {
        let path = std::env::temp_dir().join(format!("sigmoid-peers-{}.npy", std::process::id()));
        let numbers = inputs(1000);
        write_array(&path, &numbers, &[1000]).unwrap();
        assert_eq!(read::<f32>(&path).unwrap(), numbers);
        fs::remove_file(path).unwrap();
    }

    #[test]
    fn the_inputs_of_a_short_length_begin_those_of_a_long_one() {
        assert_eq!(inputs(10), inputs(100)[..10]);
        assert!(inputs(1000).iter().all(|x| (-10.0..=10.0).contains(x)));
    }
}
