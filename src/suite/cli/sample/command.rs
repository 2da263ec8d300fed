//! What can be typed after `fieldassay sample`: a subcommand for every row of the registry of targets.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, ValueEnum};

use crate::ensemble::target::ALL;
use crate::ensemble::{Kind, Named, Parameter, Plan, Presence, Start};
use crate::rng::Seed;

const EXAMPLE: &str = "\
Example:
  $ fieldassay sample phi4 --extents 4,4 --m2 -4 --lambda 8 --measurements 200 --quiet
  phi4, hmc: 4 chains, 200 measurements each after 100 steps, 1 step apart
  …

With --output the recorded numbers go to an .npz file, arrays (chains, measurements) by name, and
what made them to a .json file beside it. With --checkpoint FILE an interrupted or killed run goes
on where the file says when the same command is given again; more --measurements prolong it.
Neither --threads nor interruptions change a bit, and chain 0 is the same whatever --chains.";

/// What to sample, and how.
#[derive(Debug)]
pub(in crate::suite::cli) struct SampleRequest {
    pub(super) target: &'static Named,
    /// Of the target, as typed.
    pub(super) parameters: Vec<(&'static Parameter, String)>,
    /// Of the sampler, and what is mixed in.
    pub(super) settings: Vec<(&'static Parameter, String)>,
    pub(super) options: Options,
}

/// Where chains begin.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Begin {
    /// All variables at the neutral element
    Cold,
    /// Each variable at random
    Hot,
}

/// A run.
#[derive(Args, Debug)]
pub(super) struct Options {
    /// The sampler; the first by default
    #[arg(long, value_name = "NAME")]
    pub(super) sampler: Option<String>,
    /// Chains side by side
    #[arg(long, value_name = "N", default_value_t = 4)]
    chains: usize,
    /// Steps before anything is recorded
    #[arg(long, value_name = "STEPS", default_value_t = 100)]
    pub(super) thermalise: u64,
    /// Measurements of every chain
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub(super) measurements: u64,
    /// Steps from one measurement to the next
    #[arg(long, value_name = "STEPS", default_value_t = 1)]
    pub(super) every: u64,
    /// Where the chains begin
    #[arg(long, value_name = "HOW", value_enum, default_value = "cold")]
    start: Begin,
    /// The root of all randomness
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Threads, among which the chains are divided
    #[arg(long, value_name = "N", default_value = "1")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=1024))]
    threads: u32,
    /// Record configurations too
    #[arg(long)]
    fields: bool,
    /// The file to write, .npz
    #[arg(long, short, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// The file to resume from if it exists, and to save to, .safetensors
    #[arg(long, value_name = "FILE")]
    pub(super) checkpoint: Option<PathBuf>,
    /// Time from one checkpoint to the next
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = seconds)]
    pub(super) checkpoint_every: f64,
    /// Steps from one checkpoint to the next, instead
    #[arg(long, value_name = "STEPS", conflicts_with = "checkpoint_every")]
    #[arg(value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) checkpoint_steps: Option<u64>,
    /// Print JSON
    #[arg(long)]
    pub(super) json: bool,
    /// Show no progress
    #[arg(long)]
    pub(super) quiet: bool,
}

impl Options {
    pub(super) const fn plan(&self) -> Plan {
        Plan {
            chains: self.chains,
            thermalise: self.thermalise,
            measurements: self.measurements,
            every: self.every,
            start: match self.start {
                Begin::Cold => Start::Cold,
                Begin::Hot => Start::Hot,
            },
            fields: self.fields,
            seed: Seed(self.seed),
            threads: self.threads as usize,
        }
    }

    pub(super) const fn threads(&self) -> u32 {
        self.threads
    }
}

fn seconds(text: &str) -> Result<f64, String> {
    let seconds: Option<f64> = text.parse().ok();
    let seconds = seconds.filter(|s| (0.0..=1e6).contains(s));
    seconds.ok_or_else(|| "expected seconds, from 0 to 1000000".to_owned())
}

