//! Named streams: published test vectors, independence of labels and lanes, save and restore.

use std::collections::HashSet;

use fieldassay::rng::{Chains, Lanes, Rng, RngState, Seed};
use fieldassay::stats::Estimate;
use fieldassay::verdict::{Outcome, check};
use rand::Rng as _;

#[test]
fn xoshiro_gives_its_published_numbers_in_every_lane() {
    // State 1, 2, 3, 4: the authors' C program and the vector in crate rand_xoshiro.
    const PUBLISHED: [u64; 10] = [
        41_943_041,
        58_720_359,
        3_588_806_011_781_223,
        3_591_011_842_654_386,
        9_228_616_714_210_784_205,
        9_973_669_472_204_895_162,
        14_011_001_112_246_962_877,
        12_406_186_145_184_390_807,
        15_849_039_046_786_891_736,
        10_450_023_813_501_588_000,
    ];
    let mut lanes = Lanes::from_states([[1, 2, 3, 4], [5, 6, 7, 8], [1, 2, 3, 4]]);
    let mut out = [0; 3];
    for expected in PUBLISHED {
        lanes.next_u64(&mut out);
        assert_eq!((out[0], out[2]), (expected, expected));
        assert_ne!(out[1], expected);
    }
}

#[test]
fn chacha8_gives_its_published_keystream_for_the_zero_key() {
    // draft-strombergson-chacha-test-vectors, TC1, 256-bit key, 8 rounds, first 16 bytes.
    let state = serde_json::json!({ "key": vec![0; 32], "word": 0 });
    let state: RngState = serde_json::from_value(state).unwrap();
    let mut bytes = [0; 16];
    Rng::from_state(&state).fill_bytes(&mut bytes);
    let hex: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(hex, "3e00ef2f895f40d67f5bb8e81f09a5a1");
}

#[test]
fn a_label_decides_the_numbers_not_the_order_of_calls() {
    let first: Vec<u64> = ["a", "b"]
        .map(|label| Seed(1).stream(label).next_u64())
        .into();
    let second: Vec<u64> = ["b", "a"]
        .map(|label| Seed(1).stream(label).next_u64())
        .into();
    assert_eq!(first, [second[1], second[0]]);
}

#[test]
fn streams_of_different_seeds_labels_and_kinds_differ() {
    let mut seen = HashSet::new();
    for seed in 0..50 {
        for label in ["", "a", "b", "ab", "chain/1", "chain/11"] {
            assert!(
                seen.insert(Seed(seed).stream(label).next_u64()),
                "seed {seed}, label {label}"
            );
            let mut out = [0; 4];
            Seed(seed).lanes(label, 4).next_u64(&mut out);
            assert!(
                out.into_iter().all(|x| seen.insert(x)),
                "lanes of seed {seed}, label {label}"
            );
        }
    }
    assert_eq!(seen.len(), 1500);
}

/// 17 lanes are drawn in one piece of scratch, 150 in three of which the last is not full.
#[test]
fn a_lane_does_not_notice_its_neighbours() {
    const ROWS: usize = 5;
    let drawn = |count: usize, draw: fn(&mut Lanes, &mut [f64])| {
        let mut out = vec![0.0; ROWS * count];
        draw(&mut Seed(7).lanes("chain", count), &mut out);
        out
    };
    for draw in [Lanes::normal, Lanes::uniform] {
        let single: Vec<Vec<f64>> = (0..150)
            .map(|lane| {
                let mut out = vec![0.0; ROWS];
                let state = Seed(7).lanes("chain", 150).state_of(lane);
                draw(&mut Lanes::from_states([state]), &mut out);
                out
            })
            .collect();
        for count in [3, 17, 64, 65, 150] {
            let many = drawn(count, draw);
            for (place, x) in many.iter().enumerate() {
                let (row, lane) = (place / count, place % count);
                assert_eq!(*x, single[lane][row], "row {row}, lane {lane} of {count}");
            }
        }
    }
}

#[test]
fn a_restored_stream_continues_bit_by_bit() {
    let mut rng = Seed(3).stream("checkpoint");
    for _ in 0..1000 {
        rng.normal();
    }
    let text = serde_json::to_string(&rng.state()).unwrap();
    let mut copy = Rng::from_state(&serde_json::from_str(&text).unwrap());
    let mut lanes = Seed(3).lanes("checkpoint", 5);
    lanes.uniform(&mut [0.0; 35]);
    let mut lanes_copy: Lanes =
        serde_json::from_str(&serde_json::to_string(&lanes).unwrap()).unwrap();
    for _ in 0..1000 {
        assert_eq!(rng.uniform().to_bits(), copy.uniform().to_bits());
    }
    let (mut a, mut b) = ([0.0; 10], [0.0; 10]);
    lanes.normal(&mut a);
    lanes_copy.normal(&mut b);
    assert_eq!(a, b);
}

