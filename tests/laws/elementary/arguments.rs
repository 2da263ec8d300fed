//! Where to look: where a function lives, all magnitudes, and the neighbourhoods of its seams.

use fieldassay::Seed;
use fieldassay::special::elementary::Function;

use super::Number;

/// Where the function is neither constant nor equal to its argument, and where its kernels change over.
struct Domain {
    /// The interval of uniform arguments.
    uniform: [f64; 2],
    /// No magnitude beyond this is looked at.
    largest: f64,
    /// Points whose neighbourhoods are looked at.
    seams: Vec<f64>,
    /// Smaller arguments are outside of the domain.
    least: f64,
}

fn domain<T: Number>(function: Function) -> Domain {
    let ln_2 = std::f64::consts::LN_2;
    let single = T::DIGITS == 23;
    let largest = 2.0_f64.powi(T::EXPONENTS[1]);
    // ln of the largest number and of the smallest subnormal.
    let [over, under] = [
        f64::from(T::EXPONENTS[1] + 1) * ln_2,
        f64::from(T::EXPONENTS[0] - T::DIGITS - 1) * ln_2,
    ];
    let reducible = if single { 4_194_304.0 } else { 1_073_741_824.0 };
    let multiples: Vec<f64> = (-12..=12)
        .map(|n| f64::from(n) * std::f64::consts::FRAC_PI_4)
        .collect();
    let halves: Vec<f64> = (-9..=9).map(|n| (f64::from(n) + 0.5) * ln_2).collect();
    let seams = |more: &[f64]| [&halves, more].concat();
    let (uniform, largest, seams, least) = match function {
        Function::Exp => (
            [under, over],
            -2.0 * under,
            seams(&[over, under, under + 40.0]),
            f64::MIN,
        ),
        Function::Expm1 => (
            [-45.0, over],
            -2.0 * under,
            seams(&[over, -17.33, -18.0, -20.0, -40.0]),
            f64::MIN,
        ),
        Function::Ln => (
            [0.0, 4.0],
            largest,
            vec![1.0, 0.5_f64.sqrt(), 2.0_f64.sqrt(), 1.4],
            2.0_f64.powi(T::EXPONENTS[0]),
        ),
        Function::Ln1p => (
            [-1.0, 3.0],
            largest,
            vec![0.0, 0.5_f64.sqrt() - 1.0, 2.0_f64.sqrt() - 1.0, 1.0],
            -1.0 + 1e-15,
        ),
        Function::Tanh => (
            [-12.0, 12.0],
            largest,
            seams(&[0.549_306, 10.0, 20.0, 9.01, 19.06]),
            f64::MIN,
        ),
        Function::Sigmoid | Function::Softplus => (
            [under, 45.0],
            largest,
            seams(&[under, under + 40.0, 0.0, 17.0, 37.0]),
            f64::MIN,
        ),
        Function::Sin | Function::Cos => (
            [-100.0, 100.0],
            reducible,
            [&multiples[..], &[reducible, -reducible]].concat(),
            -reducible,
        ),
        Function::Erf => (
            [-6.5, 6.5],
            largest,
            vec![1.0, -1.0, 3.95, 5.92, 6.0, 3.5],
            f64::MIN,
        ),
    };
    Domain {
        uniform,
        largest,
        seams,
        least,
    }
}

/// Arguments inside the domain of `function`: at least `cases`, half of them uniform, half of all magnitudes.
pub(super) fn of<T: Number>(function: Function, cases: usize) -> Vec<T> {
    let domain = domain::<T>(function);
    let mut rng = Seed(20_260_901).stream(&format!(
        "laws/elementary/{}/{}",
        T::DIGITS,
        function.name()
    ));
    // Products inside the witness lose digits below 1e-290.
    let smallest = f64::from(T::EXPONENTS[0] - T::DIGITS).max(-930.0);
    let mut x = Vec::new();
    for seam in domain.seams {
        let mut around = T::of(seam);
        (0..16).for_each(|_| around = around.next_down());
        for _ in 0..33 {
            x.push(around);
            around = around.next_up();
        }
    }
    while x.len() < cases + 2000 {
        x.push(T::of(rng.uniform_in(domain.uniform[0], domain.uniform[1])));
        x.push(T::of(rng.uniform_in(-3.0, 3.0)));
        let size = rng.uniform_in(smallest, domain.largest.log2()).exp2();
        x.push(T::of(if rng.uniform_in(0.0, 1.0) < 0.5 {
            size
        } else {
            -size
        }));
        if matches!(function, Function::Sin | Function::Cos) {
            let multiple = rng.uniform_in(-domain.largest, domain.largest).round();
            x.push(T::of(multiple * std::f64::consts::FRAC_PI_2)); // next to a zero
        }
    }
    x.retain(|x| {
        let x = x.to_f64();
        x >= domain.least && x.abs() <= domain.largest && (x == 0.0 || x.abs() >= smallest.exp2())
    });
    while x.len() < cases {
        x.push(T::of(rng.uniform_in(
            domain.uniform[0].max(domain.least),
            domain.uniform[1],
        )));
    }
    x
}
