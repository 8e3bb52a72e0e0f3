"""What "it" stands for after a recording, a stream, a preset … was spoken of: that, and not a room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from greenroom.domain.conversation import Conversation
from greenroom.understanding.mentions import Token

MADE_OF_ROOMS = {"recording": "recording", "egress": "stream"}
"""Mode of things that are called by their room, and the word for such a thing."""
KEPT_THINGS = {"destination", "preset", "role"}
"""Last words of capabilities that define or remove what is kept under a name."""
STANDS_FOR = {"it", "that", "this"}
ENDS = {"stop", "comma"}


def resolved(
    tokens: Sequence[Token], conversation: Conversation, lexicon: Mapping[str, Any]
) -> list[Token]:
    """The tokens, a pronoun that stands alone replaced by "that recording" where the last request was about one."""
    last = conversation.calls[-1].capability if conversation.calls else ""
    kept = last.rpartition("_")[2]
    thing = kept if kept in KEPT_THINGS else MADE_OF_ROOMS.get(last.partition(".")[0], "")
    if not thing or any(t.is_word and t.value in {*MADE_OF_ROOMS.values(), thing} for t in tokens):
        return list(tokens)
    found: list[Token] = []
    for at, token in enumerate(tokens):
        after = tokens[at + 1] if at + 1 < len(tokens) else None
        alone = after is None or after.kind in ENDS or after.value in lexicon["stop_set"]
        if token.is_word and token.value in STANDS_FOR and alone:
            found += [replace(token, value="that"), replace(token, value=thing)]
        else:
            found.append(token)
    return found
