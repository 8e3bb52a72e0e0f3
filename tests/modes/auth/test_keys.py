"""API keys: which there are, new ones, and from one to the other without an outage."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from greenroom.crew import Greenroom
from greenroom.local.keys import KeyFile
from greenroom.local.sandbox import Sandbox
from greenroom.local.supervisor import background
from greenroom.local.supervisor.background import Running
from tests.doubles import SECRET, a_crew
from tests.local.supervisor.conftest import home, livekit_found, up

__all__ = ["home", "livekit_found", "up"]

FIRST = "first-secret-first-secret-first-secret"
SECOND = "second-secret-second-secret-second-secret"


def on(running: Running, home: Path) -> Greenroom:
    """A crew on the local server, with the key that is the newest now."""
    now = background.find(home)
    assert now is not None
    key = now.key
    return Greenroom(url=running.url, api_key=key.key, api_secret=key.secret, home=home)


@pytest.mark.parametrize("backend", ["sandbox", "livekit-server"])
async def test_a_rotation_keeps_both_keys_valid_until_it_is_finished(
    home: Path, up: Callable[..., Running], backend: str, request: pytest.FixtureRequest
) -> None:
    if backend == "livekit-server":
        request.getfixturevalue("livekit_found")
    running = up(backend=backend)
    old = running.key
    async with on(running, home) as crew:
        begun = (await crew.ask("rotate the API key")).unwrap()
        assert begun.accepted == (begun.new_key, old.key)
        assert begun.secret == KeyFile(home).read()[0].secret
        assert (await crew.call("room.list")).status == "done"
        again = await crew.call("auth.rotate_key")
        assert again.error is not None
        assert again.error.code == "rotation-open"
        mine = await crew.call("auth.finish_rotation", approve=True)
        assert mine.status == "blocked"
        assert "is the key in use here" in mine.message
    async with on(running, home) as crew:
        listed = (await crew.call("auth.list_keys")).unwrap().keys
        assert [(key.key, key.in_use) for key in listed] == [
            (begun.new_key, True),
            (old.key, False),
        ]
        asked = await crew.ask("finish the key rotation")
        assert asked.status == "needs_approval"
        done = await crew.approve(asked.approval.id)  # type: ignore[union-attr]
        assert done.unwrap().refused == (old.key,)
        checks = {check.rule: check.verdict for check in done.steps[0].checks}
        assert checks["rotation-old-key-refused"] == "pass"
        twice = await crew.call("auth.finish_rotation", approve=True)
        assert twice.error is not None
        assert twice.error.code == "rotation-not-open"
        kept = json.dumps(
            [e.steps for e in (await crew.call("coordinator.journal")).unwrap().entries]
        )
        assert begun.secret not in kept
        assert old.secret not in kept


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """Somebody else's server: its configuration is not ours. It knows two keys."""
    async with Sandbox.start(keys={"APIfirst": FIRST, "APIsecond": SECOND}) as sandbox:
        yield sandbox


@pytest.fixture
async def remote(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Greenroom]:
    crew = Greenroom(url=sandbox.url, api_key="APIfirst", api_secret=FIRST, home=tmp_path / "home")
    async with crew:
        yield crew


async def test_for_another_server_the_steps_are_told_and_nothing_is_claimed(
    remote: Greenroom,
) -> None:
    begun = (await remote.call("auth.rotate_key")).unwrap()
    assert (begun.accepted, begun.old_key) == ((), "APIfirst")
    assert f"`{begun.new_key}: <its secret>`" in begun.steps[0]
    assert begun.steps[2].endswith(f"rotate-key --new-key {begun.new_key} --new-secret -")
    assert begun.secret not in " ".join(begun.steps)
    assert len(begun.secret) == 48


async def test_a_new_key_that_the_server_does_not_know_yet_is_refused(remote: Greenroom) -> None:
    refused = await remote.call("auth.rotate_key", new_key="APInew", new_secret="n" * 40)
    assert refused.error is not None
    assert refused.error.code == "failed-precondition"
    assert "n" * 40 not in json.dumps(refused.as_dict())


async def test_when_the_server_knows_both_they_are_checked_and_the_next_steps_told(
    remote: Greenroom,
) -> None:
    both = await remote.call("auth.rotate_key", new_key="APIsecond", new_secret=SECOND)
    assert both.unwrap().accepted == ("APIsecond", "APIfirst")
    assert "configure-credentials" in both.unwrap().steps[0]
    assert "--old-key APIfirst" in both.unwrap().steps[-1]
    assert {c.rule: c.verdict for c in both.steps[0].checks}["rotation-both-valid"] == "pass"


async def test_half_a_pair_is_refused(remote: Greenroom) -> None:
    for half in ({"new_key": "APIsecond"}, {"new_secret": SECOND}):
        refused = await remote.call("auth.rotate_key", **half)
        assert refused.error is not None
        assert refused.error.code == "invalid-argument"
        assert SECOND not in json.dumps(refused.as_dict())


async def test_the_end_of_a_key_is_checked_where_greenroom_cannot_end_it(
    remote: Greenroom,
) -> None:
    told = await remote.call("auth.finish_rotation", old_key="APIold", approve=True)
    assert "remove the line `APIold: …`" in told.unwrap().steps[0]
    ended = await remote.call(
        "auth.finish_rotation", old_key="APIold", old_secret="o" * 40, approve=True
    )
    assert ended.unwrap().refused == ("APIold",)
    still = await remote.call(
        "auth.finish_rotation", old_key="APIsecond", old_secret=SECOND, approve=True
    )
    assert still.error is not None
    assert still.message.endswith("still accepts APIsecond.")


async def test_a_generated_pair_reaches_the_caller_alone(tmp_path: Path) -> None:
    async with a_crew(tmp_path) as crew:
        first = await crew.ask("generate a new API key")
        second = (await crew.call("auth.generate_key")).unwrap()
        pair = first.unwrap()
        assert (pair.key[:3], len(pair.key), len(pair.secret)) == ("API", 15, 48)
        assert pair.key != second.key
        assert pair.secret not in first.message
        kept = json.dumps(
            [e.steps for e in (await crew.call("coordinator.journal")).unwrap().entries]
        )
        assert pair.key in kept
        assert pair.secret not in kept


async def test_a_list_names_every_source_and_which_one_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("URL", "wss://a.example"), ("API_KEY", "APIenv"), ("API_SECRET", SECRET)):
        monkeypatch.setenv(f"LIVEKIT_{name}", value)
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / ".ruru" / "config"
    folder.mkdir(parents=True)
    api = {"url": "wss://b.example", "key": "APIfile", "secret": "env:ELSEWHERE"}
    (folder / "livekit.development.json").write_text(json.dumps({"livekit": {"api": api}}))
    async with Greenroom(home=tmp_path / "home") as crew:
        outcome = await crew.ask("which API key is in use?")
    keys = [(key.key, key.source, key.in_use) for key in outcome.unwrap().keys]
    assert keys == [("APIenv", "LIVEKIT_*", True), ("APIfile", "environment file", False)]
    assert SECRET not in json.dumps(outcome.as_dict())


async def test_without_a_server_the_list_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with Greenroom(home=tmp_path / "home") as crew:
        outcome: Any = await crew.call("auth.list_keys")
    assert outcome.message == "No API key is in use: no server is configured."
