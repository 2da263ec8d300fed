//! A value depends on its argument only: not on its place, nor on who computes it with what else.

use std::panic::{AssertUnwindSafe, catch_unwind};

use fieldassay::Seed;
use fieldassay::num::simd::Level;
use fieldassay::special::elementary::{Elementary, Function};

use super::Number;

/// Longer than two blocks of any kernel.
const LONGEST: usize = 140;

fn arguments<T: Number>() -> Vec<T> {
    let mut rng = Seed(20_260_901).stream("laws/elementary/slices");
    let mut x: Vec<T> = (0..LONGEST)
        .map(|_| T::of(rng.uniform_in(-9.0, 9.0)))
        .collect();
    // What a block must not carry over to its neighbours.
    for (place, odd) in [
        (3, f64::NAN),
        (40, f64::INFINITY),
        (77, 1e30),
        (101, -1e30),
        (139, 1e-40),
    ] {
        x[place] = T::of(odd);
    }
    x
}

fn bits<T: Number>(y: &[T]) -> Vec<u64> {
    let of = |y: &T| {
        if y.to_f64().is_nan() {
            u64::MAX
        } else {
            y.bits()
        }
    };
    y.iter().map(of).collect()
}

fn place_does_not_matter<T: Number>() {
    let x = arguments::<T>();
    let mut seen = 0;
    for (function, level) in pairs() {
        let mut alone = vec![T::ZERO; LONGEST];
        for (x, y) in x.iter().zip(&mut alone) {
            T::apply(
                function,
                level,
                std::slice::from_ref(x),
                std::slice::from_mut(y),
            );
        }
        let alone = bits(&alone);
        for start in [0, 1, 5] {
            for end in start..=LONGEST {
                // A value that no function here returns stands where nothing was written.
                let mut y = vec![T::of(-12345.0); end - start];
                T::apply(function, level, &x[start..end], &mut y);
                assert_eq!(
                    bits(&y),
                    alone[start..end],
                    "{} {} {start}..{end}",
                    level.name(),
                    function.name()
                );
                seen += 1;
            }
        }
    }
    assert!(seen >= 10 * 400, "{seen} slices");
}

fn pairs() -> impl Iterator<Item = (Function, Level)> {
    let levels = Level::available();
    let each = |function| {
        levels
            .clone()
            .into_iter()
            .map(move |level| (function, level))
    };
    Function::ALL
        .into_iter()
        .flat_map(each)
        .collect::<Vec<_>>()
        .into_iter()
}

#[test]
fn a_value_does_not_depend_on_its_place_in_the_slice() {
    place_does_not_matter::<f32>();
    place_does_not_matter::<f64>();
}

fn joint_is_both<T: Number>() {
    let x = arguments::<T>();
    for level in Level::available() {
        for length in 0..=LONGEST {
            let mut y = vec![T::of(-12345.0); 4 * length];
            let (alone, joint) = y.split_at_mut(2 * length);
            let (softplus, sigmoid) = alone.split_at_mut(length);
            T::softplus_at(level, &x[..length], softplus);
            T::sigmoid_at(level, &x[..length], sigmoid);
            let (first, second) = joint.split_at_mut(length);
            T::softplus_sigmoid_at(level, &x[..length], first, second);
            assert_eq!(bits(alone), bits(joint), "{} {length}", level.name());
        }
    }
}

#[test]
fn the_joint_kernel_gives_the_bits_of_both() {
    joint_is_both::<f32>();
    joint_is_both::<f64>();
}

#[test]
fn named_functions_are_their_rows() {
    type Named = fn(&[f64], &mut [f64]);
    let named: [Named; 10] = [
        Elementary::exp,
        Elementary::expm1,
        Elementary::ln,
        Elementary::ln_1p,
        Elementary::tanh,
        Elementary::sigmoid,
        Elementary::softplus,
        Elementary::sin,
        Elementary::cos,
        Elementary::erf,
    ];
    let x = arguments::<f64>();
    for (function, named) in Function::ALL.into_iter().zip(named) {
        let (mut y, mut z) = (vec![0.0; LONGEST], vec![0.0; LONGEST]);
        f64::apply(function, Level::best(), &x, &mut y);
        named(&x, &mut z);
        assert_eq!(bits(&y), bits(&z), "{}", function.name());
    }
}

#[test]
fn unequal_lengths_are_refused_by_name() {
    let told = |body: &dyn Fn()| {
        let panic = catch_unwind(AssertUnwindSafe(body)).expect_err("unequal lengths");
        *panic.downcast::<String>().expect("a message")
    };
    for function in Function::ALL {
        for lengths in [(3, 4), (4, 3), (0, 1)] {
            let (x, y) = (vec![1.0_f32; lengths.0], vec![1.0_f32; lengths.1]);
            let why = told(&|| f32::apply(function, Level::best(), &x, &mut y.clone()));
            assert!(why.starts_with(function.name()), "{why}");
        }
    }
    for (y, z) in [(3, 4), (4, 3)] {
        let (y, z) = (vec![0.0_f64; y], vec![0.0_f64; z]);
        let why = told(&|| f64::softplus_sigmoid(&[1.0; 4], &mut y.clone(), &mut z.clone()));
        assert!(why.starts_with("softplus_sigmoid"), "{why}");
    }
}
