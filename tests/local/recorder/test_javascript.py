"""LiveKit's JavaScript server SDK drives the recorder unchanged."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import CACHE
from tests.local.recorder.conftest import Studio
from tests.local.recorder.media import facts

SDK = "livekit-server-sdk@2.19.2"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def packages() -> Path:
    """A folder where node finds the SDK: installed once, kept beside livekit-server."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("node and npm are not installed")
    folder = CACHE.parent / "node" / SDK.replace("@", "-")
    if not (folder / "node_modules").exists():
        folder.mkdir(parents=True, exist_ok=True)
        command = [npm, "install", "--no-audit", "--no-fund", "--silent", "--prefix", str(folder)]
        done = subprocess.run([*command, SDK], capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"npm cannot install {SDK}: {done.stderr.strip()[-200:]}")
    return folder


async def test_the_javascript_sdk_records_changes_and_stops(
    studio: Studio, packages: Path, tmp_path: Path
) -> None:
    await studio.person("anna", shade=60, tone=440)
    # Node looks for packages beside the script.
    script = tmp_path / "drive.mjs"
    shutil.copy(Path(__file__).with_name("drive.mjs"), script)
    (tmp_path / "node_modules").symlink_to(packages / "node_modules")
    server = studio.server
    command = ["node", str(script), studio.recorder.url, server.api_key, server.api_secret]
    process = await asyncio.create_subprocess_exec(
        *command, studio.room, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    said, wrong = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, wrong.decode()
    shown = json.loads(said)
    assert shown["began"] == 0
    assert shown["active"] == [shown["id"]]
    assert shown["location"] == str(studio.folder / "from-javascript.mp4")
    assert facts(Path(shown["location"]))["seconds"] == pytest.approx(shown["seconds"], abs=0.1)
    assert shown["segments"] >= 2
    assert (shown["again"]["status"], shown["again"]["code"]) == (412, "failed_precondition")
    assert (shown["web"]["status"], shown["web"]["code"]) == (501, "unimplemented")
    assert (shown["layout"]["status"], shown["layout"]["code"]) == (400, "invalid_argument")
