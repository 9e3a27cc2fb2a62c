//! The operations and number formats, by the names that the library, this command and the checker share.
//!
//! [`With`] is how something is done with an operation that a name says: written once, for any of them.

mod library;

use std::fmt;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{ValueEnum, builder::ValueParser};
use sigmoid_conformance::{Function, FunctionOfTwo};

pub use self::library::{InLibrary, With};

/// Everything that the library computes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Operation {
    /// s(x)
    #[default]
    #[value(alias = "forward")]
    Sigmoid,
    /// s'(x), from x
    #[value(alias = "derivative")]
    SigmoidDerivative,
    /// s(x) and s'(x) in one pass
    #[value(alias = "forward_with_derivative")]
    SigmoidWithDerivative,
    /// grad s (1 - s), from s
    #[value(alias = "backward")]
    SigmoidBackward,
    /// s(1.702 x), of a factor that is given with the call
    Scaled,
    /// x s(x)
    Silu,
    /// The derivative of x s(x)
    SiluDerivative,
    /// grad silu'(x)
    SiluBackward,
    /// silu(g) u
    #[value(name = "swiglu")]
    SwiGlu,
    /// The gradients of g and u
    #[value(name = "swiglu_backward")]
    SwiGluBackward,
    /// a s(b)
    Glu,
    /// x s(1.702 x)
    QuickGelu,
    /// x s(2 sqrt(2/pi) (x + 0.044715 x^3))
    GeluTanh,
    /// grad times the derivative of that
    GeluTanhBackward,
    /// x (1 + erf(x / sqrt(2))) / 2, in f32
    Gelu,
    /// tanh x
    Tanh,
    /// 1 - tanh(x)^2
    TanhDerivative,
    /// grad (1 - y^2), from y = tanh x
    TanhBackward,
    /// ln(1 + e^x)
    Softplus,
    /// grad s(x)
    SoftplusBackward,
    /// ln s(x)
    LogSigmoid,
    /// grad s(-x)
    LogSigmoidBackward,
    /// ln(x / (1 - x))
    Logit,
    /// -z ln s(x) - (1 - z) ln s(-x)
    BceWithLogits,
    /// s(x) - z
    BceWithLogitsGradient,
}

/// What the checker knows of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judge {
    /// The truth of one number.
    One(Function),
    /// The truth of two.
    Two(FunctionOfTwo),
}

impl Operation {
    /// The name that is printed.
    pub fn name(self) -> String {
        self.to_possible_value().map_or(String::new(), |value| value.get_name().to_owned())
    }

    /// How many slices it reads.
    pub fn inputs(self) -> usize {
        match self {
            Self::SwiGluBackward => 3,
            Self::SigmoidBackward
            | Self::SiluBackward
            | Self::SwiGlu
            | Self::Glu
            | Self::GeluTanhBackward
            | Self::TanhBackward
            | Self::SoftplusBackward
            | Self::LogSigmoidBackward
            | Self::BceWithLogits
            | Self::BceWithLogitsGradient => 2,
            _ => 1,
        }
    }

    /// How many slices it writes.
    pub fn outputs(self) -> usize {
        match self {
            Self::SigmoidWithDerivative | Self::SwiGluBackward => 2,
            _ => 1,
        }
    }

    /// Which of its inputs a call in place overwrites: the factor, of a product. `None` if there is no such call.
    pub fn overwrites(self) -> Option<usize> {
        match self {
            Self::SwiGluBackward => None,
            Self::Glu | Self::BceWithLogits | Self::BceWithLogitsGradient => Some(0),
            _ => Some(self.inputs() - 1),
        }
    }

    /// Whether what is overwritten is a factor of the result.
    pub fn is_product(self) -> bool {
        self.inputs() == 2 && !matches!(self, Self::BceWithLogits | Self::BceWithLogitsGradient)
    }

