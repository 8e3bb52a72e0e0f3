"""All recordings of one recorder: begun, told, ended, kept."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from livekit.protocol import egress

from greenroom.domain.ports import Clock
from greenroom.local.egress import results
from greenroom.local.egress.layouts import check_layout
from greenroom.local.egress.lookup import Found
from greenroom.local.egress.plan import Plan, Stream
from greenroom.local.egress.planning import plan_for, sized
from greenroom.local.egress.webhooks import EgressWebhooks
from greenroom.local.egress.wish import Wish, read_wish
from greenroom.local.processes import Process
from greenroom.local.recorder import load
from greenroom.local.recorder.archive import Archive
from greenroom.local.recorder.asking import look_up
from greenroom.local.recorder.names import Holder, take_away_empty
from greenroom.local.recorder.passed_time import PassedTime
from greenroom.local.recorder.repairing import repair
from greenroom.local.recorder.running import Running
from greenroom.local.recorder.spare import Spare
from greenroom.local.recorder.storage import Storage, storage_of
from greenroom.local.recorder.store import Record, Store
from greenroom.local.recorder.uploads import UploadError, files_of, upload
from greenroom.local.twirp.refusals import Refusal

if TYPE_CHECKING:
    from livekit.api.room_service import RoomService

PACE = "This machine cannot hold the load: {fps:g} pictures a second are recorded."
PACE_AGAIN = "This machine could not hold the load for a while: {fps:g} pictures a second are recorded again."
PROCESS_LOST = "The recorder's process ended before it had finished the recording."
NOT_UPLOADED = (
    "It was not uploaded: the recorder was started anew meanwhile, and it keeps no storage keys. "
    "The files are where they were recorded."
)
LEFT_SECONDS = 30.0
"""How long a process of an earlier service may take to finish."""
log = logging.getLogger("greenroom.recorder")


@dataclass(slots=True)
class Live:
    """A recording that runs. ``urls``: stream destinations in the order of the info's results; they are secrets."""

    record: Record
    running: Running
    cost: float
    """In cores: see ``load``."""
    storages: list[Storage | None]
    """Of the outputs, in their order."""
    note: str
    """What was to be said at its start."""
    urls: list[str] = field(default_factory=list, repr=False)


