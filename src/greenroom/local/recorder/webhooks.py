"""Egress events, told as LiveKit tells them: to the recorder's URLs, and to those that a request names."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from livekit.protocol import egress
from livekit.protocol.webhook import WebhookEvent

from greenroom.local.recorder.results import REQUESTS
from greenroom.local.webhooks import Endpoint, Notifier, body_of, require_url

if TYPE_CHECKING:
    from greenroom.domain.ports import Clock

MARK = "X-Greenroom-Recorder: webhook"


class EgressWebhooks(Notifier):
    """Events of one egress come in order."""

    def __init__(self, urls: Sequence[str], keys: Mapping[str, str], clock: Clock) -> None:
        """The first key signs. Raises ConfigurationError (invalid-url)."""
        super().__init__(clock, MARK)
        for url in urls:
            require_url(url)
        self._keys = dict(keys)
        key, secret = next(iter(keys.items()))
        self._endpoints = tuple(Endpoint(url, key, secret) for url in urls)

    def tell(self, event: str, info: egress.EgressInfo) -> None:
        """Queue ``egress_started``, ``egress_updated`` or ``egress_ended`` with the info as it is now."""
        endpoints = [*self._endpoints, *self._of_request(info)]
        if not endpoints:
            return
        message = WebhookEvent(
            event=event,
            id=f"EV_{secrets.token_hex(6)}",
            created_at=int(self._clock.now()),
            egress_info=info,
        )
        body = body_of(message)
        for endpoint in endpoints:
            self.queue(endpoint, info.egress_id, body)

    def _of_request(self, info: egress.EgressInfo) -> list[Endpoint]:
        """``signing_key`` names a key; its secret is known here only."""
        name = info.WhichOneof("request")
        if name not in REQUESTS.values():
            return []
        first = next(iter(self._keys))
        found = []
        for each in getattr(info, name).webhooks:
            key = each.signing_key or first
            if key in self._keys:
                found.append(Endpoint(each.url, key, self._keys[key]))
        return found
