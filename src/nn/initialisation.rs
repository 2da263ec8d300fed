//! How a parameter starts: distributions by name, drawn from one stream per parameter.
//!
//! Fan-in and fan-out of extents `[out, in, k…]` are `in·Πk` and `out·Πk`: of a matrix its columns and rows, of
//! a convolution those times the taps of its kernel; of a vector both are its length, of a number both 1.
//! Convention: `normal` names have that standard deviation, `uniform` ones are uniform in `±√3` times it.
//!
//! | name | variance | source |
//! |---|---|---|
//! | `lecun_…` | 1/fan-in | Y. LeCun et al., Efficient BackProp (1998) |
//! | `xavier_…`, `glorot_…` | 2/(fan-in + fan-out) | X. Glorot, Y. Bengio, AISTATS 2010 |
//! | `he_…`, `kaiming_…` | 2/fan-in | K. He et al., arXiv:1502.01852 |
//! | `orthogonal` | orthonormal rows or columns, Haar | A. Saxe et al., arXiv:1312.6120 |
//!
//! Laws: `tests/laws/nn/initialisation.rs`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result, shown};
use crate::linalg::{Matrix, Qr};
use crate::rng::Rng;

/// A distribution of starting values; in text `zeros`, `normal(0.1)`, `he_normal`, ….
///
/// ```
/// use fieldassay::nn::Initialisation;
/// let he: Initialisation = "kaiming_normal".parse()?;
/// assert_eq!((he, he.to_string()), (Initialisation::HeNormal, "he_normal".to_owned()));
/// assert!("he_norml".parse::<Initialisation>().unwrap_err().to_string().contains("`he_normal`"));
/// # Ok::<(), fieldassay::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Initialisation {
    /// 0.
    Zeros,
    /// 1.
    Ones,
    /// One number everywhere.
    Constant(f64),
    /// Normal with mean zero and this standard deviation.
    Normal(f64),
    /// Uniform within plus and minus this bound.
    Uniform(f64),
    /// Normal, variance 1/fan-in.
    LecunNormal,
    /// Uniform, variance 1/fan-in.
    LecunUniform,
    /// Normal, variance 2/(fan-in + fan-out).
    XavierNormal,
    /// Uniform, variance 2/(fan-in + fan-out).
    XavierUniform,
    /// Normal, variance 2/fan-in.
    HeNormal,
    /// Uniform, variance 2/fan-in.
    HeUniform,
    /// A Haar-distributed matrix with orthonormal rows or columns, whichever are fewer; the first axis is the rows.
    Orthogonal,
}

use Initialisation as I;

/// Names without an argument, the canonical one first.
const PLAIN: [(&str, I); 13] = [
    ("zeros", I::Zeros),
    ("ones", I::Ones),
    ("lecun_normal", I::LecunNormal),
    ("lecun_uniform", I::LecunUniform),
    ("xavier_normal", I::XavierNormal),
    ("xavier_uniform", I::XavierUniform),
    ("he_normal", I::HeNormal),
    ("he_uniform", I::HeUniform),
    ("orthogonal", I::Orthogonal),
    ("glorot_normal", I::XavierNormal),
    ("glorot_uniform", I::XavierUniform),
    ("kaiming_normal", I::HeNormal),
    ("kaiming_uniform", I::HeUniform),
];

const SOUND: &str = "a finite number, not negative if it is a spread";

type Make = fn(f64) -> I;

/// Names with an argument.
const WITH_NUMBER: [(&str, Make); 3] = [
    ("constant", I::Constant),
    ("normal", I::Normal),
    ("uniform", I::Uniform),
];

impl I {
    /// Values for a parameter of these extents, row-major.
    ///
    /// # Errors  `Error::Domain` for a spread that is negative or a number that is not finite.
    pub fn draw(self, dims: &[usize], r: &mut Rng) -> Result<Vec<f64>> {
        self.check()?;
        let count: usize = dims.iter().product();
        let mut fill = |f: &mut dyn FnMut(&mut Rng) -> f64| (0..count).map(|_| f(r)).collect();
        Ok(match self {
            Self::Zeros => vec![0.0; count],
            Self::Ones => vec![1.0; count],
            Self::Constant(value) => vec![value; count],
            Self::Normal(deviation) => fill(&mut |r| deviation * r.normal()),
            Self::Uniform(bound) => fill(&mut |r| r.uniform_in(-bound, bound)),
            Self::LecunNormal | Self::XavierNormal | Self::HeNormal => {
                let deviation = self.variance(dims).sqrt();
                fill(&mut |r| deviation * r.normal())
            }
            Self::LecunUniform | Self::XavierUniform | Self::HeUniform => {
                let bound = (3.0 * self.variance(dims)).sqrt();
                fill(&mut |r| r.uniform_in(-bound, bound))
            }
            Self::Orthogonal => orthogonal(dims, r)?,
        })
    }

