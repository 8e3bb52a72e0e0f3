"""Homes that cannot be written, disks that are full, journals that are damaged: clear errors, nothing lost."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.doubles import MemoryRooms, a_crew

DAMAGE = {
    "no database": b"this is no database at all" * 100,
    "damaged inside": b"SQLite format 3\x00" + b"\xff" * 8192,
}


def kept_aside(home: Path) -> list[Path]:
    files = home.glob("journal.db.corrupt-*")
    return [file for file in files if not file.name.endswith(("-wal", "-shm"))]


@pytest.mark.parametrize("damage", DAMAGE)
async def test_a_damaged_journal_is_kept_aside_and_said(tmp_path: Path, damage: str) -> None:
    (tmp_path / "journal.db").write_bytes(DAMAGE[damage])
    async with a_crew(tmp_path, MemoryRooms()) as crew:
        outcome = await crew.call("room.create", name="standup")
        assert outcome.status == "done", outcome.message
        assert any("journal.db.corrupt-" in warning for warning in outcome.warnings)
        assert len((await crew.call("coordinator.journal")).value.entries) == 1
    (aside,) = kept_aside(tmp_path)
    assert aside.read_bytes() == DAMAGE[damage]


async def test_a_full_disk_stops_writes_before_they_happen(tmp_path: Path) -> None:
    rooms = MemoryRooms()
    async with a_crew(tmp_path, rooms) as crew:
        await crew.call("room.create", name="first")
        with crew._database.writing() as db:
            pages = next(iter(db.execute("PRAGMA page_count")))[0]
        db.execute(f"PRAGMA max_page_count={pages}")
        failed = [await crew.call("room.create", name="x" * 200 + str(n)) for n in range(40)][-1]
        assert failed.status == "failed"
        assert failed.error is not None
        assert failed.error.code == "disk-full"
        assert failed.error.hint
        assert "x" * 200 + "39" not in rooms.rooms


ON_A_FULL_DISK = """
import asyncio, json, sys
from pathlib import Path
from tests.doubles import MemoryRooms, a_crew

home, filler = Path(sys.argv[1]), Path(sys.argv[1]) / "filler"

def fill():
    with filler.open("ab", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 512)
        except OSError:
            pass

async def attempt(name):
    rooms = MemoryRooms({"lobby": []})
    async with a_crew(home, rooms) as crew:
        made = await crew.call("room.create", name=name)
        listed = await crew.call("room.list")
        return [made.status, made.error and made.error.code, bool(made.error and made.error.hint),
                name in rooms.rooms, listed.status]

async def in_between():
    rooms = MemoryRooms()
    async with a_crew(home, rooms) as crew:
        (await crew.call("room.create", name="x")).unwrap()
        fill()
        failed = [await crew.call("room.create", name="y" * 200 + str(n)) for n in range(99)][-1]
        return [failed.status, failed.error and failed.error.code, "y" * 200 + "98" in rooms.rooms]

async def main():
    said = {"in between": await in_between(), "from the start": await attempt("a")}
    filler.unlink()
    said["room again"] = await attempt("b")
    async with a_crew(home, MemoryRooms()) as crew:
        page = (await crew.call("coordinator.journal", limit=1000)).value
    said["kept"] = [sorted({entry.status for entry in page.entries}), page.entries[0].message]
    print(json.dumps(said))

asyncio.run(main())
"""


def run_on(mount: str, home: Path, code: str) -> str | None:
    """What Python code prints that is given the home, after it was mounted so; None where nobody may mount."""
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", mount, str(home), sys.executable, "-c", code, str(home)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 77 or "unshare" in done.stderr:
        return None
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_file_system_that_is_really_full_stops_writes_and_loses_nothing(tmp_path: Path) -> None:
    mount = 'mount -t tmpfs -o size=512k tmpfs "$0" || exit 77; exec "$@"'
    home = tmp_path / "tiny"
    home.mkdir()
    if (printed := run_on(mount, home, ON_A_FULL_DISK)) is None:
        pytest.skip("tmpfs: this machine lets nobody mount a small file system")
    said = json.loads(printed)
    assert said["in between"] == ["failed", "disk-full", False]
    status, code, hint, made, listed = said["from the start"]
    assert (status, hint, made, listed) == ("failed", True, False, "done")
    assert code in {"disk-full", "journal-not-writable"}
    assert said["room again"] == ["done", None, False, True, "done"]
    assert said["kept"] == [["done"], "Room b created."]


@pytest.mark.parametrize("home", ["a file", "below a file"])
async def test_a_home_that_cannot_be_made_stops_writes_and_not_reads(
    tmp_path: Path, home: str
) -> None:
    (tmp_path / "file").write_text("in the way")
    where = tmp_path / "file" if home == "a file" else tmp_path / "file" / "home"
    rooms = MemoryRooms({"lobby": []})
    async with a_crew(where, rooms) as crew:
        assert (await crew.call("room.list")).status == "done"
        refused = await crew.call("room.create", name="standup")
        assert refused.status == "failed"
        assert refused.error is not None
        assert refused.error.code in {"home-not-writable", "journal-not-writable"}
        assert "standup" not in rooms.rooms


def test_a_read_only_home_stops_writes_and_not_reads(tmp_path: Path) -> None:
    code = """
import asyncio, sys
from pathlib import Path
from tests.doubles import MemoryRooms, a_crew

async def main():
    rooms = MemoryRooms({"lobby": []})
    async with a_crew(Path(sys.argv[1]), rooms) as crew:
        assert (await crew.call("room.list")).status == "done"
        page = (await crew.call("coordinator.journal")).value
        refused = await crew.call("room.create", name="standup")
        print(len(page.entries), refused.status, refused.error.code, "standup" in rooms.rooms)

asyncio.run(main())
"""
    home = tmp_path / "locked"

    async def one_entry() -> None:
        async with a_crew(home, MemoryRooms()) as crew:
            await crew.call("room.create", name="before")

    asyncio.run(one_entry())
    mount = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" || exit 77; exec "$@"'
    if (printed := run_on(mount, home, code)) is None:
        pytest.skip("unshare: this machine lets nobody mount a folder read-only")
    entries, status, code_said, made = printed.split()
    assert (entries, status, made) == ("1", "failed", "False")
    assert code_said in {"journal-not-writable", "home-not-writable"}
