"""Plans are made and checked here, before anything runs."""

from __future__ import annotations

import dataclasses
import os
import typing
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from typing import Any, get_type_hints

from pydantic import ValidationError

from greenroom.domain.capability import Capability, Kind, Request, Setting
from greenroom.domain.errors import InvalidRequest
from greenroom.domain.invalid import in_words
from greenroom.domain.marks import SECRET_KINDS
from greenroom.domain.plan import Call, Plan, Reference
from greenroom.domain.shape import MASK
from greenroom.hub.catalogue import Catalogue

MAX_STEPS = 20
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SHIFTS = range(125, -1, -5)


def new_id(now: float) -> str:
    """A ULID: 48 bits of milliseconds and 80 random bits, 26 characters, sortable. ulid/spec."""
    number = int(now * 1000) << 80 | int.from_bytes(os.urandom(10))
    return "".join([CROCKFORD[number >> shift & 31] for shift in _SHIFTS])


def make_plan(
    catalogue: Catalogue,
    calls: Sequence[Call],
    *,
    now: float,
    target: str,
    text: str = "",
    session: str | None = None,
    waive: Mapping[str, str] | None = None,
    undoes: str | None = None,
) -> Plan:
    """A plan whose capabilities exist, whose arguments have known names and whose references fit.

    Raises InvalidRequest (unknown-capability, invalid-argument, invalid-reference, invalid-waiver, too-many-steps).
    """
    if len(calls) > MAX_STEPS:
        msg = f"A plan has at most {MAX_STEPS} steps; this one has {len(calls)}."
        raise InvalidRequest(msg, code="too-many-steps", hint="Say it in several requests.")
    capabilities = [catalogue.capability(call.capability) for call in calls]
    for index, call in enumerate(calls):
        check_names(capabilities[index], call.arguments)
        for name, value in call.arguments.items():
            if isinstance(value, Reference):
                check_reference(capabilities, index, name, value)
    check_waivers(catalogue, capabilities, waive or {})
    return Plan(
        id=new_id(now),
        target=target,
        calls=tuple(calls),
        text=without_secrets(text, capabilities, calls),
        session=session,
        waive=waive or {},
        undoes=undoes,
    )


def without_secrets(text: str, capabilities: Sequence[Capability], calls: Sequence[Call]) -> str:
    """The words of a request, secret arguments masked: they are kept, in the journal and in approvals."""
    for capability, call in zip(capabilities, calls, strict=True):
        for name in secret_fields(capability) & call.arguments.keys():
            text = text.replace(str(call.arguments[name]) or MASK, MASK)
    return text


def check_names(capability: Capability, arguments: Mapping[str, Any]) -> None:
    """Raise for an argument that the capability does not have, naming the nearest."""
    known = capability.request.model_fields
    for name in arguments:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"It takes {', '.join(known) or 'none'}."
            msg = f"{capability.id} has no argument {name}."
            raise InvalidRequest(msg, code="invalid-argument", hint=hint)


def check_reference(
    capabilities: Sequence[Capability], index: int, name: str, reference: Reference
) -> None:
    """Raise when the result referred to is not earlier, lacks the field, or has another type."""
    where = f"Step {index + 1}, {name}"
    if not 0 <= reference.step < index:
        msg = f"{where}: there is no earlier step {reference.step + 1}."
        raise InvalidRequest(msg, code="invalid-reference")
    result = capabilities[reference.step].result
    fields = get_type_hints(result) if dataclasses.is_dataclass(result) else {}
    if reference.field not in fields:
        msg = f"{where}: {capabilities[reference.step].id} gives no {reference.field}."
        raise InvalidRequest(msg, code="invalid-reference", hint=f"It gives {', '.join(fields)}.")
    wanted = get_type_hints(capabilities[index].request)[name]
    given = fields[reference.field]
    if given is not wanted and given not in typing.get_args(wanted):
        msg = f"{where}: {reference.field} is {given}, wanted is {wanted}."
        raise InvalidRequest(msg, code="invalid-reference")


def check_waivers(
    catalogue: Catalogue, capabilities: Sequence[Capability], waive: Mapping[str, str]
) -> None:
    """Raise for a waiver without a reason, of a rule that no step has, or of a look at what really happened."""
    rules = {rule for capability in capabilities for rule in capability.rules}
    for rule, reason in waive.items():
        hint = f"This plan's rules: {', '.join(sorted(rules)) or 'none'}."
        if rule not in rules:
            msg = f"No step of this plan has a rule {rule}."
            raise InvalidRequest(msg, code="invalid-waiver", hint=hint)
        if not reason.strip():
            msg = f"Waiving {rule} needs a written reason."
            raise InvalidRequest(
                msg, code="invalid-waiver", hint=f"--waive {rule}='why it is right here'"
            )
        if catalogue.rule(rule).stage == "after":
            msg = f"{rule} looks at what really happened, and that cannot be waived."
            raise InvalidRequest(msg, code="invalid-waiver", hint=hint)


def validate(capability: Capability, arguments: Mapping[str, Any]) -> Request:
    """The request model. Raises InvalidRequest (invalid-argument) that names the field and never shows a secret."""
    try:
        return capability.request.model_validate(dict(arguments))
    except ValidationError as invalid:
        first = invalid.errors(include_url=False)[0]
        field = str(first["loc"][0]) if first["loc"] else ""
        msg = in_words(first, capability.id, secret=field in secret_fields(capability))
        info = capability.request.model_fields.get(field)
        raise InvalidRequest(msg, hint=(info.description or "") if info else "") from None


def secret_fields(capability: Capability) -> frozenset[str]:
    """Names of arguments that only the capability may see."""
    return fields_of_kind(capability.request, *SECRET_KINDS)


@cache
def fields_of_kind(request: type[Request], *kinds: Kind) -> frozenset[str]:
    """Names of a request's fields that are of one of these kinds."""
    fields = request.model_fields.items()
    return frozenset(name for name, info in fields if any(k in info.metadata for k in kinds))


@cache
def settings_of(request: type[Request]) -> Mapping[str, Setting]:
    """The fields that the configuration fills when nobody else does, and from where."""
    found = {}
    for name, info in request.model_fields.items():
        for mark in info.metadata:
            if isinstance(mark, Setting):
                found[name] = mark
    return found
