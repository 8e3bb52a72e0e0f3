"""What people read before and in place of an undo."""

from __future__ import annotations

from greenroom.crew import Greenroom


async def test_behind_what_stays_an_earlier_change_is_taken_back_by_its_id(crew: Greenroom) -> None:
    made = await crew.call("room.create", name="standup")
    await crew.call("auth.create_token", identities=["ana"], room="standup")
    refused = await crew.call("coordinator.undo")
    assert refused.error is not None
    assert refused.error.code == "cannot-undo"
    assert refused.error.hint.startswith("A signed token stays valid until it expires")
    assert refused.error.hint.endswith("greenroom undo ID, as greenroom journal shows it.")
    undone = await crew.call("coordinator.undo", plan=made.id, approve=True)
    assert undone.status == "done", undone.message


async def test_yes_and_no_are_words_in_what_waits_for_a_yes(crew: Greenroom) -> None:
    made = await crew.call("room.create", name="standup", screen_sharing=False)
    waits = await crew.call("coordinator.undo", plan=made.id)
    assert waits.approval is not None
    assert waits.message.endswith("in it: room standup, forget policy.")
