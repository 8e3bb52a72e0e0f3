"""A recording as a process: ``python -m greenroom.local.recorder.worker``.

stdin: one line of JSON ``{"url", "token", "plan", "will", "log"}``, then one line a command: ``{"do": "stop"}``. Secrets
come this way because a command line can be seen by everybody. The first line may come much later than the process has
begun (``spare``). The end of stdin stops the recording, so that nothing is lost when the service dies. stdout: one line of JSON an event; the last is ``ended``. When nobody is there to read
it, it is left in the file ``will``, for the next service.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from pathlib import Path
from typing import Any


def take_stdout() -> int:
    """The pipe to the service; what libraries print goes to the log."""
    ours = os.dup(1)
    os.dup2(2, 1)
    return ours


def write_log(path: str) -> None:
    """What is said from now on goes to that file. Raises OSError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for each in (1, 2):
        os.dup2(descriptor, each)
    os.close(descriptor)


async def run(pipe: int) -> None:
    """One recording."""
    from greenroom.local.egress.plan import Plan
    from greenroom.local.files import replace_private
    from greenroom.local.recorder.worker.session import Session

    def report(event: dict[str, Any]) -> None:
        try:
            os.write(pipe, f"{json.dumps(event)}\n".encode())
        except BrokenPipeError:
            if event["event"] == "ended":
                replace_private(Path(given["will"]), json.dumps(event))

    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=2**20)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    line = await reader.readline()
    if not line:
        return
    given = json.loads(line)
    write_log(given["log"])
    session = Session(Plan.read(given["plan"]), report)

    async def obey() -> None:
        while line := await reader.readline():
            session.obey(json.loads(line))
        session.obey({"do": "abandon"})

    obeying = asyncio.create_task(obey())
    await session.run(given["url"], given["token"])
    obeying.cancel()


def main() -> None:
    """Ends the process without taking the SDK's threads apart: that may wait for ever, and all is written."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)
    pipe = take_stdout()
    code = 0
    try:
        asyncio.run(run(pipe))
    except BaseException:
        logging.getLogger("greenroom.recorder").exception("the recording ended with an error")
        code = 1
    logging.shutdown()
    os._exit(code)


if __name__ == "__main__":
    main()
