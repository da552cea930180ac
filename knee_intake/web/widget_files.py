"""The widget's files as they go out to any clinic's site.

One address stays the same for ever and is asked for again every minute: it names everything else by its content, and
says what the clinic is and does right now. All else may be kept for ever. Files are read, joined, made small and
compressed once, when the routes are made; a broken file stops the start.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from knee_intake.practice import Practice
from knee_intake.settings import Settings
from knee_intake.web.context import AppContext
from knee_intake.web.served_file import HASH_LENGTH, ServedFile
from knee_intake.web.widget_bundle import WidgetFileError, bundle, minify_css, minify_js, put_in
from knee_intake.web.widget_pages import page_routes

WIDGET_FOLDER = Path(__file__).resolve().parents[2] / "widget"
ENTRY = "knee-intake.js"
"""The fixed address."""
MAIN = "element.js"
MAIN_STYLES = ("knee-intake.css", "embed.css")
"""They travel within MAIN: one request less before the chat can be used."""
LAZY = {"knee-map.css": "text/css", "knee-map.js": "text/javascript", "transcript.js": "text/javascript"}
"""Loaded when first needed."""
PAGE_FILES = {"demo/demo.css": "text/css", "demo/logo.svg": "image/svg+xml", "chat/chat.css": "text/css"}
"""Of our own pages, under their own names."""

_ENTRY_SECONDS = 60
_FOR_EVER = "public, max-age=31536000, immutable"
_HASHED = re.compile(rf"([\w-]+)\.[0-9a-f]{{{HASH_LENGTH}}}\.(js|css)")


@dataclass(frozen=True)
class WidgetFiles:
    """Everything under /widget."""

    entry: str
    """The source of the fixed address, without the clinic's facts."""
    hashed: Mapping[str, ServedFile]
    """By the name on disk."""
    named: Mapping[str, ServedFile]
    """What our own pages use, by its path."""

    def name(self, file: str) -> str:
        """The name under which a file may be kept for ever: `element.0a1b2c….js`."""
        stem, _, kind = file.rpartition(".")
        return f"{stem}.{self.hashed[file].hash}.{kind}"

    def entry_for(self, facts: str) -> ServedFile:
        """The fixed address with the facts (JSON) of a clinic."""
        source = put_in(minify_js(self.entry, ENTRY), "const FACTS={};", f"const FACTS={facts};", ENTRY)
        source = put_in(source, f'"./{MAIN}"', f'"./{self.name(MAIN)}"', ENTRY)
        return ServedFile.of(source, "text/javascript")

    @property
    def all_names(self) -> set[str]:
        """Every path under /widget that there is."""
        return {ENTRY, *map(self.name, self.hashed), *self.named}


def load_files(folder: Path = WIDGET_FOLDER) -> WidgetFiles:
    """Read and make ready all files of the widget. Raises WidgetFileError."""
    hashed: dict[str, ServedFile] = {}
    files = WidgetFiles(read(folder / ENTRY), hashed, {name: _file(folder, name) for name in PAGE_FILES})
    for name, kind in LAZY.items():
        source = minify_css(read(folder / name)) if kind == "text/css" else minify_js(bundle(folder, name), name)
        hashed[name] = ServedFile.of(source, kind)
    source = bundle(folder, MAIN)
    for name in LAZY:
        if name not in source:
            raise WidgetFileError(f"{MAIN}: nothing loads {name}")
        source = source.replace(name, files.name(name))
    styles = {name: minify_css(read(folder / name)) for name in MAIN_STYLES}
    source = put_in(source, "const STYLES = {};", f"const STYLES = {_json(styles)};", MAIN)
    hashed[MAIN] = ServedFile.of(minify_js(source, MAIN), "text/javascript")
    return files


def _file(folder: Path, name: str) -> ServedFile:
    text = read(folder / name)
    return ServedFile.of(minify_css(text) if name.endswith(".css") else text, PAGE_FILES[name])


def read(path: Path) -> str:
    """The text of a file of the widget. Raises WidgetFileError."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise WidgetFileError(f"{path}: cannot be read: {error.strerror}") from None


def facts_of(practice: Practice, *, live: bool) -> str:
    """What the widget is told with its script, as JSON: no request of its own, and no attribute that grows old."""
    return _json(
        {
            "clinic": practice.name.value or "",
            "phone": practice.phone.value if practice.phone.is_usable else "",
            "hours": practice.open_hours_text("en"),
            "mode": practice.widget.mode,
            "notice": practice.widget.notice,
            "demo": not live,
        }
    )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _cross_origin(request: Request, settings: Settings) -> dict[str, str]:
    """Who else may load the file: those on the list; in demo, without a list, everybody. Never with cookies."""
    headers = {"Cross-Origin-Resource-Policy": "cross-origin"}
    if not settings.allowed_origins and not settings.live:
        return {**headers, "Access-Control-Allow-Origin": "*"}
    headers["Vary"] = "Accept-Encoding, Origin"
    origin = request.headers.get("Origin", "")
    return {**headers, "Access-Control-Allow-Origin": origin} if origin in settings.allowed_origins else headers


def widget_routes(context: AppContext) -> list[Route]:
    """Routes for /widget/… and for our own pages: /chat and, unless live, the demo page at /."""
    files = load_files()
    made = lru_cache(maxsize=8)(files.entry_for)

    async def widget_file(request: Request) -> Response:
        name = request.path_params["name"]
        kept = f"public, max-age={_ENTRY_SECONDS}"
        file = files.named.get(name)
        if name == ENTRY:
            file = made(facts_of(context.clinic_now().practice, live=context.settings.live))
        elif found := _HASHED.fullmatch(name):
            # a name of the release before, from an entry that is a minute old: what there is now does as well
            file = files.hashed.get(f"{found[1]}.{found[2]}")
            if file is not None and files.name(f"{found[1]}.{found[2]}") == name:
                kept = _FOR_EVER
        if file is None:
            return Response("Not found", status_code=404, media_type="text/plain")
        return file.respond(request, {**_cross_origin(request, context.settings), "Cache-Control": kept})

    return [Route("/widget/{name:path}", widget_file, methods=["GET"]), *page_routes(context, WIDGET_FOLDER)]
