//! Ising spins, unit vectors, and the kernels that move them: what holds configuration by configuration.

use std::collections::BTreeMap;

use fieldassay::action::{Example, Ising, ON, Phi4, Xy};
use fieldassay::density::{Aux, Info, Kernel, Local, Reflective, Target};
use fieldassay::lattice::{
    Continuous, Field, Lattice, Propose, RealLine, Reflect, Sphere, Spin, Tangent,
};
use fieldassay::rng::{Chains, Seed};
use fieldassay::sampler::{Metropolis, MultiSpin, Rule, Wolff};
use fieldassay::{Error, stats};

fn hot(ising: &Ising, chains: usize, r: &mut Chains) -> Field<Spin> {
    let mut q = ising.neutral(chains);
    let mut uniforms = vec![0.0; q.numbers().len()];
    r.uniform(&mut uniforms);
    for (spin, u) in q.numbers_mut().iter_mut().zip(uniforms) {
        *spin = if u < 0.5 { -1 } else { 1 };
    }
    q
}

fn value<M: fieldassay::lattice::Manifold>(density: &dyn Target<M>, q: &Field<M>) -> Vec<f64> {
    let mut s = vec![f64::NAN; q.chains()];
    density.value(q, &Aux::default(), &mut s);
    s
}

/// A configuration of `sites` spins, up where a bit is set.
fn set(q: &mut Field<Spin>, chain: usize, configuration: usize) {
    for site in 0..q.lattice().sites() {
        let spin = 2 * (configuration >> site & 1) as i8 - 1;
        q.set(site, 0, chain, spin);
    }
}

fn configuration(q: &Field<Spin>, chain: usize) -> usize {
    let up = |site| usize::from(q.get(site, 0, chain) > 0) << site;
    (0..q.lattice().sites()).map(up).sum()
}

#[test]
fn the_ising_action_is_its_definition_for_every_chain_and_the_same_from_any_origin() {
    let mut looked_at = 0;
    for (case, ising) in Ising::examples().unwrap().iter().enumerate() {
        let mut r = Seed(1).chains(&format!("laws/spins/ising/{case}"), 5);
        let q = hot(ising, 5, &mut r);
        let lattice = q.lattice();
        let together = value(ising, &q);
        for (chain, s) in together.iter().enumerate() {
            let at = |x: usize| f64::from(q.get(x, 0, chain));
            let bonds = |x: usize| -> f64 {
                let mus = 0..lattice.dimension();
                mus.map(|mu| at(x) * at(lattice.neighbour(x, mu, 1))).sum()
            };
            let spelled = -ising.beta() * (0..lattice.sites()).map(bonds).sum::<f64>();
            assert!((s - spelled).abs() < 1e-12, "{}", ising.spec());
        }
        for site in 0..lattice.sites() {
            let new: Vec<i8> = q.chains_of(site, 0).iter().map(|spin| -spin).collect();
            let mut moved = q.clone();
            moved.chains_mut(site, 0).copy_from_slice(&new);
            let mut ds = vec![f64::NAN; 5];
            ising.delta(&q, site, &new, &mut ds);
            let after = value(ising, &moved);
            for ((after, before), ds) in after.iter().zip(&together).zip(&ds) {
                assert!((after - before - ds).abs() < 1e-12, "{}", ising.spec());
                looked_at += 1;
            }
        }
        for mu in 0..lattice.dimension() {
            let mut shifted = q.clone();
            for site in 0..lattice.sites() {
                let from = lattice.neighbour(site, mu, 1);
                shifted
                    .chains_mut(site, 0)
                    .copy_from_slice(q.chains_of(from, 0));
            }
            assert_eq!(value(ising, &shifted), together, "{}", ising.spec());
        }
    }
    assert!(looked_at > 1000);
    assert!((Ising::critical_beta() - 0.440_686_793_509_771_5).abs() < 1e-16);
}

