#!/usr/bin/env python3
"""Writes quantum.json beside itself: a particle on a line, in the continuum and on a lattice of times.

Needs mpmath and numpy (pip install mpmath numpy). The continuum by inverse iteration between oscillator functions, two of
them; the lattice by powers of the transfer matrix in fixed point of 320 bits, on two grids. Shares nothing with the Rust
code. Run from the repository root: python3 golden/highprec/make_quantum.py
"""
import json
import pathlib

import numpy as np
from mpmath import exp, log, mp, mpf, nstr, pi, sqrt

mp.dps = 50
HERE = pathlib.Path(__file__).parent
AGREE = mpf(10) ** -27  # two bases, or two grids, relative
BITS = 320


def agreed(first, second, what):
    pairs = zip(first, second) if isinstance(first, list) else [(first, second)]
    for one, other in pairs:
        assert abs(one - other) <= AGREE * max(abs(one), abs(other)), (what, one, other)
    return first


def record(ident, parameters, value):
    text = lambda x: [nstr(y, 26) for y in x] if isinstance(x, list) else nstr(x, 26)
    flat = [abs(y) for x in value.values() for y in (x if isinstance(x, list) else [x])]
    return {"id": ident, "parameters": parameters, "value": {name: text(x) for name, x in value.items()},
            "error": float(max(flat) * mpf(10) ** -25)}


# Continuum ---------------------------------------------------------------------------------------------------------------

def position_powers(size):
    """x^2 and x^4 between oscillator functions of unit width, as functions of (n, k) for the element <n|.|n + k>."""
    s = lambda n: sqrt(mpf(n))
    square = {0: lambda n: mpf(2 * n + 1) / 2, 2: lambda n: s(n + 1) * s(n + 2) / 2}
    fourth = {0: lambda n: mpf(6 * n * n + 6 * n + 3) / 4, 2: lambda n: mpf(2 * n + 3) * s(n + 1) * s(n + 2) / 2,
              4: lambda n: s(n + 1) * s(n + 2) * s(n + 3) * s(n + 4) / 4}
    return square, fourth


def solve_banded(diagonals, rhs):
    """LDL^T of a symmetric matrix with two diagonals beside the main one."""
    d0, d1, d2 = ([*x] for x in diagonals)
    n, x = len(d0), list(rhs)
    l1, l2 = [mpf(0)] * n, [mpf(0)] * n
    for i in range(n):
        if i + 1 < n:
            l1[i] = d1[i] / d0[i]
            d0[i + 1] -= l1[i] * d1[i]
            x[i + 1] -= l1[i] * x[i]
        if i + 2 < n:
            l2[i] = d2[i] / d0[i]
            d1[i + 1] -= l1[i] * d2[i]
            d0[i + 2] -= l2[i] * d2[i]
            x[i + 2] -= l2[i] * x[i]
    for i in reversed(range(n)):
        x[i] /= d0[i]
        if i + 1 < n:
            x[i] -= l1[i] * x[i + 1]
        if i + 2 < n:
            x[i] -= l2[i] * x[i + 2]
    return x


def continuum(mass, coefficients, width, size):
    """E0..E3, <x^2>, <x^4>, |<0|x|1>|^2; `width` is the frequency times mass of the oscillator functions."""
    c0, c2, c4 = (mpf(c) for c in coefficients)
    m, w = mpf(mass), mpf(width)
    square, fourth = position_powers(size)
    states = {}
    for parity in (0, 1):
        ns = range(parity, size, 2)
        # p^2 has the elements of x^2 with the sign of those beside the diagonal turned.
        d0 = [w * square[0](n) / (2 * m) + c0 + c2 * square[0](n) / w + c4 * fourth[0](n) / w ** 2 for n in ns]
        d1 = [-w * square[2](n) / (2 * m) + c2 * square[2](n) / w + c4 * fourth[2](n) / w ** 2 for n in ns]
        d2 = [c4 * fourth[4](n) / w ** 2 for n in ns]
        dense = np.diag([float(x) for x in d0])
        for k, d in ((1, d1), (2, d2)):
            off = [float(x) for x in d[:len(d0) - k]]
            dense += np.diag(off, k) + np.diag(off, -k)
        for level, guess in enumerate(np.linalg.eigvalsh(dense)[:2]):
            shift = mpf(float(guess)) + mpf(10) ** -9
            v = [mpf(1) / (1 + abs(i - level)) for i in range(len(d0))]
            for _ in range(9):
                v = solve_banded(([x - shift for x in d0], d1, d2), v)
                norm = sqrt(mp.fdot(v, v))
                v = [x / norm for x in v]
            energy = mp.fsum(d * x * x for d, x in zip(d0, v))
            energy += 2 * mp.fsum(d * x * y for d, x, y in zip(d1, v, v[1:]))
            energy += 2 * mp.fsum(d * x * y for d, x, y in zip(d2, v, v[2:]))
            states[2 * level + parity] = (energy, v)
    even, odd = states[0][1], states[1][1]
    x2 = mp.fsum(square[0](2 * i) * x * x for i, x in enumerate(even))
    x2 += 2 * mp.fsum(square[2](2 * i) * x * y for i, (x, y) in enumerate(zip(even, even[1:])))
    x4 = mp.fsum(fourth[0](2 * i) * x * x for i, x in enumerate(even))
    x4 += 2 * mp.fsum(fourth[2](2 * i) * x * y for i, (x, y) in enumerate(zip(even, even[1:])))
    x4 += 2 * mp.fsum(fourth[4](2 * i) * x * y for i, (x, y) in enumerate(zip(even, even[2:])))
    x01 = mp.fsum(even[i] * sqrt(mpf(2 * i + 1) / 2) * y for i, y in enumerate(odd))
    x01 += mp.fsum(even[i + 1] * sqrt(mpf(2 * i + 2) / 2) * y for i, y in enumerate(odd) if i + 1 < len(even))
    x2, x4 = x2 / w, x4 / w ** 2
    agreed(c0 + 2 * c2 * x2 + 3 * c4 * x4, states[0][0], "virial theorem")
    return {"E": [states[n][0] for n in range(4)], "x2": x2, "x4": x4, "x01_squared": x01 ** 2 / w}


