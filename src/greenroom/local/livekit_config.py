"""``livekit.yaml`` for a server on this machine, with comments for the people who read it."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Sequence
from dataclasses import dataclass

from greenroom.local.keys import ApiKey

HEAD = """\
# Settings of the livekit-server that Greenroom runs on this machine.
# Written again at each start: change them with the options of `greenroom up`, not here.
# What each setting means: https://github.com/livekit/livekit/blob/master/config-sample.yaml

# Clients connect here: ws://{shown}:{port}
port: {port}
bind_addresses: [{host}]

# Media. Open these ports in a firewall only if people on other machines shall join.
rtc:
  # When UDP is blocked, media comes over TCP at this port.
  tcp_port: {tcp}
  # All media shares this one UDP port.
  udp_port: {udp}
{address}
  # Do not ask a STUN server on the internet for our own address.
  use_external_ip: false

room:
  # May an administrator unmute somebody's microphone? livekit-server says no by default.
  enable_remote_unmute: {remote_unmute}

logging:
  level: info

# API keys and their secrets; all of them are valid. The first is the one that Greenroom uses, a second one
# is there only during a rotation. This file is a secret: keep it 0600.
keys:
{keys}
"""
LOOPBACK = """\
  # The address that clients are told for media: this machine only.
  node_ip: 127.0.0.1"""
REACHABLE = """\
  # The address that clients are told for media is found by livekit-server itself."""
WEBHOOK = """
# Events are posted to these URLs, signed with this key.
webhook:
  api_key: {key}
  urls:
{urls}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """What the file says."""

    host: str = "127.0.0.1"
    port: int
    tcp: int
    udp: int
    keys: Sequence[ApiKey]
    webhooks: Sequence[str] = ()
    remote_unmute: bool = True

    def as_yaml(self) -> str:
        """The file. JSON is YAML, so whatever a person chose is written as JSON."""
        text = HEAD.format(
            shown=reachable(self.host),
            host=json.dumps(self.host),
            port=self.port,
            tcp=self.tcp,
            udp=self.udp,
            address=LOOPBACK if is_loopback(self.host) else REACHABLE,
            remote_unmute=json.dumps(self.remote_unmute),
            keys="\n".join(f"  {each.key}: {each.secret}" for each in self.keys),
        )
        if self.webhooks:
            urls = "\n".join(f"    - {json.dumps(url)}" for url in self.webhooks)
            text += WEBHOOK.format(key=self.keys[0].key, urls=urls)
        return text


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach it."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def reachable(host: str) -> str:
    """An address that a client on this machine can use, as it stands in a URL."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - asked for by name
    return f"[{host}]" if ":" in host else host
