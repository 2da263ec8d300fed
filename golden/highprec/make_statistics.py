#!/usr/bin/env python3
"""Writes statistics.json beside itself.

Needs mpmath (pip install mpmath). Integer series, so that sums are exact rationals; 40 digits after them.
Shares nothing with the Rust code. Run from the repository root: python3 golden/highprec/make_statistics.py
"""
import json
import pathlib
from fractions import Fraction
from math import comb, factorial, floor

from mpmath import acosh, cosh, erfc, exp, findroot, gammainc, log, mp, mpf, nstr, sqrt

mp.dps = 40
HERE = pathlib.Path(__file__).parent
RECORDS = []


def text(x):
    """Twenty significant digits."""
    return nstr(real(x), 20, strip_zeros=False)


def real(x):
    return mpf(x.numerator) / mpf(x.denominator) if isinstance(x, Fraction) else mpf(x)


def record(name, definition, parameters, value, error="1e-17", digits=18):
    """One record; the error is absolute and covers the largest number of the value."""
    RECORDS.append({"id": name, "definition": definition, "parameters": parameters, "value": value,
                    "error": float(error), "trusted_digits": digits})


def series(seed, count, numerator):
    """s' = (1103515245 s + 12345) mod 2^31, y' = floor(numerator y/8) + (s' >> 21), 64 steps dropped."""
    s, y, out = seed, 0, []
    for step in range(count + 64):
        s = (1103515245 * s + 12345) % 2 ** 31
        y = (numerator * y) // 8 + (s >> 21)
        if step >= 64:
            out.append(y)
    return out


def autocovariance(replicas, lag):
    """Pooled, exact: sum over replicas of (x_i - m)(x_{i+t} - m), divided by N - R t."""
    total = sum(len(r) for r in replicas)
    mean = Fraction(sum(sum(r) for r in replicas), 1) / total
    pairs = sum((r[i] - mean) * (r[i + lag] - mean) for r in replicas for i in range(len(r) - lag))
    return pairs / (total - len(replicas) * lag)


def gamma_method(replicas, s=mpf("1.5")):
    """Wolff's analysis of the mean: window, C, tau_int, with and without the correction of the bias."""
    n = sum(len(r) for r in replicas)
    gamma = [real(autocovariance(replicas, 0))]
    while True:
        w = len(gamma)
        assert w < min(len(r) for r in replicas) // 2
        gamma.append(real(autocovariance(replicas, w)))
        tau = (gamma[0] + 2 * sum(gamma[1:])) / (2 * gamma[0])
        assert tau > mpf(1) / 2, "the golden series are positively correlated"
        tau_w = s / log((2 * tau + 1) / (2 * tau - 1))
        if exp(-w / tau_w) - tau_w / sqrt(w * n) < 0:
            break
    raw = gamma[0] + 2 * sum(gamma[1:])
    corrected = [g + raw / n for g in gamma]
    c = corrected[0] + 2 * sum(corrected[1:])
    tau = c / (2 * corrected[0])
    error = sqrt(c / n)
    value = {
        "Gamma": [text(g) for g in gamma],
        "W": str(w),
        "C_uncorrected": text(raw),
        "tau_int_uncorrected": text(raw / (2 * gamma[0])),
        "C": text(c),
        "tau_int": text(tau),
        "error": text(error),
        "dtau": text(2 * tau * sqrt((w + mpf(1) / 2 - tau) / n)),
        "derror": text(error * sqrt((w + mpf(1) / 2) / n)),
    }
    return value, c


def gammas():
    for seed, n, numerator in [(12345, 512, 7), (2024, 400, 5), (77, 3000, 6)]:
        chain = series(seed, n, numerator)
        value, _ = gamma_method([chain])
        value["mean"] = text(Fraction(sum(chain), n))
        record(f"gamma_{seed}", "Gamma method of the mean of an integer series",
               {"seed": seed, "N": n, "numerator": numerator, "S": 1.5}, value, 1e-12)
    chains = [series(12345, 512, 7), series(31, 300, 7), series(8, 190, 7)]
    value, c = gamma_method(chains)
    n = sum(map(len, chains))
    mean = real(Fraction(sum(map(sum, chains)), n))
    chi2 = sum(len(r) * (real(Fraction(sum(r), len(r))) - mean) ** 2 for r in chains) / c
    value.update({"mean": text(mean), "chi2": text(chi2), "Q": text(gammainc(1, chi2 / 2, regularized=True))})
    record("gamma_replicas", "pooled Gamma of three replicas, chi^2 = sum N_r (m_r - m)^2/C, Q = Q(1, chi^2/2)",
           {"seeds": [12345, 31, 8], "N": [512, 300, 190], "numerator": 7, "S": 1.5}, value, 1e-12)


