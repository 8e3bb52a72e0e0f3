"""One more place for a stream that runs, and one less."""

from __future__ import annotations

from pathlib import Path

import pytest

from greenroom.crew import Greenroom
from tests.modes.egress.conftest import KEY, Service, everything_kept, shown

FIRST = "rtmp://a.example.com/app/first-key-of-all"
URL = f"rtmp://live.example.com/app/{KEY}"
SHOWN = "rtmp://live.example.com/app/{liv...see}"


@pytest.fixture
async def streaming(crew: Greenroom) -> Greenroom:
    """A crew whose stage is streamed to one place."""
    (await crew.call("egress.start_stream", room="stage", url=FIRST)).unwrap()
    return crew


def goes_to(egress: Service) -> list[str]:
    return [result.location for result in egress.egresses["EG_1"].results]


async def test_a_place_is_added_and_taken_away_again_by_what_a_list_shows(
    streaming: Greenroom, egress: Service, tmp_path: Path
) -> None:
    added = await streaming.call("egress.add_stream", egress="stage", url=URL)
    assert added.status == "done", added.message
    assert added.message.startswith(f"stage is streamed to {SHOWN}, and still to rtmp://a.example")
    assert goes_to(egress)[1] == SHOWN
    call = {"egress": "stage", "url": SHOWN, "approve": True}
    removed = await streaming.call("egress.remove_stream", **call)
    assert removed.status == "done", removed.message
    assert "it goes on to rtmp://a.example.com/app/{fir...all}" in removed.message
    assert len(goes_to(egress)) == 1
    assert KEY not in shown(added) + shown(removed) + everything_kept(tmp_path)


async def test_a_yes_is_asked_for_with_what_goes_on(streaming: Greenroom) -> None:
    only = await streaming.call("egress.remove_stream", egress="stage", url=FIRST)
    assert only.approval is not None
    assert any("it is the only one, and the stream ends" in r for r in only.approval.reasons)


async def test_one_platform_of_several_is_taken_away_by_its_name(
    streaming: Greenroom, egress: Service
) -> None:
    call = {"egress": "EG_1", "platform": "twitch"}
    await streaming.call("egress.add_stream", key=KEY, **call)
    removed = await streaming.call("egress.remove_stream", approve=True, **call)
    assert removed.status == "done", removed.message
    assert goes_to(egress) == ["rtmp://a.example.com/app/{fir...all}"]
    again = await streaming.call("egress.remove_stream", approve=True, **call)
    assert again.error is not None and again.error.code == "not-found"
    assert "It streams to rtmp://a.example.com/app/{fir...all}" in again.error.hint


async def test_a_destination_comes_back_by_undo_and_another_place_cannot(
    streaming: Greenroom, egress: Service
) -> None:
    await streaming.call("egress.define_destination", name="tube", platform="youtube", key=KEY)
    await streaming.call("egress.add_stream", egress="stage", destination="tube")
    there = goes_to(egress)
    gone = await streaming.call(
        "egress.remove_stream", egress="stage", destination="tube", approve=True
    )
    assert len(goes_to(egress)) == 1
    undone = await streaming.call("coordinator.undo", plan=gone.id)
    assert undone.status == "done", undone.message
    assert goes_to(egress) == there
    by_url = await streaming.call("egress.remove_stream", egress="stage", url=FIRST, approve=True)
    assert by_url.steps[0].undo is None


async def test_adding_is_undone_by_taking_away(streaming: Greenroom, egress: Service) -> None:
    await streaming.call("egress.add_stream", egress="stage", url=URL)
    undone = await streaming.call("coordinator.undo", approve=True)
    assert undone.status == "done", undone.message
    assert goes_to(egress) == ["rtmp://a.example.com/app/{fir...all}"]


async def test_a_place_is_not_added_twice(streaming: Greenroom) -> None:
    twice = await streaming.call("egress.add_stream", egress="stage", url=FIRST)
    assert twice.error is not None and twice.error.code == "already-exists"


async def test_a_place_that_takes_nothing_is_told_and_the_others_go_on(
    streaming: Greenroom, egress: Service
) -> None:
    egress.fails = "the server said no"
    failed = await streaming.call("egress.add_stream", egress="stage", url=URL)
    assert (failed.status, failed.error and failed.error.code) == ("failed", "not-as-asked")
    assert f"Nothing arrives at {SHOWN}: the server said no." in failed.message
    assert egress.egresses["EG_1"].status == "active"


async def test_where_nothing_streams_no_place_is_added(crew: Greenroom) -> None:
    refused = await crew.call("egress.add_stream", egress="lobby", url=URL)
    assert refused.error is not None and refused.error.code == "not-found"
