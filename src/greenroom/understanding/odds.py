"""How likely each capability is wanted by a request as a whole."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from greenroom.understanding import weights as w
from greenroom.understanding.learned import NOTHING


@dataclass(frozen=True, slots=True)
class Odds:
    """Log odds by capability, and under ``NOTHING`` that nothing may be done. A capability that nothing was learned of has 0."""

    values: Mapping[str, float]

    def of(self, identifier: str) -> float:
        """Log odds that a capability is wanted."""
        return self.values.get(identifier, 0.0)

    def above(self, least: float, among: Iterable[str]) -> list[str]:
        """Those of some capabilities whose log odds are at least this, in their order."""
        known = self.values.get
        return [name for name in among if known(name, 0.0) >= least]

    @property
    def nothing(self) -> float:
        """Log odds that nothing may be done."""
        return self.values[NOTHING]

    def likeliest(self, among: Collection[str]) -> str:
        """The capability that is wanted most likely."""
        known = self.values.__getitem__
        best = max(self.values, key=known)
        return best if best in among else max((n for n in self.values if n in among), key=known)

    def margin(self, identifier: str) -> float:
        """How much likelier a capability is wanted than nothing, as log odds."""
        if identifier not in self.values:
            return 0.0
        own = self.values[identifier]
        return min(own - self.nothing, own + w.ALONE)

    def lead(self, identifier: str, beside: Collection[str] = ()) -> float:
        """By how much its log odds are above those of anything else, or of nothing; ``beside``: what is done as well, and no rival."""
        done = {identifier, *beside}
        return self.of(identifier) - max(o for name, o in self.values.items() if name not in done)

    def sure(self, identifier: str) -> bool:
        """Whether it is wanted so surely that a question or a statement is a wish."""
        return min(self.of(identifier), -self.nothing) > w.SURELY_WANTED

    def within(self, before: str) -> Odds:
        """The same in a conversation whose last call was of a capability: what follows is short, seldom nothing, and often that again."""
        if not before:
            return self
        again = max(self.of(before), w.AGAIN)
        nothing = min(self.nothing, w.NOTHING_FOLLOWS)
        return Odds({**self.values, NOTHING: nothing, before: again})
