//! `gemm` against its definition, in every transposition, stride and weight.

use approx::assert_relative_eq;
use fieldassay::Error;
use fieldassay::linalg::{Complex64, Matrix, Scalar, View, ViewMut, gemm, matmul};
use fieldassay::num::{CompensatedSum, Tol, Worst};
use fieldassay::rng::Rng;
use proptest::prelude::*;

use super::ensemble::{gaussian, stream, times};

/// In units of `(k + 2)·ε·(|α||A||B| + |β||C|)`.
const ROUNDING: Tol = Tol::abs(1.0).because("documented bound of gemm");

/// A number type of products: its epsilon, and its value in the widest type.
trait Entry: Scalar {
    const EPS: f64;
    const NAME: &'static str;
    fn draw(rng: &mut Rng) -> Self;
    fn wide(self) -> Complex64;
}

impl Entry for f32 {
    const EPS: f64 = Self::EPSILON as f64;
    const NAME: &'static str = "f32";
    fn draw(rng: &mut Rng) -> Self {
        rng.normal() as Self
    }
    fn wide(self) -> Complex64 {
        Complex64::new(f64::from(self), 0.0)
    }
}

impl Entry for f64 {
    const EPS: f64 = Self::EPSILON;
    const NAME: &'static str = "f64";
    fn draw(rng: &mut Rng) -> Self {
        rng.normal()
    }
    fn wide(self) -> Complex64 {
        Complex64::new(self, 0.0)
    }
}

impl Entry for Complex64 {
    const EPS: f64 = 4.0 * f64::EPSILON;
    const NAME: &'static str = "c64";
    fn draw(rng: &mut Rng) -> Self {
        Self::new(rng.normal(), rng.normal())
    }
    fn wide(self) -> Complex64 {
        self
    }
}

/// How an operand is stored.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Form {
    Plain,
    Transposed,
    Adjoint,
}

const FORMS: [Form; 3] = [Form::Plain, Form::Transposed, Form::Adjoint];

/// An operand of shape (rows, cols) after its transposition, with `gap` numbers between the rows.
struct Operand<T> {
    data: Vec<T>,
    form: Form,
    shape: (usize, usize),
    gap: usize,
}

impl<T: Entry> Operand<T> {
    fn draw(rng: &mut Rng, form: Form, shape: (usize, usize), gap: usize) -> Self {
        let (rows, cols) = Self::stored(form, shape);
        let data = (0..rows * (cols + gap)).map(|_| T::draw(rng)).collect();
        Self {
            data,
            form,
            shape,
            gap,
        }
    }

    fn stored(form: Form, (rows, cols): (usize, usize)) -> (usize, usize) {
        match form {
            Form::Plain => (rows, cols),
            _ => (cols, rows),
        }
    }

    fn view(&self) -> View<'_, T> {
        let (rows, cols) = Self::stored(self.form, self.shape);
        let view = View::new(&self.data, rows, cols, cols + self.gap).expect("layout fits");
        match self.form {
            Form::Plain => view,
            Form::Transposed => view.transpose(),
            Form::Adjoint => view.adjoint(),
        }
    }

    fn at(&self, i: usize, j: usize) -> Complex64 {
        let stride = Self::stored(self.form, self.shape).1 + self.gap;
        match self.form {
            Form::Plain => self.data[i * stride + j].wide(),
            Form::Transposed => self.data[j * stride + i].wide(),
            Form::Adjoint => self.data[j * stride + i].wide().conj(),
        }
    }
}

/// `Σ_p a_ip·b_pj`, compensated, and `Σ_p |a_ip||b_pj|`.
fn definition<T: Entry>(a: &Operand<T>, b: &Operand<T>, i: usize, j: usize) -> (Complex64, f64) {
    let (mut re, mut im, mut size) = (CompensatedSum::new(), CompensatedSum::new(), 0.0);
    for p in 0..a.shape.1 {
        let (x, y) = (a.at(i, p), b.at(p, j));
        re.extend([x.re * y.re, -(x.im * y.im)]);
        im.extend([x.re * y.im, x.im * y.re]);
        size += x.norm() * y.norm();
    }
    (Complex64::new(re.value(), im.value()), size)
}

