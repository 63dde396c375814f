//! The spatial operations as loops over slices, for single-precision tensors in the CPU's memory.
//!
//! Neither reading a tensor where it lies nor making one of a vector copies, so each loop reads its input once and writes its
//! output once. Channels are worked on in parallel; every value is computed by one thread in a fixed
//! order, so the result does not depend on the number of threads.

use std::ops::{Deref, DerefMut};

use burn::{
    backend::flex::{Flex, FlexTensor, Layout},
    tensor::{DType, Device, Tensor, TensorData},
};
use faer::MatRef;
use rayon::prelude::*;

use super::{
    Taps, Window,
    simd::{copy, relu, vectorized},
};
use crate::engine::{device::is_host, transfer::Maps};

/// Whether `tensor` is in single precision and in the CPU's memory.
pub(super) fn runs_on<const D: usize>(tensor: &Tensor<D>) -> bool {
    tensor.dtype() == DType::F32 && is_host(&tensor.device())
}

pub(super) fn patches(maps: Maps, window: Window) -> Tensor<2> {
    let [c, n, h, w] = maps.dims();
    let device = maps.device();
    let input = Held::of(maps);
    let (taps, row_length) = (window.size * window.size, n * window.count(h) * window.count(w));
    let mut output = vec![0.0; c * taps * row_length];
    output
        .par_chunks_mut(taps * row_length)
        .zip(input.par_chunks(n * h * w))
        .for_each(|(patches, planes)| lay_out(patches, planes, [h, w], window));
    tensor(output, [c * taps, row_length], &device)
}

/// The patches of some planes of a channel, `[size * size, planes * rows * columns]`.
pub(super) fn lay_out(patches: &mut [f32], planes: &[f32], [h, w]: [usize; 2], window: Window) {
    let Window { size, stride, padding } = window;
    let (rows, columns) = (window.count(h), window.count(w));
    vectorized(
        #[inline(always)]
        || {
            for (position, patches) in patches.chunks_exact_mut(planes.len() / (h * w) * rows * columns).enumerate() {
                let (i, j) = (position / size, position % size);
                let span = Span::new(columns, w, j, stride, padding);
                for (row, target) in patches.chunks_exact_mut(columns).enumerate() {
                    let (image, row) = (row / rows, row % rows);
                    let y = row * stride + i;
                    if y < padding || y >= h + padding || span.len() == 0 {
                        target.fill(0.0);
                        continue;
                    }
                    let source = &planes[image * h * w + (y - padding) * w..][..w];
                    target[..span.first].fill(0.0);
                    target[span.end..].fill(0.0);
                    let target = &mut target[span.first..span.end];
                    if stride == 1 {
                        copy(target, &source[span.source..]);
                    } else {
                        take_each(target, &source[span.source..], stride);
                    }
                }
            }
        },
    );
}

/// Copies every `stride`th value.
#[inline(always)]
fn take_each(target: &mut [f32], source: &[f32], stride: usize) {
    let mut begun = 0;
    if stride == 2 {
        // Of pairs it is done by registers.
        let pairs = source.as_chunks::<2>().0;
        begun = pairs.len().min(target.len());
        for (target, pair) in target.iter_mut().zip(pairs) {
            *target = pair[0];
        }
    }
    for (target, source) in target.iter_mut().zip(source.iter().step_by(stride)).skip(begun) {
        *target = *source;
    }
}

pub(super) fn scatter(patches: Tensor<2>, dims: [usize; 4], window: Window) -> Maps {
    let [c, n, h, w] = dims;
    let device = patches.device();
    let input = Held::of(patches);
    let (taps, row_length) = (window.size * window.size, n * window.count(h) * window.count(w));
    let mut output = vec![0.0; c * n * h * w];
    output
        .par_chunks_mut(n * h * w)
        .zip(input.par_chunks(taps * row_length))
        .for_each(|(planes, patches)| add_up(planes, patches, [h, w], window));
    tensor(output, dims, &device)
}

