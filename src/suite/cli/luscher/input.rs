//! What the three commands read: settings, files, lists of boxes.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::super::Streams;
use super::command::{Kind, Measured, Setting, Units};
use crate::error::{Error, Result, shown};
use crate::finite_volume::{LevelForm, LevelSamples, LevelTable, TwoBody, UnitSystem};
use crate::io::Limits;
use crate::stats::Resampling;
use crate::units::HbarC;

const OPEN: &str = "open (expected a file, or `-` for standard input)";
const READ: &str = "read (expected a file, or `-` for standard input)";

/// The most boxes of one run.
const MOST_BOXES: usize = 1000;

/// Limits for a table that a person wrote; samples may take more.
pub(super) const LIMITS: Limits = Limits {
    max_bytes: 1 << 30,
    max_header: 1 << 20,
    max_text: 256 << 20,
};

impl Setting {
    pub(super) fn pair(&self) -> Result<TwoBody> {
        TwoBody::new(self.m1, self.m2.unwrap_or(self.m1)).map_err(|error| match error {
            Error::Domain {
                what,
                value,
                expected,
            } => Error::argument(format!("--{what}"), value.to_string(), expected),
            other => other,
        })
    }

    pub(super) fn system(&self) -> Result<UnitSystem> {
        if !(self.hbarc > 0.0 && self.hbarc.is_finite()) {
            let found = self.hbarc.to_string();
            return Err(Error::argument(
                "--hbarc",
                found,
                "a positive number of MeV fm",
            ));
        }
        Ok(match self.units {
            Units::Physical => UnitSystem::Physical(HbarC(self.hbarc)),
            Units::Lattice => UnitSystem::Lattice,
        })
    }
}

impl From<Kind> for Resampling {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Jackknife => Self::Jackknife,
            Kind::Bootstrap => Self::Bootstrap,
        }
    }
}

/// The bytes of a file, or of standard input for `-`.
pub(super) fn bytes(path: &Path, streams: &mut Streams<'_>) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = LIMITS.max_text.max(LIMITS.max_bytes) + 1;
    if path.as_os_str() == "-" {
        let read = streams.input.take(most).read_to_end(&mut bytes);
        read.map_err(|error| Error::io(name(path), "read", error))?;
        return Ok(bytes);
    }
    let file = File::open(path).map_err(|e| Error::io(path, OPEN, e))?;
    file.take(most)
        .read_to_end(&mut bytes)
        .map_err(|e| Error::io(path, READ, e))?;
    Ok(bytes)
}

/// What messages call the file.
pub(super) fn name(path: &Path) -> &Path {
    if path.as_os_str() == "-" {
        Path::new("`standard input`")
    } else {
        path
    }
}

/// Lengths from `4`, `4,5` or `4:6:0.5`.
pub(super) fn lengths(text: &str) -> Result<Vec<f64>> {
    let refuse = || {
        let expected = "a length, a list 4,5 or a range 4:6:0.5 of at most 1000, all positive";
        Error::argument("--length", shown(text), expected)
    };
    let number = |word: &str| -> Result<f64> {
        let number: Option<f64> = word.trim().parse().ok();
        number
            .filter(|x| *x > 0.0 && x.is_finite())
            .ok_or_else(refuse)
    };
    let parts: Vec<&str> = text.split(':').collect();
    let lengths = match parts.as_slice() {
        [from, to, step] => {
            let (from, to, step) = (number(from)?, number(to)?, number(step)?);
            let count = ((to - from) / step + 1e-9).floor();
            if !(0.0..MOST_BOXES as f64).contains(&count) {
                return Err(refuse());
            }
            (0..=count as usize)
                .map(|i| step.mul_add(i as f64, from))
                .collect()
        }
        [list] => list.split(',').map(number).collect::<Result<Vec<f64>>>()?,
        _ => return Err(refuse()),
    };
    if lengths.len() > MOST_BOXES {
        Err(refuse())
    } else {
        Ok(lengths)
    }
}

/// Total momenta from `000` or `000,001`.
pub(super) fn momenta(text: &str) -> Result<Vec<[i32; 3]>> {
    let one = |word: &str| {
        let digits: Option<Vec<i32>> = word
            .trim()
            .chars()
            .map(|c| c.to_digit(10).map(|digit| digit as i32))
            .collect();
        digits
            .and_then(|digits| digits.try_into().ok())
            .ok_or_else(|| {
                let expected = "three digits such as 001, or a list of these";
                Error::argument("--d", shown(text), expected)
            })
    };
    let momenta: Vec<[i32; 3]> = text.split(',').map(one).collect::<Result<_>>()?;
    if momenta.len() > 16 {
        return Err(Error::argument("--d", shown(text), "at most 16 momenta"));
    }
    Ok(momenta)
}

/// The table of levels and its samples.
pub(super) fn measured(
    request: &Measured,
    setting: &Setting,
    streams: &mut Streams<'_>,
) -> Result<(LevelTable, Option<LevelSamples>)> {
    let (pair, units) = (setting.pair()?, setting.system()?);
    let momenta = momenta(&request.d)?;
    let &[d] = momenta.as_slice() else {
        let expected = "one momentum; more of them stand in a column d of the table";
        return Err(Error::argument("--d", shown(&request.d), expected));
    };
    let form = LevelForm {
        units,
        pair,
        length: request.length.map(|length| units.length(length)),
        d,
    };
    let path = name(&request.table);
    let text = bytes(&request.table, streams)?;
    let table = LevelTable::from_bytes(path, &text, &LIMITS, &form)?;
    let samples = match &request.samples {
        None => None,
        Some(file) => {
            let content = bytes(file, streams)?;
            let kind = request.resampling.into();
            Some(LevelSamples::from_bytes(
                name(file),
                &content,
                &LIMITS,
                kind,
                &table,
                pair,
            )?)
        }
    };
    Ok((table, samples))
}
