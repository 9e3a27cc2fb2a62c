//! Every method against ndarray's own way of doing the same, element by element: for arrays of every layout the bits
//! must be those of single elements, and memory that is not of the array must stay as it is.

mod support;

use std::fmt::Debug;

use ndarray::parallel::prelude::*;
use ndarray::{
    Array, Array0, Array2, Array3, ArrayD, ArrayRef, ArrayViewD, Axis, Dimension, IxDyn, Zip, arr0, s,
};
use sigmoid::ops::{self, Map};
use sigmoid::{Accuracy, Kernels};
use sigmoid_ndarray::{KernelsExt, SigmoidExt};
use support::{Layout, layouts, number, probability};

/// Long rows, short ones, rows that are longer than a buffer, one element, none.
const SHAPES: [&[usize]; 9] =
    [&[3, 70], &[1300, 2], &[2, 3, 17], &[3, 1, 5], &[1, 600], &[1], &[5], &[4, 0, 3], &[2, 3, 2, 5]];

/// Two floats that are the same, or NaN both.
fn same<T: PartialEq + Copy + Debug + Into<f64>>(x: T, y: T) -> bool {
    let (x, y) = (x.into(), y.into());
    x.to_bits() == y.to_bits() || (x.is_nan() && y.is_nan())
}

#[track_caller]
fn assert_same<T, D>(what: impl Debug, got: &ArrayRef<T, D>, want: &ArrayRef<T, D>)
where
    T: PartialEq + Copy + Debug + Into<f64>,
    D: Dimension,
{
    assert_eq!(got.shape(), want.shape(), "{what:?}");
    for ((at, &got), &want) in got.indexed_iter().zip(want) {
        assert!(same(got, want), "{what:?}: at {at:?} {got:?} and not {want:?}");
    }
}

/// Calls `check` with every shape and two layouts of it.
fn for_layouts(mut check: impl FnMut(&[usize], &Layout, &Layout)) {
    for shape in SHAPES {
        let layouts = layouts(shape.len());
        for (i, x) in layouts.iter().enumerate() {
            // All pairs of the few layouts of few axes; of the many others, some.
            let step = if shape.len() < 3 { 1 } else { layouts.len() / 7 };
            for y in layouts.iter().cycle().skip(i).step_by(step).take(layouts.len() / step) {
                check(shape, x, y);
            }
        }
    }
}

fn of_one_input<T>(op: impl Map<T>, narrow: fn(f64) -> T)
where
    T: PartialEq + Copy + Debug + Into<f64> + Default + 'static,
{
    let kernels = Kernels::new();
    for_layouts(|shape, of_x, of_y| {
        let memory = of_x.memory(shape, |i| narrow(number(i)));
        let x = of_x.view(&memory);
        let want = x.mapv(|x| kernels.value(op, x));

        let y = kernels.map_array(op, &x);
        assert_same((of_x, "new"), &y, &want);
        assert_eq!(y.strides(), want.strides(), "{of_x:?}: as ndarray lays it out");

        let mut into = of_y.memory(shape, |i| narrow(i as f64));
        let mut wanted = into.clone();
        of_y.view_mut(&mut wanted).assign(&want);
        kernels.map_array_into(op, &x, &mut of_y.view_mut(&mut into));
        assert_same((of_x, of_y, "into"), &into, &wanted);

        let mut wanted = memory.clone();
        of_x.view_mut(&mut wanted).mapv_inplace(|x| kernels.value(op, x));
        let mut memory = memory;
        kernels.map_array_in_place(op, &mut of_x.view_mut(&mut memory));
        assert_same((of_x, "in place"), &memory, &wanted);
    });
}

#[test]
fn of_one_input_in_f32() {
    of_one_input(ops::Sigmoid, |x| x as f32);
    of_one_input(ops::Softplus, |x| x as f32);
}

#[test]
fn of_one_input_in_f64() {
    of_one_input(ops::SigmoidDerivative, |x| x);
    of_one_input(ops::Scaled(1.5), |x| x);
}

#[test]
fn of_two_inputs() {
    let (kernels, op) = (Kernels::new(), ops::SwiGlu::default());
    let value = |x: f32, y: f32| kernels.zip_to_vec(op, &[x], &[y])[0];
    for_layouts(|shape, of_x, of_y| {
        let x_memory = of_x.memory(shape, |i| number(i) as f32);
        let y_memory = of_y.memory(shape, |i| number(i + 1000) as f32);
        let (x, y) = (of_x.view(&x_memory), of_y.view(&y_memory));
        let want = Zip::from(&x).and(&y).map_collect(|&x, &y| value(x, y));

        assert_same((of_x, of_y, "new"), &kernels.zip_arrays(op, &x, &y), &want);
        for of_z in [of_x, of_y] {
            let mut into = of_z.memory(shape, |i| i as f32);
            let mut wanted = into.clone();
            of_z.view_mut(&mut wanted).assign(&want);
            kernels.zip_arrays_into(op, &x, &y, &mut of_z.view_mut(&mut into));
            assert_same((of_x, of_y, of_z), &into, &wanted);
        }

        let (mut first, mut wanted) = (x_memory.clone(), x_memory.clone());
        of_x.view_mut(&mut wanted).assign(&want);
        kernels.zip_arrays_into_first(op, &mut of_x.view_mut(&mut first), &y);
        assert_same((of_x, of_y, "into the first"), &first, &wanted);

        let (mut second, mut wanted) = (y_memory.clone(), y_memory.clone());
        of_y.view_mut(&mut wanted).assign(&want);
        kernels.zip_arrays_into_second(op, &x, &mut of_y.view_mut(&mut second));
        assert_same((of_x, of_y, "into the second"), &second, &wanted);
    });
}

