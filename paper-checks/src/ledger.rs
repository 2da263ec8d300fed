//! The ledger: every method and checkable claim of the five talks, decided or not.
//!
//! `ledger.json` was imported once from the project's working notes; its `provenance` says what its
//! fields are worth. A claim file quotes the slide itself; the ledger's notes are shown as notes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use fieldassay::{Error, Result};
use serde::{Deserialize, Serialize};

use crate::claim::Claim;

const SOURCE: &str = include_str!("../ledger.json");
const PATH: &str = "paper-checks/ledger.json";

/// All entries, in the order of the talks.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ledger {
    /// What the fields are and where they come from.
    pub provenance: BTreeMap<String, serde_json::Value>,
    /// The talks.
    pub talks: Vec<Talk>,
    /// The entries.
    pub entries: Vec<Entry>,
}

/// A talk.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Talk {
    /// Stem of the file with its transcribed slides.
    pub id: String,
    /// Who gave it.
    pub speaker: String,
    /// Its title.
    pub title: String,
    /// Where; empty if the slides do not say.
    pub occasion: String,
    /// When, as far as the slides say.
    pub date: String,
}

/// A method or a checkable claim.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its name everywhere.
    pub id: String,
    /// The talk's id.
    pub talk: String,
    /// The subject (`femtoscopy`, `flows`).
    pub area: String,
    /// The talk's wording as transcribed, with our remarks in brackets.
    pub quote: String,
    /// What we thought of it before any decider was written.
    pub status: String,
    /// Estimated cost at the quick tier, two cores.
    pub quick: String,
    /// Estimated cost at the full tier, two cores.
    pub full: String,
    /// Working notes, not published fact.
    pub notes: Notes,
}

/// What our working notes say of an entry.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notes {
    /// Papers behind it.
    pub paper: String,
    /// Settings to run it at.
    pub settings: String,
    /// The reference that decides it.
    pub decides: String,
    /// What would be accepted.
    pub accept: String,
    /// Traps, and the right form of what is wrong.
    pub pitfalls: String,
}

impl Ledger {
    /// The committed ledger.
    ///
    /// # Errors  `Error::Format` naming the entry, for a repeated id, an unknown talk, an id that is
    /// no file name, or a count other than the one that the provenance states.
    pub fn load() -> Result<Self> {
        Self::parse(SOURCE)
    }

    /// A ledger from its JSON text.
    ///
    /// # Errors  as [`Ledger::load`].
    pub fn parse(source: &str) -> Result<Self> {
        let path = Path::new(PATH);
        let ledger: Self = serde_json::from_str(source)
            .map_err(|why| Error::format(path, "document", why.to_string(), "a ledger"))?;
        let mut ids = BTreeSet::new();
        for entry in &ledger.entries {
            let field = format!("entry `{}`", entry.id);
            let refuse =
                |found: &str, expected: &str| Err(Error::format(path, &field, found, expected));
            let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
            if entry.id.is_empty() || !entry.id.chars().all(plain) {
                return refuse("its id", "ASCII letters, digits and hyphens");
            }
            // Ids are file names, also where the file system ignores case.
            if !ids.insert(entry.id.to_ascii_lowercase()) {
                return refuse("it a second time", "every id once");
            }
            if !ledger.talks.iter().any(|talk| talk.id == entry.talk) {
                return refuse(&format!("talk `{}`", entry.talk), "an id of `talks`");
            }
        }
        let count = ledger.entries.len();
        if ledger.provenance.get("entries") != Some(&serde_json::Value::from(count)) {
            let found = format!("{count} entries");
            return Err(Error::format(
                path,
                "provenance.entries",
                found,
                "the stated number",
            ));
        }
        Ok(ledger)
    }

    /// The entry called `id`.
    ///
    /// # Errors  `Error::UnknownName` with the ids that look like it.
    pub fn entry(&self, id: &str) -> Result<&Entry> {
        let found = self.entries.iter().find(|entry| entry.id == id);
        found.ok_or_else(|| {
            Error::unknown(
                "claim",
                id,
                self.entries.iter().map(|entry| entry.id.as_str()),
            )
        })
    }

    /// The talk of an entry.
    #[must_use]
    pub fn talk(&self, entry: &Entry) -> &Talk {
        let talk = self.talks.iter().find(|talk| talk.id == entry.talk);
        talk.unwrap_or_else(|| unreachable!("`parse` checked the talk of `{}`", entry.id))
    }

    /// Checks that every claim has an entry, and no two claims the same.
    ///
    /// # Errors  `Error::UnknownName` for a claim that is not in the ledger, `Error::Argument` for an
    /// id that two claims have.
    pub fn admit<'c>(&self, claims: impl IntoIterator<Item = &'c Claim>) -> Result<()> {
        let mut seen = BTreeSet::new();
        for claim in claims {
            self.entry(claim.id)?;
            if !seen.insert(claim.id) {
                return Err(Error::argument(
                    "claims",
                    format!("`{}` twice", claim.id),
                    "each id once",
                ));
            }
        }
        Ok(())
    }
}
