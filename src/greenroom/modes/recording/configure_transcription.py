"""Say whether recordings are to be transcribed, and which language is spoken."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from greenroom.domain.capability import Change, Example, Kind, Means, capability
from greenroom.domain.nouns import SettingsChange, SettingsState
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context
from greenroom.modes import _settings
from greenroom.modes.recording.start import NO_TRANSCRIPT

KEYS = {
    "enabled": "recording.transcription.enabled",
    "language": "recording.transcription.language",
}
"""Argument → setting."""


LANGUAGES = {
    "af": ("afrikaans",), "ar": ("arabic",), "bg": ("bulgarian",), "bn": ("bengali",), "ca": ("catalan",), "cs": ("czech",),
    "cy": ("welsh",), "da": ("danish",), "de": ("german",), "el": ("greek",), "en": ("english",), "es": ("spanish",),
    "et": ("estonian",), "eu": ("basque",), "fa": ("persian", "farsi"), "fi": ("finnish",), "fil": ("filipino", "tagalog"), "fr": ("french",),
    "ga": ("irish",), "gl": ("galician",), "he": ("hebrew",), "hi": ("hindi",), "hr": ("croatian",), "hu": ("hungarian",),
    "id": ("indonesian",), "is": ("icelandic",), "it": ("italian",), "ja": ("japanese",), "ko": ("korean",), "lt": ("lithuanian",),
    "lv": ("latvian",), "ms": ("malay",), "nb": ("norwegian",), "nl": ("dutch",), "pl": ("polish",), "pt": ("portuguese",),
    "ro": ("romanian",), "ru": ("russian",), "sk": ("slovak",), "sl": ("slovenian", "slovene"), "sr": ("serbian",), "sv": ("swedish",),
    "sw": ("swahili",), "ta": ("tamil",), "th": ("thai",), "tr": ("turkish",), "uk": ("ukrainian",), "ur": ("urdu",),
    "vi": ("vietnamese",), "zh": ("chinese", "mandarin"),
}  # fmt: skip
"""Tag of BCP 47 → English names of the language."""


class ConfigureTranscription(Change):
    """What is given is set; the rest stays."""

    enabled: Annotated[
        bool | None,
        Means(
            True,
            "transcribe",
            "transcribed",
            "transcription on",
            "enable transcription",
            "turn on transcription",
            "with transcripts",
            "want transcripts",
            "need transcripts",
        ),
        Means(
            False,
            "transcription off",
            "no transcription",
            "no transcripts",
            "disable transcription",
            "turn off transcription",
            "stop transcribing",
            "do not transcribe",
            "don't transcribe",
            "without transcripts",
        ),
        Field(description="Whether recordings are to be transcribed."),
    ] = None
    language: Annotated[
        str | None,
        Kind.CHOICE,
        *(Means(tag, *names) for tag, names in LANGUAGES.items()),
        Field(
            pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$",
            description='Language that is spoken, as in BCP 47: "de", "pt-BR".',
        ),
    ] = None


def changes(request: ConfigureTranscription) -> dict[str, Any]:
    """Setting → value."""
    return _settings.given(request, KEYS)


async def as_written(context: Context, request: ConfigureTranscription) -> SettingsState:
    """What the files say now. Raises invalid-config."""
    return context.configuration.written(list(changes(request)))


def put_back(
    request: ConfigureTranscription, before: SettingsState, _result: SettingsChange
) -> Call | None:
    """The former settings, if nobody changed them since."""
    return _settings.put_back(changes(request), before)


def tell(request: ConfigureTranscription, _before: SettingsState, result: SettingsChange) -> str:
    """What is wanted, where it is written, and that nothing transcribes yet."""
    said = []
    if request.enabled is not None:
        said.append(f"recordings are {'' if request.enabled else 'not '}to be transcribed")
    if request.language is not None:
        said.append(f"the language is {request.language}")
    told = f"Kept that {' and '.join(said)}, {_settings.where(result)}"
    return told if request.enabled is False else f"{told} {NO_TRANSCRIPT}"


@capability(
    effect="write",
    rules=("settings-as-asked",),
    before=as_written,
    undo=put_back,
    tell=tell,
    examples=(
        Example("transcribe recordings in German", enabled=True, language="de"),
        Example("turn off transcription of recordings", enabled=False),
    ),
)
async def configure_transcription(
    context: Context, request: ConfigureTranscription
) -> SettingsChange:
    """Write the wish into the configuration; no transcript is made yet. Raises invalid-config."""
    return await _settings.write(context, changes(request))
