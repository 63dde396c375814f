//! Every rule of every layer against central differences in double precision, and against automatic differentiation.

use burn::tensor::{
    Tensor, TensorData,
    module::{avg_pool2d, conv2d},
    ops::{AvgPoolOptions, ConvOptions},
};

use super::*;
use crate::{
    domain::Activation,
    engine::{
        device::ComputeDevice,
        kernels::{Window, block::After, runs_on_host, tiled::FilterCache},
        test_support::{random_maps, random_values},
    },
};

const STEP: f64 = 1e-5;

/// Parameters of the shapes given, values in [-1, 1).
fn random_parameters(shapes: &[[usize; 2]], seed: u64, device: &ComputeDevice) -> Vec<Matrix> {
    let matrix = |(index, shape): (usize, &[usize; 2])| {
        let values = random_values(shape[0] * shape[1], seed + index as u64);
        Tensor::from_data(TensorData::new(values, *shape), (device.tensor_device(), device.float_type()))
    };
    shapes.iter().enumerate().map(matrix).collect()
}

fn inner<const D: usize>(a: &Tensor<D>, b: &Tensor<D>) -> f64 {
    (a.clone() * b.clone()).sum().into_scalar::<f64>()
}

fn moved<const D: usize>(a: &[Tensor<D>], along: &[Tensor<D>], step: f64) -> Vec<Tensor<D>> {
    a.iter().zip(along).map(|(a, b)| a.clone() + b.clone() * step).collect()
}

/// One layer under test.
struct Subject {
    name: String,
    layer: Box<dyn Layer>,
    shapes: Vec<[usize; 2]>,
    input: [usize; 4],
    statistics: Vec<Statistics>,
    batch_norm: BatchNormMode,
}

/// Value, gradients and input gradient at a point.
struct At {
    y: Maps,
    gradients: Vec<Option<Matrix>>,
    input_gradient: Maps,
    memory: Memory,
}

impl Subject {
    fn new(name: &str, layer: impl Layer + 'static, shapes: &[[usize; 2]], input: [usize; 4]) -> Self {
        Self {
            name: name.into(),
            layer: Box::new(layer),
            shapes: shapes.to_vec(),
            input,
            statistics: Vec::new(),
            batch_norm: BatchNormMode::Frozen,
        }
    }

    fn value(&self, parameters: &[Matrix], x: Maps) -> (Maps, Memory) {
        let filters = FilterCache::new(parameters.len());
        self.layer.forward(&mut self.context(parameters, &filters, &x), x)
    }

