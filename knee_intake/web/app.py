"""The one process: Starlette, the dialogue with Rasa's agent and its actions, and what keeps them tidy."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import fcntl
import logging
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from knee_intake.booking.busy_feeds import BusyFeeds
from knee_intake.booking.factory import make_calendar
from knee_intake.checks import go_live_gaps
from knee_intake.clinic import load_clinic
from knee_intake.clinic_store import ClinicStore
from knee_intake.clock import Clock, system_clock
from knee_intake.dialogue.bus import Bus
from knee_intake.errors import KneeIntakeError, MethodNotAllowedError, NotFoundError, SettingsError, StorageError
from knee_intake.feed_address import feed_addresses
from knee_intake.notices.worker import NoticeWorker
from knee_intake.records.clinic_versions import find_version
from knee_intake.records.database import Database
from knee_intake.records.day_figures import DayFigures
from knee_intake.records.migrate import migrate
from knee_intake.records.store import Store
from knee_intake.secret import read_secret
from knee_intake.settings import Settings
from knee_intake.web.calendar_feed import calendar_feed_routes
from knee_intake.web.context import AppContext
from knee_intake.web.fhir import fhir_routes
from knee_intake.web.health import health_routes
from knee_intake.web.learning_deeds import gather
from knee_intake.web.mail_pages import mail_routes
from knee_intake.web.model_switch import ModelSwitch
from knee_intake.web.problems import problem_response
from knee_intake.web.staff import staff_routes
from knee_intake.web.visitor import visitor_routes
from knee_intake.web.widget_files import widget_routes

log = logging.getLogger(__name__)

TIDY_EVERY_S = 60.0
NOTICES_EVERY_S = 5.0
LAST_NOTICES_S = 15.0
CLINIC_EVERY_S = 2.0
PREFLIGHT_CACHED_S = 86_400


@dataclass
class Models:
    """What takes long to load: Rasa's agent and the understanding."""

    agent: Any
    understanding: Any


LoadModels = Callable[[Settings], Models]


def load_models(settings: Settings) -> Models:
    """Load (and first train, where an input has changed) the model. Imports Rasa: seconds."""
    from knee_intake.understanding.model_file import load_classifier
    from knee_intake.understanding.reader import RuleReader
    from knee_intake.understanding.service import Understanding
    from knee_intake.understanding.training import ensure_model

    model = Path(settings.model) if settings.model else ensure_model(settings)
    # the classifier first: it says in a moment what is wrong with a file, where Rasa is seconds in coming
    understanding = Understanding(RuleReader(), load_classifier(model))
    from knee_intake.dialogue.agent import load_agent

    return Models(load_agent(model), understanding)


def make_app(
    settings: Settings,
    *,
    clock: Clock = system_clock,
    load: LoadModels = load_models,
    tidy_every_s: float = TIDY_EVERY_S,
    notices_every_s: float = NOTICES_EVERY_S,
) -> Starlette:
    """The whole application. The model is loaded when it starts; /readyz says when it is there."""
    clinic = load_clinic(settings.clinic_path, live=settings.live)
    database = Database(settings.database)
    migrate(database)
    secret = read_secret(settings)
    calendar = make_calendar(settings, clinic.practice, database)
    context = AppContext(settings, clinic, database, calendar, secret, clock)
    context.clinics = clinics = ClinicStore(
        clinic, settings.clinic_path, live=settings.live, find=lambda digest: find_version(database, digest)
    )
    context.clinics.on_change(context.take)
    context.extra["bus"] = Bus()
    context.extra["model_switch"] = ModelSwitch(context)
    feeds = BusyFeeds(
        database, clinic.practice, feed_addresses(clinic.practice, settings),
        timedelta(minutes=settings.busy_feed_minutes),
    )  # fmt: skip
    feeds.register(clock())

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await _start(context, load)
        upkeep = [
            asyncio.create_task(_keep_tidy(context, tidy_every_s)),
            asyncio.create_task(_keep_loading(context, feeds, tidy_every_s)),
            asyncio.create_task(_keep_reading(clinics)),
        ]
        worker = _notice_worker(context)
        clinics.on_change(worker.use)
        notifying = asyncio.create_task(worker.run(notices_every_s))
        try:
            yield
        finally:
            for task in upkeep:
                task.cancel()
            worker.stop()
            # a mail that is being handed in is not cut off, or it would be sent a second time
            await asyncio.wait([notifying], timeout=LAST_NOTICES_S)
            notifying.cancel()
            if context.dialogue is not None:
                await context.dialogue.close()
            if calendar.outside is not None:
                await asyncio.to_thread(calendar.outside.close)
            database.close()

    routes: list[BaseRoute] = [
        *health_routes(context),
        *visitor_routes(context),
        *calendar_feed_routes(context),
        *staff_routes(context),
        *mail_routes(context),
        *fhir_routes(context),
        *widget_routes(context),
    ]
    app = Starlette(
        routes=routes,
        lifespan=lifespan,
        middleware=[_cors(settings)],
        exception_handlers={404: _not_found, 405: _not_allowed, Exception: _unexpected},
    )
    app.state.context = context
    return app


async def _start(context: AppContext, load: LoadModels) -> None:
    from knee_intake.dialogue.engine import Dialogue

    models = await asyncio.to_thread(load, context.settings)
    store = Store(context.database, context.secret)
    if context.database.is_sqlite:
        await asyncio.to_thread(store.forget_leases)
    assert context.clinics is not None
    context.dialogue = Dialogue(
        settings=context.settings, clinics=context.clinics, store=store, calendar=context.calendar,
        understanding=models.understanding, agent=models.agent, bus=context.extra["bus"], clock=context.clock,
    )  # fmt: skip
    open_messages = await context.dialogue.recover()
    if open_messages:
        log.info("answered what was open from before: %d", open_messages)


