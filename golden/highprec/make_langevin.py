#!/usr/bin/env python3
"""Writes langevin.json beside itself: laws of Langevin dynamics, in continuous time and in steps.

Needs mpmath and numpy (pip install mpmath numpy). Every closed form by a second route; shares nothing with the Rust code.
Run from the repository root: python3 golden/highprec/make_langevin.py
"""
import itertools
import json
import pathlib

import numpy as np
from mpmath import besselk, diff, exp, inverse, log, matrix, mp, mpc, mpf, nstr, pi, quad, sqrt

mp.dps = 50
HERE = pathlib.Path(__file__).parent
AGREE = mpf(10) ** -28


def agreed(first, second, what, bar=AGREE):
    assert abs(first - second) <= bar * max(abs(first), abs(second)), (what, first, second)
    return first


def record(ident, parameters, value, digits=27):
    text = lambda x: [nstr(y, digits) for y in x] if isinstance(x, list) else nstr(x, digits)
    flat = [abs(y) for x in value.values() for y in (x if isinstance(x, list) else [x])]
    return {"id": ident, "parameters": parameters, "value": {name: text(x) for name, x in value.items()},
            "error": float(max(flat)) * 10.0 ** -(digits - 2)}


def linear(k, x0, v0, times):
    """Mean, variance and stationary covariance; the variance again as an integral over the noise."""
    k, x0, v0 = mpf(k), mpf(x0), mpf(v0)
    noise = lambda t: quad(lambda s: 2 * exp(-2 * k * (t - s)), [0, t])
    times = [mpf(t) for t in times]
    return {"mean": [x0 * exp(-k * t) for t in times],
            "variance": [agreed(v0 * exp(-2 * k * t) + (1 - exp(-2 * k * t)) / k, v0 * exp(-2 * k * t) + noise(t), "variance")
                         for t in times],
            "covariance": [exp(-k * t) / k for t in times]}


def euler(k, eps, x0, v0, steps):
    k, eps, keep = mpf(k), mpf(eps), 1 - mpf(eps) * mpf(k)
    stationary = 1 / (k * (1 - eps * k / 2))
    agreed(stationary, keep ** 2 * stationary + 2 * eps, "fixed point")
    mean, variance = [], []
    for n in steps:
        x, v = mpf(x0), mpf(v0)
        for _ in range(n):
            x, v = keep * x, keep ** 2 * v + 2 * eps
        mean.append(agreed(x, mpf(x0) * keep ** n, "mean"))
        variance.append(agreed(v, mpf(v0) * keep ** (2 * n) + stationary * (1 - keep ** (2 * n)), "variance"))
    return {"stationary_variance": stationary, "mean": mean, "variance": variance}


def leapfrog(k, eps):
    """Variance of n leapfrogs from fresh momenta, as the fixed point of their linear map: the same for every n."""
    k, eps = mpf(k), mpf(eps)
    one = matrix([[1 - k * eps ** 2 / 2, eps], [-k * eps * (1 - k * eps ** 2 / 4), 1 - k * eps ** 2 / 2]])
    value = 1 / (k * (1 - k * eps ** 2 / 4))
    for n in (1, 3, 10):
        m = one ** n
        agreed(value, m[0, 1] ** 2 / (1 - m[0, 0] ** 2), ("leapfrog", n))
    return {"variance": value}


def euler_field(extent, mass2, eps):
    """<phi^2> = [K(1 - eps K/2)]^-1 at one site, K the dense matrix; and the sum over momenta."""
    sites = list(itertools.product(range(extent), repeat=2))
    index = {x: i for i, x in enumerate(sites)}
    kernel = matrix(len(sites), len(sites))
    for (x, y), i in index.items():
        kernel[i, i] += 4 + mpf(mass2)
        for other in ((x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)):
            kernel[i, index[other[0] % extent, other[1] % extent]] -= 1
    modes = [mpf(mass2) + sum(4 * mp.sin(pi * p / extent) ** 2 for p in momentum) for momentum in sites]
    by_modes = mp.fsum(1 / (w * (1 - mpf(eps) * w / 2)) for w in modes) / len(sites)
    if extent > 4:
        return {"phi2": by_modes}
    return {"phi2": agreed(by_modes, inverse(kernel * (mp.eye(len(sites)) - mpf(eps) / 2 * kernel))[0, 0], "field")}


