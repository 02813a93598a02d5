"""Fit a logistic regression with L2 and soft labels (SciPy's L-BFGS; Liu & Nocedal 1989)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

Floats = npt.NDArray[np.float64]


def fitted(x: Floats, y: Floats, weight: Floats, penalty: float) -> tuple[Floats, float]:
    """Weights and bias that make soft labels `y` likeliest, less `penalty` times the squared weights."""

    def loss(theta: Floats) -> tuple[float, Floats]:
        z = x @ theta[:-1] + theta[-1]
        each = np.logaddexp(0, z) - y * z
        slope = weight * (1 / (1 + np.exp(-z)) - y)
        gradient = np.append(x.T @ slope + 2 * penalty * theta[:-1], slope.sum())
        return float(weight @ each + penalty * theta[:-1] @ theta[:-1]), gradient

    found = minimize(loss, np.zeros(x.shape[1] + 1), jac=True, method="L-BFGS-B")
    return found.x[:-1], float(found.x[-1])