# Lattice -----------------------------------------------------------------------------------------------------------------

def fixed(x):
    return int(mp.floor(x * mpf(2) ** BITS + mpf(1) / 2))


def back(n):
    return mpf(int(n)) / mpf(2) ** BITS


def times(a, b):
    return a.dot(b) >> BITS


def together(a, b):
    """Sum of a_ij b_ij."""
    return back(int((a * b).sum()) >> BITS)


class Transfer:
    """T on the non-negative half of a grid, even and odd functions apart."""

    def __init__(self, mass, coefficients, spacing, step, half):
        c0, c2, c4 = (mpf(c) for c in coefficients)
        m, a, h = mpf(mass), mpf(spacing), mpf(step)
        self.x = [h * i for i in range(half + 1)]
        value = [c0 + c2 * x ** 2 + c4 * x ** 4 for x in self.x]
        weight = [exp(-a * v / 2) for v in value]
        apart = [h * sqrt(m / (2 * pi * a)) * exp(-m * (h * k) ** 2 / (2 * a)) for k in range(2 * half + 1)]
        root = sqrt(mpf(1) / 2)
        self.blocks = []
        for sign in (1, -1):
            n = range(0 if sign == 1 else 1, half + 1)
            scale = {i: root if i == 0 else mpf(1) for i in n}
            rows = [[fixed(weight[i] * weight[j] * scale[i] * scale[j] * (apart[abs(i - j)] + sign * apart[i + j]))
                     for j in n] for i in n]
            self.blocks.append(np.array(rows, dtype=object))
        self.powers = {1: self.blocks}

    def position(self, power):
        """x^power as a diagonal of the even and of the odd block."""
        column = [fixed(x ** power) for x in self.x]
        return [np.array(column, dtype=object), np.array(column[1:], dtype=object)]

    def power(self, k):
        if k == 0:
            return [np.array([[(1 << BITS) if i == j else 0 for j in range(len(b))] for i in range(len(b))], dtype=object)
                    for b in self.blocks]
        if k not in self.powers:
            half = k // 2
            self.powers[k] = [times(x, y) for x, y in zip(self.power(half), self.power(k - half))]
        return self.powers[k]

    def ring(self, n, separations):
        z = sum(back(np.trace(b)) for b in self.power(n))
        diagonal = lambda power: sum(back(int((x * b.diagonal()).sum()) >> BITS)
                                     for x, b in zip(self.position(power), self.power(n))) / z

        def correlation(power, k):
            near, far = self.power(k), self.power(n - k)
            (even, odd), total = self.position(power), mpf(0)
            if power % 2 == 0:
                for x, a, b in zip((even, odd), near, far):
                    total += together((a * x) >> BITS, ((b.T * x) >> BITS).T)
                return total / z
            # x turns even functions into odd ones: drop the node at zero, where it vanishes.
            total += together((near[0][1:, 1:] * odd) >> BITS, ((far[1].T * odd) >> BITS).T)
            total += together((near[1] * odd) >> BITS, ((far[0][1:, 1:].T * odd) >> BITS).T)
            return total / z

        x2, x4 = diagonal(2), diagonal(4)
        return {"lnZ": log(z), "x2": x2, "x4": x4, "dx2": 2 * (x2 - correlation(1, 1)),
                "G2": [correlation(1, k) for k in separations],
                "G4_connected": [correlation(2, k) - x2 ** 2 for k in separations]}

    def levels(self, spacing):
        """-ln(lambda)/a of the lowest three: the columns of a high power of T are the top eigenvector."""
        even, odd = self.blocks
        first, vector = top(even)
        second, _ = top(odd)
        third, _ = top(even - (times(vector[:, None], vector[None, :]) * fixed(first) >> BITS))
        return [-log(x) / mpf(spacing) for x in (first, second, third)]


