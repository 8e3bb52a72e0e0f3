"""The token debugger: whatever is wrong with a token is found, explained, and comes with what to do."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import pytest

from greenroom.crew import Greenroom
from greenroom.domain.access import TokenReport
from greenroom.domain.nouns import Finding
from tests.contract.calls import jwt
from tests.doubles import SECRET, FakeClock

NOW = 1_800_000_000
JOIN = {"roomJoin": True, "room": "x"}


def token(video: Any = JOIN, *, secret: str = SECRET, **claims: Any) -> str:
    """A token by hand, so that it can be wrong in every way; None leaves a claim out."""
    usual = {"iss": "APIkey", "sub": "ana", "nbf": NOW - 10, "exp": NOW + 3600, "video": video}
    return jwt({n: v for n, v in {**usual, **claims}.items() if v is not None}, secret)


async def report(crew: Greenroom, text: str, **more: Any) -> TokenReport:
    found: TokenReport = (await crew.call("auth.inspect_token", token=text, **more)).unwrap()
    return found


async def one(crew: Greenroom, subject: str, text: str, **more: Any) -> Finding:
    """The one finding about a subject."""
    (found,) = [f for f in (await report(crew, text, **more)).findings if f.subject == subject]
    return found


@pytest.fixture(autouse=True)
def _still(clock: FakeClock) -> None:
    clock.time = NOW


async def test_a_good_token_is_good_and_each_of_its_grants_is_explained(crew: Greenroom) -> None:
    outcome = await crew.call("auth.inspect_token", token=token())
    assert outcome.message == "The token is good: ana may join x."
    assert outcome.unwrap().valid
    assert {finding.severity for finding in outcome.unwrap().findings} == {"ok"}
    subjects = {finding.subject for finding in outcome.unwrap().findings}
    assert subjects >= {"signature", "exp", "video.roomJoin", "video.canPublish"}
    assert subjects >= {"video.canSubscribe", "video.canPublishData"}


WRONG: list[tuple[str, str, dict[str, Any]]] = [
    ("exp", "It expired 2 hours ago.", {"exp": NOW - 7200}),
    ("nbf", "It is valid only in 10 minutes.", {"nbf": NOW + 600}),
    ("signature", "not signed with this API key's secret", {"secret": "x" * 40}),
    ("iss", "issued by API key APIother, which is not known here; the key in use is APIkey", {"iss": "APIother"}),
    ("iss", "does not say which API key issued it", {"iss": None}),
    ("sub", "It names no identity.", {"sub": None}),
    ("sub", "It has identity, which LiveKit does not read.", {"sub": None, "identity": "ana"}),
    ("video", "It has no video grant, so it opens nothing.", {"video": None}),
    ("video", "room, roomJoin stand outside the claim video.", {"video": None, **JOIN}),
    ("video.roomJoin", "roomJoin is there and no room", {"video": {"roomJoin": True}}),
    ("video.roomJoin", "names room x without roomJoin", {"video": {"room": "x"}}),
    ("video.roomName", "LiveKit does not know roomName and ignores it; it reads room.", {"video": {"roomJoin": True, "roomName": "x"}}),
    ("video.can_publish", "it reads canPublish.", {"video": {**JOIN, "can_publish": True}}),
    ("video.canPublsh", "it reads canPublish.", {"video": {**JOIN, "canPublsh": True}}),
    ("video.canPublish", "canPublish is not true or false; LiveKit refuses the whole token.", {"video": {**JOIN, "canPublish": "true"}}),
    ("video.canPublishSources", "canPublishSources is not a list", {"video": {**JOIN, "canPublishSources": "camera"}}),
    ("video.canPublishSources", "No client sends webcam.", {"video": {**JOIN, "canPublishSources": ["webcam"]}}),
    ("video.roomAdmin", "roomAdmin without a room", {"video": {"roomAdmin": True}}),
    ("metadata", "It holds a private key", {"metadata": "-----BEGIN PRIVATE KEY----- abc"}),
    ("attributes.password", "It holds a value named password", {"attributes": {"password": "pw"}}),
    ("roomConfig.egress.room.fileOutputs[0].s3.secret", "a value named secret", {"roomConfig": {"egress": {"room": {"fileOutputs": [{"s3": {"secret": "s3cr3t"}}]}}}}),
]  # fmt: skip


@pytest.mark.parametrize(("subject", "said", "claims"), WRONG)
async def test_what_keeps_a_token_from_working_is_an_error_with_a_remedy(
    crew: Greenroom, subject: str, said: str, claims: dict[str, Any]
) -> None:
    outcome = await crew.call("auth.inspect_token", token=token(**claims))
    (finding,) = [f for f in outcome.unwrap().findings if f.subject == subject]
    assert (finding.severity, outcome.unwrap().valid) == ("error", False)
    assert said in finding.message
    assert finding.remedy
    assert outcome.message.startswith("The token does not work: ")


async def test_a_start_in_milliseconds_is_called_so(crew: Greenroom) -> None:
    found = await one(crew, "nbf", token(nbf=NOW * 1000, exp=(NOW + 3600) * 1000))
    assert (found.severity, found.message) == (
        "error",
        "It is valid in thousands of years: nbf counts milliseconds.",
    )


@pytest.mark.parametrize("around", ["Bearer {}", "bearer  {}\n", '"{}"', " '{}' ", "{}\r\n"])
async def test_a_token_is_read_as_people_copy_it(crew: Greenroom, around: str) -> None:
    assert (await report(crew, around.format(token()))).valid


async def test_a_source_that_is_meant_twice_is_said_once(crew: Greenroom) -> None:
    video = {**JOIN, "canPublishSources": ["screenshare", "SCREEN_SHARE"]}
    assert (
        await one(crew, "video.canPublishSources", token(video))
    ).remedy == "Write screen_share."


DOUBTFUL: list[tuple[str, str, dict[str, Any]]] = [
    ("exp", "It lives for 30 days", {"exp": NOW + 30 * 86400}),
    ("exp", "It has no expiry", {"exp": None}),
    ("exp", "exp counts milliseconds", {"exp": (NOW + 3600) * 1000}),
    ("video.canPublishSources", "all sources, not none", {"video": {**JOIN, "canPublishSources": []}}),
    ("video.canPublishSources", "no effect", {"video": {**JOIN, "canPublish": False, "canPublishSources": ["camera"]}}),
    ("video.hidden", "get nothing that they send", {"video": {**JOIN, "hidden": True}}),
    ("video", "rights over all rooms", {"video": {**JOIN, "roomCreate": True}}),
]  # fmt: skip


@pytest.mark.parametrize(("subject", "said", "claims"), DOUBTFUL)
async def test_what_works_and_is_hardly_wanted_is_a_warning(
    crew: Greenroom, subject: str, said: str, claims: dict[str, Any]
) -> None:
    found = await one(crew, subject, token(**claims))
    assert found.severity == "warning"
    assert said in found.message
    assert found.remedy
    assert (await report(crew, token(**claims))).valid


SEVEN: list[tuple[str, Mapping[str, Any], str]] = [
    ("canPublish", {"canPublish": False}, "May send no audio or video, whatever canPublishSources lists."),
    ("canSubscribe", {"canSubscribe": False}, "Sees and hears nobody; an administrator's subscriptions do not change that."),
    ("canPublishData", {"canPublish": False}, "Not said; LiveKit's default (as canPublish): May send no data: no chat."),
    ("canPublishSources", {"canPublishSources": ["camera"]}, "May send camera, not microphone, screen share and screen share audio."),
    ("roomJoin", {}, "Opens room x and no other."),
    ("roomAdmin", {"roomAdmin": True}, "May mute, change and remove people of x, of no other room; not create, list or delete rooms."),
    ("hidden", {"hidden": True, "canPublish": False}, "Others do not see them in the room."),
]  # fmt: skip


@pytest.mark.parametrize(("grant", "video", "said"), SEVEN)
async def test_the_seven_grants_that_people_get_wrong_are_explained(
    crew: Greenroom, grant: str, video: Mapping[str, Any], said: str
) -> None:
    found = await one(crew, f"video.{grant}", token({**JOIN, **video}))
    assert (found.severity, found.message) == ("ok", said)


WISHES: list[tuple[str, Mapping[str, Any], str, str]] = [
    ("screen_share", {"canPublishSources": ["camera"]}, "canPublishSources lists camera and not screen_share.", "--can-publish --can-publish-sources camera --can-publish-sources screen_share"),
    ("camera", {"canPublish": False}, "canPublish is false.", "--can-publish"),
    ("microphone", {"hidden": True}, "hidden is true", "--no-hidden"),
    ("publish", {"canPublishSources": ["webcam"]}, "which no client sends", "--can-publish"),
    ("subscribe", {"canSubscribe": False}, "canSubscribe is false.", "--can-subscribe"),
    ("send_data", {"canPublish": False}, "canPublishData is not said", "--can-publish-data"),
    ("send_data", {"canPublishData": False}, "canPublishData is false.", "--can-publish-data"),
    ("moderate", {}, "roomAdmin is not there.", "--room-admin"),
    ("be_seen", {"hidden": True}, "hidden is true", "--no-hidden"),
    ("change_own_metadata", {}, "canUpdateOwnMetadata is not there.", "--can-update-own-metadata"),
    ("record", {}, "roomRecord is not there.", "your server does it"),
    ("create_room", {}, "roomCreate is not there.", "your server does it"),
    ("list_rooms", {}, "roomList is not there.", "your server does it"),
]  # fmt: skip


@pytest.mark.parametrize(("want", "video", "why", "remedy"), WISHES)
async def test_a_wish_that_a_token_does_not_grant_says_why_and_what_to_do(
    crew: Greenroom, want: str, video: Mapping[str, Any], why: str, remedy: str
) -> None:
    found = await one(crew, f"want.{want}", token({**JOIN, **video}), want=want)
    assert found.severity == "error"
    assert why in found.message
    assert remedy in found.remedy


@pytest.mark.parametrize("want", ["join", "screen_share", "camera", "subscribe", "send_data"])
async def test_a_wish_that_a_token_grants_says_so(crew: Greenroom, want: str) -> None:
    outcome = await crew.call("auth.inspect_token", token=token(), want=want)
    assert outcome.message.startswith("The token lets them ")


async def test_the_remedy_makes_a_token_that_grants_the_wish(crew: Greenroom) -> None:
    """The command that is told, taken at its word."""
    from greenroom.interfaces.cli.main import root

    found = await one(
        crew,
        "want.screen_share",
        token({**JOIN, "canPublishSources": ["camera"]}),
        want="screen_share",
    )
    _, _, command = found.remedy.partition("greenroom auth create-token ")
    made = root.get_command(None, "auth").get_command(None, "create-token")  # type: ignore[union-attr,arg-type]
    given = made.make_context("create-token", command.split()).params  # type: ignore[union-attr]
    arguments = {
        n: list(v) if isinstance(v, tuple) else v for n, v in given.items() if v not in (None, ())
    }
    fields = ("identities", "room", "can_publish", "can_publish_sources")
    outcome = await crew.call("auth.create_token", **{n: arguments[n] for n in fields})
    again = await one(
        crew, "want.screen_share", outcome.unwrap().tokens[0].token, want="screen_share"
    )
    assert again.severity == "ok"


async def test_a_policy_is_named_where_a_new_token_would_not_help(crew: Greenroom) -> None:
    await crew.call(
        "coordinator.change_settings", settings={"room.policies.x.screenSharing": False}
    )
    asked = token({**JOIN, "canPublishSources": ["camera"]})
    found = await one(crew, "want.screen_share", asked, want="screen_share")
    assert "The policy of room x forbids it" in found.remedy


async def test_in_words_the_wish_is_understood_with_the_pasted_token(crew: Greenroom) -> None:
    made = token({**JOIN, "canPublishSources": ["camera", "microphone"]})
    outcome = await crew.ask(f"why can't he share his screen? {made}")
    assert outcome.message.startswith(
        "They cannot share the screen: canPublishSources lists camera, microphone"
    )


async def test_no_finding_repeats_a_secret(crew: Greenroom) -> None:
    outcome = await crew.call(
        "auth.inspect_token",
        token=token(
            metadata='{"apiSecret": "hunter2hunter2"}', attributes={"password": "hunter3hunter3"}
        ),
    )
    said = " ".join(f"{f.message} {f.remedy} {f.subject}" for f in outcome.unwrap().findings)
    assert "hunter3" not in said + outcome.message


async def test_real_tokens_of_livekit_s_own_sdk_are_read(crew: Greenroom, clock: FakeClock) -> None:
    from livekit import api

    clock.time = time.time()
    made = api.AccessToken("APIkey", SECRET).with_identity("ana")
    text = made.with_grants(api.VideoGrants(room_join=True, room="x")).to_jwt()
    assert (await report(crew, text)).valid
