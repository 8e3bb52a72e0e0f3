"""From text to tokens: words and mentions, unknown words as names, slips mended. What exists on the server is found later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from greenroom.understanding.knowledge import lexicon_of
from greenroom.understanding.mentions import Token, scan
from greenroom.understanding.slips import Slips
from greenroom.understanding.words import Vocabulary, recognised


class Reader:
    """Reads requests with the words of one catalogue."""

    def __init__(self, catalogue: Mapping[str, Any]) -> None:
        self.lexicon = lexicon_of(catalogue)
        self.vocabulary = Vocabulary(catalogue, self.lexicon)
        self.slips = Slips(self.lexicon, self.vocabulary.cues, self.vocabulary.known)

    def tokens(self, text: str) -> list[Token]:
        """Words and mentions in order."""
        named = recognised(scan(text, self.lexicon), self.lexicon, self.vocabulary)
        return self.slips.mended(named)
