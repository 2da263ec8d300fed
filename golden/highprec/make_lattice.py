#!/usr/bin/env python3
"""Writes ising.json, u1.json and free_field.json beside itself.

Exactly solved lattice models on small tori. Needs mpmath and numpy (pip install mpmath numpy). Every value with 50 digits
and by two routes; shares nothing with the Rust code. Run from the repository root: python3 golden/highprec/make_lattice.py
"""
import itertools
import json
import pathlib

import numpy as np
from mpmath import besseli, cos, cosh, diff, exp, inverse, log, log1p, matrix, mp, mpf, nstr, pi, sinh, sqrt, tanh

mp.dps = 50
HERE = pathlib.Path(__file__).parent
AGREE = mpf(10) ** -32  # two routes to one value, relative
BETA_C = 0.4406867935097715  # the double nearest to ln(1 + sqrt 2)/2


def agreed(first, second, what):
    assert abs(first - second) <= AGREE * max(abs(first), abs(second)), (what, first, second)
    return first


def record(ident, parameters, value):
    text = lambda x: [nstr(y, 30) for y in x] if isinstance(x, list) else nstr(x, 30)
    flat = [abs(y) for x in value.values() for y in (x if isinstance(x, list) else [x])]
    return {"id": ident, "parameters": parameters, "value": {name: text(x) for name, x in value.items()},
            "error": float(max(flat) * mpf(10) ** -28)}


# Ising -------------------------------------------------------------------------------------------------------------------

def rotations(row, width):
    full = (1 << width) - 1
    return {((row << k) | (row >> (width - k))) & full for k in range(width)}


def density_of_states(l0, l1):
    """g[up, broken]: how many configurations have so many spins up and so many unlike bonds, as exact integers.

    Rows of l0 spins are added site by site to a first row that is held fixed and closes the torus in the end; counts
    for first rows that are rotations of each other are equal. At most 2^64 in all: no count overflows.
    """
    sites = l0 * l1
    total = np.zeros((sites + 1, 2 * sites + 1), dtype=np.uint64)
    for first in range(1 << l0):
        orbit = rotations(first, l0)
        if first != min(orbit):
            continue
        counts = np.zeros((1 << l0, sites + 1, 2 * sites + 1), dtype=np.uint64)
        counts[first, 0, 0] = 1
        for _, x in itertools.product(range(l1), range(l0)):
            grown = np.zeros_like(counts)
            for row, up in itertools.product(range(1 << l0), (0, 1)):
                after = (row & ~(1 << x)) | (up << x)
                broken = int((row >> x) & 1 != up)
                broken += int(x > 0 and (after >> (x - 1)) & 1 != up)
                broken += int(x == l0 - 1 and after & 1 != up)
                grown[after, up:, broken:] += counts[row, :sites + 1 - up, :2 * sites + 1 - broken]
            counts = grown
        total += np.uint64(len(orbit)) * counts[first]
    for up in range(sites + 1):
        assert sum(int(n) for n in total[up]) == int(mp.binomial(sites, up)), (l0, l1, up)
    return total


def ising_from_counts(g, sites, beta):
    bonds = 2 * sites
    weights = [exp(beta * (bonds - 2 * broken)) for broken in range(bonds + 1)]
    by_broken = [sum(int(n) for n in g[:, k]) * weights[k] for k in range(bonds + 1)]
    by_up = [sum(int(n) * w for n, w in zip(row, weights) if n) for row in g]
    z = sum(by_up)
    energy = sum((2 * k - bonds) * w for k, w in enumerate(by_broken)) / z
    spread = sum((2 * k - bonds - energy) ** 2 * w for k, w in enumerate(by_broken)) / z
    moment = lambda n: sum(abs(mpf(2 * up - sites) / sites) ** n * w for up, w in enumerate(by_up)) / z
    absm, m2, m4 = moment(1), moment(2), moment(4)
    thermal = {"lnZ_per_site": log(z) / sites, "e": energy / sites, "c": beta ** 2 * spread / sites}
    magnetic = {"absm": absm, "m2": m2, "m4": m4, "binder": 1 - m4 / (3 * m2 ** 2),
                "chi_abs": beta * sites * (m2 - absm ** 2)}
    return thermal, magnetic


