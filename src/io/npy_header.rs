//! The header of an `.npy` file: `{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }`.
//!
//! # Design
//!
//! Parsed here and not by `npyz`, which reserves the length that a version-2 header claims, multiplies
//! the shape without overflow checks, and recurses once per bracket. What NumPy writes is a fixed
//! form, so the parser takes that form and nothing else.
//!
//! # Source  NumPy Enhancement Proposal 1, format versions 1.0, 2.0 and 3.0.

use super::element::{ByteOrder, Stored};
use super::limits::excerpt;

/// What a valid header says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) stored: Stored,
    pub(super) byte_order: ByteOrder,
    pub(super) fortran: bool,
    pub(super) shape: Vec<usize>,
}

/// What is wrong with a header: field, what was found, what was expected.
#[derive(Debug)]
pub(super) struct Complaint {
    pub(super) field: &'static str,
    pub(super) found: String,
    pub(super) expected: &'static str,
}

const FORM: &str = "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }";

impl Header {
    /// Parses the text of a header.
    pub(super) fn parse(text: &str) -> Result<Self, Complaint> {
        let mut scan = Scanner { rest: text };
        let (mut descr, mut order, mut shape) = (None, None, None);
        scan.expect("header", "{", FORM)?;
        while !scan.eat("}") {
            let key = scan.quoted("header", "a quoted key")?;
            scan.expect("header", ":", "`:` after a key")?;
            let repeated = match key {
                "descr" => descr.replace(scan.descr()?).is_some(),
                "fortran_order" => order.replace(scan.truth("fortran_order")?).is_some(),
                "shape" => shape.replace(scan.shape()?).is_some(),
                _ => true,
            };
            if repeated {
                let expected = "the keys descr, fortran_order and shape, once each";
                return Err(complaint("header", excerpt(key), expected));
            }
            if !scan.eat(",") {
                scan.expect("header", "}", "`,` or `}` after a value")?;
                break;
            }
        }
        scan.expect_end()?;
        let missing = |field| move || complaint(field, "nothing".to_owned(), FORM);
        let (stored, byte_order) = descr.ok_or_else(missing("descr"))?;
        Ok(Self {
            stored,
            byte_order,
            fortran: order.ok_or_else(missing("fortran_order"))?,
            shape: shape.ok_or_else(missing("shape"))?,
        })
    }
}

fn complaint(field: &'static str, found: String, expected: &'static str) -> Complaint {
    Complaint {
        field,
        found,
        expected,
    }
}

/// The part of the text that has not been read.
struct Scanner<'a> {
    rest: &'a str,
}

impl<'a> Scanner<'a> {
    fn eat(&mut self, token: &str) -> bool {
        let rest = self.rest.trim_start();
        let eaten = rest.strip_prefix(token);
        self.rest = eaten.unwrap_or(rest);
        eaten.is_some()
    }

    fn expect(
        &mut self,
        field: &'static str,
        token: &str,
        expected: &'static str,
    ) -> Result<(), Complaint> {
        if self.eat(token) {
            Ok(())
        } else {
            Err(complaint(field, excerpt(self.rest), expected))
        }
    }

    fn expect_end(&mut self) -> Result<(), Complaint> {
        self.rest = self.rest.trim();
        if self.rest.is_empty() {
            return Ok(());
        }
        let expected = "only blanks after the closing brace";
        Err(complaint("header", excerpt(self.rest), expected))
    }

    fn quoted(
        &mut self,
        field: &'static str,
        expected: &'static str,
    ) -> Result<&'a str, Complaint> {
        let start = self.rest.trim_start();
        let wrong = || complaint(field, excerpt(start), expected);
        let quote = start
            .chars()
            .next()
            .filter(|c| ['\'', '"'].contains(c))
            .ok_or_else(wrong)?;
        let (text, rest) = start[1..].split_once(quote).ok_or_else(wrong)?;
        self.rest = rest;
        Ok(text)
    }

    fn truth(&mut self, field: &'static str) -> Result<bool, Complaint> {
        if self.eat("True") {
            return Ok(true);
        }
        self.expect(field, "False", "True or False").map(|()| false)
    }

    fn descr(&mut self) -> Result<(Stored, ByteOrder), Complaint> {
        const TYPES: &str = "one of b1 i1 u1 i2 u2 i4 u4 i8 f2 f4 f8 c8 c16 after <, > or | \
                             (records, strings, objects, u8 and long doubles are not read)";
        let text = self.quoted("descr", TYPES)?;
        let wrong = || complaint("descr", excerpt(text), TYPES);
        let stored = match text.get(1..).ok_or_else(wrong)? {
            "b1" => Stored::Bool,
            "i1" => Stored::I8,
            "u1" => Stored::U8,
            "i2" => Stored::I16,
            "u2" => Stored::U16,
            "f2" => Stored::F16,
            "i4" => Stored::I32,
            "u4" => Stored::U32,
            "f4" => Stored::F32,
            "i8" => Stored::I64,
            "f8" => Stored::F64,
            "c8" => Stored::C32,
            "c16" => Stored::C64,
            _ => return Err(wrong()),
        };
        let byte_order = match text.as_bytes()[0] {
            b'<' => ByteOrder::Little,
            b'>' => ByteOrder::Big,
            b'|' if stored.stored_bytes() == 1 => ByteOrder::Little,
            _ => return Err(wrong()),
        };
        Ok((stored, byte_order))
    }

    fn shape(&mut self) -> Result<Vec<usize>, Complaint> {
        /// As many axes as NumPy allows.
        const MOST_AXES: usize = 64;
        const FORM: &str = "up to 64 sizes below 2^64 in brackets, such as (3, 4), (3,) or ()";
        self.expect("shape", "(", FORM)?;
        let mut shape = Vec::new();
        while !self.eat(")") {
            let digits = self.rest.bytes().take_while(u8::is_ascii_digit).count();
            let (number, rest) = self.rest.split_at(digits);
            match number.parse() {
                Ok(size) if shape.len() < MOST_AXES => shape.push(size),
                _ => return Err(complaint("shape", excerpt(self.rest), FORM)),
            }
            self.rest = rest;
            // (3) is a number in Python, not a shape: a single size needs its comma.
            if !self.eat(",") {
                self.expect("shape", ")", FORM)?;
                if shape.len() == 1 {
                    return Err(complaint("shape", format!("({number})"), FORM));
                }
                break;
            }
        }
        Ok(shape)
    }
}
