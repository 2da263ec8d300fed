//! The box: the count of levels, the dense matrix, free limits, and Lüscher's formula.

use fieldassay::Error;
use fieldassay::finite_volume::{HeftBox, Smoothing, shells};
use fieldassay::num::{Tol, Worst};
use fieldassay::rng::Seed;
use fieldassay::scattering::{Bare, Channel, FormFactor, Heft, Separable, SigmaModel, Vertex};
use fieldassay::units::{Fm, Mev, ParticleMass};

use super::models::{HBARC, sigma_model, two_channel_model};

const SAME: Tol =
    Tol::abs(1e-9).because("the bar in MeV; 1e-15 of the highest of 60 free energies is 1e-11");

fn compare(heft: &Heft, length: f64, n2_max: usize, count: usize, worst: &mut Worst, name: &str) {
    let system = HeftBox::new(heft, Fm(length)).unwrap();
    let dense = system.dense_levels(n2_max, count).unwrap();
    let secular = system.truncated_levels(n2_max, count).unwrap();
    assert_eq!(dense.len(), secular.len(), "{name}");
    for (level, (dense, secular)) in dense.iter().zip(&secular).enumerate() {
        worst.see(secular.0, dense.0, || {
            format!("level {level}, L = {length} fm, {name}")
        });
    }
}

#[test]
fn shells_hold_as_many_vectors_as_counting_finds() {
    let counted = |n2: i32| {
        let reach = -8..=8_i32;
        let cube = reach
            .clone()
            .flat_map(|x| reach.clone().map(move |y| (x, y)))
            .flat_map(|(x, y)| (-8..=8_i32).map(move |z| x * x + y * y + z * z));
        cube.filter(|sum| *sum == n2).count()
    };
    let all = shells(64);
    for n2 in 0..=64 {
        let found = all
            .iter()
            .find(|(n, _)| *n == n2 as usize)
            .map_or(0, |(_, count)| *count);
        assert_eq!(found, counted(n2), "n² = {n2}");
    }
    assert_eq!(all[..4], [(0, 1), (1, 6), (2, 12), (3, 8)]);
    assert!(all.iter().all(|(n2, _)| ![7, 15, 23, 28].contains(n2)));
}

#[test]
fn secular_levels_are_the_eigenvalues_of_the_matrix() {
    let mut worst = Worst::new(SAME);
    let mut rng = Seed(20_260_901).stream("laws/heft/box/lengths");
    for index in 0..60 {
        let model = sigma_model("dense", index);
        let length = rng.uniform_in(4.0, 13.0);
        compare(
            &model.heft().unwrap(),
            length,
            80,
            30,
            &mut worst,
            &format!("{model:?}"),
        );
    }
    for index in 0..60 {
        let heft = two_channel_model("dense-2", index);
        let length = rng.uniform_in(2.0, 7.0);
        compare(
            &heft,
            length,
            40,
            40,
            &mut worst,
            &format!("two channels {index}"),
        );
    }
    worst.assert_at_least(4000);
}

#[test]
fn a_whole_small_basis_is_found() {
    let mut worst = Worst::new(SAME);
    for index in 0..20 {
        let heft = two_channel_model("whole", index);
        // 2 bare states and 2 channels of 5 shells; more are asked for than there are.
        let found = HeftBox::new(&heft, Fm(3.0))
            .unwrap()
            .truncated_levels(4, 40)
            .unwrap();
        assert_eq!(found.len(), 12);
        compare(
            &heft,
            3.0,
            4,
            40,
            &mut worst,
            &format!("two channels {index}"),
        );
    }
    worst.assert_at_least(240);
}

