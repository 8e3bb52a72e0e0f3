"""Composition root and public facade: the only file that names concrete adapters."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from greenroom.adapters.clock import SystemClock
from greenroom.config.places import cache_folder, home_folder
from greenroom.config.target import VARIABLES, Credentials, choose_credentials
from greenroom.domain.errors import ConfigurationError
from greenroom.domain.outcome import Outcome
from greenroom.domain.plan import Plan
from greenroom.domain.ports import ChatModel, Clock, Context, Target
from greenroom.domain.records import Journal
from greenroom.hub.catalogue import Catalogue
from greenroom.hub.compiled import load_catalogue
from greenroom.hub.loop import Coordinator, Options
from greenroom.hub.pipeline import Pipeline
from greenroom.hub.shape import Redactor
from greenroom.understanding.planner import OfflinePlanner

if TYPE_CHECKING:
    from greenroom.adapters.livekit.dispatch import LiveKitDispatch
    from greenroom.adapters.livekit.egress import LiveKitEgress
    from greenroom.adapters.livekit.egress_services import EgressServices
    from greenroom.adapters.livekit.probe import HttpProbe
    from greenroom.adapters.livekit.rooms import LiveKitRooms
    from greenroom.adapters.sqlite.database import Database
    from greenroom.adapters.tokens import HmacTokens
    from greenroom.config.store import FileConfiguration

NO_SERVER = "No LiveKit server is configured."
NO_SERVER_HINT = (
    "Start one on this machine: greenroom up. Or name yours: set LIVEKIT_URL, LIVEKIT_API_KEY and "
    "LIVEKIT_API_SECRET, pass url, api_key and api_secret, "
    "or store them: greenroom coordinator configure-credentials."
)


class Greenroom:
    """The crew: plain words or typed calls in, an ``Outcome`` out.

    All arguments are optional; URL, key and secret come as one set from here, from the ``environment`` named here,
    from ``LIVEKIT_*`` or from the configuration, where the default project of ``lk`` is the last resort. ``settings``
    are the highest layer of the configuration, by dotted key. What is wrong or missing is told by the outcome of the
    first request that needs it, not here. ``otherwise`` is asked for a server when nothing names one: the command line
    uses a local one there, Python and services refuse. ``report`` is told about progress: ``report("tokens", 500, 10_000)``.
    """

    def __init__(
        self,
        *,
        url: str | None = None,
        api_key: str | None = None,
        api_secret: str | None = None,
        home: Path | None = None,
        environment: str | None = None,
        settings: Mapping[str, Any] | None = None,
        planner: ChatModel | None = None,
        clock: Clock | None = None,
        timeout: float = 10.0,
        otherwise: Callable[[], Credentials | None] = lambda: None,
        report: Callable[[str, int, int], None] = lambda _what, _done, _total: None,
    ) -> None:
        self._otherwise, self._report = otherwise, report
        self._no_other: ConfigurationError | None = None
        self._warnings: tuple[str, ...] = ()
        self._given = {"url": url, "api_key": api_key, "api_secret": api_secret}
        self._environment, self._settings = environment, settings
        self.home = Path(home_folder(os.environ, home))
        self.clock: Clock = clock or SystemClock()
        self._planner = planner
        self._timeout = timeout

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close connections and the journal."""
        if "_egress_services" in self.__dict__:
            await self._egress_services.close()
        if "_rooms" in self.__dict__:
            await self._rooms.close()
        if "_database" in self.__dict__:
            self._database.close()

    async def ask(
        self,
        text: str,
        *,
        session: str | None = None,
        approve: bool = False,
        dry_run: bool = False,
        waive: Mapping[str, str] | None = None,
        mode: str = "",
        explain: bool = False,
        on_plan: Callable[[Plan], None] | None = None,
    ) -> Outcome:
        """Do what the words say. ``approve`` answers approvals with yes; it never overrides a rule, ``waive`` does.

        ``mode`` narrows it to one specialist's capabilities; ``explain`` fills ``outcome.explanation``; ``on_plan`` is
        shown each plan before it runs.
        """
        options = Options(
            approve=approve,
            dry_run=dry_run,
            waive=waive or {},
            session=session,
            mode=mode,
            explain=explain,
            on_plan=on_plan,
        )
        self._no_other = None
        return self._with_warnings(await self._coordinator.ask(text, options))

    async def call(
        self,
        capability: str,
        /,
        *,
        approve: bool = False,
        dry_run: bool = False,
        waive: Mapping[str, str] | None = None,
        on_plan: Callable[[Plan], None] | None = None,
        **arguments: Any,
    ) -> Outcome:
        """Call one capability by id, with its arguments by name."""
        options = Options(approve=approve, dry_run=dry_run, waive=waive or {}, on_plan=on_plan)
        self._no_other = None
        return self._with_warnings(await self._coordinator.call(capability, arguments, options))

    async def export_config(
        self,
        *,
        format: str = "json",  # noqa: A002 - the name that people know from the guide
        environment: str | None = None,
        domain: str | None = None,
        output_path: str | Path | None = None,
        secrets: str = "reference",
    ) -> str:
        """The configuration as text, also written to ``output_path``. Raises GreenroomError."""
        given: dict[str, Any] = {"format": format, "environment": environment, "domain": domain}
        given["secrets"] = secrets
        given["output_path"] = str(output_path) if output_path is not None else None
        arguments = {name: value for name, value in given.items() if value is not None}
        text: str = (await self.call("coordinator.export_config", **arguments)).unwrap().text
        return text

    async def approve(self, approval_id: str) -> Outcome:
        """Run a plan that waits for approval, once."""
        self._no_other = None
        return self._with_warnings(await self._coordinator.approve(approval_id))

    def leave_question(self, session: str) -> None:
        """Forget the question that waits in this session; what was said before stays known."""
        self._coordinator.leave_question(session)

    @cached_property
    def catalogue(self) -> Catalogue:
        """What exists."""
        return Catalogue(load_catalogue(cache_folder(os.environ)))

    def __getattr__(self, mode: str) -> Any:
        """``crew.room.create(…)`` is ``crew.call("room.create", …)``."""
        if not mode.startswith("_") and any(
            i.startswith(f"{mode}.") for i in self.catalogue.compiled["capabilities"]
        ):
            return _Mode(self, mode)
        raise AttributeError(mode)

    @cached_property
    def credentials(self) -> Credentials | None:
        """The server in use; None when none is configured. Raises ConfigurationError for half a set."""
        found = choose_credentials(self._given, os.environ, self._configuration)
        if found is None:
            self._warnings = self._configuration.current().passed_over
            found = self._other_credentials()
        if found is not None:
            self._redactor.know(found.api_secret)
        return found

    def _other_credentials(self) -> Credentials | None:
        """What ``otherwise`` gives: asked once a request when it fails, since it may start a server and say so."""
        if self._no_other is not None:
            raise self._no_other
        try:
            return self._otherwise()
        except ConfigurationError as error:
            self._no_other = error
            raise

    @cached_property
    def _configuration(self) -> FileConfiguration:
        from greenroom.config.store import FileConfiguration

        return FileConfiguration(os.environ, str(Path.cwd()), self._environment, self._settings)

    @cached_property
    def _redactor(self) -> Redactor:
        return Redactor(
            [self._given["api_secret"] or "", os.environ.get(VARIABLES["api_secret"], "")]
        )

    def _require_credentials(self) -> Credentials:
        if self.credentials is None:
            raise ConfigurationError(NO_SERVER, code="no-server", hint=NO_SERVER_HINT)
        return self.credentials

    @cached_property
    def _coordinator(self) -> Coordinator:
        from greenroom.adapters.secrets import FileSecrets
        from greenroom.adapters.sqlite.approvals import SqliteApprovals
        from greenroom.adapters.sqlite.conversations import SqliteConversations

        approvals = SqliteApprovals(self._database)
        pipeline = Pipeline(
            catalogue=self.catalogue,
            journal=self._journal,
            approvals=approvals,
            secrets=FileSecrets(self.home),
            redactor=self._redactor,
            clock=self.clock,
            make_context=self._make_context,
        )
        return Coordinator(
            pipeline=pipeline,
            planner=self._planner or OfflinePlanner(self.catalogue.compiled),
            conversations=SqliteConversations(self._database),
            approvals=approvals,
        )

    @cached_property
    def _database(self) -> Database:
        from greenroom.adapters.sqlite.database import Database

        return Database(self.home)

    @cached_property
    def _journal(self) -> Journal:
        from greenroom.adapters.sqlite.journal import SqliteJournal
        from greenroom.adapters.sqlite.together import TogetherJournal

        return TogetherJournal(SqliteJournal(self._database), self._database)

    @cached_property
    def _tokens(self) -> HmacTokens:
        from greenroom.adapters.tokens import HmacTokens

        credentials = self._require_credentials()
        return HmacTokens(credentials.api_key, credentials.api_secret)

    @cached_property
    def _rooms(self) -> LiveKitRooms:
        from greenroom.adapters.livekit.rooms import LiveKitRooms

        url = self._require_credentials().url
        return LiveKitRooms(
            url, self._tokens.mint, clock=self.clock, timeout=self._timeout, hide=self._tokens.hide
        )

    @cached_property
    def _dispatch(self) -> LiveKitDispatch:
        from greenroom.adapters.livekit.dispatch import LiveKitDispatch

        return LiveKitDispatch(self._rooms)

    @cached_property
    def _egress(self) -> LiveKitEgress:
        from greenroom.adapters.livekit.egress import LiveKitEgress
        from greenroom.adapters.livekit.egress_workers import Workers

        workers = Workers(self.clock, self.home / "egress-workers.json")
        return LiveKitEgress(self._egress_services, self.clock, workers)

    @cached_property
    def _egress_services(self) -> EgressServices:
        from greenroom.adapters.livekit.egress_services import EgressServices

        return EgressServices(self._rooms, self._configuration, self._recorder_url, self.clock)

    def _recorder_url(self) -> str:
        """Of the recorder beside the local server of this home, where that server is the one in use; else ""."""
        from greenroom.local.supervisor.recorder_url import recorder_of

        return recorder_of(self.home, self._target.url)

    @cached_property
    def _target(self) -> Target:
        used = self._require_credentials()
        return Target(url=used.url, api_key=used.api_key, source=used.source)

    @cached_property
    def _probe(self) -> HttpProbe:
        from greenroom.adapters.livekit.probe import HttpProbe

        return HttpProbe(self._target.url)

    def _make_context(self) -> Context:
        from greenroom.adapters.files import LocalFiles
        from greenroom.adapters.objectstore import ObstoreObjects
        from greenroom.local.server_keys import LocalServerKeys

        shared: dict[str, Any] = {
            "journal": self._journal,
            "catalogue": self.catalogue,
            "clock": self.clock,
            "settings": self._configuration,
            "configuration": self._configuration,
            "objects": ObstoreObjects(),
            "files": LocalFiles(),
            "local_keys": LocalServerKeys(self.home),
            "try_credentials": self._try_credentials,
            "report": self._report,
        }
        try:
            target = self._target
        except ConfigurationError as error:
            nothing: Any = _NotConfigured(error)
            target = Target(url="", api_key="", source="")
            absent = dict.fromkeys(("rooms", "dispatch", "egress", "tokens", "probe"), nothing)
            return Context(target=target, **absent, **shared)
        return Context(
            rooms=self._rooms,
            dispatch=self._dispatch,
            egress=self._egress,
            tokens=self._tokens,
            probe=self._probe,
            target=target,
            **shared,
        )

    async def _try_credentials(self, url: str, api_key: str, api_secret: str) -> None:
        """One authenticated call with credentials that are not in use yet. Raises ServerError."""
        from greenroom.adapters.livekit.rooms import LiveKitRooms
        from greenroom.adapters.tokens import HmacTokens

        tokens = HmacTokens(api_key, api_secret)
        rooms = LiveKitRooms(
            url, tokens.mint, clock=self.clock, timeout=self._timeout, hide=tokens.hide
        )
        try:
            await rooms.list_rooms(["greenroom-credentials"])
        finally:
            await rooms.close()

    def _with_warnings(self, outcome: Outcome) -> Outcome:
        """Say once what the database had to put aside, and which server could not be used."""
        warnings = self._database.warnings
        outcome.warnings = (*self._warnings, *warnings, *outcome.warnings)
        self._warnings = ()
        warnings.clear()
        return outcome


class _NotConfigured:
    """Stands where a server would: whoever needs it gets the reason why there is none."""

    def __init__(self, error: ConfigurationError) -> None:
        self._error = error

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise self._error


class _Mode:
    """One specialist's capabilities as methods."""

    def __init__(self, crew: Greenroom, mode: str) -> None:
        self._crew, self._mode = crew, mode

    def __getattr__(self, name: str) -> Any:
        identifier = f"{self._mode}.{name}"
        if identifier not in self._crew.catalogue.compiled["capabilities"]:
            raise AttributeError(identifier)

        async def call(**arguments: Any) -> Outcome:
            return await self._crew.call(identifier, **arguments)

        return call
