"""The participant is as was asked for."""

from __future__ import annotations

from greenroom.domain.rights import RIGHTS, changes_for
from greenroom.domain.rule import PASS, StepView, Verdict, block, rule


@rule(gate="requirements-validation", stage="after")
async def check(step: StepView) -> Verdict:
    """Read the participant again; the answer of the write itself counts for nothing."""
    request = step.request
    everybody = await step.context.rooms.list_participants(request.room)
    found = next((person for person in everybody if person.identity == request.identity), None)
    if found is None:
        return block(f"{request.identity} left {request.room} meanwhile.")
    for field in ("name", "metadata"):
        asked = getattr(request, field)
        if asked and getattr(found, field) != asked:
            return block(f"The {field} of {request.identity} is another still.")
    for name, value in request.attributes.items():
        if found.attributes.get(name, "") != value:
            return block(f"The attribute {name} of {request.identity} is another still.")
    own = request.can_update_metadata
    may_not = own is not None and found.permission.can_update_metadata != own
    asked = {name: getattr(request, name) for name in RIGHTS}
    if may_not or changes_for(found.permission, asked):
        return block(f"{request.identity} has other rights still.")
    return PASS
