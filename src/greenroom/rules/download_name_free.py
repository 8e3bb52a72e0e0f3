"""A download is written over nothing."""

from __future__ import annotations

from collections import Counter

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule


@rule(gate="requirements-validation")
async def check(step: StepView) -> Verdict:
    """Block where a file of that name is there already, or two files would have one name."""
    targets = step.before.targets
    taken = [path for path in targets if step.context.files.size(path) is not None]
    if taken:
        return block(
            f"{taken[0]} is there already, and nothing is written over.",
            "Name another file or folder with path, or move that one away.",
        )
    twice = [path for path, count in Counter(targets).items() if count > 1]
    if twice:
        return block(
            f"Two files of the recording would be copied to {twice[0]}.",
            "They lie in folders of their own: copy them from there.",
        )
    return PASS