/// `π_s T_ss' = π_s' T_s's` for every update of a spin, of all states of small lattices.
#[test]
fn updates_of_spins_are_in_detailed_balance() {
    for (extents, beta) in [([2, 2], 0.7), ([3, 2], 0.44), ([3, 2], -0.9), ([1, 4], 1.3)] {
        let ising = Ising::new(&extents, beta).unwrap();
        let sites = ising.lattice().sites();
        let states = 1 << sites;
        let mut q = ising.neutral(states);
        (0..states).for_each(|state| set(&mut q, state, state));
        let weights: Vec<f64> = value(&ising, &q).iter().map(|s| (-s).exp()).collect();
        let z: f64 = weights.iter().sum();
        for rule in [Rule::Metropolis, Rule::Glauber] {
            for site in 0..sites {
                let new: Vec<i8> = q.chains_of(site, 0).iter().map(|spin| -spin).collect();
                let mut ds = vec![f64::NAN; states];
                ising.delta(&q, site, &new, &mut ds);
                for state in 0..states {
                    let other = state ^ 1 << site;
                    let there = weights[state] / z * rule.probability(ds[state]);
                    let back = weights[other] / z * rule.probability(ds[other]);
                    assert!((there - back).abs() < 1e-13, "{extents:?} {rule:?}");
                }
            }
        }
    }
    assert_eq!(Rule::Metropolis.probability(f64::NAN), 0.0);
    assert_eq!(Rule::Metropolis.probability(-800.0), 1.0);
    assert_eq!(Rule::Glauber.probability(800.0), 0.0);
}

/// The probabilities of where one of Wolff's clusters leads from a state: all bonds, active or not.
fn wolff_row(ising: &Ising, state: usize) -> BTreeMap<usize, f64> {
    let lattice = ising.lattice();
    let spin = |site: usize| 2.0 * (state >> site & 1) as f64 - 1.0;
    let bonds: Vec<(usize, usize, f64)> = (0..lattice.sites())
        .flat_map(|x| (0..lattice.dimension()).map(move |mu| (x, mu)))
        .map(|(x, mu)| (x, lattice.neighbour(x, mu, 1)))
        .map(|(x, y)| {
            (
                x,
                y,
                Wolff::<Spin>::probability(ising.bond() * spin(x) * spin(y)),
            )
        })
        .collect();
    let mut row = BTreeMap::new();
    for active in 0..1_usize << bonds.len() {
        let is_active = |b: usize| active >> b & 1 == 1;
        let weight = bonds
            .iter()
            .enumerate()
            .map(|(b, (_, _, p))| if is_active(b) { *p } else { 1.0 - p });
        let weight: f64 = weight.product();
        if weight == 0.0 {
            continue;
        }
        for first in 0..lattice.sites() {
            let mut cluster = 1 << first;
            loop {
                let mut grown = cluster;
                for (b, (x, y, _)) in bonds.iter().enumerate() {
                    if is_active(b) && (grown >> x | grown >> y) & 1 == 1 {
                        grown |= 1 << x | 1 << y;
                    }
                }
                if grown == cluster {
                    break;
                }
                cluster = grown;
            }
            *row.entry(state ^ cluster).or_insert(0.0) += weight / lattice.sites() as f64;
        }
    }
    row
}

