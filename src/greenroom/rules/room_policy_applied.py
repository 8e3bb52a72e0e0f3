"""People who are inside have the rights that the policy gives them."""

from __future__ import annotations

from greenroom.domain.rights import POLICY, changes_for
from greenroom.domain.rule import PASS, StepView, Verdict, block, rule


@rule(gate="security-review", stage="after")
async def check(step: StepView) -> Verdict:
    """Read the participants again; whoever left meanwhile has no rights to look at."""
    if step.request.rights is not None:
        return PASS
    changed = {person.identity for person in step.result.changed}
    policy = {name: step.result.policy.get(key) for name, key in POLICY.items()}
    for person in await step.context.rooms.list_participants(step.request.room):
        if person.identity in changed and changes_for(person.permission, policy):
            return block(
                f"{person.identity} still may do in {step.request.room} what the policy says otherwise."
            )
    return PASS
