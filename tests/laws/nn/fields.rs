//! Layers of fields on a lattice against scalar loops, and by the symmetries that they keep.

use std::collections::BTreeMap;

use fieldassay::nn::layer::{
    Attention, Convolution, GroupNorm, LayerNorm, Pointwise, ResidualBlock, Sinusoidal, Taps, Unet,
    Upsample, Weighting,
};
use fieldassay::nn::{Initialisation, Layer, Network};
use fieldassay::num::{Tol, Worst};
use fieldassay::tensor::{Shape, Var};
use fieldassay_reference::convolution::Convolution as Loops;
use fieldassay_reference::field_network as witness;

use super::{SEED, evaluate, normals};

const SUMS: Tol = Tol::rel_abs(1e-12, 1e-12).because("sums of at most 200 products of order one");
const DEEP: Tol = Tol::rel_abs(1e-11, 1e-11).because("about twenty such layers, normalised");

/// A network of one layer on a field, and perhaps a given vector; parameters of order one.
struct Probe {
    network: Network,
    y: Var,
    theta: Vec<f64>,
}

impl Probe {
    fn new(layer: &Layer, dims: &[usize], given: Option<usize>) -> Self {
        let mut n = Network::new();
        let x = n.graph.input("x", Shape::batched(dims)).expect("an input");
        let given = given.map(|size| n.graph.input("given", Shape::batched(&[size])));
        let y = match given.transpose().expect("an input") {
            Some(given) => n.add_given("net", layer, x, given),
            None => n.add("net", layer, x),
        };
        let mut r = SEED.stream("nn/fields/theta");
        let theta = normals(n.parameters().count(), &mut r);
        Self {
            y: y.expect("a layer that fits"),
            network: n,
            theta,
        }
    }

    /// One sample.
    fn of(&self, inputs: &[&[f64]]) -> Vec<f64> {
        evaluate(&self.network, &[self.y], &self.theta, inputs, 1).remove(0)
    }

    /// The parameters by name, without the leading `net.`.
    fn parameters(&self) -> BTreeMap<&str, &[f64]> {
        let list = self.network.parameters().list().iter();
        list.map(|p| (&p.name()["net.".len()..], &self.theta[p.range()]))
            .collect()
    }
}

fn input(label: &str, count: usize) -> Vec<f64> {
    normals(count, &mut SEED.stream(&format!("nn/fields/{label}")))
}

fn assert_close(tol: Tol, name: &str, got: &[f64], expected: &[f64]) {
    let mut worst = Worst::new(tol);
    assert_eq!(got.len(), expected.len(), "{name}");
    for (i, (&got, &expected)) in got.iter().zip(expected).enumerate() {
        worst.see(got, expected, || format!("{name}, entry {i}"));
    }
    worst.assert_at_least(expected.len().max(1));
}

/// Weights `[out, in, taps]` as `[tap][in][out]`.
fn by_tap(weight: &[f64], channels_in: usize, taps: usize) -> Vec<f64> {
    let outputs = weight.len() / (channels_in * taps);
    let mut turned = vec![0.0; weight.len()];
    for (k, &w) in weight.iter().enumerate() {
        let (o, i, t) = (k / (channels_in * taps), k / taps % channels_in, k % taps);
        turned[(t * channels_in + i) * outputs + o] = w;
    }
    turned
}

/// A convolution by loops.
fn convolved(loops: &Loops, weight: &[f64], bias: &[f64], x: &[f64]) -> Vec<f64> {
    let weight = by_tap(weight, loops.channels_in, loops.offsets.len());
    let sums = loops.apply(&weight, Some(bias), x);
    sums.iter().map(|sum| sum.value).collect()
}

fn loops(extents: &[usize], kernel: &[usize], channels: [usize; 2]) -> Loops {
    Loops {
        extents: extents.to_vec(),
        offsets: Loops::kernel_offsets(kernel),
        stride: vec![1; extents.len()],
        periodic: vec![true; extents.len()],
        channels_in: channels[0],
        channels_out: channels[1],
        lanes: 1,
    }
}

#[test]
fn convolutions_are_their_sums_in_one_to_three_dimensions() {
    let cases: [(&[usize], &[usize], &[usize]); 4] = [
        (&[7], &[3], &[1]),
        (&[5, 4], &[3, 2], &[1, 1]),
        (&[6, 4], &[3, 3], &[2, 2]),
        (&[3, 4, 2], &[3, 1, 2], &[1, 2, 1]),
    ];
    for (extents, kernel, stride) in cases {
        let layer = Convolution {
            kernel: kernel.to_vec(),
            stride: stride.to_vec(),
            ..Convolution::periodic(extents, 3, 4)
        };
        let sites: usize = extents.iter().product();
        let probe = Probe::new(&layer.into(), &[sites, 3], None);
        let x = input("convolution", sites * 3);
        let p = probe.parameters();
        let loops = Loops {
            stride: stride.to_vec(),
            ..loops(extents, kernel, [3, 4])
        };
        let expected = convolved(&loops, p["weight"], p["bias"], &x);
        assert_close(SUMS, &format!("{extents:?}"), &probe.of(&[&x]), &expected);
    }
}

