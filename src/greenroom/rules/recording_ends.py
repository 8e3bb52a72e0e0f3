"""What ends is known: which recording, since when, and where its file will be."""

from __future__ import annotations

from datetime import UTC, datetime

from greenroom.domain.rule import PASS, StepView, Verdict, rule, warn


@rule(gate="requirements-validation")
async def check(step: StepView) -> Verdict:
    """Warn, so that the yes is for what is shown."""
    info = step.before
    if info.status == "ending":
        return PASS
    since = datetime.fromtimestamp(info.started_at, UTC).strftime("%H:%M UTC")
    minutes = round(max(0.0, step.context.clock.now() - info.started_at) / 60)
    ran = f"has run since {since} ({minutes} min)" if info.started_at else "has not begun"
    files = ", ".join(result.location for result in info.results if result.location)
    return warn(
        f"The recording of {info.whom} ({info.egress_id}) {ran}{f'; its file will be {files}' if files else ''}."
    )