#[test]
fn channels_of_equal_energies_leave_free_levels() {
    let mut worst = Worst::new(SAME);
    let pions = Channel::pair(ParticleMass(Mev(139.57))).unwrap();
    let vertex = |strength: f64| {
        Vertex::form_factor(strength, FormFactor::Dipole, Fm(0.8), 1, HBARC).unwrap()
    };
    let bare = Bare {
        mass: Mev(600.0),
        couplings: vec![vertex(0.08), vertex(0.05)],
    };
    let heft = Heft::new(HBARC, &[pions, pions], &[bare], &[]).unwrap();
    compare(
        &heft,
        4.0,
        40,
        30,
        &mut worst,
        "one combination of two channels is free",
    );
    let term = Separable {
        strength: 2e-5,
        vertices: vec![vertex(1.0), vertex(-0.4)],
    };
    let bare = Bare {
        mass: Mev(600.0),
        couplings: vec![vertex(0.08), vertex(0.05)],
    };
    let heft = Heft::new(HBARC, &[pions, pions], &[bare], &[term]).unwrap();
    compare(&heft, 4.0, 40, 30, &mut worst, "both combinations couple");
    worst.assert_at_least(60);
}

#[test]
fn without_interactions_levels_are_free() {
    let pions = Channel::pair(ParticleMass(Mev(139.57))).unwrap();
    let bare = Bare {
        mass: Mev(500.0),
        couplings: vec![Vertex::ZERO],
    };
    for (states, extra) in [(vec![], None), (vec![bare], Some(500.0))] {
        let heft = Heft::new(HBARC, &[pions], &states, &[]).unwrap();
        let levels = HeftBox::new(&heft, Fm(6.0)).unwrap().levels(8).unwrap();
        let unit = 2.0 * std::f64::consts::PI * HBARC.0 / 6.0;
        let free = shells(20)
            .into_iter()
            .map(|(n2, _)| pions.energy(unit * unit * n2 as f64).0);
        let mut expected: Vec<f64> = free.chain(extra).collect();
        expected.sort_by(f64::total_cmp);
        for (level, expected) in levels.iter().zip(expected) {
            assert!(
                (level.energy.0 - expected).abs() < 1e-10,
                "{level:?}, {expected}"
            );
            assert!(level.truncation_error.0 < 1e-10);
        }
    }
}

#[test]
fn the_count_rises_by_one_at_every_level_and_nowhere_else() {
    let mut seen = 0;
    for index in 0..45 {
        let model = sigma_model("count", index);
        let heft = model.heft().unwrap();
        let system = HeftBox::new(&heft, Fm(5.0 + (index % 9) as f64)).unwrap();
        let secular = system.smooth_secular(Smoothing::default()).unwrap();
        let levels = secular.levels(12).unwrap();
        let mut edges: Vec<f64> = vec![-2000.0];
        edges.extend(levels.windows(2).map(|pair| 0.5 * (pair[0].0 + pair[1].0)));
        for (below, edge) in edges.iter().enumerate() {
            assert_eq!(
                secular.levels_below(Mev(*edge)).unwrap(),
                below,
                "{edge} MeV, {model:?}"
            );
            seen += 1;
        }
        let grid = (0..400).map(|i| Mev(150.0 + 2.0 * f64::from(i)));
        let counts: Vec<usize> = grid.map(|e| secular.levels_below(e).unwrap()).collect();
        assert!(counts.is_sorted(), "{model:?}");
    }
    assert_eq!(seen, 45 * 12);
}

#[test]
fn levels_glued_to_free_ones_are_neither_lost_nor_doubled() {
    // A Gaussian of 2 fm has fallen to 1e-17 at 1 GeV: nearly all levels are free to the last bits.
    let model = SigmaModel {
        form_factor: FormFactor::Gaussian,
        m_sigma: Mev(512.0),
        g: 1.4,
        c: Fm(2.0),
        contact: 0.9,
        d: Fm(2.0),
        m_pi: Mev(139.57),
        hbarc: HBARC,
    };
    let heft = model.heft().unwrap();
    let mut worst = Worst::new(SAME);
    for length in [5.0, 9.0, 13.0] {
        compare(&heft, length, 100, 60, &mut worst, "C, 2 fm");
        let system = HeftBox::new(&heft, Fm(length)).unwrap();
        let levels = system.levels(30).unwrap();
        let dense = system.dense_levels(400, 30).unwrap();
        for (level, dense) in levels.iter().zip(dense) {
            worst.see(level.energy.0, dense.0, || format!("E_inf at {length} fm"));
        }
    }
    worst.assert_at_least(270);
}