def jackknives():
    for seed, n, numerator in [(12345, 512, 7), (2024, 400, 5)]:
        chain = series(seed, n, numerator)
        for size in (1, 8, 16):
            count = n // size
            bins = [(Fraction(sum(chain[b * size:(b + 1) * size]), size),
                     Fraction(sum(x * x for x in chain[b * size:(b + 1) * size]), size)) for b in range(count)]
            whole = [sum(column) for column in zip(*bins)]

            def spread(theta):
                full = theta(whole[0] / count, whole[1] / count)
                left = [theta((whole[0] - x) / (count - 1), (whole[1] - xx) / (count - 1)) for x, xx in bins]
                middle = sum(left) / count
                error = sqrt(real(sum((t - middle) ** 2 for t in left)) * (count - 1) / count)
                return {"estimate": text(full), "jackknife_mean": text(middle),
                        "bias_corrected": text(count * full - (count - 1) * middle), "error": text(error),
                        "blocks": str(count)}

            parameters = {"seed": seed, "N": n, "numerator": numerator, "block": size}
            record(f"jack_{seed}_B{size}", "delete-one-block jackknife of ln(<x^2>/<x>^2), tail dropped",
                   parameters, spread(lambda x, xx: log(real(xx) / real(x) ** 2)))
            record(f"jackmean_{seed}_B{size}", "delete-one-block jackknife of <x>, tail dropped",
                   parameters, spread(lambda x, xx: x), 1e-14)


