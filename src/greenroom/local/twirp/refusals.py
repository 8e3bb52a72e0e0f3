"""What a server says no with: Twirp's codes and livekit-server's own words."""

from __future__ import annotations

from collections.abc import Mapping

STATUS = {
    "canceled": 408,
    "unknown": 500,
    "invalid_argument": 400,
    "malformed": 400,
    "deadline_exceeded": 408,
    "not_found": 404,
    "bad_route": 404,
    "already_exists": 409,
    "permission_denied": 403,
    "unauthenticated": 401,
    "resource_exhausted": 429,
    "failed_precondition": 412,
    "aborted": 409,
    "out_of_range": 400,
    "unimplemented": 501,
    "internal": 500,
    "unavailable": 503,
    "dataloss": 500,
}
"""Twirp specification v7, "Error Codes"."""


class Refusal(Exception):
    """A refusal with a Twirp ``code``, a ``message`` and perhaps ``meta``."""

    def __init__(self, code: str, message: str, meta: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.meta = dict(meta or {})

    @property
    def status(self) -> int:
        """The HTTP status that Twirp gives this code."""
        return STATUS.get(self.code, 500)


def from_inside(code: str, words: str) -> Refusal:
    """A refusal of livekit-server's inner services: xtwirp.ToError puts these words in front."""
    return Refusal(code, f"twirp error unknown: {words}")


def bad_argument(words: str, detail: str) -> Refusal:
    """As twirp.InvalidArgumentError makes it."""
    return Refusal("invalid_argument", f"{words} {detail}", {"argument": words})


def denied() -> Refusal:
    """The token is fine, its grants are not. LiveKit says unauthenticated, not permission_denied."""
    return Refusal("unauthenticated", "permissions denied")


def no_room() -> Refusal:
    """The room is not there, where livekit-server looks for it first."""
    return from_inside("not_found", "requested room does not exist")


def no_participant() -> Refusal:
    """Nobody of that identity, where livekit-server looks first."""
    return from_inside("not_found", "participant does not exist")


def nobody_answers() -> Refusal:
    """Where livekit-server asks the room's node without looking first. It needs 3 s to say so, we do not."""
    return from_inside("unavailable", "no response from servers")
