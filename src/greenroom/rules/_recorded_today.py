"""Whether somebody began a recording lately: who does so all day is not told the same all day."""

from __future__ import annotations

from greenroom.domain.rule import StepView

DAY = 86_400.0


def recorded_today(step: StepView) -> bool:
    """In the last 24 hours, by the journal, before this one."""
    since = step.context.clock.now() - DAY
    return bool(step.context.journal.begun_since("recording.start", since))
