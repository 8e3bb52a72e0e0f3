"""The terminal of a chat: line editing, history and completion, through prompt_toolkit."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from typing import Any

from prompt_toolkit.application import get_app
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition
from prompt_toolkit.history import DummyHistory, History
from prompt_toolkit.input import Input
from prompt_toolkit.output import Output
from prompt_toolkit.shortcuts import PromptSession

from greenroom.interfaces.cli.chat_history import HistoryFile
from greenroom.interfaces.cli.chat_names import CompletionNames

WORD = re.compile(r"[^\s\"',]+")
SHORTEST = 3
"""Letters of a word that is worth completing."""
OFTEN = 3
"""Phrases of a capability in which a word must stand to be offered."""


class TypedHistory(History):
    """The file as prompt_toolkit reads and writes it. Arrow up knows all that was typed since the start."""

    def __init__(self, file: HistoryFile) -> None:
        super().__init__()
        self._file = file

    def load_history_strings(self) -> Iterable[str]:
        """Newest first."""
        return reversed(self._file.lines())

    def store_string(self, string: str) -> None:
        """Keep it, unless it may hold a secret."""
        self._file.keep(string)


class ChatCompleter(Completer):
    """Commands after a slash; words of the mode's capabilities and live names elsewhere."""

    def __init__(
        self,
        commands: Callable[[str], Iterable[tuple[str, str]]],
        words: Callable[[], Iterable[str]],
        names: CompletionNames,
    ) -> None:
        self._commands, self._words, self._names = commands, words, names

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Completion]:
        """What is known without asking the server."""
        del complete_event
        line = document.text_before_cursor.lstrip()
        if line.startswith("/"):
            for text, about in self._commands(line):
                yield Completion(text, start_position=-len(line), display_meta=about)
            return
        typed = document.get_word_before_cursor(pattern=WORD)
        if typed:
            yield from matching(typed, self._words())

    async def get_completions_async(
        self, document: Document, complete_event: CompleteEvent
    ) -> AsyncGenerator[Completion, None]:
        """The same, then names that the server knows. Typing goes on meanwhile."""
        for completion in self.get_completions(document, complete_event):
            yield completion
        line = document.text_before_cursor.lstrip()
        if line and not line.startswith("/"):
            typed = document.get_word_before_cursor(pattern=WORD)
            for completion in matching(typed, await self._names.all()):
                yield completion


def matching(typed: str, offered: Iterable[str]) -> Iterable[Completion]:
    """What begins as typed, quoted where it holds a blank."""
    for text in offered:
        if text.casefold().startswith(typed.casefold()) and text != typed:
            shown = f'"{text}"' if " " in text else text
            yield Completion(shown, start_position=-len(typed), display=text)


def words_of(capabilities: Mapping[str, Any]) -> list[str]:
    """Words that several phrases of a capability have, in alphabetical order."""
    found: set[str] = set()
    for about in capabilities.values():
        counted = Counter(
            word
            for phrase in about["says"]
            for word in set(re.findall(r"(?<![{\w])[a-z]+(?![}\w])", phrase))
        )
        found |= {word for word, count in counted.items() if count >= OFTEN}
        found |= {part for part in re.split(r"[._]", about["id"]) if part != "coordinator"}
    return sorted(word for word in found if len(word) >= SHORTEST)


class Terminal:
    """ChatInput on a real terminal, near or over ssh."""

    answers = True

    def __init__(
        self,
        history: HistoryFile,
        completer: Completer,
        source: Input | None = None,
        output: Output | None = None,
    ) -> None:
        self._lines: PromptSession[str] = PromptSession(
            history=TypedHistory(history),
            completer=completer,
            complete_while_typing=Condition(lambda: get_app().current_buffer.text.startswith("/")),
            input=source,
            output=output,
        )
        self._answers: PromptSession[str] = PromptSession(
            history=DummyHistory(), input=source, output=output
        )

    async def line(self, prompt: str) -> str:
        """A line, edited, completed and kept."""
        return (await self._lines.prompt_async(prompt)).strip()

    async def answer(self, prompt: str, *, hidden: bool = False) -> str:
        """An answer, kept nowhere."""
        return (await self._answers.prompt_async(prompt, is_password=hidden)).strip()
