"""Requests about many: what is an order, and what only speaks of one."""

from __future__ import annotations

from typing import Any

import pytest

from greenroom.domain.planning import Calls
from tests.understanding.test_planner import calls, plan


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("delete all the test- rooms", {"pattern": "test-*"}),
        ("can you delete all the test- rooms?", {"pattern": "test-*"}),
        ("please remove every room whose name ends with -old", {"pattern": "*-old"}),
        (
            "delete all test- rooms except lobby",
            {"pattern": "test-*", "keep": ["lobby"]},
        ),
        ("close all empty rooms", {"empty": True}),
    ],
)
async def test_an_order_about_many_rooms_says_which(text: str, arguments: dict[str, Any]) -> None:
    assert await calls(text) == [("room.delete_matching", arguments)]


@pytest.mark.parametrize(
    "text",
    [
        "don't delete the test- rooms",
        "never remove the bot- users from lobby",
        "did you delete all the test- rooms?",
        "who deleted all the test- rooms",
        "delete all the test- rooms tomorrow",
        "delete all the test- rooms at 5pm",
        "when a room has been empty for an hour close it",
        "list rooms starting with test-",
        "how many test- rooms are there",
        "which rooms are empty?",
    ],
)
async def test_what_only_speaks_of_many_is_no_order(text: str) -> None:
    reply = await plan(text)
    made = [call.capability for call in reply.calls] if isinstance(reply, Calls) else []
    assert not {"room.delete_matching", "room.remove_matching", "room.delete"} & set(made), reply
