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
from greenroom.local.supervisor.options import Options, parse


def tell(shape: Mapping[str, Any]) -> None:
    """One line to whoever started us, who may then go."""
    with suppress(OSError):
        os.write(1, f"{json.dumps(shape)}\n".encode())
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 1)
    os.close(nothing)


async def run(options: Options) -> None:
    """Supervise until told to stop."""
    await Supervisor(options).run(lambda shape: tell({"up": shape}))


def main() -> int:
    """The exit code: 0 after a stop, 1 when nothing could be started."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)
    try:
        asyncio.run(run(parse()))
    except GreenroomError as error:
        logging.getLogger("greenroom.supervisor").error("%s %s", error.message, error.hint)  # noqa: TRY400 - told to people
        tell({"error": error.as_dict()})
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
