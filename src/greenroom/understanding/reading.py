"""A request as it is understood: steps, and talk around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from greenroom.understanding.fields import Filled
from greenroom.understanding.manner import Manner
from greenroom.understanding.mentions import Token


@dataclass(slots=True)
class Read:
    """A step as it was understood."""

    span: range
    """The clauses that it is made of."""
    start: int
    tokens: list[Token]
    head: range
    """Places of the clause, within the request, that says what is to be done."""
    capability: str
    filled: Filled
    value: float
    """Gain for the reading, what a step costs included."""
    sure: float
    """How well it stands for itself."""
    probability: float
    margin: float = 0.0
    """How much likelier its capability is wanted than nothing, as log odds learned from many requests."""
    odds: float = 0.0
    """The log odds themselves."""
    lead: float = 0.0
    """How much likelier its capability is wanted than all others that are not done beside it, and than nothing."""
    manner: Manner = Manner.ORDER
    inherited: bool = False
    ordered: bool = False
    """Whether its clause begins with its action."""
    asked: bool = False
    """Whether it is asked as a question."""
    forbidden: bool = False
    """Whether another clause of the request forbids the same, and names nobody else."""
    taken_back: bool = False
    """Whether a later clause says nothing but no."""
    rivals: tuple[tuple[str, float], ...] = ()
    """Capabilities that were tried for these clauses, and how sure each would be, best first."""
    unexplained: list[Token] = field(default_factory=list)

    @property
    def at(self) -> int:
        """The first of its clauses."""
        return self.span.start

    @property
    def places(self) -> range:
        """All its places within the request."""
        return range(self.start, self.start + len(self.tokens))

    @property
    def used(self) -> set[int]:
        """Places, within the request, that values were read from."""
        return {self.start + at for at in self.filled.used}


@dataclass(slots=True)
class Talk:
    """A clause that no step needs."""

    at: int
    """Which of the clauses."""
    tokens: list[Token]
    command: bool
    """Whether they seem to order something all the same."""
    goes_on: bool = False
    """Whether they go on with a sentence, and give no reason."""


@dataclass(slots=True)
class Reading:
    """The whole request as it was understood."""

    value: float = 0.0
    parts: tuple[Read | Talk, ...] = ()
    tokens: Sequence[Token] = ()
    """All of the request, each mention with its roles."""
    wanted: Mapping[str, float] = field(default_factory=dict)
    """Log odds by capability that the request wants it."""
    given: frozenset[str] = frozenset()
    """Capabilities of which another step says all that they would say."""

    @property
    def steps(self) -> list[Read]:
        """Only what is to be done."""
        return [part for part in self.parts if isinstance(part, Read)]
