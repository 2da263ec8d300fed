//! `param-counts`: LeNet-5 has 6×10⁴ parameters, DALL-E 2 3.5×10⁹.
//!
//! LeNet-5 is counted twice: by the formula of each layer, and by walking over every connection of
//! every pixel and collecting the distinct weights; without sharing over pixels it would meet
//! 335 340. As published (C3 after its sparse table, trainable subsampling,
//! a fixed output code) it has exactly 60 000; in the usual modern form (full C3, plain pooling, a
//! trained output layer) 61 706. Architecture: Y. LeCun et al., Proc. IEEE 86 (1998) 2278,
//! section II.B and table I, as recalled; the counts follow from it and are not quoted.

use std::collections::HashSet;

use fieldassay::Result;
use fieldassay::num::{Tol, Worst};
use fieldassay::verdict::{Check, Evidence, Verdict, exact};

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
                Sharing::OverPixels,
                Alteration::new(
                    "one weight for all pixels of a map → one for each",
                    Sharing::None,
                ),
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

    /// Walks over every connection of every output pixel, and names the parameter on it.
    fn walk(&self, sharing: Sharing) -> Walk {
        let mut walk = Walk::new(sharing);
        match self {
            Self::Convolution {
                kernel,
                outputs,
                side,
                ..
            } => {
                for (output, inputs) in outputs.iter().enumerate() {
                    for [y, x] in pixels(*side) {
                        walk.meet([y, x], output, None);
                        for &input in inputs {
                            for offset in pixels(*kernel) {
                                walk.meet([y, x], output, Some((input, offset)));
                            }
                        }
                    }
                }
            }
            Self::Subsampling { maps, side, .. } => {
                for map in 0..*maps {
                    for pixel in pixels(*side) {
                        walk.meet(pixel, map, None);
                        // The sum of four inputs has one coefficient, whichever of them it is.
                        for _input in pixels(2) {
                            walk.meet(pixel, map, Some((map, [0, 0])));
                        }
                    }
                }
            }
            Self::Dense {
                inputs, outputs, ..
            } => {
                for output in 0..*outputs {
                    walk.meet([0, 0], output, None);
                    for input in 0..*inputs {
                        walk.meet([0, 0], output, Some((input, [0, 0])));
                    }
                }
            }
        }
        walk
    }
}

/// Whether one weight serves every pixel of an output map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sharing {
    OverPixels,
    None,
}

/// A weight's input map and offset in the window; none for a bias.
type Source = Option<(usize, [usize; 2])>;

/// The connections walked over, and the distinct parameters on them.
struct Walk {
    sharing: Sharing,
    connections: usize,
    /// (output pixel, where weights are not shared; output map; source).
    parameters: HashSet<(Option<[usize; 2]>, usize, Source)>,
}

impl Walk {
    fn new(sharing: Sharing) -> Self {
        Self {
            sharing,
            connections: 0,
            parameters: HashSet::new(),
        }
    }

    fn meet(&mut self, pixel: [usize; 2], output: usize, source: Source) {
        let place = (self.sharing == Sharing::None).then_some(pixel);
        self.connections += 1;
        self.parameters.insert((place, output, source));
    }
}

/// The places of a square map.
fn pixels(side: usize) -> impl Iterator<Item = [usize; 2]> {
    (0..side * side).map(move |i| [i / side, i % side])
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

/// Connections and parameters of each layer as table and text of the publication give them.
const PUBLISHED: [(&str, usize, usize); 6] = [
    ("C1", 122_304, 156),
    ("S2", 5_880, 12),
    ("C3", 151_600, 1_516),
    ("S4", 2_000, 32),
    ("C5", 48_120, 48_120),
    ("F6", 10_164, 10_164),
];

/// Formula against walk, and in the published form the walk against the publication.
fn check_layers(form: Form, walks: &[(Layer, Walk)]) -> [Check; 2] {
    let mut formulas = Worst::new(Tol::EXACT);
    let mut published = Worst::new(Tol::EXACT);
    for (layer, walk) in walks {
        let name = || format!("{}, {form:?}", layer.name());
        let met = walk.parameters.len() as f64;
        formulas.see(layer.formula() as f64, met, name);
        let entry = PUBLISHED.iter().find(|(name, ..)| *name == layer.name());
        if let (Form::Published, Some((_, connections, parameters))) = (form, entry) {
            published.see(walk.connections as f64, *connections as f64, name);
            published.see(met, *parameters as f64, name);
        } else if let (Form::Modern, Some((_, connections, _))) = (form, entry) {
            // The full C3 table has 96 kernels where the sparse one has 60.
            let more = if layer.name() == "C3" { 36 * 25 * 100 } else { 0 };
            published.see(walk.connections as f64, (connections + more) as f64, name);
        }
    }
    let (layers, figures) = match form {
        Form::Published => (6, 12),
        Form::Modern => (5, 4),
    };
    [
        formulas.into_check(
            format!("{form:?} form: formula against parameters met on the walk"),
            layers,
        ),
        published.into_check(
            format!("{form:?} form: walk against LeCun et al., section II.B"),
            figures,
        ),
    ]
}

fn counts_lenet(_: &Context<'_>, sharing: &Sharing) -> Result<Finding> {
    const SLIDE: f64 = 6e4;
    const ONE_DIGIT: Tol = Tol::abs(5e3).because("half a unit of the only printed digit");
    let mut evidence = Evidence::new();
    let mut published = f64::NAN;
    for (form, known) in [(Form::Published, 60_000.0), (Form::Modern, 61_706.0)] {
        let walks: Vec<(Layer, Walk)> = (lenet5(form).into_iter())
            .map(|layer| {
                let walk = layer.walk(*sharing);
                (layer, walk)
            })
            .collect();
        let total = (walks.iter().map(|(_, walk)| walk.parameters.len())).sum::<usize>() as f64;
        evidence.extend(check_layers(form, &walks));
        evidence.extend([
            exact(format!("{form:?} form against the figure in use"), total, known, Tol::EXACT),
            exact(format!("{form:?} form against the slide"), total, SLIDE, ONE_DIGIT),
        ]);
        if form == Form::Published {
            published = total;
        }
    }
    let headline = Headline {
        quantity: "trainable parameters of LeNet-5 as published".into(),
        claimed: SLIDE,
        value: published,
        error: 0.0,
    };
    Ok(Finding::new(evidence, headline))
}
