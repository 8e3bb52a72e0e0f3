"""Fits a small neural network to signs and labels: one hidden layer, rectified, a logistic loss for each name.

Adam (Kingma and Ba 2015), of which only the rows of signs that a batch has take a step; signs and units are left out at random (dropout: Srivastava and others 2014).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

RATE, SLOWER = 2e-3, 0.7
"""Step of the first pass over all examples; by how much each further pass is slower."""
FIRST, SECOND, TINY = 0.9, 0.999, 1e-8
"""Adam's own."""
SPREAD = 0.05
"""Standard deviation of what rows begin with."""
SELDOM_SO = -3.0
"""Log odds that names begin with: most are seldom meant."""
UNITS_LEFT_OUT = 0.1
"""Share of units left out of each example."""


@dataclass(frozen=True, slots=True)
class How:
    """How a model is learned: hidden units, passes over all examples, examples of a batch, share of signs left out of each, examples below which a sign is not learned from."""

    units: int
    passes: int
    batch: int
    left_out: float
    seldom: int


class Part:
    """Numbers that are learned, and how far each moved before."""

    def __init__(self, numbers: Any) -> None:
        self.numbers = numbers.astype(np.float32)
        self._first, self._second = np.zeros_like(self.numbers), np.zeros_like(self.numbers)
        self._steps = 0

    def move(self, slope: Any, rate: float, rows: Any = slice(None)) -> None:
        """One step down a slope, of these rows alone."""
        self._steps += 1
        first = self._first[rows] = FIRST * self._first[rows] + (1 - FIRST) * slope
        second = self._second[rows] = SECOND * self._second[rows] + (1 - SECOND) * slope**2
        steep = np.sqrt(second / (1 - SECOND**self._steps)) + TINY
        self.numbers[rows] -= rate / (1 - FIRST**self._steps) * first / steep


class Fit:
    """A network in training."""

    def __init__(self, signs: int, names: int, how: How) -> None:
        self.how, self.drawn = how, np.random.default_rng(0)
        self.rows = Part(self.drawn.normal(0, SPREAD, (signs, how.units)))
        self.units = Part(np.zeros(how.units))
        bound = how.units**-0.5
        self.says = Part(self.drawn.uniform(-bound, bound, (how.units, names)))
        self.biases = Part(np.full(names, SELDOM_SO))

    def fit(self, matrix: csr_matrix, labels: Sequence[Sequence[int]], weights: Any) -> None:
        """Learn. ``matrix``: examples by signs, 1 where a sign is there. ``labels``: of each example, the places of its names."""
        for passed in range(self.how.passes):
            order = self.drawn.permutation(matrix.shape[0])
            for at in range(0, len(order), self.how.batch):
                batch = order[at : at + self.how.batch]
                given = np.zeros((len(batch), len(self.biases.numbers)), np.float32)
                for place, example in enumerate(batch):
                    given[place, labels[example]] = 1
                self._step(matrix[batch], given, weights[batch], RATE * SLOWER**passed)

    def _step(self, there: csr_matrix, given: Any, weights: Any, rate: float) -> None:
        """Learn from one batch."""
        there.data = self._kept(there.data.shape, self.how.left_out)
        used, places = np.unique(there.indices, return_inverse=True)
        few = csr_matrix((there.data, places, there.indptr), (there.shape[0], len(used)))
        sums = few @ self.rows.numbers[used] + self.units.numbers
        active = (sums > 0) * self._kept(sums.shape, UNITS_LEFT_OUT)
        units = sums * active
        odds = units @ self.says.numbers + self.biases.numbers
        slope = (1 / (1 + np.exp(-odds)) - given) * weights[:, None] / len(given)
        behind = slope @ self.says.numbers.T * active
        self.says.move(units.T @ slope, rate)
        self.biases.move(slope.sum(0), rate)
        self.units.move(behind.sum(0), rate)
        self.rows.move(few.T @ behind, rate, used)

    def _kept(self, shape: tuple[int, ...], left_out: float) -> Any:
        """0 for what is left out, drawn at random; what is kept counts as much more."""
        kept = 1 - left_out
        return (self.drawn.random(shape) < kept) / np.float32(kept)
