"""How well a name fits a field: by the words beside it, what it is, and what was learned."""

from __future__ import annotations

from greenroom.understanding import weights as w
from greenroom.understanding.fields import (
    EGRESS_KINDS,
    NAME_KINDS,
    PERSON_KINDS,
    ROOM_KINDS,
    ROOMS_THAT_EXIST,
    Filler,
)
from greenroom.understanding.learned import APART, NOTHING, role_of
from greenroom.understanding.mentions import SURELY_VALUE, Token
from greenroom.understanding.ordinary import STRONG

SKIPPED = {
    "the", "a", "an", "our", "my", "is", "as", "of", "his", "her", "their", "new", "to", "be", "room", "user",
    "it", "shall", "should", "will", "write", "set", "put", "this", "that", "for", "showing", "which", "=",
}  # fmt: skip
"""Words that may stand between a field's word and its value: "the name is x", "room called x"."""
BEFORE_PLACES = {"of", "in", "on", "from", "for", "at"}
"""Words that the name of a place follows."""
UNLIKELY = 1.0
"""Log odds of being no value from which a name that is unlikely the field's is not taken."""


class Fit:
    """Looks at the names of one step for one capability."""

    def __init__(self, filler: Filler) -> None:
        self.filler = filler
        self.tokens, self.said = filler.tokens, filler.said
        self.fields, self.lexicon = filler.fields, filler.lexicon
        self.names = filler.of_kind(*NAME_KINDS)

    def points(self, at: int, name: str, *, first: bool) -> float:
        """What speaks for a name as a value of a field, less what speaks against. ``first``: it begins a list."""
        kind = self.fields[name]["kind"]
        token = self.tokens[at]
        cue = self._cue(at, name)
        points = cue + self._cue_after(at, kind)
        if kind in ROOM_KINDS:
            points += 4 if token.kind == "room" else 0
            wrong = token.kind in {"person", "email"}
        else:
            points += 4 if token.kind in {"person", "email"} else 0
            wrong = token.kind == "room"
        if wrong and points < STRONG + 2:
            points -= 7
        if first and not cue and self._other_cue(at, name):
            points -= 1.5
        if kind in PERSON_KINDS and str(token.value).casefold() in self.lexicon["given_set"]:
            points += 0.5
        points -= 7 if self._is_another(at, name, cue) else 0
        bare = self.fields[name]["required"] and self._stands_free(at)
        points += 1 if bare and (self._solid(at) or self._in_the_act(at)) else 0
        return points + w.ROLE * token.role(role_of(name, kind))

    def _is_another(self, at: int, name: str, cue: float) -> bool:
        """Whether a name is most likely something else than this field's value."""
        kind, token = self.fields[name]["kind"], self.tokens[at]
        live = token.kind in {"room", "person"}
        strange = kind in ROOMS_THAT_EXIST and token.kind == "name"
        nothing, own = token.role(NOTHING), token.role(role_of(name, kind))
        return (
            (strange and token.role("room") < max(0.0, nothing))
            or (live and nothing > UNLIKELY and own < -UNLIKELY)
            or (kind == "person" and name not in APART and self._owns_tracks(token))
            or (kind in ROOM_KINDS and token.role("person") > token.role("room") + SURELY_VALUE)
            or (strange and kind in EGRESS_KINDS and not cue and not self._placed(at))
            or (not cue and self._unlikely(token, name))
        )

    def _owns_tracks(self, token: Token) -> bool:
        """Whether somebody is rather whose tracks are received than who receives them."""
        publisher = token.role("publisher") > token.role("person") + SURELY_VALUE
        return "publisher" in self.fields and publisher

    def _unlikely(self, token: Token, name: str) -> bool:
        """Whether somebody is rather spoken of than meant, where nobody must be: "the half of the village can see our donkey"."""
        kind, role = self.fields[name]["kind"], token.role(role_of(name, self.fields[name]["kind"]))
        nothing = token.role(NOTHING)
        if name in APART:
            return role < max(-UNLIKELY, nothing)
        free = not self.fields[name]["required"]
        return kind == "person" and free and role < nothing + UNLIKELY

    def _solid(self, at: int) -> bool:
        """Whether it looks like an identifier, or is one that exists."""
        token = self.tokens[at]
        return token.kind != "name" or not token.text.isalpha()

    def _placed(self, at: int) -> bool:
        """Whether "of", "in" or the like stands before a name, or a thing beside it: "the depot rec"."""
        before = next((word for word in self.said[max(0, at - 2) : at][::-1] if word != "the"), "")
        beside = (before, *self.said[at + 1 : at + 2])
        return before in BEFORE_PLACES or any(word in self.lexicon["objects"] for word in beside)

    def _in_the_act(self, at: int) -> bool:
        """Whether a word that does something or is something stands in the same piece of the sentence, or a colon before."""
        if not at or self.tokens[at - 1].text == ":":
            return True
        first = at
        while first and self.tokens[first - 1].kind not in {"comma", "stop"}:
            first -= 1
        last = at
        while last + 1 < len(self.tokens) and self.tokens[last + 1].kind not in {"comma", "stop"}:
            last += 1
        piece = self.said[first : last + 1]
        return len(piece) == 1 or any(
            word in self.lexicon["actions"] or word in self.lexicon["objects"] for word in piece
        )

    def _other_cue(self, at: int, name: str) -> bool:
        """Whether a strong word of another field stands before this name."""
        return any(
            other != name and self._cue(at, other) >= STRONG
            for other in self.names
            if self.fields[other]["kind"] != self.fields[name]["kind"]
        )

    def _stands_free(self, at: int) -> bool:
        """Whether a name may be taken without a word that announces it: not behind "with", "by", "about"."""
        before = self.said[at - 1] if at else ""
        return not (
            self.tokens[at].kind == "name"
            and before in self.lexicon["prepositions"]
            and before not in {"on", "at"}
        )

    def _cue(self, at: int, name: str) -> float:
        """Points for the field's words right before, less with articles between."""
        cues = self.filler.cues(name)
        if not cues:
            return 0.0
        back = 0
        start = at
        best = 0.0
        while True:
            for cue in cues:
                if cue.end == start:
                    best = max(best, cue.strength - 0.5 * back)
            start -= 1
            if start < 0 or back >= 4 or not self._is_skipped(start):
                return best
            back += 1

    def _is_skipped(self, at: int) -> bool:
        token = self.tokens[at]
        return (
            token.kind == "flag"
            or (token.kind == "comma" and token.text == ":")
            or token.value in self.lexicon["modals"]
            or token.value in SKIPPED
        )

    def _names_next(self, at: int) -> bool:
        """Whether "room" announces what follows, rather than says what stands before: "token for auditor.x room vault"."""
        after = self.tokens[at + 1] if at + 1 < len(self.tokens) else None
        if after is None or after.kind in {"comma", "stop"}:
            return False
        plain = after.value in self.lexicon["stop_set"] or after.value in self.lexicon["concepts"]
        return after.kind in {"name", "room"} or (after.is_word and not plain)

    def _cue_after(self, at: int, kind: str) -> float:
        """Points for what follows: "standup room", "bob needs", "ana's token", "olga: …"."""
        token = self.tokens[at]
        after = self.tokens[at + 1] if at + 1 < len(self.tokens) else None
        if after is None:
            return 0.0
        objects = self.lexicon["objects"].get(after.value, ()) if after.is_word else ()
        if kind in ROOM_KINDS:
            return 3.0 if "room" in objects and not self._names_next(at + 1) else 0.0
        before = self.said[at - 1] if at else ""
        if before in self.lexicon["modals"] or (before in self.lexicon["asking_set"]):
            return 1.5
        owns = token.text.endswith(("'s", "’s")) and bool(objects)
        return 3.0 if after.value in self.lexicon["modals"] or owns else 0.0
