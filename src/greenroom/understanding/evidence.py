"""What the clauses of one request say for and against each capability."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from greenroom.understanding import weights as w
from greenroom.understanding.clauses import Clause, sentence_of
from greenroom.understanding.fields import NAME_KINDS, ROOMS_THAT_EXIST, Filled
from greenroom.understanding.learned import NOTHING, likely
from greenroom.understanding.manner import (
    Manner,
    clause_manner,
    orders,
    verbs_ordered,
    words_of,
)
from greenroom.understanding.mentions import SHAPED, Token
from greenroom.understanding.naming import NAMED
from greenroom.understanding.odds import Odds
from greenroom.understanding.score import Ranking, concepts, features, merged
from greenroom.understanding.stretch import POINTERS

if TYPE_CHECKING:
    from greenroom.understanding.search import Search

TAKEN_FROM = {"from", "off", "outta"}
DEPENDS = {"if", "whether"}
OWNERS = {"her", "his", "their", "its", "my", "our", "your", "that", "this", "those", "these"}
MEASURED = {"number", "duration", "time"}
TYPED = SHAPED | {"time", "json", "quoted", "email"}
FAINT = {"o:that", "o:details", "o:people", "o:done", "a:stay", "a:new", "a:join"}
"""Concepts that often stand beside a step and seldom make one."""


class Evidence:
    """Looks at each clause once, and keeps what it found."""

    def __init__(
        self, search: Search, tokens: Sequence[Token], cut: Sequence[Clause], odds: Odds
    ) -> None:
        self.capabilities, self.lexicon, self.scorer = (
            search.capabilities,
            search.lexicon,
            search.scorer,
        )
        self.search, self.tokens, self.cut, self.odds = search, tokens, cut, odds
        pieces = [self.piece(range(at, at + 1)) for at in range(len(cut))]
        self.clause_features = [features(piece, self.lexicon) for piece in pieces]
        self.marks = search.marks(tokens, lambda identifier: odds.of(identifier) > w.HOPELESS)
        self.rivals = tuple(odds.above(w.HOPELESS, self.capabilities))
        """Capabilities that the request as a whole may want."""
        self._rankings: dict[tuple[str, ...] | None, Ranking] = {}
        self._ranked: dict[tuple[int, int, tuple[str, ...] | None], list[tuple[float, str]]] = {}
        self._shares: dict[tuple[int, tuple[str, ...]], tuple[dict[str, float], float]] = {}
        self.ordering = [verbs_ordered(piece, self.lexicon) for piece in pieces]
        self.orders = [orders(piece, self.lexicon) for piece in pieces]
        self._says = [
            ordered or any(not t.is_word and t.kind not in {"comma", "stop"} for t in piece)
            for piece, ordered in zip(pieces, self.orders, strict=True)
        ]
        """Of each clause, whether it orders or mentions something: then it has a part in a step of any capability."""
        self._manners: dict[tuple[int, str], Manner] = {}
        self._anchors: dict[tuple[int, str], float] = {}
        self._bears: dict[tuple[int, str], bool] = {}
        self._acts: dict[tuple[str, str], bool] = {}
        self._things: dict[tuple[str, str], bool] = {}
        self._asked: dict[int, bool] = {}
        self._telling = [self._told_by(found) for found in self.clause_features]

    def piece(self, span: range) -> list[Token]:
        """Tokens of these clauses."""
        return list(self.tokens[self.cut[span.start].start : self.cut[span.stop - 1].end])

    def clause(self, at: int) -> list[Token]:
        """Tokens of one clause; a question mark right behind is one of them."""
        head = self.cut[at]
        after = self.tokens[head.end : head.end + 1]
        marked = [t for t in after if t.kind == "stop" and t.text[:1] == "?"]
        return [*self.tokens[head.start : head.end], *marked]

    def sentence(self, at: int) -> list[Token]:
        """Tokens of the whole sentence that a clause stands in."""
        head = range(self.cut[at].start, self.cut[at].end)
        return [self.tokens[place] for place in sentence_of(self.tokens, head)]

    def main_and_clause(self, at: int) -> list[Token]:
        """The same with what it depends on: in "would ivo lose audio if dana were removed" the action alone says too little."""
        depends = at and self.cut[at].opener in DEPENDS and not self.cut[at].hard
        before = self.tokens[self.cut[at - 1].start : self.cut[at].start] if depends else ()
        return [*before, *self.clause(at)]

    def orders_it(self, at: int, identifier: str) -> bool:
        """Whether a clause begins with an action of this capability."""
        return any(self.acts(word, identifier) for word in self.ordering[at])

    def other_verb(self, at: int) -> bool:
        """Whether a clause orders with a verb that no capability means."""
        return any(word in self.lexicon["other_verbs_set"] for word in self.ordering[at])

    def other_orders(self, span: range, head: int, identifier: str, used: Collection[int]) -> float:
        """What it costs that another clause of the span orders what another capability does better, and tells nothing of this one."""
        cost = 0.0
        for at in span:
            told = self._tells(at, identifier, used)
            if at == head or told or not self.orders[at]:
                continue
            if self.other_verb(at) or any(
                verb in self.lexicon["foreign"] for verb in self.ordering[at]
            ):
                cost += w.ORDER_UNUSED
                continue
            ranked = self.ranked(range(at, at + 1))
            mine = next((score for score, name in ranked if name == identifier), 0.0)
            if ranked and ranked[0][1] != identifier and ranked[0][0] - mine > w.BETTER:
                cost += w.ORDER_UNUSED
        return cost

    def _tells(self, at: int, identifier: str, used: Collection[int]) -> bool:
        """Whether a clause tells a measure or a right of this capability; a name alone may be another's."""
        inside = range(self.cut[at].start, self.cut[at].end)
        measures = any(p in inside and self.tokens[p].kind in MEASURED for p in used)
        return measures or any(m.means and m.start in inside for m in self.marks.of(identifier))

    def ranked(self, span: range, among: tuple[str, ...] | None = None) -> list[tuple[float, str]]:
        """Capabilities, all or some, for what these clauses say together; best first."""
        key = (span.start, span.stop, among)
        if key not in self._ranked:
            found = merged(self.clause_features[span.start : span.stop])
            if among not in self._rankings:
                names = self.scorer.capabilities if among is None else among
                self._rankings[among] = Ranking(self.scorer, names)
            self._ranked[key] = self._rankings[among].of(found)
        return self._ranked[key]

    def probability(self, at: int, identifier: str) -> float:
        """A capability's share among those that the request may want, by the words of one clause."""
        rivals = self.rivals
        if identifier not in rivals:
            rivals = tuple(sorted({*rivals, identifier}))
        if (at, rivals) not in self._shares:
            ranked = self.ranked(range(at, at + 1), rivals)
            shares = {name: math.exp(score) for score, name in ranked}
            self._shares[at, rivals] = shares, sum(shares.values())
        shares, total = self._shares[at, rivals]
        return shares[identifier] / total if shares else 0.0

    def asked_for(self, at: int, identifier: str) -> bool:
        """Whether a clause asks for this read, by a question or an order, or only names it; a statement does not."""
        if self.clause_asks(at) or self.orders_it(at, identifier):
            return True
        words = words_of(self.clause(at))
        wished = any(
            w in self.lexicon["modals"] or w in self.lexicon["weak_set"] or w.endswith("'d")
            for w in words
        )
        if wished and any(self.acts(word, identifier) for word in words):
            return True
        if any(word in self.lexicon["states_set"] for word in words):
            return False
        return self.anchor(at, identifier) >= w.PLAIN

    def clause_asks(self, at: int) -> bool:
        """Whether one of the clauses asks for something."""
        known = self._asked.get(at)
        if known is None:
            known = self._asked[at] = self.asked(self.clause(at))
        return known

    def asked(self, clause: Sequence[Token]) -> bool:
        """Whether a clause asks for something: by its mark, a question word or the verb it begins with."""
        words = words_of(clause)
        return (
            any(token.text[:1] == "?" for token in clause)
            or any(word in self.lexicon["questions_set"] for word in words)
            or (bool(words[:1]) and words[0] in self.lexicon["asking_set"])
        )

    def takes(self, kinds: Collection[str], identifier: str) -> bool:
        """Whether a mention is among these that only this capability takes: a pasted token."""
        return "jwt" in kinds and "jwt" in self.search.kinds[identifier]

    def acts(self, word: str, identifier: str) -> bool:
        """Whether a word is an action of this capability."""
        known = self._acts.get((word, identifier))
        if known is None:
            known = self._acts[word, identifier] = self.search.acts(word, identifier)
        return known

    def says_so(self, clause: Sequence[Token], identifier: str) -> bool:
        """Whether a clause has a word for what destroys."""
        return any(t.is_word and self.search.says_so(t.value, identifier) for t in clause)

    def manner(self, at: int, identifier: str) -> Manner:
        """How a clause says this capability's action."""
        known = self._manners.get((at, identifier))
        if known is None:
            destroys = self.capabilities[identifier]["effect"] == "destroy"
            known = self._manners[at, identifier] = clause_manner(
                self.main_and_clause(at),
                lambda word: self.acts(word, identifier),
                destroys=destroys,
                lexicon=self.lexicon,
            )
        return known

    def something_else(
        self, clause: Sequence[Token], identifier: str, used: Collection[int]
    ) -> float:
        """What it costs that a verb's object is no thing of this capability. ``used``: ids of tokens that fields were read from."""
        weak = self.lexicon["weak_set"]
        acting = [
            at
            for at, token in enumerate(clause)
            if token.is_word and (token.value in weak or self.acts(token.value, identifier))
        ]
        strong = [at for at in acting if clause[at].value not in weak]
        is_object = self.search.is_object  # "the stream should end": what is a thing is no verb
        strong = [at for at in strong if not is_object(clause[at].value, identifier)] or strong
        for at in strong or acting[:1]:
            passive = clause[at].value in self.lexicon["told_set"] - self.lexicon["bases_set"]
            near = clause[:at][::-1] if passive else clause[at + 1 :]
            if self.strange(near, identifier, used):
                return w.STRANGE_OBJECT
        return 0.0

    def strange(self, following: Sequence[Token], identifier: str, used: Collection[int]) -> bool:
        """Whether a verb's object holds ordinary words only, and none of them is a thing of this capability."""
        content = 0
        for token, after in zip(following, [*following[1:], None], strict=False):
            word = token.value if token.is_word else ""
            if self.owns(token, after, identifier):
                continue
            if (
                word in POINTERS
                or id(token) in used
                or token.kind in NAMED | {"jwt", "plan", "described"}
            ):
                return False
            if token.kind in {"comma", "stop"} or (
                content and word in self.lexicon["ends_object_set"]
            ):
                break
            if not word or word in self.lexicon["stop_set"]:
                continue
            if self.thing(word, identifier):
                return False
            content += 1
        return bool(content)

    def owns(self, token: Token, after: Token | None, identifier: str) -> bool:
        """Whether what is acted on is something of somebody's, and no thing of this capability: "her gain", "dana's mic"."""
        owner = (token.is_word and token.value in OWNERS) or token.text.endswith(("'s", "’s"))
        return (
            owner
            and after is not None
            and after.is_word
            and after.value not in self.lexicon["stop_set"]
            and not self.thing(after.value, identifier)
        )

    def elsewhere(self, clause: Sequence[Token], used: Collection[int], identifier: str) -> float:
        """What it costs that somebody is taken from something that is no room: "from the list"."""
        small = self.lexicon["determiners_set"] | {"of", "out"}
        for at, token in enumerate(clause[:-1]):
            if not token.is_word or token.value not in TAKEN_FROM:
                continue
            places = range(at + 1, len(clause))
            place = next(
                (p for p in places if not (clause[p].is_word and clause[p].value in small)), at
            )
            noun = clause[place]
            if place == at or not noun.is_word or id(noun) in used:
                continue
            told = clause[place - 1].value in self.lexicon["determiners_set"]
            busy = noun.value in self.lexicon["actions"] or noun.value in self.lexicon["later_set"]
            if (told or not busy) and not self.thing(noun.value, identifier):
                return w.THING_OF
        return 0.0

    def thing(self, word: str, identifier: str) -> bool:
        """Whether a word is a thing of this capability: by its meaning, or because its phrases have it."""
        known = self._things.get((word, identifier))
        if known is None:
            known = self._things[word, identifier] = self.search.thing(word, identifier)
        return known

    def thing_of(self, span: Sequence[Token], used: Collection[int], identifier: str) -> float:
        """What it costs that a name is only what something else is about: "the questionnaire about stage"."""
        determiners = self.lexicon["determiners_set"]
        for at in range(2, len(span)):
            if at not in used or span[at].kind not in {"room", "name", "quoted"}:
                continue
            place = at - 1
            while place > 1 and span[place].value in determiners:
                place -= 1
            noun = span[place - 1]
            if span[place].value not in self.lexicon["of_set"] or not noun.is_word:
                continue
            ordinary = noun.value not in self.lexicon["stop_set"] and not concepts(
                noun.value, self.lexicon
            )
            before = {t.value for t in span[max(0, place - 4) : place - 1]}
            if ordinary and before & determiners and not self.thing(noun.value, identifier):
                return w.THING_OF
        return 0.0

    def anchor(self, at: int, identifier: str) -> float:
        """How surely something in a clause speaks of this capability: its best concept, pair or shape."""
        known = self._anchors.get((at, identifier))
        if known is not None:
            return known
        place = self.scorer.place[identifier]
        best = max((row[place] * share for row, share in self._telling[at]), default=0.0)
        best = max(0.0, best)
        self._anchors[at, identifier] = best
        return best

    def _told_by(self, found: Sequence[str]) -> list[tuple[Sequence[float], float]]:
        """What in a clause may speak of a capability: by capability how surely, and how much of that counts."""
        telling: list[tuple[Sequence[float], float]] = []
        for feature in found:
            share = 0.0
            if feature[0] in "aopm2" and feature not in {"m:name", "m:number", "m:duration"}:
                share = 0.4 if feature in FAINT else 0.2 if "a:want" in feature else 1.0
            elif feature[0] == "w" and feature[2:] not in self.lexicon["stop_set"]:
                share = 0.8
            row = self.scorer.row(feature) if share else ()
            if row:
                telling.append((row, share))
        return telling

    def bears(self, at: int, identifier: str) -> bool:
        """Whether a clause has any part in a step of this capability: else the step need not begin or end with it."""
        known = self._bears.get((at, identifier))
        if known is None:
            first, last = self.cut[at].start, self.cut[at].end
            known = self._bears[at, identifier] = (
                self._says[at]
                or self.anchor(at, identifier) > 0
                or any(first <= m.start < last for m in self.marks.of(identifier))
            )
        return known

    def made_again(self, filled: Filled, about: Mapping[str, Any], span: Sequence[Token]) -> bool:
        """Whether it would make a room that exists, or let in who is inside."""
        for name in about["positional"][:1]:
            kind, _, to_be = about["fields"][name]["kind"].partition("-")
            named = filled.values.get(name)
            values = named if isinstance(named, list) else [named]
            if to_be and any(t.kind == kind and t.value in values for t in span):
                return True
        return False

    def takes_rooms(self, identifier: str) -> bool:
        """Whether a capability is about a room that exists."""
        return not self.search.kinds[identifier].isdisjoint(ROOMS_THAT_EXIST)

    def named(self, identifier: str) -> bool:
        """Whether a capability takes names at all."""
        return not NAME_KINDS.isdisjoint(self.search.kinds[identifier])

    def unexplained(self, token: Token, identifier: str) -> float:
        """What it costs that this token has no part in the step."""
        if token.is_word:
            return self._word(token.value, identifier)
        cost = self._mention(token, identifier) * likely(-token.role(NOTHING))
        return cost + w.VALUE_UNUSED * token.is_value

    def _mention(self, token: Token, identifier: str) -> float:
        """The same for a name, a number or another mention."""
        effect = self.capabilities[identifier]["effect"]
        if token.value == identifier:
            return 0.0
        if token.kind == "described":
            return 0.0 if self.takes_rooms(identifier) else w.LIVE_UNUSED
        if token.kind in MEASURED:
            return w.MEASURE_UNUSED * (2 if effect == "destroy" else 1)
        if token.kind in TYPED:
            return w.TYPED_UNUSED
        if effect == "read" and (token.kind == "person" or not self.named(identifier)):
            return w.SPOKEN_OF
        return w.LIVE_UNUSED if token.kind != "name" else w.NAME_UNUSED

    def _word(self, word: str, identifier: str) -> float:
        """The same for an ordinary word."""
        if word in self.lexicon["foreign"]:
            return w.FOREIGN
        known = concepts(word, self.lexicon)
        weights = [self.scorer.weight(concept, identifier) for concept in known]
        own = self.scorer.weight(f"w:{word}", identifier) > 0
        if own or word in self.lexicon["stop_set"] or max(weights, default=-1.0) > -0.3:
            return 0.0
        if not known:
            return w.WORD_UNUSED
        strong = any(c[0] == "a" for c in known) and word not in self.lexicon["weak_set"]
        counts = strong and word not in self.lexicon["third_set"]
        return w.ACTION_UNUSED if counts else w.CONCEPT_UNUSED