#[test]
fn causal_convolutions_read_what_comes_before_and_stack_to_one_another() {
    // Types A and B of a 5×5 kernel on 4×4 sites: 12 and 13 taps.
    for (taps, count) in [(Taps::Before, 12), (Taps::UpToSite, 13)] {
        let layer = Convolution::causal(&[4, 4], 5, 2, taps);
        let probe = Probe::new(&layer.into(), &[16, 3], None);
        assert_eq!(probe.network.parameters().list()[0].dims(), [2, 3, count]);
        let loops = Loops {
            offsets: Loops::kernel_offsets(&[5, 5])[..count].to_vec(),
            periodic: vec![false; 2],
            ..loops(&[4, 4], &[5, 5], [3, 2])
        };
        let (x, p) = (input("causal", 48), probe.parameters());
        let expected = convolved(&loops, p["weight"], p["bias"], &x);
        assert_close(SUMS, &format!("{taps:?}"), &probe.of(&[&x]), &expected);
    }
    // A, then B: site s of the result depends on sites before s, and on no other.
    let mut n = Network::new();
    let x = n
        .graph
        .input("x", Shape::batched(&[16, 1]))
        .expect("an input");
    let first = Convolution::causal(&[4, 4], 7, 5, Taps::Before).into();
    let h = n.add("a", &first, x).expect("a layer");
    let second = Convolution::causal(&[4, 4], 7, 1, Taps::UpToSite).into();
    let y = n.add("b", &second, h).expect("a layer");
    let theta = input("causal/theta", n.parameters().count());
    let plain = input("causal/x", 16);
    let before = evaluate(&n, &[y], &theta, &[&plain], 1).remove(0);
    let mut changes = 0;
    for moved in 0..16 {
        let mut other = plain.clone();
        other[moved] += 1.0;
        let after = evaluate(&n, &[y], &theta, &[&other], 1).remove(0);
        for site in 0..16 {
            let changed = before[site] != after[site];
            // A 7×7 kernel reaches every earlier site of 4×4.
            assert_eq!(changed, moved < site, "site {site} and a change at {moved}");
            changes += usize::from(changed);
        }
    }
    assert_eq!(changes, 16 * 15 / 2);
}

#[test]
fn norms_and_maps_of_channels_are_their_loops() {
    let x = input("norm", 6 * 4);
    let probe = Probe::new(
        &GroupNorm {
            groups: 2,
            eps: 0.1,
        }
        .into(),
        &[6, 4],
        None,
    );
    let p = probe.parameters();
    let expected = witness::group_norm(&x, 2, 0.1, p["weight"], p["bias"]);
    assert_close(SUMS, "group norm", &probe.of(&[&x]), &expected);

    let probe = Probe::new(&LayerNorm { axes: 1, eps: 0.1 }.into(), &[6, 4], None);
    let p = probe.parameters();
    let expected = witness::layer_norm(&x, 0.1, p["weight"], p["bias"]);
    assert_close(SUMS, "layer norm", &probe.of(&[&x]), &expected);

    let probe = Probe::new(&Pointwise::new(3).into(), &[6, 4], None);
    let p = probe.parameters();
    let map = witness::ChannelMap {
        weight: p["weight"].to_vec(),
        bias: p["bias"].to_vec(),
    };
    assert_close(SUMS, "pointwise", &probe.of(&[&x]), &map.of(&x));

    let layer = Upsample {
        extents: vec![2, 3],
        factor: 3,
    };
    let probe = Probe::new(&layer.into(), &[6, 4], None);
    let expected = witness::upsample(&x, [2, 3], 4, 3);
    assert_eq!(probe.of(&[&x]), expected, "upsample");
}

#[test]
fn sinusoids_have_falling_frequencies() {
    let layer = Sinusoidal {
        frequencies: 3,
        highest: 50.0,
        span: 1e3,
    };
    let probe = Probe::new(&layer.into(), &[], None);
    let got = probe.of(&[&[0.3]]);
    let phases = [15.0_f64, 1.5, 0.15];
    let expected: Vec<f64> = phases
        .iter()
        .map(|p| p.sin())
        .chain(phases.iter().map(|p| p.cos()))
        .collect();
    assert_close(SUMS, "sinusoidal", &got, &expected);
}

