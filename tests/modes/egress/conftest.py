"""Rooms, and an egress service that streams."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from greenroom.domain.egress import EgressInfo, EgressRequest, EgressResult
from greenroom.domain.urls import redacted_url
from tests.doubles import MemoryRooms
from tests.egress_double import MemoryEgress

KEY = "live-key-nobody-may-see"


class Service(MemoryEgress):
    """Redacts as LiveKit does. ``fails``: why every stream fails from now on; ``never``: nothing ever begins."""

    def __init__(self) -> None:
        super().__init__()
        self.fails = ""
        self.never = False

    async def start(self, request: EgressRequest) -> EgressInfo:
        made = await super().start(request)
        kept = self.egresses.get(made.egress_id, made)
        urls = [url for output in request.outputs for url in output.urls]
        streams = [self._stream(url) for url in urls]
        others = [result for result in kept.results if result.kind != "stream"]
        status = "failed" if self.fails else "starting" if self.never else kept.status
        kept = replace(kept, results=(*others, *streams), status=status)
        if not self.lies:
            self.egresses[made.egress_id] = replace(kept, error=self.fails)
        return made

    async def set_streams(self, egress_id: str, add: Any, remove: Any) -> EgressInfo:
        one = self._active(egress_id)
        gone = {*remove, *map(redacted_url, remove)}
        left = [result for result in one.results if result.location not in gone]
        return self._keep(replace(one, results=(*left, *map(self._stream, add))))

    def _stream(self, url: str) -> EgressResult:
        status = "failed" if self.fails else "active"
        return EgressResult(
            kind="stream",
            location=redacted_url(url),
            status=status,
            error=self.fails,
            started_at=0.0 if self.fails else 1.0,
        )

    @property
    def url(self) -> str:
        """Where the last one that was started streams to."""
        return self.asked[-1].outputs[0].urls[0]


@pytest.fixture
def egress() -> Service:
    return Service()


@pytest.fixture
def rooms() -> MemoryRooms:
    return MemoryRooms({"stage": ["dana"], "lobby": []})


def everything_kept(folder: Path) -> str:
    """All that stands in files below a folder, but for the keys that are kept on purpose."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    kept = [path for path in files if path.parent.name not in {"keys", "secrets"}]
    return "\n".join(path.read_bytes().decode("latin-1") for path in kept)


def shown(outcome: Any) -> str:
    """An envelope as text."""
    return json.dumps(outcome.as_dict())
