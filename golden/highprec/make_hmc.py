#!/usr/bin/env python3
"""Writes hmc.json beside itself: trajectories of molecular dynamics of phi^4 and of U(1) in two dimensions.

Needs mpmath (pip install mpmath). 40 digits; shares nothing with the Rust code. Forces are written out and checked against
differences of the action. Run from the repository root: python3 golden/highprec/make_hmc.py
"""
import itertools
import json
import pathlib

from mpmath import mp, mpf

mp.dps = 40
HERE = pathlib.Path(__file__).parent
DIGITS = 20
LAMBDA = mpf("0.1931833275037836")


def text(x):
    return mp.nstr(x, DIGITS, strip_zeros=False, min_fixed=-5, max_fixed=20)


class Lattice:
    def __init__(self, extents):
        self.extents = extents
        self.sites = list(itertools.product(*map(range, extents)))

    def ahead(self, x, mu, steps=1):
        y = list(x)
        y[mu] = (y[mu] + steps) % self.extents[mu]
        return tuple(y)


class Phi4:
    """S = sum[-2 K sum_mu phi phi_{+mu} + A phi^2 + G phi^4]."""

    def __init__(self, extents, K, A, G):
        self.lattice, self.K, self.A, self.G = Lattice(extents), mpf(K), mpf(A), mpf(G)
        self.keys = self.lattice.sites

    def action(self, q):
        s = mpf(0)
        for x in self.lattice.sites:
            bonds = sum(q[self.lattice.ahead(x, mu)] for mu in range(len(x)))
            s += -2 * self.K * q[x] * bonds + self.A * q[x] ** 2 + self.G * q[x] ** 4
        return s

    def force(self, q):
        f = {}
        for x in self.keys:
            near = sum(q[self.lattice.ahead(x, mu, s)] for mu in range(len(x)) for s in (1, -1))
            f[x] = 2 * self.K * near - 2 * self.A * q[x] - 4 * self.G * q[x] ** 3
        return f

    def lists(self, q):
        return {"": [q[x] for x in self.keys]}


class U1:
    """S = -beta sum cos(theta_P), theta_P = th_0(x) + th_1(x+0) - th_0(x+1) - th_1(x)."""

    def __init__(self, extents, beta):
        self.lattice, self.beta = Lattice(extents), mpf(beta)
        self.keys = [(mu, x) for mu in (0, 1) for x in self.lattice.sites]

    def plaquette(self, q, x):
        ahead, side = self.lattice.ahead(x, 0), self.lattice.ahead(x, 1)
        return q[0, x] + q[1, ahead] - q[0, side] - q[1, x]

    def action(self, q):
        return -self.beta * sum(mp.cos(self.plaquette(q, x)) for x in self.lattice.sites)

    def force(self, q):
        sine = {x: mp.sin(self.plaquette(q, x)) for x in self.lattice.sites}
        f = {}
        for x in self.lattice.sites:
            f[0, x] = -self.beta * (sine[x] - sine[self.lattice.ahead(x, 1, -1)])
            f[1, x] = self.beta * (sine[x] - sine[self.lattice.ahead(x, 0, -1)])
        return f

    def charge(self, q):
        turns = [self.plaquette(q, x) / (2 * mp.pi) for x in self.lattice.sites]
        return sum(t - mp.nint(t) for t in turns)

    def lists(self, q):
        return {f"_{mu}": [q[mu, x] for x in self.lattice.sites] for mu in (0, 1)}


def parts(scheme):
    """Kicks (K) and drifts (D) of one step, in units of the step."""
    half, inner = mpf(1) / 2, 1 - 2 * LAMBDA
    if scheme == "yoshida4":
        w1 = 1 / (2 - mp.cbrt(2))
        return [(kind, w * part) for w in (w1, 1 - 2 * w1, w1) for kind, part in parts("leapfrog")]
    return {"leapfrog": [("K", half), ("D", mpf(1)), ("K", half)],
            "leapfrog-position": [("D", half), ("K", mpf(1)), ("D", half)],
            "omelyan": [("K", LAMBDA), ("D", half), ("K", inner), ("D", half), ("K", LAMBDA)],
            "omelyan-position": [("D", LAMBDA), ("K", half), ("D", inner), ("K", half), ("D", LAMBDA)]}[scheme]


def run(model, q, p, scheme, step, steps):
    q, p = dict(q), dict(p)
    for _ in range(steps):
        for kind, part in parts(scheme):
            if kind == "K":
                f = model.force(q)
                p = {key: p[key] + step * part * f[key] for key in p}
            else:
                q = {key: q[key] + step * part * p[key] for key in q}
    return q, p


def kinetic(p):
    return sum(x ** 2 for x in p.values()) / 2


def check(model, q, p, q1, p1, scheme, step, steps):
    """The force is the derivative of the action along p; the trajectory can be gone back."""
    h = mpf(10) ** -10
    moved = [{key: q[key] + s * h * p[key] for key in q} for s in (1, -1)]
    slope = (model.action(moved[0]) - model.action(moved[1])) / (2 * h)
    f = model.force(q)
    assert abs(slope + sum(f[key] * p[key] for key in q)) < mpf(10) ** -14
    back, _ = run(model, q1, {key: -p1[key] for key in p1}, scheme, step, steps)
    assert max(abs(back[key] - q[key]) for key in q) < mpf(10) ** -33


def wave(amplitude, phase, k, x, of):
    return mpf(amplitude) * of(mpf(phase) + sum(mpf(c) * n for c, n in zip(k, x)))


