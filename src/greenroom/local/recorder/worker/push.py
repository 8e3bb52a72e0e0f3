"""Pushes a stream to one RTMP server: ``python -m greenroom.local.recorder.worker.push``.

A process of its own, because FFmpeg's RTMP holds up everything around it when a server falls silent. stdin: a
line of JSON ``{"url"}``, which is a secret, then FLV. stdout: a byte for every packet that was taken; whoever misses
them ends this process. The exit code is 0 after the end of stdin; else stderr says why.
"""

from __future__ import annotations

import json
import os
import socket
import ssl
import sys
from typing import Any
from urllib.parse import urlsplit

import av

from greenroom.local.processes import dying_with_parent
from greenroom.local.recorder.worker.copying import copied
from greenroom.local.recorder.worker.sink import words

AT_ONCE = {"analyzeduration": "1", "fpsprobesize": "0", "probesize": "2048"}
"""The first tags say all: looking further into the media would take seconds."""
SECONDS = 5.0
TLS_PORT = 443


def check_certificate(url: str) -> None:
    """Shake hands once as RTMPS will, and look at the certificate. Raises OSError (ssl.SSLError among it).

    FFmpeg takes any certificate, and through PyAV it cannot be told not to. This finds a wrong name, an old or a
    homemade certificate before a key is sent; it does not stop who can change places between two connections.
    """
    parts = urlsplit(url)
    context = ssl.create_default_context()
    address = (parts.hostname or "", parts.port or TLS_PORT)
    with (
        socket.create_connection(address, SECONDS) as plain,
        context.wrap_socket(plain, server_hostname=parts.hostname),
    ):
        pass


def push(url: str, source: Any, taken: int) -> None:
    """Until the end of the source. Raises OSError and av.FFmpegError."""
    if url.startswith("rtmps:"):
        check_certificate(url)
    with (
        av.open(source, format="flv", options=AT_ONCE) as given,
        av.open(url, "w", format="flv", options={"flvflags": "no_duration_filesize"}) as target,
    ):
        for _ in copied(given, target):
            os.write(taken, b".")


def main() -> None:
    """See the module."""
    die = dying_with_parent()
    if die is not None:
        die()
    taken = os.dup(1)
    os.dup2(2, 1)
    # Without a buffer, which would wait until it is full.
    with open(0, "rb", buffering=0) as source:
        url = json.loads(source.readline())["url"]
        av.logging.set_level(None)
        try:
            push(url, source, taken)
        except (OSError, av.FFmpegError) as error:
            # FFmpeg's words may hold the URL, and with it the key.
            sys.stderr.write(words(error).replace(url, "the server"))
            sys.exit(1)


if __name__ == "__main__":
    main()
