#!/usr/bin/env python3
"""Writes luscher_zeta_rest.json, luscher_zeta_moving.json and luscher_levels.json beside itself.

Needs mpmath (pip install mpmath). Heat-kernel splits with 70 digits, each value at two split points;
shares nothing with the Rust code. Run from the repository root: python3 golden/highprec/make_luscher.py
"""
import json
import pathlib
from functools import lru_cache

from mpmath import findroot, mp, mpf, pi, exp, sqrt, quad, factorial, nstr, cot, inf

mp.dps = 70  # a split at t = 1 loses a factor e^{q^2}
HERE = pathlib.Path(__file__).parent
REACH = 11  # e^{-121} is 1e-52



@lru_cache(maxsize=None)
def shells(reach2):
    """Number of integer vectors of each length."""
    counts = {}
    top = int(reach2 ** 0.5) + 1
    for x in range(-top, top + 1):
        for y in range(-top, top + 1):
            for z in range(-top, top + 1):
                n2 = x * x + y * y + z * z
                if n2 <= reach2:
                    counts[n2] = counts.get(n2, 0) + 1
    return sorted(counts.items())


def z00(q2, split=1):
    """Z00(1; q^2) with the heat kernel split at t = `split`."""
    q2, split = mpf(q2), mpf(split)
    direct = sum(c * exp(-split * (n - q2)) / (n - q2) for n, c in shells(int((REACH * REACH + 2 * max(0, q2)) / split)))
    dual_shells = [(m, c) for m, c in shells(16) if m > 0]
    theta = lambda t: sum(c * exp(-pi ** 2 * m / t) for m, c in dual_shells)
    dual = quad(lambda t: (pi / t) ** 1.5 * exp(t * q2) * theta(t), [0, split / 4, split / 2, split])
    zero = quad(lambda u: 2 * pi ** 1.5 * (exp(u * u * q2) - 1) / (u * u), [0, sqrt(split) / 2, sqrt(split)])
    return (direct + dual + zero - 2 * pi ** 1.5 / sqrt(split)) / sqrt(4 * pi)