    fn context<'a>(&'a self, parameters: &'a [Matrix], filters: &'a FilterCache, x: &Maps) -> Context<'a> {
        let (fast, statistics) = (runs_on_host(x), &self.statistics);
        Context { parameters, fast, filters, statistics, batch_norm: self.batch_norm, observed: Vec::new() }
    }

    fn at(&self, parameters: &[Matrix], x: Maps, delta: Maps) -> At {
        let (y, mut memory) = self.value(parameters, x);
        let mut gradients = vec![None; parameters.len()];
        let input_gradient =
            self.layer.backward(parameters, &mut memory, delta, &mut gradients, true).expect("it is wanted");
        At { y, gradients, input_gradient, memory }
    }

    fn close(&self, rule: &str, found: f64, expected: f64) {
        let error = (found - expected).abs() / expected.abs().max(1.0);
        assert!(error < 1e-6, "{}: {rule} gives {found}, central differences {expected}", self.name);
    }

    fn check(&self) {
        let device = ComputeDevice::cpu_in_double_precision();
        let parameters = random_parameters(&self.shapes, 10, &device);
        let direction = random_parameters(&self.shapes, 30, &device);
        let x = random_maps(self.input, 1, &device);
        let x_dot = random_maps(self.input, 2, &device);
        let output = self.value(&parameters, x.clone()).0.dims();
        let delta = random_maps(output, 3, &device);
        let delta_dot = random_maps(output, 4, &device);
        let probe_input = random_maps(self.input, 5, &device);
        let probe_output = random_maps(output, 6, &device);
        let mut at = self.at(&parameters, x.clone(), delta.clone());

        let loss = |parameters: &[Matrix], x: Maps| inner(&self.value(parameters, x).0, &delta);
        let shifted_x = |step: f64| x.clone() + probe_input.clone() * step;
        let expected = (loss(&parameters, shifted_x(STEP)) - loss(&parameters, shifted_x(-STEP))) / (2.0 * STEP);
        self.close("the input gradient", inner(&at.input_gradient, &probe_input), expected);
        for (index, gradient) in at.gradients.iter().enumerate() {
            let only: Vec<Matrix> = direction
                .iter()
                .enumerate()
                .map(|(other, direction)| if other == index { direction.clone() } else { direction.zeros_like() })
                .collect();
            let at_step = |step: f64| loss(&moved(&parameters, &only, step), x.clone());
            let expected = (at_step(STEP) - at_step(-STEP)) / (2.0 * STEP);
            let gradient = gradient.as_ref().expect("every parameter has a gradient");
            self.close("a parameter gradient", inner(gradient, &direction[index]), expected);
        }

        let along = |step: f64| {
            self.at(
                &moved(&parameters, &direction, step),
                x.clone() + x_dot.clone() * step,
                delta.clone() + delta_dot.clone() * step,
            )
        };
        let (ahead, behind) = (along(STEP), along(-STEP));
        let y_dot = self.layer.tangent(&parameters, &direction, &mut at.memory, Some(x_dot.clone())).expect("x moves");
        let expected = inner(&(ahead.y - behind.y), &probe_output) / (2.0 * STEP);
        self.close("the tangent", inner(&y_dot, &probe_output), expected);
        let moved_gradient = self.layer.backward_tangent(&parameters, &direction, &mut at.memory, delta_dot.clone());
        let expected = inner(&(ahead.input_gradient - behind.input_gradient), &probe_input) / (2.0 * STEP);
        self.close("the tangent of the backward pass", inner(&moved_gradient, &probe_input), expected);
        self.check_from_images(&parameters, &direction, &x, (&delta, &delta_dot), &probe_input);
    }

    /// The four rules in single precision, with whatever is faster, beside those in double precision, which are plain.
    fn check_fast(&self) {
        let plain = self.rules(&ComputeDevice::cpu_in_double_precision());
        let fast = self.rules(&ComputeDevice::cpu());
        assert_eq!(plain.len(), fast.len());
        for (index, (plain, fast)) in plain.iter().zip(&fast).enumerate() {
            let largest = plain.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
            let worst = plain.iter().zip(fast).fold(0.0, |most: f64, (plain, fast)| most.max((plain - fast).abs()));
            assert!(worst <= 1e-5 * largest, "{}: result {index} differs by {worst} of {largest}", self.name);
        }
    }

    /// The values of `y`, `δx`, the parameters' gradients, `ẏ` and `δ̇x` on a device.
    fn rules(&self, device: &ComputeDevice) -> Vec<Vec<f64>> {
        let parameters = random_parameters(&self.shapes, 10, device);
        let direction = random_parameters(&self.shapes, 30, device);
        let x = random_maps(self.input, 1, device);
        let output = self.value(&parameters, x.clone()).0.dims();
        let mut at = self.at(&parameters, x, random_maps(output, 3, device));
        let x_dot = Some(random_maps(self.input, 2, device));
        let y_dot = self.layer.tangent(&parameters, &direction, &mut at.memory, x_dot).expect("x moves");
        let delta_dot = random_maps(output, 4, device);
        let moved = self.layer.backward_tangent(&parameters, &direction, &mut at.memory, delta_dot);
        let maps = |maps: Maps| maps.try_into_vec_as::<f64>().unwrap();
        let mut values: Vec<_> = [at.y, at.input_gradient, y_dot, moved].map(maps).to_vec();
        let gradients = at.gradients.into_iter().map(|gradient| gradient.expect("every parameter has a gradient"));
        values.extend(gradients.map(|gradient| gradient.try_into_vec_as::<f64>().unwrap()));
        values
    }

    /// The same with a first layer's input, which does not move.
    fn check_from_images(
        &self,
        parameters: &[Matrix],
        direction: &[Matrix],
        x: &Maps,
        (delta, delta_dot): (&Maps, &Maps),
        probe: &Maps,
    ) {
        let mut at = self.at(parameters, x.clone(), delta.clone());
        let along = |step: f64| {
            self.at(&moved(parameters, direction, step), x.clone(), delta.clone() + delta_dot.clone() * step)
        };
        let (ahead, behind) = (along(STEP), along(-STEP));
        let y_dot = self.layer.tangent(parameters, direction, &mut at.memory, None);
        if let Some(y_dot) = y_dot {
            let expected = inner(&(ahead.y - behind.y), delta) / (2.0 * STEP);
            self.close("the tangent from fixed images", inner(&y_dot, delta), expected);
        }
        let moved_gradient = self.layer.backward_tangent(parameters, direction, &mut at.memory, delta_dot.clone());
        let expected = inner(&(ahead.input_gradient - behind.input_gradient), probe) / (2.0 * STEP);
        self.close("the tangent of the backward pass from fixed images", inner(&moved_gradient, probe), expected);
    }
}

