//! A planted bug: a unified diff against one file of `src/`, and the test that must see it.
//!
//! ```text
//! Bug: NaN passes a comparison.
//! Caught-by: meta planted_bugs::nan_fails_every_comparison
//!
//! --- a/src/num/tol.rs
//! +++ b/src/num/tol.rs
//! @@ …
//! ```

use std::fmt;
use std::fs;
use std::path::Path;

/// Where the patches lie, below the workspace root.
pub const PATCHES: &str = "tests/meta/patches";

/// A test: its binary under `tests/` and its path inside it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TestName {
    /// `laws`, `witness`, `meta`, ….
    pub binary: String,
    /// `zeta::poles_are_simple`.
    pub path: String,
}

impl fmt::Display for TestName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.binary, self.path)
    }
}

/// A bug as a patch.
#[derive(Clone, Debug)]
pub struct Patch {
    /// The file's name without `.patch`.
    pub name: String,
    /// What goes wrong, in words.
    pub bug: String,
    /// The test that must turn red.
    pub caught_by: TestName,
    /// The file that it alters, below the workspace root.
    pub target: String,
    /// The unified diff.
    diff: String,
}

impl Patch {
    /// Reads a patch.
    ///
    /// # Errors  a sentence that names the line that is missing or wrong.
    pub fn parse(name: &str, text: &str) -> Result<Self, String> {
        let header = |key: &str| {
            let value = text.lines().find_map(|line| line.strip_prefix(key));
            let value = value.map(str::trim).filter(|value| !value.is_empty());
            value.ok_or_else(|| format!("{name}: no line `{key} …`"))
        };
        let caught_by = header("Caught-by:")?;
        let Some((binary, path)) = caught_by.split_once(' ') else {
            return Err(format!(
                "{name}: `Caught-by: {caught_by}` is no `binary path`"
            ));
        };
        let target = header("+++ b/")?;
        let start = text
            .find("--- a/")
            .ok_or_else(|| format!("{name}: no line `--- a/…`"))?;
        let files = text.lines().filter(|line| line.starts_with("--- "));
        if files.count() != 1 || !text[start..].starts_with(&format!("--- a/{target}\n")) {
            return Err(format!(
                "{name}: it alters another file than {target}, or more than one"
            ));
        }
        let patch = Self {
            name: name.to_owned(),
            bug: header("Bug:")?.to_owned(),
            caught_by: TestName {
                binary: binary.to_owned(),
                path: path.trim().to_owned(),
            },
            target: target.to_owned(),
            diff: text[start..].to_owned(),
        };
        patch.parsed().map(|_| patch.clone())
    }

    /// Every patch of the workspace at `root`, by name.
    ///
    /// # Errors  as [`Patch::parse`], or the system's reason.
    pub fn all(root: &Path) -> Result<Vec<Self>, String> {
        let folder = root.join(PATCHES);
        let told = |why: std::io::Error| format!("{}: {why}", folder.display());
        let mut patches = Vec::new();
        for entry in fs::read_dir(&folder).map_err(told)? {
            let path = entry.map_err(told)?.path();
            let name = path
                .file_stem()
                .map(|stem| stem.to_string_lossy().into_owned());
            let is_patch = path
                .extension()
                .is_some_and(|extension| extension == "patch");
            let Some(name) = name.filter(|_| is_patch) else {
                return Err(format!("{} is no patch", path.display()));
            };
            patches.push(Self::parse(
                &name,
                &fs::read_to_string(&path).map_err(told)?,
            )?);
        }
        patches.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(patches)
    }

    /// `source` with the bug in it.
    ///
    /// # Errors  if the source has moved on, so that the context is not there any more.
    pub fn apply(&self, source: &str) -> Result<String, String> {
        let refused = |why| format!("{}: does not apply to {}: {why}", self.name, self.target);
        diffy::apply(source, &self.parsed()?).map_err(refused)
    }

    fn parsed(&self) -> Result<diffy::Patch<'_, str>, String> {
        diffy::Patch::from_str(&self.diff).map_err(|why| format!("{}: {why}", self.name))
    }
}
