//! Everything that a person looks at: SVG figures, the HTML page, terminal tables, progress.

mod figure;

pub use figure::{Figure, Plot};
