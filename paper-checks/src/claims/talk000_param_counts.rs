//! `param-counts`: LeNet-5 has 6×10⁴ parameters, DALL-E 2 3.5×10⁹.
//!
//! LeNet-5 is counted twice: by the formula of each layer, and by walking over every connection and
//! collecting the distinct weights. As published (C3 after its sparse table, trainable subsampling,
//! a fixed output code) it has exactly 60 000; in the usual modern form (full C3, plain pooling, a
//! trained output layer) 61 706. Source: Y. LeCun et al., Proc. IEEE 86 (1998) 2278, section II.B,
//! table I.

use std::collections::HashSet;

use fieldassay::Result;
use fieldassay::num::Tol;
use fieldassay::verdict::{Evidence, Verdict, exact};

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "param-counts",
        "Yu Lu, Rediscovery of Numerical Luescher's Formula from the Neural Network, IHEP, 2024-11-08: \
         section \"Parameter Number is Huge\"",
        "1998: LeNet-5, 6 × 10⁴; 2022: DALL-E 2, 3.5 × 10⁹",
        vec![
            Statement::says(
                "LeNet-5",
                "LeNet-5 has 6×10⁴ parameters to one digit, in its published and in its modern form.",
                "a count outside 55 000 to 65 000",
            )
            .decided_by(
                Verdict::Supported,
                counts_lenet,
                6e4,
                Alteration::new("6×10⁴ → 7×10⁴", 7e4),
            ),
            Statement::says(
                "DALL-E 2",
                "DALL-E 2 has 3.5×10⁹ parameters.",
                "a published list of its layers with another count",
            )
            .not_checkable(
                "neither the weights nor a complete list of layers is public; 3.5 billion is the \
                 figure that its authors give for the diffusion decoder alone, prior and \
                 up-samplers not included, so there is nothing to count",
            ),
        ],
    )
}

/// The two forms of LeNet-5 in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// LeCun et al. 1998.
    Published,
    /// Every C3 map sees every S2 map, pooling has no weights, the output layer is trained.
    Modern,
}

/// One layer of parameters.
#[derive(Clone, Debug)]
enum Layer {
    /// `kernel × kernel` filters from input maps to output maps: one list of inputs per output.
    Convolution {
        name: &'static str,
        kernel: usize,
        outputs: Vec<Vec<usize>>,
        /// Side of an output map.
        side: usize,
    },
    /// One coefficient and one bias per map.
    Subsampling {
        name: &'static str,
        maps: usize,
        side: usize,
    },
    /// Every input to every output.
    Dense {
        name: &'static str,
        inputs: usize,
        outputs: usize,
    },
}

impl Layer {
    const fn name(&self) -> &'static str {
        match self {
            Self::Convolution { name, .. }
            | Self::Subsampling { name, .. }
            | Self::Dense { name, .. } => name,
        }
    }

    /// The number of parameters, by formula.
    fn formula(&self) -> usize {
        match self {
            Self::Convolution {
                kernel, outputs, ..
            } => (outputs.iter())
                .map(|inputs| kernel * kernel * inputs.len() + 1)
                .sum(),
            Self::Subsampling { maps, .. } => 2 * maps,
            Self::Dense {
                inputs, outputs, ..
            } => outputs * (inputs + 1),
        }
    }

    /// The number of distinct parameters met on a walk over all connections; a weight is named by
    /// (output map, input, row, column) and a bias by (output map, none).
    fn walked(&self) -> usize {
        let mut met = HashSet::new();
        match self {
            Self::Convolution {
                kernel,
                outputs,
                side,
                ..
            } => {
                for (output, inputs) in outputs.iter().enumerate() {
                    for _pixel in 0..side * side {
                        met.insert((output, None));
                        for &input in inputs {
                            for tap in 0..kernel * kernel {
                                met.insert((output, Some((input, tap))));
                            }
                        }
                    }
                }
            }
            Self::Subsampling { maps, side, .. } => {
                for map in 0..*maps {
                    for _pixel in 0..side * side {
                        met.insert((map, None));
                        met.insert((map, Some((map, 0))));
                    }
                }
            }
            Self::Dense {
                inputs, outputs, ..
            } => {
                for output in 0..*outputs {
                    met.insert((output, None));
                    met.extend((0..*inputs).map(|input| (output, Some((input, 0)))));
                }
            }
        }
        met.len()
    }
}

/// The inputs of each C3 map: six of 3 and six of 4 neighbours, three of 4 in two pairs, one of all.
fn c3_table() -> Vec<Vec<usize>> {
    let ring = |offsets: &[usize], first: usize| offsets.iter().map(|o| (first + o) % 6).collect();
    let mut table: Vec<Vec<usize>> = Vec::new();
    table.extend((0..6).map(|first| ring(&[0, 1, 2], first)));
    table.extend((0..6).map(|first| ring(&[0, 1, 2, 3], first)));
    table.extend((0..3).map(|first| ring(&[0, 1, 3, 4], first)));
    table.push((0..6).collect());
    table
}

fn lenet5(form: Form) -> Vec<Layer> {
    let all = |inputs: usize, outputs: usize| vec![(0..inputs).collect(); outputs];
    let convolution = |name, outputs, side| Layer::Convolution {
        name,
        kernel: 5,
        outputs,
        side,
    };
    let c3 = match form {
        Form::Published => c3_table(),
        Form::Modern => all(6, 16),
    };
    let mut layers = vec![
        convolution("C1", all(1, 6), 28),
        convolution("C3", c3, 10),
        convolution("C5", all(16, 120), 1),
        Layer::Dense {
            name: "F6",
            inputs: 120,
            outputs: 84,
        },
    ];
    match form {
        Form::Published => layers.extend([("S2", 6, 14), ("S4", 16, 5)].map(
            |(name, maps, side)| Layer::Subsampling { name, maps, side },
        )),
        Form::Modern => layers.push(Layer::Dense {
            name: "output",
            inputs: 84,
            outputs: 10,
        }),
    }
    layers
}

fn counts_lenet(_: &Context<'_>, claimed: &f64) -> Result<Finding> {
    const ONE_DIGIT: Tol = Tol::abs(5e3).because("half a unit of the only printed digit");
    let mut evidence = Evidence::new();
    let mut published = f64::NAN;
    for (form, words) in [(Form::Published, "as published"), (Form::Modern, "modern form")] {
        let layers = lenet5(form);
        for layer in &layers {
            evidence.push(exact(
                format!("{}, {words}: formula against a walk over the connections", layer.name()),
                layer.formula() as f64,
                layer.walked() as f64,
                Tol::EXACT,
            ));
        }
        let total = layers.iter().map(Layer::formula).sum::<usize>() as f64;
        let known = match form {
            Form::Published => 60_000.0,
            Form::Modern => 61_706.0,
        };
        evidence.push(exact(
            format!("LeNet-5 {words} against the figure in use"),
            total,
            known,
            Tol::EXACT,
        ));
        evidence.push(exact(
            format!("LeNet-5 {words} against the slide"),
            total,
            *claimed,
            ONE_DIGIT,
        ));
        if form == Form::Published {
            published = total;
        }
    }
    let headline = Headline {
        quantity: "trainable parameters of LeNet-5 as published".into(),
        claimed: *claimed,
        value: published,
        error: 0.0,
    };
    Ok(Finding::new(evidence, headline))
}
