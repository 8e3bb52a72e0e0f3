"""Messages from and to JSON as Go's protojson reads and writes them for Twirp."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from google.protobuf.descriptor import FieldDescriptor

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor
    from google.protobuf.message import Message

NEWER = frozenset(
    {
        "livekit.ParticipantInfo.capabilities",
        "livekit.AgentDispatch.attributes",
        "livekit.AgentDispatch.deployment",
    }
)
"""Fields that the protocol of livekit-server 1.11.0 does not have."""
_WIDE = frozenset(
    {
        FieldDescriptor.TYPE_INT64,
        FieldDescriptor.TYPE_UINT64,
        FieldDescriptor.TYPE_SINT64,
        FieldDescriptor.TYPE_FIXED64,
        FieldDescriptor.TYPE_SFIXED64,
    }
)
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]*={0,2}")
_WELL_KNOWN = "google.protobuf."
"""Messages that JSON writes in a way of their own, such as durations."""
Write = Callable[[Any], Any]


def from_json(raw: bytes, into: Message) -> None:
    """Read the first JSON value of a body. Unknown fields are ignored. Raises ValueError.

    Go's decoder stops after one value, so what follows is not looked at.
    """
    # Here, because it costs 25 ms that the start must not pay.
    from google.protobuf.json_format import ParseDict, ParseError

    text = raw.decode("utf-8").lstrip(" \t\r\n")
    decoder = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant)
    value, _end = decoder.raw_decode(text)
    try:
        if not isinstance(value, dict):
            raise TypeError
        _must_fit(value, cast("Descriptor", into.DESCRIPTOR))
        ParseDict(value, into, ignore_unknown_fields=True)
    except (ParseError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError from error


def _must_fit(value: dict[str, Any], descriptor: Descriptor) -> None:
    """What ParseDict lets pass and Go does not: empty lists for messages, letters outside of base64."""
    for name, given in value.items():
        field = descriptor.fields_by_name.get(name) or descriptor.fields_by_camelcase_name.get(name)
        if field is None or given is None:
            continue
        for one in given if field.is_repeated and isinstance(given, list) else [given]:
            if field.type == FieldDescriptor.TYPE_BYTES and not _BASE64.fullmatch(one):
                raise ValueError
            kind = field.message_type
            if kind is None or kind.full_name.startswith(_WELL_KNOWN):
                continue
            if not isinstance(one, dict):
                raise TypeError
            if not kind.GetOptions().map_entry:
                _must_fit(one, kind)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _no_constant(_name: str) -> Any:
    raise ValueError


def to_text(message: Message) -> str:
    """``to_json`` as text."""
    return json.dumps(to_json(message), ensure_ascii=False, separators=(",", ":"))


def to_json(message: Message) -> dict[str, Any]:
    """Every field under its protobuf name, unset messages as None, unset members of a oneof not at all.

    protojson with UseProtoNames and EmitUnpopulated. protobuf's own MessageToDict leaves out unset
    messages, and is three times slower.
    """
    return {
        name: write(message)
        for name, write, is_choice in _plan(message.DESCRIPTOR)
        if not is_choice or message.HasField(name)
    }


@cache
def _plan(descriptor: Descriptor) -> tuple[tuple[str, Write, bool], ...]:
    return tuple(
        (field.name, _field(field), field.containing_oneof is not None)
        for field in descriptor.fields
        if field.full_name not in NEWER
    )


def _field(field: FieldDescriptor) -> Write:
    name = field.name
    kind = field.message_type
    if kind is not None and kind.GetOptions().map_entry:
        return lambda message: dict(getattr(message, name))
    one = _value(field)
    if field.is_repeated:
        return lambda message: [one(value) for value in getattr(message, name)]
    if kind is not None:
        return lambda message: one(getattr(message, name)) if message.HasField(name) else None
    return lambda message: one(getattr(message, name))


def _value(field: FieldDescriptor) -> Write:
    if field.message_type is not None:
        return to_json
    if field.enum_type is not None:
        names = {number: value.name for number, value in field.enum_type.values_by_number.items()}
        return lambda number: names.get(number, number)
    if field.type in _WIDE:
        return str
    if field.type == FieldDescriptor.TYPE_BYTES:
        return lambda raw: base64.b64encode(raw).decode()
    return lambda value: value
