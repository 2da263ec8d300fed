//! The report: one self-contained page from an [`Audit`]; `audit.html` is its template.
//!
//! Everything that needs a decision (digits, relations, what a check's power was) is decided here,
//! so that the template only places text.

use fieldassay::Result;
use fieldassay::report::{Figure, Page, duration, number};
use serde::Serialize;

use crate::audit::Audit;
use crate::ledger::{Entry, Ledger, Talk};
use crate::page_claim::ClaimView;

const TEMPLATE: &str = include_str!("audit.html");

#[derive(Serialize)]
struct View<'a> {
    title: &'static str,
    lead: String,
    alarms: Vec<String>,
    counts: Vec<Count<'a>>,
    run: Vec<Item>,
    verdicts: Vec<String>,
    talks: Vec<TalkView<'a>>,
    claims: Vec<ClaimView<'a>>,
    coverage: Vec<Coverage<'a>>,
    undecided: Vec<Undecided<'a>>,
}

#[derive(Serialize)]
struct Count<'a> {
    verdict: &'a str,
    n: usize,
}

#[derive(Serialize)]
struct Item {
    name: &'static str,
    value: String,
    code: bool,
}

/// A talk as the page names it.
#[derive(Clone, Serialize)]
pub struct TalkView<'a> {
    #[serde(flatten)]
    talk: &'a Talk,
    /// Speaker and year.
    short: String,
}

#[derive(Serialize)]
struct Coverage<'a> {
    area: &'a str,
    decided: usize,
    all: usize,
    percent: usize,
}

#[derive(Serialize)]
struct Undecided<'a> {
    id: &'a str,
    area: &'a str,
    talk: TalkView<'a>,
    quote: &'a str,
    status: &'a str,
    verdict: &'static str,
    text: String,
}

/// The page.
///
/// # Errors  `Error::UnknownName` for a claim outside the ledger, `Error::Format` for a template
/// that does not fit.
pub fn render(ledger: &Ledger, audit: &Audit, figures: &[Figure]) -> Result<String> {
    let claims = audit.implemented().map(|report| {
        let entry = ledger.entry(&report.id)?;
        Ok(ClaimView::of(
            report,
            entry,
            TalkView::of(ledger, entry),
            figures,
        ))
    });
    let undecided = audit.claims.iter().filter(|claim| !claim.is_implemented());
    let undecided = undecided.map(|claim| Ok(Undecided::of(ledger, ledger.entry(&claim.id)?)));
    let mut verdicts: Vec<String> = audit.claims.iter().map(|c| c.verdict.to_string()).collect();
    verdicts.sort();
    verdicts.dedup();
    let view = View {
        title: "Audit of five talks on machine learning in lattice field theory and hadron physics",
        lead: lead(audit),
        alarms: alarms(audit),
        counts: audit
            .summary
            .verdicts
            .iter()
            .map(|(v, &n)| Count { verdict: v, n })
            .collect(),
        run: run_items(audit),
        verdicts,
        talks: ledger.talks.iter().map(TalkView::new).collect(),
        claims: claims.collect::<Result<_>>()?,
        coverage: coverage(ledger, audit)?,
        undecided: undecided.collect::<Result<_>>()?,
    };
    Page::new(TEMPLATE)?.render(&view)
}

fn lead(audit: &Audit) -> String {
    let sums = &audit.summary;
    format!(
        "{} of {} claims have a decider. {} of {} came out as expected, in {} statements; {} of {} negative \
         controls were refuted.",
        sums.implemented,
        sums.entries,
        sums.as_expected,
        sums.implemented,
        sums.statements,
        sums.controls_refuted,
        sums.controls
    )
}

fn alarms(audit: &Audit) -> Vec<String> {
    let sums = &audit.summary;
    let mut alarms = Vec::new();
    if audit.run.interrupted {
        let left = audit.run.unfinished.join(", ");
        alarms.push(format!("The run was interrupted; not decided: {left}."));
    }
    let decided = sums.implemented - audit.run.unfinished.len();
    if sums.as_expected < decided {
        let unexpected = audit.implemented().filter(|claim| !claim.as_expected);
        let ids: Vec<&str> = unexpected.map(|claim| claim.id.as_str()).collect();
        alarms.push(format!("Not as expected: {}.", ids.join(", ")));
    }
    alarms
}

fn run_items(audit: &Audit) -> Vec<Item> {
    let (run, key) = (&audit.run, &audit.run.key);
    let plain = |name, value| Item {
        name,
        value,
        code: false,
    };
    let code = |name, value| Item {
        name,
        value,
        code: true,
    };
    let mut took = format!("{} on {} threads", duration(run.seconds), run.threads);
    if run.reused > 0 {
        took.push_str(&format!(
            ", {} results reused from an earlier run",
            run.reused
        ));
    }
    let false_fail = match audit.summary.false_fail {
        0.0 => "no statistical check in this run".to_owned(),
        rate => format!(
            "{} for the whole run, if every program is right",
            number(rate, 2)
        ),
    };
    vec![
        code("Command", run.command.clone()),
        plain("Seed", key.seed.0.to_string()),
        plain("Tier", format!("{:?}", key.tier).to_lowercase()),
        plain("Begun", run.started.replace('T', " ").replace('Z', " UTC")),
        plain("Time", took),
        plain(
            "Version",
            format!("fieldassay {} on {}", key.version, run.platform),
        ),
        code(
            "Build",
            key.build.get(..16).unwrap_or(&key.build).to_owned(),
        ),
        plain("False alarms", false_fail),
    ]
}

fn coverage<'a>(ledger: &'a Ledger, audit: &Audit) -> Result<Vec<Coverage<'a>>> {
    let mut areas: Vec<Coverage<'a>> = Vec::new();
    for claim in &audit.claims {
        let area = ledger.entry(&claim.id)?.area.as_str();
        let decided = usize::from(claim.is_implemented());
        match areas.iter_mut().find(|row| row.area == area) {
            Some(row) => (row.decided, row.all) = (row.decided + decided, row.all + 1),
            None => areas.push(Coverage {
                area,
                decided,
                all: 1,
                percent: 0,
            }),
        }
    }
    for row in &mut areas {
        row.percent = 100 * row.decided / row.all;
    }
    Ok(areas)
}

impl<'a> TalkView<'a> {
    fn new(talk: &'a Talk) -> Self {
        let year = talk.date.split('-').next().unwrap_or_default();
        Self {
            short: format!("{}, {year}", talk.speaker),
            talk,
        }
    }

    fn of(ledger: &'a Ledger, entry: &Entry) -> Self {
        Self::new(ledger.talk(entry))
    }
}

impl<'a> Undecided<'a> {
    fn of(ledger: &'a Ledger, entry: &'a Entry) -> Self {
        Self {
            id: &entry.id,
            area: &entry.area,
            talk: TalkView::of(ledger, entry),
            quote: &entry.quote,
            status: &entry.status,
            verdict: "NotImplemented",
            text: format!("{} {} {}", entry.id, entry.area, entry.quote),
        }
    }
}