fn convolution(size: usize, stride: usize, padding: usize, bias: bool) -> Convolution {
    Convolution { weight: 0, bias: bias.then_some(1), window: Window { size, stride, padding }, fast: true }
}

const AFFINE: Affine = Affine { scale: 0, shift: 1 };

#[test]
fn convolutions() {
    for (size, stride, padding, input) in [
        (3, 1, 1, [2, 3, 5, 4]),
        (3, 1, 3, [1, 2, 4, 5]),
        (5, 1, 0, [2, 2, 6, 7]),
        (3, 2, 1, [2, 2, 7, 6]),
        (1, 2, 0, [3, 2, 5, 5]),
    ] {
        let shapes = [[4, input[0] * size * size], [4, 1]];
        let name = format!("convolution {size} stride {stride} padding {padding}");
        Subject::new(&name, convolution(size, stride, padding, true), &shapes, input).check();
        Subject::new(&name, convolution(size, stride, padding, false), &shapes[..1], input).check();
    }
    Subject::new("convolution 1", convolution(1, 1, 0, true), &[[5, 7], [5, 1]], [7, 3, 1, 1]).check();
}

#[test]
fn convolutions_by_tiles() {
    for (size, padding, images, h, w) in [
        (3, 1, 16, 2, 2),
        (3, 1, 3, 8, 8),
        (3, 1, 7, 8, 8),
        (3, 3, 2, 7, 5),
        (3, 0, 6, 9, 14),
        (5, 2, 3, 8, 9),
        (5, 0, 40, 6, 5),
        (5, 4, 2, 5, 5),
    ] {
        let name = format!("convolution {size} padding {padding} on {images} {h}x{w}");
        let shapes = [[17, 16 * size * size], [17, 1]];
        Subject::new(&name, convolution(size, 1, padding, true), &shapes, [16, images, h, w]).check_fast();
    }
}

#[test]
fn convolutions_of_few_channels() {
    for (out, size, padding, input) in
        [(6, 5, 2, [1, 3, 12, 12]), (16, 5, 0, [6, 10, 14, 14]), (20, 3, 3, [3, 2, 6, 7]), (3, 3, 1, [20, 2, 6, 7])]
    {
        let name = format!("convolution {size} padding {padding} of {input:?} to {out}");
        let shapes = [[out, input[0] * size * size], [out, 1]];
        Subject::new(&name, convolution(size, 1, padding, true), &shapes, input).check_fast();
    }
}

#[test]
fn blocks() {
    for (after, input) in [
        (After::ReluAndPooling, [3, 2, 6, 8]),
        (After::ReluAndPooling, [2, 3, 7, 5]),
        (After::Relu, [3, 2, 5, 9]),
        (After::Nothing, [3, 2, 4, 7]),
        (After::ReluAndPooling, [2, 1, 2, 2]),
    ] {
        let block = || Block::new(input[0], AFFINE, after);
        let shapes = [[input[0], 1]; 2];
        Subject::new(&format!("block {input:?}"), block(), &shapes, input).check();
        Subject::new(&format!("block {input:?}"), block(), &shapes, input).check_fast();
    }
}

