//! The operations and number formats, by the names that the library, this command and the checker share.
//!
//! [`With`] is how something is done with an operation that a name says: written once, for any of them.

mod library;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{ValueEnum, builder::ValueParser};
use half::{bf16, f16};
use sigmoid_conformance::{Function, FunctionOfTwo};

pub use self::library::{InLibrary, Parameters, With};
use crate::options::displayed_as_on_the_command_line;

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
    /// Two inputs, S and GRAD: GRAD S (1 - S), from the outputs S
    #[value(alias = "backward")]
    SigmoidBackward,
    /// s(C x), of a factor that is given with the call; 1.702 unless said
    Scaled,
    /// x s(x)
    Silu,
    /// The derivative of x s(x)
    SiluDerivative,
    /// Two inputs, X and GRAD: GRAD silu'(X)
    SiluBackward,
    /// Two inputs, GATE and UP: G s(A G) (clamp(UP, -L, L) + O) with G = min(GATE, L); without parameters, silu(GATE) UP
    #[value(name = "swiglu")]
    SwiGlu,
    /// Two inputs, GATE and UP, in half precision: silu(GATE) UP, as frameworks do it, with silu(GATE) rounded before the
    /// product
    #[value(name = "swiglu_in_two_steps")]
    SwiGluInTwoSteps,
    /// Three inputs, GATE, UP and GRAD: the gradients of GATE and UP
    #[value(name = "swiglu_backward")]
    SwiGluBackward,
    /// Two inputs, A and B: A s(B)
    Glu,
    /// x s(1.702 x)
    QuickGelu,
    /// x s(2 sqrt(2/pi) (x + 0.044715 x^3))
    GeluTanh,
    /// Two inputs, X and GRAD: GRAD times the derivative of gelu_tanh
    GeluTanhBackward,
    /// x (1 + erf(x / sqrt(2))) / 2, but in f64
    Gelu,
    /// tanh x
    Tanh,
    /// 1 - tanh(x)^2
    TanhDerivative,
    /// Two inputs, Y and GRAD: GRAD (1 - Y^2), from the outputs Y
    TanhBackward,
    /// ln(1 + e^x)
    Softplus,
    /// Two inputs, X and GRAD: GRAD s(X)
    SoftplusBackward,
    /// ln s(x)
    LogSigmoid,
    /// Two inputs, X and GRAD: GRAD s(-X)
    LogSigmoidBackward,
    /// ln(x / (1 - x))
    Logit,
    /// Two inputs, X and labels Z in [0, 1]: -Z ln s(X) - (1 - Z) ln(1 - s(X))
    BceWithLogits,
    /// Two inputs, X and Z: s(X) - Z
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

    /// What the slices that it reads are, in the order in which the library takes them.
    pub fn names_of_inputs(self) -> &'static [&'static str] {
        match self {
            Self::SwiGluBackward => &["GATE", "UP", "GRAD"],
            Self::SwiGlu | Self::SwiGluInTwoSteps => &["GATE", "UP"],
            Self::Glu => &["A", "B"],
            Self::BceWithLogits | Self::BceWithLogitsGradient => &["X", "Z"],
            Self::SigmoidBackward => &["S", "GRAD"],
            Self::TanhBackward => &["Y", "GRAD"],
            Self::SiluBackward
            | Self::GeluTanhBackward
            | Self::SoftplusBackward
            | Self::LogSigmoidBackward => &["X", "GRAD"],
            _ => &["INPUT"],
        }
    }

    /// How many slices it reads.
    pub fn inputs(self) -> usize {
        self.names_of_inputs().len()
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

    /// Whether the command computes it there.
    pub fn is_in(self, dtype: DataType) -> bool {
        match dtype {
            DataType::F32 => f32::has(self),
            DataType::F64 => f64::has(self),
            DataType::Bf16 => bf16::has(self),
            DataType::F16 => f16::has(self),
        }
    }

    /// Whether there are correctly rounded results to be had.
    pub fn has_exact(self, dtype: DataType) -> bool {
        match self {
            Self::Sigmoid | Self::SigmoidDerivative | Self::SigmoidWithDerivative => true,
            Self::SigmoidBackward => !dtype.is_half(),
            Self::Silu | Self::QuickGelu | Self::Tanh => dtype.is_half(),
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
    /// The upper half of f32
    Bf16,
    /// Half precision
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

/// For the command line: the operations with one result, which can be a file.
pub fn with_one_result() -> ValueParser {
    let all = Operation::value_variants().iter().filter(|op| op.outputs() == 1);
    PossibleValuesParser::new(all.filter_map(Operation::to_possible_value))
        .try_map(|name| Operation::from_str(&name, false))
        .into()
}

/// For the command line: the formats of that kind.
pub fn formats(wanted: impl Fn(DataType) -> bool) -> ValueParser {
    let all = DataType::value_variants().iter().filter(|&&dtype| wanted(dtype));
    PossibleValuesParser::new(all.filter_map(DataType::to_possible_value))
        .try_map(|name| DataType::from_str(&name, false))
        .into()
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

displayed_as_on_the_command_line!(Operation, DataType);

#[cfg(test)]
mod tests {
    use super::*;

    /// All that the checker knows can be asked for.
    #[test]
    fn one_vocabulary() {
        let known: Vec<_> = judged().filter_map(Operation::judge).collect();
        let all = Function::ALL.map(Judge::One).into_iter().chain(FunctionOfTwo::ALL.map(Judge::Two));
        for judge in all {
            assert!(known.contains(&judge), "{judge:?}");
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
