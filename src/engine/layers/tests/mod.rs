//! Every rule of every layer against central differences in double precision, and against automatic differentiation.

mod subject;

use burn::tensor::{
    Tensor, TensorData,
    module::{avg_pool2d, conv2d},
    ops::{AvgPoolOptions, ConvOptions},
};

use subject::{Subject, random_parameters};

use super::*;
use crate::{
    domain::Activation,
    engine::{
        device::ComputeDevice,
        kernels::{Window, block::After, narrower},
        test_support::random_maps,
    },
};

fn convolution(size: usize, stride: usize, padding: usize, bias: bool) -> Convolution {
    Convolution { weight: 0, bias: bias.then_some(1), window: Window { size, stride, padding }, careful: false }
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
        for careful in [false, true] {
            let layer = Convolution { careful, ..convolution(size, 1, padding, true) };
            Subject::new(&name, layer, &shapes, [16, images, h, w]).check_fast();
        }
    }
}

#[test]
fn convolutions_by_more_tiles_than_stay_in_the_cache() {
    let layer = convolution(5, 1, 2, true);
    Subject::new("convolution of many tiles", layer, &[[40, 16 * 25], [40, 1]], [16, 8, 32, 32]).check_fast();
}

#[test]
fn loops_for_narrower_processors() {
    narrower::with_each(|| {
        convolutions_by_tiles();
        convolutions_of_few_channels();
        blocks();
        values_alone_are_those_of_the_forward_pass();
    });
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
        let block = Block::new(input[0], AFFINE, after);
        Subject::new(&format!("block {input:?}"), block, &[[input[0], 1]; 2], input).check_both();
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
        let mut context = Context::new(&parameters, &[]);
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
        let mut context = Context::new(&parameters, &[]);
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
        Subject::new("max pooling", MaxPooling { rectified }, &[], input).check_both();
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
    for (inputs, input) in [(24, [3, 2, 4, 2]), (144, [2, 3, 8, 9]), (5, [5, 4, 1, 1])] {
        Subject::new("linear", Linear { weight: 0, bias: 1 }, &[[4, inputs], [4, 1]], input).check_both();
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
    let mut context = Context::new(&[], &[]);
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
        vec![Box::new(Convolution { weight: 1, bias: None, window, careful: true })]
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
    let mut context = Context { batch_norm: BatchNormMode::Batch, ..Context::new(&parameters, &fresh) };
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
        let mut context = Context::new(&parameters, &[]);
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
