#!/usr/bin/env python3
"""Writes xy.json beside itself: the XY model on small periodic lattices, and rings of O(2) and O(3) spins.

Needs mpmath and numpy (pip install mpmath numpy). Rings and 2x2 by Bessel functions with 50 digits; 3x3 and 4x4 in the
angles, row by row (long double and double precision). Shares nothing with the Rust code, which sums over fluxes. Run from
the repository root: python3 golden/highprec/make_xy.py
"""
import itertools
import json
import pathlib

import numpy as np
from mpmath import besseli, diff, log, mp, mpf, nstr, pi, sqrt

mp.dps = 50
HERE = pathlib.Path(__file__).parent
ORDERS = 60


def record(ident, parameters, value, digits):
    text = lambda x: [nstr(mpf(y), digits + 2) for y in x] if isinstance(x, list) else nstr(mpf(x), digits + 2)
    flat = [abs(y) for x in value.values() for y in (x if isinstance(x, list) else [x])]
    return {"id": ident, "parameters": parameters, "value": {name: text(x) for name, x in value.items()},
            "error": float(max(flat)) * 10.0 ** -digits}


def thermal(ln_z, beta, sites):
    return {"lnZ_per_site": ln_z(beta) / sites, "e": -diff(ln_z, beta) / sites, "c": beta ** 2 * diff(ln_z, beta, 2) / sites}


# Rings -------------------------------------------------------------------------------------------------------------------

