"""Export the configuration for an application."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Annotated, Literal, get_args

from pydantic import Field

from greenroom.domain.capability import Example, Kind, Means, Request, Words, capability
from greenroom.domain.nouns import Artifact, ConfigExport
from greenroom.domain.ports import Context
from greenroom.exports import load_export

Domain = Literal["api", "auth", "room", "track", "recording", "egress", "webhook"]
SAID = (
    "{} configuration", "{} config", "{} cfg", "{} settings", "{} part", "{} section", "{} domain", "only {}", "just {}", "{} only",
    "configuration of {}", "config of {}", "settings of {}", "configuration for {}", "part about {}", "configuration of the {}",
    "settings of the {}", "settings for {}", "domain {}",
)  # fmt: skip
"""How people name one part of the configuration."""


def named_alone(domain: str) -> Means:
    """The phrases that mean this domain, in singular and plural."""
    return Means(domain, *(said.format(name) for said in SAID for name in (domain, f"{domain}s")))


class ExportConfig(Request):
    """Reads files and arguments only: no server is asked, no secret is followed."""

    format: Annotated[
        str,
        Kind.CHOICE,
        Means("json", "json", "as json", "to json"),
        Field(description="Form of the text: json."),
    ] = "json"
    environment: Annotated[
        str | None,
        Kind.TEXT,
        Words("environment", "for environment"),
        Means("production", "production", "prod"),
        Means("staging", "staging"),
        Means("development", "development", "dev"),
        Field(description="Environment whose overrides apply; None: the one in use."),
    ] = None
    domain: Annotated[
        Domain | None,
        Kind.CHOICE,
        *map(named_alone, get_args(Domain)),
        Field(description="Only this part; None: all. auth is api and auth."),
    ] = None
    output_path: Annotated[
        str | None,
        Kind.TEXT,
        Words("file", "into", "to", "output path", "path", "write it to", "save it as", "save to"),
        Field(
            min_length=1,
            max_length=4096,
            description="File to write, too; None: only give the text.",
        ),
    ] = None
    secrets: Annotated[
        Literal["reference", "mask"],
        Kind.CHOICE,
        Means(
            "mask",
            "masked",
            "mask",
            "mask secrets",
            "hide secrets",
            "without secrets",
            "no secrets",
        ),
        Field(description="Secrets as ${LIVEKIT_API_SECRET}, or as ***."),
    ] = "reference"


def tell(request: ExportConfig, _before: None, result: ConfigExport) -> str:
    """What was exported, and where to."""
    what = f"{request.domain} configuration" if request.domain else "configuration"
    where = f" to {result.artifact.path}" if result.artifact else ""
    return f"The {what} of {result.environment} was exported as {result.format}{where}."


@capability(
    effect="write",
    positional=("format",),
    cannot_undo="An export changes no setting; a file that was written can be deleted or written again.",
    tell=tell,
    examples=(
        Example("export the configuration as json", format="json"),
        Example(
            "export the auth configuration as json for production",
            format="json",
            domain="auth",
            environment="production",
        ),
    ),
)
async def export_config(context: Context, request: ExportConfig) -> ConfigExport:
    """The tree as text, checked against the schema; the file is written as a whole. Raises unknown-environment."""
    form = load_export(request.format)
    tree = context.configuration.tree(
        request.environment, request.domain, mask=request.secrets == "mask"
    )
    text = form.render(tree)
    artifact = None
    if request.output_path is not None:
        content = text.encode()
        path = await asyncio.to_thread(
            context.configuration.write_file, request.output_path, content
        )
        digest = hashlib.sha256(content).hexdigest()
        artifact = Artifact(path=path, media_type=form.MEDIA_TYPE, sha256=digest, size=len(content))
    environment = request.environment or context.settings.environment
    return ConfigExport(
        format=request.format, environment=environment, text=text, artifact=artifact
    )