def record(name, model, start, momenta, parameters, scheme, step, steps):
    if isinstance(model, U1):
        # The phase of direction mu is shifted by so much times mu.
        q = {(mu, x): wave(start["amplitude"], mpf(start["phase"]) + start["shift"] * mu, start["k"], x, mp.sin)
             for mu, x in model.keys}
        p = {(mu, x): wave(momenta["amplitude"], mpf(momenta["phase"]) + momenta["shift"] * mu, momenta["k"], x, mp.cos)
             for mu, x in model.keys}
    else:
        q = {x: wave(start["amplitude"], start["phase"], start["k"], x, mp.sin) for x in model.keys}
        p = {x: wave(momenta["amplitude"], momenta["phase"], momenta["k"], x, mp.cos) for x in model.keys}
    q1, p1 = run(model, q, p, scheme, mpf(step), steps)
    check(model, q, p, q1, p1, scheme, mpf(step), steps)
    s0, s1, k0, k1 = model.action(q), model.action(q1), kinetic(p), kinetic(p1)
    value = {"S0": text(s0), "K0": text(k0), "S1": text(s1), "K1": text(k1), "dH": text(k1 + s1 - k0 - s0)}
    if isinstance(model, U1):
        value["Q1"] = text(model.charge(q1))
    for kind, field in (("q", q1), ("p", p1)):
        for suffix, numbers in model.lists(field).items():
            value[kind + suffix] = [text(x) for x in numbers]
    plain = lambda number: float(number) if isinstance(number, str) else number
    waves = {f"{of}_{key}": plain(number) for of, wave in (("start", start), ("momenta", momenta)) for key, number in wave.items()}
    return {"id": f"{name}_{scheme}_e{step}_n{steps}",
            "parameters": {**parameters, **waves, "scheme": scheme, "step": float(step), "steps": steps},
            "value": value, "error": 1e-18}


def phi4(name, extents, K, A, G, start, momenta, runs):
    model = Phi4(extents, K, A, G)
    parameters = {"model": "phi4", "extents": extents, "K": float(K), "A": float(A), "G": float(G)}
    return [record(name, model, start, momenta, parameters, *one) for one in runs]


def u1(name, extents, beta, start, momenta, runs):
    model = U1(extents, beta)
    parameters = {"model": "u1-2d", "extents": extents, "beta": float(beta)}
    return [record(name, model, start, momenta, parameters, *one) for one in runs]


def wave_of(amplitude, phase, *k, **more):
    """Decimal numbers as texts: they are what they say, not the nearest doubles."""
    return {"amplitude": amplitude, "phase": phase, **more, "k": list(k)}


ALL = [("leapfrog", "0.1", 10), ("leapfrog", "0.05", 20), ("leapfrog-position", "0.1", 10), ("omelyan", "0.1", 10),
       ("omelyan", "0.05", 20), ("omelyan-position", "0.1", 10), ("yoshida4", "0.1", 10)]

if __name__ == "__main__":
    records = [
        *phi4("phi4_4x4", [4, 4], "0.21", "0.956", "0.022", wave_of("0.8", 1, 2, 3), wave_of(1, 0.5, 1, -2), ALL),
        *phi4("phi4_8x8", [8, 8], 1, 0, 8, wave_of(0.5, "0.3", 1, 2), wave_of(1, "0.2", 2, 1), [*ALL[:4], ALL[6]]),
        *phi4("phi4_4x6", [4, 6], "0.3", "1.5", "0.4", wave_of("0.7", "0.4", 1, 2), wave_of("1.1", "0.3", 3, 1), ALL[:4]),
        *phi4("phi4_3x4x2", [3, 4, 2], "0.2", 1, "0.1", wave_of("0.9", "0.1", 1, 2, 3), wave_of(1, "0.6", 2, -1, 1), ALL[3:]),
        *u1("u1_4x4", [4, 4], 2, wave_of("0.3", 1, 2, 3, shift=1), wave_of("0.7", 0.5, 1, -1, shift=2), ALL),
        *u1("u1_8x8", [8, 8], 5, wave_of("1.7", 1, 2, 3, shift=1), wave_of(1, 0.5, 1, -1, shift=2), ALL[:4]),
        *u1("u1_3x5", [3, 5], "1.5", wave_of("1.2", "0.2", 1, 2, shift=3), wave_of(1, "0.7", 2, -1, shift=1), ALL[3:]),
    ]
    document = {
        "id": "hmc", "kind": "highprec",
        "quantity": "a trajectory of molecular dynamics in H = p^2/2 + S: action and kinetic energy at its start (S0, K0) and end "
                    "(S1, K1), dH = H1 - H0, and field q and momenta p at the end, last direction fastest (of link direction mu: q_mu, "
                    "p_mu; Q1 the charge); start q = amplitude sin(phase + shift mu + k.x), p = amplitude cos(phase + shift mu + k.x); "
                    "phi4: S = sum[-2K sum_mu phi phi' + A phi^2 + G phi^4]; u1-2d: S = -beta sum cos(th_0(x) + th_1(x+0) - th_0(x+1) "
                    "- th_1(x))",
        "unit": "1",
        "provenance": {
            "made_by": "python3 golden/highprec/make_hmc.py",
            "method": "kicks and drifts one by one, mpmath with 40 digits; decimal parameters are exact",
            "source": ["S. Duane, A. D. Kennedy, B. J. Pendleton, D. Roweth, Phys. Lett. B 195 (1987) 216",
                       "I. P. Omelyan, I. M. Mryglod, R. Folk, Comput. Phys. Commun. 151 (2003) 272, lambda = 0.1931833275037836",
                       "H. Yoshida, Phys. Lett. A 150 (1990) 262"],
            "date": "2026-11-27",
            "checks": ["force against the derivative of the action, trajectories gone back to 1e-33",
                       "an earlier independent set of values with 34 digits, where the parameters are the same",
                       "cargo golden: the reference crate, site by site in doubles"],
        },
        "records": records,
    }
    (HERE / "hmc.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