/// A flag for a parameter, with `of` as the sampler's name before its meaning.
fn flag(parameter: &'static Parameter, of: &str, heading: &'static str) -> Arg {
    let name = match parameter.kind {
        Kind::Real | Kind::Positive => "X",
        Kind::Count { .. } => "N",
        Kind::Extents => "L,…",
        Kind::Word(_) => "NAME",
    };
    let default = match parameter.presence {
        Presence::Default(value) => format!(" [default: {value}]"),
        Presence::Required | Presence::Optional => String::new(),
    };
    // On a line of their own: clap's list is not wrapped.
    let words = match parameter.kind {
        Kind::Word(words) => format!(":\n{}", words().join(", ")),
        _ => String::new(),
    };
    let arg = Arg::new(parameter.name)
        .long(parameter.name)
        .value_name(name)
        .help(format!("{of}{}{default}{words}", parameter.meaning))
        .help_heading(heading)
        .action(ArgAction::Set);
    match parameter.kind {
        Kind::Word(words) => arg
            .value_parser(PossibleValuesParser::new(words()))
            .hide_possible_values(true),
        // `-1e-3` too; what is no number is refused by name later.
        _ => arg.allow_hyphen_values(true),
    }
}

/// The parameters of a target's samplers, one of each name, with the samplers that take it.
fn settings(target: &'static Named) -> Vec<(&'static Parameter, String)> {
    let mut settings: Vec<(&'static Parameter, String)> = Vec::new();
    for method in target.methods {
        for parameter in method.parameters {
            match settings.iter_mut().find(|(p, _)| p.name == parameter.name) {
                Some((_, methods)) => *methods += &format!(", {}", method.id),
                None => settings.push((parameter, method.id.to_owned())),
            }
        }
    }
    settings
}

fn subcommand(target: &'static Named) -> Command {
    let methods = target.methods.iter();
    let methods: String = methods
        .map(|method| format!("\n  {:<11} {}", method.id, method.summary))
        .collect();
    let mut command = Options::augment_args(Command::new(target.id))
        .about(target.summary)
        .after_help(format!("Samplers:{methods}\n\n{}", target.definition))
        .mut_arg("sampler", |arg| {
            let ids: Vec<&str> = target.methods.iter().map(|method| method.id).collect();
            arg.value_parser(PossibleValuesParser::new(ids))
        });
    for parameter in target.parameters {
        command = command.arg(flag(parameter, "", "Target"));
    }
    for (parameter, methods) in settings(target) {
        command = command.arg(flag(parameter, &format!("{methods}: "), "Samplers"));
    }
    for parameter in target.mixed {
        command = command.arg(flag(parameter, "", "Samplers"));
    }
    command
}

impl Args for SampleRequest {
    fn augment_args(command: Command) -> Command {
        command
            .after_help(EXAMPLE)
            .subcommand_required(true)
            .arg_required_else_help(true)
            .subcommand_value_name("TARGET")
            .subcommand_help_heading("Targets")
            .subcommands(ALL.iter().map(|target| subcommand(target)))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for SampleRequest {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Self::from_arg_matches_mut(&mut matches.clone())
    }

    fn from_arg_matches_mut(matches: &mut ArgMatches) -> Result<Self, clap::Error> {
        let missing = || clap::Error::new(clap::error::ErrorKind::MissingSubcommand);
        let (id, mut given) = matches.remove_subcommand().ok_or_else(missing)?;
        let target = Named::find(&id).map_err(|_| missing())?;
        let options = Options::from_arg_matches_mut(&mut given)?;
        let mut typed = |parameter: &'static Parameter| {
            let text: Option<String> = given.remove_one(parameter.name);
            text.map(|text| (parameter, text))
        };
        let parameters = target.parameters.iter().filter_map(&mut typed).collect();
        let settings = settings(target).into_iter().map(|(parameter, _)| parameter);
        let settings = settings.chain(target.mixed).filter_map(typed).collect();
        Ok(Self {
            target,
            parameters,
            settings,
            options,
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
