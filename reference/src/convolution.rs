//! Lattice convolution by index arithmetic: every output, every tap, every channel, one after the other.
//!
//! Fields are `[site][channel][lane]` with sites in row-major order; weights `[tap][in][out]`. Output site `o` reads
//! at `stride·o + offset`, round the lattice or, over an open edge, zero.

/// What to convolve.
#[derive(Clone, Debug)]
pub struct Convolution {
    /// Sites along every axis of the input.
    pub extents: Vec<usize>,
    /// Where every tap reads, relative to `stride·o`.
    pub offsets: Vec<Vec<isize>>,
    /// Steps of the output along every axis.
    pub stride: Vec<usize>,
    /// Whether an axis is closed to a ring.
    pub periodic: Vec<bool>,
    /// Channels of the input.
    pub channels_in: usize,
    /// Channels of the output.
    pub channels_out: usize,
    /// Lanes of both.
    pub lanes: usize,
}

/// A sum, and the sum of its terms' moduli, by which its rounding is judged.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sum {
    /// The sum.
    pub value: f64,
    /// The sum of moduli.
    pub modulus: f64,
    /// The number of terms.
    pub terms: usize,
    lost: f64,
}

impl Sum {
    /// Adds a term; what the addition rounds away is kept.
    pub fn add(&mut self, term: f64) {
        let sum = self.value + term;
        self.lost += if self.value.abs() >= term.abs() {
            (self.value - sum) + term
        } else {
            (term - sum) + self.value
        };
        self.value = sum;
        self.modulus += term.abs();
        self.terms += 1;
    }

    fn finished(self) -> Self {
        Self {
            value: self.value + self.lost,
            lost: 0.0,
            ..self
        }
    }
}

impl Convolution {
    /// All offsets of a kernel, centred: `t − ⌊(k−1)/2⌋` along every axis, the last axis fastest.
    #[must_use]
    pub fn kernel_offsets(kernel: &[usize]) -> Vec<Vec<isize>> {
        places(kernel)
            .into_iter()
            .map(|place| {
                let centre = |axis: usize| (kernel[axis] as isize - 1).div_euclid(2);
                (0..kernel.len())
                    .map(|axis| place[axis] as isize - centre(axis))
                    .collect()
            })
            .collect()
    }

    /// Sites along every axis of the output.
    #[must_use]
    pub fn output_extents(&self) -> Vec<usize> {
        let axes = 0..self.extents.len();
        axes.map(|a| (0..self.extents[a]).step_by(self.stride[a]).count())
            .collect()
    }

    /// `(output site, tap, input site)`, all that there are.
    #[must_use]
    pub fn triples(&self) -> Vec<(usize, usize, usize)> {
        let mut all = Vec::new();
        for (o, place) in places(&self.output_extents()).iter().enumerate() {
            for (t, offset) in self.offsets.iter().enumerate() {
                if let Some(i) = self.source(place, offset) {
                    all.push((o, t, i));
                }
            }
        }
        all
    }

    fn source(&self, place: &[usize], offset: &[isize]) -> Option<usize> {
        let mut index = 0;
        let mut step = 1;
        for axis in (0..place.len()).rev() {
            let length = self.extents[axis] as isize;
            let mut at = (self.stride[axis] * place[axis]) as isize + offset[axis];
            if self.periodic[axis] {
                at = ((at % length) + length) % length;
            } else if at < 0 || at >= length {
                return None;
            }
            index += step * at as usize;
            step *= self.extents[axis];
        }
        Some(index)
    }

    /// The convolution of `x` with `w`, plus `bias`.
    #[must_use]
    pub fn apply(&self, w: &[f64], bias: Option<&[f64]>, x: &[f64]) -> Vec<Sum> {
        let (ins, outs, lanes) = (self.channels_in, self.channels_out, self.lanes);
        let sites: usize = self.output_extents().iter().product();
        let mut y = vec![Sum::default(); sites * outs * lanes];
        for (k, sum) in y.iter_mut().enumerate() {
            if let Some(bias) = bias {
                sum.add(bias[k / lanes % outs]);
            }
        }
        for (o, t, i) in self.triples() {
            for b in 0..outs {
                for a in 0..ins {
                    for l in 0..lanes {
                        let term = w[(t * ins + a) * outs + b] * x[(i * ins + a) * lanes + l];
                        y[(o * outs + b) * lanes + l].add(term);
                    }
                }
            }
        }
        y.into_iter().map(Sum::finished).collect()
    }

    /// The gradient of `Σ dy·conv(x, w)` with respect to `w`.
    #[must_use]
    pub fn weight_gradient(&self, x: &[f64], dy: &[f64]) -> Vec<Sum> {
        let (ins, outs, lanes) = (self.channels_in, self.channels_out, self.lanes);
        let mut dw = vec![Sum::default(); self.offsets.len() * ins * outs];
        for (o, t, i) in self.triples() {
            for a in 0..ins {
                for b in 0..outs {
                    for l in 0..lanes {
                        let term = x[(i * ins + a) * lanes + l] * dy[(o * outs + b) * lanes + l];
                        dw[(t * ins + a) * outs + b].add(term);
                    }
                }
            }
        }
        dw.into_iter().map(Sum::finished).collect()
    }
}

/// All coordinates, the last axis fastest.
fn places(extents: &[usize]) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new()];
    for &extent in extents {
        let longer = |place: &Vec<usize>| {
            let place = place.clone();
            (0..extent).map(move |x| place.iter().copied().chain([x]).collect())
        };
        all = all.iter().flat_map(longer).collect();
    }
    all
}
