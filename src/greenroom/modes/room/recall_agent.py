"""Take back an agent that was asked into a room."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from greenroom.domain.capability import Example, Kind, Request, Words, capability
from greenroom.domain.errors import PreconditionFailed
from greenroom.domain.nouns import AgentDispatch, AgentList
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context
from greenroom.modes._fields import ExistingRoom
from greenroom.modes._state import did_you_mean, existing_room


class RecallAgent(Request):
    """LiveKit: DeleteAgentDispatchRequest."""

    room: ExistingRoom
    agent: Annotated[
        str,
        Kind.PERSON_TO_BE,
        Words("agent", "agent called", "agent named", "worker", "bot", "assistant"),
        Field(min_length=1, description="Name that it was asked by."),
    ]
    dispatch: Annotated[
        str,
        Field(description="Id of one dispatch, where there are several of that name."),
    ] = ""


async def the_dispatches(context: Context, request: RecallAgent) -> AgentList:
    """Those of that name. Raises not-found."""
    await existing_room(context, request.room)
    known = await context.dispatch.list_dispatches(request.room)
    meant = tuple(
        one for one in known if one.agent_name == request.agent and request.dispatch in {"", one.id}
    )
    if not meant:
        named = {one.agent_name for one in known} - {""}
        otherwise = f"There: {', '.join(sorted(named))}." if named else "No agent was asked in."
        msg = f"No agent {request.agent} was asked into {request.room}."
        hint = did_you_mean(request.agent, named, otherwise)
        raise PreconditionFailed(msg, code="not-found", hint=hint)
    return AgentList(room=request.room, dispatches=meant, participants=())


def ask_again(request: RecallAgent, before: AgentList, _result: AgentDispatch) -> Call:
    """A new dispatch, with the metadata of the old one."""
    metadata = before.dispatches[0].metadata
    return Call(
        capability="room.dispatch_agent",
        arguments={"room": request.room, "agent": request.agent, "metadata": metadata},
    )


def tell(request: RecallAgent, _before: AgentList, _result: AgentDispatch) -> str:
    """Gone."""
    return f"Agent {request.agent} is no longer asked into {request.room}."


@capability(
    effect="destroy",
    grant="roomAdmin",
    positional=("room", "agent"),
    rules=("secure-transport", "agent-recalled"),
    before=the_dispatches,
    undo=ask_again,
    tell=tell,
    examples=(Example("recall agent scribe from room standup", room="standup", agent="scribe"),),
)
async def recall_agent(context: Context, request: RecallAgent) -> AgentDispatch:
    """The job ends, and an agent that came leaves. Raises not-found. LiveKit: AgentDispatchService.DeleteDispatch."""
    found: AgentList = context.before
    for one in found.dispatches:
        await context.dispatch.delete_dispatch(request.room, one.id)
    return found.dispatches[0]