#[test]
fn gradients_of_two_inputs() {
    let (kernels, op) = (Kernels::new(), ops::SwiGluBackward::default());
    let value = |x: f64, y: f64, grad: f64| {
        let (mut dx, mut dy) = ([0.0], [0.0]);
        kernels.gradients(op, &[x], &[y], &[grad], &mut dx, &mut dy);
        (dx[0], dy[0])
    };
    for_layouts(|shape, of_x, of_y| {
        let x_memory = of_x.memory(shape, number);
        let y_memory = of_y.memory(shape, |i| number(i + 1000));
        let grad = ArrayD::from_shape_fn(shape, |at| at[0] as f64 * 0.25 - 1.0);
        let (x, y) = (of_x.view(&x_memory), of_y.view(&y_memory));
        let (mut dx, mut dy) = (of_y.memory(shape, |i| i as f64), of_x.memory(shape, |i| i as f64));
        let (mut wanted_dx, mut wanted_dy) = (dx.clone(), dy.clone());
        let values = Zip::from(&x).and(&y).and(&grad).map_collect(|&x, &y, &grad| value(x, y, grad));
        of_y.view_mut(&mut wanted_dx).assign(&values.mapv(|both| both.0));
        of_x.view_mut(&mut wanted_dy).assign(&values.mapv(|both| both.1));

        let (dx_view, dy_view) = (&mut of_y.view_mut(&mut dx), &mut of_x.view_mut(&mut dy));
        kernels.array_gradients(op, &x, &y, &grad, dx_view, dy_view);
        assert_same((of_x, of_y, "dx"), &dx, &wanted_dx);
        assert_same((of_x, of_y, "dy"), &dy, &wanted_dy);
    });
}

/// Expands to a check of each operation, of two arrays in different orders.
macro_rules! every {
    ($check:ident: $($op:expr),* $(,)?) => { $($check($op, stringify!($op));)* };
}

#[test]
fn every_operation() {
    fn one<Op: Map<f32>>(op: Op, name: &str) {
        let kernels = Kernels::new();
        let memory = Array2::from_shape_fn((40, 21), |(i, j)| probability(i * 21 + j) as f32);
        let x = memory.slice(s![..;2, 1..]);
        assert_same(name, &kernels.map_array(op, &x), &x.mapv(|x| kernels.value(op, x)));
    }
    fn two<Op: ops::Zip<f32>>(op: Op, name: &str) {
        let kernels = Kernels::new();
        let x = Array2::from_shape_fn((40, 21), |(i, j)| number(i * 21 + j) as f32);
        let y = Array2::from_shape_fn((21, 40), |(i, j)| probability(i * 40 + j) as f32);
        let want = Zip::from(&x).and(y.t()).map_collect(|&x, &y| kernels.zip_to_vec(op, &[x], &[y])[0]);
        assert_same(name, &kernels.zip_arrays(op, &x, &y.t()), &want);
    }
    every!(one: ops::Sigmoid, ops::SigmoidDerivative, ops::Silu, ops::SiluDerivative, ops::QuickGelu, ops::GeluTanh,
        ops::Gelu, ops::Tanh, ops::TanhDerivative, ops::Softplus, ops::LogSigmoid, ops::Logit, ops::Scaled(-0.5));
    every!(two: ops::SwiGlu { alpha: 1.702, limit: 7.0, offset: 1.0 }, ops::Glu, ops::BceWithLogits,
        ops::BceWithLogitsGradient, ops::SigmoidBackward, ops::SiluBackward, ops::GeluTanhBackward, ops::TanhBackward,
        ops::SoftplusBackward, ops::LogSigmoidBackward);
}

