"""Looks over the phrases of all capabilities: enough of them, over enough verbs, none twice, none that two capabilities claim.

python -m tests.gold.lint            exit code 1 when something is wrong
python -m tests.gold.lint --fix      takes out phrases that add nothing
"""

from __future__ import annotations

import argparse
import itertools
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import greenroom.understanding
from greenroom.hub.compiled import capability_files, load_catalogue
from greenroom.understanding.build import expand

FEWEST_PHRASES = 20
FEWEST_VERBS = 4
MOST_VARIANTS = 2000
FILLERS = frozenset(["a", "an", "the", "please", "pls", "now", "just", "kindly"])
"""Two phrases that differ in these only are one."""
SEEN_AS = {"room": "{room}", "person": "{person}", "count": "{number}", "duration": "{duration}", "jwt": "{jwt}", "plan-id": "{plan}"}  # fmt: skip
"""What a value of a kind looks like before anybody knows what is meant; any other one is a name."""


@dataclass(frozen=True, order=True)
class Problem:
    """What is wrong with the phrases of one capability."""

    capability: str
    kind: str
    """few-phrases, few-verbs, placeholder, brackets, twice, near-clash, clash, contradiction, broken."""
    about: str
    phrase: str = ""
    """What can be taken out to mend it."""

    def __str__(self) -> str:
        return f"{self.capability}: {self.kind}: {self.about}"


def lint(catalogue: Mapping[str, Any], verbs: Mapping[str, str]) -> list[Problem]:
    """All problems, in order."""
    capabilities = catalogue["capabilities"]
    found = [Problem(i, "broken", why) for i, why in catalogue["broken"].items()]
    for identifier, about in capabilities.items():
        found += badly_written(identifier, about)
    if any(problem.kind in {"brackets", "placeholder"} for problem in found):
        return sorted(found)
    for identifier, about in capabilities.items():
        found += too_little(identifier, about, verbs)
        found += twice(identifier, about)
    return sorted([*found, *clashes(capabilities)])


def badly_written(identifier: str, about: Mapping[str, Any]) -> Iterator[Problem]:
    """Placeholders that are no fields, brackets that do not close."""
    for phrase in about["says"]:
        for name in re.findall(r"\{(\w*)\}", phrase):
            if name not in about["fields"]:
                yield Problem(identifier, "placeholder", f"{{{name}}} is no field: {phrase}")
        for opens, closes in ("[]", "()", "{}"):
            if phrase.count(opens) != phrase.count(closes):
                yield Problem(identifier, "brackets", phrase)


def too_little(
    identifier: str, about: Mapping[str, Any], verbs: Mapping[str, str]
) -> Iterator[Problem]:
    """Fewer phrases or verbs than people have ways to say it."""
    count = len(about["says"])
    if not count:
        return  # reached by undo or by programs only
    if count < FEWEST_PHRASES:
        yield Problem(identifier, "few-phrases", f"{count}, and {FEWEST_PHRASES} are needed")
    used = {verbs[word] for phrase in about["says"] for word in words_of(phrase) if word in verbs}
    if about["effect"] == "read":
        asked = {word for p in about["says"] for word in words_of(p) if word in question_words()}
        used |= {word.removesuffix("'s").removesuffix("s") for word in asked}
    if len(used) < FEWEST_VERBS:
        have = ", ".join(sorted(used)) or "none"
        yield Problem(identifier, "few-verbs", f"{have}; {FEWEST_VERBS} are needed")


def twice(identifier: str, about: Mapping[str, Any]) -> Iterator[Problem]:
    """Phrases that add nothing: all that they say, others say too, but for fillers."""
    said_by: dict[tuple[str, ...], set[int]] = defaultdict(set)
    says = [
        {signature(v) for v in itertools.islice(expand(phrase), MOST_VARIANTS)}
        for phrase in about["says"]
    ]
    for number, signatures in enumerate(says):
        for each in signatures:
            said_by[each].add(number)
    gone: set[int] = set()
    for number in reversed(range(len(says))):
        others = [said_by[each] - gone - {number} for each in says[number]]
        if all(others):
            gone.add(number)
            also = about["says"][min(others[0])]
            phrase = about["says"][number]
            yield Problem(identifier, "twice", f"{phrase}   (also: {also})", phrase)