/// The adjoint of [`lay_out`], added to `planes`.
pub(super) fn add_up(planes: &mut [f32], patches: &[f32], [h, w]: [usize; 2], window: Window) {
    let Window { size, stride, padding } = window;
    let (rows, columns) = (window.count(h), window.count(w));
    vectorized(
        #[inline(always)]
        || {
            for (position, patches) in patches.chunks_exact(planes.len() / (h * w) * rows * columns).enumerate() {
                let (i, j) = (position / size, position % size);
                let span = Span::new(columns, w, j, stride, padding);
                for (row, source) in patches.chunks_exact(columns).enumerate() {
                    let (image, row) = (row / rows, row % rows);
                    let y = row * stride + i;
                    if y < padding || y >= h + padding || span.len() == 0 {
                        continue;
                    }
                    let target = &mut planes[image * h * w + (y - padding) * w..][..w];
                    let source = &source[span.first..span.end];
                    if stride == 1 {
                        for (target, source) in target[span.source..].iter_mut().zip(source) {
                            *target += *source;
                        }
                    } else {
                        for (target, source) in target[span.source..].iter_mut().step_by(stride).zip(source) {
                            *target += *source;
                        }
                    }
                }
            }
        },
    );
}

/// The windows along a row whose value at offset `j` lies inside the map.
struct Span {
    /// The first such window.
    first: usize,
    /// One past the last.
    end: usize,
    /// Where in the map the first one reads.
    source: usize,
}

impl Span {
    #[inline(always)]
    fn new(columns: usize, width: usize, j: usize, stride: usize, padding: usize) -> Self {
        let first = padding.saturating_sub(j).div_ceil(stride);
        let end = (width + padding).saturating_sub(j).div_ceil(stride).min(columns);
        Self { first, end: end.max(first), source: (first * stride + j).saturating_sub(padding) }
    }

    #[inline(always)]
    const fn len(&self) -> usize {
        self.end - self.first
    }
}

pub(super) fn window_sums(maps: Maps, size: usize) -> Maps {
    let [c, n, h, w] = maps.dims();
    let (rows, columns) = (h / size, w / size);
    let device = maps.device();
    let input = Held::of(maps);
    let mut output = vec![0.0; c * n * rows * columns];
    output.par_chunks_mut(n * rows * columns).zip(input.par_chunks(n * h * w)).for_each(|(output, input)| {
        for (row, output) in output.chunks_exact_mut(columns).enumerate() {
            let start = (row / rows * h + row % rows * size) * w;
            for line in input[start..start + size * w].chunks_exact(w) {
                if size == 2 {
                    for (output, pair) in output.iter_mut().zip(line.as_chunks::<2>().0) {
                        *output += pair[0] + pair[1];
                    }
                } else {
                    for (output, window) in output.iter_mut().zip(line.chunks_exact(size)) {
                        *output += window.iter().sum::<f32>();
                    }
                }
            }
        }
    });
    tensor(output, [c, n, rows, columns], &device)
}

pub(super) fn spread(maps: Maps, dims: [usize; 4], size: usize) -> Maps {
    let [c, n, rows, columns] = maps.dims();
    let [_, _, h, w] = dims;
    let device = maps.device();
    let input = Held::of(maps);
    let mut output = vec![0.0; c * n * h * w];
    output.par_chunks_mut(n * h * w).zip(input.par_chunks(n * rows * columns)).for_each(|(output, input)| {
        for (row, input) in input.chunks_exact(columns).enumerate() {
            let start = (row / rows * h + row % rows * size) * w;
            for line in output[start..start + size * w].chunks_exact_mut(w) {
                if size == 2 {
                    for (pair, input) in line.as_chunks_mut::<2>().0.iter_mut().zip(input) {
                        *pair = [*input; 2];
                    }
                } else {
                    for (window, input) in line.chunks_exact_mut(size).zip(input) {
                        window.fill(*input);
                    }
                }
            }
        }
    });
    tensor(output, dims, &device)
}

