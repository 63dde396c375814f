//! Loops compiled for several instruction sets, of which the processor's best is chosen at run time.
//!
//! The build machine's processor decides nothing. Multiplications and additions are rounded one by one, but for those that
//! [`vectorized_fused`] may round together where the processor can.

use macerator::{AutoArch, Simd, WithSimd};

struct Work<F>(F);

impl<F: FnMut(Arithmetic)> WithSimd for Work<F> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self) {
        (self.0)(Arithmetic { fuses: S::fma_f32_supported(), is_wide: S::lanes32() >= LANES });
    }
}

/// Does `work` with the widest registers. `work` and every function it calls must be `#[inline(always)]`.
#[inline]
pub(super) fn vectorized(mut work: impl FnMut()) {
    vectorized_fused(
        #[inline(always)]
        |_| work(),
    );
}

/// As [`vectorized`], with the arithmetic of the registers.
#[inline]
pub(super) fn vectorized_fused(work: impl FnMut(Arithmetic)) {
    #[cfg(test)]
    if let Some(arch) = narrower::chosen() {
        return narrower::dispatch(arch, Work(work));
    }
    AutoArch::new().dispatch(Work(work));
}

/// What an instruction set offers; known when a loop is compiled for it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arithmetic {
    fuses: bool,
    /// Whether a register holds [`LANES`] values; there are 32 of those then, and else registers for a quarter as many values.
    pub is_wide: bool,
}

impl Arithmetic {
    /// The same, but multiplications and additions rounded one by one.
    #[inline(always)]
    pub(super) const fn one_by_one(self) -> Self {
        Self { fuses: false, ..self }
    }

    /// `a b + c`, rounded once where there is an instruction for it.
    #[inline(always)]
    pub(super) fn multiply_add(self, a: f32, b: f32, c: f32) -> f32 {
        if self.fuses { a.mul_add(b, c) } else { a * b + c }
    }
}

/// Copies the beginning of `from`, a short row, where a call of the system's copy would cost more than it does.
#[inline(always)]
pub(super) fn copy(to: &mut [f32], from: &[f32]) {
    let from = &from[..to.len()];
    let ((to, to_rest), (from, from_rest)) = (to.as_chunks_mut::<8>(), from.as_chunks::<8>());
    for (to, from) in to.iter_mut().zip(from) {
        *to = *from;
    }
    for (to, from) in to_rest.iter_mut().zip(from_rest) {
        *to = *from;
    }
}

/// `value`, or `floor` where that is larger. What is not a number stays so.
#[inline(always)]
pub(super) fn at_least(floor: f32, value: f32) -> f32 {
    if value <= floor { floor } else { value }
}

/// A ReLU.
#[inline(always)]
pub(super) fn relu(value: f32) -> f32 {
    at_least(0.0, value)
}

/// The first `N` values.
#[inline(always)]
pub(super) fn array<const N: usize>(values: &[f32]) -> &[f32; N] {
    values.first_chunk().unwrap_or(&[0.0; N])
}

/// Values that are summed side by side: the lanes of a register, or of a few.
pub(super) const LANES: usize = 16;

/// The sums of `K` terms over two slices of one length, in an order that the length alone decides.
#[inline(always)]
pub(super) fn sums<const K: usize>(a: &[f32], b: &[f32], term: impl Fn(f32, f32) -> [f32; K]) -> [f32; K] {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    let mut lanes = [[0.0; LANES]; K];
    for (a, b) in a.iter().zip(b) {
        for lane in 0..LANES {
            let term = term(a[lane], b[lane]);
            for k in 0..K {
                lanes[k][lane] += term[k];
            }
        }
    }
    let mut result = lanes.map(across);
    for (a, b) in a_rest.iter().zip(b_rest) {
        let term = term(*a, *b);
        for k in 0..K {
            result[k] += term[k];
        }
    }
    result
}

/// The sum of all lanes.
#[inline(always)]
pub(super) fn across(mut lanes: [f32; LANES]) -> f32 {
    let mut half = LANES / 2;
    while half > 0 {
        for lane in 0..half {
            lanes[lane] += lanes[lane + half];
        }
        half /= 2;
    }
    lanes[0]
}

/// The loops on processors with less than this one has.
#[cfg(test)]
pub(in crate::engine) mod narrower {
    use std::cell::Cell;

    use macerator::{Arch, WithSimd};

    thread_local! {
        static CHOSEN: Cell<Option<Arch>> = const { Cell::new(None) };
    }

    /// What this thread is held to.
    pub(super) fn chosen() -> Option<Arch> {
        CHOSEN.get()
    }

    #[allow(unsafe_code)] // the crate chooses the best set only
    pub(super) fn dispatch<W: WithSimd>(arch: Arch, work: W) -> W::Output {
        // SAFETY: only sets that the processor has are chosen, see below.
        unsafe { arch.dispatch(work) }
    }

    /// Does `work` on a thread that is held to each of the instruction sets below the best.
    pub(in crate::engine) fn with_each(work: impl Fn() + Sync) {
        let mut sets = vec![Arch::Scalar];
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx512f") {
            // Whatever has these registers has all of AVX2 as well.
            sets.push(Arch::V3);
        }
        for arch in sets {
            let hold = move |_| CHOSEN.set(Some(arch));
            let pool = rayon::ThreadPoolBuilder::new().num_threads(1).start_handler(hold).build().unwrap();
            pool.install(|| {
                super::vectorized_fused(|arithmetic| assert!(!arithmetic.is_wide));
                work();
            });
        }
    }
}
