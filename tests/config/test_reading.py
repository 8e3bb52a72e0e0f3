"""Files as people write them, good and bad: every mistake has a file, a line, a key and the nearest known key."""

from __future__ import annotations

import os
import time

import pytest

from greenroom.config.configuration import Configuration
from greenroom.config.layers import packaged_layers
from greenroom.config.writing import apply_changes
from greenroom.domain.errors import ConfigurationError
from tests.config.conftest import Project

ROO = """id = "livekit-room"
title = "Rooms"
tags = ["livekit"]

[mode]
name = "Room Specialist"

[qa_gates]
required_gates = ["requirements-validation", "code-quality"]

[qa_gates.requirement_validation]
gate_name = "requirements-validation"
checklist = ["Are the limits known?", "Is the lifetime known?"]

[qa_gates.requirements_validation]
checklist = ["Is it clear?"]

[qa_gates.security_review]
checklist = ["Is it safe?"]

[room.default_settings]
max_participants = 20"""


def first_mistake(config: Configuration) -> tuple[str, str]:
    with pytest.raises(ConfigurationError) as refused:
        config.check()
    return refused.value.code, f"{refused.value.message} {refused.value.hint}"


@pytest.mark.parametrize(
    ("toml", "line", "says"),
    [
        ("\n[room.defaultSettings]\nmaxParticipants = 'ten'", 4, "must be a whole number, not text"),
        ("[room.defaultSettings]\nmaxParticipants = true", 3, "not true or false"),
        ("[room.defaultSettings]\nmaxParticipants = 1.5", 3, "not a number with a fraction"),
        ("[room.defaultSettings]\nmaxParticipants = -1", 3, "must be at least 0, not -1"),
        ("[room.defaultSettings]\nmaxParticipants = 4294967296", 3, "must be at most 4294967295"),
        ("[room]\ndefaultSettings = 3", 3, "must be a table, not a whole number"),
        ("[room.defaultSettings]\nmaxParticipants = 1979-05-27", 3, "not a date"),
        ("[room.policies.x]\ncanPublishSources = ['camra']", 3, "Did you mean camera?"),
        ("[room.defaultSettings]\nmaxParticipants = 1\nmax_participants = 2", 4, "is set twice"),
        ("[room]\n[room]", 3, "has a table that is there already. Keep one"),
        ("[room.defaultSettings]\nmaxParticipants = 1\nmaxParticipants = 2", 4, "sets a name that has a value already. Keep one"),
        ("[room.defaultSettings]\nmaxParticipants 1", 3, "Expected '='"),
        ("[room", 2, "Expected ']'"),
        ("x = " + "[" * 5000, 0, "nested too deeply"),
        ("x = " + "1" * 5000, 2, ""),
    ],
)  # fmt: skip
def test_a_mistake_in_a_mode_file_is_located(
    project: Project, toml: str, line: int, says: str
) -> None:
    file = project.write("room", toml)
    code, said = first_mistake(project.read())
    assert code == "invalid-config"
    assert said.startswith(f"{file}:{line}: " if line else f"{file}: "), said
    assert says in said


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("[1, 2]", 1, "holds a list, not settings"),
        ("null", 1, "holds null"),
        ('"text"', 1, 'holds "text"'),
        ('{"room": {}}{', 1, "Extra data"),
        ('{\n "room": {\n', 3, "Expecting"),
        ('{"room": {},\n "room": {}}', 2, "room stands there twice"),
        ('{"room": {"defaultSettings":\n {"maxParticipants": "9"}}}', 2, "must be a whole number"),
        ("[" * 100_000, 0, "nested too deeply"),
    ],
)
def test_a_mistake_in_an_environment_file_is_located(
    project: Project, text: str, line: int, says: str
) -> None:
    file = project.write_environment("development", text)
    code, said = first_mistake(project.read())
    assert code == "invalid-config"
    assert said.startswith(f"{file}:{line}: " if line else f"{file}: "), said
    assert says in said


