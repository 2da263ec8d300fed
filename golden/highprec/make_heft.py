#!/usr/bin/env python3
"""Writes heft.json and luscher_scaling.json beside itself.

One bare state and one separable channel of two pions, in infinite volume and in a periodic box. Needs mpmath
(pip install mpmath; with gmpy2 it is faster). Branches and brackets in doubles, values with 30 digits; shares
nothing with the Rust code. Run from the repository root: python3 golden/highprec/make_heft.py
"""
import bisect
import cmath
import json
import math
import pathlib
import sys
from functools import lru_cache
from multiprocessing import Pool

from mpmath import mp, mpf

mp.dps = 30
HERE = pathlib.Path(__file__).parent
HBARC, M_PI = "197.3269804", "139.57"
N_MAX = 600        # the sharp cut of E_trunc
N0, WIDTH = 36, 4  # the smooth cut of E_inf: erfc in |n|
BETWEEN = 40.0     # how far from E_inf a root of Luscher's condition is looked for, in MeV

SETS = {
    "A": [(700.0, 1.638, 1.02, 0.556, 0.514), (562.5, 0.77, 1.394, 0.325, 1.164), (633.3, 0.594, 0.706, 0.509, 0.656),
          (569.2, 1.198, 1.066, 1.929, 1.866), (474.8, 1.25, 1.905, 1.659, 1.771), (549.6, 1.59, 0.695, -0.425, 0.82)],
    "B": [(639.7, 2.118, 1.02, 1.198, 1.016), (512.0, 0.692, 0.579, -0.165, 0.962), (482.2, 1.097, 1.701, 0.568, 1.919),
          (649.9, 2.187, 1.956, -0.44, 0.563), (572.0, 1.645, 0.723, 0.843, 1.399), (359.7, 0.969, 1.219, -0.529, 1.377)],
    "C": [(372.7, 0.887, 1.72, -0.312, 0.581), (644.5, 0.962, 1.766, 0.374, 0.699), (629.6, 1.047, 1.297, 0.885, 1.591),
          (530.1, 1.951, 1.99, 0.393, 0.527), (561.8, 0.823, 0.748, -0.407, 0.852), (442.1, 0.644, 0.671, -0.6, 1.208)],
}
BOXES = [5.0, 8.0, 12.0]
ENERGIES = [315.183, 351.226, 387.269, 423.312, 459.355, 495.398, 531.441, 567.484, 603.527, 639.57, 675.613, 711.656,
            747.699, 783.742, 819.785, 855.828, 891.871, 927.914, 963.957, 1000.0]
SCALING = [("A", (600.0, 1.2, 0.7, 0.3, 0.6)), ("B", (500.0, 1.0, 0.5, 0.2, 0.5)), ("C", (550.0, 1.5, 0.8, -0.1, 0.6)),
           ("A", (500.0, 1.5, 1.9, 0.2, 1.0)), ("C", (450.0, 1.8, 1.9, 0.3, 0.7))]
SCALING_BOXES = [4.0, 5.0, 6.0, 8.0, 10.0, 12.0, 14.0]


class Doubles:
    """The arithmetic of doubles."""
    num, exp, sqrt, erfc, pi, order, tiny = float, math.exp, math.sqrt, math.erfc, math.pi, 16, 1e-24


class Digits:
    """The arithmetic of mpmath."""
    num, exp, sqrt, erfc, order, tiny = mpf, mp.exp, mp.sqrt, mp.erfc, 32, mpf(10) ** -40


Digits.pi = +mp.pi


@lru_cache(maxsize=None)
def gauss(order):
    """Nodes and weights of Gauss-Legendre quadrature on [-1, 1]."""
    def legendre(x):
        below, p = mpf(1), x
        for n in range(2, order + 1):
            below, p = p, ((2 * n - 1) * x * p - (n - 1) * below) / n
        return p, order * (x * p - below) / (x * x - 1)
    rule = []
    for i in range(order):
        x = -mp.cos(mp.pi * (i + mpf(3) / 4) / (order + mpf(1) / 2))
        for _ in range(7):
            p, slope = legendre(x)
            x -= p / slope
        rule.append((x, 2 / ((1 - x * x) * legendre(x)[1] ** 2)))
    return rule


