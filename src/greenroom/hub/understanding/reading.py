"""Reads words: which steps they are, and which capability each calls for, if one clearly does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from greenroom.domain.planning import Names, Refuse
from greenroom.hub.understanding.fields import as_names
from greenroom.hub.understanding.live import find_live
from greenroom.hub.understanding.manner import changes, forbidden, foreign, idle, only_says, states
from greenroom.hub.understanding.mend import mend
from greenroom.hub.understanding.mentions import Token, scan
from greenroom.hub.understanding.score import concepts, features, score
from greenroom.hub.understanding.steps import cuts, sentences, split

SURE = {"read": 0.40, "write": 0.50, "destroy": 0.55}
"""Least probability to act, by effect."""
CERTAIN = 0.85
"""From here on live names are not asked about a capability that needs none."""
SHAPES = ("m:jwt", "m:plan")
"""Features that say by themselves what a step is about."""
WORDS = (
    "negations", "denials", "past", "conditions", "ellipsis",
    "pronouns_person", "everything", "ordinals", "yes",
)  # fmt: skip
"""Lists of the lexicon whose words are never names."""


@dataclass(slots=True)
class Read:
    """A step as it was understood."""

    tokens: list[Token]
    capability: str
    probability: float
    runner_up: str
    margin: float


class Reader:
    """Words in, steps out: deterministic, from the compiled catalogue only."""

    def __init__(self, catalogue: Mapping[str, Any]) -> None:
        self.capabilities: Mapping[str, Any] = catalogue["capabilities"]
        self.model: Mapping[str, Any] = catalogue["planner"]
        self.lexicon: Mapping[str, Any] = self.model["lexicon"]
        self.meanings: set[str] = set()
        self.cues: set[str] = set()
        self.known = {*self.model["vocabulary"], *self.lexicon["numbers"], *self.lexicon["units"]}
        for about in self.capabilities.values():
            for field in about["fields"].values():
                meanings = [phrase for _, said in field["means"] for phrase in said]
                phrases = [*field["words"], *meanings]
                whole = [*meanings, *(phrase for phrase in field["words"] if " " in phrase)]
                self.meanings.update(" ".join(phrase.split()[:2]) for phrase in whole)
                self.cues.update(word for phrase in phrases for word in phrase.split())
        self.known.update(self.cues)
        self.known.update(self.lexicon["foreign"], self.lexicon["common"])
        for table in WORDS:
            self.known.update(self.lexicon[table])

    def tokens(self, text: str) -> list[Token]:
        """Words and mentions, unknown words as names, slips mended."""
        tokens = as_names(scan(text, self.lexicon), self.known, self.lexicon)
        return mend(tokens, self.lexicon, self.cues)

    async def read(self, tokens: Sequence[Token], names: Names) -> tuple[list[Read], Refuse | None]:
        """Steps, each with its capability; what is only said around them is passed over."""
        read: list[Read] = []
        for part in sentences(tokens):
            heard = foreign(part, self.lexicon)
            if heard is not None:
                msg = f"“{heard[0]}” is about something that I cannot do: {heard[1]}. Nothing was done."
                return [], Refuse(code="out-of-scope", message=msg, hint=self.nearest([]))
            found = [step for step in await self._steps(part, names) if step is not None]
            steps = [
                step
                for step in found
                if not only_says(step.tokens, self.capabilities[step.capability], self.lexicon)
            ]
            for step in steps:
                about = self.capabilities[step.capability]
                refused = forbidden(step.tokens, about, self.lexicon)
                if refused is not None:
                    return [], refused
            if not found and self._commands(part):
                return [], self.not_understood(
                    " ".join(token.text for token in part if token.kind != "jwt")
                )
            read += steps
        if any(changes(self.capabilities[step.capability]) for step in read):
            read = [
                step
                for step in read
                if changes(self.capabilities[step.capability])
                or not states(step.tokens, self.lexicon)
            ]
        return read, None

    async def _steps(self, part: Sequence[Token], names: Names) -> list[Read | None]:
        """One part of the request as one or several steps: it is cut only where every piece makes sense."""
        places = cuts(part, self.lexicon, self.meanings)
        while places:
            said = split(part, places)
            pieces = [await self._understand(piece, names) for piece in said]
            good = [
                self._opens(piece) if index else piece is not None or idle(said[0], self.lexicon)
                for index, piece in enumerate(pieces)
            ]
            if all(good):
                return list(pieces)
            bad = good.index(False)
            places.pop(min(bad, len(places) - 1))
        return [await self._understand(part, names)]

    def _opens(self, read: Read | None) -> bool:
        """Whether a later step begins with a word that its capability is known by."""
        if read is None:
            return False
        found = [c for t in read.tokens if t.is_word for c in concepts(t.value, self.lexicon)]
        return any(self._known_by(read.capability, concept) for concept in found[:2])

    def _known_by(self, capability: str, concept: str) -> bool:
        """Whether few capabilities use this concept more."""
        weights = self.model["weights"].get(concept, {})
        return capability in weights and weights[capability] > max(weights.values()) - 1.5

    async def _understand(self, piece: Sequence[Token], names: Names) -> Read | None:
        """The capability that this step calls for, if one clearly does. Live names weigh in where they matter."""
        found = features(piece, self.lexicon)
        ranked = score(found, self.model)
        if not ranked:
            return None
        kinds = [
            {
                field["kind"]
                for field in self.capabilities[identifier]["fields"].values()
                if field["required"]
            }
            for _, identifier in ranked[:2]
        ]
        named = "m:name" in found
        of_existing = "room" in kinds[0]
        doubtful = ranked[0][0] < CERTAIN and any("room" in kind for kind in kinds)
        who_or_where = (
            named and kinds[0] >= {"room-to-be", "person-to-be"} and "o:room" not in found
        )
        if of_existing or doubtful or who_or_where:
            piece = await find_live(piece, names, people="person" in kinds[0])
            found = features(piece, self.lexicon)
            ranked = score(found, self.model)
        probability, best = ranked[0]
        second, runner_up = ranked[1] if len(ranked) > 1 else (0.0, "")
        about = self.capabilities[best]
        if probability < SURE[about["effect"]] or not self._evidence(piece, best, found):
            return None
        if about["effect"] == "destroy" and self._other_things(piece, best):
            return None
        return Read(list(piece), best, probability, runner_up, probability - second)

    def _evidence(self, piece: Sequence[Token], best: str, found: Sequence[str]) -> bool:
        """Something in the step belongs to this capability's own words, and not too much belongs to nobody's."""
        weights = self.model["weights"]
        heads = [f for f in found if f[:2] in {"a:", "o:"} and best in weights.get(f, {})]
        about = self.capabilities[best]
        named = any(
            token.kind in {"quoted", "email", "room", "person", "name", "jwt", "plan"}
            for token in piece
        )
        needs_name = any(field["required"] for field in about["fields"].values())
        words = [
            token for token in piece if token.is_word and token.value not in self.lexicon["stop"]
        ]
        own = [
            t.text
            for t in words
            if best in weights.get(f"w:{t.value}", {})
            or any(best in weights.get(c, {}) for c in concepts(t.value, self.lexicon))
        ]
        if any(shape in found and best in weights[shape] for shape in SHAPES if shape in weights):
            return True
        if about["effect"] == "read":
            if len(own) == len(words) and all(token.kind != "name" for token in piece):
                own += [f for f in found if f.startswith("2:") and best in weights.get(f, {})]
            return bool(own) or (named and needs_name and bool(heads))
        strong = any(
            f"a:{self.lexicon['actions'].get(t.value)}" in heads
            and t.value not in self.lexicon["weak"]
            for t in words
        )
        of_things = any(f.startswith("o:") for f in heads)
        return strong or (of_things and named) or (of_things and len(heads) > 1)

    def _other_things(self, piece: Sequence[Token], best: str) -> bool:
        """Whether the action is done to something else than this capability knows: "remove the limit from lobby"."""
        weights = self.model["weights"]
        fields = self.capabilities[best]["fields"].values()
        own = {word for field in fields for phrase in field["words"] for word in phrase.split()}
        things = (self.cues | self.lexicon["objects"].keys()) - own - {*self.lexicon["stop"]}
        begun = named = False
        for token in piece:
            word = token.value if token.is_word else ""
            begun = begun or word in self.lexicon["actions"]
            if named and word not in things:
                return False
            named = begun and not token.is_word
            known = [f"w:{word}", *concepts(word, self.lexicon)]
            if begun and word in things and not any(best in weights.get(f, {}) for f in known):
                return True
        return False

    def _commands(self, part: Sequence[Token]) -> bool:
        """Whether a part that was not understood asks for something, so that passing it over would be wrong."""
        for token in part:
            if token.is_word and token.value in self.lexicon["polite"]:
                continue
            return token.is_word and token.value in self.lexicon["actions"]
        return False

    def not_understood(self, text: str) -> Refuse:
        """Nothing fits: with the nearest things that can be done."""
        tokens = self.tokens(text)
        ranked = [
            identifier for _, identifier in score(features(tokens, self.lexicon), self.model)[:3]
        ]
        return Refuse(
            code="not-understood",
            message="I do not understand that well enough to act on it. Nothing was done.",
            hint=self.nearest(ranked),
        )

    def nearest(self, ranked: Sequence[str]) -> str:
        """The nearest things that can be done, as sentences to try."""
        ids = list(ranked) or ["coordinator.capabilities"]
        examples = [self.capabilities[i]["examples"][0][0] for i in ids if i in self.capabilities]
        tries = "; ".join(f"“{example}”" for example in examples if "eyJ" not in example)
        return f"I can do things like: {tries}." if tries else "Ask “what can you do?”"