fn attention(layer: Attention, p: &BTreeMap<&str, &[f64]>) -> witness::Attention {
    let map = |part: &str| witness::ChannelMap {
        weight: p[format!("{part}.weight").as_str()].to_vec(),
        bias: p[format!("{part}.bias").as_str()].to_vec(),
    };
    witness::Attention {
        heads: layer.heads,
        maps: ["query", "key", "value", "output"].map(map),
        softmax: layer.weighting == Weighting::Softmax,
        causal: layer.causal,
    }
}

#[test]
fn attention_is_its_loops_and_commutes_with_permutations() {
    let x = input("attention", 5 * 4);
    for weighting in [Weighting::Softmax, Weighting::Relu] {
        for causal in [false, true] {
            let layer = Attention {
                weighting,
                causal,
                ..Attention::new(2, 3)
            };
            let probe = Probe::new(&layer.into(), &[5, 4], None);
            let expected = attention(layer, &probe.parameters()).of(&x);
            let got = probe.of(&[&x]);
            assert_close(SUMS, &format!("{layer:?}"), &got, &expected);
            let order = [3, 0, 4, 1, 2];
            let rows = |x: &[f64]| {
                order
                    .iter()
                    .flat_map(|&s| x[4 * s..4 * s + 4].to_vec())
                    .collect::<Vec<f64>>()
            };
            let turned = probe.of(&[&rows(&x)]);
            let same = turned
                .iter()
                .zip(rows(&got))
                .all(|(a, b)| (a - b).abs() < 1e-12);
            assert_eq!(same, !causal, "{layer:?} and a permutation");
        }
    }
}

/// The U-Net by loops.
struct UnetLoops<'a> {
    layer: &'a Unet,
    p: &'a BTreeMap<&'a str, &'a [f64]>,
    given: &'a [f64],
}

impl UnetLoops<'_> {
    fn extents(&self, level: usize) -> [usize; 2] {
        [0, 1].map(|axis| self.layer.extents[axis] >> level)
    }

    fn convolution(
        &self,
        name: &str,
        level: usize,
        stride: usize,
        channels: usize,
        x: &[f64],
    ) -> Vec<f64> {
        let (weight, bias) = (
            self.p[format!("{name}.weight").as_str()],
            self.p[format!("{name}.bias").as_str()],
        );
        let loops = Loops {
            stride: vec![stride; 2],
            ..loops(&self.extents(level), &[3, 3], [channels, bias.len()])
        };
        convolved(&loops, weight, bias, x)
    }

    fn activated(&self, norm: &str, x: &[f64]) -> Vec<f64> {
        let (scale, shift) = (
            self.p[format!("{norm}.weight").as_str()],
            self.p[format!("{norm}.bias").as_str()],
        );
        let normal = witness::group_norm(x, self.layer.groups, 1e-5, scale, shift);
        normal.into_iter().map(witness::silu).collect()
    }

    fn block(&self, name: &str, level: usize, x: &[f64]) -> Vec<f64> {
        let channels = self.layer.channels[level];
        let given = self.p[format!("{name}.given.weight").as_str()];
        let part = |part: &str| format!("{name}.{part}");
        let h = self.activated(&part("norm.0"), x);
        let mut h = self.convolution(&part("conv.0"), level, 1, channels, &h);
        for (k, h) in h.iter_mut().enumerate() {
            let row = &given[k % channels * self.given.len()..][..self.given.len()];
            *h += row.iter().zip(self.given).map(|(w, e)| w * e).sum::<f64>();
        }
        let h = self.activated(&part("norm.1"), &h);
        let h = self.convolution(&part("conv.1"), level, 1, channels, &h);
        x.iter().zip(h).map(|(x, h)| x + h).collect()
    }

    fn of(&self, x: &[f64]) -> Vec<f64> {
        let [fine, coarse] = [self.layer.channels[0], self.layer.channels[1]];
        let h = self.convolution("in", 0, 1, 2, x);
        let top = self.block("encode.0", 0, &h);
        let h = self.convolution("down.1", 0, 2, fine, &top);
        let h = self.block("encode.1", 1, &h);
        let h = witness::upsample(&h, self.extents(1), coarse, 2);
        let up = self.convolution("up.0", 0, 1, coarse, &h);
        let joined: Vec<f64> = up.iter().zip(&top).map(|(a, b)| a + b).collect();
        let h = self.block("decode.0", 0, &joined);
        let h = self.activated("norm", &h);
        self.convolution("out", 0, 1, fine, &h)
    }
}

fn unet() -> Unet {
    Unet {
        groups: 2,
        ..Unet::new(&[4, 6], &[4, 6], 3)
    }
}