def nodes(edges, ar):
    """Gauss points of the panels between `edges`."""
    rule = [(ar.num(x), ar.num(w)) for x, w in gauss(ar.order)]
    for low, high in zip(edges, edges[1:]):
        half, centre = (high - low) / 2, (high + low) / 2
        for x, w in rule:
            yield centre + half * x, half * w


def half_line(start, first, ar):
    """(k, weight) from `start` to infinity: panels that grow, then t = 1/k."""
    edges, step = [start], first
    while edges[-1] < 2e6:
        edges.append(edges[-1] + step)
        step *= ar.num(1.4)
    yield from nodes(edges, ar)
    for t, w in nodes([ar.num(0), 1 / edges[-1]], ar):
        yield 1 / t, w / (t * t)


class Model:
    def __init__(self, letter, parameters, ar):
        self.letter, self.ar = letter, ar
        # JSON numbers mean the nearest double.
        exact = [ar.num(x) for x in parameters]
        self.m_sigma, g, c, G, d = exact
        self.hbarc, self.m = ar.num(float(HBARC)), ar.num(float(M_PI))
        self.g, self.v = g / ar.sqrt(self.m), G / self.m ** 2
        self.c, self.d = c / self.hbarc, d / self.hbarc
        self.range = max(self.c, self.d)

    def form(self, a, k2):
        if self.letter == "C":
            return self.ar.exp(-a * a * k2)
        pole = 1 / (1 + a * a * k2)
        return pole if self.letter == "A" else pole * pole

    def chi(self, k2):
        return self.g * self.form(self.c, k2), self.form(self.d, k2) ** 2

    def omega(self, k):
        return 2 * self.ar.sqrt(self.m * self.m + k * k)

    def momentum2(self, energy):
        return energy * energy / 4 - self.m * self.m

    def subtracted(self, energy):
        """int [F(k)-F(k0)]/(k0^2-k^2) dk, F = k^2 chi chi (E+2w)/4: the principal value, and its continuation."""
        ar = self.ar
        k02 = self.momentum2(energy)
        x, y = self.chi(k02)
        at = [k02 * e * (2 * energy) / 4 for e in (x * x, x * y, y * y)]
        total = [ar.num(0)] * 3
        first = ar.num(1) / (8 * self.range)
        points = list(half_line(ar.num(0), first, ar)) if k02 <= 0 else None
        if points is None:
            k0 = ar.sqrt(k02)
            pieces = max(1, int(math.ceil(float(k0 / (2 * first)))))
            inner = [k0 * i / pieces for i in range(pieces + 1)]
            points = list(nodes(inner, ar)) + list(half_line(k0, first, ar))
        for k, w in points:
            k2 = k * k
            x, y = self.chi(k2)
            scale = k2 * (energy + self.omega(k)) / 4
            w = w / (k02 - k2)
            for i, e in enumerate((x * x, x * y, y * y)):
                total[i] += w * (e * scale - at[i])
        return total

    def a_matrix(self, energy, j):
        return energy - self.m_sigma - j[0], -j[1], 1 / self.v - j[2]

    def jost(self, energy):
        """D(E) as real and imaginary part."""
        ar = self.ar
        a, b, c = self.a_matrix(energy, self.subtracted(energy))
        x, y = self.chi(self.momentum2(energy))
        rho = ar.pi * ar.sqrt(self.momentum2(energy)) * energy / 4
        # det(A + i rho chi chi^T) = det A + i rho chi^T adj(A) chi in two dimensions.
        return self.v * (a * c - b * b), self.v * rho * (x * x * c - 2 * x * y * b + y * y * a)

    def k_cot(self, energy):
        """-4/(pi E K), with K = chi^T A^-1 chi."""
        a, b, c = self.a_matrix(energy, self.subtracted(energy))
        x, y = self.chi(self.momentum2(energy))
        k = (x * x * c - 2 * x * y * b + y * y * a) / (a * c - b * b)
        return -4 / (self.ar.pi * energy * k)


