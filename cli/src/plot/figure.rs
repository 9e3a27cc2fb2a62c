//! What a figure shows, whatever it is drawn on.

use std::ops::Range;

use plotters::style::RGBColor;

/// Colours that differ for every eye, and in print (Okabe and Ito's).
pub const BLUE: RGBColor = RGBColor(0, 114, 178);
pub const VERMILION: RGBColor = RGBColor(213, 94, 0);
pub const GREEN: RGBColor = RGBColor(0, 158, 115);
pub const GREY: RGBColor = RGBColor(110, 110, 110);

/// Panels one below the other.
pub struct Figure {
    /// The file's name, without its extension.
    pub name: &'static str,
    pub panels: Vec<Panel>,
}

/// Curves over one pair of axes.
pub struct Panel {
    pub title: &'static str,
    pub x: Axis,
    pub y: Axis,
    pub curves: Vec<Curve>,
    /// Where the legend's upper left corner lies, from that of the axes. No data should be there.
    pub legend: (i32, i32),
}

pub struct Axis {
    pub label: &'static str,
    pub range: Range<f64>,
    /// About how many numbers stand on it.
    pub numbers: usize,
    pub format: fn(f64) -> String,
}

pub struct Curve {
    pub label: &'static str,
    pub colour: RGBColor,
    pub mark: Mark,
    /// A point that is not finite interrupts the curve.
    pub points: Vec<(f64, f64)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    Line,
    Dashes,
    /// Circles that show what they stand on.
    Circles,
}

/// A number with a true minus sign and no digits to spare.
pub fn plain(number: f64) -> String {
    let rounded = (number * 1000.0).round() / 1000.0;
    // Adding 0 makes -0 a 0.
    (rounded + 0.0).to_string().replace('-', "\u{2212}")
}

/// 10 to the power of a whole number.
pub fn power_of_ten(exponent: f64) -> String {
    let digits = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let superscript = |digit: char| match digit {
        '-' => '⁻',
        digit => digits[digit as usize - '0' as usize],
    };
    let exponent = exponent.round() as i32;
    format!("10{}", exponent.to_string().chars().map(superscript).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        assert_eq!([-0.0, -2.5, 0.30000000000000004].map(plain), ["0", "\u{2212}2.5", "0.3"]);
        assert_eq!([-1.0, 0.0, 12.0].map(power_of_ten), ["10⁻¹", "10⁰", "10¹²"]);
    }
}