def test_an_empty_environment_file_is_a_warning(project: Project) -> None:
    file = project.write_environment("development", " \n")
    assert [problem.text() for problem in project.read().problems] == [f"{file}: is empty."]
    project.read().check()


def test_an_unknown_name_is_a_warning_with_the_nearest_known(project: Project) -> None:
    file = project.write("room", "[room.default_settings]\nmax_participant = 3\nempty_timeout = 4")
    config = project.read()
    (problem,) = config.problems
    assert problem.text().startswith(f"{file}:3: room.defaultSettings.max_participant ")
    assert problem.hint == "Did you mean maxParticipants?"
    assert config.chosen("room.defaultSettings.emptyTimeout") == 4


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_tabs_marks_and_line_ends_do_not_matter(project: Project, newline: str, bom: bytes) -> None:
    text = "+++\n\t[room.defaultSettings]\n\tmaxParticipants\t=\t30\t# many\n+++\n\n# Text\n"
    file = project.mode_file("room")
    file.parent.mkdir(parents=True)
    file.write_bytes(bom + text.replace("\n", newline).encode())
    (found,) = project.read().explain("room.defaultSettings.maxParticipants")
    assert found.source is not None
    assert (found.value, found.source.line) == (30, 3)


@pytest.mark.parametrize(
    ("content", "line", "says"),
    [
        (b"+++\nid = 'x'\n", 1, "no second +++"),
        (b"+++\nid = '\xff'\n+++\n", 2, "UTF-8"),
        (b"+++\n" + b"# long\n" * 300_000 + b"+++\n", 0, "larger than 1,000,000 bytes"),
    ],
)
def test_files_that_are_no_mode_files_are_refused(
    project: Project, content: bytes, line: int, says: str
) -> None:
    file = project.mode_file("room")
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    code, said = first_mistake(project.read())
    assert code == "invalid-config"
    assert said.startswith(f"{file}:{line}: " if line else f"{file}: "), said
    assert says in said


@pytest.mark.parametrize("text", ["", "# Only Markdown\n", "---\na: 1\n---\n"])
def test_a_file_without_settings_is_a_warning(project: Project, text: str) -> None:
    file = project.mode_file("room")
    file.parent.mkdir(parents=True)
    file.write_text(text)
    assert [problem.severity for problem in project.read().problems] == ["warning"]


def test_thousands_of_unknown_names_are_counted_and_quick(project: Project) -> None:
    project.write("room", "\n".join(f"unknown{number} = 1" for number in range(40_000)))
    started = time.perf_counter()
    problems = project.read().problems
    assert time.perf_counter() - started < 10
    assert len(problems) == 51
    assert "39950 more" in problems[-1].text()


def test_a_folder_in_the_place_of_a_file_is_explained(project: Project) -> None:
    project.mode_file("room").mkdir(parents=True)
    code, said = first_mistake(project.read())
    assert code == "config-unreadable"
    assert "Is a directory" in said