#[test]
fn chains_of_a_range_are_those_of_the_whole_and_go_on_from_their_states() {
    let label = "laws/rng/chains";
    let mut whole = Seed(5).chains(label, 7);
    let mut range = Seed(5).chains_within(label, 2..5);
    assert_eq!(range.count(), 3);
    let draw = |r: &mut Chains, rows: usize| {
        let mut out = vec![0.0; rows * r.count()];
        r.normal(&mut out);
        // One chain has drawn more than the others.
        let one = r.count() - 1;
        out.push(r.uniform_of(one));
        out
    };
    for rows in [1, 3, 8, 17] {
        let (all, some) = (draw(&mut whole, rows), draw(&mut range, rows));
        for row in 0..rows {
            assert_eq!(all[7 * row + 2..7 * row + 4], some[3 * row..3 * row + 2]);
        }
        assert_ne!(range.state_of(0), range.state_of(1));
        let states = [0, 1, 2].map(|chain| range.state_of(chain));
        let mut restored = Chains::from_states(&states);
        assert_eq!(restored, range);
        assert_eq!(draw(&mut restored, 5), draw(&mut range.clone(), 5));
    }
}

/// Moments of uniforms and normals over all lanes against their exact values.
fn moments(draw: impl Fn(&mut [f64]), power: i32, truth: f64, resolves: f64) {
    let mut samples = vec![0.0; 1 << 20];
    draw(&mut samples);
    let powers: Vec<f64> = samples.iter().map(|x| x.powi(power)).collect();
    let estimate = Estimate::from_independent(&powers).unwrap();
    let name = format!("moment {power}");
    let found = check(name, estimate)
        .false_fail(1e-9)
        .resolves(resolves)
        .against(truth);
    assert_eq!(found.outcome, Outcome::Pass, "{found:?}");
}

#[test]
fn uniforms_and_normals_have_their_moments() {
    let uniform = |out: &mut [f64]| Seed(20_260_901).lanes("moments/uniform", 16).uniform(out);
    let normal = |out: &mut [f64]| Seed(20_260_901).lanes("moments/normal", 16).normal(out);
    moments(uniform, 1, 0.5, 0.004);
    moments(uniform, 2, 1.0 / 3.0, 0.004);
    moments(normal, 1, 0.0, 0.01);
    moments(normal, 2, 1.0, 0.02);
    moments(normal, 4, 3.0, 0.1);
    moments(normal, 6, 15.0, 1.0);
}

#[test]
fn single_draws_have_their_moments_too() {
    let draws = |draw: fn(&mut Rng) -> f64| {
        move |out: &mut [f64]| {
            let mut rng = Seed(20_260_901).stream("moments/single");
            out.fill_with(|| draw(&mut rng));
        }
    };
    moments(draws(Rng::uniform), 1, 0.5, 0.004);
    moments(draws(Rng::normal), 2, 1.0, 0.02);
    moments(draws(Rng::normal), 4, 3.0, 0.1);
    moments(draws(|rng| rng.uniform_in(-2.0, 4.0)), 1, 1.0, 0.02);
    moments(draws(|rng| rng.uniform_in(-2.0, 4.0)), 2, 4.0, 0.05);
}

#[test]
fn every_bucket_is_hit_equally_often() {
    let mut rng = Seed(20_260_901).stream("buckets");
    let mut hits = [0.0_f64; 7];
    let n = 700_000;
    for _ in 0..n {
        hits[rng.below(7)] += 1.0;
    }
    // Each count is binomial: mean 1e5, σ = 293; seven checks at 6.1 σ fail a right program at 1e-8.
    for (bucket, count) in hits.iter().enumerate() {
        assert!(
            (count - 1e5).abs() <= 6.1 * 293.0,
            "bucket {bucket}: {count} of {n}"
        );
    }
    let (low, high) = (0..100_000)
        .map(|_| rng.uniform_in(-2.0, 4.0))
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| {
            (low.min(x), high.max(x))
        });
    assert!(
        (-2.0..-1.999).contains(&low) && (3.999..4.0).contains(&high),
        "[{low}, {high}]"
    );
}

#[test]
fn uniforms_stay_below_one_and_reach_both_ends() {
    let mut out = vec![0.0; 1 << 18];
    Seed(5).lanes("range", 8).uniform(&mut out);
    let (low, high) = out
        .iter()
        .fold((1.0_f64, 0.0_f64), |(l, h), x| (l.min(*x), h.max(*x)));
    assert!(
        (0.0..1e-4).contains(&low) && (0.9999..1.0).contains(&high),
        "[{low}, {high}]"
    );
}

#[test]
#[should_panic(expected = "whole rows")]
fn a_partial_row_is_refused() {
    Seed(0).lanes("rows", 4).uniform(&mut [0.0; 6]);
}

#[test]
#[should_panic(expected = "all-zero state")]
fn the_all_zero_state_is_refused() {
    let _ = Lanes::from_states([[0; 4]]);
}
