//! Matrices to try: random ones of every small size, and the hard cases by name.

use fieldassay::linalg::{
    Complex64, Decomposable, Eigen, Matrix, Qr, Scalar, hermitian_eigen, hermitian_eigenvalues,
    matmul, symmetric_eigen, symmetric_eigenvalues,
};
use fieldassay::rng::{Rng, Seed};

/// Machine epsilon, as in the documented bounds.
pub const EPS: f64 = f64::EPSILON;

/// A number type under test.
pub trait Number: Decomposable {
    /// Its name in a report.
    const NAME: &'static str;
    /// Standard normal, in both parts if complex.
    fn draw(rng: &mut Rng) -> Self;
    /// The eigen-decomposition for this type.
    fn eigen(a: &Matrix<Self>) -> fieldassay::Result<Eigen<Self>>;
    /// The eigenvalues alone.
    fn eigenvalues(a: &Matrix<Self>) -> fieldassay::Result<Vec<f64>>;
}

impl Number for f64 {
    const NAME: &'static str = "f64";
    fn draw(rng: &mut Rng) -> Self {
        rng.normal()
    }
    fn eigen(a: &Matrix<Self>) -> fieldassay::Result<Eigen<Self>> {
        symmetric_eigen(a)
    }
    fn eigenvalues(a: &Matrix<Self>) -> fieldassay::Result<Vec<f64>> {
        symmetric_eigenvalues(a)
    }
}

impl Number for Complex64 {
    const NAME: &'static str = "c64";
    fn draw(rng: &mut Rng) -> Self {
        Self::new(rng.normal(), rng.normal())
    }
    fn eigen(a: &Matrix<Self>) -> fieldassay::Result<Eigen<Self>> {
        hermitian_eigen(a)
    }
    fn eigenvalues(a: &Matrix<Self>) -> fieldassay::Result<Vec<f64>> {
        hermitian_eigenvalues(a)
    }
}

/// A matrix with a name for the report.
pub struct Case<T> {
    /// What it is.
    pub name: String,
    /// The matrix.
    pub matrix: Matrix<T>,
}

fn case<T: Number>(name: impl std::fmt::Display, matrix: Matrix<T>) -> Case<T> {
    let name = format!("{} {name}", T::NAME);
    Case { name, matrix }
}

/// The stream of this ensemble called `label`.
pub fn stream(label: &str) -> Rng {
    Seed(20_260_901).stream(&format!("laws/linalg/{label}"))
}

/// Every size up to 40, and a few where blocked and divide-and-conquer algorithms take over.
pub fn sizes() -> impl Iterator<Item = usize> {
    (1..=40).chain([64, 97, 150])
}

/// Independent normal entries.
pub fn gaussian<T: Number>(rng: &mut Rng, rows: usize, cols: usize) -> Matrix<T> {
    Matrix::from_fn(rows, cols, |_, _| T::draw(rng))
}

/// `A·B` where the shapes are known to fit.
pub fn times<T: Scalar>(a: &Matrix<T>, b: &Matrix<T>) -> Matrix<T> {
    matmul(a.view(), b.view()).expect("the caller's shapes fit")
}

/// `A − B`.
pub fn minus<T: Scalar>(a: &Matrix<T>, b: &Matrix<T>) -> Matrix<T> {
    assert_eq!(a.shape(), b.shape(), "a difference of unlike shapes");
    Matrix::from_fn(a.rows(), a.cols(), |i, j| a[(i, j)] - b[(i, j)])
}

/// `‖Mᴴ·M − 1‖_F`: how far the columns are from orthonormal.
pub fn defect<T: Scalar>(m: &Matrix<T>) -> f64 {
    minus(&times(&m.adjoint(), m), &Matrix::identity(m.cols())).frobenius()
}

/// `(M + Mᴴ)/2`, equal to its adjoint bit by bit.
pub fn hermitian_part<T: Number>(m: &Matrix<T>) -> Matrix<T> {
    Matrix::from_fn(m.rows(), m.cols(), |i, j| {
        (m[(i, j)] + m[(j, i)].conj()).scaled(0.5)
    })
}

/// `U·diag(values)·Vᴴ` with random unitary `U` and `V` (equal if `hermitian`).
pub fn with_values<T: Number>(rng: &mut Rng, values: &[f64], hermitian: bool) -> Matrix<T> {
    let n = values.len();
    let mut unitary = || {
        let gaussian = gaussian::<T>(rng, n, n);
        Qr::new(&gaussian).expect("finite").q().clone()
    };
    let u = unitary();
    let v = if hermitian { u.clone() } else { unitary() };
    let scaled = Matrix::from_fn(n, n, |i, j| u[(i, j)].scaled(values[j]));
    times(&scaled, &v.adjoint())
}

/// `n` numbers from 1 down to `1/condition`, geometrically.
pub fn graded(n: usize, condition: f64) -> Vec<f64> {
    let step = |k: usize| k as f64 / (n - 1).max(1) as f64;
    (0..n).map(|k| condition.powf(-step(k))).collect()
}

/// Hilbert's matrix, `1/(i + j + 1)`.
pub fn hilbert<T: Number>(n: usize) -> Matrix<T> {
    Matrix::from_fn(n, n, |i, j| T::from_real(1.0 / (i + j + 1) as f64))
}

