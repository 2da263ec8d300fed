//! What a claim is: a quotation, statements that a computation can decide, and for each a control.
//!
//! # Design
//!
//! The decider of a [`Statement`] is one function of a *parameter* (an exponent, a factor, a sign),
//! given the claimed value to reach the verdict and an altered value to reach the control verdict.
//! So the control is the same check function by construction, and a claim that could not have been
//! refuted shows as a control that is not [`Verdict::Refuted`].

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use fieldassay::report::Figure;
use fieldassay::rng::{Chains, Rng, Seed};
use fieldassay::verdict::{Evidence, Verdict};
use fieldassay::{Error, Result};
use serde::{Deserialize, Serialize};

/// How much work a run may do: seconds, minutes or hours a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// Decides every statement at low precision; the default.
    Quick,
    /// Decides it at the precision of the ledger.
    Standard,
    /// Everything, heavy training included.
    Full,
}

impl Tier {
    /// The value for this tier out of (quick, standard, full).
    #[must_use]
    pub fn pick<T>(self, quick: T, standard: T, full: T) -> T {
        match self {
            Self::Quick => quick,
            Self::Standard => standard,
            Self::Full => full,
        }
    }
}

/// What a decider may use: its random streams, the tier, what others of its claim have computed, and whether to stop
/// early.
#[derive(Debug)]
pub struct Context<'a> {
    id: &'a str,
    seed: Seed,
    tier: Tier,
    interrupted: &'a AtomicBool,
    computed: Mutex<HashMap<String, Vec<f64>>>,
}

impl<'a> Context<'a> {
    /// The context of the claim `id`.
    #[must_use]
    pub fn new(id: &'a str, seed: Seed, tier: Tier, interrupted: &'a AtomicBool) -> Self {
        Self {
            id,
            seed,
            tier,
            interrupted,
            computed: Mutex::default(),
        }
    }

    /// What `compute` gives, computed once: statements, controls and figures of a claim share what is costly.
    ///
    /// `label` names everything that the numbers depend on besides seed and tier.
    ///
    /// # Errors  those of `compute`, which is then asked again.
    pub fn once(
        &self,
        label: &str,
        compute: impl FnOnce() -> Result<Vec<f64>>,
    ) -> Result<Vec<f64>> {
        let computed = || self.computed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = computed().get(label) {
            return Ok(known.clone());
        }
        let numbers = compute()?;
        computed().insert(label.to_owned(), numbers.clone());
        Ok(numbers)
    }

    /// The stream `claim/<id>/<label>`.
    #[must_use]
    pub fn stream(&self, label: &str) -> Rng {
        self.seed.stream(&format!("claim/{}/{label}", self.id))
    }

    /// The generators of `count` Markov chains, the streams `claim/<id>/<label>`.
    #[must_use]
    pub fn chains(&self, label: &str, count: usize) -> Chains {
        self.seed
            .chains(&format!("claim/{}/{label}", self.id), count)
    }

    /// The root of all random streams, for data sets that name their own.
    #[must_use]
    pub const fn seed(&self) -> Seed {
        self.seed
    }

    /// The tier of this run.
    #[must_use]
    pub const fn tier(&self) -> Tier {
        self.tier
    }

    /// Whether the user pressed Ctrl-C; a long decider asks between steps and returns an error.
    #[must_use]
    pub fn interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }
}

/// The number that a reader takes away from a claim's check.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Headline {
    /// What it is.
    pub quantity: String,
    /// What the claim says it is.
    #[serde(with = "fieldassay::num::json")]
    pub claimed: f64,
    /// What it came out as.
    #[serde(with = "fieldassay::num::json")]
    pub value: f64,
    /// The error of `value`; for a deterministic computation its declared accuracy.
    #[serde(with = "fieldassay::num::json")]
    pub error: f64,
}

/// What a decider returns.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Finding {
    /// The checks that decide.
    pub evidence: Evidence,
    /// The number to show.
    pub headline: Headline,
    /// The condition under which the statement is true, if it needs one that it does not name.
    pub qualification: Option<String>,
}

impl Finding {
    /// A finding without qualification.
    #[must_use]
    pub const fn new(evidence: Evidence, headline: Headline) -> Self {
        Self {
            evidence,
            headline,
            qualification: None,
        }
    }

    /// The same finding, true only under `condition`.
    #[must_use]
    pub fn qualified(mut self, condition: impl Into<String>) -> Self {
        self.qualification = Some(condition.into());
        self
    }

    /// The verdict: that of the evidence, with `Supported` turned into `Qualified` by a condition.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match (self.evidence.verdict(), &self.qualification) {
            (Verdict::Supported, Some(_)) => Verdict::Qualified,
            (verdict, _) => verdict,
        }
    }

    /// The smallest bias that a statistical check of this finding undertakes to see.
    #[must_use]
    pub fn resolves(&self) -> Option<f64> {
        self.evidence
            .checks()
            .iter()
            .filter_map(|check| check.resolves)
            .reduce(f64::min)
    }
}

