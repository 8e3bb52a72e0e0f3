"""An explanation as lines for people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from greenroom.domain.explanation import Explanation, StepExplanation

SHOWN = 4
"""Candidates that are worth a look."""


def explanation_lines(explanation: Explanation) -> Iterator[str]:
    """What was found, then each step, then why it asked or refused. Not yet made safe for a terminal."""
    if explanation.mentions:
        found = (f"{mention.kind} {said(mention.value)}" for mention in explanation.mentions)
        yield f"found: {', '.join(found)}"
    for number, step in enumerate(explanation.steps, 1):
        yield from step_lines(number, step)
    if explanation.reason:
        yield f"reason: {explanation.reason}"


def step_lines(number: int, step: StepExplanation) -> Iterator[str]:
    """One step: what was chosen over what, where its values came from, what was not used."""
    yield f"step {number}: {step.capability or 'nothing fits'}"
    if step.candidates:
        weighed = (f"{each.capability} {each.score:.2f}" for each in step.candidates[:SHOWN])
        yield f"  weighed: {', '.join(weighed)}"
    for origin in step.origins:
        yield f"  {origin.field} = {said(origin.value)}: {origin.source}"
    if step.unused:
        yield f"  not used: {', '.join(step.unused)}"


def said(value: Any) -> str:
    """A value as it would be typed."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
