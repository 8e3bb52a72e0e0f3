"""Writing: comments stay, spellings stay, nothing is lost, nothing is half written."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from greenroom.config.configuration import Configuration
from greenroom.config.layers import find_sources
from greenroom.config.writing import apply_changes
from greenroom.domain.errors import ConfigurationError
from tests.config.conftest import Project

LIMIT = "room.defaultSettings.maxParticipants"
WRITTEN = """+++
id = "livekit-room"   # who I am

# How big rooms may be.
[room.default_settings]
max_participants = 20   # twenty is plenty
empty_timeout = 5
+++

# Rooms

Text stays, +++ too.
"""
WRITER = """
import os, sys
from greenroom.config.layers import find_sources
from greenroom.config.writing import apply_changes
for number in range(15):
    apply_changes(find_sources(os.environ, os.getcwd()), {f"auth.roles.r{sys.argv[1]}-{number}.hidden": True})
"""
SETTER = """
import os, sys
from greenroom.config.layers import find_sources
from greenroom.config.writing import apply_changes
from greenroom.domain.errors import ConfigurationError
try:
    apply_changes(find_sources(os.environ, os.getcwd()), {"room.defaultSettings.maxParticipants": 7})
except ConfigurationError as error:
    print(error.code, bool(error.hint))
"""


def change(project: Project, changes: dict[str, object], place: object = None) -> list[str]:
    del project
    return apply_changes(find_sources(os.environ, os.getcwd()), changes, place)  # type: ignore[arg-type]


def a_file(project: Project, text: str = WRITTEN) -> Path:
    file = project.mode_file("room")
    file.parent.mkdir(parents=True)
    file.write_bytes(text.encode())
    return file


def test_a_change_touches_its_line_and_nothing_else(project: Project) -> None:
    file = a_file(project)
    assert change(project, {LIMIT: 30}) == [str(file)]
    expected = WRITTEN.replace("max_participants = 20 ", "max_participants = 30 ")
    assert file.read_text() == expected


def test_a_change_to_what_is_there_writes_nothing(project: Project) -> None:
    file = a_file(project)
    before = file.stat().st_mtime_ns
    assert change(project, {LIMIT: 20}) == []
    assert file.stat().st_mtime_ns == before


def test_a_new_setting_goes_into_the_table_that_is_there(project: Project) -> None:
    file = a_file(project)
    change(project, {"room.defaultSettings.departureTimeout": 60})
    text = file.read_text()
    assert text.count("[room") == 1
    assert "empty_timeout = 5\ndepartureTimeout = 60\n+++" in text
    assert project.read().chosen("room.defaultSettings.departureTimeout") == 60


def test_removing_leaves_the_rest_and_no_empty_table(project: Project) -> None:
    file = a_file(project)
    change(project, {LIMIT: None})
    assert "empty_timeout = 5" in file.read_text()
    change(project, {"room.defaultSettings.emptyTimeout": None, LIMIT: None})
    assert "[room" not in file.read_text()
    assert "# Rooms\n\nText stays, +++ too.\n" in file.read_text()


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_mark_stay_what_they_were(project: Project, bom: bytes) -> None:
    file = a_file(project)
    content = bom + WRITTEN.replace("\n", "\r\n").encode()
    file.write_bytes(content)
    change(project, {LIMIT: 30, "room.defaultSettings.departureTimeout": 1})
    expected = content.replace(b"= 20 ", b"= 30 ")
    expected = expected.replace(b"= 5\r\n", b"= 5\r\ndepartureTimeout = 1\r\n")
    assert file.read_bytes() == expected


@pytest.mark.parametrize("text", ["# Only Markdown\n", ""])
def test_a_file_without_front_matter_gets_one(project: Project, text: str) -> None:
    file = a_file(project, text)
    change(project, {LIMIT: 30})
    assert project.read().chosen(LIMIT) == 30
    assert file.read_text().endswith(f"+++\n\n{text}")


def test_without_a_file_one_is_made_in_the_project_else_in_the_user_s_folder(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert change(project, {"api.url": "ws://localhost:7880"}) == [str(project.mode_file("auth"))]
    assert change(project, {LIMIT: 1}, "user") == [str(project.mode_file("room", project.user))]
    monkeypatch.chdir(tmp_path)
    assert change(project, {LIMIT: 2}) == [str(project.mode_file("room", project.user))]
    with pytest.raises(ConfigurationError, match="no project here"):
        change(project, {LIMIT: 2}, "project")


def test_an_environment_file_keeps_what_it_holds(project: Project) -> None:
    file = project.write_environment("development", '{"livekit": {"room": {"x": 1}}}')
    change(project, {LIMIT: 5}, "environment")
    assert project.read().chosen(LIMIT) == 5
    assert '"x": 1' in file.read_text()
    change(project, {LIMIT: None}, "environment")
    assert file.read_text() == '{\n  "livekit": {\n    "room": {\n      "x": 1\n    }\n  }\n}\n'


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({LIMIT: "30"}, "invalid-config"),
        ({LIMIT: -1}, "invalid-config"),
        ({"room.nosuch": 1}, "unknown-setting"),
        ({"api.secret": "planted-secret"}, "secret-in-clear"),
        ({"room.defaultSettings.emptyTimeout": 1, LIMIT: "x"}, "invalid-config"),
    ],
)
def test_what_does_not_fit_is_not_written(
    project: Project, changes: dict[str, object], code: str
) -> None:
    file = a_file(project)
    with pytest.raises(ConfigurationError) as refused:
        change(project, changes)
    assert refused.value.code == code
    assert file.read_text() == WRITTEN
    assert not project.mode_file("auth").exists()


@pytest.mark.parametrize(
    "broken", ["+++\n[room\n+++\n", "+++\nid = 1\n", "+++\na = 1\na = 2\n+++\n"]
)
def test_a_file_that_is_not_understood_is_not_written(project: Project, broken: str) -> None:
    file = a_file(project, broken)
    with pytest.raises(ConfigurationError) as refused:
        change(project, {LIMIT: 30})
    assert refused.value.code == "invalid-config"
    assert str(file) in refused.value.message
    assert file.read_text() == broken


def test_a_wrong_value_can_be_mended_by_setting_it(project: Project) -> None:
    project.write("room", "[room.defaultSettings]\nmaxParticipants = 'ten'")
    change(project, {LIMIT: 10})
    assert project.read().chosen(LIMIT) == 10


def test_links_are_followed_and_rights_kept(project: Project, tmp_path: Path) -> None:
    real = tmp_path / "dotfiles.md"
    real.write_text(WRITTEN)
    real.chmod(0o640)
    file = project.mode_file("room")
    file.parent.mkdir(parents=True)
    file.symlink_to(real)
    change(project, {LIMIT: 30})
    assert file.is_symlink()
    assert "= 30" in real.read_text()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert [path.name for path in real.parent.glob(".dotfiles*")] == []


def test_writers_at_the_same_time_lose_nothing(project: Project) -> None:
    file = project.write("auth", "# keep me")
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(number)], stderr=subprocess.PIPE)
        for number in range(4)
    ]
    for writer in writers:
        _, said = writer.communicate(timeout=90)
        assert writer.returncode == 0, said.decode()
    roles = project.read().chosen("auth.roles")
    assert roles is not None
    assert set(roles) >= {f"r{who}-{number}" for who in range(4) for number in range(15)}
    assert "# keep me" in file.read_text()
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def on_a_mount(folder: Path, mount: str, name: str) -> str:
    """What ``SETTER`` says when its mode file is on a mount of its own; skips where nobody may mount."""
    command = ["unshare", "-m", "sh", "-c", f'{mount} || exit 77; exec "$@"', str(folder)]
    done = subprocess.run(
        [*command, sys.executable, "-c", SETTER], capture_output=True, text=True, check=False
    )
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip(f"unshare: this machine lets nobody make a {name}")
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_read_only_disk_is_explained_and_nothing_is_lost(project: Project) -> None:
    file = a_file(project)
    mount = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0"'
    assert on_a_mount(file.parent, mount, "read-only disk") == "config-not-writable True"
    assert file.read_text() == WRITTEN


def test_a_full_disk_is_explained_and_the_file_stays(project: Project) -> None:
    folder = project.mode_file("room").parent
    folder.mkdir(parents=True)
    keep = project.root / "keep.md"
    keep.write_text(WRITTEN)
    after = project.root / "after.md"
    mount = (
        'mount -t tmpfs -o size=16k none "$0" && '
        f'cp "{keep}" "$0/livekit-room.mode.md" && '
        'dd if=/dev/zero of="$0/filler" bs=1024 2>/dev/null; '
        f'trap \'cp "$0/livekit-room.mode.md" "{after}"\' EXIT; "$@"; exit $?; false'
    )
    assert on_a_mount(folder, mount, "full disk") == "disk-full True"
    assert after.read_text() == WRITTEN


def test_a_folder_of_another_account_is_explained(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = a_file(project)
    real = os.open

    def refuse(path: str, flags: int, *more: int) -> int:
        if flags & os.O_CREAT:
            raise PermissionError(13, "Permission denied", path)
        return real(path, flags, *more)

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(ConfigurationError) as refused:
        change(project, {LIMIT: 30})
    assert refused.value.code == "config-not-writable"
    assert "Permission denied" in refused.value.message
    assert "who owns it" in refused.value.hint
    monkeypatch.undo()
    assert file.read_text() == WRITTEN


def test_a_file_in_the_place_of_the_user_s_folder_sets_nothing_and_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "user" / ".config").mkdir(parents=True)
    (tmp_path / "user" / ".config" / "greenroom").write_text("in the way")
    sources = find_sources(os.environ, os.getcwd())
    assert Configuration(sources).problems == ()
    with pytest.raises(ConfigurationError) as refused:
        apply_changes(sources, {LIMIT: 1})
    assert refused.value.code == "config-not-writable"