def masses():
    amplitudes, energies, period = ["1.0", "0.6", "0.3"], ["0.35", "0.72", "1.3"], 32
    a, e = [mpf(x) for x in amplitudes], [mpf(x) for x in energies]
    plain = [sum(x * exp(-m * t) for x, m in zip(a, e)) for t in range(period + 1)]
    folded = [sum(x * (exp(-m * t) + exp(-m * (period - t))) for x, m in zip(a, e)) for t in range(period + 1)]

    def ratio(t):
        wanted = folded[t] / folded[t + 1]
        half = mpf(period) / 2
        return findroot(lambda m: cosh(m * (half - t)) / cosh(m * (half - t - 1)) - wanted, log(plain[t] / plain[t + 1]))

    times = range(1, period // 2)
    record("effective_mass",
           "C(t) = sum A e^{-Et} (log), sum A (e^{-Et} + e^{-E(T-t)}) (the others). log: ln C(t)/C(t+1); "
           "arcosh: arcosh[(C(t-1)+C(t+1))/2C(t)]; cosh_ratio: C(t)/C(t+1) = cosh(m(T/2-t))/cosh(m(T/2-t-1))",
           {"A": amplitudes, "E": energies, "T": period},
           {"t": [str(t) for t in times],
            "log": [text(log(plain[t] / plain[t + 1])) for t in times],
            "arcosh": [text(acosh((folded[t - 1] + folded[t + 1]) / (2 * folded[t]))) for t in times],
            "cosh_ratio": [text(ratio(t)) for t in times]})


def weights():
    for scale in ("1.0", "1.5", "0.9", "2.0"):
        s = mpf(scale)
        record(f"ess_scale_{scale}", "p = N(0,1), q = N(0,s^2): ESS/N = sqrt(2 s^2 - 1)/s^2", {"s": scale},
               text(sqrt(2 * s * s - 1) / (s * s)))
    for shift in ("0.5", "1.0"):
        record(f"ess_shift_{shift}", "p = N(0,1), q = N(mu,1): ESS/N = e^{-mu^2}", {"mu": shift},
               text(exp(-mpf(shift) ** 2)))
    w = [Fraction(k, 3) for k in (1, 2, 5, 3, 3, 5, 2, 1, 2, 5, 3, 3, 5, 2, 1, 2, 5, 3, 3, 5)]
    record("ess_kish", "(sum w)^2/sum w^2 of w = k/3", {"k": [int(3 * x) for x in w]},
           text(sum(w) ** 2 / sum(x * x for x in w)), 1e-15)


def chi2_tails():
    for dof in (1, 2, 3, 5, 10, 31, 100, 501):
        for p in (0.9, 0.5, 1e-3, 1e-6, 1e-10, 1e-14, 1e-30):
            # Wilson and Hilferty: only the place of the point, which is then a double.
            z = -sqrt(2) * mp.erfinv(2 * mpf(p) - 1) if p > 1e-15 else mpf(12)
            chi2 = float(dof * max(mpf("0.01"), 1 - mpf(2) / (9 * dof) + z * sqrt(mpf(2) / (9 * dof))) ** 3)
            tail = gammainc(mpf(dof) / 2, mpf(chi2) / 2, regularized=True)
            record(f"chi2_{dof}_{p:g}", "P(chi^2 > x)", {"dof": dof, "x": chi2}, text(tail), tail * mpf("1e-18"))


def kolmogorov(n, d):
    """P(D_n < d), exact rationals: Durbin's matrix, Marsaglia, Tsang and Wang, J. Stat. Softw. 8 (2003) 18."""
    k = floor(n * d) + 1
    h = k - n * d
    m = 2 * k - 1
    matrix = [[Fraction(int(i - j + 1 >= 0)) for j in range(m)] for i in range(m)]
    for i in range(m):
        matrix[i][0] -= h ** (i + 1)
        matrix[m - 1][i] -= h ** (m - i)
    matrix[m - 1][0] += max(Fraction(0), 2 * h - 1) ** m
    for i in range(m):
        for j in range(m):
            if i - j + 1 > 0:
                matrix[i][j] /= factorial(i - j + 1)
    row = [Fraction(int(j == k - 1)) for j in range(m)]
    for _ in range(n):
        row = [sum(row[i] * matrix[i][j] for i in range(m)) for j in range(m)]
    return row[k - 1] * factorial(n) / Fraction(n) ** n


def two_sample_tail(n, m, threshold):
    """P(max |i m - j n| >= threshold): paths counted with integers."""
    inside = {(0, 0): 1}
    for i in range(n + 1):
        for j in range(m + 1):
            if (i, j) != (0, 0):
                free = abs(i * m - j * n) < threshold
                inside[i, j] = inside.get((i - 1, j), 0) + inside.get((i, j - 1), 0) if free else 0
    return Fraction(comb(n + m, n) - inside[n, m], comb(n + m, n))


def kolmogorov_tails():
    assert kolmogorov(10, Fraction(274, 1000)) > Fraction(628, 1000)
    for n, ds in [(1, ("0.6",)), (2, ("0.3", "0.8")), (5, ("0.25", "0.5", "0.85")), (10, ("0.125", "0.274", "0.6", "0.9")),
                  (40, ("0.0625", "0.125", "0.25", "0.5")), (100, ("0.05", "0.125", "0.25", "0.375"))]:
        for d in ds:
            tail = 1 - kolmogorov(n, Fraction(float(d)))
            record(f"ks_{n}_{d}", "P(D_n >= d) of n uniform numbers; d as the nearest double",
                   {"n": n, "d": float(d)}, text(tail), real(tail) * mpf("1e-18"))
    for n, m, thresholds in [(3, 4, (12, 8)), (10, 10, (40, 80, 100)), (20, 31, (200, 300, 500)), (80, 60, (1200, 2400, 4000))]:
        for threshold in thresholds:
            tail = two_sample_tail(n, m, threshold)
            record(f"ks2_{n}_{m}_{threshold}", "P(max |i m - j n| >= threshold) for samples of n and m",
                   {"n": n, "m": m, "threshold": threshold}, text(tail), real(tail) * mpf("1e-18"))


def main():
    for part in (gammas, jackknives, masses, weights, chi2_tails, kolmogorov_tails):
        part()
    for r in RECORDS:
        r["error"] = float(r["error"])
    golden = {
        "id": "statistics",
        "kind": "highprec",
        "quantity": "Gamma method, jackknife, effective masses, effective sample sizes, tails of chi^2 and of Kolmogorov and Smirnov",
        "unit": "1",
        "provenance": {
            "made_by": "python3 golden/highprec/make_statistics.py",
            "method": "exact rationals of integer series, then mpmath with 40 digits",
            "source": [
                "U. Wolff, Comput. Phys. Commun. 156 (2004) 143",
                "G. Marsaglia, W. W. Tsang, J. Wang, J. Stat. Softw. 8 (2003) 18",
            ],
            "date": "2026-11-27",
            "checks": [
                "an independent set of 18-digit values of the records gamma_12345, gamma_2024, jack_*, effective_mass and ess_*",
                "laws stats: the library, and reference::gamma_method and reference::kolmogorov by direct sums",
            ],
        },
        "records": RECORDS,
    }
    (HERE / "statistics.json").write_text(json.dumps(golden, indent=1) + "\n")


main()