    /// Whether there are correctly rounded results to be had.
    pub fn has_exact(self, dtype: DataType) -> bool {
        match self {
            Self::Sigmoid | Self::SigmoidDerivative => true,
            Self::SigmoidWithDerivative | Self::SigmoidBackward => !dtype.is_half(),
            Self::Silu => dtype.is_half(),
            _ => false,
        }
    }

    /// The checker's own, under the same name; `None` if it knows none.
    pub fn judge(self) -> Option<Judge> {
        let name = self.name();
        let one = name.parse().ok().map(Judge::One);
        one.or_else(|| name.parse().ok().map(Judge::Two))
    }
}

/// A number format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum DataType {
    /// Single precision
    #[default]
    F32,
    /// Double precision
    F64,
    /// The upper half of f32, of few operations
    Bf16,
    /// Half precision, of few operations
    F16,
}

impl DataType {
    /// Bytes of an element.
    pub fn size(self) -> usize {
        match self {
            Self::F32 => 4,
            Self::F64 => 8,
            Self::Bf16 | Self::F16 => 2,
        }
    }

    pub fn is_half(self) -> bool {
        matches!(self, Self::Bf16 | Self::F16)
    }
}

/// What `verify` is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selection {
    /// The sigmoid and its derivative.
    Default,
    /// Everything that the checker knows.
    All,
    One(Operation),
}

impl Selection {
    /// The operations, in the order of the list above.
    pub fn operations(self) -> Vec<Operation> {
        match self {
            Self::Default => vec![Operation::Sigmoid, Operation::SigmoidDerivative],
            Self::All => judged().collect(),
            Self::One(op) => vec![op],
        }
    }

    /// For the command line: `default`, `all`, and the names of what the checker knows.
    pub fn parser() -> ValueParser {
        const DEFAULT: &str = "default";
        const ALL: &str = "all";
        let groups = [
            PossibleValue::new(DEFAULT).help("sigmoid and sigmoid_derivative"),
            PossibleValue::new(ALL).help("all of these"),
        ];
        let one = judged().filter_map(|op| op.to_possible_value());
        PossibleValuesParser::new(groups.into_iter().chain(one))
            .try_map(|name| match name.as_str() {
                DEFAULT => Ok(Self::Default),
                ALL => Ok(Self::All),
                name => Operation::from_str(name, false).map(Self::One),
            })
            .into()
    }
}

/// What the checker knows.
fn judged() -> impl Iterator<Item = Operation> {
    Operation::value_variants().iter().copied().filter(|op| op.judge().is_some())
}

/// Shows values under the names that the command line knows.
macro_rules! displayed_as_on_the_command_line {
    ($($name:ty),*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let value = self.to_possible_value();
                f.pad(value.as_ref().map_or("", |value| value.get_name()))
            }
        }
    )*};
}
displayed_as_on_the_command_line!(Operation, DataType);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::FileOperation;

    /// All that the checker knows can be asked for, and what files are asked for is the same thing elsewhere.
    #[test]
    fn one_vocabulary() {
        let known = judged().map(|op| op.judge());
        let all = Function::ALL.map(Judge::One).into_iter().chain(FunctionOfTwo::ALL.map(Judge::Two));
        for judge in all {
            assert!(known.clone().any(|known| known == Some(judge)), "{judge:?}");
        }
        for of_files in FileOperation::value_variants() {
            let of_files = of_files.to_possible_value().unwrap();
            for name in of_files.get_name_and_aliases() {
                let op = Operation::from_str(name, false).unwrap_or_else(|error| panic!("{error}"));
                assert_eq!(op.name(), of_files.get_name());
            }
        }
    }

    #[test]
    fn older_names() {
        for (older, name) in [
            ("forward", "sigmoid"),
            ("derivative", "sigmoid_derivative"),
            ("forward_with_derivative", "sigmoid_with_derivative"),
            ("backward", "sigmoid_backward"),
        ] {
            assert_eq!(Operation::from_str(older, false).map(Operation::name), Ok(name.to_owned()));
        }
    }
}
