//! Snapshots: they say "something changed", never "this is right".
//!
//! Values are rounded to ten significant digits, so that another processor's last bit is no change.
//! After a deliberate change: `INSTA_UPDATE=always cargo test --test stability`, and look at the diff.

mod streams;
