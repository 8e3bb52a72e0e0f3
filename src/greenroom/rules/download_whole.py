"""A download is there, and as large as what it is a copy of."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule


@rule(gate="delivery-verification", stage="after")
async def check(step: StepView) -> Verdict:
    """Look at the disk, file by file."""
    for file, target in zip(step.before.files, step.before.targets, strict=True):
        there = step.context.files.size(target)
        if there != file.size:
            return block(f"{target} has {there or 0} bytes, and {file.location} has {file.size}.")
    return PASS
