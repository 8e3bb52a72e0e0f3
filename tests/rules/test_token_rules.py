"""Each rule about tokens: what passes, what is warned about, what is blocked and why."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from greenroom.crew import Greenroom
from greenroom.domain.outcome import Check, Outcome
from tests.doubles import a_crew

S3 = {"egress": {"room": {"fileOutputs": [{"s3": {"accessKey": "AK", "bucket": "b"}}]}}}
STREAM = {"egress": {"room": {"streamOutputs": [{"urls": ["rtmp://a.example/live/key-1"]}]}}}
EGRESS = {"egress": {"room": {"fileOutputs": [{"filepath": "a.mp4"}]}}}
DAY = 86400


@pytest.fixture
async def crew(tmp_path: Path) -> AsyncIterator[Greenroom]:
    (tmp_path / ".ruru").mkdir()
    async with a_crew(tmp_path) as crew:
        await crew.call(
            "coordinator.change_settings",
            settings={
                "room.policies.quiet.screenSharing": False,
                "room.policies.quiet.canPublishData": False,
                "room.policies.quiet.hidden": True,
                "room.policies.deaf.canSubscribe": False,
                "room.policies.mute.canPublish": False,
            },
        )
        yield crew


async def made(crew: Greenroom, **arguments: Any) -> Outcome:
    return await crew.call("auth.create_token", **{"identities": ["ana"], "room": "x", **arguments})


def verdict(outcome: Outcome, rule: str) -> Check:
    (check,) = [check for check in outcome.steps[0].checks if check.rule == rule]
    return check


CASES: list[tuple[str, str, dict[str, Any], str]] = [
    ("token-lifetime", "pass", {"ttl": DAY}, ""),
    ("token-lifetime", "pass", {"ttl": DAY + 1, "reason": "the festival"}, ""),
    ("token-lifetime", "block", {"ttl": DAY + 1}, "longer than 24 hours"),
    ("token-lifetime", "block", {"ttl": DAY + 1, "reason": "  "}, "longer than 24 hours"),
    ("token-admin-audience", "pass", {"room_admin": True}, ""),
    ("token-admin-audience", "block", {"room_admin": True, "can_publish": False}, "an audience"),
    ("token-admin-audience", "block", {"room_admin": True, "role": "viewer"}, "an audience"),
    ("token-server-rights", "pass", {"role": "moderator"}, ""),
    ("token-server-rights", "warn", {"sip_call": True}, "place telephone calls"),
    ("token-server-rights", "block", {"room_create": True}, "create and delete any room"),
    ("token-server-rights", "block", {"room_list": True}, "list all rooms"),
    ("token-server-rights", "block", {"room_record": True}, "record and stream any room"),
    ("token-server-rights", "block", {"ingress_admin": True}, "ingress of any room"),
    ("token-server-rights", "block", {"sip_admin": True}, "SIP trunks"),
    ("token-server-rights", "block", {"agent": True}, "register as a worker"),
    ("token-sources", "pass", {"can_publish_sources": ["camera", "screen_share_audio"]}, ""),
    ("token-sources", "warn", {"can_publish_sources": ["camera"], "can_publish": False}, "by nobody"),
    ("token-sources", "block", {"can_publish_sources": ["webcam"]}, "No client sends webcam."),
    ("token-sources", "block", {"can_publish_sources": ["ScreenShare"]}, "No client sends ScreenShare."),
    ("token-room-policy", "pass", {"room": "quiet", "can_publish_sources": ["camera"]}, ""),
    ("token-room-policy", "pass", {"room": "quiet", "role": "viewer"}, ""),
    ("token-room-policy", "warn", {"room": "quiet", "role": "presenter"}, "screen sharing, which role presenter has"),
    ("token-room-policy", "block", {"room": "quiet", "can_publish_sources": ["screen_share"]}, "forbids screen sharing"),
    ("token-room-policy", "block", {"room": "quiet", "can_publish_sources": ["screen_share_audio"]}, "forbids screen sharing"),
    ("token-room-policy", "block", {"room": "quiet", "can_publish_data": True}, "forbids sending data"),
    ("token-room-policy", "block", {"room": "quiet", "hidden": False}, "forbids being seen by others"),
    ("token-room-policy", "block", {"room": "deaf", "can_subscribe": True}, "forbids receiving"),
    ("token-room-policy", "block", {"room": "mute", "can_publish": True}, "forbids sending audio and video"),
    ("token-room-config", "pass", {"room_config": {"maxParticipants": 5}}, ""),
    ("token-room-config", "warn", {"room_config": EGRESS}, "starts the egress"),
    ("token-room-config", "warn", {"metadata": "m" * 5000}, "5004 bytes"),
    ("token-room-config", "block", {"room_config": S3}, "a value named accessKey at room_config.egress.room.fileOutputs[0].s3.accessKey"),
    ("token-room-config", "block", {"room_config": STREAM}, "a stream key"),
    ("token-room-config", "block", {"attributes": {"password": "pw"}}, "a value named password"),
    ("token-room-config", "block", {"metadata": "-----BEGIN PRIVATE KEY-----"}, "a private key"),
    ("token-room-config", "block", {"metadata": '{"login": {"password": "pw"}}'}, "a value named password at metadata.login.password"),
    ("token-room-config", "pass", {"metadata": '{"half'}, ""),
    ("attributes-size", "pass", {"attributes": {"a": "b"}}, ""),
    ("attributes-size", "block", {"attributes": {"a": "b" * 64_000}}, "64001 bytes"),
    ("metadata-size", "pass", {"metadata": "m"}, ""),
    ("metadata-size", "block", {"metadata": "ü" * 32_001}, "64002 bytes"),
    ("secret-length", "pass", {}, ""),
    ("token-verifies", "pass", {}, ""),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "expected", "arguments", "said"), CASES)
async def test_a_rule_passes_warns_or_blocks(
    crew: Greenroom, rule: str, expected: str, arguments: dict[str, Any], said: str
) -> None:
    outcome = await made(crew, **arguments)
    check = verdict(outcome, rule)
    assert check.verdict == expected, check
    assert said in check.reason
    assert outcome.status == ("blocked" if expected == "block" else "done")
    if expected == "block":
        assert check.remedy


async def test_every_block_but_the_last_look_can_be_waived_with_a_reason_that_is_kept(
    crew: Greenroom,
) -> None:
    waived = await made(crew, room_list=True, waive={"token-server-rights": "a dashboard"})
    assert waived.status == "done"
    assert verdict(waived, "token-server-rights").verdict == "waived"
    assert waived.unwrap().grants["roomList"] is True
    never = await made(crew, waive={"token-verifies": "no time"})
    assert never.error is not None
    assert never.error.code == "invalid-waiver"


async def test_a_source_that_was_meant_is_named(crew: Greenroom) -> None:
    for said, meant in (
        ("ScreenShare", "screen_share"),
        ("mic", "microphone"),
        ("Camera", "camera"),
    ):
        refused = await made(crew, can_publish_sources=[said])
        assert verdict(refused, "token-sources").remedy == f"Did you mean {meant}?"


async def test_tokens_that_say_something_else_than_was_asked_for_are_noticed(
    crew: Greenroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = crew._tokens.mint
    monkeypatch.setattr(
        crew._tokens,
        "mint",
        lambda claims: honest({**claims, "video": {"roomJoin": True, "room": "other"}}),
    )
    outcome = await made(crew)
    assert outcome.status == "failed"
    assert outcome.error is not None
    assert outcome.error.code == "not-as-asked"
    assert "says something else" in outcome.message
