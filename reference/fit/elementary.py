#!/usr/bin/env python3
"""Fits the minimax polynomials of src/special/elementary and prints them as Rust constants.

Needs mpmath (pip install mpmath). Remez exchange with 50 digits on the weighted error; the leading
coefficients that a kernel adds exactly (the 1 and r of exp, the e of log1p) are not fitted. Each
polynomial is printed with the largest weighted error of the *rounded* coefficients.
Run from the repository root: python3 reference/fit/elementary.py
"""
import struct

from mpmath import cos, erf, exp, findroot, fabs, log, log1p, lu_solve, matrix, mp, mpf, nstr, pi, sin, sqrt

mp.dps = 50
GRID = 600


def remez(target, weight, low, high, degree):
    """Coefficients of the polynomial p that minimises max |weight (target - p)| on [low, high]."""
    low, high, n = mpf(low), mpf(high), degree + 1
    # Off centre by 1/100, so that no first node lies on a zero of the weight.
    nodes = [(low + high) / 2 - (high - low) / 2 * cos(pi * (2 * i + 1.01) / (2 * (n + 1))) for i in range(n + 1)]
    grid = [(low + high) / 2 - (high - low) / 2 * cos(pi * i / GRID) for i in range(GRID + 1)]
    grid = [grid[0] + (grid[1] - grid[0]) / 2 ** 20] + grid[1:-1] + [grid[-1] - (grid[-1] - grid[-2]) / 2 ** 20]
    values = [(x, target(x), weight(x)) for x in grid]
    for _ in range(40):
        rows, right = matrix(n + 1, n + 1), matrix(n + 1, 1)
        for i, x in enumerate(nodes):
            for j in range(n):
                rows[i, j] = weight(x) * x ** j
            rows[i, n] = (-1) ** i
            right[i] = weight(x) * target(x)
        solution = lu_solve(rows, right)
        coefficients, level = [solution[j] for j in range(n)], fabs(solution[n])
        errors = [(x, w * (t - horner(coefficients, x))) for x, t, w in values]
        nodes, worst = extrema(errors, n + 1)
        if worst < level * (1 + mpf(10) ** -3):
            break
    return coefficients


def extrema(errors, count):
    """The largest error of each run of one sign; the `count` neighbouring ones that hold the worst."""
    runs = []
    for x, e in errors:
        if runs and (runs[-1][1] > 0) == (e > 0):
            if fabs(e) > fabs(runs[-1][1]):
                runs[-1] = (x, e)
        else:
            runs.append((x, e))
    while len(runs) > count:
        runs.pop(0 if fabs(runs[0][1]) < fabs(runs[-1][1]) else -1)
    assert len(runs) == count, f"{len(runs)} of {count} extrema"
    return [x for x, _ in runs], max(fabs(e) for _, e in runs)


def horner(coefficients, x):
    """The polynomial, constant term first."""
    total = mpf(0)
    for c in reversed(coefficients):
        total = total * x + c
    return total


def rounded(c, single):
    """Nearest f32 or f64."""
    return mpf(struct.unpack("f", struct.pack("f", float(c)))[0] if single else float(c))


def fit(single, target, weight, low, high, degree, first):
    """Coefficients as numbers of the type: the `first` leading ones are rounded one by one, the others refitted."""
    if first == 0:
        return [rounded(c, single) for c in remez(target, weight, low, high, degree)]
    lead = rounded(remez(target, weight, low, high, degree)[0], single)
    tiny = mpf(10) ** -30
    rest = lambda x: (target(x) - lead) / (x if x != 0 else tiny)
    return [lead] + fit(single, rest, lambda x: weight(x) * fabs(x if x != 0 else tiny), low, high, degree - 1, first - 1)


def show(name, single, target, weight, low, high, degree, first=0):
    """Fits, rounds, and prints a constant with its error in units of the last place of 1."""
    coefficients = fit(single, target, weight, low, high, degree, first)
    points = [mpf(low) + (mpf(high) - mpf(low)) * (i + mpf(1) / 2) / 4000 for i in range(4000)]
    worst = max(fabs(weight(x) * (target(x) - horner(coefficients, x))) for x in points)
    unit = mpf(2) ** (-23 if single else -52)
    width = "f32" if single else "f64"
    print(f"/// {nstr(worst / unit, 2)} units of the last place.")
    print(f"const {name}: [{width}; {len(coefficients)}] = [")
    for c in coefficients:
        print(f"    {shortest(c, single)},")
    print("];")


def shortest(c, single):
    """The shortest decimal that reads back as the same number, digits in threes as rustfmt leaves them."""
    for digits in range(6, 18):
        text = f"{float(c):.{digits - 1}e}"
        if rounded(mpf(text), single) == c:
            break
    mantissa, exponent = text.split("e")
    whole, fraction = mantissa.split(".")
    fraction = "_".join(fraction[i:i + 3] for i in range(0, len(fraction), 3))
    return f"{whole}.{fraction}" + ("" if int(exponent) == 0 else f"e{int(exponent)}")


