"""Roles: packaged presets, what people make of them, and how they go again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from greenroom.config.layers import packaged_layers
from greenroom.crew import Greenroom

NAMED = {
    "presenter", "viewer", "moderator", "teacher", "student", "assistant", "recorder", "agent", "speaker", "host",
    "guest", "audience", "listener",
}  # fmt: skip
PRESETS = {
    name: role
    for layer in packaged_layers()
    for name, role in layer.tree.get("auth", {}).get("roles", {}).items()
}


async def grants(crew: Greenroom, role: str) -> dict[str, Any]:
    made = await crew.call("auth.create_token", identities=["ana"], room="x", role=role)
    found: dict[str, Any] = made.unwrap().grants
    return found


def test_every_role_that_the_crew_speaks_of_is_packaged() -> None:
    assert PRESETS.keys() == NAMED


@pytest.mark.parametrize("role", sorted(NAMED))
async def test_a_preset_says_what_its_people_may_do_and_no_more(crew: Greenroom, role: str) -> None:
    given = await grants(crew, role)
    about = PRESETS[role]
    assert given["canPublish"] is about["canPublish"]
    assert given["canPublishData"] is about["canPublishData"]
    assert given.get("canPublishSources", []) == about.get("canPublishSources", [])
    assert ("roomAdmin" in given) == (role in {"moderator", "host", "teacher"})
    over_all = {"roomCreate", "roomList", "roomRecord", "ingressAdmin", "agent"}
    assert not over_all & given.keys()
    if not given["canPublish"]:
        assert "roomAdmin" not in given


async def test_programs_are_marked_as_such_and_a_recorder_is_not_seen(crew: Greenroom) -> None:
    call = {"identities": ["it"], "room": "x"}
    recorder = (await crew.call("auth.create_token", role="recorder", **call)).unwrap()
    assert recorder.claims["kind"] == "egress"
    assert (recorder.grants["hidden"], recorder.grants["recorder"]) == (True, True)
    agent = (await crew.call("auth.create_token", role="agent", **call)).unwrap()
    assert agent.claims["kind"] == "agent"
    person = (await crew.call("auth.create_token", role="viewer", **call)).unwrap()
    assert "kind" not in person.claims


async def test_a_list_says_what_each_may_do_and_who_defined_it(crew: Greenroom) -> None:
    await crew.call("auth.define_role", role="scribe", can_publish=False, ttl=7200)
    await crew.call("auth.define_role", role="viewer", can_publish_data=True)
    listed = await crew.call("auth.list_roles")
    roles = {role.name: role for role in listed.unwrap().roles}
    assert roles.keys() == {*NAMED, "scribe"}
    assert roles["scribe"].may == "may not publish, tokens last 2 hours"
    assert [where.partition(",")[0] for where in roles["viewer"].defined_in] == [
        "project",
        "packaged",
    ]
    assert roles["presenter"].defined_in == ("packaged",)
    assert listed.message.endswith("yours or changed by you: scribe, viewer.")


async def test_one_role_is_told_in_a_sentence_and_an_unknown_one_by_its_nearest(
    crew: Greenroom,
) -> None:
    one = await crew.call("auth.list_roles", role="student")
    assert one.message == (
        "Role student: may publish camera and microphone, sees and hears the others, may send data (packaged)."
    )
    none = await crew.call("auth.list_roles", role="studnet")
    assert none.error is not None
    assert (none.error.code, none.error.hint) == ("not-found", "Did you mean student?")


async def test_what_is_said_of_a_preset_is_added_to_it(crew: Greenroom) -> None:
    await crew.ask("viewers may chat")
    assert (await grants(crew, "viewer"))["canPublishData"] is True
    assert (await grants(crew, "viewer"))["canPublish"] is False


async def test_a_role_is_removed_after_a_yes_and_comes_back_by_undo(crew: Greenroom) -> None:
    await crew.call("auth.define_role", role="scribe", can_publish=True, ttl=60)
    asked = await crew.ask("remove the role scribe")
    assert asked.status == "needs_approval"
    assert asked.approval is not None
    assert (await crew.approve(asked.approval.id)).status == "done"
    gone = await crew.call("auth.list_roles", role="scribe")
    assert gone.error is not None
    assert (await crew.call("coordinator.undo", approve=True)).status == "done"
    back = (await crew.call("auth.list_roles", role="scribe")).unwrap()
    assert back.roles[0].permissions == {"canPublish": True, "ttl": 60}


async def test_undo_refuses_when_the_role_was_defined_anew(crew: Greenroom) -> None:
    await crew.call("auth.define_role", role="scribe", can_publish=True)
    await crew.call("auth.remove_role", role="scribe", approve=True)
    (entry, *_) = (await crew.call("coordinator.journal")).unwrap().entries
    await crew.call("auth.define_role", role="scribe", can_publish=False)
    refused = await crew.call("coordinator.undo", plan=entry.id, approve=True)
    assert refused.error is not None
    assert refused.error.code == "changed-since"


async def test_a_preset_stays_and_only_changes_of_it_are_dropped(crew: Greenroom) -> None:
    blocked = await crew.call("auth.remove_role", role="viewer", approve=True)
    assert blocked.status == "blocked"
    await crew.call("auth.define_role", role="viewer", can_publish_data=True)
    dropped = await crew.call("auth.remove_role", role="viewer", approve=True)
    assert dropped.status == "done"
    assert "The packaged role holds again." in dropped.message
    assert (await grants(crew, "viewer"))["canPublishData"] is False
    undone = await crew.call("coordinator.undo", plan=dropped.id, approve=True)
    assert undone.status == "done"
    assert (await grants(crew, "viewer"))["canPublishData"] is True


async def test_a_role_in_two_files_leaves_the_nearer_one_first_and_says_so(
    crew: Greenroom, tmp_path: Path
) -> None:
    key = {"settings": {"auth.roles.scribe.canPublish": True}}
    await crew.call("coordinator.change_settings", place="user", **key)
    await crew.call("coordinator.change_settings", place="project", **key)
    first = await crew.call("auth.remove_role", role="scribe", approve=True)
    assert "It is also defined in layer user." in first.message
    assert str(tmp_path / ".ruru") in first.message
    assert (await crew.call("auth.remove_role", role="scribe", approve=True)).status == "done"
    assert (await crew.call("auth.remove_role", role="scribe", approve=True)).status == "failed"
