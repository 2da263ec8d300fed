//! Layers of networks on a lattice by scalar loops: one sample, fields `[site][channel]`, sites in row-major order.

/// `x/(1 + e^{−x})`.
#[must_use]
pub fn silu(x: f64) -> f64 {
    x / (1.0 + (-x).exp())
}

/// Mean zero and variance one over all sites and a group of channels, then `scale·x + shift` by channel.
#[must_use]
pub fn group_norm(x: &[f64], groups: usize, eps: f64, scale: &[f64], shift: &[f64]) -> Vec<f64> {
    let channels = scale.len();
    let group_of = |i: usize| (i % channels) / (channels / groups);
    let mut out = vec![0.0; x.len()];
    for group in 0..groups {
        let members: Vec<usize> = (0..x.len()).filter(|&i| group_of(i) == group).collect();
        for (&i, normal) in members.iter().zip(normalised(x, &members, eps)) {
            out[i] = scale[i % channels] * normal + shift[i % channels];
        }
    }
    out
}

/// Mean zero and variance one over the channels of each site, then `scale·x + shift` by channel.
#[must_use]
pub fn layer_norm(x: &[f64], eps: f64, scale: &[f64], shift: &[f64]) -> Vec<f64> {
    let channels = scale.len();
    let mut out = vec![0.0; x.len()];
    for site in 0..x.len() / channels {
        let members: Vec<usize> = (0..channels).map(|c| site * channels + c).collect();
        for (c, normal) in normalised(x, &members, eps).into_iter().enumerate() {
            out[site * channels + c] = scale[c] * normal + shift[c];
        }
    }
    out
}

fn normalised(x: &[f64], members: &[usize], eps: f64) -> Vec<f64> {
    let count = members.len() as f64;
    let mean = members.iter().map(|&i| x[i]).sum::<f64>() / count;
    let square = |i: usize| (x[i] - mean) * (x[i] - mean);
    let variance = members.iter().map(|&i| square(i)).sum::<f64>() / count;
    let width = (variance + eps).sqrt();
    members.iter().map(|&i| (x[i] - mean) / width).collect()
}

/// Each site of a two-dimensional lattice repeated `factor` times along both axes.
#[must_use]
pub fn upsample(x: &[f64], extents: [usize; 2], channels: usize, factor: usize) -> Vec<f64> {
    let mut out = Vec::new();
    for row in 0..extents[0] * factor {
        for column in 0..extents[1] * factor {
            let site = row / factor * extents[1] + column / factor;
            out.extend_from_slice(&x[site * channels..(site + 1) * channels]);
        }
    }
    out
}

/// An affine map of the channels of every site.
#[derive(Clone, Debug)]
pub struct ChannelMap {
    /// `[out][in]`.
    pub weight: Vec<f64>,
    /// `[out]`.
    pub bias: Vec<f64>,
}

impl ChannelMap {
    /// `W x_s + b` at every site.
    #[must_use]
    pub fn of(&self, x: &[f64]) -> Vec<f64> {
        let outputs = self.bias.len();
        let inputs = self.weight.len() / outputs;
        let mut out = Vec::new();
        for site in x.chunks(inputs) {
            for o in 0..outputs {
                let mut sum = self.bias[o];
                for (i, value) in site.iter().enumerate() {
                    sum += self.weight[o * inputs + i] * value;
                }
                out.push(sum);
            }
        }
        out
    }
}

/// Self-attention with several heads.
#[derive(Clone, Debug)]
pub struct Attention {
    /// Heads.
    pub heads: usize,
    /// Maps to query, key and value, and of the result.
    pub maps: [ChannelMap; 4],
    /// Whether scores become weights by a soft-max, or by cutting off what is negative.
    pub softmax: bool,
    /// Whether a site sees only itself and those before it.
    pub causal: bool,
}

impl Attention {
    /// The field behind it.
    #[must_use]
    pub fn of(&self, x: &[f64]) -> Vec<f64> {
        let [query, key, value] = [0, 1, 2].map(|i| self.maps[i].of(x));
        let all = self.maps[0].bias.len();
        let (sites, width) = (query.len() / all, all / self.heads);
        let mut mixed = vec![0.0; sites * all];
        for head in 0..self.heads {
            for s in 0..sites {
                let seen = if self.causal { s + 1 } else { sites };
                let mut weights: Vec<f64> = (0..seen)
                    .map(|t| {
                        let mut score = 0.0;
                        for c in head * width..(head + 1) * width {
                            score += query[s * all + c] * key[t * all + c];
                        }
                        score / (width as f64).sqrt()
                    })
                    .collect();
                if self.softmax {
                    let sum: f64 = weights.iter().map(|w| w.exp()).sum();
                    weights.iter_mut().for_each(|w| *w = w.exp() / sum);
                } else {
                    weights.iter_mut().for_each(|w| *w = w.max(0.0));
                }
                for c in head * width..(head + 1) * width {
                    for (t, weight) in weights.iter().enumerate() {
                        mixed[s * all + c] += weight * value[t * all + c];
                    }
                }
            }
        }
        self.maps[3].of(&mixed)
    }
}