def near_zero(function, series):
    """`function`, but `series` next to its removable singularity."""
    return lambda x: series(x) if fabs(x) < mpf(10) ** -12 else function(x)


def parts(value, bits, count, last):
    """`value` as a sum of `count` numbers of `bits` bits and one of `last` bits."""
    out = []
    for _ in range(count):
        e = mp.floor(log(fabs(value), 2))
        unit = mpf(2) ** (e - bits + 1)
        out.append(mp.nint(value / unit) * unit)
        value -= out[-1]
    return out + [rounded(value, last == 24)]


def main():
    half_ln2 = log(2) / 2 * mpf("1.00001")
    exp_rest = near_zero(lambda r: (exp(r) - 1 - r) / r ** 2, lambda r: mpf(1) / 2 + r / 6)
    root = sqrt(mpf(1) / 2)
    ln_rest = near_zero(lambda f: (log1p(f) - f + f ** 2 / 2) / f ** 3, lambda f: mpf(1) / 3 - f / 4)
    # atanh: ln(1+f) = 2s + s z A(z), s = f/(2+f), z = s².
    atanh_rest = near_zero(lambda z: (log1p(2 * sqrt(z) / (1 - sqrt(z))) / sqrt(z) - 2) / z, lambda z: mpf(2) / 3 + 2 * z / 5)
    log1p_rest = near_zero(lambda e: (log1p(e) - e) / e ** 2, lambda e: -mpf(1) / 2 + e / 3)
    # In t = e - 1/2, where the coefficients fall fastest.
    middle = lambda t: log1p_rest(t + mpf(1) / 2)
    middle_weight = lambda t: near_zero(lambda e: e ** 2 / log1p(e), lambda e: e)(t + mpf(1) / 2)
    quarter = pi / 4 * mpf("1.00001")
    sin_rest = near_zero(lambda z: (sin(sqrt(z)) / sqrt(z) - 1) / z, lambda z: -mpf(1) / 6 + z / 120)
    cos_rest = lambda z: mpf(1) / 24 - z / 720 if z < mpf(10) ** -9 else (cos(sqrt(z)) - 1 + z / 2) / z ** 2
    erf_small = near_zero(lambda z: erf(sqrt(z)) / sqrt(z), lambda z: 2 / sqrt(pi) * (1 - z / 3))
    for single in (True, False):
        print(f"\n// ---- {'f32' if single else 'f64'}")
        pick = lambda one, two: one if single else two
        show("EXP", single, exp_rest, lambda r: r ** 2 / exp(r), -half_ln2, half_ln2, pick(4, 9))
        if single:
            show("LN", single, ln_rest, lambda f: near_zero(lambda f: f ** 3 / log1p(f), lambda f: f ** 2)(f), root - 1, 1 / root - 1, 7)
        else:
            top = ((sqrt(mpf(2)) - 1) / (sqrt(mpf(2)) + 1)) ** 2
            show("LN", single, atanh_rest, lambda z: z / (2 + z * atanh_rest(z)), 0, top, 6)
        show("LN_1P", single, middle, middle_weight, -mpf(1) / 2, mpf(1) / 2, pick(8, 19), 2)
        show("SIN", single, sin_rest, lambda z: z * sqrt(z) / sin(sqrt(z)), 0, quarter ** 2, pick(2, 5))
        show("COS", single, cos_rest, lambda z: z ** 2 / cos(sqrt(z)), 0, quarter ** 2, pick(2, 5))
        edge = pick(mpf(1), mpf("1.125"))
        show("ERF_CENTRE", single, lambda z: erf_small(z) - 1, lambda z: 1 / erf_small(z), 0, edge ** 2, pick(6, 14))
        last = pick(mpf("3.95"), mpf(6))
        centre = pick(mpf("2.475"), mpf("3.5"))
        show("ERF_TAIL", single, lambda t: erf(centre + t) - 1, lambda t: 1 / erf(centre + t), edge - centre, last - centre, pick(15, 38))
    show_parts("ln 2, 13 bits and the rest (f32)", parts(log(2), 13, 1, 24), True)
    show_parts("ln 2, 40 bits and the rest (f64)", parts(log(2), 40, 1, 53), False)
    show_parts("pi/2, 30 bits and the rest", parts(pi / 2, 30, 1, 53), False)
    show_parts("pi/2, four times 22 bits and the rest", parts(pi / 2, 22, 4, 53), False)


def show_parts(name, values, single):
    """A constant as a sum of short ones, for a reduction whose products are exact."""
    print(f"// {name}: " + ", ".join(shortest(value, single) for value in values))


if __name__ == "__main__":
    main()
