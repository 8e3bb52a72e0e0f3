"""The supervisor as a process of its own. See the package."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from greenroom.domain.errors import GreenroomError
from greenroom.local.supervisor.daemon import Supervisor
from greenroom.local.supervisor.options import BACKGROUND, Options, parse


def tell(shape: Mapping[str, Any]) -> None:
    """One line to whoever started us. Raises BrokenPipeError when they have gone already."""
    os.write(1, f"{json.dumps(shape)}\n".encode())


def up(shape: Mapping[str, Any]) -> None:
    """All is up: the end of the line's pipe lets whoever started us go. Raises BrokenPipeError."""
    tell({"up": shape})
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 1)
    os.close(nothing)


def leave_the_caller() -> None:
    """Become a child of nobody, in a session of its own: closing the terminal does not end it."""
    if os.fork():
        os._exit(0)
    os.setsid()


async def run(options: Options) -> None:
    """Supervise until told to stop."""
    await Supervisor(options).run(up)


def main() -> int:
    """The exit code: 0 after a stop, 1 when nothing could be started."""
    arguments = sys.argv[1:]
    if arguments[:1] == [BACKGROUND]:
        arguments = arguments[1:]
        leave_the_caller()
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)
    try:
        asyncio.run(run(parse(arguments)))
    except GreenroomError as error:
        logging.getLogger("greenroom.supervisor").error("%s %s", error.message, error.hint)  # noqa: TRY400 - told to people
        with suppress(BrokenPipeError):
            tell({"error": error.as_dict()})
        return 1
    except BrokenPipeError:
        logging.getLogger("greenroom.supervisor").warning("whoever started this is gone")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
