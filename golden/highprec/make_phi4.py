#!/usr/bin/env python3
"""Writes phi4.json beside itself: phi^4 on small periodic lattices.

Needs mpmath and numpy (pip install mpmath numpy). 2x2 is a ring of four sites with doubled bonds: powers of one matrix in
fixed point of 256 bits. Larger lattices row by row in double precision: 2x4 on an even grid, 3x3 on a Gauss rule.
Shares nothing with the Rust code. Run from the repository root: python3 golden/highprec/make_phi4.py
"""
import itertools
import json
import pathlib

import numpy as np
from mpmath import exp, log, matrix, mp, mpf, nstr, pi

mp.dps = 40
HERE = pathlib.Path(__file__).parent


def record(ident, parameters, value, digits):
    text = lambda x: [nstr(mpf(y), digits + 2) for y in x] if isinstance(x, list) else nstr(mpf(x), digits + 2)
    flat = [abs(y) for x in value.values() for y in (x if isinstance(x, list) else [x])]
    return {"id": ident, "parameters": parameters, "value": {name: text(x) for name, x in value.items()},
            "error": float(max(flat)) * 10.0 ** -digits}


def completed(value, K, A, G, sites, tolerance, what):
    """Adds what follows, and checks the Schwinger-Dyson equation."""
    both = value["link"][0] + value["link"][1]
    value["action"] = -2 * K * both + A * value["phi2"] + G * value["phi4"]
    excess = -4 * K * both + 2 * A * value["phi2"] + 4 * G * value["phi4"] - 1
    assert abs(excess) < tolerance * (4 * abs(K * both) + 2 * abs(A * value["phi2"]) + 1), (what, "Schwinger-Dyson", excess)
    if "M4" in value:
        value["binder"] = 1 - value["M4"] / (3 * value["chi2"] ** 2)
    return value


# 2x2 ---------------------------------------------------------------------------------------------------------------------

BITS = 256


def fixed(numbers):
    """Numbers, or a list of lists of them, in fixed point."""
    one = lambda y: int(mp.floor(y * mpf(2) ** BITS + mpf(1) / 2))
    return np.array([[one(y) for y in x] if isinstance(x, list) else one(x) for x in numbers], dtype=object)


def back(n):
    return mpf(int(n)) / mpf(2) ** BITS


def times(a, b):
    return (a * b) >> BITS


def through(a, b):
    return a.dot(b) >> BITS


def total(a):
    return back(a.sum())


