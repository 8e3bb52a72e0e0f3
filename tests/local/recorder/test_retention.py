"""What is older than it is to be kept goes, what is in doubt stays: records and files on a real disk, time by hand."""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from livekit import api
from livekit.protocol import egress

from greenroom.local.egress.results import SECOND
from greenroom.local.livekit_server import LocalServer
from greenroom.local.recorder.archive import Archive
from greenroom.local.recorder.passed_time import PassedTime
from greenroom.local.recorder.retention import DAY, HOUR, Retention
from greenroom.local.recorder.storage import Storage, storage_of
from greenroom.local.recorder.store import Record, Store
from greenroom.local.twirp.refusals import Refusal
from tests.local.recorder.conftest import Studio, eventually, open_studio
from tests.s3 import KEYS, bucket, endpoint

__all__ = ["bucket", "endpoint"]
START = 1_795_000_000.0


class HandClock:
    """A machine's clock that can be set, and one that nobody sets."""

    def __init__(self, wall: float = START) -> None:
        self.wall, self.ticks = wall, 1_000.0

    def now(self) -> float:
        return self.wall

    def steady(self) -> float:
        return self.ticks

    async def sleep(self, seconds: float) -> None:
        self.go_on(seconds)

    def go_on(self, seconds: float) -> None:
        """Time passes."""
        self.wall += seconds
        self.ticks += seconds

    def set(self, by: float) -> None:
        """Somebody sets it."""
        self.wall += by


class Keeper:
    """A recorder's folder and what it knows of it; ``again`` is its next start."""

    def __init__(self, folder: Path, wall: float = START) -> None:
        self.folder, self.state = folder / "recordings", folder / "state"
        self.clock = HandClock(wall)
        self.records: dict[str, Record] = {}
        self.again()

    def again(self) -> None:
        self.store = Store(self.state)
        self.records.clear()
        self.records.update({each.info.egress_id: each for each in self.store.read()})
        self.passed = PassedTime(self.store.path("time.json"), self.clock, self.clock.steady)
        self.archive = Archive(self.records, self.folder, self.store, self.passed)
        self.retention = Retention(self.archive, self.store, self.passed)

    def record(self, egress_id: str, name: str = "", **output: Any) -> Path:
        """One that ends now, with a file."""
        path = self.folder / (name or f"{egress_id}.mp4")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"film")
        os.utime(path, (self.clock.wall, self.clock.wall))
        info = egress.EgressInfo(
            egress_id=egress_id,
            room_name="lobby",
            status=egress.EGRESS_COMPLETE,
            started_at=int((self.clock.wall - 60) * SECOND),
            ended_at=int(self.clock.wall * SECOND),
        )
        made = Record(info, [output or {"kind": "file", "path": str(path)}])
        made.kept_since = self.passed.now()
        self.records[egress_id] = made
        self.store.write(made)
        return path

    async def days_later(self, days: float) -> None:
        """The recorder runs all the time, and looks at the end."""
        self.clock.go_on(days * DAY)
        await self.retention.look()


@pytest.fixture
def keeper(tmp_path: Path) -> Keeper:
    return Keeper(tmp_path)


async def test_what_is_older_goes_and_what_is_younger_stays(
    keeper: Keeper, caplog: pytest.LogCaptureFixture
) -> None:
    old = keeper.record("EG_old", "talks/old.mp4")
    keeper.retention.set(30)
    await keeper.days_later(29)
    young = keeper.record("EG_young")
    other = keeper.folder / "not-ours.mp4"
    other.write_bytes(b"somebody else's")
    os.utime(other, (0, 0))
    assert old.exists()
    with caplog.at_level(logging.WARNING):
        await keeper.days_later(1.1)
    assert not old.exists() and not old.parent.exists()
    assert young.exists() and other.exists()
    assert keeper.records["EG_old"].info.details == "Files deleted"
    assert not keeper.records["EG_young"].deleted
    assert f"{old} deleted: EG_old of lobby was older than 30 days" in caplog.text


async def test_a_recording_that_was_streamed_beside_goes_as_others_do(keeper: Keeper) -> None:
    films = [keeper.record(name) for name in ("EG_one", "EG_two")]
    for record in keeper.records.values():
        record.outputs.append({"kind": "stream", "urls": []})
    keeper.retention.set(30)
    await keeper.days_later(31)
    assert not any(film.exists() for film in films)


async def test_nothing_goes_where_nobody_said_how_long_files_are_kept(keeper: Keeper) -> None:
    old = keeper.record("EG_old")
    await keeper.days_later(10_000)
    keeper.retention.set(1)
    keeper.retention.set(0)
    await keeper.days_later(10_000)
    assert old.exists()