/// One product with gaps and weights, compared entry by entry; gaps must keep their content.
fn compare<T: Entry>(seed: u64, (m, k, n): (usize, usize, usize), worst: &mut Worst) {
    let mut rng = stream(&format!("gemm/{}/{seed}", T::NAME));
    let [form_a, form_b] = [(); 2].map(|()| FORMS[rng.below(3)]);
    let [gap_a, gap_b, gap_c] = [(); 3].map(|()| [0, 1, 13][rng.below(3)]);
    let a = Operand::<T>::draw(&mut rng, form_a, (m, k), gap_a);
    let b = Operand::<T>::draw(&mut rng, form_b, (k, n), gap_b);
    let before = Operand::<T>::draw(&mut rng, Form::Plain, (m, n), gap_c);
    let random = T::draw(&mut rng);
    let alpha = [T::ONE, -T::ONE, T::ZERO, random][rng.below(4)];
    let beta = [T::ZERO, T::ONE, random][rng.below(3)];
    let mut after = before.data.clone();
    let c = ViewMut::new(&mut after, m, n, n + gap_c).expect("layout fits");
    gemm(alpha, a.view(), b.view(), beta, c).expect("shapes fit");
    for (at, (new, old)) in after.iter().zip(&before.data).enumerate() {
        let (i, j) = (at / (n + gap_c), at % (n + gap_c));
        if j >= n {
            assert_eq!(new, old, "gap of row {i} overwritten");
            continue;
        }
        let (sum, size) = definition(&a, &b, i, j);
        let expected = alpha.wide() * sum + beta.wide() * old.wide();
        let unit =
            (alpha.modulus() * size + beta.modulus() * old.modulus()) * (k + 2) as f64 * T::EPS;
        let error = (new.wide() - expected).norm();
        let ratio = if error == 0.0 { 0.0 } else { error / unit };
        worst.see(ratio, 0.0, || {
            let weights = format!("α = {alpha:?}, β = {beta:?}, seed {seed}");
            format!(
                "{} {m}x{k}x{n} {form_a:?} {form_b:?} ({i}, {j}), {weights}",
                T::NAME
            )
        });
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..Default::default() })]

    #[test]
    fn product_agrees_with_its_definition(
        seed in any::<u64>(), m in 0_usize..40, k in 0_usize..40, n in 0_usize..40,
    ) {
        let mut worst = Worst::new(ROUNDING);
        compare::<f32>(seed, (m, k, n), &mut worst);
        compare::<f64>(seed, (m, k, n), &mut worst);
        compare::<Complex64>(seed, (m, k, n), &mut worst);
        prop_assert!(worst.all_passed(3 * m * n), "{}", worst.summary());
    }
}

#[test]
fn product_agrees_with_its_definition_at_sizes_where_blocking_sets_in() {
    let mut worst = Worst::new(ROUNDING);
    let shapes = [
        (120, 70, 97),
        (1, 300, 200),
        (257, 3, 1),
        (64, 64, 64),
        (10, 600, 10),
    ];
    for (seed, &shape) in (0..6).flat_map(|seed| shapes.iter().map(move |shape| (seed, shape))) {
        compare::<f32>(seed, shape, &mut worst);
        compare::<f64>(seed, shape, &mut worst);
        compare::<Complex64>(seed, shape, &mut worst);
    }
    worst.assert_at_least(250_000);
}

#[test]
fn product_is_associative_up_to_rounding() {
    let mut rng = stream("associative");
    let mut worst = Worst::new(Tol::abs(8.0).because("two products of length n a side"));
    for n in 1..=40 {
        let [a, b, c] = [(); 3].map(|()| gaussian::<Complex64>(&mut rng, n, n));
        let (left, right) = (times(&times(&a, &b), &c), times(&a, &times(&b, &c)));
        let unit = n as f64 * f64::EPSILON * a.frobenius() * b.frobenius() * c.frobenius();
        let gap = super::ensemble::minus(&left, &right).frobenius();
        worst.see(gap / unit, 0.0, || format!("n = {n}"));
    }
    worst.assert_at_least(40);
}

#[test]
fn zero_beta_forgets_what_stood_in_the_output() {
    let a = Matrix::from_rows(&[[1.0, 2.0], [3.0, 4.0]]).unwrap();
    let mut c = Matrix::from_fn(2, 2, |_, _| f64::NAN);
    gemm(1.0, a.view(), Matrix::identity(2).view(), 0.0, c.view_mut()).unwrap();
    assert_eq!(c, a);
    let nothing = Matrix::<f64>::zeros(2, 0);
    let mut c = Matrix::from_fn(2, 2, |_, _| f64::NAN);
    gemm(
        1.0,
        nothing.view(),
        nothing.view().transpose(),
        0.0,
        c.view_mut(),
    )
    .unwrap();
    assert_eq!(c, Matrix::zeros(2, 2));
}

