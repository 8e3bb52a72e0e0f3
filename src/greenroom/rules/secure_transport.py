"""Credentials and calls to another machine should travel encrypted."""

from __future__ import annotations

from urllib.parse import urlsplit

from greenroom.domain.rule import PASS, StepView, Verdict, rule, warn

LOCAL = {"localhost", "127.0.0.1", "::1"}


@rule(gate="security-review")
async def check(step: StepView) -> Verdict:
    """Warn about ws:// and http:// to a host that is not this machine."""
    url = urlsplit(step.context.target.url)
    if url.scheme in {"ws", "http"} and url.hostname not in LOCAL:
        return warn(
            f"{url.scheme}:// to {url.hostname} is not encrypted.",
            f"Use {'wss' if url.scheme == 'ws' else 'https'}://.",
        )
    return PASS
