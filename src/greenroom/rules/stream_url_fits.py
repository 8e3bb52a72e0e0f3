"""A stream goes to a streaming server's address, and never to one that only this machine's own services have."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule, warn
from greenroom.domain.streams import SCHEMES, scheme_of, split_key
from greenroom.domain.urls import split_url
from greenroom.rules._hosts import is_own_service

LOOKS = "It looks like rtmp://live.example.com/app/KEY, with rtmp, rtmps or srt."


@rule(gate="delivery-verification")
async def check(step: StepView) -> Verdict:
    """Block what no egress service streams to; say nothing of the URL but its scheme and host. RFC 3927 for link-local addresses."""
    url = getattr(step.before, "url", "") or step.request.url
    if not url:
        return PASS
    scheme = scheme_of(url)
    if scheme not in SCHEMES:
        return block(not_a_stream(scheme), LOOKS)
    parts = split_url(url, SCHEMES)
    if parts is None or parts.hostname is None:
        return block("The stream's URL has no host, or a port that cannot be.", LOOKS)
    if is_own_service(parts.hostname):
        return block(
            f"{parts.hostname} is an address of a machine's own services, not of a streaming server.",
            "Give the public or local address of the server.",
        )
    if scheme != "srt" and not (split_key(url)[1] or getattr(step.request, "key", "")):
        return warn(
            f"The URL for {parts.hostname} names no stream key behind the application.",
            "Most servers refuse that; add the key if it has one.",
        )
    return PASS


def not_a_stream(scheme: str) -> str:
    """Why that is no stream."""
    if scheme in {"http", "https"}:
        return f"{scheme}:// is for web pages: a live stream is sent by rtmp, rtmps or srt."
    return (
        f"{scheme}:// is no way to send a stream." if scheme else "The stream's URL has no scheme."
    )