#[test]
fn values_alone_are_those_of_the_forward_pass() {
    type Boxed = Box<dyn Layer>;
    // To the bit, whether a layer is the end of the one before it or stands alone.
    let device = ComputeDevice::cpu();
    let shapes = [[17, 16 * 9], [17, 1], [17, 1], [17, 1], [17, 3 * 9]];
    let parameters = random_parameters(&shapes, 10, &device);
    let by_tiles = || -> Boxed { Box::new(convolution(3, 1, 1, true)) };
    let by_patches = || -> Boxed { Box::new(convolution(3, 2, 1, true)) };
    let by_planes = || -> Boxed { Box::new(Convolution { weight: 4, ..convolution(3, 1, 1, true) }) };
    let relu = || -> Boxed { Box::new(ActivationLayer(Activation::Relu)) };
    let pooling = |rectified| -> Boxed { Box::new(MaxPooling { rectified }) };
    let block = |after| -> Boxed { Box::new(Block::new(17, Affine { scale: 2, shift: 3 }, after)) };
    let ends: [&dyn Fn() -> Boxed; 6] =
        [&relu, &|| pooling(false), &|| pooling(true), &|| block(After::Nothing), &|| block(After::Relu), &|| {
            block(After::ReluAndPooling)
        }];
    let (many, few) = ([16, 3, 9, 14], [3, 3, 9, 14]);
    let mut chains = vec![(many, vec![relu(), relu()]), (many, vec![pooling(true)])];
    for end in ends {
        chains.push((many, vec![by_tiles(), end()]));
        chains.push((many, vec![by_patches(), end()]));
        chains.push((few, vec![by_planes(), end(), pooling(false)]));
    }
    let (main, shortcut) = (vec![by_tiles(), block(After::Nothing)], vec![by_tiles(), relu()]);
    chains.push((many, vec![Box::new(Residual { main, shortcut }), relu()]));
    for (index, (input, chain)) in chains.iter().enumerate() {
        let x = random_maps(*input, 1, &device);
        let filters = FilterCache::new(parameters.len());
        let mut context = Context {
            parameters: &parameters,
            fast: true,
            filters: &filters,
            statistics: &[],
            batch_norm: BatchNormMode::Frozen,
            observed: Vec::new(),
        };
        let (forward, _) = forward_chain(chain, &mut context, x.clone());
        let alone = value_chain(chain, &mut context, x);
        assert_eq!(alone.dims(), forward.dims());
        let [alone, forward] = [alone, forward].map(|maps| maps.try_into_vec_as::<f32>().unwrap());
        assert!(alone == forward, "chain {index}");
    }
}

#[test]
fn what_is_not_a_number_stays_so() {
    // A network that has diverged must not look as if it had not.
    let device = ComputeDevice::cpu();
    let parameters = random_parameters(&[[2, 1], [2, 1]], 10, &device);
    for after in [After::Nothing, After::Relu, After::ReluAndPooling] {
        let block: Box<dyn Layer> = Box::new(Block::new(2, AFFINE, after));
        let filters = FilterCache::new(parameters.len());
        let mut context = Context {
            parameters: &parameters,
            fast: true,
            filters: &filters,
            statistics: &[],
            batch_norm: BatchNormMode::Frozen,
            observed: Vec::new(),
        };
        let x = Maps::full([2, 1, 4, 4], f32::NAN, device.tensor_device());
        for y in [block.forward(&mut context, x.clone()).0, block.value(&mut context, x, None)] {
            assert!(y.is_nan().all().into_scalar::<bool>(), "{after:?}");
        }
    }
}

#[test]
fn activations() {
    for activation in [Activation::Sigmoid, Activation::Relu, Activation::LeakyRelu, Activation::Swish] {
        Subject::new(&format!("{activation:?}"), ActivationLayer(activation), &[], [2, 3, 4, 5]).check();
    }
}

