"""One step of a plan on its way: arguments, rules before, the call itself, rules after."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import chain
from typing import Any

from greenroom.domain.capability import Capability, Kind, Request
from greenroom.domain.errors import CheckFailed, GreenroomError, PreconditionFailed
from greenroom.domain.outcome import Check, StepOutcome
from greenroom.domain.plan import Call, Reference
from greenroom.domain.ports import Context, Secrets, Settings
from greenroom.domain.rule import PASS, Rule, StepView, Verdict
from greenroom.domain.shape import MASK, to_json
from greenroom.hub.catalogue import Catalogue
from greenroom.hub.plan import fields_of_kind, secret_fields, settings_of, validate

KEPT = "file:secrets/"
"""What ports.Secrets gives for a secret of a plan that waits. Other references are the capability's own business."""
VERIFY_SECONDS = 3.0
"""How long rules of the stage *after* may go on saying "not yet"."""
EFFECT_UNKNOWN = {"timeout", "connection-failed", "canceled", "server-error", "unavailable"}
"""Errors after which a write may or may not have happened."""


class Blocked(GreenroomError):
    """A rule of the stage *before* forbids the step."""

    default_code = "blocked"


class Step:
    """A call with all that is known about it so far."""

    def __init__(
        self, call: Call, catalogue: Catalogue, make_context: Callable[[], Context]
    ) -> None:
        self.call = call
        self.capability: Capability = catalogue.capability(call.capability)
        self.before, self.after = catalogue.rules_of(self.capability)
        self.context = make_context()
        self.request: Request | None = None
        self.late = False
        self.outcome = StepOutcome(
            call=call,
            effect=self.capability.effect,
            arguments=self.public(call.shown_arguments()),
        )

    @property
    def changes(self) -> bool:
        """Whether the server, or somebody's rights, are different afterwards."""
        return self.capability.effect != "read"

    def names(self, *kinds: Kind) -> set[Any]:
        """What its fields of these kinds say: rooms, roles, or presets and destinations."""
        given = map(self.call.arguments.get, fields_of_kind(self.capability.request, *kinds))
        each = (value if isinstance(value, list) else [value] for value in given)
        return set(chain.from_iterable(each)) - {None}

    @property
    def waits(self) -> bool:
        """Whether an argument is the result of an earlier step, or names what one defines."""
        return self.late or any(
            isinstance(value, Reference) for value in self.call.arguments.values()
        )

    def public(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Arguments with secrets masked."""
        secret = secret_fields(self.capability)
        if not secret:
            return dict(arguments)
        return {name: MASK if name in secret else value for name, value in arguments.items()}

    def resolve(self, earlier: Sequence[Step], secrets: Secrets) -> None:
        """Fill settings, references and secrets, then validate. Raises InvalidRequest, ConfigurationError."""
        self._fill_from_settings()
        arguments = dict(self.call.arguments)
        secret = secret_fields(self.capability)
        for name, value in arguments.items():
            if isinstance(value, Reference):
                arguments[name] = getattr(earlier[value.step].outcome.value, value.field)
            elif name in secret and str(value).startswith(KEPT):
                arguments[name] = secrets.resolve(value)
        self.request = validate(self.capability, arguments)
        self.outcome.arguments = self.public(arguments)

    def _fill_from_settings(self) -> None:
        """Arguments that nobody gave and somebody configured. They become the call's own: what is shown is what is run."""
        given = self.call.arguments
        open_ = {n: s for n, s in settings_of(self.capability.request).items() if n not in given}
        if not open_:
            return
        settings, filled = self.context.settings.now(), dict[str, Any]()
        for name, setting in open_.items():
            for key in setting.keys:
                value = chosen(settings, key, given)
                if value is not None:
                    filled[name] = value
                    break
        if filled:
            self.call = replace(self.call, arguments={**given, **filled})
            self.context.configured |= filled.keys()

    async def check_before(self, waive: Mapping[str, str]) -> None:
        """Read the state before and ask the rules. Raises Blocked, PreconditionFailed or what the server says."""
        self.outcome.checks = []
        if self.capability.before is not None:
            self.context.before = await self.capability.before(self.context, self.request)
        self._check_unchanged()
        view = StepView(context=self.context, request=self.request, before=self.context.before)
        for rule in self.before:
            found = await rule.check(view)
            check = checked(rule, found)
            if found.verdict == "block" and rule.id in waive:
                check = replace(check, verdict="waived", remedy=f"Waived: {waive[rule.id]}")
            self.outcome.checks.append(check)
            if check.verdict == "block":
                hint = f"{found.remedy} (rule {rule.id})".strip()
                raise Blocked(found.reason, hint=hint)

    def _check_unchanged(self) -> None:
        """An undo finds what the act left behind, or refuses."""
        if self.call.expects is None:
            return
        state = to_json(self.context.before, public=True)
        for path, expected in self.call.expects.items():
            found = state
            for part in path.split("."):
                found = found.get(part) if isinstance(found, Mapping) else None
            if found != expected:
                msg = f"It was changed since: {path} is {shown(found)}, and was {shown(expected)}."
                hint = (
                    f"Look first, then call {self.call.capability} yourself if it is still right."
                )
                raise PreconditionFailed(msg, code="changed-since", hint=hint)

    async def run(self) -> None:
        """Call the capability, then verify. Raises GreenroomError; ``outcome`` tells what is known."""
        try:
            value = await self.capability.run(self.context, self.request)
        except GreenroomError as error:
            uncertain = self.changes and error.code in EFFECT_UNKNOWN
            self.outcome.status = "unknown" if uncertain else "failed"
            self.outcome.value = error.made
            raise
        self.outcome.value = value
        before = self.context.before
        if self.capability.undo is not None:
            self.outcome.undo = self.capability.undo(self.request, before, value)
        await self._verify(value)
        self.outcome.message = self.capability.tell(self.request, before, value)
        self.outcome.status = "done"

    async def _verify(self, value: Any) -> None:
        """Rules of the stage *after*: look, wait, look again, until true or the time is up."""
        view = StepView(
            context=self.context, request=self.request, before=self.context.before, result=value
        )
        clock = self.context.clock
        for rule in self.after:
            pause, end = 0.05, clock.now() + VERIFY_SECONDS
            while (found := await rule.check(view)).verdict == "block" and clock.now() < end:
                await clock.sleep(pause)
                pause = min(pause * 2, 0.5)
            self.outcome.checks.append(checked(rule, found))
            if found.verdict == "block":
                self.outcome.status = "failed"
                hint = "Look at the server's log; the undo, if there is one, was tried."
                raise CheckFailed(found.reason, hint=hint)


def chosen(settings: Settings, key: str, arguments: Mapping[str, Any]) -> Any | None:
    """The setting, arguments put into its key; None where the key names an argument that was not given."""
    for name in re.findall(r"\{(\w+)\}", key) if "{" in key else ():
        value = arguments.get(name)
        if not isinstance(value, str) or not value:
            return None
        key = key.replace(f"{{{name}}}", json.dumps(value, ensure_ascii=False))
    return settings.chosen(key)


def checked(rule: Rule, found: Verdict) -> Check:
    """A verdict as the outcome keeps it."""
    if found is PASS:
        return passed(rule.gate, rule.id)
    return Check(
        gate=rule.gate,
        rule=rule.id,
        verdict=found.verdict,
        reason=found.reason,
        remedy=found.remedy,
    )


@cache
def passed(gate: str, rule: str) -> Check:
    """What most rules say, made once each."""
    return Check(gate=gate, rule=rule, verdict="pass")


def shown(value: Any) -> str:
    """A value inside a sentence."""
    return "nothing" if value in (None, [], "") else f"{value!r}"
