//! Cases: small random ones of any shape, and larger ones for every register block and cut of a sum.

use fieldassay::Seed;
use fieldassay::num::simd::{Float, Level};
use fieldassay::tensor::kernel::stencil::{WeightLayout, apply_at};
use fieldassay::tensor::kernel::stencil_weight::weight_gradient_at;
use fieldassay::tensor::{Boundary, Stencil};
use fieldassay_reference::convolution::Convolution;
use proptest::prelude::*;

/// Multiply-adds that a random case costs at the most: the witness does a few of them in 10 ns.
const MOST_WORK: usize = 200_000;

/// A convolution and the sizes of its operands.
#[derive(Clone)]
pub struct Case {
    pub stencil: Stencil,
    pub extents: Vec<usize>,
    pub offsets: Vec<Vec<isize>>,
    pub stride: Vec<usize>,
    pub boundary: Vec<Boundary>,
    pub channels_in: usize,
    pub channels_out: usize,
    pub lanes: usize,
    pub with_bias: bool,
    pub seed: u64,
}

impl std::fmt::Debug for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        let Self {
            extents,
            offsets,
            stride,
            boundary,
            channels_in,
            channels_out,
            lanes,
            ..
        } = self;
        write!(
            f,
            "{extents:?} {boundary:?} stride {stride:?} {} taps from {:?}, {channels_in} → {channels_out} channels, \
             {lanes} lanes, bias {}, seed {}",
            offsets.len(),
            offsets.first(),
            self.with_bias,
            self.seed
        )
    }
}

/// Numbers to convolve.
pub struct Operands<T> {
    pub w: Vec<T>,
    pub bias: Vec<T>,
    pub x: Vec<T>,
    pub dy: Vec<T>,
}

impl Case {
    pub fn operands<T: Float>(&self) -> Operands<T> {
        let mut stream = Seed(self.seed).stream("laws/stencil");
        let mut numbers = |n: usize| (0..n).map(|_| T::of(stream.normal())).collect();
        Operands {
            w: numbers(self.offsets.len() * self.channels_in * self.channels_out),
            bias: numbers(self.channels_out),
            x: numbers(self.stencil.input_sites() * self.channels_in * self.lanes),
            dy: numbers(self.stencil.output_sites() * self.channels_out * self.lanes),
        }
    }

    pub fn witness(&self) -> Convolution {
        Convolution {
            extents: self.extents.clone(),
            offsets: self.offsets.clone(),
            stride: self.stride.clone(),
            periodic: self
                .boundary
                .iter()
                .map(|b| *b == Boundary::Periodic)
                .collect(),
            channels_in: self.channels_in,
            channels_out: self.channels_out,
            lanes: self.lanes,
        }
    }

    /// Output that was NaN before.
    pub fn apply<T: Float>(&self, level: Level, w: &[T], bias: Option<&[T]>, x: &[T]) -> Vec<T> {
        let (ins, outs, lanes) = (self.channels_in, self.channels_out, self.lanes);
        let mut y = vec![T::of(f64::NAN); self.stencil.output_sites() * outs * lanes];
        let layout = WeightLayout::forward(ins, outs);
        apply_at(
            level,
            &self.stencil,
            w,
            layout,
            bias,
            x,
            &mut y,
            ins,
            outs,
            lanes,
        );
        y
    }

    /// Gradient that was NaN before.
    pub fn weight_gradient<T: Float>(&self, level: Level, x: &[T], dy: &[T]) -> Vec<T> {
        let (ins, outs) = (self.channels_in, self.channels_out);
        let mut dw = vec![T::of(f64::NAN); self.offsets.len() * ins * outs];
        weight_gradient_at(
            level,
            &self.stencil,
            x,
            dy,
            &mut dw,
            ins,
            outs,
            self.lanes,
            false,
        );
        dw
    }

    /// Smaller in its largest size, until the witness can afford it.
    fn affordable(mut self) -> Self {
        let work =
            |case: &Self| case.stencil.pairs() * case.channels_in * case.channels_out * case.lanes;
        while work(&self) > MOST_WORK {
            let sizes = [
                &mut self.channels_in,
                &mut self.channels_out,
                &mut self.lanes,
            ];
            let largest = sizes.into_iter().max().expect("three sizes");
            *largest -= largest.div_ceil(4);
        }
        self
    }
}

