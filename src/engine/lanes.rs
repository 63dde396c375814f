//! Splits a batch into parts that fit the cache and works on them side by side.
//!
//! The parts and the order of summation depend on the batch alone, never on the number of threads, so results are the
//! same bit for bit on any number of cores.

use std::ops::Range;

use rayon::prelude::*;

use super::{Network, device::ComputeDevice};

/// Images of one part on the CPU: the maps of a `ConvNet` layer then stay in the second- and third-level cache.
const HOST_PART: usize = 16;
/// Fewer images than this in a part leave the matrix products too narrow.
const LEAST_IMAGES: usize = 5;
/// Less work than this in a part, in multiplications, is not worth a gradient of its own.
const LEAST_WORK: usize = 50_000_000;
/// Less than this is not worth a part of a value pass, where nothing is added up.
const LEAST_VALUE_WORK: usize = 7_500_000;
/// Where an image is little work, products are as wide as there are images, and narrower ones than this are slow ...
const LEAST_WIDTH: usize = 64;
/// ... which does not matter beyond so much work.
const WIDE_WORK: usize = 26_000_000;
/// Gradients of more values than this do not stay in the second-level cache ...
const CACHED_PARAMETERS: usize = 1 << 18;
/// ... and each value beyond costs a part, which makes and adds a gradient of its own, as much time as some hundred
/// multiplications: they should not weigh in a part that takes this many for each.
const LEAST_WORK_PER_PARAMETER: usize = 1_500;
/// Parts that are summed one after another form a lane; lanes run side by side on the CPU.
const HOST_LANES: usize = 8;
/// Images of one turn, for each thread: a turn of a `ConvNet` with 32x32 colour images then takes some tenths of a second.
const TURN_IMAGES: usize = 64;
/// The most images of one part on a GPU: the patches of a `ConvNet` layer then fit the 128 MiB that every adapter binds at
/// once.
const DEVICE_PART: usize = 64;

/// Images of a part: at least (or half as many, where there are two parts) and at most on the CPU, and on a GPU.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PartSize {
    least: usize,
    most: usize,
    on_device: usize,
}

impl PartSize {
    /// For the values of `network`, on a device that reads tensors of `binding_bytes`.
    pub(crate) fn of_values(network: &Network, binding_bytes: u64) -> Self {
        let value = network.pass_costs().value.max(1);
        Self::of(network, LEAST_VALUE_WORK.div_ceil(value).max(LEAST_WIDTH.min(WIDE_WORK / value)), binding_bytes)
    }

    /// For the gradient of `network`, on a device that reads tensors of `binding_bytes`.
    pub(crate) fn of_gradient(network: &Network, binding_bytes: u64) -> Self {
        let uncached = network.parameter_count().saturating_sub(CACHED_PARAMETERS);
        let work = LEAST_WORK.max(LEAST_WORK_PER_PARAMETER * uncached);
        Self::of(network, work.div_ceil(network.pass_costs().gradient.max(1)), binding_bytes)
    }

    fn of(network: &Network, least: usize, binding_bytes: u64) -> Self {
        let least = least.max(LEAST_IMAGES);
        let patches = (size_of::<f32>() * network.patch_values()) as u64;
        let fit = usize::try_from(binding_bytes / patches.max(1)).unwrap_or(usize::MAX);
        Self { least, most: HOST_PART.max(2 * least), on_device: fit.clamp(1, DEVICE_PART) }
    }
}

/// The parts of a batch of `n` images, by lane; parts of a small batch are alike.
fn lanes(n: usize, size: PartSize, is_cpu: bool) -> Vec<Vec<Range<usize>>> {
    let (lanes, part) = if is_cpu {
        // A power of two, or a multiple of the lanes, so that cores have the same share; two small parts are better than cores
        // that wait for each other.
        let fewest = if n < size.least { 1 } else { 2 };
        let parts = 1 << (n / size.least).clamp(fewest, HOST_LANES).ilog2();
        let parts = if n > parts * size.most { n.div_ceil(size.most).next_multiple_of(HOST_LANES) } else { parts };
        (HOST_LANES, n.div_ceil(parts).max(1))
    } else {
        (1, size.on_device.min(n.max(1)))
    };
    let parts: Vec<_> = (0..n).step_by(part).map(|start| start..(start + part).min(n)).collect();
    let per_lane = parts.len().div_ceil(lanes).max(1);
    parts.chunks(per_lane).map(<[_]>::to_vec).collect()
}

