"""A page that is recorded is not one of a cloud's own services."""

from __future__ import annotations

from urllib.parse import urlsplit

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule
from greenroom.rules._hosts import is_own_service


@rule(gate="security-review")
async def check(step: StepView) -> Verdict:
    """Block metadata services: the Egress service opens the page from inside its network. RFC 3927."""
    host = urlsplit(step.request.url).hostname or ""
    if is_own_service(host):
        return block(
            f"{host} is an address of a machine's own services, not a page for people.",
            "Give the address that people open.",
        )
    return PASS
