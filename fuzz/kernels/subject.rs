//! What is computed: the operations that the tests go over, in their formats, and those in half precision.

use sigmoid::Kernels;
use sigmoid::bounds::{self, Fast};
use sigmoid::ops::{Glu, Map, Sigmoid, Silu, Softplus, SwiGlu, Zip, ZipInterleaved};

use super::element::Element;
use crate::support::Float;
use crate::support::family::{Family, GPT_OSS, Member};

/// A call that takes as many slices as it has inputs, and writes as many as it has outputs.
type Compute<T, U> = fn(Kernels, [&[T]; 3], [&mut [U]; 2]);

/// A call that overwrites its last argument, one of the inputs.
type InPlace<T> = fn(Kernels, [&[T]; 3], &mut [T]);

/// Whether something is stated of the result of these inputs.
type Domain = fn([f64; 3]) -> bool;

/// An operation, from elements to such of the same format or another.
pub struct Subject<T: 'static, U> {
    pub name: &'static str,
    pub inputs: usize,
    pub outputs: usize,
    pub compute: Compute<T, U>,
    pub in_place: Vec<(usize, InPlace<T>)>,
    /// Whether it is proved to be correctly rounded if that is asked.
    pub has_exact: bool,
    /// Whether it is so without being asked.
    pub is_always_exact: bool,
    /// The largest errors, if the scalar reference is near enough to the truth to see them, and the inputs of which
    /// they are stated.
    pub stated: Option<(Fast, Domain)>,
}

impl<T: Element, U: Element> Subject<T, U> {
    /// The results of calls with one element each.
    pub fn alone(&self, kernels: Kernels, inputs: &[Vec<T>; 3]) -> Vec<Vec<U>> {
        let mut all = vec![Vec::new(); self.outputs];
        for i in 0..inputs[0].len() {
            let one = inputs.each_ref().map(|input| input.get(i..=i).unwrap_or_default());
            let (mut first, mut second) = ([U::PATTERN], [U::PATTERN]);
            (self.compute)(kernels, one, [&mut first, &mut second]);
            for (all, one) in all.iter_mut().zip([first, second]) {
                all.extend(one);
            }
        }
        all
    }
}

/// The operations of the tests' list, and s and s' in one pass.
pub fn of_format<T: Family + Float>() -> Vec<Subject<T, T>> {
    let mut subjects: Vec<_> = T::members().into_iter().map(of_member).collect();
    subjects.push(Subject {
        name: "sigmoid with sigmoid'",
        inputs: 1,
        outputs: 2,
        compute: |kernels, [x, ..], [s, ds]| kernels.forward_with_derivative(x, s, ds),
        in_place: vec![(0, |kernels, _, x| {
            let mut ds = vec![T::default(); x.len()];
            kernels.forward_with_derivative_in_place(x, &mut ds);
        })],
        has_exact: true,
        is_always_exact: false,
        // Those of s and of s' are checked by themselves.
        stated: None,
    });
    subjects
}

fn of_member<T: Family>(member: Member<T>) -> Subject<T, T> {
    let Member { name, inputs, outputs, compute, in_place } = member;
    Subject {
        name,
        inputs,
        outputs,
        compute,
        in_place: in_place.to_vec(),
        has_exact: name.starts_with("sigmoid"),
        is_always_exact: false,
        stated: stated(name).and_then(|([single, double], domain)| match size_of::<T>() {
            4 => Some((single, domain)),
            // The scalar reference multiplies numbers of which one may have vanished or lost digits.
            _ if inputs > 1 => None,
            _ => Some((double, domain)),
        }),
    }
}

