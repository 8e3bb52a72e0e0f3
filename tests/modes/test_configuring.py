"""Capabilities that change settings, and settings that change what capabilities do: the whole crew, rooms in memory."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from greenroom.config.schema import flaws, schema
from greenroom.crew import Greenroom
from greenroom.domain.errors import ServerError
from tests.doubles import MemoryRooms

DEFAULTS = "room.defaultSettings"
SECRET = "planted-api-secret-planted-api-secret"


def room_file(tmp_path: Path, mode: str = "room") -> Path:
    return tmp_path / ".ruru" / "modes" / f"livekit-{mode}" / f"livekit-{mode}.mode.md"


async def test_configured_defaults_are_used_shown_and_overridden_by_arguments(
    crew: Greenroom, rooms: MemoryRooms
) -> None:
    await crew.call("room.set_defaults", max_participants=30, empty_timeout=600)
    made = await crew.call("room.create", name="standup")
    assert made.steps[0].arguments == {
        "name": "standup",
        "max_participants": 30,
        "empty_timeout": 600,
    }
    assert rooms.rooms["standup"].max_participants == 30
    other = await crew.call("room.create", name="other", max_participants=5)
    assert other.steps[0].arguments["max_participants"] == 5
    assert rooms.rooms["other"].max_participants == 5
    (entry, *_) = (await crew.call("coordinator.journal")).value.entries
    assert entry.steps[0]["arguments"]["empty_timeout"] == 600


async def test_without_configuration_livekit_s_own_defaults_stay_unsaid(crew: Greenroom) -> None:
    assert (await crew.call("room.create", name="x")).steps[0].arguments == {"name": "x"}


async def test_a_configured_default_asks_nothing_of_a_room_that_exists(
    crew: Greenroom, rooms: MemoryRooms
) -> None:
    rooms._add("old")
    await crew.call("room.set_defaults", max_participants=30)
    again = await crew.call("room.create", name="old")
    assert (again.status, again.message) == (
        "done",
        "Room old exists already; nothing was changed.",
    )
    asked = await crew.call("room.create", name="old", max_participants=30)
    assert asked.status == "blocked"


async def test_a_change_of_the_files_is_seen_by_a_crew_that_runs(
    crew: Greenroom, tmp_path: Path
) -> None:
    await crew.call("room.set_defaults", max_participants=30)
    file = room_file(tmp_path)
    file.write_text(file.read_text().replace("30", "31"))
    made = await crew.call("room.create", name="standup")
    assert made.steps[0].arguments["max_participants"] == 31


async def test_settings_with_a_mistake_stop_what_needs_them_and_nothing_else(
    crew: Greenroom, tmp_path: Path, rooms: MemoryRooms
) -> None:
    file = room_file(tmp_path)
    file.parent.mkdir(parents=True)
    file.write_text("+++\n[room.defaultSettings]\nmaxParticipants = 'x'\n+++\n")
    refused = await crew.call("room.create", name="standup")
    assert refused.error is not None
    assert refused.error.code == "invalid-config"
    assert f"{file}:3" in refused.message
    assert rooms.rooms == {}
    assert (await crew.call("room.list")).status == "done"


async def test_tokens_take_lifetime_and_permissions_from_the_configuration(crew: Greenroom) -> None:
    await crew.call("auth.set_default_lifetime", ttl=7200)
    settings = {f"{DEFAULTS}.participantPermissions.canPublish": False}
    await crew.call("coordinator.change_settings", settings=settings)
    token = (await crew.call("auth.create_token", identities=["ana"], room="x")).value
    assert (token.ttl, token.grants["canPublish"]) == (7200, False)
    given = await crew.call(
        "auth.create_token", identities=["ana"], room="x", ttl=60, can_publish=True
    )
    assert (given.value.ttl, given.value.grants["canPublish"]) == (60, True)


async def test_a_role_comes_before_general_permissions_and_after_arguments(crew: Greenroom) -> None:
    await crew.call("auth.define_role", role="viewer", can_publish=False, ttl=600)
    await crew.call("auth.set_default_lifetime", ttl=7200)
    made = await crew.call("auth.create_token", identities=["ana"], room="x", role="viewer")
    assert made.value.grants["canPublish"] is False
    assert made.steps[0].arguments["ttl"] == 600
    given = await crew.call(
        "auth.create_token", identities=["a"], room="x", role="viewer", can_publish=True
    )
    assert given.value.grants["canPublish"] is True


async def test_a_role_that_nobody_defined_makes_no_token(crew: Greenroom) -> None:
    await crew.call("auth.define_role", role="viewer", can_publish=False)
    refused = await crew.call("auth.create_token", identities=["ana"], room="x", role="viewr")
    assert refused.error is not None
    assert (refused.error.code, refused.error.hint) == ("not-found", "Did you mean viewer?")


async def test_an_audience_does_not_become_room_admin(crew: Greenroom) -> None:
    refused = await crew.call("auth.define_role", role="viewer", can_publish=False, room_admin=True)
    assert refused.status == "blocked"


async def test_a_default_lifetime_over_a_day_needs_a_reason(crew: Greenroom) -> None:
    assert (await crew.call("auth.set_default_lifetime", ttl=200_000)).status == "blocked"
    with_reason = await crew.call("auth.set_default_lifetime", ttl=200_000, reason="a long fair")
    assert with_reason.status == "done"


@pytest.mark.parametrize(
    ("capability", "arguments", "again"),
    [
        ("room.set_defaults", {"max_participants": 30}, {"max_participants": 40}),
        ("auth.set_default_lifetime", {"ttl": 60}, {"ttl": 90}),
        ("auth.define_role", {"role": "a", "hidden": True}, {"role": "a", "hidden": False}),
        (
            "coordinator.change_settings",
            {"settings": {"recording.format": "mp4"}},
            {"settings": {"recording.format": "ogg"}},
        ),
    ],
)
async def test_undo_restores_the_former_value_step_by_step(
    crew: Greenroom, tmp_path: Path, capability: str, arguments: Any, again: Any
) -> None:
    await crew.call(capability, **arguments)
    files = {file: file.read_text() for file in tmp_path.rglob("*.mode.md")}
    assert len(files) == 1
    crew.clock.time += 1  # type: ignore[attr-defined]
    await crew.call(capability, **again)
    assert {file: file.read_text() for file in files} != files
    undone = await crew.call("coordinator.undo")
    assert undone.status == "done", undone.message
    assert {file: file.read_text() for file in files} == files
    assert (await crew.call("coordinator.undo")).status == "done"
    assert all("[" not in file.read_text() for file in files)


async def test_undo_leaves_what_somebody_changed_since(crew: Greenroom, tmp_path: Path) -> None:
    await crew.call("room.set_defaults", max_participants=30)
    file = room_file(tmp_path)
    file.write_text(file.read_text().replace("30", "99"))
    undone = await crew.call("coordinator.undo")
    assert undone.error is not None
    assert undone.error.code == "changed-since"
    assert "99" in file.read_text()


async def test_what_a_higher_layer_overrides_is_said(crew: Greenroom, tmp_path: Path) -> None:
    file = tmp_path / ".ruru" / "config" / "livekit.development.json"
    file.parent.mkdir()
    file.write_text('{"room": {"defaultSettings": {"maxParticipants": 5}}}')
    changed = await crew.call("room.set_defaults", max_participants=30)
    assert changed.status == "done"
    assert f"{file}:1 sets room.defaultSettings.maxParticipants to 5" in changed.message
    assert changed.steps[0].checks[-1].verdict == "warn"


async def test_nothing_to_set_is_a_mistake(crew: Greenroom) -> None:
    for capability, arguments in (("room.set_defaults", {}), ("auth.define_role", {"role": "x"})):
        refused = await crew.call(capability, **arguments)
        assert refused.error is not None
        assert refused.error.code == "invalid-argument"


async def test_a_secret_in_clear_is_not_taken_as_a_setting(crew: Greenroom, tmp_path: Path) -> None:
    refused = await crew.call("coordinator.change_settings", settings={"api.secret": SECRET})
    assert refused.error is not None
    assert refused.error.code == "secret-in-clear"
    assert not room_file(tmp_path, "auth").exists()


@pytest.mark.parametrize(
    ("words", "key", "value"),
    [
        ("the default room limit is 30", f"{DEFAULTS}.maxParticipants", 30),
        ("tokens last two hours by default", "auth.defaultTtl", 7200),
        ("viewers must not publish", "auth.roles.viewer.canPublish", False),
    ],
)
async def test_words_edit_the_mode_file_and_keep_comments(
    crew: Greenroom, tmp_path: Path, words: str, key: str, value: object
) -> None:
    for mode in ("room", "auth"):
        file = room_file(tmp_path, mode)
        file.parent.mkdir(parents=True)
        file.write_text(f'+++\n# ours\nid = "livekit-{mode}"  # stays\n+++\n\n# Text\n')
    outcome = await crew.ask(words)
    assert outcome.status == "done", outcome.message
    assert crew._configuration.chosen(key) == value
    for mode in ("room", "auth"):
        assert '# ours\nid = "livekit-' in room_file(tmp_path, mode).read_text()
        assert "# stays" in room_file(tmp_path, mode).read_text()


async def test_words_that_configure_need_no_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".ruru").mkdir()
    monkeypatch.chdir(tmp_path)
    async with Greenroom() as crew:
        assert (await crew.ask("the default room limit is 30")).status == "done"
        assert (await crew.call("coordinator.undo")).status == "done"
        refused = await crew.ask("list all rooms")
        assert refused.error is not None
        assert refused.error.code == "no-server"
        asked = await crew.ask("Configure LiveKit API credentials")
        assert (asked.status, asked.questions[0].field) == ("needs_input", "api_secret")


class Asked:
    """Stands for the server that new credentials are tried on."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.with_: tuple[str, str, str] | None = None

    async def __call__(self, url: str, key: str, secret: str) -> None:
        self.with_ = (url, key, secret)
        if self.error:
            raise self.error


