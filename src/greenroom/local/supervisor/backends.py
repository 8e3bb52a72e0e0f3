"""The two servers that can run here, as programs with their settings written down."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from greenroom.domain.errors import ConfigurationError
from greenroom.local.files import private_folder, write_private
from greenroom.local.keys import KeyFile
from greenroom.local.livekit_config import ServerSettings, is_loopback, reachable
from greenroom.local.livekit_server import default_cache, find
from greenroom.local.ports import HIGHEST, free_ports, require_free
from greenroom.local.supervisor.child import Program
from greenroom.local.supervisor.options import Options

SANDBOX, LIVEKIT = "sandbox", "livekit-server"
STEPS = (0, 1, 2, 12)
"""From the lowest port: to clients, media over TCP, media over UDP, the recorder."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a server answers, and its ports for media."""

    host: str
    port: int
    tcp: int
    udp: int
    recorder: int
    """Of the recorder, where there is one; may be taken meanwhile."""

    @property
    def url(self) -> str:
        """For clients on this machine."""
        return f"ws://{reachable(self.host)}:{self.port}"

    @property
    def address(self) -> tuple[str, int]:
        """For our own calls."""
        return reachable(self.host).strip("[]"), self.port


def choose(options: Options) -> Path | None:
    """The livekit-server to run; None means the sandbox. Raises ConfigurationError (livekit-server-missing)."""
    if options.backend == SANDBOX:
        return None
    found = find(default_cache())
    if found is None and options.backend == LIVEKIT:
        msg = "There is no livekit-server on this machine yet."
        hint = "Build it: greenroom server install. Or do without media: greenroom sandbox."
        raise ConfigurationError(msg, code="livekit-server-missing", hint=hint)
    return found


def choose_ports(options: Options, *, media: bool) -> Place:
    """Ports that are free, or nothing starts. Raises ConfigurationError (port-taken, address-unusable, invalid-argument)."""
    base = options.port_base
    port, tcp, udp, recorder = [base + step for step in STEPS] if base else free_ports(len(STEPS))
    place = Place(options.host, options.port or port, tcp, udp, recorder)
    if min(place.port, tcp, udp) < 1 or max(place.port, tcp, udp) > HIGHEST:
        msg = f"The ports {place.port}, {tcp} and {udp} are not all between 1 and {HIGHEST}."
        raise ConfigurationError(msg, code="address-unusable", hint="Choose another --port-base.")
    if place.port in {tcp, udp}:
        msg = f"Port {place.port} is needed for media."
        raise ConfigurationError(msg, code="address-unusable", hint="Choose another --port.")
    if options.control_port in {place.port, tcp, udp}:
        msg = f"Port {options.control_port} is needed for LiveKit."
        hint = "Choose another --control-port."
        raise ConfigurationError(msg, code="address-unusable", hint=hint)
    wanted = [(place.port, "tcp")]
    require_free(place.host, [*wanted, (tcp, "tcp"), (udp, "udp")] if media else wanted)
    return place


def livekit_server(binary: Path, options: Options, place: Place) -> Program:
    """Write livekit.yaml anew, with the keys of now."""
    folder = options.home / "server"
    settings = ServerSettings(
        host=options.host,
        port=place.port,
        tcp=place.tcp,
        udp=place.udp,
        keys=KeyFile(options.home).read_or_make(),
        webhooks=options.webhooks,
        remote_unmute=options.remote_unmute,
    )
    config = folder / "livekit.yaml"
    write_private(config, settings.as_yaml())
    return Program(
        name=LIVEKIT,
        command=[str(binary), "--config", str(config)],
        address=place.address,
        log=folder / "livekit-server.log",
        error_code="livekit-server-failed",
    )


def sandbox(options: Options, place: Place) -> Program:
    """Write its secrets anew."""
    command = [sys.executable, "-m", "greenroom.local.sandbox"]
    command += ["--host", options.host, "--port", str(place.port), *key_arguments(options)]
    command += webhook_arguments(options)
    if not options.remote_unmute:
        command.append("--no-remote-unmute")
    return Program(
        name=SANDBOX,
        command=command,
        address=place.address,
        log=options.home / "server" / "sandbox.log",
        error_code="sandbox-failed",
    )


def key_arguments(options: Options) -> list[str]:
    """The keys of now, for a service of ours: its secrets lie in files, because everybody can see a command line."""
    folder = private_folder(options.home / "server")
    for old in folder.glob("secret-*"):
        old.unlink()
    arguments = []
    for number, each in enumerate(KeyFile(options.home).read_or_make()):
        secret = folder / f"secret-{number}"
        write_private(secret, each.secret)
        arguments += ["--key", each.key, "--secret-file", str(secret)]
    return arguments


def webhook_arguments(options: Options) -> list[str]:
    """Where a service of ours posts events."""
    return [part for url in options.webhooks for part in ("--webhook", url)]


def require_webhooks(options: Options) -> None:
    """Webhook URLs that can be posted to: livekit-server starts with any. Raises ConfigurationError (invalid-url)."""
    if options.webhooks:
        from greenroom.local.webhooks import require_url

        for url in options.webhooks:
            require_url(url)


def warnings(options: Options, place: Place | None) -> list[str]:
    """What a person should know about these settings."""
    if is_loopback(options.host) or place is None:
        return []
    where = f"port {place.port} of {options.host}"
    return [f"It listens at {where}: it can be reached from other machines, without encryption."]
