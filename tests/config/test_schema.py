"""The schema: what it says of itself is true, and every setting can be explained."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from greenroom.config.lines import json_lines, toml_lines
from greenroom.config.places import MODES
from greenroom.config.schema import all_keys, find_key, flaws, leaves, schema, shown_key, split_key
from greenroom.config.starting import mode_text
from greenroom.domain.errors import ConfigurationError
from tests.config.conftest import Project

UNDERSTOOD = {
    "$schema", "$defs", "$ref", "title", "description", "type", "properties", "additionalProperties",
    "items", "enum", "minimum", "maximum", "minLength", "default",
}  # fmt: skip
DESIGN = (
    "api.secret", "auth.defaultTtl", "auth.roles.<role>.canPublishSources",
    "room.defaultSettings.participantPermissions.canPublishData", "room.policies.<room>.canPublishSources",
    "track.defaultSettings.audio.autoGainControl", "track.videoPresets.<preset>.maxBitrate",
    "track.audioPresets.<preset>.red", "track.dataChannels.<channel>.topic", "track.simulcast.layers",
    "recording.storage.prefix", "recording.transcription.language", "recording.retentionDays",
    "egress.destinations.<destination>.key", "egress.storage.credentials", "egress.service",
    "webhook.endpoints[].events", "webhook.retry.maxDelay", "webhook.signingKey",
)  # fmt: skip
NASTY = '''title = "a [not.a.table]" # [nor.this]
"quoted key" = """
[inside.text]
x = 1
"""
[a.b] # comment
c = [
  1, # [x]
  "]",
]
d.e = { f = 1, g = "}" }
'h.i' = \'\'\'
y = 2\'\'\'
[[a.list]]
x = 1
[a.list.sub]
y = 1
[[a.list]]
x = 2
'''


def nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for below in [*node.get("properties", {}).values(), *node.get("$defs", {}).values()]:
        yield from nodes(below)
    for name in ("additionalProperties", "items"):
        if isinstance(node.get(name), dict):
            yield from nodes(node[name])


def test_the_validator_understands_every_keyword_of_the_schema() -> None:
    for node in nodes(schema()):
        assert {name for name in node if not name.startswith("x-")} <= UNDERSTOOD, node


def test_every_setting_of_the_design_is_there_and_described() -> None:
    assert set(DESIGN) <= set(all_keys())
    assert [shown_key(path) for path, node in leaves(schema()) if not node.get("description")] == []


def test_defaults_fit_their_own_schema() -> None:
    for path, node in leaves(schema()):
        if "default" in node:
            assert list(flaws(node["default"], node)) == [], path


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("room.default_settings.max_participants", "room.defaultSettings.maxParticipants"),
        ("livekit.api.url", "api.url"),
        ('room.policies."my.room".hidden', 'room.policies."my.room".hidden'),
        ("auth.roles", "auth.roles"),
    ],
)
def test_keys_are_found_in_each_spelling(key: str, path: str) -> None:
    assert shown_key(find_key(key)[0]) == path


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        (
            "room.defaultSettings.maxParticipant",
            "Did you mean room.defaultSettings.maxParticipants?",
        ),
        ("rooms", "Did you mean room?"),
        ("auth.defaultTtl.x", "auth.defaultTtl is a value."),
        ("zzz", "There are api, auth, room, track, recording, egress, webhook."),
        ("a..b", "Write it as in room.defaultSettings.maxParticipants."),
        ("", "Write it as in room.defaultSettings.maxParticipants."),
        ("a.", "Write it as in room.defaultSettings.maxParticipants."),
        ('a"b', "Write it as in room.defaultSettings.maxParticipants."),
    ],
)
def test_a_key_that_is_none_is_refused_with_the_nearest(key: str, hint: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        find_key(key)
    assert (refused.value.code, refused.value.hint) == ("unknown-setting", hint)


def test_quoted_parts_of_keys_are_read_back() -> None:
    for parts in (["a", "b.c"], ['q"uote', "x"], ["ü nicode", "-"]):
        assert split_key(shown_key(parts)) == parts


def test_lines_of_toml_are_right_however_it_is_written() -> None:
    found = toml_lines(NASTY)
    assert found == {
        ("title",): 1, ("quoted key",): 2, ("a", "b"): 6, ("a", "b", "c"): 7, ("a", "b", "d"): 11,
        ("a", "b", "d", "e"): 11, ("a", "b", "h.i"): 12, ("a", "list"): 14, ("a", "list", 0): 14,
        ("a", "list", 0, "x"): 15, ("a", "list", 0, "sub"): 16, ("a", "list", 0, "sub", "y"): 17,
        ("a", "list", 1): 18, ("a", "list", 1, "x"): 19,
    }  # fmt: skip


def test_lines_of_json_are_right_and_repeated_names_are_found() -> None:
    text = '{\n "a": {"b": 1,\n "c": [{"d": 2},\n {"d": "}"}]},\n "a": 3}'
    found, twice = json_lines(text)
    assert found[("a", "b")] == 2
    assert found[("a", "c", 0, "d")] == 3
    assert found[("a", "c", 1, "d")] == 4
    assert twice == [(("a",), 5)]


@pytest.mark.parametrize("mode", MODES)
def test_what_init_writes_is_right_with_and_without_its_comments(
    project: Project, mode: str
) -> None:
    text = mode_text(mode)
    toml = text.split("+++\n")[1]
    project.write(mode, toml)
    assert project.read().problems == ()
    lines = [
        line[2:] if line.startswith("# [") or (line.startswith("# ") and " = " in line) else line
        for line in toml.splitlines()
    ]
    project.write(mode, "\n".join(lines))
    assert project.read().problems == ()
    assert mode == "coordinator" or len(project.read().layers) > 2
