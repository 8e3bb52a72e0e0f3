"""Begin a key rotation: a new API key beside the old one, both valid."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from greenroom.domain.access import ApiKeyPair, KeyRotation
from greenroom.domain.capability import Example, Kind, Request, capability
from greenroom.domain.errors import PreconditionFailed
from greenroom.domain.ports import Context
from greenroom.modes.auth import _rotation
from greenroom.modes.auth._pairs import new_pair


class RotateKey(Request):
    """Nothing to say for the first half; the new pair to check it on a server of yours."""

    new_key: Annotated[
        str,
        Field(max_length=256, description="A new key that you added to the server: it is checked."),
    ] = ""
    new_secret: Annotated[
        str,
        Kind.SECRET,
        Field(max_length=4096, description="Its secret; - reads it from standard input."),
    ] = ""

    @model_validator(mode="after")
    def together(self) -> Self:
        """Half a pair checks nothing."""
        if bool(self.new_key) != bool(self.new_secret):
            msg = "new_key and its other half belong together"
            raise ValueError(msg)
        return self


def tell(_request: RotateKey, _before: None, result: KeyRotation) -> str:
    """What is valid now, and what is to be done next."""
    if len(result.accepted) > 1:
        done = f"{result.url} accepts both keys: {' and '.join(result.accepted)}."
    else:
        done = f"API key {result.new_key} is made; {result.url} does not know it yet."
    done += _rotation.told_gone(result.disconnected)
    steps = " ".join(f"{number}. {step}" for number, step in enumerate(result.steps, 1))
    return f"{done} Now: {steps}"


@capability(
    effect="write",
    rules=("rotation-people-inside", "rotation-both-valid"),
    tell=tell,
    cannot_undo="The old key stays valid, so nobody loses anything; finish-rotation ends it.",
    examples=(
        Example("rotate the API key"),
        Example("start a key rotation"),
    ),
)
async def rotate_key(context: Context, request: RotateKey) -> KeyRotation:
    """Our own server starts again with both keys; for another one the steps are told, and both keys checked when it has them.

    Raises rotation-open, no-server, failed-precondition where the server does not know the new key.
    """
    target = context.target
    if request.new_key:
        pair = ApiKeyPair(key=request.new_key, secret=request.new_secret)
        return await checked(context, pair)
    if _rotation.is_ours(context):
        return await on_our_server(context)
    old_key = context.tokens.api_key
    pair = new_pair()
    return KeyRotation(
        url=target.url,
        old_key=old_key,
        new_key=pair.key,
        secret=pair.secret,
        accepted=(),
        refused=(),
        disconnected=0,
        steps=_rotation.steps_to_add(target, pair.key),
    )


async def on_our_server(context: Context) -> KeyRotation:
    """The first half where Greenroom runs the server."""
    inside = await context.local_keys.inside()
    new, old = await context.local_keys.add()
    accepted = [pair.key for pair in (new, old) if await _rotation.accepts(context, pair)]
    return KeyRotation(
        url=context.target.url,
        old_key=old.key,
        new_key=new.key,
        secret=new.secret,
        accepted=tuple(accepted),
        refused=(),
        disconnected=sum(map(len, inside.values())),
        steps=("Make new tokens.", "End the old key: greenroom auth finish-rotation"),
    )


async def checked(context: Context, pair: ApiKeyPair) -> KeyRotation:
    """The second look on a server of somebody else's: it knows the new key, and still the old one."""
    target = context.target
    if not await _rotation.accepts(context, pair):
        msg = f"{target.url} does not accept the new key {pair.key}."
        hint = "Add it below keys in livekit-server's YAML, and restart the server."
        raise PreconditionFailed(msg, code="failed-precondition", hint=hint)
    await context.rooms.list_rooms(["greenroom-credentials"])
    return KeyRotation(
        url=target.url,
        old_key=target.api_key,
        new_key=pair.key,
        secret="",
        accepted=(pair.key, target.api_key),
        refused=(),
        disconnected=0,
        steps=_rotation.steps_to_use(target, pair.key),
    )