fn boundary() -> impl Strategy<Value = Boundary> {
    prop_oneof![Just(Boundary::Periodic), Just(Boundary::Zero)]
}

type Axis = (usize, usize, usize, Boundary);

/// Dimensions 0 to 4, extents 1 to 5, kernels 1 to 4, strides 1 to 3, and some taps left out.
pub fn random_case() -> impl Strategy<Value = Case> {
    let axis = (1..=5_usize, 1..=4_usize, 1..=3_usize, boundary());
    let axes = prop::collection::vec(axis, 0..=4);
    let sizes = (0..=9_usize, 0..=9_usize, 0..=40_usize, any::<bool>());
    (axes, sizes, any::<u64>()).prop_map(|(axes, sizes, seed)| small(&axes, sizes, seed))
}

fn small(axes: &[Axis], sizes: (usize, usize, usize, bool), seed: u64) -> Case {
    let extents: Vec<usize> = axes.iter().map(|axis| axis.0).collect();
    let kernel: Vec<usize> = axes.iter().map(|axis| axis.1).collect();
    let stride: Vec<usize> = axes.iter().map(|axis| axis.2).collect();
    let boundary: Vec<Boundary> = axes.iter().map(|axis| axis.3).collect();
    let mut offsets = Convolution::kernel_offsets(&kernel);
    let stencil = if seed.is_multiple_of(3) {
        offsets.truncate(offsets.len().div_ceil(2));
        Stencil::with_taps(&extents, &offsets, &stride, &boundary)
    } else {
        Stencil::convolution(&extents, &kernel, &stride, &boundary)
    };
    Case {
        stencil: stencil.expect("a valid shape"),
        extents,
        offsets,
        stride,
        boundary,
        channels_in: sizes.0,
        channels_out: sizes.1,
        lanes: sizes.2,
        with_bias: sizes.3,
        seed,
    }
    .affordable()
}

fn square(extent: usize, kernel: usize, boundary: Boundary, sizes: (usize, usize, usize)) -> Case {
    let offsets = Convolution::kernel_offsets(&[kernel; 2]);
    masked([extent; 2], offsets, boundary, sizes)
}

fn masked(
    extents: [usize; 2],
    offsets: Vec<Vec<isize>>,
    boundary: Boundary,
    sizes: (usize, usize, usize),
) -> Case {
    let (stride, boundary) = (vec![1; 2], vec![boundary; 2]);
    let stencil = Stencil::with_taps(&extents, &offsets, &stride, &boundary);
    Case {
        stencil: stencil.expect("a valid shape"),
        extents: extents.to_vec(),
        offsets,
        stride,
        boundary,
        channels_in: sizes.0,
        channels_out: sizes.1,
        lanes: sizes.2,
        with_bias: sizes.0.is_multiple_of(2),
        seed: (sizes.0 + 100 * sizes.1 + 10_000 * sizes.2) as u64,
    }
}

/// Every number of output channels with lanes for one, two, four and eight registers, sums longer than
/// a part, more sites than a tile, more taps than a tile, one tap with many lanes.
pub fn large_cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for channels in 1..=9 {
        for lanes in [17, 33, 70, 131] {
            cases.push(square(3, 3, Boundary::Periodic, (2, channels, lanes)));
        }
    }
    for (ins, outs) in [(9, 1), (1, 9), (8, 5), (5, 8), (11, 10), (17, 2)] {
        cases.push(square(4, 3, Boundary::Zero, (ins, outs, 37)));
    }
    cases.push(square(3, 3, Boundary::Periodic, (70, 9, 18)));
    cases.push(square(2, 1, Boundary::Periodic, (300, 3, 18)));
    cases.push(square(12, 3, Boundary::Periodic, (3, 4, 21)));
    cases.push(square(12, 3, Boundary::Zero, (4, 3, 16)));
    cases.push(square(1, 1, Boundary::Zero, (9, 10, 1100)));
    cases.push(square(9, 1, Boundary::Zero, (5, 6, 50)));
    let half = Convolution::kernel_offsets(&[7, 7])
        .into_iter()
        .take(25)
        .collect();
    cases.push(masked([7, 5], half, Boundary::Zero, (3, 5, 20)));
    cases
}
