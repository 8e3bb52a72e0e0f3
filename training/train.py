"""Learns what requests want and which of their words are values: ``make train`` writes what the planner reads."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer

from greenroom.hub.compiled import load_catalogue
from greenroom.understanding.knowledge import lexicon_of
from greenroom.understanding.lanes import SCALE
from greenroom.understanding.learned import (
    NAMES,
    NOTHING,
    ONE_WORD,
    ROLES,
    WANTS,
    may_be_value,
)
from greenroom.understanding.marks import FieldWords, stems_of
from greenroom.understanding.meanings import MEANS, Views
from greenroom.understanding.network import FINE, MIDDLE, STRONG, packed
from greenroom.understanding.signs import signs
from greenroom.understanding.surroundings import Surroundings
from training.examples import Example, examples
from training.fit import Fit, How

FOLDER = Path(__file__).parent.parent / "src" / "greenroom" / "understanding"
HOW = {
    WANTS: How(units=96, passes=10, batch=64, left_out=0.5, seldom=8),
    MEANS: How(units=64, passes=6, batch=128, left_out=0.2, seldom=6),
    ROLES: How(units=40, passes=5, batch=128, left_out=0.3, seldom=10),
}
LEAST_ROLE = 15
"""Examples below which a role is not learned."""
LEAST_MEANING = 8
"""Words below which a value that words mean is not learned."""
EVERY = 4
"""Of ordinary words in the corpus, which are hardly ever values, one in so many is learned from."""


def main() -> None:
    """Train the models and write them beside the planner."""
    catalogue = load_catalogue()
    lexicon = lexicon_of(catalogue)
    known = list(examples(catalogue))
    found = [sorted(signs(each.tokens, lexicon, each.before)) for each in known]
    names = [*sorted({want for example in known for want in example.wants}), NOTHING]
    labels = [[*example.wants] or [NOTHING] for example in known]
    learn(WANTS, names, found, labels, [each.weight for each in known])
    around, tags, weights = meanings(known, catalogue)
    counted = Counter(tag for here in tags for tag in here)
    said = sorted(tag for tag, count in counted.items() if count >= LEAST_MEANING)
    learn(MEANS, said, around, tags, weights)
    around, roles, weights = mentions(known, lexicon)
    counted = Counter(roles)
    frequent = sorted(role for role, count in counted.items() if count >= LEAST_ROLE)
    kept = [at for at, role in enumerate(roles) if role in frequent]
    learn(
        ROLES,
        frequent,
        [around[at] for at in kept],
        [[roles[at]] for at in kept],
        [weights[at] for at in kept],
    )


def meanings(
    known: Iterable[Example], catalogue: Any
) -> tuple[list[list[str]], list[Sequence[str]], list[float]]:
    """Signs of words of requests in which words may mean a value, the values that each means, and its weight.

    Most words mean none: of those that no field lists and that stand far from all that do, one in so many stands for the rest.
    """
    meaning = {
        identifier
        for identifier, about in catalogue["capabilities"].items()
        if any(field["means"] for field in about["fields"].values())
    }
    lexicon = lexicon_of(catalogue)
    words = FieldWords(catalogue["capabilities"], lexicon)
    around: list[list[str]] = []
    tags: list[Sequence[str]] = []
    weights: list[float] = []
    for example in known:
        if example.source == "phrases" or not {*example.wants} & meaning:
            continue
        views = Views(example.tokens, lexicon, words.tags(stems_of(example.tokens)))
        for at, means in enumerate(example.means):
            near = any(example.means[max(0, at - 2) : at + 3]) or at in views.listed
            if not near and not is_drawn(example, at):
                continue
            around.append(views.signs(at))
            tags.append(means)
            weights.append(1.0 if near else float(EVERY))
    return around, tags, weights


def is_drawn(example: Example, at: int) -> bool:
    """Whether this word of an example is one of the few that stand for many."""
    token = example.tokens[at]
    return zlib.crc32(f"{len(example.tokens)} {at} {token.text}".encode()) % EVERY == 0


def mentions(
    known: Iterable[Example], lexicon: Any
) -> tuple[list[list[str]], list[str], list[float]]:
    """Signs, role and weight of each mention that may be a value."""
    around, roles, weights = [], [], []
    for example in known:
        if example.roles is None:
            continue
        sees = Surroundings(example.tokens, lexicon)
        for at, (token, role) in enumerate(zip(example.tokens, example.roles, strict=True)):
            if not may_be_value(token, lexicon):
                continue
            if token.is_word and role not in {*NAMES, *ONE_WORD, NOTHING}:
                continue
            common = token.is_word and role == NOTHING and example.source == "corpus"
            if common and not is_drawn(example, at):
                continue
            around.append(sees.signs(at, example.wants[0]))
            roles.append(role)
            weights.append(float(EVERY) if common else 1.0)
    return around, roles, weights


def learn(
    name: str,
    names: Sequence[str],
    found: Sequence[Sequence[str]],
    labels: Sequence[Sequence[str]],
    weights: Sequence[float],
) -> None:
    """Fit a network as ``HOW`` says and write it to a file."""
    how = HOW[name]
    vectorizer = CountVectorizer(analyzer=list, binary=True, min_df=how.seldom, dtype=np.float32)
    matrix = vectorizer.fit_transform(found)
    # Some signs come from sets: in one order, what is drawn at random leaves out the same ones each time.
    matrix.sort_indices()
    place = {known: at for at, known in enumerate(names)}
    given = [[place[label] for label in each if label in place] for each in labels]
    fit = Fit(matrix.shape[1], len(names), how)
    fit.fit(matrix, given, np.array(weights, np.float32))
    rows = whole(fit.rows.numbers.clip((1 - MIDDLE) / FINE, (MIDDLE - 1) / FINE), FINE)
    data = packed(
        names,
        whole(fit.biases.numbers, SCALE),
        whole(fit.units.numbers, FINE),
        whole(fit.says.numbers, STRONG),
        dict(zip(vectorizer.get_feature_names_out(), rows, strict=True)),
    )
    # A process that has the former one open goes on with it.
    draft = FOLDER / f"{name}.draft"
    draft.write_bytes(data)
    draft.replace(FOLDER / name)
    print(f"{name}: {len(found)} examples, {len(rows)} signs, {len(names)} names")


def whole(numbers: Any, steps: int) -> Any:
    """Numbers, in lists as they are in arrays, in whole steps, so many to one."""
    return np.rint(numbers * steps).astype(int).tolist()


if __name__ == "__main__":
    main()
