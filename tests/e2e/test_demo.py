"""``make demo``: with real media, and on machines that lack some of what that needs."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from greenroom.interfaces.cli.demo import __main__ as demo
from greenroom.interfaces.cli.demo import ground, media, people, pictures, rtmp
from greenroom.interfaces.cli.demo.steps import ROOM
from greenroom.interfaces.cli.demo.tour import Tour
from greenroom.local import livekit_server
from greenroom.local.recorder import needs
from tests.local.supervisor.conftest import livekit_found, processes_of, until

__all__ = ("livekit_found",)


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the tour makes its folders: a short path, as sockets need it. No process of it is left."""
    with tempfile.TemporaryDirectory(prefix="gr-") as made:
        monkeypatch.setattr(tempfile, "tempdir", made)
        monkeypatch.setenv("TMPDIR", made)
        yield Path(made)
        assert until(lambda: not processes_of(Path(made))), processes_of(Path(made))


def take_the_tour(capsys: pytest.CaptureFixture[str]) -> str:
    """What it said; it went as expected."""
    with pytest.raises(SystemExit) as end:
        demo.main()
    said = capsys.readouterr()
    assert end.value.code == 0, said.out + said.err
    return said.out


def without_go(monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    """Nor livekit-server."""
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    monkeypatch.setattr(livekit_server, "GO_PLACES", ())
    monkeypatch.setattr(livekit_server.shutil, "which", lambda _: None)


def who_is_large(strip: Path) -> list[str]:
    """In each picture of the strip: whose colour is where the one who speaks is shown, "" for nobody's."""
    with Image.open(strip) as opened:
        picture = opened.convert("RGB")
    step = pictures.SHOT_WIDTH + pictures.GAP
    places = [(step * n + pictures.SHOT_WIDTH * 6 // 10, 30) for n in range(pictures.SHOTS)]
    return [whose(np.array(picture.getpixel(place))) for place in places]


def whose(colour: npt.NDArray[np.int_]) -> str:
    """The one of the tour's people whose camera shows about this colour."""
    for name, (*own, _) in zip(media.NAMES, people.LOOKS, strict=True):
        if np.abs(colour - own).max() < 30:
            return name
    return ""


def test_without_go_the_tour_runs_on_the_sandbox_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    without_go(monkeypatch, tmp_path)
    said = take_the_tour(capsys)
    assert "The tour runs on the sandbox: media is simulated." in said
    assert "dana joined with that token. Simulated: no media flows." in said
    assert "1 person in green-demo: dana." in said
    assert (
        "Skipped: people with cameras, a recording and a stream: media is simulated on the sandbox"
        in said
    )
    assert list(folder.iterdir()) == []


@pytest.mark.usefixtures("livekit_found")
def test_people_are_recorded_and_only_the_recording_and_its_pictures_stay(
    monkeypatch: pytest.MonkeyPatch, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(media, "RECORD_SECONDS", 6.0)
    monkeypatch.setattr(media, "PAUSE_SECONDS", 0.5)
    monkeypatch.setattr(media, "STREAM_SECONDS", 1.0)
    with ground.standing(print) as here:
        tour = Tour(here.environ)
        media.show_media(tour, here, ROOM)
    demo.close(tour)
    said = capsys.readouterr().out
    assert tour.unexpected == [], said
    assert "ana in green-demo: microphone muted." in said
    (kept,) = folder.iterdir()
    (video,) = kept.glob("*.mp4")
    assert f"Yours to open and to delete: {video} and" in said
    with av.open(str(video)) as container:
        assert {each.type for each in container.streams} == {"audio", "video"}
    (told,) = re.findall(r"Decoded: ([\d.]+) s, 1280x720", said)
    assert float(told) > 5
    assert all(who_is_large(video.with_suffix(".png")))
    streamed = re.search(r"nginx received [\d,]{5,} bytes", said)
    assert streamed or "Skipped: a stream: nginx " in said


def test_without_the_recorders_packages_the_end_names_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(needs, "MODULES", {"no_such_module": "av"})
    beside = ground.Ground(server="livekit-server", environ={})
    assert "packages that are not installed: av." in beside.no_recorder()
    assert "pip install 'greenroom[recorder]'" in beside.no_recorder()


def test_without_nginx_the_stream_is_skipped_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    with pytest.raises(rtmp.NoPlatform, match="nginx is not installed"):
        rtmp.found()


@pytest.mark.usefixtures("livekit_found")
def test_a_tour_that_is_ended_takes_everything_with_it(folder: Path) -> None:
    command = [sys.executable, "-u", "-m", "greenroom.interfaces.cli.demo"]
    process = subprocess.Popen(
        command, env=dict(os.environ), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    while "joined green-demo" not in process.stdout.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=60)
    assert process.returncode == demo.STOPPED, said
    assert "The tour was stopped" in said
    assert list(folder.iterdir()) == []