def clashes(capabilities: Mapping[str, Any]) -> Iterator[Problem]:
    """What two capabilities claim, word by word or but for fillers; what one claims and excludes."""
    exact: dict[str, dict[str, str]] = defaultdict(dict)
    near: dict[tuple[str, ...], dict[str, str]] = defaultdict(dict)
    for identifier, about in capabilities.items():
        for phrase in about["says"]:
            for variant in variants(phrase, about["fields"]):
                exact[variant].setdefault(identifier, phrase)
                near[signature(variant)].setdefault(identifier, phrase)
        for excluded in about["not_says"]:
            if identifier in exact.get(excluded, {}):
                yield Problem(identifier, "contradiction", excluded)
    told: set[tuple[str, str]] = set()
    claimed = [("clash", v, c) for v, c in exact.items()]
    claimed += [("near-clash", " ".join(v), c) for v, c in near.items()]
    for kind, text, claims in claimed:
        for (one, phrase), (other, also) in itertools.combinations(sorted(claims.items()), 2):
            if (phrase, also) not in told:
                told.add((phrase, also))
                yield Problem(one, kind, f"{text!r}: {phrase}   ({other}: {also})")


def variants(phrase: str, fields: Mapping[str, Any]) -> Iterator[str]:
    """All readings of a phrase, values as they look."""
    for variant in itertools.islice(expand(phrase), MOST_VARIANTS):
        yield re.sub(r"\{(\w+)\}", lambda m: SEEN_AS.get(fields[m[1]]["kind"], "{name}"), variant)


def signature(text: str) -> tuple[str, ...]:
    """Its words in order, without fillers and punctuation."""
    return tuple(word for word in re.findall(r"[\w{}'-]+", text) if word not in FILLERS)


def words_of(phrase: str) -> list[str]:
    """All words of a phrase, in every alternative; not its placeholders."""
    return re.findall(r"[a-z]+(?:'[a-z]+)?", re.sub(r"\{\w+\}", " ", phrase.casefold()))


def lexicon() -> dict[str, Any]:
    """The lexicon as it is written."""
    file = Path(greenroom.understanding.__path__[0]) / "lexicon.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def question_words() -> frozenset[str]:
    """Words that stand for a verb in a question."""
    return frozenset(lexicon()["speech"]["questions"].split())


def action_verbs() -> dict[str, str]:
    """Form → verb, for all words of ``[actions]``: regular forms, and those under ``[irregular]``."""
    raw = lexicon()
    bases = {word for words in raw["actions"].values() for word in words.split()}
    forms: dict[str, str] = {}
    for base in sorted(bases):
        stem = base.removesuffix("e")
        regular = [f"{base}s", f"{base}es", f"{stem}ed", f"{stem}ing"]
        for form in (*regular, *raw["irregular"].get(base, "").split()):
            forms.setdefault(form, base)
    return forms | {base: base for base in bases}


def fix(problems: Iterable[Problem], files: Mapping[str, Path]) -> int:
    """Take out phrases that add nothing. Gives how many."""
    fixed = 0
    for problem in problems:
        if problem.phrase:
            file = Path(files[problem.capability]).with_suffix(".says")
            lines = file.read_text(encoding="utf-8").splitlines()
            last = max(at for at, line in enumerate(lines) if line.strip() == problem.phrase)
            file.write_text("\n".join([*lines[:last], *lines[last + 1 :], ""]), encoding="utf-8")
            fixed += 1
    return fixed


def main() -> int:
    """Print the problems and a line for each capability."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fix", action="store_true")
    options = parser.parse_args()
    catalogue, verbs = load_catalogue(), action_verbs()
    problems = lint(catalogue, verbs)
    if options.fix:
        print(f"{fix(problems, dict(capability_files()))} phrases taken out")
        catalogue = load_catalogue()
        problems = lint(catalogue, verbs)
    for problem in problems:
        print(problem)
    report(catalogue["capabilities"].values(), verbs)
    print(f"{len(problems)} problems" if problems else "no problem")
    return 1 if problems else 0


def report(capabilities: Iterable[Mapping[str, Any]], verbs: Mapping[str, str]) -> None:
    """How many phrases and verbs there are."""
    for about in capabilities:
        used = {verbs[w] for phrase in about["says"] for w in words_of(phrase) if w in verbs}
        print(f"{about['id']:28} {len(about['says']):4} phrases {len(used):3} verbs")


if __name__ == "__main__":
    sys.exit(main())