def top(block):
    """The largest eigenvalue and its eigenvector."""
    power = block
    for _ in range(11):
        power = times(power, power)
        power = (power << BITS) // np.trace(power)
    column = power[:, int(np.argmax(power.diagonal()))]
    norm = fixed(sqrt(back(int((column * column).sum()) >> BITS)))
    vector = (column << BITS) // norm
    return back(int((vector * times(block, vector)).sum()) >> BITS), vector


def lattice(mass, coefficients, spacing, rings):
    """Values of every ring (N, separations), by two grids."""
    from_grid = []
    for reach, step in ((6.5, 0.10), (7.0, 0.0875)):
        if coefficients[2] == 0:
            reach, step = 2 * reach, 2 * step
        transfer = Transfer(mass, coefficients, spacing, step, round(reach / step))
        levels = transfer.levels(spacing)
        from_grid.append([{**transfer.ring(n, ks), "E_lat": levels} for n, ks in rings])
    for (n, ks), one, other in zip(rings, *from_grid):
        value = {name: agreed(one[name], other[name], (coefficients, spacing, n, name)) for name in one}
        _, c2, c4 = (mpf(c) for c in coefficients)
        total = mpf(mass) / mpf(spacing) * value["dx2"] + mpf(spacing) * (2 * c2 * value["x2"] + 4 * c4 * value["x4"])
        agreed(total, mpf(1), "Schwinger-Dyson")
        value["E0mom"] = mpf(coefficients[0]) + 2 * c2 * value["x2"] + 3 * c4 * value["x4"]
        yield n, ks, value


def well(f2):
    return [float(f2) ** 2, -2 * float(f2), 1.0]


def records():
    cases = [(f"double_well_f2_{f2:g}", 0.5, well(f2)) for f2 in (0.0, 0.5, 1.0, 1.5, 2.0, 4.0)]
    cases += [("double_well_f2_1_mass_1", 1.0, well(1.0)), ("anharmonic", 1.0, [0.0, 0.5, 1.0]),
              ("oscillator", 1.0, [0.0, 0.5, 0.0])]
    for name, mass, coefficients in cases:
        one, other = (continuum(mass, coefficients, w, size) for w, size in ((3.0, 240), (4.0, 280)))
        value = {key: agreed(one[key], other[key], (name, key)) for key in one}
        yield record(f"{name}_continuum", {"model": "particle", "mass": mass, "potential": coefficients}, value)
        print(name, flush=True)
    near = [0, 1, 2, 3, 5, 8]
    lattices = [("double_well_f2_%g" % f2, 0.5, well(f2), a, rings) for f2 in (0.0, 1.0, 2.0, 4.0) for a, rings in (
        (0.25, [(20, near + [10]), (32, near + [12, 16])]), (0.1, [(50, near + [12, 25]), (100, near + [25, 50])]),
        (0.05, [(200, near + [50, 100])]))]
    lattices += [("oscillator", 1.0, [0.0, 0.5, 0.0], 0.5, [(20, near + [10])]),
                 ("anharmonic", 1.0, [0.0, 0.5, 1.0], 0.1, [(100, near + [25, 50])])]
    for name, mass, coefficients, spacing, rings in lattices:
        for n, ks, value in lattice(mass, coefficients, spacing, rings):
            yield record(f"{name}_a{spacing:g}_N{n}", {"model": "particle", "mass": mass, "potential": coefficients,
                                                       "a": spacing, "N": n, "separations": ks}, value)
        print(name, spacing, flush=True)


if __name__ == "__main__":
    document = {
        "id": "quantum", "kind": "highprec",
        "quantity": "H = p^2/2m + V, hbar = 1, V = c0 + c2 x^2 + c4 x^4 with potential = [c0, c2, c4] (double well: (x^2 - f2)^2). "
                    "Continuum: E = energies E0..E3, x2 = <0|x^2|0>, x4 = <0|x^4|0>, x01_squared = |<0|x|1>|^2. Lattice (a, N): "
                    "S = sum_i [m (x_{i+1} - x_i)^2/2a + a V(x_i)], periodic, measure prod dx sqrt(m/2 pi a): lnZ, x2 = <x^2>, "
                    "x4 = <x^4>, dx2 = <(x_{i+1} - x_i)^2>, G2 = <x_0 x_k> and G4_connected = <x_0^2 x_k^2> - <x^2>^2 at k in "
                    "separations, E_lat = -ln(lambda_n)/a, n = 0, 1, 2, E0mom = c0 + 2 c2 <x^2> + 3 c4 <x^4>",
        "unit": "1",
        "provenance": {
            "made_by": "python3 golden/highprec/make_quantum.py",
            "method": "continuum: inverse iteration between oscillator functions; lattice: powers of the transfer matrix on "
                      "a grid, fixed point of 320 bits; mpmath with 50 digits",
            "source": "M. Creutz, B. Freedman, Ann. Phys. 132 (1981) 427", "date": "2026-11-27",
            "checks": ["two bases, and two grids, agree to 27 digits; virial theorem; Schwinger-Dyson equation",
                       "an earlier independent set of values, to all digits that it trusts",
                       "cargo golden: sinc functions, spectrum of the transfer matrix by Householder and QL, closed form of "
                       "the oscillator"],
        },
        "records": list(records()),
    }
    (HERE / "quantum.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