def complex_quartic(sigma, g):
    """Moments of exp(-sigma x^2/2 - g x^4/4), by quadrature and, for Re sigma > 0, by Z = sqrt(s/2g) e^xi K_1/4(xi)."""
    weight = lambda x: exp(-sigma * x ** 2 / 2 - g * x ** 4 / 4)
    points = [mpf(i) / 2 for i in range(0, 25)]
    z, x2, x4 = (quad(lambda x: x ** n * weight(x), points) for n in (0, 2, 4))
    if mp.re(sigma) > 0 and g > 0:
        ln_z = lambda s, c: log(sqrt(s / (2 * c))) + s ** 2 / (8 * c) + log(besselk(mpf(1) / 4, s ** 2 / (8 * c)))
        agreed(x2 / z, -2 * diff(lambda s: ln_z(s, g), sigma), "x2", mpf(10) ** -20)
        agreed(x4 / z, -4 * diff(lambda c: ln_z(sigma, c), g), "x4", mpf(10) ** -20)
    return x2 / z, x4 / z


def euler_quartic(k, g, eps):
    """The top state of the kernel of one step, by squaring it: two grids, long double."""
    found = []
    for nodes in (161, 201):
        cut = min(mpf(9) / 10 * sqrt((2 / mpf(eps) - k) / g), mpf("4.4"))
        x = np.array([np.longdouble(nstr(cut * (2 * i - nodes + 1) / (nodes - 1), 25)) for i in range(nodes)])
        step = np.longdouble(eps)
        arrive = x - step * (np.longdouble(k) * x + np.longdouble(g) * x ** 3)
        power = np.exp(-(x[:, None] - arrive[None, :]) ** 2 / (4 * step))
        for _ in range(14):
            power = power.dot(power)
            power /= np.trace(power)
        density = power[:, nodes // 2]
        found.append([(density * x ** n).sum() / density.sum() for n in (2, 4)])
    difference = max(abs(a / b - 1) for a, b in zip(*found))
    print("euler quartic", eps, "two grids", float(difference), flush=True)
    number = lambda y: mpf(np.format_float_positional(y, precision=25))
    return {"x2": number(found[1][0]), "x4": number(found[1][1])}, difference


def mixture(parts, added, x):
    density = lambda y: mp.fsum(w * exp(-(y - m) ** 2 / (2 * (v + added))) / sqrt(2 * pi * (v + added)) for w, m, v in parts)
    score = mp.fsum(-w * (x - m) / (v + added) * exp(-(x - m) ** 2 / (2 * (v + added))) / sqrt(2 * pi * (v + added))
                    for w, m, v in parts) / density(x)
    agreed(score, diff(lambda y: log(density(y)), x), "score", mpf(10) ** -15)
    return log(density(x)), score


def records():
    for k, x0, v0, times, steps in ((1.0, 2.0, 0.5, [0.1, 0.5, 1.0, 3.0], (0.01, 0.1, 0.5)), (2.5, -1.0, 0.0, [0.2, 1.0], (0.05,))):
        yield record(f"linear_k{k:g}", {"model": "langevin-linear", "k": k, "x0": x0, "v0": v0, "t": times},
                     linear(k, x0, v0, times))
        for eps in steps:
            yield record(f"euler_k{k:g}_eps{eps:g}",
                         {"model": "euler-linear", "k": k, "x0": x0, "v0": v0, "eps": eps, "n": [1, 10, 100]},
                         euler(k, eps, x0, v0, (1, 10, 100)))
    for k, eps in ((1.0, 0.1), (1.0, 0.8), (2.5, 0.5), (4.0, 0.9)):
        yield record(f"leapfrog_k{k:g}_eps{eps:g}", {"model": "leapfrog-linear", "k": k, "eps": eps}, leapfrog(k, eps))
    for extent, mass2, steps in ((8, 0.5, (0.0, 0.01, 0.05, 0.1)), (4, 1.0, (0.0, 0.02))):
        for eps in steps:
            yield record(f"field_{extent}x{extent}_mass2_{mass2:g}_eps{eps:g}",
                         {"model": "euler-free-field", "extents": [extent, extent], "mass2": mass2, "eps": eps},
                         euler_field(extent, mass2, eps))
    for k, g, alpha in ((1.0, 1.0, 1.0), (1.0, 1.0, 0.5), (-1.0, 1.0, 1.0), (-4.0, 4.0, 0.5)):
        x2, x4 = complex_quartic(mpf(k) / alpha, mpf(g) / alpha)
        yield record(f"quartic_k{k:g}_g{g:g}_alpha{alpha:g}", {"model": "quartic", "k": k, "g": g, "alpha": alpha},
                     {"x2": x2, "x4": x4})
    for eps in (0.01, 0.05, 0.1):
        value, difference = euler_quartic(1, 1, eps)
        digits = 15 if difference < 1e-15 else 8
        yield record(f"euler_quartic_k1_g1_eps{eps:g}", {"model": "euler-quartic", "k": 1.0, "g": 1.0, "eps": eps}, value, digits)
    for re, im, g in ((1.0, 1.0, 0.0), (2.0, -3.0, 0.0), (1.0, 1.0, 1.0), (1.0, 4.0, 1.0), (-1.0, 1.0, 1.0), (1.0, -2.0, 0.5)):
        if g:
            x2, x4 = complex_quartic(mpc(re, im), mpf(g))
        else:
            x2, x4 = 1 / mpc(re, im), 3 / mpc(re, im) ** 2
        yield record(f"complex_re{re:g}_im{im:g}_g{g:g}", {"model": "complex-quartic", "sigma": [re, im], "g": g},
                     {"x2": [x2.real, x2.imag], "x4": [x4.real, x4.imag]})
    for t in (1e-5, 0.01, 0.1, 0.25, 0.5, 0.75, 1.0):
        variance = (mpf(25) ** (2 * mpf(t)) - 1) / (2 * log(mpf(25)))
        agreed(variance, quad(lambda u: mpf(25) ** (2 * u), [0, mpf(t)]), "exploding variance")
        yield record(f"exploding_sigma25_t{t:g}", {"model": "exploding-variance", "sigma": 25.0, "t": t}, {"variance": variance})
    for name, parts, times, xs in (("pair", [(0.5, -1.0, 0.1), (0.5, 1.0, 0.1)], (0.0, 0.1, 0.5), [-1.5, 0.3, 2.0]),
                                   ("single", [(1.0, 0.5, 2.0)], (0.0, 0.3), [-1.0, 0.7])):
        for t in times:
            added = (mpf(25) ** (2 * mpf(t)) - 1) / (2 * log(mpf(25)))
            found = [mixture([tuple(mpf(y) for y in part) for part in parts], added, mpf(x)) for x in xs]
            yield record(f"mixture_{name}_t{t:g}",
                         {"model": "mixture", "weights": [p[0] for p in parts], "means": [p[1] for p in parts],
                          "variances": [p[2] for p in parts], "sigma": 25.0, "t": t, "x": xs},
                         {"ln_p": [p for p, _ in found], "score": [s for _, s in found]})


if __name__ == "__main__":
    document = {
        "id": "langevin", "kind": "highprec",
        "quantity": "dphi = -S' dt + sqrt(2 alpha) dW, stationary e^{-S/alpha}. langevin-linear, S = k phi^2/2: mean and variance at "
                    "times t from x0, v0, and stationary covariance <phi(0) phi(t)>. euler-linear: phi' = phi - eps S' + sqrt(2 "
                    "eps) eta, its stationary variance, mean and variance after n steps. leapfrog-linear: variance of leapfrogs with "
                    "fresh momenta and no decision. euler-free-field: <phi^2> of Euler steps of S = sum phi(Box + mass2)phi/2. "
                    "quartic, S = k x^2/2 + g x^4/4: x2 = <x^2>, x4 = <x^4> of e^{-S/alpha}. euler-quartic: the same of Euler "
                    "steps, quasi-stationary on |x| < 0.9 sqrt((2/eps - k)/g). complex-quartic: [Re, Im] of <x^2>, <x^4> of "
                    "e^{-sigma x^2/2 - g x^4/4}. exploding-variance: of dx = sigma^t dW at t. mixture: ln p and score of a mixture "
                    "of normal densities after that",
        "unit": "1",
        "provenance": {
            "made_by": "python3 golden/highprec/make_langevin.py",
            "method": "closed forms and quadrature, mpmath with 50 digits; euler-quartic by the kernel of one step, long double",
            "source": "G. Parisi, Y.-S. Wu, Sci. Sin. 24 (1981) 483; G. Aarts, Phys. Rev. Lett. 102 (2009) 131601",
            "date": "2026-11-27",
            "checks": ["recursions, the linear map of leapfrogs, dense matrices, Bessel functions K_1/4, two grids",
                       "an earlier independent set of values, to all digits that it trusts",
                       "cargo golden: recursions, mode sums, trapezoid rule, iteration of the kernel"],
        },
        "records": list(records()),
    }
    (HERE / "langevin.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
