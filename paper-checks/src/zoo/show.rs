//! The table as text.

use std::fmt;

use super::{Line, Table};

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut family = "";
        for line in &self.lines {
            if line.family != family {
                family = line.family;
                self.head(f, line)?;
            }
            self.line(f, line)?;
        }
        self.healthy(f)?;
        let (mutants, problems) = (self.mutants().count(), self.problems());
        let missed = self.mutants().filter(|line| line.problem().is_some());
        let killed = mutants - missed.count();
        writeln!(
            f,
            "\n{killed} of {mutants} mutants killed under {} seeds; chance of any false alarm {:.1e}",
            self.seeds, self.budget
        )?;
        for problem in problems {
            writeln!(f, "PROBLEM: {problem}")?;
        }
        Ok(())
    }
}

/// Width of a column.
const WIDTH: usize = 13;
/// Width of the names of rows.
const NAMES: usize = 26;

impl Table {
    fn shows(&self, check: &str) -> bool {
        self.only.as_ref().is_none_or(|only| only == check)
    }

    fn head(&self, f: &mut fmt::Formatter<'_>, line: &Line) -> fmt::Result {
        write!(f, "\n{:<NAMES$}", line.family)?;
        for cell in line.cells.iter().filter(|cell| self.shows(cell.check)) {
            write!(f, "{:>WIDTH$}", cell.check)?;
        }
        writeln!(f)
    }

    /// A share of seeds for every check, with `*` at the killer.
    fn line(&self, f: &mut fmt::Formatter<'_>, line: &Line) -> fmt::Result {
        let mark = if line.killer.is_none() { "  " } else { "✗ " };
        write!(f, "{mark}{:<width$}", line.row, width = NAMES - 2)?;
        for cell in line.cells.iter().filter(|cell| self.shows(cell.check)) {
            let kills = if line.killer == Some(cell.check) {
                "*"
            } else {
                " "
            };
            let share = if cell.made == 0 {
                "·".to_owned()
            } else {
                format!("{:.3}", cell.power())
            };
            write!(f, "{share:>width$}{kills}", width = WIDTH - 1)?;
        }
        writeln!(f)
    }

    fn healthy(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "\n{:<NAMES$}{:>8}{:>9}{:>10}{:>9}{:>10}{:>8}{:>8}",
            "healthy pulls", "number", "mean", "variance", "KS p", "resolves", "sees", "alarms"
        )?;
        for null in self.nulls.iter().filter(|null| self.shows(null.check)) {
            writeln!(
                f,
                "{:<NAMES$}{:>8}{:>+9.3}{:>10.3}{:>9.1e}{:>10}{:>8}{:>8}",
                format!("{}, {}", null.family, null.check),
                null.pulls,
                null.mean,
                null.variance,
                null.p,
                null.resolves
                    .map_or("·".to_owned(), |bias| bias.to_string()),
                null.resolves
                    .map_or("·".to_owned(), |_| format!("{:.3}", null.seen)),
                null.alarms
            )?;
        }
        Ok(())
    }
}