def kaufman(l0, l1, beta):
    """ln Z: gamma_q = arcosh(cosh^2 2b/sinh 2b - cos(pi q/l0)), gamma_0 = 2b + ln tanh b."""
    gamma = [2 * beta + log(tanh(beta))]
    gamma += [mp.acosh(cosh(2 * beta) ** 2 / sinh(2 * beta) - cos(pi * q / l0)) for q in range(1, 2 * l0)]
    products = [mp.fprod(2 * f(l1 * g / 2) for g in gamma[parity::2]) for parity in (1, 0) for f in (cosh, sinh)]
    return log(sum(products) / 2) + mpf(l0 * l1) / 2 * log(2 * sinh(2 * beta))


def ising_records():
    sizes = [(n, n) for n in (2, 3, 4, 5, 6, 8, 10, 16, 32)] + [(2, 3), (3, 2), (3, 4), (2, 5)]
    for l0, l1 in sizes:
        sites = l0 * l1
        g = density_of_states(l0, l1) if l0 <= 8 else None
        for number in (0.2, 0.3, 0.4, BETA_C, 0.5, 0.6):
            beta = mpf(number)
            ln_z = lambda b: kaufman(l0, l1, b)
            value = {"lnZ_per_site": ln_z(beta) / sites, "e": -diff(ln_z, beta) / sites,
                     "c": beta ** 2 * diff(ln_z, beta, 2) / sites}
            if g is not None:
                thermal, magnetic = ising_from_counts(g, sites, beta)
                value = {name: agreed(thermal[name], value[name], (l0, l1, number, name)) for name in thermal}
                value.update(magnetic)
            yield record(f"ising_{l0}x{l1}_beta{number:.6g}",
                         {"model": "ising-2d", "L0": l0, "L1": l1, "beta": number}, value)
        print("ising", l0, l1, flush=True)


# U(1) --------------------------------------------------------------------------------------------------------------------

NODES, STEPS, REACH, Q_MAX = 80, 128, 25, 60


def gauss_legendre(order):
    """Nodes and weights on [0, pi]."""
    rule = []
    for k in range(order):
        x = cos(pi * (k + mpf(3) / 4) / (order + mpf(1) / 2))
        for _ in range(8):
            older, value = mpf(1), x
            for n in range(2, order + 1):
                older, value = value, ((2 * n - 1) * x * value - (n - 1) * older) / n
            slope = order * (x * value - older) / (x * x - 1)
            x -= value / slope
        rule.append((pi * (1 + x) / 2, pi / ((1 - x * x) * slope ** 2)))
    return rule


RULE = gauss_legendre(NODES)


def at_real_order(beta, nu):
    """c(nu) = int_0^pi e^{b(cos p - 1)} cos(nu p) dp/pi, and the same with another factor cos p."""
    terms = [(w * exp(beta * (cos(p) - 1)) * cos(nu * p) / pi, cos(p)) for p, w in RULE]
    return mp.fsum(t for t, _ in terms), mp.fsum(t * u for t, u in terms)


def table(beta):
    """c and c_1 at nu = k/STEPS for |nu| <= REACH, by the recurrence of cos(nu p) in nu."""
    weights = [w * exp(beta * (cos(p) - 1)) / pi for p, w in RULE]
    weighted = [w * cos(p) for w, (p, _) in zip(weights, RULE)]
    twice = [2 * cos(p / STEPS) for p, _ in RULE]
    older, now = [t / 2 for t in twice], [mpf(1)] * NODES  # cos is even: k = -1 and k = 0
    half = []
    for _ in range(REACH * STEPS + 1):
        half.append((mp.fdot(weights, now), mp.fdot(weighted, now)))
        older, now = now, [t * c - o for t, c, o in zip(twice, now, older)]
    check = at_real_order(beta, mpf(REACH))
    assert abs(half[-1][0] - check[0]) < mpf(10) ** -38, "recurrence of cos(nu p)"
    return half


def sectors(half, volume, charges):
    """Z_Q e^{-bV} and <P>_Q: the trapezoid rule in nu, whose aliases are Q mod STEPS."""
    powers = [(1 if k == 0 else 2) * c ** (volume - 1) for k, (c, _) in enumerate(half)]
    z = [p * c for p, (c, _) in zip(powers, half)]
    zp = [p * c1 for p, (_, c1) in zip(powers, half)]
    turn = [cos(2 * pi * k / STEPS) for k in range(STEPS)]
    wave = lambda q: [turn[k * q % STEPS] for k in range(len(half))]
    weights = [mp.fdot(z, wave(q)) / STEPS for q in charges]
    return weights, [mp.fdot(zp, wave(q)) / STEPS / w for q, w in zip(charges, weights)]