async def test_credentials_are_verified_and_the_secret_kept_apart(
    crew: Greenroom, tmp_path: Path
) -> None:
    crew.__dict__["_try_credentials"] = asked = Asked()
    done = await crew.call(
        "coordinator.configure_credentials",
        url="ws://new:7880",
        api_key="newkey",
        api_secret=SECRET,
    )
    assert done.status == "done", done.message
    assert done.value.accepted
    assert asked.with_ == ("ws://new:7880", "newkey", SECRET)
    (kept,) = (tmp_path / "config" / "greenroom" / "keys").iterdir()
    assert kept.read_text() == SECRET
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    seen = [file for file in tmp_path.rglob("*") if file.is_file() and file != kept]
    assert seen
    assert all(SECRET.encode() not in file.read_bytes() for file in seen)
    assert SECRET not in json.dumps(done.as_dict())


async def test_refused_credentials_are_not_stored(crew: Greenroom, tmp_path: Path) -> None:
    error = ServerError("No.", code="unauthenticated")
    crew.__dict__["_try_credentials"] = Asked(error)
    refused = await crew.call(
        "coordinator.configure_credentials", url="ws://x", api_key="k", api_secret=SECRET
    )
    assert refused.error is not None
    assert refused.error.code == "unauthenticated"
    assert not (tmp_path / "config").exists()


