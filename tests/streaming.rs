//! Results that are streamed past the caches have the bits of short calls, at odd offsets and
//! lengths around the threshold, and nothing outside of the outputs is written.

mod support;

use sigmoid::ops::{SigmoidWithDerivative, Split};
use sigmoid::{Accuracy, Backend, Kernels, thresholds};
use support::family::{Family, Member, in_every_format};
use support::{accuracies, assert_same_bits, assert_same_bits_and_nan, thinned};

/// Elements on each side of an output that must stay as they are.
const MARGIN: usize = 64;

/// Inputs repeat after so many elements: too few to stream, and no multiple of a register or a page.
const PERIOD: usize = 50_021;

/// The family, and both results of the sigmoid at once.
fn members<T: Family>() -> Vec<Member<T>>
where
    SigmoidWithDerivative: Split<T>,
{
    let mut members = T::members();
    members.push(Member {
        name: "sigmoid with derivative",
        inputs: 1,
        outputs: 2,
        compute: |kernels, [x, ..], [y, dy]| kernels.forward_with_derivative(x, y, dy),
        in_place: &[],
    });
    if thinned() > 1 {
        // Emulated registers have no streaming stores: the sigmoid's own will do.
        members.retain(|member| member.name.starts_with("sigmoid"));
    }
    members
}

fn check<T: Family>()
where
    SigmoidWithDerivative: Split<T>,
{
    let from = thresholds::STREAM_FROM_BYTES / size_of::<T>();
    let longest = from + 1000;
    let mut period = Member::<T>::mixed(PERIOD);
    for x in &mut period {
        // Half of it is nothing special.
        for (i, x) in x[PERIOD / 2..].iter_mut().enumerate() {
            *x = T::nearest((i as f64 + 0.5) / PERIOD as f64);
        }
    }
    let inputs = period.each_ref().map(|x| x.iter().copied().cycle().take(longest + 16).collect::<Vec<T>>());
    let mut backends = vec![Backend::fastest()];
    if Backend::Avx2.is_available() && !backends.contains(&Backend::Avx2) {
        backends.push(Backend::Avx2);
    }
    let untouched = T::of_bits(T::INFINITY_BITS + 1);
    let mut buffers = [(); 2].map(|()| vec![untouched; longest + 2 * MARGIN + 16]);

    for member in members::<T>() {
        // (Nothing else has kernels of its own for Exact.)
        let has_exact = member.name.starts_with("sigmoid") && size_of::<T>() > 2;
        let accuracies = accuracies().filter(|&accuracy| has_exact || accuracy == Accuracy::Fast);
        for (&backend, accuracy) in
            backends.iter().flat_map(|backend| accuracies.clone().map(move |accuracy| (backend, accuracy)))
        {
            let kernels = Kernels::new().backend(backend).expect("it is available").accuracy(accuracy);
            let expected = member.results(kernels, period.each_ref().map(|x| &x[..]));
            // The second output beside the first on the same part of a cache line, and not.
            let calls =
                [(from + 333, 3, [5, 5]), (from - 1, 1, [3, 5]), (from, 0, [0, 0]), (from + 1000, 7, [1, 2])];
            let calls = &calls[..if thinned() > 1 && size_of::<T>() == 2 { 1 } else { 4 }];
            for &(len, input, starts) in calls {
                let starts = starts.map(|start| MARGIN + start);
                let [first, second] = &mut buffers;
                let outputs = [&mut first[starts[0]..][..len], &mut second[starts[1]..][..len]];
                (member.compute)(kernels, inputs.each_ref().map(|x| &x[input..][..len]), outputs);

                let context =
                    || format!("{} {accuracy} on {backend}, {len} elements from {input}", member.name);
                for (i, buffer) in buffers.iter_mut().enumerate() {
                    let (before, rest) = buffer.split_at_mut(starts[i]);
                    let (output, after) = rest.split_at_mut(len);
                    if let Some(expected) = expected.get(i) {
                        let mut done = 0;
                        while done < len {
                            let expected = &expected[(input + done) % PERIOD..];
                            let count = expected.len().min(len - done);
                            assert_same_bits(&output[done..][..count], &expected[..count], || {
                                format!("{}, from {done} on", context())
                            });
                            done += count;
                        }
                    }
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
    in_every_format!(check());
}