type Decider = Box<dyn Fn(&Context<'_>) -> Result<Finding> + Send + Sync>;

/// One reading of a claim that a computation can decide.
pub struct Statement {
    /// Which reading: `as printed`, `corrected`, or a part (`LeNet-5`).
    pub form: &'static str,
    /// The statement in our words.
    pub words: &'static str,
    /// What would refute it.
    pub refuted_by: &'static str,
    /// The verdict that the record commits to.
    pub expected: Verdict,
    /// Which check function decides it; `None` if none does.
    pub check: Option<CheckId>,
    /// How it is decided.
    pub decision: Decision,
}

/// The identity of a check function, to see which statements share one.
///
/// Functions whose compiled code is the same may share an identity; within a claim, where it is
/// asked for, such checks are the same check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckId(usize);

impl CheckId {
    fn of<P>(check: fn(&Context<'_>, &P) -> Result<Finding>) -> Self {
        Self(check as usize)
    }
}

/// How a statement is decided.
pub enum Decision {
    /// By running a check on the claimed value, and the same check on an altered one.
    Checked {
        /// The check at the claimed value.
        claimed: Decider,
        /// The check at the altered value.
        control: Control,
    },
    /// By no computation, for this reason.
    NotCheckable(&'static str),
}

/// A negative control: the same check on one plausible alteration, which must come out Refuted.
pub struct Control {
    /// The alteration, in words: `π^{3/2} → π`.
    pub alteration: &'static str,
    /// Its effect in the units of the statistical check that must see it; no larger than three
    /// times what that check declares to resolve. `None` for deterministic checks.
    pub effect: Option<f64>,
    /// The check at the altered value.
    pub run: Decider,
}

/// A claim of a talk.
pub struct Claim {
    /// Its name in the ledger.
    pub id: &'static str,
    /// Who said it where: talk, and slide or section.
    pub source: &'static str,
    /// The words on the slide, as transcribed.
    pub quote: &'static str,
    /// Its statements, the principal one (whose verdict stands for the claim) first.
    pub statements: Vec<Statement>,
    /// The figures for the report.
    pub figures: fn(&Context<'_>) -> Result<Vec<Figure>>,
}

impl Claim {
    /// A claim without figures.
    #[must_use]
    pub fn new(
        id: &'static str,
        source: &'static str,
        quote: &'static str,
        statements: Vec<Statement>,
    ) -> Self {
        Self {
            id,
            source,
            quote,
            statements,
            figures: |_| Ok(Vec::new()),
        }
    }

    /// The statements expected Refuted by a check that no statement of the claim is expected to
    /// pass: nothing would show that the check can pass at all.
    pub fn unpaired(&self) -> impl Iterator<Item = &Statement> {
        let passes =
            |other: &Statement| matches!(other.expected, Verdict::Supported | Verdict::Qualified);
        self.statements.iter().filter(move |statement| {
            let paired = (self.statements.iter())
                .any(|other| passes(other) && other.check == statement.check);
            statement.expected == Verdict::Refuted && !paired
        })
    }

    /// The same claim with figures.
    #[must_use]
    pub fn with_figures(mut self, figures: fn(&Context<'_>) -> Result<Vec<Figure>>) -> Self {
        self.figures = figures;
        self
    }
}

/// Builder of a [`Statement`]: words, what refutes it, the check, the control.
#[must_use = "a statement needs `.decided_by(…)` or `.not_checkable(…)`"]
pub struct Wording {
    form: &'static str,
    words: &'static str,
    refuted_by: &'static str,
}

impl Statement {
    /// Begins the statement `form` (`as printed`, `corrected`, …) in our words.
    pub const fn says(
        form: &'static str,
        words: &'static str,
        refuted_by: &'static str,
    ) -> Wording {
        Wording {
            form,
            words,
            refuted_by,
        }
    }
}

impl Wording {
    /// Decides by `check(context, &claimed)`, expecting `expected`; the control is the same
    /// function at `altered`. `effect` is the size of the alteration where the check is statistical.
    pub fn decided_by<P: Send + Sync + 'static>(
        self,
        expected: Verdict,
        check: fn(&Context<'_>, &P) -> Result<Finding>,
        claimed: P,
        alteration: Alteration<P>,
    ) -> Statement {
        let Alteration {
            words,
            value,
            effect,
        } = alteration;
        Statement {
            form: self.form,
            words: self.words,
            refuted_by: self.refuted_by,
            expected,
            check: Some(CheckId::of(check)),
            decision: Decision::Checked {
                claimed: Box::new(move |context| check(context, &claimed)),
                control: Control {
                    alteration: words,
                    effect,
                    run: Box::new(move |context| check(context, &value)),
                },
            },
        }
    }

    /// No computation decides it; the verdict is `NotCheckable`.
    #[must_use]
    pub fn not_checkable(self, reason: &'static str) -> Statement {
        Statement {
            form: self.form,
            words: self.words,
            refuted_by: self.refuted_by,
            expected: Verdict::NotCheckable,
            check: None,
            decision: Decision::NotCheckable(reason),
        }
    }
}

/// A plausibly altered value of a claim's parameter.
pub struct Alteration<P> {
    words: &'static str,
    value: P,
    effect: Option<f64>,
}

impl<P> Alteration<P> {
    /// An alteration for a deterministic check.
    pub const fn new(words: &'static str, value: P) -> Self {
        Self {
            words,
            value,
            effect: None,
        }
    }

    /// An alteration for a statistical check, that shifts the checked number by `effect`.
    pub const fn of_size(words: &'static str, value: P, effect: f64) -> Self {
        Self {
            words,
            value,
            effect: Some(effect),
        }
    }
}

/// The error that a decider returns when [`Context::interrupted`] told it to stop.
#[must_use]
pub fn interrupted() -> Error {
    Error::Unsupported {
        what: "an interrupted check".to_owned(),
        expected: "run again with --resume".to_owned(),
    }
}
