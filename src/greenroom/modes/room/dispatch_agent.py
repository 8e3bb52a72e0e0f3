"""Ask an agent into a room."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from greenroom.domain.capability import Example, Kind, Request, Words, capability
from greenroom.domain.nouns import AgentDispatch, Room
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context
from greenroom.modes._fields import ExistingRoom
from greenroom.modes._state import existing_room


class DispatchAgent(Request):
    """LiveKit: CreateAgentDispatchRequest."""

    room: ExistingRoom
    agent: Annotated[
        str,
        Kind.PERSON_TO_BE,
        Words("agent", "agent called", "agent named", "worker", "bot", "assistant"),
        Field(min_length=1, description="Name that the agent's workers registered with."),
    ]
    metadata: Annotated[
        str,
        Kind.TEXT,
        Words("metadata", "with metadata", "job metadata", "instructions"),
        Field(description="Text that the agent gets with its job."),
    ] = ""


async def the_room(context: Context, request: DispatchAgent) -> Room:
    """The room. Raises not-found: LiveKit would make a new one of a misspelt name."""
    return await existing_room(context, request.room)


def recall(request: DispatchAgent, _before: Room, result: AgentDispatch) -> Call:
    """Take this dispatch back, and no other of the same name."""
    return Call(
        capability="room.recall_agent",
        arguments={"room": request.room, "agent": request.agent, "dispatch": result.id},
    )


def tell(request: DispatchAgent, _before: Room, result: AgentDispatch) -> str:
    """Asked, and whether a worker took it."""
    taken = "a worker took it" if result.jobs else "no worker has taken it yet"
    return f"Agent {request.agent} is asked into {request.room}; {taken}."


@capability(
    effect="write",
    grant="roomAdmin",
    positional=("room", "agent"),
    rules=("secure-transport", "metadata-size", "agent-dispatched"),
    before=the_room,
    undo=recall,
    tell=tell,
    examples=(
        Example("dispatch agent scribe to room standup", room="standup", agent="scribe"),
        Example("send the agent called scribe into standup", room="standup", agent="scribe"),
    ),
)
async def dispatch_agent(context: Context, request: DispatchAgent) -> AgentDispatch:
    """LiveKit offers the job to workers of that name. Raises not-found. LiveKit: AgentDispatchService.CreateDispatch."""
    return await context.dispatch.create_dispatch(request.room, request.agent, request.metadata)
