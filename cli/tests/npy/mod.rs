//! .npy files, written byte by byte.

// Not every test needs all of it.
#![allow(dead_code)]

/// An .npy file: a header in the given version's layout, with NumPy's padding, and the elements.
pub fn npy(version: u8, header: &str, elements: &[u8]) -> Vec<u8> {
    let mut file = b"\x93NUMPY".to_vec();
    file.extend([version, 0]);
    let length_field = if version == 1 { 2 } else { 4 };
    let unpadded = 8 + length_field + header.len() + 1;
    let padding = unpadded.next_multiple_of(64) - unpadded;
    let length = header.len() + padding + 1;
    match version {
        1 => file.extend((length as u16).to_le_bytes()),
        _ => file.extend((length as u32).to_le_bytes()),
    }
    file.extend(header.as_bytes());
    file.extend(vec![b' '; padding]);
    file.push(b'\n');
    file.extend(elements);
    file
}

/// The dictionary of a header, as NumPy writes it.
pub fn header(element_type: &str, fortran_order: bool, shape: &str) -> String {
    let order = if fortran_order { "True" } else { "False" };
    format!("{{'descr': '{element_type}', 'fortran_order': {order}, 'shape': {shape}, }}")
}

/// Elements as they lie in a file.
pub fn singles(numbers: &[f32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// Elements as they lie in a file.
pub fn doubles(numbers: &[f64]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}
