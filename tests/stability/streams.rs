//! The named streams: if these numbers change, every seeded result changes with them.

use fieldassay::Seed;

/// One line a number: its name and ten significant digits.
fn lines(name: &str, values: &[f64]) -> String {
    let line = |(i, value): (usize, &f64)| format!("{name}[{i}] {value:.9e}\n");
    values.iter().enumerate().map(line).collect()
}

#[test]
fn named_streams_and_lanes_keep_their_numbers() {
    let seed = Seed(20_260_901);
    let mut stream = seed.stream("stability/stream");
    let uniforms: [f64; 4] = std::array::from_fn(|_| stream.uniform());
    let normals: [f64; 4] = std::array::from_fn(|_| stream.normal());
    let mut lanes = seed.lanes("stability/lanes", 2);
    let (mut lane_uniforms, mut lane_normals) = ([0.0; 4], [0.0; 4]);
    lanes.uniform(&mut lane_uniforms);
    lanes.normal(&mut lane_normals);
    let text = lines("stream uniform", &uniforms)
        + &lines("stream normal", &normals)
        + &lines("two lanes uniform", &lane_uniforms)
        + &lines("two lanes normal", &lane_normals);
    assert_eq!(text.lines().count(), 16);
    insta::with_settings!({
        snapshot_path => "../../golden/stability",
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        insta::assert_snapshot!("streams", text);
    });
}
