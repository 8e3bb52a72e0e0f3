"""Finish a key rotation: the old API key ends, and every token that it signed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Self

from pydantic import Field, model_validator

from greenroom.domain.access import ApiKeyPair, KeyRotation
from greenroom.domain.capability import Example, Kind, Request, capability
from greenroom.domain.errors import PreconditionFailed
from greenroom.domain.ports import Context
from greenroom.modes.auth import _rotation


class FinishRotation(Request):
    """Nothing to say on our own server; the old pair to check on one of yours."""

    old_key: Annotated[
        str,
        Field(
            max_length=256,
            description="The key that ends, on a server of yours: it is checked that it is refused.",
        ),
    ] = ""
    old_secret: Annotated[
        str,
        Kind.SECRET,
        Field(max_length=4096, description="Its secret; - reads it from standard input."),
    ] = ""

    @model_validator(mode="after")
    def with_key(self) -> Self:
        """A secret without its key checks nothing."""
        if self.old_secret and not self.old_key:
            msg = "say old_key, too"
            raise ValueError(msg)
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """A rotation that is under way."""

    ours: bool
    pairs: tuple[ApiKeyPair, ...] = field(repr=False, default=())
    """Of our own server: new, old."""


async def the_rotation(context: Context, _request: FinishRotation) -> Open:
    """Raises PreconditionFailed (rotation-not-open) on our own server when it has one key alone; no-server."""
    if not _rotation.is_ours(context):
        _ = context.tokens.api_key
        return Open(ours=False)
    pairs = context.local_keys.pairs()
    if len(pairs) == 1:
        msg = f"No rotation is open: {pairs[0].key} is the only key."
        hint = "Begin one: greenroom auth rotate-key."
        raise PreconditionFailed(msg, code="rotation-not-open", hint=hint)
    return Open(ours=True, pairs=pairs)


def tell(_request: FinishRotation, _before: Open, result: KeyRotation) -> str:
    """What ended, or what is to be done for it."""
    if result.refused:
        return (
            f"{result.url} refuses {result.refused[0]}, and with it every token that it signed; "
            f"{result.new_key} is accepted.{_rotation.told_gone(result.disconnected)}"
        )
    steps = " ".join(f"{number}. {step}" for number, step in enumerate(result.steps, 1))
    return f"Nothing is changed yet. {steps}"


@capability(
    effect="destroy",
    rules=("rotation-ends-old-tokens", "rotation-old-key-refused"),
    before=the_rotation,
    tell=tell,
    cannot_undo="A key that ended is not brought back; `greenroom auth rotate-key` makes another.",
    examples=(
        Example("finish the key rotation"),
        Example("end the old API key"),
    ),
)
async def finish_rotation(context: Context, request: FinishRotation) -> KeyRotation:
    """Our own server starts again with the new key alone; for another one the steps are told, or it is checked that they were done.

    Raises rotation-not-open, no-server, failed-precondition where the server still accepts the old key.
    """
    target, before = context.target, context.before
    new_key, old_key, refused, disconnected = target.api_key, request.old_key, False, 0
    if before.ours:
        inside = await context.local_keys.inside()
        disconnected = sum(map(len, inside.values()))
        new_key, old_key, refused = before.pairs[0].key, before.pairs[1].key, True
        await context.local_keys.finish()
    elif request.old_secret:
        await context.rooms.list_rooms(["greenroom-credentials"])
        pair = ApiKeyPair(key=request.old_key, secret=request.old_secret)
        if await _rotation.accepts(context, pair):
            msg = f"{target.url} still accepts {pair.key}."
            hint = "Remove its line below keys in livekit-server's YAML, and restart every node."
            raise PreconditionFailed(msg, code="failed-precondition", hint=hint)
        refused = True
    return KeyRotation(
        url=target.url,
        old_key=old_key,
        new_key=new_key,
        secret="",
        accepted=(new_key,) if refused else (),
        refused=(old_key,) if refused else (),
        disconnected=disconnected,
        steps=() if refused else _rotation.steps_to_end(old_key or "OLD_KEY"),
    )
