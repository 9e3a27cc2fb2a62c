//! Results that are streamed past the caches have the bits of short calls, at odd offsets and
//! lengths around the threshold, and nothing outside of the outputs is written.

mod support;

use sigmoid::{Backend, Kernels, thresholds};
use support::{
    Float, Inputs, Operation, Way, accuracies, assert_same_bits, assert_same_bits_and_nan, mixture, results,
    run,
};

/// Elements on each side of an output that must stay as they are.
const MARGIN: usize = 64;

/// Too short to stream, and no multiple of anything.
const SHORT: usize = 40_009;

fn check<T: Float>() {
    let from = thresholds::STREAM_FROM_BYTES / size_of::<T>();
    let longest = from + 1000;
    // A period that no register and no page has, so that random numbers need not fill it all.
    let mut pattern = mixture::<T>(50_021, 0x57);
    let ordinary = [1.5, -2.5, 0.125].map(T::nearest);
    let mut backends = vec![Backend::fastest()];
    if Backend::Avx2.is_available() && !backends.contains(&Backend::Avx2) {
        backends.push(Backend::Avx2);
    }

    let mut inputs = Inputs { x: Vec::new(), grad: Vec::new() };
    let untouched = T::of_bits(T::INFINITY_BITS + 0xca4a);
    let mut buffers = [(); 2].map(|()| vec![untouched; longest + 2 * MARGIN + 16]);
    for operation in [
        Operation::Forward,
        Operation::Derivative,
        Operation::ForwardWithDerivative,
        Operation::Backward, // last: its first input is s, and takes the place of x
    ] {
        if operation == Operation::Backward {
            pattern.iter_mut().for_each(|x| *x = sigmoid::reference::sigmoid(*x));
            inputs.grad = ordinary.iter().copied().cycle().take(longest + 16).collect();
        }
        if operation == Operation::Forward || operation == Operation::Backward {
            inputs.x = pattern.iter().copied().cycle().take(longest + 16).collect();
        }
        for (&backend, accuracy) in
            backends.iter().flat_map(|backend| accuracies().map(move |accuracy| (backend, accuracy)))
        {
            let kernels = Kernels::new().backend(backend).expect("it is available").accuracy(accuracy);
            // The second output beside the first on the same part of a cache line, and not.
            for (len, input, starts) in
                [(from - 1, 1, [3, 5]), (from, 0, [0, 0]), (from + 333, 3, [5, 5]), (from + 1000, 7, [1, 2])]
            {
                let starts = starts.map(|start| MARGIN + start);
                let [first, second] = &mut buffers;
                let outputs = [&mut first[starts[0]..][..len], &mut second[starts[1]..][..len]];
                run(kernels, operation, Way::OutOfPlace, inputs.part(input..input + len), outputs);

                let context =
                    || format!("{operation:?} {accuracy} on {backend}, {len} elements from {input}");
                let mut done = 0;
                while done < len {
                    let next = len.min(done + SHORT);
                    let part = inputs.part(input + done..input + next);
                    let expected = results(kernels, operation, Way::OutOfPlace, part);
                    for i in 0..operation.outputs() {
                        let got = &buffers[i][starts[i] + done..starts[i] + next];
                        assert_same_bits(got, &expected[i], || format!("{}, from {done} on", context()));
                    }
                    done = next;
                }
                for i in 0..2 {
                    let (before, rest) = buffers[i].split_at_mut(starts[i]);
                    let (output, after) = rest.split_at_mut(len);
                    for outside in [before, after] {
                        assert_same_bits_and_nan(outside, &vec![untouched; outside.len()], context);
                    }
                    output.fill(untouched);
                }
            }
        }
    }
}

// One test, and not one for each format, so that there is only one set of buffers.
#[test]
fn streamed_results_have_the_same_bits() {
    check::<f32>();
    check::<f64>();
}