#[test]
fn poolings() {
    for (size, input) in [(2, [2, 3, 6, 4]), (2, [2, 2, 7, 5]), (4, [1, 2, 8, 8])] {
        Subject::new("average pooling", AveragePooling { size }, &[], input).check();
    }
    for (rectified, input) in [(false, [2, 3, 6, 4]), (true, [2, 2, 7, 5]), (true, [1, 2, 8, 8])] {
        Subject::new("max pooling", MaxPooling { rectified }, &[], input).check();
        Subject::new("max pooling", MaxPooling { rectified }, &[], input).check_fast();
    }
    for (window, input) in [
        (Window { size: 3, stride: 2, padding: 1 }, [2, 3, 6, 5]),
        (Window { size: 3, stride: 1, padding: 0 }, [2, 2, 4, 5]),
    ] {
        Subject::new("overlapping max pooling", OverlappingMaxPooling { window }, &[], input).check();
    }
}

#[test]
fn linear_layers() {
    for input @ [channels, _, height, width] in [[3, 2, 4, 2], [2, 3, 8, 9], [5, 4, 1, 1]] {
        let shapes = [[4, channels * height * width], [4, 1]];
        let linear = || Linear { weight: 0, bias: 1 };
        Subject::new(&format!("linear {input:?}"), linear(), &shapes, input).check();
        Subject::new(&format!("linear {input:?}"), linear(), &shapes, input).check_fast();
    }
}

#[test]
fn normalizations() {
    let input = [4, 3, 3, 5];
    for (name, groups, columns) in [("instance norm", 4, 1), ("group norm", 2, 1), ("layer norm", 1, 15)] {
        let layer = Normalization { groups, affine: AFFINE };
        Subject::new(name, layer, &[[4, columns], [4, columns]], input).check();
    }
    let device = ComputeDevice::cpu_in_double_precision();
    let mut statistics = Statistics::fresh(4, &device);
    statistics.mean = statistics.mean + 0.3;
    statistics.variance = statistics.variance * 1.7;
    for batch_norm in [BatchNormMode::Frozen, BatchNormMode::Batch] {
        let layer = BatchNormalization { index: 0, affine: AFFINE };
        let subject = Subject::new(&format!("batch norm, {batch_norm:?}"), layer, &[[4, 1], [4, 1]], input);
        Subject { statistics: vec![statistics.clone()], batch_norm, ..subject }.check();
    }
}

#[test]
fn local_response_normalizations() {
    // A weight so large that every term counts; even and odd neighbourhoods, also wider than the channels.
    for (size, input) in [(4, [6, 2, 3, 2]), (5, [7, 1, 2, 3]), (4, [2, 2, 2, 2]), (1, [3, 2, 2, 1])] {
        Subject::new("local response norm", LocalResponse { size, alpha: 3.0 }, &[], input).check();
    }
}

#[test]
fn local_response_normalization_is_pytorchs() {
    let device = ComputeDevice::cpu_in_double_precision();
    let values = vec![1.0, -2.0, 3.0, 4.0, -5.0, 6.0];
    let x = Maps::from_data(TensorData::new(values, [6, 1, 1, 1]), (device.tensor_device(), device.float_type()));
    let mut context = Context {
        parameters: &[],
        fast: false,
        filters: &FilterCache::new(0),
        statistics: &[],
        batch_norm: BatchNormMode::Frozen,
        observed: Vec::new(),
    };
    let (y, _) = Layer::forward(&LocalResponse { size: 4, alpha: 2.0 }, &mut context, x);
    let found: Vec<f64> = y.try_into_vec_as().unwrap();
    // torch.nn.functional.local_response_norm(x, 4, alpha=2, beta=0.75, k=1) in double precision, PyTorch 2.15.
    let expected = [
        0.390_794_971_390_680_1,
        -0.420_448_207_626_857_3,
        0.375,
        0.328_618_090_541_600_85,
        -0.292_671_542_829_703_9,
        0.380_805_689_713_442_4,
    ];
    assert!(found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-12), "{found:?}");
}

#[test]
fn residual_branches() {
    let main = || -> Vec<Box<dyn Layer>> {
        vec![Box::new(convolution(3, 1, 1, false)), Box::new(ActivationLayer(Activation::Swish))]
    };
    let shortcut = || -> Vec<Box<dyn Layer>> {
        let window = Window { size: 1, stride: 1, padding: 0 };
        vec![Box::new(Convolution { weight: 1, bias: None, window, fast: false })]
    };
    let input = [2, 2, 4, 4];
    let identity = Residual { main: main(), shortcut: Vec::new() };
    Subject::new("residual", identity, &[[2, 18]], input).check();
    let projected = Residual { main: main(), shortcut: shortcut() };
    Subject::new("residual with a projection", projected, &[[3, 18], [3, 2]], input).check();
}