class Egresses:
    """``token`` makes a token to join a room with, of the room and an identity."""

    def __init__(
        self,
        rooms: RoomService,
        *,
        url: str,
        token: Callable[[str, str], str],
        root: Path,
        store: Store,
        clock: Clock,
        passed: PassedTime,
        webhooks: EgressWebhooks,
    ) -> None:
        self._rooms = rooms
        self._url, self._token = url, token
        self.folder = root
        self._store = store
        self._clock, self._passed = clock, passed
        self._webhooks = webhooks
        self._records: dict[str, Record] = {}
        self.archive = Archive(self._records, root, store, passed)
        self._live: dict[str, Live] = {}
        self._figures: dict[str, dict[str, Any]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._spare = Spare()
        self._closing = False

    # The start and the end of the service.

    async def recover(self) -> None:
        """Take up what an earlier service left: what it did not finish is repaired, and reported as ended."""
        left_behind = self._store.read()
        self._records.update({record.info.egress_id: record for record in left_behind})
        for record in left_behind:
            if record.ended or record.waits_for:
                continue
            left = Process.read(record.process)
            if left is not None:
                # It finishes by itself when its service is gone; its files are not ours before.
                await asyncio.to_thread(left.wait, LEFT_SECONDS)
                await asyncio.to_thread(left.end)
            event = self._store.take_will(record.info.egress_id)
            event = event or await self._repaired(record)
            if any(output["uploaded"] for output in record.outputs):
                event["error"] = event["error"] or NOT_UPLOADED
            self._end(record, event)
        self._spare.make()

    async def close(self) -> None:
        """Stop what runs, and wait for its files; nothing new begins."""
        self._closing = True
        for live in self._live.values():
            live.running.tell({"do": "abandon"})
        await self._spare.close()
        hanging = [live.running.kill_when_it_hangs() for live in self._live.values()]
        await asyncio.gather(*hanging)
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # What is asked for.

    async def start(self, request: Any) -> egress.EgressInfo:
        """Any of LiveKit's Start calls. Raises Refusal."""
        return await self.start_as(results.new_id(), request)

    async def start_as(self, egress_id: str, request: Any) -> egress.EgressInfo:
        """With an id that is given. Raises Refusal."""
        wish, storages = self.check(request)
        found = await look_up(self._rooms, wish)
        if self._closing:
            raise Refusal("unavailable", "The recorder is just being stopped.")
        holder = Holder()
        try:
            plan, note = self._fitted(self._plan(egress_id, found, holder))
        except Refusal:
            take_away_empty(holder.held)
            raise
        now = self._now()
        info = results.new_info(plan, request, room_id=found.room_id, single=wish.single, now=now)
        info.details = note
        outputs = [
            {**_without_keys(output), "uploaded": storage is not None}
            for output, storage in zip(plan.as_dict()["outputs"], storages, strict=True)
        ]
        record = Record(info, outputs, [str(path) for path in holder.held])
        await self._launch(record, plan, storages)
        return info

    def check(self, request: Any) -> tuple[Wish, list[Storage | None]]:
        """What can be refused without asking about the room. Raises Refusal."""
        wish = read_wish(request)
        storages = [each.storage and storage_of(each.storage) for each in wish.outputs]
        self._webhooks.check(wish.webhooks)
        return wish, storages

    @property
    def running(self) -> int:
        """How many have not ended, those that wait among them."""
        return sum(not record.ended for record in self._records.values())

    def put(self, record: Record) -> None:
        """Keep one that waits, so that it is listed, and outlives the service."""
        self._records[record.info.egress_id] = record
        self._store.write(record)

    def waiting(self) -> list[Record]:
        """Those that wait, the oldest first."""
        return [record for record in self._records.values() if record.waits_for]

    def give_up(self, record: Record, reason: str, error: str = "") -> None:
        """End one that waits: ABORTED, or FAILED where there is an error."""
        record.waits_for, record.info.details = {}, ""
        told = {"at": self._now(), "reason": reason, "error": error, "outputs": []}
        self._end(record, told)

    def _plan(self, egress_id: str, found: Found, holder: Holder) -> Plan:
        now = self._clock.now()
        plan = plan_for(
            found.wish, egress_id, self.folder, found.facts, now, reserve=holder.reserve
        )
        return plan if found.size is None else sized(plan, *found.size)

    def _fitted(self, planned: Plan) -> tuple[Plan, str]:
        """The plan as this machine can hold it, and what is to be said about that. Raises Refusal."""
        cores, others = len(os.sched_getaffinity(0)), [each.cost for each in self._live.values()]
        plan = load.fitting(planned, sum(others), cores)
        here = f"this machine has {cores} cores, and {len(others)} recordings run"
        if plan is None:
            words = f"It cannot be held beside the rest: {here}. Stop one, or record sound only."
            raise Refusal("resource_exhausted", words)
        if plan == planned:
            return plan, ""
        asked, given = load.describe(planned.encoding), load.describe(plan.encoding)
        return plan, f"Recorded {given} in place of {asked}: {here}."

    async def _launch(self, record: Record, plan: Plan, storages: list[Storage | None]) -> None:
        running = Running(lambda event: self._heard(live, event))
        live = Live(record, running, load.cost(plan), storages, record.info.details)
        self.archive.know(storages)
        live.urls = [url for each in plan.outputs if isinstance(each, Stream) for url in each.urls]
        given = {
            "url": self._url,
            "token": self._token(plan.room, plan.egress_id),
            "plan": plan.as_dict(),
            "will": str(self._store.will_of(plan.egress_id)),
            "log": str(self._store.log_of(plan.egress_id)),
        }
        try:
            process = await live.running.start(given, self._spare)
        except OSError as error:
            take_away_empty(map(Path, record.held))
            words = f"The recorder's process could not be started: {error.strerror}."
            raise Refusal("resource_exhausted", words) from error
        record.process = process.as_dict()
        self._records[plan.egress_id] = record
        self._live[plan.egress_id] = live
        # As LiveKit: livekit-server, pkg/service/ioservice.go, CreateEgress; what comes after that is an update.
        self._keep(record, "egress_started")
        self._spawn(self._follow(live))

    def stop(self, egress_id: str) -> egress.EgressInfo:
        """ENDING; a second stop says so again. Raises Refusal (not_found, failed_precondition)."""
        record = self.find(egress_id)
        if record.waits_for:
            self.give_up(record, "StopEgress called")
            return record.info
        live = self._live.get(egress_id)
        if record.ended or live is None:
            raise results.not_now(record.info, "stopped")
        if record.info.status != egress.EGRESS_ENDING:
            self._ending(record)
            live.running.tell({"do": "stop"})
            self._spawn(live.running.kill_when_it_hangs())
        return record.info

    def set_layout(self, egress_id: str, layout: str) -> egress.EgressInfo:
        """From now on. Raises Refusal."""
        check_layout(layout)
        live = self._active(egress_id)
        live.running.tell({"do": "layout", "layout": layout})
        results.set_layout(live.record.info, layout)
        self._keep(live.record, "egress_updated")
        return live.record.info

    def pause(self, egress_id: str, *, paused: bool) -> egress.EgressInfo:
        """Time stands still in all its files, or goes on. Raises Refusal."""
        live = self._active(egress_id)
        live.running.tell({"do": "pause" if paused else "resume"})
        return live.record.info

    def set_streams(
        self, egress_id: str, add: Iterable[str], remove: Iterable[str]
    ) -> egress.EgressInfo:
        """More destinations, or fewer; those to remove may be named as they are shown. Raises Refusal."""
        live = self._active(egress_id)
        info = live.record.info
        new, gone = results.change_streams(info, live.urls, add, remove)
        live.running.tell({"do": "streams", "add": new, "remove": gone})
        self._keep(live.record, "egress_updated")
        return info

    def infos(self) -> list[egress.EgressInfo]:
        """The newest first."""
        return [record.info for record in reversed(self._records.values())]

    def figures(self, egress_id: str) -> dict[str, Any]:
        """How a recording does, or did; empty before it has begun. Raises Refusal."""
        self.find(egress_id)
        return self._figures.get(egress_id, {})

    def files(self, egress_id: str) -> list[Path]:
        """What one that has ended left below the recorder's folder. Raises Refusal."""
        return self.archive.files(self._ended(egress_id))

    def delete_files(self, egress_id: str) -> egress.EgressInfo:
        """Delete these, and say so from now on. Raises Refusal."""
        record = self._ended(egress_id)
        self.archive.take_away(self.archive.files(record))
        self.archive.say_deleted(record)
        return record.info

    def _ended(self, egress_id: str) -> Record:
        record = self.find(egress_id)
        if not record.ended:
            raise results.not_now(record.info, "deleted")
        return record

    def find(self, egress_id: str) -> Record:
        """Raises Refusal (not_found)."""
        if egress_id not in self._records:
            raise results.no_egress()
        return self._records[egress_id]

    def _active(self, egress_id: str) -> Live:
        record = self.find(egress_id)
        live = self._live.get(egress_id)
        if live is None or record.info.status == egress.EGRESS_ENDING:
            raise results.not_now(record.info, "updated")
        return live

    # What the processes say.

    async def _follow(self, live: Live) -> None:
        event = await live.running.listen()
        record = live.record
        self._live.pop(record.info.egress_id, None)
        if not self._live:
            # Not before: loading takes a core for a second or two, which what is recorded would miss.
            self._spare.make()
        if event is None:
            event = await self._repaired(record)
        await self._upload(live, event)
        self._end(record, event)

    async def _upload(self, live: Live, event: dict[str, Any]) -> None:
        """What goes elsewhere; the recording has not ended before it is there."""
        record = live.record
        for output, storage in zip(record.outputs, live.storages, strict=True):
            if storage is not None:
                try:
                    files = files_of(output)
                    record.uploaded += await upload(storage, files, self.folder, self._clock)
                except UploadError as error:
                    event["error"] = event["error"] or str(error)
                else:
                    results.relocate(record.info, output, self.folder, storage.location)

    def _heard(self, live: Live, event: dict[str, Any]) -> None:
        record = live.record
        match event["event"]:
            case "active":
                results.begin(record.info, event["at"])
                self._keep(record, "egress_updated")
            case "stats":
                self._figures[record.info.egress_id] = event["figures"]
            case "pace":
                words = PACE if event["fps"] < event["most"] else PACE_AGAIN
                record.info.details = f"{live.note} {words.format(fps=event['fps'])}".lstrip()
                self._keep(record, "egress_updated")
            case "stream":
                made = record.info.stream_results[live.urls.index(event["url"])]
                results.stream_now(made, event)
                self._keep(record, "egress_updated")
            case "ending":
                self._ending(record)

    async def _repaired(self, record: Record) -> dict[str, Any]:
        """What a process did not finish, mended; as its ``ended`` would tell it."""
        log.warning("%s: %s", record.info.egress_id, PROCESS_LOST)
        at, mended = self._now(), await repair(record.outputs)
        return {"at": at, "reason": "Failure", "error": PROCESS_LOST, "outputs": mended}

    def _ending(self, record: Record) -> None:
        if record.info.status != egress.EGRESS_ENDING:
            record.info.status = egress.EGRESS_ENDING
            self._keep(record, "egress_updated")

    def _end(self, record: Record, event: dict[str, Any]) -> None:
        if event.get("figures"):
            self._figures[record.info.egress_id] = event["figures"]
        results.end(record.info, event, record.outputs)
        take_away_empty(map(Path, record.held))
        record.process, record.kept_since = {}, self._passed.now()
        self._keep(record, "egress_ended")

    def _keep(self, record: Record, event: str) -> None:
        record.info.updated_at = self._now()
        self._store.write(record)
        self._webhooks.tell_egress(event, record.info)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _now(self) -> int:
        return int(self._clock.now() * results.SECOND)


def _without_keys(output: dict[str, Any]) -> dict[str, Any]:
    """What may lie on disk."""
    return {**output, "urls": []} if output["kind"] == "stream" else output
