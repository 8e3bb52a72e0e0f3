"""Files travel to a storage of one's own encrypted, unless it is near."""

from __future__ import annotations

from urllib.parse import urlsplit

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule, warn
from greenroom.rules._hosts import is_own_service, is_private


@rule(gate="security-review")
async def check(step: StepView) -> Verdict:
    """Block metadata services and http to a public host; warn where the endpoint is used by no storage but S3's."""
    if step.request.endpoint is None:
        return PASS
    url = urlsplit(step.request.endpoint)
    host = url.hostname or ""
    if is_own_service(host):
        return block(
            f"{host} is an address of a machine's own services, not of a storage.",
            "Give the storage's own address.",
        )
    if url.scheme == "http" and not is_private(host):
        return block(
            f"http:// to {host} is not encrypted: files could be read on their way.",
            "Use https://.",
        )
    kind = step.request.storage or step.context.settings.chosen("egress.storage.type")
    if kind in {"gcp", "azure", "local"}:
        return warn(f"A storage of type {kind} has no endpoint; it is not used.", "Leave it out.")
    return PASS
