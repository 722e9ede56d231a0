#!/usr/bin/env python3
"""Fits the polynomial of src/kernels/common/activation.wgsl and prints its coefficients and errors (numpy only).

With r = 1 / (1 + SCALE x) and s = SCALE x r, which maps [0, inf) onto [0, 1) and loses nothing near 0,
erfc(x / sqrt(2)) = exp(-x^2 / 2) r P(s) for x >= 0, where P is smooth. P is a least-squares fit in Chebyshev
polynomials whose weights are iterated (Lawson's method) towards the smallest largest relative error on
0 <= x <= LIMIT; beyond it the function is below the smallest normal float32.
"""
import math

import numpy as np

DEGREE, SCALE, LIMIT = 9, 0.3125, 13.3


def scaled_erfc(x):
    """exp(x^2 / 2) erfc(x / sqrt(2)) in float64: directly, or by its continued fraction (DLMF 7.9.2)."""
    z = x / math.sqrt(2)
    if z < 3:
        return math.exp(z * z) * math.erfc(z)
    fraction = 0.0
    for k in range(80, 0, -1):
        fraction = k / 2 / (z + fraction)
    return 1 / math.sqrt(math.pi) / (z + fraction)


def fit(points=3000, rounds=80):
    high = SCALE * LIMIT / (1 + SCALE * LIMIT)
    s = high / 2 * (1 + np.cos(np.pi * (np.arange(points) + 0.5) / points))
    target = np.array([scaled_erfc(v / (1 - v) / SCALE) / (1 - v) for v in s])
    basis = np.polynomial.chebyshev.chebvander(2 * s - 1, DEGREE) / target[:, None]
    weights = np.full(points, 1 / points)
    for _ in range(rounds):
        root = np.sqrt(weights)
        solution = np.linalg.lstsq(basis * root[:, None], root, rcond=None)[0]
        weights *= np.abs(basis @ solution - 1)
        weights /= weights.sum()
    in_s = np.polynomial.Polynomial(np.polynomial.chebyshev.cheb2poly(solution))
    return in_s(np.polynomial.Polynomial([-1, 2])).coef


def evaluate(coefficients, x):
    """exp(x^2 / 2) erfc(x / sqrt(2)) in the precision of the arguments."""
    scale, one = x.dtype.type(SCALE), x.dtype.type(1)
    r = one / (one + scale * x)
    s = scale * x * r
    value = np.full_like(s, coefficients[-1])
    for c in coefficients[-2::-1]:
        value = value * s + c
    return r * value


if __name__ == "__main__":
    single = fit().astype(np.float32)
    x = np.linspace(0, LIMIT, 400_001).astype(np.float32)
    wide = x.astype(np.float64)
    scaled = np.array([scaled_erfc(v) for v in wide])
    exact = scaled * np.exp(-wide * wide / 2)
    got = np.exp(-(x * x) * np.float32(0.5)) * evaluate(single, x)
    print("coefficients, constant first:")
    for c in single:
        print(f"  {c:.9g}")
    fitted = evaluate(single.astype(np.float64), wide)
    print(f"erfc, coefficients in float32, evaluated in float64: relative error {np.abs(fitted / scaled - 1).max():.1e}")
    print(f"erfc, evaluated in float32: absolute error {np.abs(got - exact).max():.1e}")
    for limit in (2, 6, 13):
        worst = np.abs(got / exact - 1)[x <= limit].max()
        print(f"erfc, evaluated in float32: relative error for x <= {limit} {worst:.1e}")
    print(f"GELU(-x): absolute error {np.abs(wide / 2 * (got - exact)).max():.1e}")
