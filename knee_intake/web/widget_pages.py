"""Our own two pages with the chat: /chat, for links and codes to scan, and the demo clinic's site at /."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from html import escape
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from knee_intake.practice import Practice
from knee_intake.web.context import AppContext
from knee_intake.web.served_file import ServedFile
from knee_intake.web.widget_bundle import WidgetFileError

POLICY = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
)


def policy(framed_by: Sequence[str] = ()) -> str:
    """Nothing but our own files; `framed_by` are the sites that may show the page in a frame."""
    return "; ".join((*POLICY, f"frame-ancestors {' '.join(framed_by) or chr(39) + 'none' + chr(39)}"))


def page_routes(context: AppContext, folder: Path) -> list[Route]:
    """Routes for /chat and, unless live, for the demo page at /. Raises WidgetFileError."""
    settings = context.settings
    pages = {"/chat": (_template(folder / "chat" / "index.html"), policy(settings.allowed_origins))}
    if not settings.live:
        pages["/"] = _template(folder / "demo" / "index.html"), policy()
    return [_route(path, template, rules, context) for path, (template, rules) in pages.items()]


def _template(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise WidgetFileError(f"{path}: cannot be read: {error.strerror}") from None


def _route(path: str, template: str, rules: str, context: AppContext) -> Route:
    made = lru_cache(maxsize=8)(lambda html: ServedFile.of(html, "text/html"))
    headers = {"Content-Security-Policy": rules, "Cache-Control": "no-cache", "Referrer-Policy": "same-origin"}

    async def page(request: Request) -> Response:
        html = filled(template, context.clinic_now().practice, live=context.settings.live)
        if "shared" in request.query_params:  # a tablet at the desk: the chat locks itself
            html = html.replace("<knee-intake ", "<knee-intake data-shared ", 1)
        return made(html).respond(request, headers)

    return Route(path, page, methods=["GET"])


def filled(template: str, practice: Practice, *, live: bool) -> str:
    """A page with this clinic's facts in place of {{clinic}} and the like; a line with an empty fact is left out."""
    phone = practice.phone.value if practice.phone.is_usable else ""
    facts = {
        "clinic": practice.name.value or "",
        "phone": phone or "",
        "tel": "".join(sign for sign in phone or "" if sign.isdigit() or sign == "+"),
        "hours": practice.open_hours_text("en"),
        "address": (practice.address.value if practice.address.is_usable else "") or "",
        "notice": practice.widget.notice,
        "demo": "" if live else "Demo: not monitored. Nobody reads this page. In an emergency, call 911.",
    }
    lines = [
        line
        for line in template.split("\n")
        if not any(not value and "{{" + name + "}}" in line for name, value in facts.items())
    ]
    page = "\n".join(lines)
    for name, value in facts.items():
        page = page.replace("{{" + name + "}}", escape(value))
    return page