class Phase:
    """delta(E) followed from threshold in doubles, bisecting until steps are below 0.35."""

    def __init__(self, model, top):
        self.model = model
        threshold = 2 * float(M_PI)
        # Just above threshold D is real up to k.
        self.energies, self.phases = [threshold], [0.0]
        self.last = complex(*model.jost(threshold + 1e-9))
        self.last /= abs(self.last)
        self.sign = 1.0 if self.last.real > 0 else -1.0
        self.last = complex(self.sign, 0.0)
        step_edges = [threshold + (top - threshold) * (i / 200.0) ** 2 for i in range(1, 201)]
        for e in step_edges:
            self.follow(e)

    def follow(self, energy, depth=0):
        d = complex(*self.model.jost(energy))
        d /= abs(d)
        turn = -cmath.phase(d / self.last)
        low = self.energies[-1]
        if abs(turn) > 0.35 and depth < 60 and energy - low > 1e-11 * energy:
            self.follow((low + energy) / 2, depth + 1)
            self.follow(energy, depth + 1)
            return
        if abs(turn) > 0.35 and turn < 0:
            turn += 2 * math.pi  # narrower than doubles resolve: a resonance rises
        self.energies.append(energy)
        self.phases.append(self.phases[-1] + turn)
        self.last = d

    def at(self, energy):
        i = min(max(bisect.bisect(self.energies, energy), 1), len(self.energies) - 1)
        low, high = self.energies[i - 1], self.energies[i]
        part = (energy - low) / (high - low)
        return self.phases[i - 1] * (1 - part) + self.phases[i] * part


@lru_cache(maxsize=None)
def shells(top):
    counts = [0] * (top + 1)
    reach = math.isqrt(top)
    for x in range(-reach, reach + 1):
        for y in range(-reach, reach + 1):
            rest = top - x * x - y * y
            if rest < 0:
                continue
            z = math.isqrt(rest)
            for n in range(-z, z + 1):
                counts[x * x + y * y + n * n] += 1
    return [(n, c) for n, c in enumerate(counts) if c]


