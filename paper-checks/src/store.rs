//! The run directory: one file per finished claim, figures, and whether an old result may stand.
//!
//! Every per-claim file carries the key of its run. A result is reused only if seed, tier, program
//! version and build are the same and the file is whole; everything else is run again.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use fieldassay::io::write_atomically;
use fieldassay::rng::Seed;
use fieldassay::verdict::Verdict;
use fieldassay::{Error, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::claim::Tier;
use crate::record::{Judged, StatementReport};

/// What a result depends on; the number of threads is not part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunKey {
    /// The root seed.
    pub seed: Seed,
    /// The tier.
    pub tier: Tier,
    /// Version of this program.
    pub version: String,
    /// SHA-256 of the executable: any change of code is another build.
    pub build: String,
}

impl RunKey {
    /// The key of this program at `seed` and `tier`.
    #[must_use]
    pub fn here(seed: Seed, tier: Tier) -> Self {
        let version = env!("CARGO_PKG_VERSION").to_owned();
        Self {
            seed,
            tier,
            version,
            build: build().to_owned(),
        }
    }
}

/// SHA-256 of the running executable, empty if the system does not let it read itself.
fn build() -> &'static str {
    static BUILD: OnceLock<String> = OnceLock::new();
    BUILD.get_or_init(|| {
        let bytes = std::env::current_exe().and_then(fs::read);
        bytes.map_or_else(
            |_| String::new(),
            |bytes| {
                Sha256::digest(bytes)
                    .iter()
                    .map(|byte| format!("{byte:02x}"))
                    .collect()
            },
        )
    })
}

/// Whether an old result may stand.
#[derive(Debug)]
pub enum Old {
    /// It may.
    Reusable(Box<Judged>),
    /// There is none.
    Absent,
    /// It may not, for this reason.
    Stale(String),
}

/// A run directory.
#[derive(Clone, Debug)]
pub struct Store {
    dir: PathBuf,
    key: RunKey,
}

#[derive(Serialize, Deserialize)]
struct Stored<R, J> {
    run: R,
    result: J,
}

impl Store {
    /// The run directory `dir`, created if need be.
    ///
    /// # Errors  `Error::Io` naming the folder.
    pub fn open(dir: &Path, key: RunKey) -> Result<Self> {
        for folder in [dir.join("claims"), dir.join("figures")] {
            fs::create_dir_all(&folder)
                .map_err(|why| Error::io(&folder, "create the folder", why))?;
        }
        Ok(Self {
            dir: dir.to_owned(),
            key,
        })
    }

    /// The key that its results carry.
    #[must_use]
    pub const fn key(&self) -> &RunKey {
        &self.key
    }

    /// Writes a finished claim and its figures.
    ///
    /// # Errors  `Error::Io` naming the file.
    pub fn save(&self, judged: &Judged) -> Result<()> {
        for figure in &judged.figures {
            let name = format!("figures/{}.svg", figure.id);
            self.write(&name, &figure.to_file())?;
        }
        let stored = Stored {
            run: &self.key,
            result: judged,
        };
        self.write(&Self::name(&judged.report.id), &to_json(&stored))
    }

    /// The stored result of the claim `id`, if it may stand for a result of this run.
    #[must_use]
    pub fn load(&self, id: &str) -> Old {
        let Ok(text) = fs::read_to_string(self.dir.join(Self::name(id))) else {
            return Old::Absent;
        };
        match serde_json::from_str::<Stored<RunKey, Judged>>(&text) {
            Err(why) => Old::Stale(format!("its file is damaged ({why})")),
            Ok(stored) => match self.difference(id, &stored) {
                Some(reason) => Old::Stale(reason),
                None => Old::Reusable(Box::new(stored.result)),
            },
        }
    }

    fn difference(&self, id: &str, stored: &Stored<RunKey, Judged>) -> Option<String> {
        let (old, new) = (&stored.run, &self.key);
        let report = &stored.result.report;
        let broken = report.statements.iter().any(StatementReport::is_broken);
        let reason = if report.id != id {
            "the file holds another claim"
        } else if old.seed != new.seed {
            "another seed"
        } else if old.tier != new.tier || report.tier != new.tier {
            "another tier"
        } else if old.version != new.version || old.build != new.build || new.build.is_empty() {
            "another build of the program"
        } else if broken || report.verdict == Verdict::Broken || report.figures_broken.is_some() {
            "it was broken"
        } else {
            return None;
        };
        Some(reason.to_owned())
    }

    /// Writes a file of the directory, whole or not at all.
    ///
    /// # Errors  `Error::Io` naming the file.
    pub fn write(&self, name: &str, text: &str) -> Result<()> {
        write_text(&self.dir.join(name), text)
    }

    /// Where a file of the directory is.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    fn name(id: &str) -> String {
        format!("claims/{id}.json")
    }
}

/// Pretty JSON with a final newline.
///
/// # Panics  never for this crate's records: their numbers are finite or words, their keys strings.
pub(crate) fn to_json(value: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(value)
        .unwrap_or_else(|why| unreachable!("records are plain data: {why}"));
    text.push('\n');
    text
}

/// Writes a text file, whole or not at all.
///
/// # Errors  `Error::Io` naming the file.
pub(crate) fn write_text(path: &Path, text: &str) -> Result<()> {
    write_atomically(path, |file| file.write_all(text.as_bytes()))
}