def _notice_worker(context: AppContext) -> NoticeWorker:
    return NoticeWorker(
        settings=context.settings, clinic=context.clinic, database=context.database, calendar=context.calendar,
        secret=context.secret, clock=context.clock,
    )  # fmt: skip


async def _keep_tidy(context: AppContext, every_s: float) -> None:
    zone = context.clinic.practice.zoneinfo()
    figures = DayFigures(context.database, context.clinic.questions, zone)
    while True:
        await asyncio.sleep(every_s)
        try:
            if context.dialogue is not None:
                await context.dialogue.tidy()
            await asyncio.to_thread(context.extra["model_switch"].follow)
            await asyncio.to_thread(gather, context)
            await asyncio.to_thread(figures.count_ahead, context.clock().astimezone(zone).date())
        except Exception:
            log.exception("tidying failed; it is tried again")


async def _keep_reading(clinics: ClinicStore) -> None:
    """See an edit of the clinic's files also while nobody chats: mails and staff pages say what they say now."""
    while True:
        await asyncio.sleep(CLINIC_EVERY_S)
        await asyncio.to_thread(clinics.now)


async def _keep_loading(context: AppContext, feeds: BusyFeeds, every_s: float) -> None:
    """Read the clinicians' own calendars, by themselves: one that is slow must not hold up anything else."""
    while feeds.addresses:
        try:
            await asyncio.to_thread(feeds.load_due, context.clock())
        except Exception:
            log.exception("loading the clinicians' calendars failed; it is tried again")
        await asyncio.sleep(every_s)


def _cors(settings: Settings) -> Middleware:
    """The widget sits on other hosts; no cookies cross, the token travels in a header."""
    origins = list(settings.allowed_origins) or ([] if settings.live else ["*"])
    return Middleware(
        CORSMiddleware,
        allow_origins=origins,
        allow_methods=["GET", "POST", "DELETE"],
        allow_headers=["authorization", "content-type", "last-event-id"],
        expose_headers=["retry-after"],
        allow_credentials=False,
        max_age=PREFLIGHT_CACHED_S,
    )


async def _not_found(request: Request, error: Exception) -> Response:
    return problem_response(NotFoundError("no such page"))


async def _not_allowed(request: Request, error: Exception) -> Response:
    refused = MethodNotAllowedError("not with this method")
    refused.allowed = (getattr(error, "headers", None) or {}).get("Allow")
    return problem_response(refused)


async def _unexpected(request: Request, error: Exception) -> Response:
    if isinstance(error, KneeIntakeError):
        return problem_response(error)
    log.error("an unexpected error in %s", request.method, exc_info=error)
    return problem_response(KneeIntakeError("unexpected"))


@contextlib.contextmanager
def _only_process(settings: Settings) -> Iterator[None]:
    """On SQLite one process serves a database; a second one is told so instead of answering twice."""
    lock: IO[str] | None = None
    database = Database(settings.database)  # makes the folder, or says why it cannot
    path = database.engine.url.database if database.is_sqlite else None
    if path and path != ":memory:":
        try:
            lock = open(f"{path}.lock", "w")  # noqa: SIM115 (held open as long as the process serves)
        except OSError as error:
            raise StorageError(f"{path}: the database's folder cannot be written: {error.strerror}") from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            raise SettingsError(
                "another process serves this SQLite database; use PostgreSQL (KNEE_INTAKE_DATABASE_URL) for several"
            ) from None
    try:
        yield
    finally:
        if lock is not None:
            lock.close()


def serve(settings: Settings, host: str, port: int) -> int:
    """Serve until interrupted.

    Raises SettingsError where the port is taken, StorageError, ClinicFileError and ModelError, each one clear line;
    what is quick to find is found before anything slow begins.
    """
    if settings.live and (gaps := go_live_gaps(settings)):
        raise SettingsError(f"KNEE_INTAKE_LIVE: not with {len(gaps)} open points; `knee-intake go-live` names them")
    loaded: list[Models] = []
    with contextlib.closing(_listen(host, port)) as listening, _only_process(settings):
        app = make_app(settings, load=lambda _: loaded[0])
        loaded.append(load_models(settings))
        return _run(app, settings, listening, host)


def _run(app: Starlette, settings: Settings, listening: socket.socket, host: str) -> int:
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{listening.getsockname()[1]}"
    page = "/chat" if settings.live else "/"  # live, there is no demo page
    print(f"Knee Intake starts. Chat page: {address}{page}   Staff: {address}/staff", flush=True)
    if not settings.live:
        print("Demo mode: not monitored. Add the first staff member with:", flush=True)
        print(
            "  printf '%s' 'a long pass phrase' | knee-intake staff add NAME --role admin --password-stdin", flush=True
        )
    config = uvicorn.Config(
        app, ws="none", log_config=None, access_log=False, timeout_graceful_shutdown=10,
        forwarded_allow_ips=list(settings.trusted_proxies) or [], proxy_headers=bool(settings.trusted_proxies),
        server_header=False,
    )  # fmt: skip
    server = _Server(config, address)
    server.run(sockets=[listening])
    return 0 if server.started else 1


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise SettingsError(f"port {port} is taken; choose another with --port") from None
        raise SettingsError(f"cannot listen on {host} port {port}: {error.strerror}") from None
    except OverflowError:
        listening.close()
        raise SettingsError(f"there is no port {port}; choose one from 0 to 65535 with --port") from None
    return listening


class _Server(uvicorn.Server):  # type: ignore[misc] # uvicorn is not typed here
    """uvicorn, which says when it is ready."""

    def __init__(self, config: uvicorn.Config, address: str) -> None:
        super().__init__(config)
        self._address = address

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            print(f"Ready: {self._address}/", flush=True)
