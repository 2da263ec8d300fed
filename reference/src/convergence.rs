//! R̂ and effective sample sizes of several chains, step by step as the recipe is printed: ranks by counting,
//! the normal quantile by bisection of its power series, autocovariances as double loops.
//!
//! Source: A. Vehtari, A. Gelman, D. Simpson, B. Carpenter, P.-C. Bürkner, Bayesian Analysis 16 (2021) 667.

/// `Φ(z)` by its power series, good to 1e-15 for `|z| < 5`.
fn phi(z: f64) -> f64 {
    let (mut term, mut sum) = (z, z);
    for k in 1..200 {
        term *= -z * z / 2.0 / f64::from(k);
        sum += term / f64::from(2 * k + 1);
    }
    0.5 + sum / (2.0 * std::f64::consts::PI).sqrt()
}

fn quantile(p: f64) -> f64 {
    let (mut low, mut high) = (-5.0, 5.0);
    for _ in 0..100 {
        let middle = (low + high) / 2.0;
        if phi(middle) < p {
            low = middle;
        } else {
            high = middle;
        }
    }
    (low + high) / 2.0
}

/// Both halves of every chain, the middle draw of an odd one left out.
#[must_use]
pub fn halves(chains: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let mut out = Vec::new();
    for chain in chains {
        let half = chain.len() / 2;
        out.push(chain[..half].to_vec());
        out.push(chain[chain.len() - half..].to_vec());
    }
    out
}

/// Normal scores of the ranks among all draws.
#[must_use]
pub fn scores(chains: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let all: Vec<f64> = chains.concat();
    let score = |x: f64| {
        let below = all.iter().filter(|y| **y < x).count() as f64;
        let same = all.iter().filter(|y| **y == x).count() as f64;
        quantile((below + (same + 1.0) / 2.0 - 0.375) / (all.len() as f64 + 0.25))
    };
    let of_chain = |chain: &Vec<f64>| chain.iter().map(|&x| score(x)).collect();
    chains.iter().map(of_chain).collect()
}

/// `|x − median|`.
#[must_use]
pub fn folded(chains: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let mut all: Vec<f64> = chains.concat();
    all.sort_by(f64::total_cmp);
    let n = all.len();
    let median = (all[(n - 1) / 2] + all[n / 2]) / 2.0;
    let of_chain = |chain: &Vec<f64>| chain.iter().map(|x| (x - median).abs()).collect();
    chains.iter().map(of_chain).collect()
}

fn mean(x: &[f64]) -> f64 {
    x.iter().sum::<f64>() / x.len() as f64
}

/// Within- and between-chain variances `W` and `B` of Gelman and Rubin.
fn variances(chains: &[Vec<f64>]) -> (f64, f64) {
    let (m, n) = (chains.len() as f64, chains[0].len() as f64);
    let means: Vec<f64> = chains.iter().map(|c| mean(c)).collect();
    let grand = mean(&means);
    let b = n / (m - 1.0) * means.iter().map(|x| (x - grand) * (x - grand)).sum::<f64>();
    let mut w = 0.0;
    for (chain, mean) in chains.iter().zip(&means) {
        w += chain.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0) / m;
    }
    (w, b)
}

/// `√(var⁺/W)`.
#[must_use]
pub fn rhat(chains: &[Vec<f64>]) -> f64 {
    let n = chains[0].len() as f64;
    let (w, b) = variances(chains);
    (((n - 1.0) / n * w + b / n) / w).sqrt()
}

/// `S/τ` by Geyer's initial positive, then monotone, sequence.
#[must_use]
pub fn ess(chains: &[Vec<f64>]) -> f64 {
    let (m, n) = (chains.len() as f64, chains[0].len());
    let (w, b) = variances(chains);
    let plus = (n as f64 - 1.0) / n as f64 * w + b / n as f64;
    let rho = |t: usize| {
        let mut gamma = 0.0;
        for chain in chains {
            let mean = mean(chain);
            for i in 0..n - t {
                gamma += (chain[i] - mean) * (chain[i + t] - mean) / n as f64 / m;
            }
        }
        1.0 - (w - gamma) / plus
    };
    let mut kept = vec![0.0; n + 2];
    (kept[0], kept[1]) = (1.0, rho(1));
    let (mut t, mut even, mut odd) = (0, 1.0, kept[1]);
    while t + 5 < n && even + odd > 0.0 {
        t += 2;
        (even, odd) = (rho(t), rho(t + 1));
        if even + odd >= 0.0 {
            (kept[t], kept[t + 1]) = (even, odd);
        }
    }
    let last = t;
    if even > 0.0 {
        kept[last] = even;
    }
    t = 0;
    while t + 4 <= last {
        t += 2;
        if kept[t] + kept[t + 1] > kept[t - 2] + kept[t - 1] {
            kept[t] = (kept[t - 2] + kept[t - 1]) / 2.0;
            kept[t + 1] = kept[t];
        }
    }
    let draws = m * n as f64;
    let tau = -1.0 + 2.0 * kept[..last].iter().sum::<f64>() + kept[last];
    draws / tau.max(1.0 / draws.log10())
}
