"""Many tokens at once: numbered, counted, and interrupted without loss."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from greenroom.crew import Greenroom
from greenroom.domain.plan import Call
from tests.doubles import a_crew
from tests.hub.test_pipeline import Scripted

MANY = 10_000


async def test_identities_are_numbered_and_named_for_the_role(crew: Greenroom) -> None:
    made = await crew.ask("make 3 viewer tokens for room all-hands")
    assert made.message == "3 tokens for viewer-1 to viewer-3 to join all-hands, valid for 6 hours."
    assert [t.identity for t in made.unwrap().tokens] == ["viewer-1", "viewer-2", "viewer-3"]
    assert made.unwrap().grants["canPublish"] is False
    call = {"count": 1, "room": "x"}
    assert (await crew.call("auth.create_tokens", **call)).unwrap().tokens[0].identity == "guest-1"
    named = await crew.call("auth.create_tokens", **call, prefix="seat", start=7, role="student")
    assert named.unwrap().tokens[0].identity == "seat-7"


@pytest.mark.parametrize("count", [0, -1, 100_001])
async def test_a_number_out_of_range_is_refused(crew: Greenroom, count: int) -> None:
    refused = await crew.call("auth.create_tokens", count=count, room="x")
    assert refused.error is not None
    assert refused.error.code == "invalid-argument"


async def test_the_rules_of_tokens_hold_for_many(crew: Greenroom) -> None:
    refused = await crew.call("auth.create_tokens", count=5, room="x", ttl=2 * 86400)
    assert refused.status == "blocked"
    unknown = await crew.call("auth.create_tokens", count=5, room="x", role="nobody")
    assert unknown.error is not None
    assert unknown.error.code == "not-found"


async def test_ten_thousand_are_made_verified_and_reported(tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    async with a_crew(tmp_path) as crew:
        crew._report = lambda what, done, total: seen.append((what, done, total))
        made = await crew.call("auth.create_tokens", count=MANY, room="x", role="audience")
    tokens = made.unwrap().tokens
    assert len({token.token for token in tokens}) == MANY
    assert tokens[-1].identity == f"audience-{MANY}"
    assert seen[-1] == ("tokens", MANY, MANY)
    assert [done for _, done, _ in seen] == sorted(done for _, done, _ in seen)
    assert len(seen) > 10


@pytest.mark.parametrize("share", [0.01, 0.5, 0.97])
async def test_an_interruption_says_how_many_are_made_and_gives_them(
    tmp_path: Path, share: float
) -> None:
    async with a_crew(tmp_path) as crew:
        task: asyncio.Task[object]

        def stop(_what: str, done: int, _total: int) -> None:
            if done >= MANY * share:
                task.cancel()

        crew._report = stop
        task = asyncio.ensure_future(crew.call("auth.create_tokens", count=MANY, room="x"))
        outcome = await task
        assert outcome.status == "failed"
        assert outcome.error.code == "interrupted"
        made = outcome.steps[0].usable.tokens
        assert 0 < len(made) <= MANY
        assert f"{len(made):,} of {MANY:,} tokens are made" in outcome.message
        assert outcome.error.hint == f"The first that is missing is guest-{len(made) + 1}."
        assert outcome.as_dict()["steps"][0]["result"]["tokens"][-1]["token"] == made[-1].token
        checked = await crew.call("auth.inspect_token", token=made[-1].token)
        assert checked.unwrap().valid
        rest = await crew.call(
            "auth.create_tokens", count=MANY - len(made), start=len(made) + 1, room="x"
        )
        both = [token.identity for token in (*made, *rest.unwrap().tokens)]
        assert both == [f"guest-{number}" for number in range(1, MANY + 1)]


async def test_an_interruption_while_they_are_looked_at_again_loses_none(tmp_path: Path) -> None:
    async with a_crew(tmp_path) as crew:
        task: asyncio.Task[object]

        def stop(_what: str, done: int, total: int) -> None:
            if done == total:
                task.cancel()

        crew._report = stop
        task = asyncio.ensure_future(crew.call("auth.create_tokens", count=MANY, room="x"))
        outcome = await task
        assert outcome.error.code == "interrupted"
        assert len(outcome.steps[0].usable.tokens) == MANY
        (entry, *_) = (await crew.call("coordinator.journal")).unwrap().entries
        assert entry.status == "failed"
        assert f"all {MANY} tokens are made" in entry.message


async def test_what_comes_behind_an_interrupted_step_is_not_run(tmp_path: Path) -> None:
    calls = (
        Call(capability="auth.create_tokens", arguments={"count": MANY, "room": "x"}),
        Call(capability="room.create", arguments={"name": "after"}),
    )
    async with a_crew(tmp_path, planner=Scripted(*calls)) as crew:
        task: asyncio.Task[object]
        crew._report = lambda *_: task.cancel()
        task = asyncio.ensure_future(crew.ask("tokens, then a room"))
        outcome = await task
        assert [step.status for step in outcome.steps] == ["failed", "skipped"]
        assert [line.startswith("Not run: ") for line in outcome.left] == [True]
        assert (await crew.call("room.list")).unwrap().rooms == ()


async def test_a_cancellation_that_comes_with_the_last_word_of_the_journal_is_too_late(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_crew(tmp_path) as crew:
        task: asyncio.Task[object]
        finish = crew._journal.finish

        async def cancelled(*arguments: object, **more: object) -> None:
            task.cancel()
            await finish(*arguments, **more)  # type: ignore[arg-type]

        monkeypatch.setattr(crew._journal, "finish", cancelled)
        task = asyncio.ensure_future(crew.call("auth.create_tokens", count=3, room="x"))
        assert (await task).status == "done"
        (entry,) = (await crew.call("coordinator.journal")).unwrap().entries
        assert entry.status == "done"