/// The largest errors in `f32` and `f64`.
fn stated(name: &str) -> Option<([Fast; 2], Domain)> {
    let all: Domain = |_| true;
    // The scalar reference gives NaN to more of the infinite ones.
    let finite: Domain = |inputs| !inputs.iter().any(|input| input.is_infinite());
    // With alpha = 0 results from half of the largest number on may overflow.
    let moderate: Domain = |inputs| inputs.iter().all(|input| input.abs() < 1e12);
    let (stated, domain): (bounds::Stated, Domain) = match name {
        "sigmoid" => return Some(([bounds::FORWARD_F32, bounds::FORWARD_F64], all)),
        "sigmoid'" => return Some(([bounds::DERIVATIVE_F32, bounds::DERIVATIVE_F64], all)),
        // Of an s that is none of the sigmoid's, nothing is stated.
        "sigmoid backward" => {
            let domain: Domain = |[s, grad, _]| (0.0..=1.0).contains(&s) && !grad.is_infinite();
            return Some(([bounds::BACKWARD_F32, bounds::BACKWARD_F64], domain));
        }
        "gelu" => return Some(([bounds::GELU; 2], all)),
        "silu" => (bounds::SILU, all),
        "silu'" => (bounds::SILU_DERIVATIVE, all),
        "silu backward" => (bounds::SILU_BACKWARD, finite),
        "quick gelu" => (bounds::QUICK_GELU, all),
        "glu" => (bounds::GLU, finite),
        "tanh" => (bounds::TANH, all),
        "tanh'" => (bounds::TANH_DERIVATIVE, all),
        // Of a y that is none of tanh's nothing is stated.
        "tanh backward" => {
            (bounds::TANH_BACKWARD, |[y, grad, _]: [f64; 3]| (-1.0..=1.0).contains(&y) && !grad.is_infinite())
        }
        "gelu by tanh" => (bounds::GELU_TANH, all),
        // Next to the zero it counts in another unit.
        "gelu by tanh backward" => (bounds::GELU_TANH_BACKWARD, |[x, grad, _]: [f64; 3]| {
            !(-1.0..=-0.5).contains(&x) && !x.is_infinite() && !grad.is_infinite()
        }),
        "softplus" | "log-sigmoid" => (bounds::SOFTPLUS, all),
        "softplus backward" | "log-sigmoid backward" => (bounds::SOFTPLUS_BACKWARD, finite),
        "logit" => (bounds::LOGIT, all),
        // Of a label that is none, nothing is stated.
        "bce with logits" => {
            (bounds::BCE_WITH_LOGITS, |[x, z, _]: [f64; 3]| !x.is_infinite() && (0.0..=1.0).contains(&z))
        }
        // It counts in another unit.
        "gradient of bce with logits" => return None,
        name if name.starts_with("s(") => (bounds::SCALED, all),
        "swiglu, alpha 0" => (bounds::SWIGLU, moderate),
        "swiglu backward, alpha 0" => (bounds::SWIGLU_BACKWARD, moderate),
        name if name.starts_with("swiglu backward") => (bounds::SWIGLU_BACKWARD, finite),
        name if name.starts_with("swiglu") => (bounds::SWIGLU, finite),
        name => panic!("the stated error of {name} is to be written here, or None"),
    };
    Some(([stated.f32, stated.f64], domain))
}

/// Half precision to the same format: the tests' list, and interleaved pairs.
pub fn half_to_itself<T: Family + Element>() -> Vec<Subject<T, T>>
where
    SwiGlu: Zip<T> + ZipInterleaved<T>,
{
    const EXACT: [&str; 5] = ["sigmoid", "sigmoid'", "silu", "quick gelu", "tanh"];
    let subject = |member: Member<T>| {
        let is_exact = EXACT.contains(&member.name);
        // (The results of the scalar reference are the same or next to these, and a unit is too much to be stated.)
        Subject { has_exact: is_exact, is_always_exact: is_exact, stated: None, ..of_member(member) }
    };
    let [_, of_pairs] = gates();
    T::members().into_iter().map(subject).chain([of_pairs]).collect()
}

/// Half precision to `f32`.
pub fn half_to_single<T: Element>() -> Vec<Subject<T, f32>>
where
    Sigmoid: Map<T, f32>,
    Silu: Map<T, f32>,
    Softplus: Map<T, f32>,
    Glu: Zip<T, f32>,
    SwiGlu: Zip<T, f32> + ZipInterleaved<T, f32>,
{
    let mut subjects = vec![
        of_one("sigmoid", |kernels, [x, ..], [y, _]| kernels.map(Sigmoid, x, y)),
        of_one("silu", |kernels, [x, ..], [y, _]| kernels.map(Silu, x, y)),
        of_one("softplus", |kernels, [x, ..], [y, _]| kernels.map(Softplus, x, y)),
        Subject { inputs: 2, ..of_one("glu", |kernels, [a, b, _], [y, _]| kernels.zip(Glu, a, b, y)) },
    ];
    subjects.extend(gates());
    subjects
}

/// gpt-oss's gate, of two slices and of one of pairs.
fn gates<T: Element, U: Element>() -> [Subject<T, U>; 2]
where
    SwiGlu: Zip<T, U> + ZipInterleaved<T, U>,
{
    let of_slices: Compute<T, U> = |kernels, [g, u, _], [y, _]| kernels.zip(GPT_OSS, g, u, y);
    let of_pairs: Compute<T, U> = |kernels, [g, u, _], [y, _]| {
        let pairs: Vec<_> = g.iter().zip(u).flat_map(|(&g, &u)| [g, u]).collect();
        kernels.zip_interleaved(GPT_OSS, &pairs, y);
    };
    [("swiglu", of_slices), ("swiglu of pairs", of_pairs)]
        .map(|(name, compute)| Subject { inputs: 2, ..of_one(name, compute) })
}

/// One input, one output, nothing proved and nothing stated.
fn of_one<T, U>(name: &'static str, compute: Compute<T, U>) -> Subject<T, U> {
    Subject {
        name,
        inputs: 1,
        outputs: 1,
        compute,
        in_place: Vec::new(),
        has_exact: false,
        is_always_exact: false,
        stated: None,
    }
}
