"""Which of many a request means by a part of their names."""

from __future__ import annotations

import pytest

from greenroom.understanding.patterns import found


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("delete all the test- rooms", "test-*"),
        ("delete all tmp_ rooms", "tmp_*"),
        ("kick the ci-bot- users", "ci-bot-*"),
        ("delete test-* please", "test-*"),
        ("delete *-old", "*-old"),
        ("rooms whose name starts with test-", "test-*"),
        ("everyone whose identity begins with bot. ", "bot*"),
        ("all rooms that start with the word demo", "demo*"),
        ('rooms starting with "demo room"', "demo room*"),
        ("people ending with @example.com go", "*@example.com"),
        ("everyone whose name ends in -guest", "*-guest"),
        ("rooms containing old", "*old*"),
        ("rooms with old in their name", "*old*"),
        ("every room with the prefix qa-", "qa-*"),
        ("rooms prefixed tmp_", "tmp_*"),
        ("throw out all people whose name finishes with -spam", "*-spam"),
        ("whose name is ending with -bot", "*-bot"),
        ("rooms whose name begins by seminar- please", "seminar-*"),
        ("everybody starting w/ loadgen-", "loadgen-*"),
        ("all rooms named pod-something", "pod-*"),
        ("all users with bot- at the beginning of the name", "bot-*"),
    ],
)
def test_a_part_of_a_name_is_one_mention(text: str, pattern: str) -> None:
    assert [glob for _, _, glob in found(text)] == [pattern]


@pytest.mark.parametrize(
    "text",
    [
        "the meeting starts with dana",
        "delete the rooms that begin by noon",
        "create a room that starts with 10 people",
        "delete room test-1",
        "the token contains the admin grant",
        "a twelve-person room",
        "delete lobby - it is empty",
        "who is in break-out rooms",
        "all rooms that start with a song",
        "*",
    ],
)
def test_what_is_no_part_of_a_name_is_none(text: str) -> None:
    assert list(found(text)) == []
