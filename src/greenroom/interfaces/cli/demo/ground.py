"""What the tour stands on: a LiveKit server of this machine, the one that the environment names, or the sandbox."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from greenroom import __version__
from greenroom.config.target import VARIABLES
from greenroom.domain.errors import ConfigurationError, GreenroomError
from greenroom.local.recorder.needs import require_media

if TYPE_CHECKING:
    from greenroom.local.supervisor.options import Backend


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """``server``: ``livekit-server``, ``sandbox``, or ``named`` for one of the person's own. ``environ``: for commands."""

    server: str
    environ: Mapping[str, str]

    @property
    def url(self) -> str:
        """ws://…; empty where only a key is named."""
        return self.environ.get("LIVEKIT_URL", "")

    def no_media(self) -> str:
        """Why nobody can join with a camera here; empty where it can be."""
        if self.server == "sandbox":
            return "media is simulated on the sandbox"
        try:
            require_media()
        except ConfigurationError as error:
            return f"{error.message} {error.hint}"
        return ""

    def no_recorder(self) -> str:
        """Why nothing is recorded; empty where it is."""
        if self.server == "named":
            return "the recorder runs beside a server that the tour starts; for yours: greenroom recorder"
        return self.no_media()


@contextmanager
def standing(say: Callable[[str], None]) -> Iterator[Ground]:
    """The server that the environment names, else one that is started, and stopped afterwards. Raises GreenroomError."""
    named = {
        variable: os.environ[variable]
        for variable in VARIABLES.values()
        if os.environ.get(variable)
    }
    with tempfile.TemporaryDirectory(prefix="greenroom-") as folder:
        home = Path(folder)
        if named:
            say(f"Using the LiveKit server at {named.get('LIVEKIT_URL', '(no LIVEKIT_URL)')}.")
            yield Ground(server="named", environ=environ_of(home, named))
        else:
            with started(home, say) as ground:
                yield ground


@contextmanager
def started(home: Path, say: Callable[[str], None]) -> Iterator[Ground]:
    """One of this home, until the block ends. Raises GreenroomError."""
    from greenroom.local.supervisor import background
    from greenroom.local.supervisor.options import Options

    options = Options(home=home, backend=best(say), port_base=0, version=__version__)
    try:
        local, _ = background.start(options)
        what = "The sandbox" if local.is_sandbox else "livekit-server"
        say(f"{what} runs at {local.url}; it stops with the tour.")
        values = (local.url, local.key.key, local.key.secret)
        environ = environ_of(home, dict(zip(VARIABLES.values(), values, strict=True)))
        # What is recorded goes where the tour says, whatever this person's own settings are.
        environ["XDG_CONFIG_HOME"] = str(home / "config")
        server = "sandbox" if local.is_sandbox else "livekit-server"
        yield Ground(server=server, environ=environ)
    finally:
        background.stop(home)


def environ_of(home: Path, server: Mapping[str, str]) -> dict[str, str]:
    """For commands: the server, and a home whose journal goes with the tour."""
    return {**os.environ, **server, "GREENROOM_HOME": str(home)}


def best(say: Callable[[str], None]) -> Backend:
    """livekit-server, built if that can be; else the sandbox, and why."""
    from greenroom.local.livekit_server import default_cache, find_or_build

    try:
        find_or_build(default_cache(), say)
    except GreenroomError as error:
        say(f"{error.message} The tour runs on the sandbox: media is simulated.")
        return "sandbox"
    return "livekit-server"