def square_of_four(K, A, G, step, count, frequencies):
    """All of it on a ring of four sites whose bonds e^{4 K phi phi'} are the doubled ones of the torus."""
    K, A, G, h = mpf(K), mpf(A), mpf(G), mpf(step)
    x = [h * (i - mpf(count - 1) / 2) for i in range(count)]
    # 4 K phi phi' = 2 K (phi^2 + phi'^2) - 2 K (phi - phi')^2
    ln_site = lambda y: -(A - 4 * K) * y ** 2 - G * y ** 4
    height = max(ln_site(y) for y in x)
    x = [y for y in x if ln_site(y) > height - 85]
    count = len(x)
    half = [exp((ln_site(y) - height) / 2) for y in x]
    q = fixed([[h * half[i] * half[j] * exp(-2 * K * (x[i] - x[j]) ** 2) for j in range(count)] for i in range(count)])
    xs = fixed(x)
    powers = [fixed([y ** k for y in x]) for k in range(5)]
    both = times(xs[:, None], xs[None, :])
    two = through(q, q)
    z = total(times(two, two))
    diagonal = times(two, two).sum(axis=1)
    mean = lambda power: total(times(diagonal, powers[power])) / z
    near = total(times(times(q, through(q, two).T), both)) / z  # q_ab (q^3)_ba
    across = total(times(times(two, two), both)) / z
    value = {"lnZ_per_site": height + log(z) / 4, "phi2": mean(2), "phi4": mean(4), "link": [near, near],
             "C": [mean(2) + near, near + across]}
    value["chi2"] = value["C"][0] + value["C"][1]
    # Moments of M: power series of e^{h M}, the source split over both ends of every bond.
    ends = (xs[:, None] + xs[None, :]) >> 1
    series = [q]
    for k in range(1, 5):
        series.append(times(series[-1], ends) // k)
    pair = [sum(through(series[j], series[k - j]) for j in range(k + 1)) for k in range(5)]
    m4 = 24 * sum(total(times(pair[j], pair[4 - j].T)) for j in range(5)) / z
    m2 = 2 * sum(total(times(pair[j], pair[2 - j].T)) for j in range(3)) / z
    assert abs(m2 / 4 - value["chi2"]) < mpf(10) ** -28 * value["chi2"]
    value["M4"] = m4 / 16
    # |theta| = (2/pi)[pi^2/6 + theta^2/4 - sum cos(n theta)/n^2], theta = pi M/range
    reach = 2 * x[-1]
    waves, plain = mpf(0), np.array([[np.longdouble(nstr(back(y), 25)) for y in row] for row in q])
    for n in range(1, frequencies + 1):
        turn = np.exp(1j * np.longdouble(n) * np.array([np.longdouble(nstr(y * pi / reach, 25)) for y in x]))
        pair = plain.dot(turn[:, None] * plain)
        g = (pair * pair.T * turn[:, None] * turn[None, :]).sum().real / np.longdouble(z)
        waves += mpf(np.format_float_positional(g, precision=30)) / n ** 2
        if n > 10 and abs(g) < 1e-19:
            break
    else:
        raise AssertionError(("frequencies", n, g))
    theta = pi / reach
    value["absM"] = 2 / pi * (pi ** 2 / 6 + theta ** 2 * m2 / 4 - waves) / theta / 4
    return completed(value, K, A, G, 4, mpf(10) ** -28, "2x2")


# Rows --------------------------------------------------------------------------------------------------------------------

def even(step, count):
    """Points and logarithms of their weights."""
    return [(mpf(step) * (i - mpf(count - 1) / 2), log(mpf(step))) for i in range(count)]


def gauss(K, A, G, order):
    """A Gauss rule for exp(-(A - 5K/2) phi^2 - G phi^4), Stieltjes' procedure on 800 points."""
    ln_weight = lambda y: -(mpf(A) - mpf(5) / 2 * mpf(K)) * y ** 2 - mpf(G) * y ** 4
    reach = mpf(1)
    while ln_weight(reach) > -110:
        reach *= mpf(21) / 20
    fine = [reach * (2 * i - 799) / 799 for i in range(800)]
    measure = [exp(ln_weight(y)) * 2 * reach / 799 for y in fine]
    total = mp.fsum(measure)
    older, now, last, jacobi = [mpf(0)] * 800, [1 / mp.sqrt(total)] * 800, mpf(0), matrix(order, order)
    for k in range(1, order):
        grown = [y * p - last * q for y, p, q in zip(fine, now, older)]
        last = mp.sqrt(mp.fsum(p * p * w for p, w in zip(grown, measure)))
        older, now = now, [p / last for p in grown]
        jacobi[k, k - 1] = jacobi[k - 1, k] = last
    nodes, vectors = mp.eigsy(jacobi)
    rule = sorted((nodes[k], log(total * vectors[0, k] ** 2) - ln_weight(nodes[k])) for k in range(order))
    return [((x - y) / 2, (u + v) / 2) for (x, u), (y, v) in zip(rule, reversed(rule))]


class Rows:
    """Rows of l0 sites, each on the points of a rule; T(a, b) = sqrt(W_a) prod exp(-K (phi - phi')^2) sqrt(W_b)."""

    def __init__(self, l0, K, A, G, rule, kind):
        self.l0, self.n, self.kind = l0, len(rule), kind
        count = self.n
        number = lambda y: kind(nstr(y, 25))
        self.x = np.array([number(x) for x, _ in rule], dtype=kind)
        ln_site = [-(mpf(A) - 4 * mpf(K)) * x ** 2 - mpf(G) * x ** 4 + w for x, w in rule]
        self.height = number(max(ln_site))
        self.bond = np.exp(-kind(K) * (self.x[:, None] - self.x[None, :]) ** 2)
        site = np.array([number(exp(y - max(ln_site))) for y in ln_site], dtype=kind)
        weight = np.ones((count,) * l0, dtype=kind)
        axes = np.meshgrid(*[np.arange(count)] * l0, indexing="ij")
        for k in range(l0):
            weight = weight * site[axes[k]] * self.bond[axes[k], axes[(k + 1) % l0]]
        self.weight = np.sqrt(weight).ravel()
        self.fields = [self.x[a].ravel() for a in axes]
        self.total = sum(self.fields)
        powers = count ** np.arange(l0 - 1, -1, -1)
        images = []
        for turn, mirror, flip in itertools.product(range(l0), (1, -1), (0, 1)):
            order = [axes[(k * mirror + turn) % l0].ravel() for k in range(l0)]
            order = [count - 1 - o for o in order] if flip else order
            images.append(sum(p * o for p, o in zip(powers, order)))
        self.classes, self.counts = np.unique(np.minimum.reduce(images), return_counts=True)
        kept = self.weight[self.classes] > 1e-13 * self.weight.max()
        self.classes, self.counts = self.classes[kept], self.counts[kept].astype(kind)

    def apply(self, v):
        """(batch, n^l0) times T."""
        batch = v.shape[0]
        v = v * self.weight
        for _ in range(self.l0):
            v = v.reshape(batch, self.n, -1).transpose(0, 2, 1).reshape(-1, self.n).dot(self.bond.astype(v.dtype))
            v = v.reshape(batch, -1)
        return v * self.weight

    def batches(self, size):
        for start in range(0, len(self.classes), size):
            a, count = self.classes[start:start + size], self.counts[start:start + size]
            unit = np.zeros((len(a), len(self.weight)), dtype=self.kind)
            unit[np.arange(len(a)), a] = 1
            yield a, count, self.apply(unit)

    def torus(self, l1, fourth):
        l0, total = self.l0, self.total
        sums = dict.fromkeys(["z", "phi2", "phi4", "link0", "link1"] + [f"C{t}" for t in range(l1 // 2 + 1)]
                             + [f"h{k}" for k in range(5)], self.kind(0))
        for a, count, first in self.batches(64):
            powers = [None, first]
            while len(powers) < l1:
                powers.append(self.apply(powers[-1]))
            loop = count * (first * powers[l1 - 1]).sum(axis=1)
            sums["z"] += loop.sum()
            for name, k in (("phi2", 2), ("phi4", 4)):
                sums[name] += (loop * sum(f[a] ** k for f in self.fields)).sum() / l0
            sums["link0"] += (loop * sum(self.fields[k][a] * self.fields[(k + 1) % l0][a] for k in range(l0))).sum() / l0
            step = first * powers[l1 - 1]
            for f in self.fields:
                sums["link1"] += (count * f[a] * step.dot(f)).sum() / l0
            sums["C0"] += (loop * total[a] ** 2).sum() / l0
            for t in range(1, l1 // 2 + 1):
                sums[f"C{t}"] += (count * total[a] * (powers[t] * powers[l1 - t]).dot(total)).sum() / l0
            if fourth:
                gathered = [first] + [np.zeros_like(first)] * 4
                for _ in range(l1 - 2):
                    gathered = [self.apply(sum(gathered[j] * total ** (k - j) / self.kind(mp.factorial(k - j))
                                               for j in range(k + 1))) for k in range(5)]
                ends = total[a][:, None] + total[None, :]
                for k in (0, 2, 4):
                    both = sum(gathered[j] * ends ** (k - j) / self.kind(mp.factorial(k - j)) for j in range(k + 1))
                    sums[f"h{k}"] += (count * (both * first).sum(axis=1)).sum()
        z = sums["z"]
        value = {"lnZ_per_site": self.height + np.log(z) / (l0 * l1), "phi2": sums["phi2"] / z, "phi4": sums["phi4"] / z,
                 "link": [sums["link0"] / z, sums["link1"] / z], "C": [sums[f"C{t}"] / z for t in range(l1 // 2 + 1)]}
        value["chi2"] = sum(value["C"][min(t, l1 - t)] for t in range(l1))
        if fourth:
            assert abs(2 * sums["h2"] / sums["h0"] / (l0 * l1) / value["chi2"] - 1) < 1e-13
            value["M4"] = 24 * sums["h4"] / sums["h0"] / (l0 * l1) ** 2
        return value


def text_of(value):
    exact = lambda x: mpf(np.format_float_positional(x, precision=40, unique=True)) if isinstance(x, np.floating) else x
    return {name: [exact(y) for y in x] if isinstance(x, list) else exact(x) for name, x in value.items()}


# Step and number of points (2x2), (rows of two); order of the Gauss rule (rows of three).
CASES = {
    "E1": ({"form": "b", "mass2": -4.0, "lambda": 6.975}, 1.0, 0.0, 6.975, (0.05, 80), (0.075, 48), 18),
    "tutorial": ({"form": "b", "mass2": -4.0, "lambda": 8.0}, 1.0, 0.0, 8.0, (0.05, 80), (0.075, 46), 18),
    "kappa025": ({"form": "a", "kappa": 0.25, "lambda": 0.5}, 0.25, 0.0, 0.5, (0.1, 80), (0.15, 46), 18),
    "kappa021": ({"form": "a", "kappa": 0.21, "lambda": 0.022}, 0.21, 1 - 2 * 0.022, 0.022, (0.15, 100), (0.24, 58), 22),
    "kappa1": ({"form": "a", "kappa": 1.0, "lambda": 0.022}, 1.0, 1 - 2 * 0.022, 0.022, (0.115, 210), None, None),
}


def records():
    for name, (form, K, A, G, ring, two, three) in CASES.items():
        parameters = lambda l0, l1: {"model": "phi4-2d", "L0": l0, "L1": l1, **form}
        value = square_of_four(K, A, G, *ring, 400)
        yield record(f"{name}_2x2", parameters(2, 2), value, 16)
        print(name, "2x2", flush=True)
        if not two:
            continue
        rows = Rows(2, K, A, G, even(*two), np.float64)
        check = rows.torus(2, False)
        for key in check:
            for one, other in zip(np.atleast_1d(check[key]), np.atleast_1d(value[key])):
                assert abs(mpf(repr(float(one))) - other) < 1e-13 * abs(other), (name, key, one, other)
        value = completed(text_of(rows.torus(4, True)), mpf(K), mpf(A), mpf(G), 8, 3e-14, (name, "2x4"))
        yield record(f"{name}_2x4", parameters(2, 4), value, 13)
        print(name, "2x4", flush=True)
        if three:
            rows = Rows(3, K, A, G, gauss(K, A, G, three), np.float64)
            value = completed(text_of(rows.torus(3, True)), mpf(K), mpf(A), mpf(G), 9, 3e-14, (name, "3x3"))
            assert abs(value["link"][0] / value["link"][1] - 1) < 1e-13, (name, value["link"])
            yield record(f"{name}_3x3", parameters(3, 3), value, 13)
            print(name, "3x3", flush=True)


if __name__ == "__main__":
    document = {
        "id": "phi4", "kind": "highprec",
        "quantity": "lnZ/V, <phi^2>, <phi^4>, link = <phi(x) phi(x+mu)> for mu = 0, 1, action = <S>/V, C(t) = "
                    "sum_x'<phi(x',t) phi(0,0)> along direction 1 for t = 0 .. L1/2, chi2 = <M^2>/V, M4 = <M^4>/V^2, binder = "
                    "1 - <M^4>/(3 <M^2>^2), absM = <|M|>/V of S = sum[-2 K sum_mu phi(x) phi(x+mu) + A phi^2 + G phi^4] on a "
                    "periodic L0 x L1 lattice, measure prod dphi, both bonds kept at extent 2; form a: K = kappa, A = 1 - 2 "
                    "lambda, G = lambda; form b: K = 1, A = 4 + mass2, G = lambda",
        "unit": "1",
        "provenance": {
            "made_by": "python3 golden/highprec/make_phi4.py",
            "method": "trapezoid rule in the field; 2x2 as a ring of four, fixed point of 256 bits (absM in long "
                      "double); 2x4 row by row, double precision; 3x3 row by row, Gauss rule, double precision",
            "source": "direct integration", "date": "2026-11-27",
            "checks": ["Schwinger-Dyson equation; isotropy of 3x3; rows against the ring at 2x2; <M^2> by sources and by C(t)",
                       "an earlier independent set of values, to all digits that it trusts",
                       "cargo golden: rows on the nodes of a Gauss rule"],
        },
        "records": list(records()),
    }
    (HERE / "phi4.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
