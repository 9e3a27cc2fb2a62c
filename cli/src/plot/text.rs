//! Numbers as they stand beside an axis.

/// A number with so many digits behind the point, and with a proper minus sign.
pub fn number(value: f64, digits: usize) -> String {
    format!("{value:.digits$}").replace('-', "−")
}

/// 10 to the power.
pub fn power_of_ten(exponent: i32) -> String {
    let raised = |character| match character {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        digit => char::from_u32('⁰' as u32 + digit as u32 - '0' as u32).unwrap_or(digit),
    };
    match exponent {
        0 => "1".to_owned(),
        1 => "10".to_owned(),
        _ => format!("10{}", exponent.to_string().chars().map(raised).collect::<String>()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_and_exponents() {
        assert_eq!(number(-7.5, 1), "−7.5");
        assert_eq!([-1, 0, 1, 3, 40].map(power_of_ten), ["10⁻¹", "1", "10", "10³", "10⁴⁰"]);
    }
}
