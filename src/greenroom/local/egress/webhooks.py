"""Egress events, told as LiveKit tells them: to the service's URLs, and to those that a request names."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from livekit.protocol import egress
from livekit.protocol.webhook import WebhookEvent

from greenroom.domain.urls import split_url
from greenroom.local.egress.results import REQUESTS
from greenroom.local.twirp.refusals import Refusal
from greenroom.local.webhooks import Endpoint, Notifier, body_of, require_url

if TYPE_CHECKING:
    from greenroom.domain.ports import Clock


class EgressWebhooks(Notifier):
    """Events of one egress come in order."""

    def __init__(
        self, urls: Sequence[str], keys: Mapping[str, str], clock: Clock, mark: str
    ) -> None:
        """The first key signs. ``mark``: the header that says who sends. Raises ConfigurationError (invalid-url)."""
        super().__init__(clock, mark)
        for url in urls:
            require_url(url)
        self._keys = dict(keys)
        key, secret = next(iter(keys.items()))
        self.endpoints = tuple(Endpoint(url, key, secret) for url in urls)
        """Where every event goes."""

    def check(self, webhooks: Iterable[Any]) -> None:
        """What a request names. Raises Refusal (invalid_argument)."""
        for each in webhooks:
            if split_url(each.url, {"http", "https"}) is None:
                words = "A webhook of the request has no http or https URL."
                raise Refusal("invalid_argument", words)
            if each.signing_key and each.signing_key not in self._keys:
                words = (
                    f"A webhook is to be signed with {each.signing_key}, which is no API key here."
                )
                raise Refusal("invalid_argument", words)

    def tell_egress(self, event: str, info: egress.EgressInfo) -> None:
        """Queue ``egress_started``, ``egress_updated`` or ``egress_ended`` with the info as it is now."""
        endpoints = [*self.endpoints, *self._of_request(info)]
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
            # A record of an earlier service may name a key that has gone.
            if key in self._keys:
                found.append(Endpoint(each.url, key, self._keys[key]))
        return found
