"""Rules about roles and key rotations: what passes, what is warned about, what is blocked and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from greenroom.domain.access import ApiKeyPair
from greenroom.domain.errors import ServerError
from greenroom.domain.ports import Target
from greenroom.domain.rule import StepView, Verdict
from greenroom.hub.catalogue import load_rule
from tests.doubles import a_crew

URL = "ws://localhost:7880"
NEW, OLD = ApiKeyPair(key="APInew", secret="n" * 40), ApiKeyPair(key="APIold", secret="o" * 40)


class OurKeys:
    """ports.LocalKeys of a server with these keys and people."""

    def __init__(self, people: Mapping[str, Sequence[str]]) -> None:
        self.people = people

    def pairs(self) -> tuple[ApiKeyPair, ...]:
        return (NEW, OLD)

    def url(self) -> str:
        return URL

    async def inside(self) -> Mapping[str, Sequence[str]]:
        return self.people


async def judged(
    rule: str,
    *,
    in_use: str = "APInew",
    people: Mapping[str, Sequence[str]] | None = None,
    ours: bool = True,
    refuses: Sequence[str] = (),
    **view: Any,
) -> Verdict:
    """What a rule says of a step on our server."""

    async def try_credentials(_url: str, key: str, _secret: str) -> None:
        if key in refuses:
            raise ServerError("The key is not accepted.", code="unauthenticated")

    async def list_rooms(_names: Sequence[str]) -> tuple[()]:
        return ()

    context: Any = SimpleNamespace(
        target=Target(url=URL, api_key=in_use, source="local server"),
        local_keys=OurKeys(people or {}),
        try_credentials=try_credentials,
        rooms=SimpleNamespace(list_rooms=list_rooms),
    )
    usual = {
        "request": SimpleNamespace(new_key="", new_secret="", old_key="", old_secret=""),
        "before": SimpleNamespace(ours=ours, pairs=(NEW, OLD) if ours else ()),
        "result": SimpleNamespace(url=URL, new_key=NEW.key, refused=(OLD.key,)),
    }
    return await load_rule(rule).check(StepView(context=context, **{**usual, **view}))


async def test_a_rotation_of_an_empty_server_passes_and_one_with_people_is_blocked() -> None:
    assert (await judged("rotation-people-inside")).verdict == "pass"
    blocked = await judged("rotation-people-inside", people={"lobby": ["ana", "bob"]})
    assert blocked.verdict == "block"
    assert "disconnects ana, bob (lobby)" in blocked.reason
    elsewhere = await judged("rotation-people-inside", in_use="APIx", people={"lobby": ["ana"]})
    assert elsewhere.verdict == "pass"
    asked = SimpleNamespace(new_key="APInew")
    checked = await judged("rotation-people-inside", people={"lobby": ["ana"]}, request=asked)
    assert checked.verdict == "pass"


async def test_the_end_of_a_key_warns_of_its_tokens_and_never_takes_the_one_in_use() -> None:
    warned = await judged("rotation-ends-old-tokens", people={"lobby": ["ana"]})
    assert warned.verdict == "warn"
    assert warned.reason == (
        "Tokens that APIold signed are not accepted any more. "
        "The server starts again, which disconnects ana (lobby)."
    )
    blocked = await judged("rotation-ends-old-tokens", in_use="APIold")
    assert blocked.verdict == "block"
    theirs = SimpleNamespace(old_key="APIelse")
    assert (await judged("rotation-ends-old-tokens", ours=False, request=theirs)).verdict == "pass"


async def test_a_rotation_is_verified_with_both_keys() -> None:
    assert (await judged("rotation-both-valid")).verdict == "pass"
    blocked = await judged("rotation-both-valid", refuses=["APIold"])
    assert blocked.verdict == "block"
    told = SimpleNamespace(url=URL, new_key="APIelse", refused=())
    assert (await judged("rotation-both-valid", result=told, refuses=["APIold"])).verdict == "pass"


async def test_the_end_of_a_key_is_verified_by_its_refusal() -> None:
    assert (await judged("rotation-old-key-refused", refuses=["APIold"])).verdict == "pass"
    blocked = await judged("rotation-old-key-refused")
    assert (blocked.verdict, blocked.reason) == ("block", f"{URL} still accepts APIold.")
    told = SimpleNamespace(url=URL, new_key="APInew", refused=())
    assert (await judged("rotation-old-key-refused", result=told)).verdict == "pass"


@pytest.mark.parametrize(
    ("set_first", "role", "expected"),
    [
        ({"role": "scribe", "can_publish": True}, "scribe", "pass"),
        ({"role": "viewer", "can_publish_data": True}, "viewer", "warn"),
        ({"role": "scribe", "can_publish": True}, "presenter", "block"),
    ],
)
async def test_only_what_people_defined_can_be_removed(
    tmp_path: Path, set_first: dict[str, Any], role: str, expected: str
) -> None:
    async with a_crew(tmp_path) as crew:
        await crew.call("auth.define_role", **set_first)
        outcome = await crew.call("auth.remove_role", role=role, approve=True)
        verdicts = {check.rule: check.verdict for check in outcome.steps[0].checks}
        assert verdicts["role-removable"] == expected
        assert verdicts.get("role-gone") == (None if expected == "block" else "pass")


async def test_a_role_that_is_still_there_after_its_removal_is_noticed(tmp_path: Path) -> None:
    async with a_crew(tmp_path) as crew:
        await crew.call("auth.define_role", role="scribe", can_publish=True)
        step = StepView(
            context=crew._make_context(),
            request=SimpleNamespace(role="scribe"),
            before=SimpleNamespace(place="user", key="auth.roles.scribe"),
        )
        assert (await load_rule("role-gone").check(step)).verdict == "block"