/// Values for a thread, where each is worked on apart from the others.
const CHUNK: usize = 1 << 14;

pub(super) fn rectify(maps: Maps) -> (Maps, Maps) {
    let (dims, device) = (maps.dims(), maps.device());
    let input = Held::of(maps);
    let (mut output, mut slope) = (vec![0.0; input.len()], vec![0.0; input.len()]);
    let chunks = output.par_chunks_mut(CHUNK).zip(slope.par_chunks_mut(CHUNK)).zip(input.par_chunks(CHUNK));
    chunks.for_each(|((output, slope), input)| {
        vectorized(
            #[inline(always)]
            || {
                for ((output, slope), input) in output.iter_mut().zip(slope.iter_mut()).zip(input) {
                    *slope = if *input > 0.0 { 1.0 } else { 0.0 };
                    *output = relu(*input);
                }
            },
        );
    });
    (tensor(output, dims, &device), tensor(slope, dims, &device))
}

/// The value alone of [`rectify`].
pub(super) fn rectified(maps: Maps) -> Maps {
    let (dims, device) = (maps.dims(), maps.device());
    let input = Held::of(maps);
    let mut output = vec![0.0; input.len()];
    output.par_chunks_mut(CHUNK).zip(input.par_chunks(CHUNK)).for_each(|(output, input)| {
        vectorized(
            #[inline(always)]
            || {
                for (output, input) in output.iter_mut().zip(input) {
                    *output = relu(*input);
                }
            },
        );
    });
    tensor(output, dims, &device)
}

#[allow(clippy::cast_possible_truncation)] // weights as single as the values they multiply
pub(super) fn resample(maps: Maps, taps: &Taps) -> Maps {
    let dims @ [c, n, h, w] = maps.dims();
    let device = maps.device();
    let input = Held::of(maps);
    let mut output = vec![0.0; input.len()];
    let plane = (h * w).max(1);
    output.par_chunks_mut(plane).zip(input.par_chunks(plane)).enumerate().for_each(|(index, (output, input))| {
        let Some(taps) = taps.of(index % n) else { return };
        for (sources, weights) in taps.sources.iter().zip(&taps.weights) {
            for ((output, &source), &weight) in output.iter_mut().zip(sources).zip(weights) {
                *output += weight as f32 * input[source as usize];
            }
        }
    });
    debug_assert_eq!(output.len(), c * n * h * w);
    tensor(output, dims, &device)
}

fn on_host<const D: usize>(tensor: Tensor<D>) -> FlexTensor {
    // `runs_on` has made sure of the backend and the type.
    tensor.try_into_primitive::<Flex>().unwrap_or_else(|error| unreachable!("a tensor of the CPU: {error:?}"))
}

/// The values of a tensor, where they are if they lie in order.
pub(super) struct Held(FlexTensor);

impl Held {
    pub(super) fn of<const D: usize>(tensor: Tensor<D>) -> Self {
        Self(on_host(tensor).to_contiguous())
    }

    pub(super) fn new(values: Vec<f32>) -> Self {
        let len = values.len();
        Self(FlexTensor::from_data(TensorData::new(values, [len])))
    }

    pub(super) fn into_tensor<const D: usize>(self, dims: [usize; D]) -> Tensor<D> {
        Tensor::from_primitive::<Flex>(self.0.reshape(dims.into()))
    }
}

impl Deref for Held {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        self.0.as_slice().unwrap_or_default()
    }
}

/// Values that are shared are copied before they are changed.
impl DerefMut for Held {
    fn deref_mut(&mut self) -> &mut [f32] {
        if !self.0.is_unique() {
            *self = Self::new(self.to_vec());
        }
        let (start, end) = self.0.layout().contiguous_offsets().unwrap_or_default();
        &mut self.0.storage_mut()[start..end]
    }
}

