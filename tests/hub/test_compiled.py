"""The compiled catalogue fits the files it was made from, whatever was done to them or to the cache."""

from __future__ import annotations

import errno
import os
import time
from pathlib import Path

import pytest

import greenroom.modes
from greenroom.hub.compiled import Kept, load_catalogue, state_hash


@pytest.fixture
def own_mode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of capabilities beside the product's."""
    folder = tmp_path / "modes" / "extra"
    folder.mkdir(parents=True)
    paths = [*greenroom.modes.__path__, str(folder.parent)]
    monkeypatch.setattr(greenroom.modes, "__path__", paths)
    return folder


def change(file: Path, text: str) -> None:
    """Write, once the clock of the file system has moved on."""
    time.sleep(0.05)
    file.write_text(text)


def test_every_change_of_a_file_gives_another_hash(own_mode: Path) -> None:
    seen = [state_hash()]
    file = own_mode / "thing.says"
    change(file, "say one")
    seen.append(state_hash())
    before = file.stat()
    change(file, "say two")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (file.stat().st_size, file.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    seen.append(state_hash())
    time.sleep(0.05)
    file.rename(own_mode / "other.says")
    seen.append(state_hash())
    (own_mode / "other.says").unlink()
    assert len(set(seen)) == len(seen) == 4
    assert state_hash() == seen[0]


def test_what_is_no_part_of_the_catalogue_changes_nothing(own_mode: Path) -> None:
    before = state_hash()
    change(own_mode / "notes.md", "x")
    (own_mode / "__pycache__").mkdir()
    assert state_hash() == before


def test_the_planners_part_is_read_when_it_is_asked_for(tmp_path: Path) -> None:
    made = load_catalogue(str(tmp_path))
    kept = load_catalogue(str(tmp_path))
    assert isinstance(kept, Kept)
    assert "planner" not in kept
    assert kept["planner"]["lexicon"].keys() == made["planner"]["lexicon"].keys()
    assert kept["capabilities"].keys() == made["capabilities"].keys()
    with pytest.raises(KeyError):
        kept["nosuch"]


@pytest.mark.parametrize("part", ["catalogue", "planner"])
@pytest.mark.parametrize("harm", ["gone", "cut off"])
def test_a_cache_that_was_harmed_only_costs_time(tmp_path: Path, part: str, harm: str) -> None:
    load_catalogue(str(tmp_path))
    kept = load_catalogue(str(tmp_path))
    (file,) = tmp_path.glob(f"{part}-*.json")
    if harm == "gone":
        file.unlink()
    else:
        file.write_text(file.read_text()[:100])
    assert kept["planner"]["lexicon"]
    fresh = load_catalogue(str(tmp_path))
    assert "room.create" in fresh["capabilities"]
    assert fresh["planner"]["lexicon"]


def test_an_older_catalogue_makes_room_for_the_new_one(own_mode: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    load_catalogue(str(cache))
    old = set(cache.iterdir())
    change(own_mode / "thing.says", "say one")
    load_catalogue(str(cache))
    assert len(list(cache.iterdir())) == len(old) == 2
    assert not old & set(cache.iterdir())


def test_a_broken_catalogue_is_not_kept(own_mode: Path, tmp_path: Path) -> None:
    change(own_mode / "thing.py", "this is no Python")
    made = load_catalogue(str(tmp_path / "cache"))
    assert "SyntaxError" in made["broken"]["extra.thing"]
    assert "room.create" in made["capabilities"]
    assert not (tmp_path / "cache").exists()


def test_a_full_disk_is_not_filled_with_drafts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_given: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("os.replace", full)
    assert load_catalogue(str(tmp_path))["capabilities"]
    assert list(tmp_path.iterdir()) == []


def test_a_cache_that_cannot_be_written_only_costs_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert load_catalogue(str(tmp_path / "file" / "cache"))["capabilities"]
