"""Who says yes to a deletion sees the files that will be gone."""

from __future__ import annotations

from datetime import UTC, datetime

from greenroom.domain.rule import PASS, StepView, Verdict, rule, warn

FEW = 4


@rule(gate="requirements-validation")
async def check(step: StepView) -> Verdict:
    """Say of whom, of when, which files and how much."""
    info, files = step.before.egress, step.before.files
    if not files:
        return PASS
    whom = f"{info.subject} in {info.room}" if info.subject else info.room
    since = datetime.fromtimestamp(info.started_at, UTC).strftime("%Y-%m-%d %H:%M UTC")
    shown = ", ".join(file.location for file in files[:FEW])
    more = f" and {len(files) - FEW} more" if len(files) > FEW else ""
    whole = sum(file.size for file in files) / 1e6
    return warn(
        f"The recording of {whom} ({info.egress_id}) from {since} will be deleted: {shown}{more} ({whole:,.1f} MB)."
    )
