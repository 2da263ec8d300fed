#!/usr/bin/env python3
"""Writes phi4.json beside itself: phi^4 on small periodic lattices.

Needs mpmath and numpy (pip install mpmath numpy). 2x2 is a ring of four sites with doubled bonds: powers of one matrix with
40 digits. Larger lattices row by row on an even grid of field values, in long double (rows of two) or double precision.
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

def square_of_four(K, A, G, step, count, frequencies):
    """All of it on a ring of four sites whose bonds e^{4 K phi phi'} are the doubled ones of the torus."""
    K, A, G, h = mpf(K), mpf(A), mpf(G), mpf(step)
    x = [h * (i - mpf(count - 1) / 2) for i in range(count)]
    # 4 K phi phi' = 2 K (phi^2 + phi'^2) - 2 K (phi - phi')^2
    ln_site = lambda y: -(A - 4 * K) * y ** 2 - G * y ** 4
    height = max(ln_site(y) for y in x)
    x = [y for y in x if ln_site(y) > height - 95]
    count = len(x)
    half = [exp((ln_site(y) - height) / 2) for y in x]
    q = np.array([[h * half[i] * half[j] * exp(-2 * K * (x[i] - x[j]) ** 2) for j in range(count)] for i in range(count)],
                 dtype=object)
    xs = np.array(x, dtype=object)
    two = q.dot(q)
    z = (two * two).sum()
    diagonal = (two * two).sum(axis=1)
    mean = lambda power: (diagonal * xs ** power).sum() / z
    near = (q * q.dot(two).T * xs[:, None] * xs[None, :]).sum() / z  # q_ab (q^3)_ba
    across = (two * two * xs[:, None] * xs[None, :]).sum() / z
    value = {"lnZ_per_site": height + log(z) / 4, "phi2": mean(2), "phi4": mean(4), "link": [near, near],
             "C": [mean(2) + near, near + across]}
    value["chi2"] = value["C"][0] + value["C"][1]
    # Moments of M: power series of e^{h M}, the source split over both ends of every bond.
    series = [q * (xs[:, None] + xs[None, :]) ** k / (2 ** k * mp.factorial(k)) for k in range(5)]
    pair = [sum(series[j].dot(series[k - j]) for j in range(k + 1)) for k in range(5)]
    m4 = 24 * sum((pair[j] * pair[4 - j].T).sum() for j in range(5)) / z
    m2 = 2 * sum((pair[j] * pair[2 - j].T).sum() for j in range(3)) / z
    assert abs(m2 / 4 - value["chi2"]) < mpf(10) ** -28 * value["chi2"]
    value["M4"] = m4 / 16
    # |theta| = (2/pi)[pi^2/6 + theta^2/4 - sum cos(n theta)/n^2], theta = pi M/range
    reach = 2 * x[-1]
    waves, plain = mpf(0), q.astype(np.longdouble)
    for n in range(1, frequencies + 1):
        turn = np.exp(1j * np.longdouble(n) * (xs * (pi / reach)).astype(np.longdouble))
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

class Rows:
    """Rows of l0 sites on an even grid; T(a, b) = sqrt(W_a) prod exp(-K (phi - phi')^2) sqrt(W_b)."""

    def __init__(self, l0, K, A, G, step, count, kind):
        self.l0, self.n, self.kind = l0, count, kind
        self.x = ((np.arange(count) - kind(count - 1) / 2) * kind(step)).astype(kind)
        ln_site = -(kind(A) - 4 * kind(K)) * self.x ** 2 - kind(G) * self.x ** 4
        self.height = ln_site.max()
        self.bond = np.exp(-kind(K) * (self.x[:, None] - self.x[None, :]) ** 2)
        site = np.exp(ln_site - self.height) * kind(step)
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
        self.least = np.minimum.reduce(images)
        self.classes, self.counts = np.unique(self.least, return_counts=True)
        kept = self.weight[self.classes] > 1e-17 * self.weight.max()
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

    def torus(self, l1, fourth, frequencies):
        l0, total = self.l0, self.total
        sums = dict.fromkeys(["z", "phi2", "phi4", "link0", "link1"] + [f"C{t}" for t in range(l1 // 2 + 1)]
                             + [f"h{k}" for k in range(5)] + [f"g{n}" for n in range(1, frequencies + 1)], self.kind(0))
        reach = l0 * l1 * self.x[-1] / 2
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
            for n in range(1, frequencies + 1):
                turn = np.exp(1j * n * np.pi / reach * total)
                v = first.astype(complex)
                for _ in range(l1 - 2):
                    v = self.apply(v * turn)
                sums[f"g{n}"] += (count * ((v * turn * first).sum(axis=1) * turn[a]).real).sum()
        z = sums["z"]
        value = {"lnZ_per_site": self.height + np.log(z) / (l0 * l1), "phi2": sums["phi2"] / z, "phi4": sums["phi4"] / z,
                 "link": [sums["link0"] / z, sums["link1"] / z], "C": [sums[f"C{t}"] / z for t in range(l1 // 2 + 1)]}
        value["chi2"] = sum(value["C"][min(t, l1 - t)] for t in range(l1))
        if fourth:
            assert abs(2 * sums["h2"] / sums["h0"] / (l0 * l1) / value["chi2"] - 1) < 1e-13
            value["M4"] = 24 * sums["h4"] / sums["h0"] / (l0 * l1) ** 2
        if frequencies:
            assert abs(sums[f"g{frequencies}"] / z) < 1e-13, sums[f"g{frequencies}"] / z
            theta = np.pi / reach
            waves = sum(sums[f"g{n}"] / z / n ** 2 for n in range(1, frequencies + 1))
            m2 = value["chi2"] * l0 * l1
            value["absM"] = 2 / np.pi * (np.pi ** 2 / 6 + theta ** 2 * m2 / 4 - waves) / theta / (l0 * l1)
        return value


def text_of(value):
    exact = lambda x: mpf(np.format_float_positional(x, precision=40, unique=True)) if isinstance(x, np.floating) else x
    return {name: [exact(y) for y in x] if isinstance(x, list) else exact(x) for name, x in value.items()}


# step and number of points: (2x2), (rows of two), (rows of three)
CASES = {
    "E1": ({"form": "b", "mass2": -4.0, "lambda": 6.975}, 1.0, 0.0, 6.975, (0.05, 80), (0.075, 48), (0.105, 30)),
    "tutorial": ({"form": "b", "mass2": -4.0, "lambda": 8.0}, 1.0, 0.0, 8.0, (0.05, 80), (0.075, 46), (0.105, 30)),
    "kappa025": ({"form": "a", "kappa": 0.25, "lambda": 0.5}, 0.25, 0.0, 0.5, (0.1, 80), (0.15, 46), (0.21, 30)),
    "kappa021": ({"form": "a", "kappa": 0.21, "lambda": 0.022}, 0.21, 1 - 2 * 0.022, 0.022, (0.15, 100), (0.23, 64), (0.36, 34)),
    "kappa1": ({"form": "a", "kappa": 1.0, "lambda": 0.022}, 1.0, 1 - 2 * 0.022, 0.022, (0.1, 240), None, None),
}


def records():
    for name, (form, K, A, G, ring, two, three) in CASES.items():
        parameters = lambda l0, l1: {"model": "phi4-2d", "L0": l0, "L1": l1, **form}
        value = square_of_four(K, A, G, *ring, 400)
        yield record(f"{name}_2x2", parameters(2, 2), value, 16)
        print(name, "2x2", flush=True)
        if not two:
            continue
        rows = Rows(2, K, A, G, *two, np.longdouble)
        check = rows.torus(2, False, 0)
        for key in check:
            for one, other in zip(np.atleast_1d(check[key]), np.atleast_1d(value[key])):
                assert abs(mpf(repr(float(one))) - other) < 1e-14 * abs(other), (name, key, one, other)
        value = completed(text_of(rows.torus(4, True, 0)), mpf(K), mpf(A), mpf(G), 8, 1e-16, (name, "2x4"))
        yield record(f"{name}_2x4", parameters(2, 4), value, 15)
        print(name, "2x4", flush=True)
        if three:
            rows = Rows(3, K, A, G, *three, np.float64)
            value = completed(text_of(rows.torus(3, True, 0)), mpf(K), mpf(A), mpf(G), 9, 3e-14, (name, "3x3"))
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
            "method": "trapezoid rule in the field; 2x2 as a ring of four, mpmath with 40 digits (absM in long double); others row by row, long double "
                      "(rows of two) and double precision (rows of three)",
            "source": "direct integration", "date": "2026-11-27",
            "checks": ["Schwinger-Dyson equation; isotropy of 3x3; rows against the ring at 2x2; <M^2> by sources and by C(t)",
                       "an earlier independent set of values, to all digits that it trusts",
                       "cargo golden: rows on the nodes of a Gauss rule"],
        },
        "records": list(records()),
    }
    (HERE / "phi4.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