async def test_a_shorter_time_holds_from_the_next_hour_on_and_says_what_it_will_delete(
    keeper: Keeper,
) -> None:
    keeper.retention.set(30)
    old = keeper.record("EG_old")
    await keeper.days_later(10)
    keeper.record("EG_young")
    told = keeper.retention.set(7)
    assert told == {
        "days": 7,
        "begins": keeper.clock.wall + HOUR,
        "recordings": 1,
        "files": 1,
        "bytes": 4,
        "beyond": 0,
    }
    await keeper.retention.look()
    keeper.again()
    await keeper.days_later(0.9 / 24)
    assert old.exists()
    # Taken back in time, it has deleted nothing.
    assert keeper.retention.set(30)["recordings"] == 0
    await keeper.days_later(1)
    assert old.exists()
    keeper.retention.set(7)
    await keeper.days_later(1.1 / 24)
    assert not old.exists()


async def test_what_was_said_is_known_after_a_start(keeper: Keeper) -> None:
    old = keeper.record("EG_old")
    keeper.retention.set(30)
    await keeper.days_later(20)
    keeper.again()
    await keeper.days_later(11)
    assert not old.exists()
    keeper.again()
    assert keeper.records["EG_old"].deleted


@pytest.mark.parametrize("by", [400 * DAY, -400 * DAY])
async def test_a_clock_that_is_set_makes_nothing_older(keeper: Keeper, by: float) -> None:
    keeper.retention.set(30)
    before = keeper.record("EG_before")
    await keeper.days_later(1)
    keeper.clock.set(by)
    after = keeper.record("EG_after")
    await keeper.days_later(20)
    assert before.exists() and after.exists()
    keeper.clock.set(-by)
    await keeper.days_later(1)
    keeper.again()
    await keeper.days_later(1)
    assert before.exists() and after.exists()
    await keeper.days_later(8)
    assert not before.exists() and after.exists()


async def test_a_clock_that_starts_in_the_past_makes_nothing_older(keeper: Keeper) -> None:
    """A machine without a clock of its own begins in 1970, and is set right when it has found a time server."""
    keeper.retention.set(30)
    keeper.clock.set(-START)
    keeper.again()
    film = keeper.record("EG_early")
    keeper.clock.set(START)
    await keeper.days_later(29)
    assert film.exists()
    await keeper.days_later(2)
    assert not film.exists()


async def test_time_in_which_no_recorder_ran_counts(keeper: Keeper) -> None:
    keeper.retention.set(30)
    old = keeper.record("EG_old")
    await keeper.retention.look()
    keeper.clock.go_on(31 * DAY)
    keeper.again()
    assert keeper.passed.away == pytest.approx(31 * DAY)
    await keeper.retention.look()
    assert not old.exists()


def changed(path: Path, keeper: Keeper) -> None:
    path.write_bytes(b"cut by somebody")
    os.utime(path, (keeper.clock.wall, keeper.clock.wall))


def a_link(path: Path, keeper: Keeper) -> None:
    elsewhere = keeper.folder.parent / "precious.mp4"
    elsewhere.write_bytes(b"not a recording")
    path.unlink()
    path.symlink_to(elsewhere)


@pytest.mark.parametrize("doubtful", [changed, a_link])
async def test_what_is_in_doubt_stays_and_the_log_says_why_once(
    keeper: Keeper,
    caplog: pytest.LogCaptureFixture,
    doubtful: Callable[[Path, Keeper], None],
) -> None:
    path = keeper.record("EG_old")
    keeper.retention.set(30)
    await keeper.days_later(5)
    doubtful(path, keeper)
    with caplog.at_level(logging.WARNING):
        await keeper.days_later(26)
        await keeper.days_later(1)
    assert path.exists()
    assert not keeper.records["EG_old"].deleted
    assert caplog.text.count("EG_old is older than 30 days, and left: ") == 1


async def test_a_name_that_two_recordings_had_goes_with_neither_while_both_are_known(
    keeper: Keeper,
) -> None:
    path = keeper.record("EG_old")
    keeper.retention.set(30)
    await keeper.days_later(5)
    path.unlink()
    keeper.record("EG_another", path.name)
    await keeper.days_later(26)
    assert set(keeper.records) == {"EG_another"}
    assert path.exists()
    await keeper.days_later(5)
    assert not path.exists()


async def test_one_that_runs_and_one_that_never_ended_in_order_are_left(keeper: Keeper) -> None:
    path = keeper.record("EG_runs")
    keeper.records["EG_runs"].info.status = egress.EGRESS_ACTIVE
    keeper.retention.set(1)
    await keeper.days_later(400)
    assert path.exists()
    assert "EG_runs" in keeper.records