/// Wolff's transition matrix on a small lattice is in detailed balance, and it is the kernel's.
#[test]
fn wolffs_clusters_are_in_detailed_balance_and_the_kernel_draws_them() {
    for (case, (extents, beta)) in [([2, 2], 0.3), ([3, 1], 0.5), ([2, 2], -0.4)]
        .iter()
        .enumerate()
    {
        let ising = Ising::new(extents, *beta).unwrap();
        let states = 1 << ising.lattice().sites();
        let mut q = ising.neutral(states);
        (0..states).for_each(|state| set(&mut q, state, state));
        let weights: Vec<f64> = value(&ising, &q).iter().map(|s| (-s).exp()).collect();
        let z: f64 = weights.iter().sum();
        let matrix: Vec<BTreeMap<usize, f64>> =
            (0..states).map(|state| wolff_row(&ising, state)).collect();
        for (state, row) in matrix.iter().enumerate() {
            for (other, probability) in row {
                let there = weights[state] / z * probability;
                let back = weights[*other] / z * matrix[*other].get(&state).unwrap_or(&0.0);
                assert!(
                    (there - back).abs() < 1e-13,
                    "{extents:?}: {state}, {other}"
                );
            }
        }
        // Draws from three states, 20 000 each.
        for state in [0, 1, states / 2 + 1] {
            let draws = 20_000;
            let mut r = Seed(2).chains(&format!("laws/spins/wolff/{case}/{state}"), draws);
            let mut q = ising.neutral(draws);
            (0..draws).for_each(|chain| set(&mut q, chain, state));
            let mut wolff = Wolff::new(&ising, 1).unwrap();
            wolff.step(&mut q, &mut Aux::default(), &mut r, &mut Info::default());
            let mut seen: BTreeMap<usize, f64> = BTreeMap::new();
            for chain in 0..draws {
                let after = configuration(&q, chain);
                assert_eq!((after ^ state).count_ones() as usize, wolff.sizes()[chain]);
                *seen.entry(after).or_default() += 1.0;
            }
            assert!(seen.keys().all(|after| matrix[state].contains_key(after)));
            let chi2: f64 = (matrix[state].iter())
                .map(|(after, p)| {
                    let expected = p * draws as f64;
                    (seen.get(after).unwrap_or(&0.0) - expected).powi(2) / expected
                })
                .sum();
            let degrees = matrix[state].len() - 1;
            let p = stats::chi2_tail(chi2, degrees);
            assert!(p > 1e-7, "{extents:?} from {state}: χ² {chi2} of {degrees}");
        }
    }
    let ising = Ising::new(&[4], 1.0).unwrap();
    assert!(matches!(Wolff::new(&ising, 0), Err(Error::Argument { .. })));
}

/// Even sites see old odd ones, odd sites new even ones: a flip has its probability at every site of every shape.
#[test]
fn spins_by_bits_flip_with_the_probabilities_of_metropolis() {
    let shapes: [(&[usize], f64); 8] = [
        (&[6], 0.5),
        (&[2, 2], 0.3),
        (&[4, 6], 0.44),
        (&[6, 4], -0.4),
        (&[2, 130], 0.2),
        (&[4, 2, 6], 0.25),
        (&[2, 4, 2, 4], 0.15),
        (&[2, 1026], 0.44),
    ];
    for (case, (extents, beta)) in shapes.iter().enumerate() {
        let ising = Ising::new(extents, *beta).unwrap();
        let lattice = ising.lattice().clone();
        let chains = 400_000 / lattice.sites().max(100);
        let label = format!("laws/spins/multi-spin/{case}");
        // All chains from one configuration.
        let start = hot(&ising, 1, &mut Seed(3).chains(&label, 1));
        let mut q = ising.neutral(chains);
        for site in 0..lattice.sites() {
            q.chains_mut(site, 0).fill(start.get(site, 0, 0));
        }
        let old = q.clone();
        let mut r = Seed(4).chains(&label, chains);
        let mut kernel = MultiSpin::new(&ising, 1).unwrap();
        kernel.step(&mut q, &mut Aux::default(), &mut r, &mut Info::default());
        // Per class of ΔS: expected and seen flips, and the variance.
        let mut halfway = old.clone();
        let odd = |site| lattice.coordinates(site).iter().sum::<usize>() % 2 == 1;
        let mut classes: BTreeMap<(bool, i64), [f64; 3]> = BTreeMap::new();
        let mut by_site = 0.0_f64;
        for colour in [false, true] {
            let before = halfway.clone();
            for site in (0..lattice.sites()).filter(|&site| odd(site) == colour) {
                let new: Vec<i8> = old.chains_of(site, 0).iter().map(|spin| -spin).collect();
                let mut ds = vec![f64::NAN; chains];
                ising.delta(&before, site, &new, &mut ds);
                let mut sums = [0.0; 3];
                for (chain, ds) in ds.iter().enumerate() {
                    let p = Rule::Metropolis.probability(*ds);
                    let flipped = q.get(site, 0, chain) != old.get(site, 0, chain);
                    let terms = [p, f64::from(u8::from(flipped)), p * (1.0 - p)];
                    let class = classes
                        .entry((colour, (ds * 1e6).round() as i64))
                        .or_default();
                    for ((sum, of_class), term) in sums.iter_mut().zip(class).zip(terms) {
                        *sum += term;
                        *of_class += term;
                    }
                }
                let [expected, seen, variance] = sums;
                by_site = by_site.max((seen - expected).abs() / (variance + 1e-9).sqrt().max(1.0));
                halfway
                    .chains_mut(site, 0)
                    .copy_from_slice(q.chains_of(site, 0));
            }
        }
        // A few thousand sites: 6.5 σ fail a right program at 1e-7.
        assert!(by_site < 6.5, "{}: a site at {by_site} σ", ising.spec());
        for (class, [expected, seen, variance]) in classes {
            let off = (seen - expected).abs() / (variance + 1e-9).sqrt();
            assert!(off < 6.0, "{} {class:?}: {seen}, {expected}", ising.spec());
        }
    }
    let odd = Ising::new(&[4, 3], 0.4).unwrap();
    assert!(matches!(
        MultiSpin::new(&odd, 1),
        Err(Error::Unsupported { .. })
    ));
    let even = Ising::new(&[4, 4], 0.4).unwrap();
    assert!(matches!(
        MultiSpin::new(&even, 0),
        Err(Error::Argument { .. })
    ));
}