def harmonic(l, m, r):
    """Real part of the solid harmonic |r|^l Y_lm, Condon-Shortley, from its explicit sum."""
    x, y, z = r
    r2 = x * x + y * y + z * z
    planar = mpf(1) if m == 0 else ((mp.mpc(x, y)) ** m).real * (-1) ** m
    norm = sqrt((2 * l + 1) / (4 * pi) * factorial(l - m) / factorial(l + m))
    series = sum(
        (-1) ** k * factorial(2 * l - 2 * k) / (2 ** l * factorial(k) * factorial(l - k) * factorial(l - 2 * k - m))
        * z ** (l - 2 * k - m) * r2 ** k
        for k in range((l - m) // 2 + 1)
    )
    return norm * planar * series


def boosted(n, d, power, gamma):
    """n with its component along d multiplied by gamma^power."""
    d2 = sum(c * c for c in d)
    if d2 == 0:
        return [mpf(c) for c in n]
    along = sum(a * b for a, b in zip(n, d)) * (gamma ** power - 1) / d2
    return [mpf(a) + along * b for a, b in zip(n, d)]


def zlm(l, m, q2, d=(0, 0, 0), gamma=1, split=1):
    """Z^d_lm(1; q^2) with the heat kernel split at t = `split`."""
    q2, gamma, split = mpf(q2), mpf(gamma), mpf(split)
    half = [mpf(c) / 2 for c in d]
    direct = mpf(0)
    top = int(((REACH * REACH + 2 * max(0.0, float(q2))) / float(split)) ** 0.5 * float(gamma)) + 2
    limit = (REACH * REACH + 2 * max(0.0, float(q2))) / float(split)
    for x in range(-top, top + 1):
        for y in range(-top, top + 1):
            for z in range(-top, top + 1):
                r = boosted([x - half[0], y - half[1], z - half[2]], d, -1, gamma)
                r2 = r[0] ** 2 + r[1] ** 2 + r[2] ** 2
                if r2 <= limit:
                    direct += harmonic(l, m, r) * exp(-split * (r2 - q2)) / (r2 - q2)
    images = {}
    for x in range(-4, 5):
        for y in range(-4, 5):
            for z in range(-4, 5):
                if 0 < x * x + y * y + z * z <= 16:
                    r = boosted([x, y, z], d, 1, gamma)
                    key = nstr(r[0] ** 2 + r[1] ** 2 + r[2] ** 2, 35)
                    phase = (-1) ** (x * d[0] + y * d[1] + z * d[2])
                    images[key] = images.get(key, mpf(0)) + phase * harmonic(l, m, r)
    images = [(mpf(key), value) for key, value in images.items()]
    theta = lambda t: sum(value * exp(-pi ** 2 * m2 / t) for m2, value in images)
    sign = (-1) ** (l // 2)
    dual = quad(lambda t: (pi / t) ** (l + mpf(3) / 2) * exp(t * q2) * theta(t), [0, split / 4, split / 2, split])
    result = direct + gamma * sign * dual
    if l == 0:
        zero = quad(lambda u: 2 * pi ** 1.5 * (exp(u * u * q2) - 1) / (u * u), [0, sqrt(split) / 2, sqrt(split)])
        result += gamma * (zero - 2 * pi ** 1.5 / sqrt(split)) / sqrt(4 * pi)
    return result


def agreed(first, second, digits):
    assert abs(first - second) <= mpf(10) ** (-digits) * abs(first), (first, second)
    return nstr(first, digits + 4)


def record(ident, parameters, value, trusted):
    return {"id": ident, "parameters": parameters, "value": value, "trusted_digits": trusted,
            "error": float(abs(mpf(value)) * mpf(10) ** -trusted)}


def rest_records():
    q2s = [-2.9, -2.5, -2, -1.5, -1, -0.75, -0.5, -0.25, -0.1, -0.01, -0.001, 0.001, 0.01, 0.1, 0.25, 0.5, 0.75,
           0.9, 0.99, 0.999, 1.001, 1.1, 1.5, 1.9, 1.999, 2.001, 2.5, 2.99, 3.3, 4.5, 4.999999, 5.000001, 5.5, 6.25,
           7.0, 7.5, 7.9999, 8.5, 9.37, 9.99, -9.9, -5.5, 13.3, 20.5, 27.9999, 33.3, 41.000001, 47.2, 55.5, 59.9]
    for i, q2 in enumerate(q2s):
        value = agreed(z00(q2), z00(q2, 0.7), 20)
        yield record(f"z00_{i:02}", {"q2": q2, "l": 0, "m": 0}, value, 20)
    for q2 in [0.35, 2.47, -0.8, 17.3]:
        for l, m in [(4, 0), (6, 0), (4, 4), (6, 4)]:
            value = agreed(zlm(l, m, q2), zlm(l, m, q2, split=0.8), 18)
            yield record(f"z{l}{m}_rest_{q2}", {"q2": q2, "l": l, "m": m}, value, 18)


def moving_records():
    cases = [((0, 0, 1), 1.1, 0.31), ((0, 0, 1), 1.3, 1.17), ((1, 1, 0), 1.2, 0.44), ((1, 1, 1), 1.25, 0.52),
             ((1, 1, 1), 1.05, 2.3)]
    for d, gamma, q2 in cases:
        for l in (0, 2, 4):
            if l == 2 and d == (1, 1, 1):
                continue  # zero by symmetry
            value = agreed(zlm(l, 0, q2, d, gamma), zlm(l, 0, q2, d, gamma, split=0.8), 18)
            name = "".join(map(str, d))
            yield record(f"z{l}0_d{name}_g{gamma}_{q2}", {"q2": q2, "l": l, "m": 0, "d": list(d), "gamma": gamma},
                         value, 18)


def level_records():
    hbarc, m_pi = mpf("197.3269804"), mpf("139.57")
    poles = [0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11]
    for degrees in (10, 30, 60, 90, 150):
        delta = degrees * pi / 180
        def condition(q2):
            return z00(q2) * mp.sin(delta) - pi ** 1.5 * sqrt(q2) * mp.cos(delta)
        levels = []
        for low, high in zip(poles, poles[1:]):
            edge = mpf(10) ** -6
            levels.append(findroot(condition, (low + edge, high - edge), solver="anderson", tol=mpf(10) ** -50,
                                   maxsteps=80))
        for box in (3, 4, 5, 6, 8, 10):
            k = [2 * pi * sqrt(q2) * hbarc / box for q2 in levels]
            energy = [2 * sqrt(m_pi ** 2 + p ** 2) for p in k]
            show = lambda xs: [nstr(x, 20) for x in xs]
            yield {"id": f"levels_delta{degrees}_L{box}",
                   "parameters": {"delta_deg": degrees, "L_fm": box, "m_pi_MeV": 139.57, "hbarc_MeV_fm": 197.3269804},
                   "value": {"q2": show(levels), "k_MeV": show(k), "E_MeV": show(energy)},
                   "trusted_digits": 17, "error": float(max(energy) * mpf(10) ** -17)}


def write(name, quantity, unit, records, checks):
    document = {
        "id": name, "kind": "highprec", "quantity": quantity, "unit": unit,
        "provenance": {
            "made_by": "python3 golden/highprec/make_luscher.py",
            "method": "heat-kernel split, mpmath with 70 digits, each value at two split points",
            "source": "M. Luscher, Nucl. Phys. B 354 (1991) 531; K. Rummukainen, S. Gottlieb, Nucl. Phys. B 450 (1995) 397",
            "date": "2026-11-23",
            "checks": checks,
        },
        "records": list(records),
    }
    text = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
    (HERE / f"{name}.json").write_text(text, encoding="utf-8")


CHECKS = ["a second split point (0.7 or 0.8)",
          "an earlier independent set of 40-digit values, to all digits that it trusts",
          "cargo golden: the smoothed direct sum of the reference crate, 1e-12 (1e-9 for l >= 4)"]

if __name__ == "__main__":
    write("luscher_zeta_rest",
          "Z_lm(1; q^2) = sum_n |n|^l Y_lm(n)/(n^2 - q^2), n in Z^3, analytically continued; parameters are the nearest IEEE doubles",
          "1", rest_records(), CHECKS)
    write("luscher_zeta_moving",
          "Z^d_lm(1; q^2) = sum_r |r|^l Y_lm(r)/(r^2 - q^2), r_par = (n_par - |d|/2)/gamma, r_perp = n_perp; z is the lattice axis",
          "1", moving_records(), CHECKS)
    write("luscher_levels",
          "q^2, k = 2 pi q hbarc/L and E = 2 sqrt(m_pi^2 + k^2) of the ten lowest levels at constant delta: n pi - delta = phi(q^2)",
          "q2: 1, k and E: MeV", level_records(), CHECKS)