def xy_ring(extent, beta):
    ln_z = lambda b: log(besseli(0, b) ** extent + 2 * mp.fsum(besseli(n, b) ** extent for n in range(1, ORDERS)))
    i = [besseli(n, beta) for n in range(ORDERS + 2)]
    z = i[0] ** extent + 2 * mp.fsum(x ** extent for x in i[1:])
    value = thermal(ln_z, beta, extent)
    value["correlation"] = [mp.fsum(i[abs(n)] ** (extent - r) * i[abs(n + 1)] ** r for n in range(-ORDERS, ORDERS)) / z
                            for r in range(extent // 2 + 1)]
    return value


def o3_ring(extent, beta):
    spherical = lambda l, b: sqrt(pi / (2 * b)) * besseli(l + mpf(1) / 2, b)
    ln_z = lambda b: log(mp.fsum((2 * l + 1) * spherical(l, b) ** extent for l in range(ORDERS)))
    i = [spherical(l, beta) for l in range(ORDERS + 2)]
    z = mp.fsum((2 * l + 1) * i[l] ** extent for l in range(ORDERS))
    value = thermal(ln_z, beta, extent)
    # cos P_l = ((l + 1) P_{l+1} + l P_{l-1})/(2l + 1)
    value["correlation"] = [mp.fsum((l + 1) * (i[l] ** (extent - r) * i[l + 1] ** r + i[l + 1] ** (extent - r) * i[l] ** r)
                                    for l in range(ORDERS)) / z for r in range(extent // 2 + 1)]
    return value


# Tori --------------------------------------------------------------------------------------------------------------------

def square(beta):
    """A ring of four with doubled bonds. The sine part of the helicity modulus vanishes: sin(a - b) + sin(b - a)."""
    ln_z = lambda b: log(besseli(0, 2 * b) ** 4 + 2 * mp.fsum(besseli(n, 2 * b) ** 4 for n in range(1, ORDERS)))
    value = thermal(ln_z, beta, 4)
    value["helicity"] = -value["e"] / 2
    i = [besseli(n, 2 * beta) for n in range(ORDERS + 2)]
    z = i[0] ** 4 + 2 * mp.fsum(x ** 4 for x in i[1:])
    two = lambda r: mp.fsum(i[abs(n)] ** (4 - r) * i[abs(n + 1)] ** r for n in range(-ORDERS, ORDERS)) / z
    value["m2"] = (1 + 2 * two(1) + two(2)) / 4
    return value


class Rows:
    """Rows of L angles on an even grid, the first angle of the first row zero; T(a, b) = exp(h(a) + h(b) + b sum cos(a - b))."""

    def __init__(self, extent, count, kind):
        self.extent, self.n, self.kind = extent, count, kind
        # Sines and cosines from mpmath: pi of numpy has only the digits of a double.
        exact = lambda x: kind(np.format_float_positional(float(x), precision=17)) if kind is np.float64 else kind(nstr(x, 25))
        self.cos = np.array([exact(mp.cos(2 * pi * k / count)) for k in range(count)], dtype=kind)
        self.sin = np.array([exact(mp.sin(2 * pi * k / count)) for k in range(count)], dtype=kind)
        self.axes = [a.ravel() for a in np.meshgrid(*[np.arange(count)] * extent, indexing="ij")]
        self.row_cos = sum(self.cos[(self.axes[k] - self.axes[(k + 1) % extent]) % count] for k in range(extent))
        self.row_sin = sum(self.sin[(self.axes[k] - self.axes[(k + 1) % extent]) % count] for k in range(extent))
        powers = count ** np.arange(extent - 1, -1, -1)
        images = []
        for turn, mirror, sign in itertools.product(range(extent), (1, -1), (1, -1)):
            order = [self.axes[(k * mirror + turn) % extent] for k in range(extent)]
            order = [sign * (o - order[0]) % count for o in order]
            images.append(sum(p * o for p, o in zip(powers, order)))
        self.classes, self.counts = np.unique(np.minimum.reduce(images), return_counts=True)

    def apply(self, v):
        """(batch, n^L) times T."""
        batch = v.shape[0]
        v = v * self.weight
        for _ in range(self.extent):
            v = v.reshape(batch, self.n, -1).transpose(0, 2, 1).reshape(-1, self.n).dot(self.bond).reshape(batch, -1)
        return v * self.weight

    def torus(self, beta):
        extent, kind = self.extent, self.kind
        self.weight = np.exp(kind(beta) / 2 * (self.row_cos - extent))
        apart = (np.arange(self.n)[:, None] - np.arange(self.n)[None, :]) % self.n
        self.bond = np.exp(kind(beta) * (self.cos[apart] - 1)) / self.n
        z = kind(0)
        cosine, sine = kind(0), kind(0)
        for start in range(0, len(self.classes), 16):
            a, count = self.classes[start:start + 16], self.counts[start:start + 16].astype(kind)
            unit = np.zeros((len(a), self.n ** extent), dtype=kind)
            unit[np.arange(len(a)), a] = 1
            powers = [None, self.apply(unit)]
            while len(powers) <= extent // 2:
                powers.append(self.apply(powers[-1]))
            # T is symmetric: T^L(a, a) = sum_b T^k(a, b) T^(L-k)(a, b).
            near, far = powers[extent // 2], None
            if extent % 2:
                powers.append(self.apply(powers[-1]))
            far = powers[extent - extent // 2]
            loop = count * (near * far).sum(axis=1)
            z += loop.sum()
            cosine += (loop * self.row_cos[a]).sum()
            # <(sum sin)^2> = L sum_t <s_0 s_t>, s the sum of a row: needs every power.
            while len(powers) < extent:
                powers.append(self.apply(powers[-1]))
            sine += (loop * self.row_sin[a] ** 2).sum()
            for t in range(1, extent):
                sine += (count * self.row_sin[a] * (powers[t] * powers[extent - t]).dot(self.row_sin)).sum()
        sites = extent * extent
        value = {"lnZ_per_site": 2 * beta + np.log(z) / sites, "e": -2 * cosine / z / extent,
                 "helicity": cosine / z / extent - kind(beta) * extent * sine / z / sites}
        return {name: mpf(np.format_float_positional(kind(x), precision=30)) for name, x in value.items()}, z

    def with_c(self, beta):
        """c = beta^2 d^2 ln Z/d beta^2/V, from e at ten more temperatures."""
        value, _ = self.torus(beta)
        h = self.kind(1) / 64
        e = {k: self.torus(self.kind(beta) + k * h)[0]["e"] for k in range(-5, 6) if k}
        slope = sum(w * (e[k] - e[-k]) for k, w in zip(range(1, 6), (mpf(5) / 6, -mpf(5) / 21, mpf(5) / 84, -mpf(5) / 504,
                                                                      mpf(1) / 1260))) * 64
        value["c"] = -mpf(beta) ** 2 * slope
        return value


def records():
    for name, ring in (("xy", xy_ring), ("o3", o3_ring)):
        for extent, number in ((2, 0.5), (3, 1.0), (8, 1.0), (8, 2.0), (16, 1.5), (32, 0.7), (64, 4.0)):
            yield record(f"{name}_ring_{extent}_beta{number:g}", {"model": f"{name}-ring", "L": extent, "beta": number},
                         ring(extent, mpf(number)), 26)
        print(name, "rings", flush=True)
    temperatures = (0.5, 0.7, 0.9, 1.0, 1.2, 1.5)
    for t in temperatures:
        parameters = lambda extent: {"model": "xy-2d", "L": extent, "beta": 1 / t}
        yield record(f"xy_2x2_T{t:g}", parameters(2), square(mpf(1 / t)), 26)
    # Aliases are fluxes through a site that add up to the number of points.
    rows, finer = {n: Rows(3, n, np.longdouble) for n in (24, 26, 32)}, Rows(2, 40, np.longdouble)
    for t in temperatures:
        check, exact = finer.torus(1 / t)[0], square(mpf(1 / t))
        assert all(abs(check[name] - exact[name]) < mpf(10) ** -15 for name in check), (t, check, exact)
        yield record(f"xy_3x3_T{t:g}", {"model": "xy-2d", "L": 3, "beta": 1 / t}, rows[32 if t < 0.6 else 26 if t < 0.8 else 24].with_c(1 / t), 14)
        print("3x3", t, flush=True)
    rows = Rows(4, 16, np.float64)
    for t in (1.0, 1.5):
        yield record(f"xy_4x4_T{t:g}", {"model": "xy-2d", "L": 4, "beta": 1 / t}, rows.torus(1 / t)[0], 10)
        print("4x4", t, flush=True)


if __name__ == "__main__":
    document = {
        "id": "xy", "kind": "highprec",
        "quantity": "lnZ/V, e = <H>/V, c = beta^2 var(H)/V, helicity modulus (1/V)[<sum cos> - beta <(sum sin)^2>] over the bonds "
                    "of one direction, m2 = <|sum e^{i theta}|^2>/V^2 of H = -sum cos(theta_i - theta_j) on a periodic L x L "
                    "lattice (both bonds at extent 2), measure prod dtheta/2 pi; rings of L spins with two (dtheta/2 pi) or three "
                    "(dOmega/4 pi) components: lnZ/L, e, c and correlation = <s_0.s_r>, r = 0 .. L/2, of H = -sum s_i.s_{i+1}",
        "unit": "1",
        "provenance": {
            "made_by": "python3 golden/highprec/make_xy.py",
            "method": "Bessel functions, mpmath with 50 digits (rings, 2x2); trapezoid rule in the angles, row by row, long double "
                      "(3x3, c by differences of e) and double precision (4x4)",
            "source": "M. E. Fisher, Am. J. Phys. 32 (1964) 343 for O(3); direct integration", "date": "2026-11-27",
            "checks": ["rows against Bessel functions at 2x2", "an earlier independent set of values, to all digits that it trusts",
                       "cargo golden: transfer matrix between rows of fluxes; angles at 2x2"],
        },
        "records": list(records()),
    }
    (HERE / "xy.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