def u1_torus(lx, ly, number, half, charges, thetas):
    volume, beta = lx * ly, mpf(number)
    span = range(-60, 61)
    bessel = {n: besseli(n, beta) for n in range(62)}
    character = lambda n: bessel[abs(n)]
    z = mp.fsum(character(n) ** volume for n in span)
    ln_z = lambda b: log(mp.fsum(besseli(n, b) ** volume * (1 if n == 0 else 2) for n in range(61)))
    loop = lambda area: mp.fsum(character(n) ** (volume - area) * (character(n + 1) ** area + character(n - 1) ** area)
                                for n in span) / (2 * z)
    plaquette = agreed(loop(1), diff(ln_z, beta) / volume, "W(1) is the derivative of ln Z")

    def ln_z_with_sine(epsilon):  # b cos t + eps sin t = sqrt(b^2 + eps^2) cos(t - arctan(eps/b))
        size, angle = sqrt(beta ** 2 + epsilon ** 2), mp.atan2(epsilon, beta)
        return log(mp.fsum(besseli(n, size) ** volume * cos(n * volume * angle) * (1 if n == 0 else 2)
                           for n in range(61)))

    spread = mp.fsum(n * n * character(n) ** volume for n in span) / z
    q_sin2 = (volume * plaquette / beta - (volume / beta) ** 2 * spread) / (4 * pi ** 2)
    agreed(q_sin2, diff(ln_z_with_sine, mpf(0), 2) / (4 * pi ** 2), "Q_sin")
    z_q, _ = sectors(half, volume, range(Q_MAX))
    scaled = z * exp(-beta * volume)
    agreed(scaled, z_q[0] + 2 * mp.fsum(z_q[1:]), "the sectors add up to Z")
    q2 = 2 * mp.fsum(q * q * w for q, w in enumerate(z_q)) / scaled
    weights, plaquettes = sectors(half, volume, charges)
    twisted = [mp.fsum(at_real_order(beta, n + mpf(theta) / (2 * pi))[0] ** volume for n in range(-25, 26)) / scaled
               for theta in thetas]
    by_sectors = [(z_q[0] + 2 * mp.fsum(w * cos(mpf(t) * q) for q, w in enumerate(z_q) if q)) / scaled for t in thetas]
    for first, second in zip(twisted, by_sectors):
        assert abs(first - second) < mpf(10) ** -30, ("Z(theta)", first, second)
    value = {"lnZ_per_site": log(z) / volume, "plaquette": plaquette, "var_sum_cos": diff(ln_z, beta, 2), "Q2": q2,
             "chi_t": q2 / volume, "Q_sin2": q_sin2}
    for r, t in [(1, 1), (1, 2), (1, 3), (2, 2), (2, 3), (3, 3)]:
        value[f"W_{r}x{t}"] = loop(r * t)
    value.update({"sector_weight": [w / scaled for w in weights], "sector_plaquette": plaquettes, "Z_theta": twisted})
    return value


def u1_records():
    tori = [(n, n, b) for n in (8, 16) for b in range(1, 8)] + [(4, 4, 1), (4, 4, 2), (4, 8, 2.5), (64, 64, 7)]
    halves = {}
    for lx, ly, number in tori:
        number = float(number)
        if number not in halves:
            halves[number] = table(mpf(number))
        charges = [0, 9, 10] if lx == 64 else [0, 1, 2, 3]
        thetas = [0.25] if lx == 64 else [0.5, 1.0, 3.0]
        value = u1_torus(lx, ly, number, halves[number], charges, thetas)
        yield record(f"u1_{lx}x{ly}_beta{number:g}",
                     {"model": "u1-2d", "Lx": lx, "Ly": ly, "beta": number, "sectors": charges, "theta": thetas}, value)
        print("u1", lx, ly, number, flush=True)
    for number in (0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0):
        beta = mpf(number)
        c, c1 = at_real_order(beta, mpf(0))
        square = mp.fsum(w * p * p * exp(beta * (cos(p) - 1)) / pi for p, w in RULE)
        yield record(f"u1_infinite_beta{number:g}", {"model": "u1-2d", "beta": number},
                     {"lnZ_per_site": agreed(log(c) + beta, log(besseli(0, beta)), "ln I_0"),
                      "plaquette": agreed(c1 / c, besseli(1, beta) / besseli(0, beta), "I_1/I_0"),
                      "chi_t": square / (4 * pi ** 2 * c)})


# Free field --------------------------------------------------------------------------------------------------------------