#[test]
fn running_statistics_move_as_in_pytorch() {
    let device = ComputeDevice::cpu_in_double_precision();
    let parameters = [
        Tensor::ones([1, 1], (device.tensor_device(), device.float_type())),
        random_parameters(&[[1, 1]], 1, &device).remove(0),
    ];
    let x = Tensor::from_data(
        TensorData::new(vec![1.0, 2.0, 3.0, 6.0], [1, 2, 1, 2]),
        (device.tensor_device(), device.float_type()),
    );
    let fresh = [Statistics::fresh(1, &device)];
    let mut context = Context {
        parameters: &parameters,
        fast: false,
        filters: &FilterCache::new(2),
        statistics: &fresh,
        batch_norm: BatchNormMode::Batch,
        observed: Vec::new(),
    };
    let _ = Layer::forward(&BatchNormalization { index: 0, affine: AFFINE }, &mut context, x);
    let (_, moved) = &context.observed[0];
    // Mean 3; unbiased variance (4 + 1 + 0 + 9) / 3.
    assert!((moved.mean.clone().into_scalar::<f64>() - 0.3).abs() < 1e-12);
    assert!((moved.variance.clone().into_scalar::<f64>() - (0.9 + 14.0 / 30.0)).abs() < 1e-12);
}

#[test]
fn automatic_differentiation_agrees() {
    // Convolution, ReLU and average pooling against the tensor library's own layers and its reverse mode.
    let host = ComputeDevice::cpu();
    let device = host.tensor_device().clone().autodiff();
    for (size, stride, padding) in [(3, 1, 1), (3, 2, 1), (5, 1, 2), (3, 1, 3)] {
        let input = [2, 3, 8, 8];
        let x = random_maps(input, 7, &host);
        let parameters = random_parameters(&[[4, 2 * size * size], [4, 1]], 8, &host);
        let chain: Vec<Box<dyn Layer>> = vec![
            Box::new(convolution(size, stride, padding, true)),
            Box::new(ActivationLayer(Activation::Relu)),
            Box::new(AveragePooling { size: 2 }),
        ];
        let mut context = Context {
            parameters: &parameters,
            fast: true,
            filters: &FilterCache::new(2),
            statistics: &[],
            batch_norm: BatchNormMode::Frozen,
            observed: Vec::new(),
        };
        let (y, mut memories) = forward_chain(&chain, &mut context, x.clone());
        let cotangent = random_maps(y.dims(), 9, &host);
        let mut gradients = vec![None; 2];
        let input_gradient =
            backward_chain(&chain, &parameters, &mut memories, cotangent.clone(), &mut gradients, true).unwrap();

        let track = |values: Maps| Maps::from_data(values.into_data(), &device).require_grad();
        let images = track(x.swap_dims(0, 1));
        let weight = track(parameters[0].clone().reshape([4, 2, size, size]));
        let bias = track(parameters[1].clone().reshape([1, 1, 1, 4]));
        let options = ConvOptions::new([stride; 2], [padding; 2], [1; 2], 1);
        let value = conv2d(images.clone(), weight.clone(), Some(bias.clone().reshape([4])), options);
        let value = avg_pool2d(burn::tensor::activation::relu(value), AvgPoolOptions::new([2; 2]));
        let cotangent = Maps::from_data(cotangent.swap_dims(0, 1).into_data(), &device);
        let tracked = (value * cotangent).sum().backward();

        let close = |found: Maps, oracle: Maps| {
            let oracle = Maps::from_data(oracle.into_data(), host.tensor_device());
            crate::engine::test_support::assert_close(&found, &oracle, 1e-4);
        };
        let matrix = |index: usize| gradients[index].clone().unwrap();
        close(input_gradient.swap_dims(0, 1), images.grad(&tracked).unwrap());
        close(matrix(0).reshape([4, 2, size, size]), weight.grad(&tracked).unwrap());
        close(matrix(1).reshape([1, 1, 1, 4]), bias.grad(&tracked).unwrap());
    }
}
