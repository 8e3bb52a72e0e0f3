"""Tokens for named people: every grant that LiveKit knows, and what the room's policy leaves of it."""

from __future__ import annotations

from typing import Any

import pytest

from greenroom.crew import Greenroom
from greenroom.modes.auth._grants import BESIDE, VIDEO
from greenroom.modes.auth._rights import Rights
from tests.doubles import SECRET

ANA = {"identities": ["ana"], "room": "x"}
SCREENLESS = ["camera", "microphone"]


async def claims(crew: Greenroom, **arguments: Any) -> dict[str, Any]:
    made = await crew.call("auth.create_token", **{**ANA, **arguments})
    token = made.unwrap().tokens[0].token
    found: dict[str, Any] = (await crew.call("auth.inspect_token", token=token)).unwrap().claims
    return found


async def policy(crew: Greenroom, **settings: Any) -> None:
    changes = {f"room.policies.x.{name}": value for name, value in settings.items()}
    (await crew.call("coordinator.change_settings", settings=changes)).unwrap()


def test_every_field_of_livekit_s_video_grant_is_an_argument() -> None:
    """A newer SDK that knows more makes this fail."""
    from livekit.api import VideoGrants

    words = {
        name.split("_")[0] + "".join(map(str.capitalize, name.split("_")[1:]))
        for name in vars(VideoGrants())
    }
    assert words == {"roomJoin", "room", *VIDEO.values()}
    assert Rights.model_fields.keys() >= VIDEO.keys()
    assert Rights.model_fields.keys() >= {f for names in BESIDE.values() for f in names}


async def test_what_nobody_asked_for_is_not_said(crew: Greenroom) -> None:
    assert (await claims(crew))["video"] == {"roomJoin": True, "room": "x"}


async def test_each_grant_stands_where_livekit_reads_it(crew: Greenroom) -> None:
    found = await claims(
        crew,
        can_update_own_metadata=True,
        can_subscribe_metrics=True,
        can_manage_agent_session=True,
        room_admin=True,
        destination_room="y",
        sip_call=True,
        inference_perform=True,
        observability_write=True,
        kind="agent",
        attributes={"team": "red"},
        metadata="hello",
        name="Ana",
    )
    assert found["video"] == {
        "roomJoin": True,
        "room": "x",
        "canUpdateOwnMetadata": True,
        "canSubscribeMetrics": True,
        "canManageAgentSession": True,
        "roomAdmin": True,
        "destinationRoom": "y",
    }
    assert (found["sip"], found["inference"]) == ({"call": True}, {"perform": True})
    assert found["observability"] == {"write": True}
    assert (found["kind"], found["name"], found["metadata"]) == ("agent", "Ana", "hello")
    assert found["attributes"] == {"team": "red"}


async def test_a_room_configuration_is_taken_in_either_spelling_and_written_in_livekit_s(
    crew: Greenroom,
) -> None:
    asked = {"max_participants": 5, "emptyTimeout": 60, "agents": [{"agent_name": "helper"}]}
    found = await claims(crew, room_config=asked)
    assert found["roomConfig"] == {
        "maxParticipants": 5,
        "emptyTimeout": 60,
        "agents": [{"agentName": "helper"}],
    }


@pytest.mark.parametrize("wrong", [{"max": 5}, {"maxParticipants": "many"}, {"agents": 3}])
async def test_what_is_no_room_configuration_is_refused_with_its_fields(
    crew: Greenroom, wrong: dict[str, Any]
) -> None:
    refused = await crew.call("auth.create_token", **ANA, room_config=wrong)
    assert refused.error is not None
    assert refused.error.code == "invalid-argument"
    assert "maxParticipants" in refused.error.hint


async def test_attributes_may_be_written_as_text(crew: Greenroom) -> None:
    assert (await claims(crew, attributes="team=red, seat=7"))["attributes"] == {
        "team": "red",
        "seat": "7",
    }
    assert (await claims(crew, attributes='{"team": "red"}'))["attributes"] == {"team": "red"}
    refused = await crew.call("auth.create_token", **ANA, attributes="red")
    assert refused.error is not None
    assert refused.error.code == "invalid-argument"


async def test_where_screens_are_not_shared_no_token_allows_it(crew: Greenroom) -> None:
    await policy(crew, screenSharing=False)
    assert (await claims(crew))["video"]["canPublishSources"] == SCREENLESS
    assert (await claims(crew, can_publish=True))["video"]["canPublishSources"] == SCREENLESS
    presenter = await crew.call("auth.create_token", **ANA, role="presenter")
    assert presenter.unwrap().grants["canPublishSources"] == SCREENLESS
    assert any("role presenter" in check.reason for check in presenter.steps[0].checks)
    viewer = (await claims(crew, role="viewer"))["video"]
    assert "canPublishSources" not in viewer


async def test_other_rooms_are_not_touched_by_a_policy(crew: Greenroom) -> None:
    await policy(crew, screenSharing=False, canPublish=False)
    made = await crew.call("auth.create_token", identities=["ana"], room="y")
    assert made.unwrap().grants == {"roomJoin": True, "room": "y"}


async def test_a_policy_s_no_holds_for_a_role_that_says_yes(crew: Greenroom) -> None:
    await policy(crew, canPublish=False, canPublishData=False, hidden=True)
    found = (await claims(crew, role="presenter"))["video"]
    assert (found["canPublish"], found["canPublishData"], found["hidden"]) == (False, False, True)


async def test_a_policy_s_yes_does_not_overrule_a_role(crew: Greenroom) -> None:
    await policy(crew, canPublish=True, canPublishSources=["microphone"])
    assert (await claims(crew, role="viewer"))["video"]["canPublish"] is False
    assert (await claims(crew, role="student"))["video"]["canPublishSources"] == ["microphone"]


async def test_a_policy_that_leaves_no_source_forbids_publishing_rather_than_allow_all(
    crew: Greenroom,
) -> None:
    await policy(crew, canPublishSources=["screen_share"], screenSharing=False)
    found = (await claims(crew, role="student"))["video"]
    assert found["canPublish"] is False
    assert "canPublishSources" not in found


async def test_a_waived_policy_gives_what_was_asked(crew: Greenroom) -> None:
    await policy(crew, screenSharing=False)
    asked = {**ANA, "can_publish_sources": ["screen_share"]}
    assert (await crew.call("auth.create_token", **asked)).status == "blocked"
    waived = await crew.call(
        "auth.create_token", **asked, waive={"token-room-policy": "the keynote"}
    )
    assert waived.unwrap().grants["canPublishSources"] == ["screen_share"]


async def test_neither_a_token_nor_the_secret_reaches_the_journal(crew: Greenroom) -> None:
    made = await crew.call("auth.create_token", **ANA, role="presenter", attributes={"a": "b"})
    token = made.unwrap().tokens[0].token
    (entry,) = (await crew.call("coordinator.journal")).unwrap().entries
    kept = str(entry)
    assert token not in kept
    assert SECRET not in kept
    assert entry.steps[0]["arguments"]["role"] == "presenter"