/// Images of a batch of `n` whose maps are in memory at once.
pub(crate) fn images_in_flight(n: usize, size: PartSize, is_cpu: bool) -> usize {
    lanes(n, size, is_cpu)
        .iter()
        .map(|lane| lane.iter().map(Range::len).max().unwrap_or(0))
        .take(side_by_side(is_cpu))
        .sum()
}

/// Lanes that are worked on at once.
pub(crate) fn side_by_side(is_cpu: bool) -> usize {
    if is_cpu { rayon::current_num_threads().min(HOST_LANES) } else { 1 }
}

/// `work` on every part of `n` images, folded with `join` in the order of the parts; `None` for no image.
pub(super) fn fold_parts<T: Send>(
    n: usize,
    size: PartSize,
    device: &ComputeDevice,
    work: impl Fn(Range<usize>) -> T + Sync + Send,
    join: impl Fn(T, T) -> T + Sync + Send,
) -> Option<T> {
    let fold_lane = |lane: Vec<Range<usize>>| lane.into_iter().map(&work).reduce(&join);
    map(lanes(n, size, device.is_cpu()), device, fold_lane).into_iter().flatten().reduce(join)
}

/// As [`fold_parts`], with the same result bit for bit, in turns before each of which `go_on` is asked; `None` also when
/// that ends it.
pub(super) fn fold_parts_while<T: Send>(
    n: usize,
    size: PartSize,
    device: &ComputeDevice,
    work: impl Fn(Range<usize>) -> T + Sync + Send,
    join: impl Fn(T, T) -> T + Sync + Send,
    go_on: &mut dyn FnMut() -> bool,
) -> Option<T> {
    let images = |lane: &Vec<Range<usize>>| lane.iter().map(Range::len).sum();
    let fold_lane = |lane: Vec<Range<usize>>| lane.into_iter().map(&work).reduce(&join);
    map_while(lanes(n, size, device.is_cpu()), images, device, fold_lane, go_on)?.into_iter().flatten().reduce(join)
}

/// As [`map`], in turns before each of which `go_on` is asked; `None` when that ends it. `images` is how many images of a
/// real batch an item is worth.
pub(super) fn map_while<I: Send, T: Send>(
    items: Vec<I>,
    images: impl Fn(&I) -> usize,
    device: &ComputeDevice,
    work: impl Fn(I) -> T + Sync + Send,
    go_on: &mut dyn FnMut() -> bool,
) -> Option<Vec<T>> {
    let at_once = if device.is_cpu() { rayon::current_num_threads() } else { 1 };
    let mut results = Vec::with_capacity(items.len());
    let mut items = items.into_iter().peekable();
    while items.peek().is_some() {
        if !go_on() {
            return None;
        }
        let (mut turn, mut sum) = (Vec::new(), 0);
        // A turn keeps every thread busy.
        while let Some(item) = items.next_if(|item| turn.len() < at_once || sum + images(item) <= TURN_IMAGES * at_once)
        {
            sum += images(&item);
            turn.push(item);
        }
        results.extend(map(turn, device, &work));
    }
    Some(results)
}

