"""Why the planner did what it did, for people who ask."""

from __future__ import annotations

from collections.abc import Sequence

from greenroom.domain.explanation import Candidate, Explanation, Mention, Origin, StepExplanation
from greenroom.domain.planning import Ask, Refuse, Reply
from greenroom.understanding.mentions import Token
from greenroom.understanding.reading import Read, Reading


def explained(reply: Reply, reading: Reading, tokens: Sequence[Token]) -> Explanation:
    """Mentions found, what was weighed for each step, where values came from, and why nothing is done."""
    mentions = tuple(
        Mention(kind=t.kind, text=t.text, value=list(t.value) if t.kind == "described" else t.value)
        for t in tokens
        if not t.is_word and t.kind not in {"comma", "stop"}
    )
    reason = ""
    if isinstance(reply, Ask):
        reason = f"asked: {reply.question.question}"
    elif isinstance(reply, Refuse):
        reason = f"{reply.code}: {reply.message}"
    steps = tuple(_step(step) for step in reading.steps)
    return Explanation(mentions=mentions, steps=steps, reason=reason)


def _step(step: Read) -> StepExplanation:
    sources = step.filled.sources
    return StepExplanation(
        capability=step.capability,
        candidates=tuple(Candidate(capability=name, score=score) for name, score in step.rivals),
        origins=tuple(
            Origin(field=name, value=value, source=sources.get(name, ""))
            for name, value in step.filled.values.items()
        ),
        unused=tuple(token.text for token in step.unexplained),
    )