/// Matrices of one shape in a tensor, where they are if the rows or the columns of each lie in order there.
pub(super) struct Strided {
    tensor: FlexTensor,
    view: View,
}

/// Where matrices lie.
#[derive(Debug, Clone, Copy)]
struct View {
    rows: usize,
    columns: usize,
    /// From row to row and from column to column: one of them is 1.
    row: isize,
    column: isize,
    /// From one matrix to the next.
    step: isize,
}

impl View {
    /// Whether the matrices can be read where they lie.
    const fn is_there(self) -> bool {
        let Self { rows, columns, row, column, step } = self;
        let by_rows = column == 1 && row >= columns.cast_signed();
        let by_columns = row == 1 && column >= rows.cast_signed();
        step >= 0 && (by_rows || by_columns)
    }
}

impl Strided {
    /// The matrices in the last two dimensions; of other dimensions there is one at most.
    pub(super) fn of<const D: usize>(tensor: Tensor<D>) -> Self {
        Self::find(on_host(tensor), |layout| {
            let (dims, strides) = (layout.shape(), layout.strides());
            let step = if D > 2 { strides[D - 3] } else { 0 };
            let [row, column] = [strides[D - 2], strides[D - 1]];
            Some(View { rows: dims[D - 2], columns: dims[D - 1], row, column, step })
        })
    }

    /// Of maps `[c, n, h, w]` a matrix a channel, whose rows are planes.
    pub(super) fn planes(maps: Maps) -> Self {
        Self::find(on_host(maps), |layout| {
            let (&[_, images, height, width], &[channel, image, row, column]) = (&**layout.shape(), layout.strides())
            else {
                return None;
            };
            let in_order = [row, column] == [width.cast_signed(), 1];
            in_order.then_some(View { rows: images, columns: height * width, row: image, column, step: channel })
        })
    }

    fn find(tensor: FlexTensor, view: impl Fn(&Layout) -> Option<View>) -> Self {
        if let Some(view) = view(tensor.layout()).filter(|view| view.is_there()) {
            return Self { tensor, view };
        }
        let tensor = tensor.to_contiguous();
        let view = view(tensor.layout()).unwrap_or_else(|| unreachable!("a copy lies in order"));
        Self { tensor, view }
    }

    /// Rows and columns.
    pub(super) const fn sides(&self) -> [usize; 2] {
        [self.view.rows, self.view.columns]
    }

    /// One of the matrices.
    pub(super) fn matrix(&self, index: usize) -> MatRef<'_, f32> {
        let View { rows, columns, row, column, step } = self.view;
        let start = self.tensor.layout().start_offset() + index * step.unsigned_abs();
        let values = &self.tensor.storage()[start..];
        if column == 1 {
            MatRef::from_row_major_slice_with_stride(values, rows, columns, row.unsigned_abs())
        } else {
            MatRef::from_column_major_slice_with_stride(values, rows, columns, column.unsigned_abs())
        }
    }
}

/// A copy of a tensor's values.
pub(super) fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    Held::of(tensor).to_vec()
}

