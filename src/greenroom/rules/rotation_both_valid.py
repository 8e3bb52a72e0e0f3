"""After a new key was added, the server accepts it and the old one."""

from __future__ import annotations

from greenroom.domain.errors import ServerError
from greenroom.domain.rule import PASS, StepView, Verdict, block, rule


@rule(gate="requirements-validation", stage="after")
async def check(step: StepView) -> Verdict:
    """Ask the server with each key, if it knows both by now; a second look, whatever the step itself saw."""
    context, result = step.context, step.result
    known = {pair.key: pair.secret for pair in context.local_keys.pairs()}
    if step.request.new_key:
        known = {step.request.new_key: step.request.new_secret}
    elif result.new_key not in known:
        return PASS
    try:
        for key, secret in known.items():
            await context.try_credentials(result.url, key, secret)
        await context.rooms.list_rooms(["greenroom-credentials"])
    except ServerError as error:
        return block(f"{result.url} does not accept both keys: {error.message}")
    return PASS