async def test_a_server_that_is_away_leaves_a_doubt(crew: Greenroom) -> None:
    crew.__dict__["_try_credentials"] = Asked(
        ServerError("Nothing listens there.", code="connection-refused")
    )
    done = await crew.call(
        "coordinator.configure_credentials", url="ws://x", api_key="k", api_secret=SECRET
    )
    assert (done.status, done.value.accepted) == ("done", False)
    assert "Not checked: Nothing listens there." in done.message


async def test_a_reference_is_stored_as_it_is_and_undo_brings_the_former_set_back(
    crew: Greenroom,
) -> None:
    crew.__dict__["_try_credentials"] = Asked()
    for number in (1, 2):
        crew.clock.time += 1  # type: ignore[attr-defined]
        await crew.call(
            "coordinator.configure_credentials",
            url=f"ws://server{number}",
            api_key="k",
            api_secret=SECRET if number == 1 else "env:MY_SECRET",
        )
    api = crew._configuration.chosen("api")
    assert api == {"url": "ws://server2", "key": "k", "secret": "env:MY_SECRET"}
    undone = await crew.call("coordinator.undo")
    assert undone.status == "done", undone.message
    api = crew._configuration.chosen("api")
    assert api is not None
    assert api["url"] == "ws://server1"
    assert api["secret"].startswith("file:")


async def test_stored_credentials_are_used_by_the_next_crew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with Greenroom() as first:
        first.__dict__["_try_credentials"] = Asked()
        arguments = {"url": "ws://stored:7880", "api_key": "k", "api_secret": SECRET}
        assert (await first.call("coordinator.configure_credentials", **arguments)).status == "done"
    async with Greenroom() as second:
        token = await second.call("auth.create_token", identities=["ana"], room="x")
        assert (token.status, token.target) == ("done", "ws://stored:7880")
        assert second.credentials is not None
        assert second.credentials.api_secret == SECRET