#[test]
fn levels_do_not_depend_on_the_smooth_cut() {
    const CUT: Tol = Tol::abs(1e-9).because("e^{−(πs)²} is 1e-38 for s = 3, and 1e-69 for s = 4");
    let mut worst = Worst::new(CUT);
    for index in 0..30 {
        let model = sigma_model("cut", index);
        let heft = model.heft().unwrap();
        let system = HeftBox::new(&heft, Fm(5.0 + (index % 9) as f64)).unwrap();
        let usual = system.levels(10).unwrap();
        let other = Smoothing {
            n0: 26.0,
            width: 3.0,
        };
        let other = system.levels_with(other, 10).unwrap();
        for (a, b) in usual.iter().zip(&other) {
            worst.see(a.energy.0, b.energy.0, || format!("{model:?}"));
            assert!(a.truncation_error.0 < 1e-8, "{a:?}, {model:?}");
        }
    }
    worst.assert_at_least(300);
}

#[test]
fn one_form_factor_a_leg_without_a_bare_state() {
    const PRINTED: Tol = Tol::abs(6e-7).because("six printed decimals of an earlier calculation");
    let mut worst = Worst::new(PRINTED);
    let pions = Channel::pair(ParticleMass(Mev(138.5))).unwrap();
    for (factor, levels) in [
        (
            FormFactor::Monopole,
            [245.825_627, 443.355_383, 667.555_779],
        ),
        (FormFactor::Dipole, [264.959_102, 533.305_026, 724.675_635]),
        (
            FormFactor::Gaussian,
            [262.353_999, 508.615_702, 702.651_609],
        ),
    ] {
        let term = Separable {
            strength: -0.3 / HBARC.0.powi(2),
            vertices: vec![Vertex::form_factor(1.0, factor, Fm(0.35), 1, HBARC).unwrap()],
        };
        let heft = Heft::new(HBARC, &[pions], &[], &[term]).unwrap();
        let found = HeftBox::new(&heft, Fm(5.0)).unwrap().levels(3).unwrap();
        for (found, level) in found.iter().zip(levels) {
            worst.see(found.energy.0, level, || format!("{factor:?}"));
        }
    }
    worst.assert_at_least(9);
}

#[test]
fn lengths_and_energies_scale_together() {
    const SCALE: Tol =
        Tol::rel(1e-12).because("a factor two is exact but for the fixed panels of the continuum");
    let mut worst = Worst::new(SCALE);
    for index in 0..9 {
        let model = sigma_model("scale", index);
        let twice = SigmaModel {
            m_sigma: Mev(2.0 * model.m_sigma.0),
            m_pi: Mev(2.0 * model.m_pi.0),
            c: Fm(0.5 * model.c.0),
            d: Fm(0.5 * model.d.0),
            ..model
        };
        let levels = |model: &SigmaModel, length: f64| {
            let heft = model.heft().unwrap();
            HeftBox::new(&heft, Fm(length)).unwrap().levels(10).unwrap()
        };
        for (one, two) in levels(&model, 8.0).iter().zip(levels(&twice, 4.0)) {
            worst.see(two.energy.0, 2.0 * one.energy.0, || format!("{model:?}"));
        }
    }
    worst.assert_at_least(90);
}

#[test]
fn a_bound_state_in_a_growing_box_tends_to_that_in_infinite_volume() {
    let mut seen = 0;
    for index in 0..30 {
        let mut model = sigma_model("bound-box", index);
        model.contact = -2.0 * model.contact.abs() - 1.0;
        let heft = model.heft().unwrap();
        let Some(bound) = heft.bound_states().unwrap().first().copied() else {
            continue;
        };
        // Its size, 1/κ, has to fit into the box a few times.
        if bound.0 < 0.0 || bound.0 > 230.0 {
            continue;
        }
        let shift = |length: f64| {
            let system = HeftBox::new(&heft, Fm(length)).unwrap();
            (system.levels(1).unwrap()[0].energy.0 - bound.0).abs()
        };
        let shifts = [10.0, 14.0, 18.0, 22.0].map(shift);
        for pair in shifts.windows(2) {
            assert!(
                pair[1] < 0.4 * pair[0] || pair[1] < 1e-9,
                "{shifts:?}, {model:?}"
            );
        }
        seen += 1;
    }
    assert!(seen >= 4, "{seen} bound states");
}