/// A chain alone, among others, in one go, and with the field packed anew between the steps.
#[test]
fn chains_of_spins_give_the_same_bits_whatever_runs_beside_them() {
    let ising = Ising::new(&[4, 6], 0.4).unwrap();
    type Make<'a> = dyn Fn() -> Box<dyn Kernel<Spin> + 'a> + 'a;
    let kernels: [&Make<'_>; 4] = [
        &|| Box::new(MultiSpin::new(&ising, 2).unwrap()),
        &|| Box::new(Wolff::new(&ising, 2).unwrap()),
        &|| Box::new(Metropolis::flips(&ising).checkerboard()),
        &|| Box::new(Metropolis::flips(&ising).with(Rule::Glauber)),
    ];
    for (case, make) in kernels.iter().enumerate() {
        let run = |chains: usize, anew: bool| -> Vec<usize> {
            let mut kernel = make();
            let mut r = Seed(5).chains(&format!("laws/spins/bits/{case}"), chains);
            let (mut q, mut aux, mut info) =
                (ising.neutral(chains), Aux::default(), Info::default());
            for _ in 0..10 {
                if anew {
                    kernel = make();
                }
                kernel.step(&mut q, &mut aux, &mut r, &mut info);
            }
            (0..chains).map(|chain| configuration(&q, chain)).collect()
        };
        let five = run(5, false);
        assert!(five.iter().any(|state| *state != five[0]));
        for count in [1, 3] {
            assert_eq!(run(count, false)[..], five[..count], "kernel {case}");
        }
        assert_eq!(run(5, true), five, "kernel {case}");
    }
    // A field that is changed by hand is read again.
    let mut r = Seed(6).chains("laws/spins/changed", 1);
    let (mut q, mut aux, mut info) = (ising.neutral(1), Aux::default(), Info::default());
    let mut frozen = MultiSpin::new(&ising, 1).unwrap();
    frozen.step(&mut q, &mut aux, &mut r, &mut info);
    q.numbers_mut().fill(-1);
    let mut same_r = r.clone();
    let mut same_q = q.clone();
    frozen.step(&mut q, &mut aux, &mut r, &mut info);
    MultiSpin::new(&ising, 1)
        .unwrap()
        .step(&mut same_q, &mut aux, &mut same_r, &mut info);
    assert_eq!(q.numbers(), same_q.numbers());
}

