//! The gate `patches`: with each bug planted, the test that the patch names must turn red.
//!
//! A build that fails, a test that does not run, and a test that is red without the bug prove
//! nothing, and are errors of their own.

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;
use std::time::{Duration, Instant};

use super::patch::{Patch, TestName};
use super::scratch::Scratch;

/// What a test did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ran {
    Green,
    Red,
    Nothing,
    NoBuild,
}

/// What became of one patch.
#[derive(Debug)]
pub struct Mutant {
    /// The patch.
    pub patch: Patch,
    /// Nothing if its test saw the bug, else what went wrong.
    pub problem: Option<String>,
    /// Time for building and testing.
    pub took: Duration,
}

/// Every `of`-th patch, from the `part`-th on: a part of them for a run that has little time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    part: usize,
    of: usize,
}

impl Share {
    /// All patches.
    pub const ALL: Self = Self { part: 1, of: 1 };

    /// The part that this share has of `all`.
    #[must_use]
    pub fn of<T>(self, all: Vec<T>) -> Vec<T> {
        all.into_iter()
            .skip(self.part - 1)
            .step_by(self.of)
            .collect()
    }
}

/// `2/5`: the second of five parts.
impl std::str::FromStr for Share {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |text: &str| text.parse::<usize>().ok();
        text.split_once('/')
            .and_then(|(part, of)| {
                Some(Self {
                    part: number(part)?,
                    of: number(of)?,
                })
            })
            .filter(|share| (1..=share.of).contains(&share.part))
            .ok_or_else(|| format!("found {text}, expected a part such as 2/5"))
    }
}

/// Which patches are planted, and how long that may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Planting {
    /// Which.
    pub share: Share,
    /// After so long no further patch is begun; the first one always is.
    pub within: Duration,
}

/// What became of all patches.
#[derive(Debug)]
pub struct Mutants {
    planted: Vec<Mutant>,
    /// Names of those for which no time was left.
    left: Vec<String>,
}

impl Mutants {
    /// Plants the patches of the workspace at `root`, in turn, in a copy of the tree.
    ///
    /// # Errors  a sentence if the patches cannot be read, the copy cannot be made, or a named test
    /// is not green without any bug.
    pub fn run(root: &Path, planting: Planting) -> Result<Self, String> {
        let begin = Instant::now();
        let patches = planting.share.of(Patch::all(root)?);
        if patches.is_empty() {
            return Err("there is no patch".to_owned());
        }
        let scratch = Scratch::refresh(root)?;
        require_green(&scratch, &patches)?;
        let (mut planted, mut left) = (Vec::new(), Vec::new());
        for patch in patches {
            if begin.elapsed() > planting.within && !planted.is_empty() {
                left.push(patch.name);
                continue;
            }
            let start = Instant::now();
            let problem = plant(&scratch, &patch).err();
            let took = start.elapsed();
            eprintln!(
                "{:<32} {}",
                patch.name,
                problem.as_deref().unwrap_or("caught")
            );
            planted.push(Mutant {
                patch,
                problem,
                took,
            });
        }
        Ok(Self { planted, left })
    }

    /// Whether every bug was seen by its test.
    #[must_use]
    pub fn all_caught(&self) -> bool {
        !self.planted.is_empty() && self.planted.iter().all(|mutant| mutant.problem.is_none())
    }
}

impl fmt::Display for Mutants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<32} {:<8} {:>6}  caught by",
            "patch", "outcome", "time"
        )?;
        for mutant in &self.planted {
            let outcome = mutant.problem.as_ref().map_or("caught", |_| "MISSED");
            let (patch, seconds) = (&mutant.patch, mutant.took.as_secs_f64());
            writeln!(
                f,
                "{:<32} {outcome:<8} {seconds:>5.0}s  {}",
                patch.name, patch.caught_by
            )?;
            if let Some(problem) = &mutant.problem {
                writeln!(f, "    {}\n    {problem}", patch.bug)?;
            }
        }
        let caught = self
            .planted
            .iter()
            .filter(|mutant| mutant.problem.is_none())
            .count();
        write!(f, "{caught} of {} planted bugs caught", self.planted.len())?;
        if !self.left.is_empty() {
            write!(f, "; no time was left for {}", self.left.join(", "))?;
        }
        Ok(())
    }
}

/// A test that is red anyway would catch anything.
fn require_green(scratch: &Scratch, patches: &[Patch]) -> Result<(), String> {
    let tests: BTreeSet<&TestName> = patches.iter().map(|patch| &patch.caught_by).collect();
    for test in tests {
        match run_test(scratch, test)? {
            (Ran::Green, _) => {}
            (ran, output) => return Err(format!("without any bug, `{test}`: {ran:?}\n{output}")),
        }
    }
    Ok(())
}

fn plant(scratch: &Scratch, patch: &Patch) -> Result<(), String> {
    let healthy = scratch.read(&patch.target)?;
    let sick = patch.apply(&healthy)?;
    scratch.write(&patch.target, sick.as_bytes())?;
    let ran = run_test(scratch, &patch.caught_by);
    scratch.write(&patch.target, healthy.as_bytes())?;
    match ran? {
        (Ran::Red, _) => Ok(()),
        (Ran::Green, _) => Err("the test stays green with the bug in".to_owned()),
        (Ran::Nothing, output) => Err(format!("the named test did not run\n{output}")),
        (Ran::NoBuild, output) => Err(format!("with the bug in, nothing builds\n{output}")),
    }
}

/// Builds, then runs the one test; the output is what a reader needs to see why.
fn run_test(scratch: &Scratch, test: &TestName) -> Result<(Ran, String), String> {
    let binary = ["test", "--locked", "--quiet", "--test", &test.binary];
    let built = output(scratch.cargo().args(binary).arg("--no-run"))?;
    if !built.0 {
        return Ok((Ran::NoBuild, built.1));
    }
    let (_, text) = output(
        scratch
            .cargo()
            .args(binary)
            .args(["--", "--exact", &test.path]),
    )?;
    let ran = read_outcome(&text);
    Ok((ran, text))
}

/// Reads libtest's summary line: only a failed *assertion* counts as red, not a crash of cargo.
fn read_outcome(text: &str) -> Ran {
    let summary = text.lines().find(|line| line.starts_with("test result:"));
    match summary {
        Some(line) if line.contains(" 0 passed; 1 failed;") => Ran::Red,
        Some(line) if line.contains(" 1 passed; 0 failed;") => Ran::Green,
        _ => Ran::Nothing,
    }
}

fn output(command: &mut std::process::Command) -> Result<(bool, String), String> {
    let output = command.output().map_err(|why| format!("cargo: {why}"))?;
    let text = [output.stdout, output.stderr].concat();
    Ok((
        output.status.success(),
        String::from_utf8_lossy(&text).into_owned(),
    ))
}