#[test]
fn luschers_formula_is_approached_exponentially() {
    let mut seen = 0;
    for index in 0..24 {
        let mut model = sigma_model("luscher", index);
        // For ranges up to 0.8 fm the pions, not the form factors, set the rate.
        let mut rng = Seed(20_260_901).stream(&format!("laws/heft/luscher/ranges/{index}"));
        model.c = Fm(rng.uniform_in(0.5, 0.8));
        model.d = Fm(rng.uniform_in(0.5, 0.8));
        model.contact = model.contact.abs().min(0.6);
        let heft = model.heft().unwrap();
        let difference = |length: f64| -> f64 {
            let system = HeftBox::new(&heft, Fm(length)).unwrap();
            let exact = system.levels(3).unwrap();
            let predicted = system.luscher_levels(Mev(260.0), Mev(900.0)).unwrap();
            let above = exact.iter().filter(|level| level.energy.0 > 279.14);
            let nearest = |energy: f64| {
                let gaps = predicted.iter().map(|other| (other.0 - energy).abs());
                gaps.fold(f64::INFINITY, f64::min)
            };
            above
                .map(|level| nearest(level.energy.0))
                .fold(0.0, f64::max)
        };
        let [at_8, at_11, at_14] = [8.0, 11.0, 14.0].map(difference);
        assert!(
            at_11 < 0.2 * at_8,
            "{at_8:e} MeV at 8 fm, {at_11:e} at 11, {model:?}"
        );
        assert!(
            at_14 < 0.2 * at_11,
            "{at_11:e} MeV at 11 fm, {at_14:e} at 14, {model:?}"
        );
        assert!(at_14 < 1e-3, "{at_14:e} MeV at 14 fm, {model:?}");
        // One prediction for every level: none doubled, none at threshold.
        let system = HeftBox::new(&heft, Fm(14.0)).unwrap();
        let predicted = system.luscher_levels(Mev(260.0), Mev(900.0)).unwrap();
        let exact = system.levels(predicted.len() + 2).unwrap();
        let inside =
            |level: &&fieldassay::finite_volume::Level| (260.0..900.0).contains(&level.energy.0);
        let count = exact.iter().filter(inside).count();
        assert_eq!(
            predicted.len(),
            count,
            "{predicted:?}, {exact:?}, {model:?}"
        );
        seen += 1;
    }
    assert_eq!(seen, 24);
}

#[test]
fn bad_boxes_are_refused_by_name() {
    let heft = sigma_model("refused", 0).heft().unwrap();
    for length in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let refused = HeftBox::new(&heft, Fm(length)).unwrap_err();
        assert!(matches!(
            refused,
            Error::Domain {
                what: "box length",
                ..
            }
        ));
    }
    let system = HeftBox::new(&heft, Fm(5.0)).unwrap();
    let cut = Smoothing {
        n0: 20.0,
        width: 4.0,
    };
    let refused = system.levels_with(cut, 3).unwrap_err();
    assert!(matches!(
        refused,
        Error::Domain {
            what: "n0 of the smooth cut",
            ..
        }
    ));
    let cut = Smoothing {
        n0: 26.0,
        width: 4.0,
    };
    let refused = system.levels_with(cut, 20).unwrap_err();
    assert!(matches!(
        refused,
        Error::Domain {
            what: "energy of a level",
            ..
        }
    ));
    let refused = system
        .smooth_secular(Smoothing::default())
        .unwrap()
        .levels_below(Mev(f64::NAN));
    assert!(matches!(refused, Err(Error::Domain { .. })));
}