async def test_an_export_holds_the_tree_with_references_and_fits_the_schema(
    crew: Greenroom, tmp_path: Path
) -> None:
    settings = {
        f"{DEFAULTS}.maxParticipants": 30,
        "api.url": "wss://livekit.example.com",
        "api.key": "devkey",
        "api.secret": "file:~/key",
        "egress.destinations.tube.key": "env:TUBE_KEY",
        "egress.destinations.twitch.key": "file:twitch",
    }
    await crew.call("coordinator.change_settings", settings=settings)
    target = tmp_path / "new" / "config.json"
    text = await crew.export_config(output_path=target)
    assert target.read_text() == text
    tree = json.loads(text)["livekit"]
    assert list(flaws(tree, schema())) == []
    assert tree["api"] == {
        "url": "wss://livekit.example.com",
        "key": "${LIVEKIT_API_KEY}",
        "secret": "${LIVEKIT_API_SECRET}",
    }
    assert tree["room"]["defaultSettings"]["maxParticipants"] == 30
    assert tree["room"]["defaultSettings"]["emptyTimeout"] == 300
    assert tree["egress"]["destinations"] == {
        "tube": {"key": "${TUBE_KEY}"},
        "twitch": {"key": "${LIVEKIT_EGRESS_DESTINATIONS_TWITCH_KEY}"},
    }
    masked = json.loads(await crew.export_config(secrets="mask"))["livekit"]
    assert masked["api"]["secret"] == "***"
    assert masked["egress"]["destinations"]["tube"]["key"] == "***"


async def test_an_export_is_of_one_domain_and_one_environment(
    crew: Greenroom, tmp_path: Path
) -> None:
    folder = tmp_path / ".ruru" / "config"
    folder.mkdir()
    (folder / "livekit.production.json").write_text('{"livekit": {"auth": {"defaultTtl": 99}}}')
    tree = json.loads(await crew.export_config(domain="auth", environment="production"))
    assert set(tree["livekit"]) == {"api", "auth"}
    assert tree["livekit"]["auth"]["defaultTtl"] == 99
    assert json.loads(await crew.export_config(domain="room"))["livekit"].keys() == {"room"}
    refused = await crew.call("coordinator.export_config", environment="prodution")
    assert refused.error is not None
    assert (refused.error.code, refused.error.hint) == (
        "unknown-environment",
        "Did you mean production?",
    )


async def test_an_exported_file_is_an_artifact(crew: Greenroom, tmp_path: Path) -> None:
    done = await crew.call("coordinator.export_config", output_path="out.json")
    artifact = done.value.artifact
    content = (tmp_path / "out.json").read_bytes()
    assert artifact.path == str(tmp_path / "out.json")
    assert artifact.sha256 == hashlib.sha256(content).hexdigest()
    assert (artifact.size, artifact.media_type) == (len(content), "application/json")
    for wrong, code in (("", "invalid-argument"), (".", "config-not-writable")):
        refused = await crew.call("coordinator.export_config", output_path=wrong)
        assert refused.error is not None
        assert refused.error.code == code
    refused = await crew.call("coordinator.export_config", format="xml")
    assert refused.error is not None
    assert refused.error.hint == "There are: json."
    assert os.listdir(tmp_path / ".ruru") == []


async def test_verify_tells_what_is_doubtful_and_what_is_wrong_in_settings(
    crew: Greenroom, tmp_path: Path
) -> None:
    file = room_file(tmp_path)
    file.parent.mkdir(parents=True)
    file.write_text("+++\n[room]\nnosuch = 1\n+++\n")
    findings = (await crew.call("coordinator.verify")).value.findings
    assert any("room.nosuch is no setting" in finding.message for finding in findings)
    file.write_text("+++\n[room\n+++\n")
    refused = await crew.call("coordinator.verify")
    assert refused.error is not None
    assert refused.error.code == "invalid-config"


async def test_undoing_stored_credentials_says_what_is_removed(crew: Greenroom) -> None:
    """ "api.secret is removed" would be masked, and read as if there still were one."""
    stored = await crew.call(
        "coordinator.configure_credentials", url="ws://x:1", api_key="k", api_secret="env:MY_SECRET"
    )
    assert stored.status == "done", stored.message
    undone = await crew.call("coordinator.undo")
    assert undone.message.startswith("removed: api.url, api.key, api.secret in "), undone.message


async def test_a_url_that_is_none_is_refused_in_words_for_people(crew: Greenroom) -> None:
    refused = await crew.call(
        "coordinator.configure_credentials", url="foo", api_key="k", api_secret="env:MY_SECRET"
    )
    assert refused.error is not None
    assert refused.message.endswith("url must be of another form, not 'foo'.")
    assert "wss://livekit.example.com" in refused.error.hint


async def test_undoing_what_needed_no_server_does_not_speak_of_another_one(
    crew: Greenroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LIVEKIT_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET"):
        monkeypatch.delenv(name, raising=False)
    async with Greenroom(home=tmp_path) as nowhere:
        assert (await nowhere.call("coordinator.export_config", format="json")).status == "done"
    refused = await crew.call("coordinator.undo")
    assert refused.error is not None
    assert refused.message.startswith("This cannot be undone: The configuration of ")
    assert "An export changes no setting" in refused.error.hint