/// Its spins are packed for one lattice: another one's would be read in the wrong places.
#[test]
#[should_panic(expected = "a field of [6, 4] with 1 spins a site")]
fn spins_by_bits_refuse_a_field_of_another_lattice() {
    let ising = Ising::new(&[4, 6], 0.4).unwrap();
    let other = Ising::new(&[6, 4], 0.4).unwrap();
    let mut r = Seed(11).chains("laws/spins/other", 1);
    let mut kernel = MultiSpin::new(&ising, 1).unwrap();
    let (mut aux, mut info) = (Aux::default(), Info::default());
    kernel.step(&mut ising.neutral(1), &mut aux, &mut r, &mut info);
    kernel.step(&mut other.neutral(1), &mut aux, &mut r, &mut info);
}

/// A reflection turns the projection's sign, undoes itself, and leaves the action of a whole field alone.
fn reflections_are_symmetries<M: Reflect + Continuous>(density: &dyn Reflective<M>, name: &str) {
    let chains = 4;
    let mut r = Seed(7).chains(&format!("laws/spins/reflect/{name}"), chains);
    let cold = density.neutral(chains);
    let (mut q, mut p) = (cold.clone(), Tangent::zero(&cold));
    r.normal(p.numbers_mut());
    M::retract(&cold, &p, 1.0, &mut q);
    let mirror = M::mirror(|| r.uniform_of(0));
    let mut reflected = q.clone();
    for site in 0..q.lattice().sites() {
        for chain in 0..chains {
            let at = |i: usize| q.get(site, i, chain);
            let mirrored = |i: usize| M::reflected(mirror, at, i);
            let sum = M::projection(mirror, at) + M::projection(mirror, mirrored);
            assert!(sum.abs() < 1e-13, "{name}");
            for i in 0..M::NUMBERS {
                reflected.set(site, i, chain, mirrored(i));
            }
        }
    }
    for (a, b) in value(density, &q).iter().zip(value(density, &reflected)) {
        assert!((a - b).abs() < 1e-12, "{name}: {a}, {b}");
    }
    // One variable: −κ p p' over its bonds is all that changes.
    let site = q.lattice().sites() / 2;
    let mut one = q.clone();
    for i in 0..M::NUMBERS {
        one.chains_mut(site, i)
            .copy_from_slice(reflected.chains_of(site, i));
    }
    let (before, after) = (value(density, &q), value(density, &one));
    for chain in 0..chains {
        let projection = |x: usize| M::projection(mirror, |i| q.get(x, i, chain));
        let others = q.lattice().neighbours(site).filter(|&x| x != site);
        let bonds: f64 = others.map(projection).sum();
        let expected = 2.0 * density.bond() * projection(site) * bonds;
        let found = after[chain] - before[chain];
        assert!(
            (found - expected).abs() < 1e-12,
            "{name}: {found}, {expected}"
        );
    }
}

#[test]
fn reflections_change_nothing_but_products_of_projections() {
    for phi4 in Phi4::examples().unwrap() {
        reflections_are_symmetries(&phi4, "phi4");
    }
    for xy in Xy::examples().unwrap() {
        reflections_are_symmetries(&xy, "xy");
    }
    for o3 in ON::<3>::examples().unwrap() {
        reflections_are_symmetries(&o3, "o3");
    }
    for o5 in ON::<5>::examples().unwrap() {
        reflections_are_symmetries(&o5, "o5");
    }
}