def free_field(extents, mass2, form):
    """The dense matrix of the action in position space, its determinant and its inverse."""
    sites = list(itertools.product(*(range(n) for n in extents)))
    index = {site: i for i, site in enumerate(sites)}
    kernel = matrix(len(sites), len(sites))
    for site, i in index.items():
        kernel[i, i] += 2 * len(extents) + mpf(mass2)
        for mu, extent in enumerate(extents):
            for step in (1, -1):
                other = site[:mu] + ((site[mu] + step) % extent,) + site[mu + 1:]
                kernel[i, index[other]] -= 1
    covariance = inverse(kernel) / (2 if form == "b" else 1)
    two_point = [covariance[i, 0] for i in range(len(sites))]
    agreed(two_point[0], covariance[len(sites) - 1, len(sites) - 1], "translations")
    wave = lambda p: [cos(2 * pi * mp.fsum(mpf(k * x) / n for k, x, n in zip(p, site, extents))) for site in sites]
    modes = [mp.fdot(wave(p), two_point) for p in sites]
    ln_z = mpf(len(sites)) / 2 * log(pi if form == "b" else 2 * pi) - log(mp.det(kernel)) / 2
    return {"lnZ": ln_z, "phi2": two_point[0], "two_point": two_point, "mode_variance": modes}


def free_field_records():
    cases = [((6,), 0.3), ((2, 3), 1.25), ((4, 4), 0.25), ((6, 5), 0.1), ((2, 3, 4), 0.7), ((2, 2, 2, 3), 0.5)]
    for extents, mass2 in cases:
        for form in ("b", "c"):
            shape = "x".join(map(str, extents))
            yield record(f"free_{shape}_mass2_{mass2}_form_{form}",
                         {"model": "free-scalar", "extents": list(extents), "mass2": mass2, "form": form},
                         free_field(extents, mass2, form))
        print("free field", extents, flush=True)


def write(name, quantity, method, source, records):
    document = {
        "id": name, "kind": "highprec", "quantity": quantity, "unit": "1",
        "provenance": {
            "made_by": "python3 golden/highprec/make_lattice.py",
            "method": method, "source": source, "date": "2026-11-27", "checks": CHECKS[name],
        },
        "records": list(records),
    }
    (HERE / f"{name}.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


EARLIER = "an earlier independent set of values in doubles, to all digits that it trusts"
CHECKS = {
    "ising": ["density of states against Kaufman's formula, 32 digits, for extents up to 8; exact sum rules of the counts",
              EARLIER, "cargo golden: Kaufman by Taylor arithmetic, enumeration, transfer matrix"],
    "u1": ["W(1x1) and Q_sin^2 as derivatives of ln Z; sum of the sectors; Z(theta) by two routes", EARLIER,
           "cargo golden: characters by Miller's recurrence, sectors by a cardinal series, loops by convolution of densities"],
    "free_field": ["translation invariance of the dense inverse", "cargo golden: direct sums over momenta"],
}

if __name__ == "__main__":
    write("free_field",
          "lnZ, <phi^2>, two-point function <phi(x) phi(0)> (x in row-major order) and variance of the modes of the orthonormal "
          "Fourier transform (momenta 2 pi k/L, k in row-major order) of S = sum phi(Box + mass2)phi (form b) or half of it "
          "(form c), Box = sum_mu (2 - shift_mu - shift_-mu), measure prod dphi, periodic",
          "dense matrix in position space, determinant and inverse, mpmath with 50 digits", "Gaussian integral",
          free_field_records())
    write("ising",
          "lnZ/V, e = <H>/V, c = beta^2 var(H)/V, absm = <|m|>, m2 = <m^2>, m4 = <m^4>, binder = 1 - m4/(3 m2^2), chi_abs = "
          "beta V (m2 - absm^2) of H = -sum s s' on a periodic L0 x L1 lattice with 2V bonds (both at extent 2), m = M/V",
          "exact density of states in energy and magnetisation (extents up to 8), Kaufman's formula; mpmath with 50 digits",
          "B. Kaufman, Phys. Rev. 76 (1949) 1232", ising_records())
    write("u1",
          "lnZ/V (measure prod dtheta/2 pi, S = -beta sum cos theta_P), plaquette <cos theta_P>, var_sum_cos = var(sum cos theta_P), "
          "<Q^2> of the geometric charge, chi_t = Q2/V, <Q_sin^2>, contractible Wilson loops W_RxT, Z_Q/Z and <cos theta_P>_Q in "
          "the sectors Q, Z(theta)/Z(0); periodic Lx x Ly, or infinite volume where there is no extent",
          "characters by Bessel functions; real-order integrals by Gauss-Legendre, sectors by the trapezoid rule; mpmath with "
          "50 digits", "A. A. Migdal, Sov. Phys. JETP 42 (1975) 413; theta dependence derived in reference/src/u1_torus.rs",
          u1_records())
