"""After a rotation, the server refuses the old key and accepts the new one."""

from __future__ import annotations

from greenroom.domain.errors import ServerError
from greenroom.domain.rule import PASS, StepView, Verdict, block, rule

REFUSED = frozenset({"unauthenticated", "permission-denied"})


@rule(gate="security-review", stage="after")
async def check(step: StepView) -> Verdict:
    """Ask the server with the old key, where its secret is known."""
    context, result = step.context, step.result
    old = next((p for p in step.before.pairs if p.key in result.refused), None)
    secret = old.secret if old else step.request.old_secret
    if not result.refused or not secret:
        return PASS
    try:
        await context.try_credentials(result.url, result.refused[0], secret)
    except ServerError as error:
        if error.code not in REFUSED:
            return block(f"{result.url} cannot be asked: {error.message}")
    else:
        return block(f"{result.url} still accepts {result.refused[0]}.")
    await context.rooms.list_rooms(["greenroom-credentials"])
    return PASS
