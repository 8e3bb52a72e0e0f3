"""A token with a role that an earlier step of the same plan defines."""

from __future__ import annotations

from greenroom.crew import Greenroom


async def test_a_role_that_a_plan_defines_holds_for_the_tokens_that_it_makes(
    crew: Greenroom,
) -> None:
    outcome = await crew.ask(
        "Define role narrator, who can publish and whose tokens last one hour; "
        "then make a token for babak with the role narrator in room foyer"
    )
    assert outcome.status == "done", outcome.message
    assert [step.call.capability for step in outcome.steps] == [
        "auth.define_role",
        "auth.create_token",
    ]
    assert outcome.steps[1].value.ttl == 3600
    assert outcome.steps[1].value.grants["canPublish"] is True