/// `work` on every item, side by side on the CPU and one after another on a GPU; results are in the order of the items.
pub(super) fn map<I: Send, T: Send>(
    items: Vec<I>,
    device: &ComputeDevice,
    work: impl Fn(I) -> T + Sync + Send,
) -> Vec<T> {
    if device.is_cpu() {
        // Among the threads of the pool also where there is one item: loops that begin outside wait for a thread each time.
        rayon::scope(|_| items.into_par_iter().map(work).collect())
    } else {
        items.into_iter().map(work).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ImageShape;

    /// That of a large network.
    const SIZE: PartSize = PartSize { least: LEAST_IMAGES, most: HOST_PART, on_device: DEVICE_PART };

    #[test]
    fn parts_cover_the_batch_once_and_in_order() {
        let device = ComputeDevice::cpu();
        for n in [0, 1, 7, 8, 9, 127, 128, 129, 256, 1000] {
            let parts: Vec<usize> = lanes(n, SIZE, true).into_iter().flatten().flatten().collect();
            assert_eq!(parts, (0..n).collect::<Vec<_>>());
            assert!(lanes(n, SIZE, true).len() <= HOST_LANES);
            let joined = fold_parts(n, SIZE, &device, Iterator::sum::<usize>, |a, b| a + b);
            assert_eq!(joined.unwrap_or(0), (0..n).sum::<usize>());
        }
    }

    #[test]
    fn cores_have_the_same_share() {
        for least in [LEAST_IMAGES, 10, 13, 27, 40, 63, 64, 100] {
            let size = PartSize { least, most: HOST_PART.max(2 * least), on_device: DEVICE_PART };
            let lanes = lanes(256, size, true);
            assert!(lanes.len().is_power_of_two() && lanes.len() >= 2, "{least}: {} lanes", lanes.len());
            assert!(lanes.iter().flatten().all(|part| part.len() == lanes[0][0].len()), "{least}: {lanes:?}");
        }
    }

    #[test]
    fn parts_fit_the_adapter_and_the_network() {
        let of = |name: &str, binding_bytes: u64| {
            let network = Network::new(name.parse().unwrap(), ImageShape::new(3, 32, 32), 10).unwrap();
            PartSize::of_gradient(&network, binding_bytes)
        };
        assert_eq!(of("ConvNet", 128 << 20).on_device, DEVICE_PART);
        // Patches of the second convolution: 128 channels of 5x5 windows at 16x16 places.
        assert_eq!(of("AlexNet", 128 << 20).on_device, (128 << 20) / (4 * 128 * 25 * 256));
        assert_eq!(of("AlexNet", 1).on_device, 1);
        assert_eq!(of("ConvNet", u64::MAX), SIZE);
        assert!(of("MLP", u64::MAX).least > HOST_PART, "little work is not cut up");
        assert!(of("VGG11", u64::MAX).least > HOST_PART, "nor is what has many parameters");
    }

    #[test]
    fn turns_change_nothing_and_can_be_ended() {
        let device = ComputeDevice::cpu();
        for n in [0, 1, 200, 5000] {
            let work = |range: Range<usize>| range.map(|image| 1.0 / (image as f32 + 1.0)).sum::<f32>();
            let mut asked = 0;
            let mut count = || {
                asked += 1;
                true
            };
            let joined = fold_parts_while(n, SIZE, &device, work, |a, b| a + b, &mut count);
            assert_eq!(joined.map(f32::to_bits), fold_parts(n, SIZE, &device, work, |a, b| a + b).map(f32::to_bits));
            assert!(
                asked >= n.div_ceil(TURN_IMAGES * rayon::current_num_threads()).min(HOST_LANES / 2),
                "{n}: {asked}"
            );
            let mut left = asked;
            let mut end_last = || {
                left -= 1;
                left > 0
            };
            assert_eq!(fold_parts_while(n, SIZE, &device, work, |a, b| a + b, &mut end_last), None);
        }
        let turns = |images: usize| {
            let mut turns = 0;
            map_while(vec![(); 100], |()| images, &device, |()| (), &mut || {
                turns += 1;
                true
            });
            turns
        };
        let threads = rayon::current_num_threads();
        assert_eq!(turns(1), 100_usize.div_ceil(TURN_IMAGES * threads));
        assert_eq!(turns(1_000_000), 100_usize.div_ceil(threads));
    }
}
