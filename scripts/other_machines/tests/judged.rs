//! What Exact's digests stand for is correctly rounded: the judge has the same digest of the same inputs, and
//! finds nothing wrong.

use sigmoid::{Accuracy, Backend, Element, Kernels};
use sigmoid_conformance::{Expected, Function, Sampled, Tally};
use sigmoid_digests::{BLOCK, Inputs, Number, digests};

fn check<T: Number + Sampled + Element>() {
    let mut found = Vec::new();
    digests(|digest| found.push(digest));
    let exact = |operation: &str, inputs| {
        let all: Vec<_> = found
            .iter()
            .filter(|digest| digest.accuracy == Accuracy::Exact && digest.format == <T as Number>::NAME)
            .filter(|digest| digest.operation == operation && digest.inputs == inputs)
            .collect();
        let backends = Backend::available().count();
        // The reference has no part in the long ones.
        assert_eq!(all.len(), backends - usize::from(inputs == Inputs::Dense), "{operation} of {inputs}");
        all
    };
    let kernels = Kernels::new().accuracy(Accuracy::Exact);
    for inputs in Inputs::ALL {
        for (function, name, compute) in [
            (Function::Sigmoid, "forward", Kernels::forward::<T> as fn(&Kernels, &[T], &mut [T])),
            (Function::Derivative, "derivative", Kernels::derivative::<T>),
        ] {
            let (mut tally, mut expected) = (Tally::default(), Expected::default());
            let mut results = [T::default(); BLOCK];
            inputs.blocks(|x: &[T]| {
                let results = &mut results[..x.len()];
                compute(&kernels, x, results);
                expected.compute(function, x);
                tally.add(function, x, results, &expected);
            });
            assert!(tally.is_sound(), "{tally:?}");
            assert_eq!(tally.not_correctly_rounded, 0, "{tally:?}");
            for digest in exact(name, inputs).into_iter().chain(exact(&format!("both:{name}"), inputs)) {
                assert_eq!(digest.value, tally.digest, "{digest}");
            }
        }
        let backward = exact("backward", inputs);
        assert!(backward.iter().all(|digest| digest.value == backward[0].value), "{backward:?}");
    }
}

#[test]
fn f32_is_correctly_rounded() {
    check::<f32>();
}

#[test]
fn f64_is_correctly_rounded() {
    check::<f64>();
}