#[test]
fn zero_alpha_does_not_hide_a_nan() {
    let poisoned = Matrix::from_fn(2, 2, |_, _| f64::NAN);
    let mut c = Matrix::identity(2);
    gemm(0.0, poisoned.view(), poisoned.view(), 1.0, c.view_mut()).unwrap();
    assert!(c.as_slice().iter().all(|x| x.is_nan()), "{c:?}");
}

#[test]
fn products_of_unlike_shapes_are_refused() {
    let (a, b) = (Matrix::<f64>::zeros(3, 4), Matrix::<f64>::zeros(5, 2));
    let refused = matmul(a.view(), b.view()).unwrap_err();
    assert!(
        matches!(&refused, Error::ShapeMismatch { op: "gemm", lhs, rhs } if lhs == &[3, 4] && rhs == &[5, 2]),
        "{refused}"
    );
    let mut c = Matrix::<f64>::zeros(3, 3);
    let refused = gemm(
        1.0,
        a.view(),
        a.view().transpose(),
        0.0,
        Matrix::zeros(3, 2).view_mut(),
    );
    assert!(
        matches!(
            refused,
            Err(Error::ShapeMismatch {
                op: "gemm, output",
                ..
            })
        ),
        "{refused:?}"
    );
    gemm(1.0, a.view(), a.view().transpose(), 0.0, c.view_mut()).unwrap();
}

#[test]
fn views_that_leave_their_slice_are_refused() {
    let mut data = vec![0.0; 11];
    for (rows, cols, stride) in [
        (3, 4, 4),
        (3, 4, 3),
        (2, 4, 8),
        (usize::MAX, 2, 2),
        (2, 1, usize::MAX),
    ] {
        let refused = View::new(&data, rows, cols, stride);
        assert!(
            matches!(
                refused,
                Err(Error::ShapeMismatch {
                    op: "View::new",
                    ..
                })
            ),
            "{rows} {cols} {stride}"
        );
        let refused = ViewMut::new(&mut data, rows, cols, stride);
        assert!(matches!(
            refused,
            Err(Error::ShapeMismatch {
                op: "ViewMut::new",
                ..
            })
        ));
    }
    assert!(View::new(&data, 3, 3, 4).is_ok() && View::new(&data, 0, 4, 4).is_ok());
}

#[test]
fn norms_neither_overflow_nor_lose_a_nan() {
    let big = Matrix::from_rows(&[[3e200, 0.0], [0.0, -4e200]]).unwrap();
    assert_relative_eq!(big.frobenius(), 5e200, max_relative = 1e-15);
    assert_relative_eq!(big.norm_one(), 4e200);
    assert_relative_eq!(big.max_abs(), 4e200);
    for at in 0..4 {
        let mut poisoned = big.clone();
        poisoned.as_mut_slice()[at] = f64::NAN;
        assert!(poisoned.max_abs().is_nan() && poisoned.frobenius().is_nan());
        assert!(poisoned.norm_one().is_nan());
    }
}

#[test]
fn views_taken_twice_are_the_matrix_again() {
    let mut rng = stream("views-twice");
    let a = Matrix::from_fn(3, 5, |_, _| Complex64::draw(&mut rng));
    let b = Matrix::from_fn(5, 2, |_, _| Complex64::draw(&mut rng));
    let one = Complex64::new(1.0, 0.0);
    let product = |left: View<'_, Complex64>| {
        let mut c = Matrix::zeros(3, 2);
        gemm(one, left, b.view(), Complex64::new(0.0, 0.0), c.view_mut()).unwrap();
        c
    };
    let plain = product(a.view());
    assert!(
        plain.as_slice().iter().all(|z| z.im != 0.0),
        "the matrices are complex"
    );
    assert_eq!(product(a.view().adjoint().adjoint()), plain);
    assert_eq!(product(a.view().transpose().transpose()), plain);
    let conjugate = product(a.view().adjoint().transpose());
    assert_ne!(
        conjugate, plain,
        "adjoint and transpose leave the conjugate"
    );
}
