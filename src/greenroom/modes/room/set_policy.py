"""Say what people may do in one room, whoever joins."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from greenroom.domain.capability import Change, Example, capability
from greenroom.domain.nouns import PolicyState, RoomPolicy
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context
from greenroom.domain.rights import POLICY, changes_for, is_person, policy_key
from greenroom.modes import _settings
from greenroom.modes._fields import FROM_JSON, AnyRoom
from greenroom.modes.room._fields import (
    CanPublish,
    CanPublishData,
    CanSubscribe,
    Hidden,
    PublishSources,
    RoomScreenSharing,
)
from greenroom.modes.room._policy import policy_before, told

SAID = {
    "screen_sharing": ("anybody may share a screen", "nobody may share a screen"),
    "can_publish": ("anybody may publish", "nobody may publish"),
    "can_subscribe": ("anybody may receive the others", "nobody receives the others"),
    "can_publish_data": ("anybody may send data", "nobody may send data"),
    "hidden": ("nobody is seen by others", "people are seen by others"),
}


class SetPolicy(Change):
    """What is given is set; null takes it out of the policy; the rest stays."""

    room: AnyRoom
    screen_sharing: RoomScreenSharing = None
    can_publish: CanPublish = None
    can_publish_sources: PublishSources = None
    can_subscribe: CanSubscribe = None
    can_publish_data: CanPublishData = None
    hidden: Hidden = None
    rights: Annotated[
        dict[str, dict[str, Any]] | None,
        Field(
            description="Rights to give back to people inside, by identity, as JSON; undo does it."
        ),
        FROM_JSON,
    ] = None

    @model_validator(mode="after")
    def something(self) -> Self:
        """A policy of which nothing is said says nothing."""
        if not asked(self):
            msg = "say what holds there: screen_sharing, can_publish, can_publish_sources …"
            raise ValueError(msg)
        return self


def asked(request: SetPolicy) -> dict[str, Any]:
    """Arguments that were given, None among them."""
    return {name: getattr(request, name) for name in POLICY if name in request.model_fields_set}


async def the_policy(context: Context, request: SetPolicy) -> PolicyState:
    """What is written now, and who is inside."""
    return await policy_before(context, request.room, asked(request))


def put_back(request: SetPolicy, before: PolicyState, result: RoomPolicy) -> Call | None:
    """The former policy, and to people inside the rights they had, if nobody changed the policy since."""
    given = asked(request)
    if not result.changed and all(before.policy[POLICY[n]] == v for n, v in given.items()):
        return None
    rights = {}
    for person in result.changed:
        had = asdict(person.permission)
        names = changes_for(person.permission, given)
        rights[person.identity] = {name: had[name] for name in names}
    arguments = {name: before.policy[POLICY[name]] for name in given}
    return Call(
        capability="room.set_policy",
        arguments={"room": request.room, **arguments, **({"rights": rights} if rights else {})},
        expects={f"policy.{POLICY[name]}": value for name, value in given.items()},
    )


def tell(request: SetPolicy, _before: PolicyState, result: RoomPolicy) -> str:
    """What holds from now on, for whom, and where it is written."""
    said = []
    for name, value in asked(request).items():
        if value is None:
            said.append(f"nothing is said about {name.replace('_', ' ')}")
        elif name == "can_publish_sources":
            said.append(
                f"only {' and '.join(value)} may be published"
                if value
                else "any source may be published"
            )
        else:
            said.append(SAID[name][0 if value else 1])
    inside = [person.identity for person in result.changed]
    now = f" It holds for {told(inside)} inside already." if inside else ""
    return f"In {request.room} {', '.join(said)}, {_settings.where(result.settings)}{now}"


@capability(
    effect="write",
    grant="roomAdmin",
    positional=("room",),
    rules=("secure-transport", "room-policy-kept", "room-policy-applied"),
    before=the_policy,
    undo=put_back,
    tell=tell,
    examples=(
        Example("disable screen sharing in room standup", room="standup", screen_sharing=False),
        Example("nobody may publish in room standup", room="standup", can_publish=False),
    ),
)
async def set_policy(context: Context, request: SetPolicy) -> RoomPolicy:
    """Keep it in the configuration, for tokens that are made from now on, and apply it to people inside. LiveKit: UpdateParticipant."""
    before: PolicyState = context.before
    given = asked(request)
    changes = {policy_key(request.room, POLICY[name]): value for name, value in given.items()}
    settings = await _settings.write(context, changes)
    changed = []
    for person in before.participants:
        rights = (request.rights or {}).get(person.identity) or {}
        if is_person(person) and request.rights is None:
            rights = changes_for(person.permission, given)
        if rights:
            await context.rooms.update_participant(request.room, person.identity, permission=rights)
            changed.append(person)
    policy = {POLICY[name]: value for name, value in given.items() if value is not None}
    return RoomPolicy(room=request.room, policy=policy, changed=tuple(changed), settings=settings)