#[test]
fn the_everyday_methods() {
    let x = Array3::from_shape_fn((4, 6, 5), |(i, j, k)| number(i * 30 + j * 5 + k));
    let kernels = Kernels::new();
    let view = x.slice(s![.., ..;-2, 1..4]);
    let of = |op: fn(&Kernels, f64) -> f64| view.mapv(|x| op(&kernels, x));
    assert_same("s", &view.sigmoid(), &of(|kernels, x| kernels.value(ops::Sigmoid, x)));
    assert_same("s'", &view.sigmoid_derivative(), &of(|kernels, x| kernels.value(ops::SigmoidDerivative, x)));
    assert_same("silu", &view.silu(), &of(|kernels, x| kernels.value(ops::Silu, x)));
    assert_same("softplus", &view.softplus(), &of(|kernels, x| kernels.value(ops::Softplus, x)));
    let up = view.mapv(|x| x + 1.0);
    let gated = Zip::from(&view)
        .and(&up)
        .map_collect(|&g, &u| kernels.zip_to_vec(ops::SwiGlu::default(), &[g], &[u])[0]);
    assert_same("swiglu", &view.swiglu(&up), &gated);
    let mut shared = x.to_shared();
    let before = shared.clone();
    shared.sigmoid_inplace();
    assert_same("a shared array is copied on writing", &before, &x);
    assert_same("in place", &shared, &x.sigmoid().to_shared());
}

#[test]
fn near_the_formula_of_ndarray_users() {
    let x = Array2::from_shape_fn((50, 80), |(i, j)| (i * 80 + j) as f64 * 0.005 - 10.0);
    let naive = x.mapv(|x| 1.0 / (1.0 + (-x).exp()));
    Zip::from(&x.t().sigmoid()).and(naive.t()).for_each(|&got, &want| {
        assert!((got - want).abs() <= 8.0 * f64::EPSILON * want, "{got} and {want}");
    });
}

#[test]
fn without_axes_without_elements_and_broadcast() {
    assert_eq!(arr0(0.0_f32).sigmoid(), arr0(0.5));
    let mut zero: Array0<f32> = arr0(1.0);
    Kernels::new().map_array_into(ops::Sigmoid, &arr0(0.0), &mut zero);
    assert_eq!(zero, arr0(0.5));
    assert_eq!(ArrayD::<f64>::zeros(IxDyn(&[])).sigmoid()[IxDyn(&[])], 0.5);

    let none = Array3::<f32>::zeros((2, 0, 3));
    assert_eq!(none.sigmoid().shape(), [2, 0, 3]);
    assert_eq!(none.slice(s![..;-1, .., 1..]).sigmoid().shape(), [2, 0, 2]);

    let row = Array::from_shape_fn(600, |i| number(i) as f32);
    let rows = row.broadcast((3, 600)).unwrap();
    assert_same("rows", &rows.sigmoid(), &row.sigmoid().broadcast((3, 600)).unwrap());
    let columns = rows.t();
    assert_same("columns", &columns.sigmoid(), &rows.sigmoid().t());
    let one = arr0(1.5_f32);
    let all = one.broadcast((40, 700)).unwrap();
    assert_same("one", &all.silu(), &all.mapv(|x| Kernels::new().value(ops::Silu, x)));
}

#[test]
fn exact_and_every_backend() {
    let memory = Array2::from_shape_fn((30, 90), |(i, j)| number(i * 90 + j) as f32);
    let x = memory.slice(s![.., 3..;2]);
    for kernels in Kernels::engines() {
        for accuracy in [Accuracy::Fast, Accuracy::Exact] {
            let kernels = kernels.accuracy(accuracy);
            let want = x.mapv(|x| kernels.value(ops::Sigmoid, x));
            assert_same(kernels, &kernels.map_array(ops::Sigmoid, &x), &want);
        }
    }
}

#[test]
fn on_threads() {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
    let x = Array2::from_shape_fn((700, 1100), |(i, j)| number(i * 1100 + j) as f32);
    let want = x.sigmoid();
    let kernels = Kernels::new().parallel(true);
    pool.install(|| {
        assert_same("whole", &kernels.map_array(ops::Sigmoid, &x), &want);
        assert_same(
            "rows",
            &kernels.map_array(ops::Sigmoid, &x.slice(s![.., ..900])),
            &want.slice(s![.., ..900]),
        );

        // Many rows are shared by ndarray, each chunk on one thread.
        let mut y = x.clone();
        let mut part = y.slice_mut(s![.., 1..]);
        part.axis_chunks_iter_mut(Axis(0), 64)
            .into_par_iter()
            .for_each(|mut chunk| Kernels::new().map_array_in_place(ops::Sigmoid, &mut chunk));
        assert_same("chunks", &y.slice(s![.., 1..]), &want.slice(s![.., 1..]));
    });
}

#[test]
fn a_view_of_every_dimension_has_the_type_of_its_own() {
    fn shape<D: Dimension>(x: &ArrayRef<f32, D>) -> Vec<usize> {
        x.sigmoid().shape().to_vec()
    }
    let x = ArrayD::<f32>::zeros(IxDyn(&[2; 7]));
    assert_eq!(shape(&x), [2; 7]);
    assert_eq!(shape(&x.view().into_shape_with_order((4, 32)).unwrap()), [4, 32]);
    let views: [ArrayViewD<'_, f32>; 1] = [x.view()];
    assert_eq!(shape(&views[0]), [2; 7]);
}
