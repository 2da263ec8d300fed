//! Finds the first number that is not finite in anything serialisable, and names its place.
//!
//! # Design
//!
//! `serde_json` writes NaN and infinities as `null`, and by then they look like an absent value. So
//! the value is walked once beforehand by a serialiser that writes nothing and remembers the way.

use std::fmt;

use serde::ser::{
    self, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant,
    SerializeTuple, SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

/// The place (`records[3].error`) and value of the first number that is not finite.
pub(super) fn first_not_finite<T: Serialize + ?Sized>(value: &T) -> Option<(String, f64)> {
    match value.serialize(&mut Walk::default()) {
        Err(Stop::NotFinite { way, number }) => Some((way, number)),
        // Another failure will come back from the serialiser proper, which knows what to say.
        Ok(()) | Err(Stop::Other) => None,
    }
}

/// The walk through a value; `way` is where it stands.
#[derive(Default)]
struct Walk {
    way: String,
}

#[derive(Debug)]
enum Stop {
    NotFinite { way: String, number: f64 },
    Other,
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the walk stopped")
    }
}

impl std::error::Error for Stop {}

impl ser::Error for Stop {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::Other
    }
}

impl Walk {
    fn number(&self, number: f64) -> Result<(), Stop> {
        if number.is_finite() {
            return Ok(());
        }
        let way = match self.way.strip_prefix('.').unwrap_or(&self.way) {
            "" => "value".to_owned(),
            way => way.to_owned(),
        };
        Err(Stop::NotFinite { way, number })
    }

    fn into<T: Serialize + ?Sized>(&mut self, step: &str, value: &T) -> Result<(), Stop> {
        let length = self.way.len();
        self.way.push_str(step);
        value.serialize(&mut *self)?;
        self.way.truncate(length);
        Ok(())
    }

    fn level(&mut self) -> Level<'_> {
        Level {
            walk: self,
            index: 0,
            key: String::new(),
        }
    }
}

/// A sequence, map or struct on the way.
struct Level<'a> {
    walk: &'a mut Walk,
    index: usize,
    key: String,
}

impl Level<'_> {
    fn next<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Stop> {
        let step = format!("[{}]", self.index);
        self.index += 1;
        self.walk.into(&step, value)
    }

    fn field<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) -> Result<(), Stop> {
        self.walk.into(&format!(".{key}"), value)
    }
}

macro_rules! nothing_to_check {
    ($($method:ident: $type:ty),*) => {
        $(fn $method(self, _: $type) -> Result<(), Stop> { Ok(()) })*
    };
}

impl<'a> Serializer for &'a mut Walk {
    type Ok = ();
    type Error = Stop;
    type SerializeSeq = Level<'a>;
    type SerializeTuple = Level<'a>;
    type SerializeTupleStruct = Level<'a>;
    type SerializeTupleVariant = Level<'a>;
    type SerializeMap = Level<'a>;
    type SerializeStruct = Level<'a>;
    type SerializeStructVariant = Level<'a>;

    nothing_to_check! {
        serialize_bool: bool, serialize_char: char, serialize_str: &str, serialize_bytes: &[u8],
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_i128: i128, serialize_u8: u8, serialize_u16: u16, serialize_u32: u32,
        serialize_u64: u64, serialize_u128: u128, serialize_unit_struct: &'static str
    }

    fn serialize_f32(self, x: f32) -> Result<(), Stop> {
        self.number(f64::from(x))
    }

    fn serialize_f64(self, x: f64) -> Result<(), Stop> {
        self.number(x)
    }

    fn serialize_unit(self) -> Result<(), Stop> {
        Ok(())
    }

    fn serialize_none(self) -> Result<(), Stop> {
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Stop> {
        value.serialize(self)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, _: &'static str) -> Result<(), Stop> {
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Stop> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Stop> {
        self.into(&format!(".{variant}"), value)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Level<'a>, Stop> {
        Ok(self.level())
    }

    fn serialize_tuple(self, _: usize) -> Result<Level<'a>, Stop> {
        Ok(self.level())
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Level<'a>, Stop> {
        Ok(self.level())
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Level<'a>, Stop> {
        Ok(self.level())
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Level<'a>, Stop> {
        Ok(self.level())
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Level<'a>, Stop> {
        Ok(self.level())
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Level<'a>, Stop> {
        Ok(self.level())
    }
}

macro_rules! in_sequence {
    ($($level:ident $method:ident),*) => {
        $(impl $level for Level<'_> {
            type Ok = ();
            type Error = Stop;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Stop> {
                self.next(value)
            }

            fn end(self) -> Result<(), Stop> {
                Ok(())
            }
        })*
    };
}

in_sequence!(
    SerializeSeq serialize_element,
    SerializeTuple serialize_element,
    SerializeTupleStruct serialize_field,
    SerializeTupleVariant serialize_field
);

macro_rules! by_field {
    ($($level:ident),*) => {
        $(impl $level for Level<'_> {
            type Ok = ();
            type Error = Stop;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                key: &'static str,
                value: &T,
            ) -> Result<(), Stop> {
                self.field(key, value)
            }

            fn end(self) -> Result<(), Stop> {
                Ok(())
            }
        })*
    };
}

by_field!(SerializeStruct, SerializeStructVariant);

impl SerializeMap for Level<'_> {
    type Ok = ();
    type Error = Stop;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Stop> {
        // A key that JSON cannot write is reported by the serialiser proper.
        let text = serde_json::to_string(key).unwrap_or_default();
        text.trim_matches('"').clone_into(&mut self.key);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Stop> {
        let key = std::mem::take(&mut self.key);
        self.field(&key, value)
    }

    fn end(self) -> Result<(), Stop> {
        Ok(())
    }
}