    /// The variance of an entry of a parameter of these extents.
    #[must_use]
    pub fn variance(self, dims: &[usize]) -> f64 {
        let (fan_in, fan_out) = fans(dims);
        match self {
            Self::Zeros | Self::Ones | Self::Constant(_) => 0.0,
            Self::Normal(deviation) => deviation * deviation,
            Self::Uniform(bound) => bound * bound / 3.0,
            Self::LecunNormal | Self::LecunUniform => 1.0 / fan_in,
            Self::XavierNormal | Self::XavierUniform => 2.0 / (fan_in + fan_out),
            Self::HeNormal | Self::HeUniform => 2.0 / fan_in,
            Self::Orthogonal => {
                let (rows, cols) = matrix_shape(dims);
                1.0 / rows.max(cols) as f64
            }
        }
    }

    fn check(self) -> Result<()> {
        let (what, value, sound) = match self {
            Self::Constant(x) => ("constant", x, x.is_finite()),
            Self::Normal(x) => ("standard deviation", x, x.is_finite() && x >= 0.0),
            Self::Uniform(x) => ("bound", x, x.is_finite() && x >= 0.0),
            _ => return Ok(()),
        };
        if sound {
            return Ok(());
        }
        Err(Error::Domain {
            what,
            value,
            expected: SOUND.to_owned(),
        })
    }
}

/// Fan-in and fan-out.
fn fans(dims: &[usize]) -> (f64, f64) {
    match dims {
        [] => (1.0, 1.0),
        [n] => (*n as f64, *n as f64),
        [rows, cols, taps @ ..] => {
            let taps = taps.iter().product::<usize>() as f64;
            (*cols as f64 * taps, *rows as f64 * taps)
        }
    }
}

fn matrix_shape(dims: &[usize]) -> (usize, usize) {
    let (first, rest) = dims.split_at(dims.len().min(1));
    (first.iter().product(), rest.iter().product())
}

/// The orthonormal factor of a matrix of normals. Its columns' signs are those that make the diagonal of `R`
/// positive: only then is it Haar. Pivoting does no harm, since it sees norms and angles alone.
fn orthogonal(dims: &[usize], r: &mut Rng) -> Result<Vec<f64>> {
    let (rows, cols) = matrix_shape(dims);
    if rows * cols == 0 {
        return Ok(Vec::new());
    }
    let (long, short) = (rows.max(cols), rows.min(cols));
    let normals = Matrix::from_fn(long, short, |_, _| r.normal());
    let qr = Qr::new(&normals)?;
    let signed = |i, j| qr.q()[(i, j)].copysign(qr.q()[(i, j)] * qr.r()[(j, j)]);
    let entry = |i, j| {
        if rows >= cols {
            signed(i, j)
        } else {
            signed(j, i)
        }
    };
    Ok(Matrix::from_fn(rows, cols, entry).as_slice().to_vec())
}

impl fmt::Display for Initialisation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Constant(x) => write!(f, "constant({x})"),
            Self::Normal(x) => write!(f, "normal({x})"),
            Self::Uniform(x) => write!(f, "uniform({x})"),
            plain => {
                let row = PLAIN.iter().find(|(_, value)| value == plain);
                f.write_str(row.map_or("", |(name, _)| name))
            }
        }
    }
}

impl FromStr for Initialisation {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        if let Some((_, plain)) = PLAIN.iter().find(|(name, _)| *name == text) {
            return Ok(*plain);
        }
        let call = text.strip_suffix(')').and_then(|text| text.split_once('('));
        let (name, argument) = call.unwrap_or((text, ""));
        let Some((name, make)) = WITH_NUMBER.iter().find(|(known, _)| *known == name) else {
            let numbered = WITH_NUMBER.iter().map(|(name, _)| *name);
            let known = PLAIN.iter().map(|(name, _)| *name).chain(numbered);
            return Err(Error::unknown("initialisation", name, known));
        };
        let number = argument.trim().parse().ok().map(make);
        number.filter(|start| start.check().is_ok()).ok_or_else(|| {
            let expected = format!("{SOUND}, as in `{name}(0.1)`");
            Error::argument("initialisation", shown(text), expected)
        })
    }
}

impl TryFrom<String> for Initialisation {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

impl From<Initialisation> for String {
    fn from(initialisation: Initialisation) -> Self {
        initialisation.to_string()
    }
}
