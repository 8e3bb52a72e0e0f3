"""What was left behind is found, shown, and ended after a yes."""

from __future__ import annotations

from dataclasses import replace

from greenroom.crew import Greenroom
from greenroom.domain.egress import EgressOutput, EgressRequest, EgressSource
from tests.doubles import FakeClock
from tests.egress_double import info_of
from tests.modes.egress.conftest import Service

NOW = FakeClock().now()


def runs(egress: Service, egress_id: str, room: str, status: str, *, since: float) -> None:
    """An egress that began so many seconds ago."""
    request = EgressRequest(
        room=room,
        source=EgressSource(kind="room" if room else "web", url="https://example.com"),
        outputs=(EgressOutput(kind="file", path="film"),),
    )
    made = info_of(egress_id, request)
    egress.egresses[egress_id] = replace(made, status=status, started_at=NOW - since)


async def test_only_what_nobody_can_want_any_more_is_ended(
    crew: Greenroom, egress: Service
) -> None:
    runs(egress, "EG_fine", "lobby", "active", since=9000)
    runs(egress, "EG_page", "", "active", since=9000)
    runs(egress, "EG_young", "lobby", "starting", since=60)
    runs(egress, "EG_ending", "gone", "ending", since=9000)
    runs(egress, "EG_orphan", "gone", "active", since=5)
    runs(egress, "EG_stuck", "lobby", "starting", since=121)
    waits = await crew.call("egress.clean_up")
    assert waits.status == "needs_approval" and waits.approval is not None
    (step,) = waits.approval.steps
    assert step["arguments"] == {"egresses": {"EG_stuck": "lobby", "EG_orphan": "gone"}}
    done = await crew.approve(waits.approval.id)
    assert (done.status, done.message) == ("done", "2 of 2 ended.")
    states = {name: one.status for name, one in egress.egresses.items()}
    assert states == {
        "EG_fine": "active",
        "EG_page": "active",
        "EG_young": "starting",
        "EG_ending": "ending",
        "EG_orphan": "complete",
        "EG_stuck": "complete",
    }


async def test_where_nothing_is_left_behind_it_says_so(crew: Greenroom, egress: Service) -> None:
    runs(egress, "EG_fine", "lobby", "active", since=9000)
    none = await crew.call("egress.clean_up", approve=True)
    assert none.error is not None and none.error.code == "not-found"
    assert none.message == (
        "No stream or export is stuck or without its room (1 under way), so nothing was done."
    )


async def test_what_ended_by_itself_meanwhile_is_left_alone(
    crew: Greenroom, egress: Service
) -> None:
    runs(egress, "EG_1", "gone", "active", since=5)
    runs(egress, "EG_2", "gone", "active", since=5)
    waits = await crew.call("egress.clean_up")
    assert waits.approval is not None
    await egress.stop("EG_1")
    done = await crew.approve(waits.approval.id)
    assert done.message == "1 of 2 ended. EG_1: it has ended already."


async def test_an_end_of_many_that_is_only_said_is_found_out(
    crew: Greenroom, egress: Service
) -> None:
    runs(egress, "EG_1", "gone", "active", since=5)
    egress.lies = True
    lied = await crew.call("egress.clean_up", approve=True)
    assert (lied.status, lied.error and lied.error.code) == ("failed", "not-as-asked")
