"""What was said before, by session."""

from __future__ import annotations

import json

from greenroom.adapters.sqlite.database import Database
from greenroom.domain.conversation import Conversation


class SqliteConversations:
    """ports.Conversations on the table ``conversations``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self, session: str) -> Conversation:
        """An empty conversation when there was none, or none that can be read."""
        with self._database.reading() as db:
            if db is None:
                return Conversation()
            found = list(
                db.execute("SELECT state FROM conversations WHERE session = ?", (session,))
            )
        try:
            return Conversation.from_dict(json.loads(found[0][0])) if found else Conversation()
        except (ValueError, KeyError, TypeError):
            return Conversation()

    def save(self, session: str, conversation: Conversation, *, at: float) -> None:
        """Keep it for the next request; the last one wins."""
        with self._database.writing() as db:
            db.execute(
                "INSERT INTO conversations (session, at, state) VALUES (?, ?, ?) "
                "ON CONFLICT (session) DO UPDATE SET at = excluded.at, state = excluded.state",
                (session, at, json.dumps(conversation.as_dict())),
            )
