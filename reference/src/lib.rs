//! Slow, obvious, independent witnesses.
