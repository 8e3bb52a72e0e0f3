"""Which capability is taken for which: expected × chosen, over the seen half of the gold requests.

python -m tests.gold.confusion [--model MODULE:ATTRIBUTE]
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest
from string import ascii_lowercase

from greenroom.understanding.planner import OfflinePlanner
from tests.gold.run import GOLD, Result, model_named, results

MUCH = 0.05
"""Share of a capability's requests from which being taken for another is marked."""
MORE = "(no step)"
"""Stands where one side has more steps than the other."""


def pairs(result: Result) -> Iterator[tuple[str, str]]:
    """``(expected, chosen)``, step by step; a status in brackets where nothing was to run, or ran."""
    expected = result.request["expected"]
    wanted = [call["capability"] for call in expected.get("calls", [])]
    chosen = [call["capability"] for call in result.calls]
    yield from zip_longest(
        wanted or [f"({expected['status']})"],
        chosen or [f"({result.status})"],
        fillvalue=MORE,
    )


def confusions(found: Iterable[Result]) -> dict[tuple[str, str], list[str]]:
    """Pair → ids of the requests."""
    counted: dict[tuple[str, str], list[str]] = defaultdict(list)
    for result in found:
        for pair in pairs(result):
            counted[pair].append(str(result.request["id"]))
    return dict(counted)


def matrix(counted: Mapping[tuple[str, str], list[str]]) -> Iterator[str]:
    """Lines of the table: rows are expected, columns are chosen; capabilities first."""
    labels = sorted({label for pair in counted for label in pair}, key=lambda x: (x[0] == "(", x))
    letters = dict(
        zip(labels, [*ascii_lowercase, *(f"a{c}" for c in ascii_lowercase)], strict=False)
    )
    yield f"{'expected, chosen →':32}" + "".join(f"{letters[label]:>5}" for label in labels)
    for label in labels:
        row = [len(counted.get((label, chosen), ())) for chosen in labels]
        cells = "".join(f"{count or '·':>5}" for count in row)
        yield f"{letters[label]:>2} {label:29}{cells}"


def worst(counted: Mapping[tuple[str, str], list[str]]) -> Iterator[str]:
    """What is taken for what, most often first; ``!`` where it is more than 5 % of what was expected."""
    total = Counter[str]()
    for (expected, _), ids in counted.items():
        total[expected] += len(ids)
    wrong = [(pair, ids) for pair, ids in counted.items() if pair[0] != pair[1]]
    for (expected, chosen), ids in sorted(wrong, key=lambda item: (-len(item[1]), item[0])):
        share = len(ids) / total[expected]
        mark = "!" if share > MUCH else " "
        yield f"{mark} {len(ids):3} = {share:5.1%}  {expected} → {chosen}: {', '.join(ids[:8])}"


def main() -> int:
    """Print the matrix and what is confused."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", metavar="MODULE:ATTRIBUTE")
    options = parser.parse_args()
    makes = model_named(options.model) if options.model else OfflinePlanner
    counted = confusions(results(GOLD / "seen", makes))
    for line in (*matrix(counted), "", *worst(counted)):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