class Box:
    """A(E) in a box: shells with a sharp cut, or with a smooth one and the continuum beyond it."""

    def __init__(self, model, length, smooth):
        self.model = model
        ar = model.ar
        unit = 2 * ar.pi * model.hbarc / ar.num(length)
        self.unit = unit
        self.terms, self.poles = [], []
        reach = (N0 + 6 * WIDTH) ** 2 if smooth else N_MAX
        total = ar.num(0)
        for n, count in shells(reach):
            k = unit * ar.sqrt(ar.num(n))
            h = ar.erfc((ar.sqrt(ar.num(n)) - N0) / WIDTH) / 2 if smooth else 1
            omega = model.omega(k)
            x, y = model.chi(k * k)
            w = count / (4 * ar.pi) * unit ** 3 * h
            self.poles.append(omega)
            total += w * (x * x + y * y)
            if w * (x * x + y * y) > ar.tiny * total:
                self.terms.append((omega, w * x * x, w * x * y, w * y * y))
        if smooth:
            self.tail(unit)

    def tail(self, unit):
        ar, model = self.model.ar, self.model
        start = N0 - 8 * WIDTH if ar is Digits else N0 - 6 * WIDTH
        end = N0 + 8 * WIDTH
        panels = [unit * ar.num(start + 2 * i) for i in range((end - start) // 2 + 1)]
        points = [(k, w, ar.erfc((N0 - k / unit) / WIDTH) / 2) for k, w in nodes(panels, ar)]
        points += [(k, w, 1) for k, w in half_line(panels[-1], 4 * unit, ar)]
        for k, w, h in points:
            x, y = model.chi(k * k)
            w = w * k * k * h
            if x * x + y * y > 0:
                self.terms.append((model.omega(k), w * x * x, w * x * y, w * y * y))

    def a_matrix(self, energy):
        j = [self.model.ar.num(0)] * 3
        for omega, xx, xy, yy in self.terms:
            gap = energy - omega
            j[0] += xx / gap
            j[1] += xy / gap
            j[2] += yy / gap
        return self.model.a_matrix(energy, j)

    def below(self, energy):
        """How many levels lie below `energy`, by Sylvester's law."""
        a, b, c = self.a_matrix(energy)
        det = a * c - b * b
        positive = 1 if det < 0 else (2 if a + c > 0 else 0)
        return bisect.bisect_left(self.poles, energy) + positive - (1 if self.model.v > 0 else 0)

    def levels(self, count):
        found = []
        for level in range(1, count + 1):
            low, high = -4000.0, 4000.0
            while high - low > 2e-13 * abs(high):
                middle = (low + high) / 2
                if middle in (low, high):
                    break
                if self.below(middle) >= level:
                    high = middle
                else:
                    low = middle
            found.append((low + high) / 2)
        return found

    def refine(self, start, level):
        """The root next to `start` with all digits: bisection on the count, then the chord of det A."""
        step = mpf(10) ** -9
        while not (self.below(start - step) < level <= self.below(start + step)):
            step *= 10
            assert step < 1e-3, (start, level)
        # The chord is good to the square of this.
        low, high = start - step, start + step
        near = [p for p in self.poles if low <= p <= high]

        def f(e):
            a, b, c = self.a_matrix(e)
            value = a * c - b * b
            for p in near:
                value *= e - p
            return value
        root, eps = chord(f, low, high), mpf(10) ** -14
        if not self.below(root - eps) < level <= self.below(root + eps):
            for _ in range(60):
                middle = (low + high) / 2
                low, high = (low, middle) if self.below(middle) >= level else (middle, high)
            root = high
        return root


def chord(f, low, high):
    """The root of an f that is straight between `low` and `high`, which are 1e-9 apart: good to the square of that."""
    at_low, at_high = f(low), f(high)
    return high - at_high * (high - low) / (at_high - at_low)


def z00_times_sqrt_4pi(q2, ar):
    """sqrt(4 pi) Z00(1; q^2): heat kernel split at t = 1/(1 + max(0, q^2)/4)."""
    q2 = ar.num(q2)
    split = 1 / (1 + max(ar.num(0), q2) / 4)
    cut = (36 if ar is Doubles else 75)
    total = ar.num(0)
    for n, c in shells(int((cut + 4) / split + max(0, q2)) + 1):
        total += c * ar.exp(-split * (n - q2)) / (n - q2)
    dual = [(m, c) for m, c in shells(16 if ar is Digits else 5) if m]
    for t, w in nodes([split * ar.num(i) / 4 for i in range(5)], ar):
        theta = sum(c * ar.exp(-ar.pi ** 2 * m / t) for m, c in dual)
        total += w * (ar.pi / t) ** ar.num(1.5) * ar.exp(t * q2) * theta
    root = ar.sqrt(split)
    for u, w in nodes([root * ar.num(i) / 2 for i in range(3)], ar):
        rise = mp.expm1(u * u * q2) if ar is Digits else math.expm1(u * u * q2)
        total += w * 2 * ar.pi ** ar.num(1.5) * rise / (u * u)
    return total - 2 * ar.pi ** ar.num(1.5) / root


def luscher(model, length, ar_model):
    """Luscher's condition as one function of the energy on either side of threshold, without poles."""
    ar = ar_model.ar
    unit = 2 * ar.pi * ar_model.hbarc / ar.num(length)
    pi15 = ar.pi ** ar.num(1.5)

    def f(energy):
        k2 = ar_model.momentum2(energy)
        q2 = k2 / (unit * unit)
        if q2 == round(float(q2)):
            q2 += abs(q2) * 1e-15  # on a pole, and so near to it all the same
        s = z00_times_sqrt_4pi(q2, ar)
        if k2 > 0:
            turns = sum(1 for n, _ in shells(400) if n < q2) - 1
            re, im = ar_model.jost(energy)
            q = ar.sqrt(q2)
            x, y = -s / ar.sqrt(4 * ar.pi), pi15 * q
            return (-1) ** turns * (y * re - x * im) / ar.sqrt((x * x + y * y) * (re * re + im * im)) / q
        return q2 * (ar_model.k_cot(energy) * ar.num(length) / ar_model.hbarc - s / ar.pi)
    return f


def luscher_level(doubles, digits, length, centre):
    """The root nearest to `centre`, or nothing within BETWEEN MeV."""
    f = luscher(None, length, doubles)
    threshold = 2 * float(M_PI)
    roots = []
    for side in (1, -1):
        # On the other side only a root that is nearer counts.
        reach = min([BETWEEN] + [abs(root - centre) for root in roots])
        root = first_root(f, centre, side, reach, threshold)
        if root is not None:
            roots.append(root)
    if not roots:
        return None
    nearest, pad = min(roots, key=lambda root: abs(root - centre)), mpf(10) ** -9
    return chord(luscher(None, length, digits), mpf(nearest) - pad, mpf(nearest) + pad)


def first_root(f, centre, side, reach, threshold):
    """The first root of f above (side = 1) or below `centre`, in doubles."""
    low, step = centre, 0.02
    value = f(low)
    while abs(low - centre) < reach:
        high = low + side * step
        if (low - threshold) * (high - threshold) < 0:
            low = threshold + side * 1e-7
            value = f(low)
            continue
        new = f(high)
        if (value > 0) != (new > 0):
            x, y = low, high
            for _ in range(60):
                middle = (x + y) / 2
                if (f(middle) > 0) == (value > 0):
                    x = middle
                else:
                    y = middle
            # A pole of k cot delta changes sign below threshold too, and is no root.
            if abs(f(y)) < 1e-7 and abs(y - centre) <= reach:
                return y
        low, value = high, new
        step = min(0.5, step * 1.15)
    return None


def show(x, digits=18):
    return mp.nstr(mpf(x), digits, strip_zeros=False)


def parameters(letter, values):
    m_sigma, g, c, G, d = values
    return {"model": letter, "m_sigma_MeV": m_sigma, "g": g, "c_fm": c, "G": G, "d_fm": d, "m_pi_MeV": float(M_PI),
            "hbarc_MeV_fm": float(HBARC)}


def delta_record(job):
    letter, i = job
    doubles, digits = (Model(letter, SETS[letter][i], ar) for ar in (Doubles, Digits))
    phase = Phase(doubles, 1000.0)
    deltas, k_cots = [], []
    for e in ENERGIES:
        re, im = digits.jost(mpf(e))
        delta = -mp.atan2(im, re)
        turns = mp.nint((phase.at(e) - delta) / (2 * mp.pi))
        if digits.jost(mpf(2) * digits.m + mpf(10) ** -15)[0] < 0:
            # D starts negative: the phase counts from there.
            delta += mp.pi
            turns = mp.nint((phase.at(e) - delta) / (2 * mp.pi))
        delta += 2 * mp.pi * turns
        assert abs(delta - phase.at(e)) < 0.3, (job, e, delta, phase.at(e))
        deltas.append(delta)
        k_cots.append(digits.k_cot(mpf(e)))
    largest = max(abs(x) for x in deltas + k_cots)
    print("delta", letter, i, flush=True)
    return {"id": f"delta_{letter}{i}", "parameters": {**parameters(letter, SETS[letter][i]), "E_MeV": ENERGIES},
            "value": {"delta_rad": [show(x) for x in deltas], "k_cot_delta_MeV": [show(x) for x in k_cots]},
            "trusted_digits": 16, "error": float(largest * mpf(10) ** -16)}


def box_levels(letter, values, length, count, sharp):
    doubles, digits = (Model(letter, values, ar) for ar in (Doubles, Digits))

    def refined(smooth):
        rough = Box(doubles, length, smooth).levels(count)
        exact = Box(digits, length, smooth)
        return [exact.refine(mpf(e), i + 1) for i, e in enumerate(rough)]
    infinite = refined(True)
    luscher_roots = [luscher_level(doubles, digits, length, float(e)) for e in infinite]
    return (refined(False) if sharp else None), infinite, luscher_roots


def level_record(job):
    letter, i, length = job
    sharp, infinite, roots = box_levels(letter, SETS[letter][i], length, 10, True)
    with_root = [n for n, root in enumerate(roots) if root is not None]
    print("levels", letter, i, length, flush=True)
    return {"id": f"levels_{letter}{i}_L{length}",
            "parameters": {**parameters(letter, SETS[letter][i]), "L_fm": length, "N_max": N_MAX},
            "value": {"E_trunc_MeV": [show(x) for x in sharp], "E_inf_MeV": [show(x) for x in infinite],
                      "luscher_level": [str(n) for n in with_root], "E_luscher_MeV": [show(roots[n]) for n in with_root]},
            "trusted_digits": 14, "error": 1e-11}


def scaling_record(index):
    letter, values = SCALING[index]
    value = {f"E_inf_{n}_MeV": [] for n in range(3)}
    value.update({f"E_luscher_{n}_MeV": [] for n in range(3)})
    value.update({f"L_luscher_{n}_fm": [] for n in range(3)})
    for length in SCALING_BOXES:
        _, infinite, roots = box_levels(letter, values, length, 3, False)
        for n in range(3):
            value[f"E_inf_{n}_MeV"].append(show(infinite[n]))
            if roots[n] is not None:
                value[f"E_luscher_{n}_MeV"].append(show(roots[n]))
                value[f"L_luscher_{n}_fm"].append(repr(length))
    print("scaling", index, flush=True)
    return {"id": "luscher_scaling_" + "_".join([letter] + [repr(x) for x in values]),
            "parameters": {**parameters(letter, values), "L_fm": SCALING_BOXES},
            "value": value, "trusted_digits": 14, "error": 1e-11}


def write(name, quantity, unit, records, checks):
    document = {
        "id": name, "kind": "highprec", "quantity": quantity, "unit": unit,
        "provenance": {
            "made_by": "python3 golden/highprec/make_heft.py",
            "method": "closed form of the separable K matrix; secular determinant in the box, levels counted by Sylvester's "
                      "law; Luscher's condition by heat-kernel split; mpmath with 30 digits",
            "source": ["M. Luscher, Nucl. Phys. B 354 (1991) 531",
                       "parameters: six random sets a form factor, and five for the scaling in L"],
            "date": "2026-11-25",
            "checks": checks,
        },
        "records": list(records),
    }
    (HERE / f"{name}.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


CHECKS = ["an earlier independent set of values in doubles, to all digits that it trusts: dense diagonalisation of H(L) "
          "for E_trunc, another smoothing for E_inf, inversion of the Lippmann-Schwinger equation for delta",
          "cargo golden: plane-wave Hamiltonian, inversion of the Lippmann-Schwinger equation and another window in the "
          "reference crate"]

if __name__ == "__main__":
    with Pool(int(sys.argv[1]) if len(sys.argv) > 1 else 2) as pool:
        deltas = pool.map(delta_record, [(m, i) for m in "ABC" for i in range(6)], chunksize=1)
        levels = pool.map(level_record, [(m, i, box) for m in "ABC" for i in range(6) for box in BOXES], chunksize=1)
        scaling = pool.map(scaling_record, range(len(SCALING)), chunksize=1)
    write("heft",
          "phase shift, continuous and zero at threshold, and k cot delta at E_MeV; lowest levels in a box of side L_fm: "
          "E_trunc with shells n^2 <= N_max, E_inf without a cut, E_luscher the root of Luscher's condition nearest to E_inf "
          f"of the levels (from 0) in luscher_level, the others having none within {BETWEEN:g} MeV; <k|k'> = delta^3, two pions, "
          "g(k) = g/sqrt(m_pi) f(c,k), v = G/m_pi^2 f(d,k)^2 f(d,k')^2",
          "delta: rad, the rest: MeV", deltas + levels, CHECKS)
    write("luscher_scaling",
          "lowest three levels in boxes of side L_fm without a cut (E_inf_n), and the roots of Luscher's condition nearest "
          f"to them (E_luscher_n, at the sides L_luscher_n, the others having none within {BETWEEN:g} MeV)",
          "L: fm, E: MeV", scaling, CHECKS)