/// O(2) is the XY model in other coordinates; rotations keep lengths; distances are angles.
#[test]
fn unit_vectors_of_two_components_are_angles() {
    let (xy, o2) = (
        Xy::new(&[3, 4], 0.8).unwrap(),
        ON::<2>::new(&[3, 4], 0.8).unwrap(),
    );
    let mut r = Seed(8).chains("laws/spins/o2", 1);
    let mut angles = xy.neutral(1);
    r.normal(angles.numbers_mut());
    let mut vectors = o2.neutral(1);
    for site in 0..12 {
        let theta = angles.get(site, 0, 0);
        vectors.set(site, 0, 0, theta.cos());
        vectors.set(site, 1, 0, theta.sin());
    }
    assert!((value(&xy, &angles)[0] - value(&o2, &vectors)[0]).abs() < 1e-13);
    let (mut f_xy, mut f_o2) = (Tangent::zero(&angles), Tangent::zero(&vectors));
    use fieldassay::density::Action;
    xy.force(&angles, &Aux::default(), &mut f_xy);
    o2.force(&vectors, &Aux::default(), &mut f_o2);
    for (a, b) in f_xy.numbers().iter().zip(f_o2.numbers()) {
        assert!((a - b).abs() < 1e-13);
    }
    let (mut turned, mut d2) = (vectors.clone(), [0.0]);
    Sphere::<2>::retract(&vectors, &f_o2, 0.3, &mut turned);
    Sphere::<2>::distance2(&vectors, &turned, &mut d2);
    let expected: f64 = f_xy.numbers().iter().map(|f| (0.3 * f).powi(2)).sum();
    assert!((d2[0] - expected).abs() < 1e-12);
    let lattice = std::sync::Arc::new(Lattice::new(&[5]).unwrap());
    let cold: Field<Sphere<4>> = Field::neutral(&lattice, 2, 3);
    let (mut q, mut p) = (cold.clone(), Tangent::zero(&cold));
    Seed(9).chains("laws/spins/o4", 3).normal(p.numbers_mut());
    Sphere::<4>::retract(&cold, &p, 3.0, &mut q);
    for site in 0..5 {
        for (variable, chain) in [(0, 0), (1, 1), (1, 2)] {
            let square: f64 = (0..4)
                .map(|i| q.get(site, 4 * variable + i, chain).powi(2))
                .sum();
            assert!((square - 1.0).abs() < 1e-14);
        }
    }
}

/// The change is as probable as its opposite: without mean, and of the length that the manifold and the width allow.
#[test]
fn proposals_stay_on_the_manifold_and_are_symmetric() {
    let chains = 20_000;
    let mut r = Seed(10).chains("laws/spins/proposals", chains);
    // A vector that is not along an axis.
    let s = [0.48, -0.6, 0.64];
    let old: Vec<f64> = s.iter().flat_map(|s| vec![*s; chains]).collect();
    for width in [0.1, 0.7, 4.0] {
        let mut new = vec![f64::NAN; 3 * chains];
        Sphere::<3>::propose(&old, width, &mut r, &mut new);
        let mut sideways = [0.0; 3];
        for chain in 0..chains {
            let t: [f64; 3] = std::array::from_fn(|i| new[i * chains + chain]);
            let square: f64 = t.iter().map(|t| t * t).sum();
            assert!((square - 1.0).abs() < 1e-14);
            let along: f64 = t.iter().zip(s).map(|(t, s)| t * s).sum();
            for ((sideways, t), s) in sideways.iter_mut().zip(t).zip(s) {
                *sideways += t - along * s;
            }
        }
        // At most one each, and independent: 6 σ.
        let bound = 6.0 * (chains as f64).sqrt();
        assert!(sideways.iter().all(|sum| sum.abs() < bound), "{sideways:?}");
        let mut shifted = vec![f64::NAN; chains];
        let from = vec![2.5; chains];
        RealLine::propose(&from, width, &mut r, &mut shifted);
        let steps: Vec<f64> = shifted.iter().map(|x| x - 2.5).collect();
        assert!(steps.iter().all(|step| step.abs() <= width));
        assert!(steps.iter().sum::<f64>().abs() < bound * width);
        assert!(
            steps.iter().map(|step| step * step).sum::<f64>() > 0.3 * width * width * chains as f64
        );
    }
    let mut flipped = [0; 2];
    Spin::propose(&[1, -1], 1.0, &mut r, &mut flipped);
    assert_eq!(flipped, [-1, 1]);
}