#[test]
fn the_unet_is_its_loops_and_commutes_with_coarse_translations() {
    let layer = unet();
    let probe = Probe::new(&layer.clone().into(), &[24, 2], Some(5));
    let (x, given) = (input("unet", 48), input("unet/given", 5));
    let p = probe.parameters();
    let expected = UnetLoops {
        layer: &layer,
        p: &p,
        given: &given,
    }
    .of(&x);
    let got = probe.of(&[&x, &given]);
    assert_close(DEEP, "U-Net", &got, &expected);

    let moved = |x: &[f64], by: [usize; 2], channels: usize| -> Vec<f64> {
        let site = |s: usize| (s / 6 + by[0]) % 4 * 6 + (s % 6 + by[1]) % 6;
        (0..24)
            .flat_map(|s| x[site(s) * channels..][..channels].to_vec())
            .collect()
    };
    for (by, commutes) in [
        ([2, 0], true),
        ([0, 4], true),
        ([2, 2], true),
        ([1, 0], false),
    ] {
        let turned = probe.of(&[&moved(&x, by, 2), &given]);
        let same = turned
            .iter()
            .zip(moved(&got, by, 3))
            .all(|(a, b)| (a - b).abs() < 1e-10);
        assert_eq!(same, commutes, "translation by {by:?}");
    }
}

#[test]
fn a_block_without_a_given_vector_has_no_parameters_for_it() {
    let block = ResidualBlock {
        extents: vec![4],
        kernel: 3,
        groups: 1,
        activation: fieldassay::nn::Activation::Silu,
        weight: Initialisation::LecunNormal,
    };
    let with = Probe::new(&block.clone().into(), &[4, 2], Some(3));
    let without = Probe::new(&block.into(), &[4, 2], None);
    let count = |probe: &Probe| probe.network.parameters().count();
    assert_eq!(count(&without), 2 * (2 + 2 + 2 * 2 * 3 + 2));
    assert_eq!(count(&with), count(&without) + 2 * 3);
}

#[test]
fn layers_of_fields_travel_through_json() {
    let layers: [Layer; 7] = [
        Convolution::causal(&[4, 4], 3, 2, Taps::Before)
            .with_stride(2)
            .into(),
        Attention::new(2, 3).into(),
        unet().into(),
        GroupNorm::new(4).into(),
        LayerNorm::new(1).into(),
        Upsample {
            extents: vec![2],
            factor: 2,
        }
        .into(),
        Sinusoidal {
            frequencies: 2,
            highest: 1.0,
            span: 10.0,
        }
        .into(),
    ];
    for layer in layers {
        let text = serde_json::to_string(&layer).expect("JSON");
        assert_eq!(
            serde_json::from_str::<Layer>(&text).expect("a layer"),
            layer
        );
    }
}

#[test]
fn fields_that_do_not_fit_are_refused_by_name() {
    let told = |layer: Layer, dims: &[usize], told: &str| {
        let mut n = Network::new();
        let x = n.graph.input("x", Shape::batched(dims)).expect("an input");
        let why = n.add("net", &layer, x).expect_err(told).to_string();
        assert!(why.contains(told), "{why}");
    };
    let convolution = Convolution::periodic(&[4, 4], 3, 2);
    told(
        convolution.clone().into(),
        &[15, 1],
        "a field [16, channels] on the lattice [4, 4]",
    );
    told(
        convolution.clone().into(),
        &[16],
        "convolution: found [16; batch]",
    );
    let short = Convolution {
        stride: vec![1],
        ..convolution.clone()
    };
    told(short.into(), &[16, 1], "stride");
    let ring = Convolution {
        taps: Taps::Before,
        ..convolution.clone()
    };
    told(ring.into(), &[16, 1], "boundary");
    let huge = Convolution {
        extents: vec![usize::MAX, 2],
        ..convolution
    };
    told(huge.into(), &[16, 1], "extents");
    told(Attention::new(0, 3).into(), &[4, 4], "heads");
    told(GroupNorm::new(3).into(), &[4, 4], "3 groups");
    told(LayerNorm::new(3).into(), &[4, 4], "at least 3 axes");
    told(Unet::new(&[4, 4], &[], 1).into(), &[16, 1], "channels");
    told(
        Unet::new(&[6, 4], &[8, 8, 8], 1).into(),
        &[24, 1],
        "multiple of 2^2, for 3 levels",
    );
    told(
        Upsample {
            extents: vec![2],
            factor: 0,
        }
        .into(),
        &[2, 1],
        "factor",
    );
    told(
        Sinusoidal {
            frequencies: 2,
            highest: 0.0,
            span: 2.0,
        }
        .into(),
        &[],
        "highest",
    );
    told(
        Sinusoidal {
            frequencies: 2,
            highest: 1.0,
            span: 2.0,
        }
        .into(),
        &[2],
        "sinusoidal",
    );
}
