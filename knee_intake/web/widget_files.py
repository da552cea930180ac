"""Serves the widget to any clinic's site and, in demo mode, the demo clinic page that embeds it.

Everything is read, joined, made small and compressed once, when the routes are made; a broken file stops the start.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from knee_intake.settings import Settings
from knee_intake.web.context import AppContext
from knee_intake.web.widget_bundle import WidgetFileError, bundle, minify_css, minify_js

WIDGET_FOLDER = Path(__file__).resolve().parents[2] / "widget"
ENTRIES = ("knee-intake.js", "knee-map.js", "transcript.js")
STYLES = ("knee-intake.css", "knee-map.css", "demo/demo.css")
PICTURES = ("demo/logo.svg",)

PAGE_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
_FILE_SECONDS = 300  # the address stays the same over releases, so browsers ask again soon


@dataclass(frozen=True)
class ServedFile:
    """One file as it goes out."""

    body: bytes
    zipped: bytes
    media_type: str
    etag: str

    @classmethod
    def of(cls, text: str, media_type: str) -> ServedFile:
        body = text.encode()
        return cls(body, gzip.compress(body, 9, mtime=0), media_type, f'"{hashlib.sha256(body).hexdigest()[:24]}"')

    def respond(self, request: Request, headers: Mapping[str, str]) -> Response:
        """The file, compressed where the browser takes that; 304 where it has it already."""
        sent = {"ETag": self.etag, "Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff", **headers}
        if self.etag in (
            part.strip().removeprefix("W/") for part in request.headers.get("If-None-Match", "").split(",")
        ):
            return Response(status_code=304, headers=sent)
        if _takes_gzip(request.headers.get("Accept-Encoding", "")):
            return Response(self.zipped, media_type=self.media_type, headers={**sent, "Content-Encoding": "gzip"})
        return Response(self.body, media_type=self.media_type, headers=sent)


def _takes_gzip(accepted: str) -> bool:
    for part in accepted.lower().split(","):
        coding, _, quality = part.replace(" ", "").partition(";q=")
        if coding in {"gzip", "*"}:
            return quality not in {"0", "0.0", "0.00", "0.000"}
    return False


def load_files(folder: Path = WIDGET_FOLDER) -> dict[str, ServedFile]:
    """All files under /widget by name, ready to be sent."""
    files = {name: ServedFile.of(minify_js(bundle(folder, name)), "text/javascript") for name in ENTRIES}
    files |= {name: ServedFile.of(minify_css(_read(folder / name)), "text/css") for name in STYLES}
    return files | {name: ServedFile.of(_read(folder / name), "image/svg+xml") for name in PICTURES}


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise WidgetFileError(f"{path}: cannot be read: {error.strerror}") from None


def demo_page(template: str, context: AppContext) -> str:
    """The demo page with this clinic's name, phone and hours in place of {{clinic}}, {{phone}} and {{hours}}."""
    practice = context.clinic.practice
    facts = {
        "clinic": practice.name.value or "",
        "phone": practice.phone.value or "",
        "tel": "".join(sign for sign in practice.phone.value or "" if sign.isdigit() or sign == "+"),
        "hours": practice.open_hours_text("en"),
    }
    for name, value in facts.items():
        template = template.replace("{{" + name + "}}", escape(value))
    return template


def _cross_origin(request: Request, settings: Settings) -> dict[str, str]:
    """Who else may load the file: those on the list; in demo, without a list, everybody. Never with cookies."""
    headers = {"Cross-Origin-Resource-Policy": "cross-origin"}
    if not settings.allowed_origins and not settings.live:
        return {**headers, "Access-Control-Allow-Origin": "*"}
    headers["Vary"] = "Accept-Encoding, Origin"
    origin = request.headers.get("Origin", "")
    return {**headers, "Access-Control-Allow-Origin": origin} if origin in settings.allowed_origins else headers


def widget_routes(context: AppContext) -> list[Route]:
    """Routes for /widget/… and, unless live, for the demo page at /."""
    files = load_files()

    async def widget_file(request: Request) -> Response:
        headers = {
            **_cross_origin(request, context.settings),
            "Cache-Control": f"public, max-age={_FILE_SECONDS}",
        }
        file = files.get(request.path_params["name"])
        return (
            file.respond(request, headers) if file else Response("Not found", status_code=404, media_type="text/plain")
        )

    routes = [Route("/widget/{name:path}", widget_file, methods=["GET"])]
    if context.settings.live:
        return routes
    page = ServedFile.of(demo_page(_read(WIDGET_FOLDER / "demo/index.html"), context), "text/html")

    async def demo(request: Request) -> Response:
        return page.respond(
            request,
            {"Content-Security-Policy": PAGE_POLICY, "Cache-Control": "no-cache", "Referrer-Policy": "same-origin"},
        )

    return [*routes, Route("/", demo, methods=["GET"])]