pub(super) fn tensor<const D: usize>(values: Vec<f32>, dims: [usize; D], device: &Device) -> Tensor<D> {
    Tensor::from_data(TensorData::new(values, dims), device)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{
        device::ComputeDevice,
        kernels::{PlaneTaps, plain},
        test_support::{assert_close, random_maps},
    };

    /// The sum of products: for adjoint pairs, `<A x, y> = <x, A* y>`.
    fn inner<const D: usize>(a: Tensor<D>, b: Tensor<D>) -> f32 {
        a.mul(b).sum().into_scalar::<f32>()
    }

    #[test]
    fn patches_and_scatter_agree_with_the_plain_ones_and_are_adjoint() {
        let device = ComputeDevice::cpu();
        for (size, stride, padding, h, w) in [
            (3, 1, 1, 8, 8),
            (3, 1, 3, 7, 5),
            (5, 1, 2, 9, 6),
            (3, 2, 1, 7, 8),
            (1, 2, 0, 7, 7),
            (5, 1, 0, 6, 5),
            (4, 1, 4, 5, 5),
        ] {
            let window = Window { size, stride, padding };
            let x = random_maps([3, 2, h, w], 1, &device);
            let unfolded = patches(x.clone(), window);
            assert_close(&unfolded, &plain::patches(x.clone(), window), 0.0);
            let [rows, columns] = unfolded.dims();
            let y = random_maps([1, 1, rows, columns], 2, &device).reshape([rows, columns]);
            let scattered = scatter(y.clone(), x.dims(), window);
            assert_close(&scattered, &plain::scatter(y.clone(), x.dims(), window), 1e-6);
            let (left, right) = (inner(unfolded, y), inner(x, scattered));
            assert!((left - right).abs() < 1e-3, "{left} {right}");
        }
    }

    #[test]
    fn pooling_agrees_with_the_plain_operations_and_is_adjoint() {
        let device = ComputeDevice::cpu();
        for (size, h, w) in [(2, 8, 6), (2, 7, 5), (4, 8, 8), (3, 7, 10)] {
            let x = random_maps([3, 2, h, w], 3, &device);
            let sums = window_sums(x.clone(), size);
            assert_close(&sums, &plain::window_sums(x.clone(), size), 1e-6);
            let y = random_maps(sums.dims(), 4, &device);
            let wide = spread(y.clone(), x.dims(), size);
            assert_close(&wide, &plain::spread(y.clone(), x.dims(), size), 0.0);
            assert!((inner(sums, y) - inner(x.clone(), wide)).abs() < 1e-3);
        }
    }

    #[test]
    fn rectifying_agrees_with_the_plain_operations() {
        let device = ComputeDevice::cpu();
        // More than one thread is given, zeros of both signs among them.
        let x = (random_maps([2, 3, 60, 60], 3, &device) * 9.0).round();
        let ((y, slope), (plain_y, plain_slope)) = (rectify(x.clone()), plain::rectify(x.clone()));
        assert_close(&rectified(x), &plain_y, 0.0);
        assert_close(&y, &plain_y, 0.0);
        assert_close(&slope, &plain_slope, 0.0);
        let (y, slope) = rectify(Maps::full([1, 1, 1, 2], f32::NAN, device.tensor_device()));
        assert!(y.is_nan().all().into_scalar::<bool>() && slope.equal_elem(0.0).all().into_scalar::<bool>());
    }

    #[test]
    fn resampling_agrees_with_the_plain_operation_and_with_its_adjoint() {
        let device = ComputeDevice::cpu();
        let x = random_maps([3, 2, 5, 4], 5, &device);
        let y = random_maps([3, 2, 5, 4], 6, &device);
        // A pixel without taps, pixels with two, and a source of many.
        let of_image = |image: usize| {
            PlaneTaps::new(20, |pixel| match pixel {
                3 => Vec::new(),
                _ => vec![(pixel * 7 % 20, 0.5 + image as f64), (pixel / 4, -0.25 * pixel as f64)],
            })
        };
        for of_images in [vec![of_image(0)], vec![of_image(0), of_image(1)]] {
            let taps = Taps { of_images };
            let transposed = taps.transposed(20);
            let found = resample(x.clone(), &taps);
            assert_close(&found, &plain::resample(x.clone(), &taps), 1e-5);
            let adjoint = resample(y.clone(), &transposed);
            assert_close(&adjoint, &plain::resample(y.clone(), &transposed), 1e-4);
            assert!((inner(found, y.clone()) - inner(x.clone(), adjoint)).abs() < 1e-2);
        }
    }
}
