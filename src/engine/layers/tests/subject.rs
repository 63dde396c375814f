//! One layer under test, and the checks that every layer must pass.

use burn::tensor::{Tensor, TensorData};

use super::*;
use crate::engine::{
    device::ComputeDevice,
    kernels::runs_on_host,
    test_support::{random_maps, random_values},
};

pub(super) const STEP: f64 = 1e-5;

/// Parameters of the shapes given, values in [-1, 1).
pub(super) fn random_parameters(shapes: &[[usize; 2]], seed: u64, device: &ComputeDevice) -> Vec<Matrix> {
    let matrix = |(index, shape): (usize, &[usize; 2])| {
        let values = random_values(shape[0] * shape[1], seed + index as u64);
        Tensor::from_data(TensorData::new(values, *shape), (device.tensor_device(), device.float_type()))
    };
    shapes.iter().enumerate().map(matrix).collect()
}

pub(super) fn inner<const D: usize>(a: &Tensor<D>, b: &Tensor<D>) -> f64 {
    (a.clone() * b.clone()).sum().into_scalar::<f64>()
}

pub(super) fn moved<const D: usize>(a: &[Tensor<D>], along: &[Tensor<D>], step: f64) -> Vec<Tensor<D>> {
    a.iter().zip(along).map(|(a, b)| a.clone() + b.clone() * step).collect()
}

/// One layer under test.
pub(super) struct Subject {
    pub(super) name: String,
    pub(super) layer: Box<dyn Layer>,
    pub(super) shapes: Vec<[usize; 2]>,
    pub(super) input: [usize; 4],
    pub(super) statistics: Vec<Statistics>,
    pub(super) batch_norm: BatchNormMode,
}

/// Value, gradients and input gradient at a point.
pub(super) struct At {
    pub(super) y: Maps,
    pub(super) gradients: Vec<Option<Matrix>>,
    pub(super) input_gradient: Maps,
    pub(super) memory: Memory,
}

impl Subject {
    pub(super) fn new(name: &str, layer: impl Layer + 'static, shapes: &[[usize; 2]], input: [usize; 4]) -> Self {
        Self {
            name: name.into(),
            layer: Box::new(layer),
            shapes: shapes.to_vec(),
            input,
            statistics: Vec::new(),
            batch_norm: BatchNormMode::Frozen,
        }
    }

    pub(super) fn value(&self, parameters: &[Matrix], x: Maps) -> (Maps, Memory) {
        self.layer.forward(&mut self.context(parameters, &x), x)
    }

    pub(super) fn context<'a>(&'a self, parameters: &'a [Matrix], x: &Maps) -> Context<'a> {
        Context { fast: runs_on_host(x), batch_norm: self.batch_norm, ..Context::new(parameters, &self.statistics) }
    }

    pub(super) fn at(&self, parameters: &[Matrix], x: Maps, delta: Maps) -> At {
        let (y, mut memory) = self.value(parameters, x);
        let mut gradients = vec![None; parameters.len()];
        let input_gradient =
            self.layer.backward(parameters, &mut memory, delta, &mut gradients, true).expect("it is wanted");
        At { y, gradients, input_gradient, memory }
    }

    pub(super) fn close(&self, rule: &str, found: f64, expected: f64) {
        let error = (found - expected).abs() / expected.abs().max(1.0);
        assert!(error < 1e-6, "{}: {rule} gives {found}, central differences {expected}", self.name);
    }

    pub(super) fn check(&self) {
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
    pub(super) fn check_fast(&self) {
        let plain = self.rules(&ComputeDevice::cpu_in_double_precision());
        let fast = self.rules(&ComputeDevice::cpu());
        assert_eq!(plain.len(), fast.len());
        for (index, (plain, fast)) in plain.iter().zip(&fast).enumerate() {
            let largest = plain.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
            let worst = plain.iter().zip(fast).fold(0.0, |most: f64, (plain, fast)| most.max((plain - fast).abs()));
            assert!(worst <= 1e-5 * largest, "{}: result {index} differs by {worst} of {largest}", self.name);
        }
    }

    pub(super) fn check_both(&self) {
        self.check();
        self.check_fast();
    }

    /// The values of `y`, `δx`, the parameters' gradients, `ẏ` and `δ̇x` on a device.
    pub(super) fn rules(&self, device: &ComputeDevice) -> Vec<Vec<f64>> {
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
    pub(super) fn check_from_images(
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