async def test_records_of_an_earlier_version_count_from_their_end_unless_it_cannot_be(
    keeper: Keeper,
) -> None:
    old, odd = keeper.record("EG_old"), keeper.record("EG_odd")
    for name in ("EG_old", "EG_odd"):
        path = keeper.state / f"{name}.json"
        shape = json.loads(path.read_text())
        del shape["kept_since"], shape["uploaded"]
        if name == "EG_odd":
            shape["info"]["ended_at"] = str(60 * SECOND)
        path.write_text(json.dumps(shape))
    keeper.again()
    keeper.retention.set(30)
    await keeper.days_later(31)
    assert not old.exists()
    assert odd.exists()


@pytest.mark.parametrize("days", [-1, 0.5, 40_000, float("nan")])
def test_a_number_of_days_that_is_none_is_refused(keeper: Keeper, days: float) -> None:
    with pytest.raises(Refusal, match="whole number"):
        keeper.retention.set(days)
    assert keeper.retention.days == 0


async def test_records_of_what_is_gone_are_forgotten_and_others_are_not(keeper: Keeper) -> None:
    there, gone = keeper.record("EG_there"), keeper.record("EG_gone")
    keeper.store.log_of("EG_gone").write_text("what happened")
    gone.unlink()
    await keeper.days_later(29)
    assert set(keeper.records) == {"EG_there", "EG_gone"}
    await keeper.days_later(2)
    assert set(keeper.records) == {"EG_there"}
    assert there.exists()
    assert not list(keeper.state.glob("EG_gone*"))


def s3(endpoint: str, bucket: str) -> Storage:
    given = egress.S3Upload(
        access_key=KEYS["access_key"],
        secret=KEYS["secret"],
        endpoint=endpoint,
        bucket=bucket,
        region="eu-central-1",
        force_path_style=True,
    )
    return storage_of(given)


async def test_what_was_uploaded_goes_where_its_keys_are_known(
    keeper: Keeper, endpoint: str, bucket: str, caplog: pytest.LogCaptureFixture
) -> None:
    storage = s3(endpoint, bucket)
    for name in ("EG_old", "EG_written_over"):
        path = keeper.record(name)
        keeper.records[name].uploaded = [await storage.put(path, path.name)]
        path.unlink()
    later = keeper.folder.parent / "later.mp4"
    later.write_bytes(b"another film")
    await storage.put(later, "EG_written_over.mp4")
    keeper.retention.set(30)
    await keeper.days_later(31)
    assert not keeper.records["EG_old"].deleted
    assert "EG_old is older than 30 days, and left" in caplog.text
    assert keeper.retention.set(20)["beyond"] == 2
    keeper.archive.know([storage])
    await keeper.days_later(1)
    assert keeper.records["EG_old"].deleted
    import obstore

    left = [each["path"] for page in obstore.list(storage.store) for each in page]
    assert left == ["EG_written_over.mp4"]
    assert KEYS["secret"] not in caplog.text
    assert all(KEYS["secret"].encode() not in p.read_bytes() for p in keeper.state.iterdir())


async def test_a_recorder_deletes_at_its_start_what_became_too_old_meanwhile(
    livekit_server: LocalServer, tmp_path: Path
) -> None:
    keeper = Keeper(tmp_path, time.time() - 40 * DAY)
    old = keeper.record("EG_old", "talks/old.mp4")
    keeper.retention.set(30)
    keeper.clock.go_on(39.9 * DAY)
    young = keeper.record("EG_young")
    keeper.passed.now()
    keeper.passed.keep()
    async with AsyncExitStack() as stack:
        made = await open_studio(livekit_server, keeper.folder, keeper.state, "", stack)
        await eventually(lambda: not old.exists())
        assert "Files deleted" in (await made.info("EG_old")).details
        assert young.exists()


@pytest.mark.parametrize("body", [{}, {"days": "many"}, {"days": True}, {"days": -1}])
async def test_the_recorder_is_told_a_number_of_days_and_nothing_else(
    studio: Studio, body: dict[str, Any]
) -> None:
    headers = studio.livekit.egress._auth_header(api.VideoGrants(room_record=True))
    url = f"{studio.recorder.url}/twirp/greenroom.Egress/SetRetention"
    async with aiohttp.ClientSession(headers=headers) as session:
        async with session.post(url, json=body) as answer:
            assert (answer.status, (await answer.json())["code"]) == (400, "invalid_argument")
        async with session.post(url, json={"days": 30}) as answer:
            assert (await answer.json())["days"] == 30
    assert json.loads((studio.state / "retention.json").read_text())["days"] == 30
