//! The audit's machinery on claims made by hand, and the figures that claims draw.

mod controls;
mod directory;
mod figures;
mod hand_made;
mod page;
mod rules;
