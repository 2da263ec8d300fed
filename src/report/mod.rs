//! Everything that a person looks at: SVG figures, the HTML page, terminal tables, progress.
//!
//! # Design
//!
//! A [`Plot`] is declarative and knows nothing of SVG; `draw` turns it into one through `plotters`
//! with one sentinel colour per role, and `svg` rewrites the sentinels into CSS variables. So one
//! figure follows the page into dark mode and onto paper, and dashes tell series apart without colour.

mod axis;
mod clip;
mod draw;
mod figure;
mod legend;
mod math;
mod number;
mod page;
mod progress;
mod svg;
mod table;

pub use figure::{Figure, Plot};
pub use math::math;
pub use number::{duration, number, power_of_ten};
pub use page::Page;
pub use progress::{Bar, Progress};
pub use table::Table;
