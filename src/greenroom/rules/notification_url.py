"""Notifications travel encrypted, unless whom they tell is near."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule, warn
from greenroom.domain.urls import split_url
from greenroom.rules._hosts import is_own_service, is_private, is_this_machine


@rule(gate="security-review")
async def check(step: StepView) -> Verdict:
    """Block http to a public host, and a cloud's own services; warn about http inside a private network. What is removed may be anything."""
    if step.request.remove:
        return PASS
    return judged(step.request.url)


def judged(text: str) -> Verdict:
    """Whether a URL may be told."""
    url = split_url(text, {"http", "https"})
    if url is None or url.hostname is None:
        return block(
            "This is no URL that can be told anything.", "Such as https://example.com/hook."
        )
    if url.username is not None:
        return block(
            "The URL holds a user or password, which everybody who reads the settings would see.",
            "Leave them out: LiveKit signs what it sends (header Authorization).",
        )
    if is_own_service(url.hostname):
        return block(
            f"{url.hostname} is an address of a machine's own services.",
            "Give the address of the program that is to be told.",
        )
    if url.scheme == "https" or is_this_machine(url.hostname):
        return PASS
    told = f"http:// to {url.hostname} is not encrypted: names of rooms and files could be read on their way."
    return (warn if is_private(url.hostname) else block)(told, "Use https://.")