/// The cyclic shift of `n` rows: parity `n − 1`.
pub fn cyclic_shift<T: Number>(n: usize) -> Matrix<T> {
    let one = |i: usize, j: usize| f64::from(u8::from((i + 1) % n == j));
    Matrix::from_fn(n, n, |i, j| T::from_real(one(i, j)))
}

/// Square matrices that are far from singular in units of `ε`.
pub fn regular<T: Number>() -> Vec<Case<T>> {
    let mut rng = stream("regular");
    let mut cases: Vec<_> = sizes()
        .map(|n| case(format!("gaussian {n}"), gaussian(&mut rng, n, n)))
        .collect();
    for n in [5, 17, 40] {
        let steep = with_values(&mut rng, &graded(n, 1e12), false);
        cases.push(case(format!("condition 1e12, {n}"), steep));
        let plain = gaussian::<T>(&mut rng, n, n);
        for scale in [1e150, 1e-150, 1e300, 1e-300] {
            let scaled = plain.map(|x| x.scaled(scale));
            cases.push(case(format!("gaussian {n} times {scale:e}"), scaled));
        }
    }
    for n in 2..9 {
        cases.push(case(format!("Hilbert {n}"), hilbert(n)));
        cases.push(case(format!("cyclic shift {n}"), cyclic_shift(n)));
    }
    cases.push(case("identity 30", Matrix::identity(30)));
    cases
}

/// Square matrices of deficient rank, with that rank.
pub fn singular<T: Number>() -> Vec<(Case<T>, usize)> {
    let mut rng = stream("singular");
    let mut cases = vec![
        (case("zero 6", Matrix::zeros(6, 6)), 0),
        (case("zero 1", Matrix::zeros(1, 1)), 0),
        (case("ones 12", Matrix::from_fn(12, 12, |_, _| T::ONE)), 1),
    ];
    for (n, rank) in [(2, 1), (3, 2), (9, 8), (20, 3), (40, 39), (75, 40)] {
        let (tall, wide) = (gaussian(&mut rng, n, rank), gaussian(&mut rng, rank, n));
        let product = times(&tall, &wide);
        cases.push((case(format!("rank {rank} of {n}"), product), rank));
    }
    let count = |i: usize, j: usize| T::from_real((3 * i + j + 1) as f64);
    cases.push((case("1 to 9", Matrix::from_fn(3, 3, count)), 2));
    let mut empty_column = gaussian::<T>(&mut rng, 8, 8);
    (0..8).for_each(|i| empty_column[(i, 4)] = T::ZERO);
    cases.push((case("a column of zeros", empty_column), 7));
    cases
}

/// Matrices equal to their adjoint, definite or not.
pub fn hermitian<T: Number>() -> Vec<Case<T>> {
    let mut rng = stream("hermitian");
    let mut cases = Vec::new();
    for n in sizes() {
        let matrix = hermitian_part(&gaussian::<T>(&mut rng, n, n));
        cases.push(case(format!("gaussian {n}"), matrix));
    }
    for n in [6, 25, 70] {
        let degenerate: Vec<f64> = (0..n).map(|k| (k / 3) as f64 - 1.0).collect();
        for (name, values) in [("triples", degenerate), ("1e12", graded(n, 1e12))] {
            let matrix = hermitian_part(&with_values::<T>(&mut rng, &values, true));
            for scale in [1.0, 1e150, 1e-150] {
                let scaled = matrix.map(|x| x.scaled(scale));
                cases.push(case(format!("{name} {n} times {scale:e}"), scaled));
            }
        }
    }
    for n in [2, 5, 9, 12] {
        cases.push(case(format!("Hilbert {n}"), hilbert(n)));
    }
    cases.push(case("zero 7", Matrix::zeros(7, 7)));
    cases.push(case("identity 50", Matrix::identity(50)));
    cases.push(case("ones 31", Matrix::from_fn(31, 31, |_, _| T::ONE)));
    cases
}

/// Positive definite matrices.
pub fn positive<T: Number>() -> Vec<Case<T>> {
    let mut rng = stream("positive");
    let mut cases = Vec::new();
    for n in sizes() {
        let square = gaussian::<T>(&mut rng, n, n + 2);
        let gram = hermitian_part(&times(&square, &square.adjoint()));
        cases.push(case(format!("Gram {n}"), gram));
    }
    for n in [6, 30] {
        let steep = hermitian_part(&with_values::<T>(&mut rng, &graded(n, 1e10), true));
        for scale in [1.0, 1e150, 1e-150] {
            let scaled = steep.map(|x| x.scaled(scale));
            cases.push(case(format!("1e10, {n} times {scale:e}"), scaled));
        }
    }
    for n in [2, 5, 9] {
        cases.push(case(format!("Hilbert {n}"), hilbert(n)));
    }
    cases
}

/// Matrices of every shape, tall and wide, of full rank, with their names.
pub fn rectangular<T: Number>() -> Vec<Case<T>> {
    let mut rng = stream("rectangular");
    let mut cases = Vec::new();
    for n in sizes().filter(|n| n % 3 == 1) {
        for (rows, cols) in [(n, n), (n + 7, n), (n, n + 5), (12 * n, n), (n, 1), (1, n)] {
            let matrix = gaussian(&mut rng, rows, cols);
            cases.push(case(format!("gaussian {rows}x{cols}"), matrix));
        }
    }
    for scale in [1e150, 1e-150] {
        let matrix = gaussian::<T>(&mut rng, 23, 11).map(|x| x.scaled(scale));
        cases.push(case(format!("23x11 times {scale:e}"), matrix));
    }
    cases
}
