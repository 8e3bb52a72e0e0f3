"""Faults on demand: what a test wants the server to do wrong, and how often."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from greenroom.local.twirp.refusals import STATUS, Refusal

Kind = Literal["refuse", "delay", "lie", "drop", "drop-after", "fail-after"]
"""refuse: an error and no effect. delay: wait, then go on. lie: an answer of success and no effect.
drop: the connection ends, no effect. drop-after: the effect, then the connection ends.
fail-after: the effect, then status 500."""
ANY = "*"


@dataclass(slots=True, kw_only=True)
class Fault:
    """What happens to the next ``times`` calls of ``method``."""

    method: str
    kind: Kind
    times: int = 1
    seconds: float = 0.0
    code: str = "unavailable"
    message: str = "refused by a fault of the sandbox"

    def refusal(self) -> Refusal:
        """The error it answers with."""
        return Refusal(self.code, self.message)


class Faults:
    """The faults that are still to happen, first come first served."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Take one in. Raises Refusal (invalid_argument) for a kind or code that does not exist."""
        if fault.kind not in get_args(Kind):
            raise Refusal("invalid_argument", f"no such fault: {fault.kind}")
        if fault.code not in STATUS:
            raise Refusal("invalid_argument", f"no such Twirp code: {fault.code}")
        if fault.times < 1 or fault.seconds < 0:
            raise Refusal("invalid_argument", "times must be 1 or more, seconds 0 or more")
        self._waiting.append(fault)

    def clear(self) -> None:
        """Forget all."""
        self._waiting.clear()

    def take(self, method: str) -> Fault | None:
        """The fault for this call of ``ListRooms`` or the like, counted down; None when it goes well."""
        for fault in self._waiting:
            if fault.method in {ANY, method}:
                fault.times -= 1
                if not fault.times:
                    self._waiting.remove(fault)
                return fault
        return None
