//! Declarative plots that render to self-contained SVG, legible in light and dark.

/// A rendered figure.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Figure {
    /// Name within the page, used as anchor and file name.
    pub id: String,
    /// What is shown and what to look for, in a sentence.
    pub caption: String,
    /// The SVG element; its colours are CSS variables of the page with fallbacks.
    pub svg: String,
}

/// A plot under construction.
#[derive(Clone, Debug)]
pub struct Plot {}
