"""All recordings of one recorder: begun, told, ended, kept."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from livekit.protocol import egress

from greenroom.domain.ports import Clock
from greenroom.local.processes import Process
from greenroom.local.recorder import results
from greenroom.local.recorder.lookup import Found, look_up
from greenroom.local.recorder.plan import Plan
from greenroom.local.recorder.planning import plan_for, sized
from greenroom.local.recorder.repairing import repair
from greenroom.local.recorder.running import Running
from greenroom.local.recorder.store import Record, Store
from greenroom.local.recorder.wish import read_wish
from greenroom.local.twirp.refusals import Refusal

if TYPE_CHECKING:
    from livekit.api.room_service import RoomService

LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
SOURCE_LOST = "The recorder's process ended before it had finished the recording."
log = logging.getLogger("greenroom.recorder")
Tell = Callable[[str, egress.EgressInfo], None]


class Egresses:
    """``tell`` is given LiveKit's event names with the info of then; ``token`` makes a token to join a room with."""

    def __init__(
        self,
        rooms: RoomService,
        *,
        url: str,
        token: Callable[[str, str], str],
        root: Path,
        store: Store,
        clock: Clock,
        tell: Tell,
    ) -> None:
        self._rooms = rooms
        self._url, self._token = url, token
        self._root = root
        self._store = store
        self._clock = clock
        self._tell = tell
        self._records: dict[str, Record] = {}
        self._running: dict[str, Running] = {}
        self._stats: dict[str, dict[str, Any]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    # At the start and the end of the service.

    async def recover(self) -> None:
        """Take up what an earlier service left: repair what it did not finish."""
        for record in self._store.read():
            self._records[record.info.egress_id] = record
            if not record.ended:
                left = Process.read(record.process)
                if left is not None:
                    # It finishes by itself when its service is gone; its files are not ours before.
                    await asyncio.to_thread(_wait_for, left)
                will = self._store.take_will(record.info.egress_id)
                await self._repair(record) if will is None else self._end(record, will)

    async def close(self) -> None:
        """Stop what runs, and wait for its files."""
        for running in self._running.values():
            running.tell({"do": "stop"})
        hanging = [running.kill_when_it_hangs() for running in self._running.values()]
        await asyncio.gather(*hanging)
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # What LiveKit's API asks for.

    async def start(self, request: Any) -> egress.EgressInfo:
        """Any Start call. Raises Refusal."""
        wish = read_wish(request)
        found = await look_up(self._rooms, wish)
        egress_id = "EG_" + "".join(secrets.choice(LETTERS) for _ in range(12))
        plan = self._plan(egress_id, found)
        outputs = [_kept(each) for each in plan.as_dict()["outputs"]]
        info = results.new_info(
            plan, request, room_id=found.room_id, single=wish.single, now=self._now()
        )
        record = self._records[egress_id] = Record(info, outputs)
        await self._launch(record, plan)
        return info

    def _plan(self, egress_id: str, found: Found) -> Plan:
        plan = plan_for(found.wish, egress_id, self._root, found.facts, self._clock.now())
        return sized(plan, *found.size) if found.size else plan

    async def _launch(self, record: Record, plan: Plan) -> None:
        egress_id = plan.egress_id
        running = Running(lambda event: self._heard(record, event))
        given = {
            "url": self._url,
            "token": self._token(plan.room, egress_id),
            "plan": plan.as_dict(),
            "will": str(self._store.will_of(egress_id)),
        }
        try:
            process = await running.start(given, self._store.log_of(egress_id))
        except OSError as error:
            del self._records[egress_id]
            words = f"The recorder's process could not be started: {error.strerror}."
            raise Refusal("resource_exhausted", words) from error
        record.process = process.as_dict()
        self._running[egress_id] = running
        self._store.write(record)
        self._spawn(self._follow(record, running))

    def stop(self, egress_id: str) -> egress.EgressInfo:
        """ENDING; a second stop says so again. Raises Refusal (not_found, failed_precondition)."""
        record = self.find(egress_id)
        if record.ended:
            name = egress.EgressStatus.Name(record.info.status)
            words = f"egress with status {name} cannot be stopped"
            raise Refusal("failed_precondition", f"twirp error unknown: {words}")
        if record.info.status != egress.EGRESS_ENDING:
            self._change(record, egress.EGRESS_ENDING)
            running = self._running[egress_id]
            running.tell({"do": "stop"})
            self._spawn(running.kill_when_it_hangs())
        return record.info

    def set_layout(self, egress_id: str, layout: str) -> egress.EgressInfo:
        """From now on. Raises Refusal."""
        record, running = self._active(egress_id)
        running.tell({"do": "layout", "layout": layout})
        return record.info

    def pause(self, egress_id: str, *, paused: bool) -> egress.EgressInfo:
        """Time stands still in all its files, or goes on. Raises Refusal."""
        record, running = self._active(egress_id)
        running.tell({"do": "pause" if paused else "resume"})
        return record.info

    def list(self, room: str, egress_id: str, *, active: bool) -> list[egress.EgressInfo]:
        """The newest first. Raises Refusal (not_found) for an id that is not there."""
        if egress_id:
            found: Iterable[Record] = [self.find(egress_id)]
        else:
            found = reversed(self._records.values())
        return [
            record.info
            for record in found
            if (not room or record.info.room_name == room) and not (active and record.ended)
        ]

    def stats(self, egress_id: str) -> dict[str, Any]:
        """How a recording does, or did. Raises Refusal."""
        self.find(egress_id)
        return self._stats.get(egress_id, {})

    def find(self, egress_id: str) -> Record:
        """Raises Refusal (not_found)."""
        if egress_id not in self._records:
            raise Refusal("not_found", "twirp error unknown: egress does not exist")
        return self._records[egress_id]

    def _active(self, egress_id: str) -> tuple[Record, Running]:
        record = self.find(egress_id)
        running = self._running.get(egress_id)
        if running is None or record.info.status not in {
            egress.EGRESS_STARTING,
            egress.EGRESS_ACTIVE,
        }:
            name = egress.EgressStatus.Name(record.info.status)
            words = f"egress with status {name} cannot be changed"
            raise Refusal("failed_precondition", f"twirp error unknown: {words}")
        return record, running

    # What the processes say.

    async def _follow(self, record: Record, running: Running) -> None:
        in_order = await running.listen()
        self._running.pop(record.info.egress_id, None)
        if not in_order:
            await self._repair(record)

    def _heard(self, record: Record, event: dict[str, Any]) -> None:
        info = record.info
        match event["event"]:
            case "active":
                results.begin(info, event["at"])
                self._keep(record, "egress_started")
            case "stats":
                self._stats[info.egress_id] = event["figures"]
            case "ending":
                if info.status != egress.EGRESS_ENDING:
                    self._change(record, egress.EGRESS_ENDING)
            case "ended":
                self._stats[info.egress_id] = event["figures"]
                self._end(record, event)

    async def _repair(self, record: Record) -> None:
        """What a process did not finish."""
        log.warning("%s: %s", record.info.egress_id, SOURCE_LOST)
        mended = await repair(record.outputs)
        event = {"at": self._now(), "error": SOURCE_LOST, "reason": "Failure", "outputs": mended}
        self._end(record, event)

    def _end(self, record: Record, event: dict[str, Any]) -> None:
        results.end(record.info, event, record.outputs)
        _take_away_empty(record.outputs)
        record.process = {}
        self._keep(record, "egress_ended")

    def _change(self, record: Record, status: Any) -> None:
        record.info.status = status
        self._keep(record, "egress_updated")

    def _keep(self, record: Record, event: str) -> None:
        record.info.updated_at = self._now()
        self._store.write(record)
        self._tell(event, record.info)

    def _spawn(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _now(self) -> int:
        return int(self._clock.now() * results.SECOND)


def _kept(output: dict[str, Any]) -> dict[str, Any]:
    """What may lie on disk: no stream keys."""
    return {**output, "urls": []} if output["kind"] == "stream" else output


def _take_away_empty(outputs: Iterable[dict[str, Any]]) -> None:
    """Files that held a name for what never came."""
    for output in outputs:
        for name in ("path", "playlist", "live_playlist"):
            path = Path(output.get(name) or "/")
            if path.is_file() and not path.stat().st_size:
                path.unlink()


def _wait_for(process: Process) -> None:
    import time

    end = time.monotonic() + 30
    while process.lives() and time.monotonic() < end:
        time.sleep(0.05)
    process.end()
