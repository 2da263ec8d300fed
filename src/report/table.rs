//! Terminal tables.

use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, Width};

/// A table of text with a header, for a terminal.
#[derive(Debug)]
pub struct Table {
    inner: comfy_table::Table,
}

impl Table {
    /// An empty table with these columns.
    #[must_use]
    pub fn new<'a>(header: impl IntoIterator<Item = &'a str>) -> Self {
        let mut inner = comfy_table::Table::new();
        inner.load_style(NOTHING.header_separator(LineStyle::none().fill('─').junction('─')));
        inner.set_header(header.into_iter().collect::<Vec<_>>());
        Self { inner }
    }

    /// Aligns a column of numbers to the right; a column that does not exist is ignored.
    #[must_use]
    pub fn right(mut self, column: usize) -> Self {
        if let Some(column) = self.inner.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        self
    }

    /// Wraps a column at `width` characters; a column that does not exist is ignored.
    #[must_use]
    pub fn wrap(mut self, column: usize, width: u16) -> Self {
        self.inner
            .set_content_arrangement(ContentArrangement::Dynamic);
        if let Some(column) = self.inner.column_mut(column) {
            column.set_constraint(ColumnConstraint::UpperBoundary(Width::Fixed(width)));
        }
        self
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.inner.add_row(cells.into_iter().collect::<Vec<_>>());
    }
}

impl std::fmt::Display for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.inner.trim_fmt().fmt(f)
    }
}