def test_a_file_of_another_account_is_explained(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = project.write("room", "")

    def refuse(path: str, *arguments: object, **more: object) -> object:
        if path == str(file):
            raise PermissionError(13, "Permission denied", path)
        return real(path, *arguments, **more)

    real = open
    monkeypatch.setattr("builtins.open", refuse)
    code, said = first_mistake(project.read())
    assert code == "config-unreadable"
    assert f"{file}: cannot be read: Permission denied." in said


@pytest.mark.parametrize(
    ("mode", "toml", "key", "line"),
    [
        ("auth", '[api]\nsecret = "planted-secret"', "api.secret", 3),
        ("egress", '[egress.destinations.tube]\nkey = "planted-secret"', "egress.destinations.tube.key", 3),
        ("egress", '[egress.storage]\ncredentials = "planted-secret"', "egress.storage.credentials", 3),
        ("webhook", '[[webhook.endpoints]]\nid = "a"\nsecret = "planted-secret"', "webhook.endpoints[0].secret", 4),
        ("auth", '[api]\nsecret = "env:A B"', "api.secret", 3),
    ],
)  # fmt: skip
def test_a_secret_in_clear_is_refused_and_never_shown(
    project: Project, mode: str, toml: str, key: str, line: int
) -> None:
    file = project.write(mode, toml)
    config = project.read()
    code, said = first_mistake(config)
    assert code == "secret-in-clear"
    assert said.startswith(f"{file}:{line}: {key} holds a secret in clear text.")
    assert "configure-credentials" in said
    assert "planted-secret" not in repr((said, config.tree, config.explain()))


def test_a_roo_commander_file_loads_with_warnings(project: Project) -> None:
    project.write("room", ROO)
    config = project.read()
    config.check()
    assert config.chosen("room.defaultSettings.maxParticipants") == 20
    said = " ".join(config.warnings)
    assert "was written for Roo Commander: [mode], [qa_gates] are no settings" in said
    assert "qa_gates.requirement_validation is read as the gate requirements-validation" in said
    assert "names code-quality, which no rule belongs to" in said
    assert config.review_questions == {
        "requirements-validation": ["Are the limits known?", "Is the lifetime known?", "Is it clear?"],
        "security-review": ["Is it safe?"],
    }  # fmt: skip


def test_packaged_mode_files_are_without_fault_and_set_nothing_but_roles_and_platforms() -> None:
    layers = packaged_layers()
    assert len(layers) >= 3
    assert all(layer.problems == () for layer in layers)
    said = {name: about for layer in layers for name, about in layer.tree.items()}
    assert {name: set(about) for name, about in said.items()} == {
        "auth": {"roles"},
        "egress": {"platforms"},
    }


@pytest.mark.parametrize("inside", ["[]", "null", '"x"', "3"])
def test_livekit_in_an_environment_file_holds_settings_or_is_a_mistake(
    project: Project, inside: str
) -> None:
    """It was a name that is no setting, and the first change of such a file fell over it."""
    file = project.write_environment("development", f'{{"livekit": {inside}}}')
    code, said = first_mistake(project.read())
    assert code == "invalid-config"
    assert said.startswith(f"{file}: livekit holds ")
    with pytest.raises(ConfigurationError) as refused:
        apply_changes(project.read().sources, {"auth.defaultTtl": 60}, "environment")
    assert f"{refused.value.message} {refused.value.hint}" == said
    assert file.read_text() == f'{{"livekit": {inside}}}'


def test_what_stands_beside_livekit_costs_nothing_of_what_is_in_it(project: Project) -> None:
    file = project.write_environment(
        "development",
        '{"$schema": "x",\n"livekit": {"auth": {"defaultTtl": 60}},\n"room": {"policies": {}}}',
    )
    config = project.read()
    (told,) = config.warnings
    assert told.startswith(f"{file}:3: room stands beside livekit and is not used. ")
    assert config.chosen("auth.defaultTtl") == 60
    apply_changes(config.sources, {"auth.defaultTtl": 90}, "environment")
    assert project.read().chosen("auth.defaultTtl") == 90


def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(project: Project) -> None:
    file = project.mode_file("room")
    file.parent.mkdir(parents=True)
    os.mkfifo(file)
    code, said = first_mistake(project.read())
    assert (code, said) == (
        "config-unreadable",
        f"{file}: is no file. It must be a file that you may read.",
    )


def test_a_url_that_is_none_is_refused_where_it_is_written(project: Project) -> None:
    with pytest.raises(ConfigurationError) as refused:
        apply_changes(project.read().sources, {"api.url": "livekit.example.com"})
    assert refused.value.code == "invalid-url"
    assert "wss://" in refused.value.hint
    for good in ("wss://x.example", "http://[::1]:7880/a", "env:LIVEKIT_URL", "${LIVEKIT_URL}"):
        apply_changes(project.read().sources, {"api.url": good})


def test_a_sentence_about_a_broken_file_ends_once(project: Project) -> None:
    project.write("room", "[room")
    with pytest.raises(ConfigurationError) as refused:
        apply_changes(project.read().sources, {"room.defaultSettings.maxParticipants": 3})
    assert not refused.value.message.endswith("..")
