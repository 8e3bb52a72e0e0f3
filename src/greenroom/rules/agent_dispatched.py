"""The dispatch is there."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule, warn


@rule(gate="requirements-validation", stage="after")
async def check(step: StepView) -> Verdict:
    """Read the dispatches again. Nobody to do the job is a warning: a worker may start later."""
    agent, room = step.request.agent, step.request.room
    known = await step.context.dispatch.list_dispatches(room)
    found = next((one for one in known if one.id == step.result.id), None)
    if found is None:
        return block(f"The server said yes, but {agent} is not asked into {room}.")
    if not found.jobs:
        return warn(
            f"No worker named {agent} has taken the job yet.",
            "Start one, with that agent_name; `greenroom room list-agents` shows when it comes.",
        )
    return PASS
