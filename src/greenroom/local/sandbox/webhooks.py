"""Events of rooms, people, tracks and egresses, as livekit-server tells them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from livekit.protocol import models
from livekit.protocol.webhook import WebhookEvent

from greenroom.local.egress.webhooks import EgressWebhooks
from greenroom.local.webhooks import body_of

if TYPE_CHECKING:
    from greenroom.domain.ports import Clock
    from greenroom.local.sandbox.people import Person
    from greenroom.local.sandbox.world import Room

MARK = "X-Greenroom-Sandbox: webhook"
_MINIMAL = frozenset({"track_published", "track_unpublished"})
"""Events whose room and participant are named only."""


class Webhooks(EgressWebhooks):
    """Tells every URL what happens in the world."""

    def __init__(self, urls: Sequence[str], keys: Mapping[str, str], clock: Clock) -> None:
        """The first key signs. Raises ConfigurationError for what is no http or https URL."""
        super().__init__(urls, keys, clock, MARK)

    def tell(
        self, room: Room, event: str, person: Person | None, track: models.TrackInfo | None
    ) -> None:
        """Queue an event, as it is now."""
        if not self.endpoints:
            return
        body = body_of(self._event(room, event, person, track))
        for endpoint in self.endpoints:
            self.queue(endpoint, room.name, body)

    def _event(
        self, room: Room, event: str, person: Person | None, track: models.TrackInfo | None
    ) -> WebhookEvent:
        message = WebhookEvent(
            event=event, id=room.world.new_id("EV_"), created_at=int(self._clock.now())
        )
        if event in _MINIMAL and person is not None:
            message.room.sid, message.room.name = room.info.sid, room.name
            message.participant.sid = person.live.sid
            message.participant.identity = person.identity
        else:
            message.room.CopyFrom(room.info)
            if person is not None:
                message.participant.CopyFrom(person.live)
        if track is not None:
            message.track.CopyFrom(track)
        return message
