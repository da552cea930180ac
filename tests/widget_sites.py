"""Small servers for the widget's tests: the clinic's files without an API, and pages of other sites that embed them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from types import SimpleNamespace
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from knee_intake.practice import ChatRules
from knee_intake.settings import Settings
from tests.integration import live


def widget_context(
    name: str = "43rd Street Medical", widget: ChatRules | None = None, address: str | None = None, **settings: str
) -> Any:
    """The parts of an AppContext that the widget's routes use; `settings` by their names: `LIVE="yes"`."""
    practice = SimpleNamespace(
        name=SimpleNamespace(value=name),
        phone=SimpleNamespace(value="(212) 555-0143", is_usable=True),
        address=SimpleNamespace(value=address, is_usable=address is not None),
        widget=widget or ChatRules(),
        open_hours_text=lambda lang: "Monday to Friday, 9 AM to 5 PM",
    )
    clinic = SimpleNamespace(practice=practice)
    environ = {f"KNEE_INTAKE_{key}": value for key, value in settings.items()}
    return SimpleNamespace(settings=Settings.from_environ(environ), clinic=clinic, clinic_now=lambda: clinic)


def serving(routes: Sequence[BaseRoute]) -> AbstractContextManager[str]:
    """The address of a server with these routes."""
    return live.serving(Starlette(routes=list(routes)))


class HostSite:
    """A site that is not the clinic's server; tests put its pages there."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[str, dict[str, str]]] = {}
        self.url = ""

    def put(self, html: str, policy: str = "", path: str = "/page") -> str:
        """Lay a page there; its address."""
        self.pages[path] = html, {"Content-Security-Policy": policy} if policy else {}
        return f"{self.url}{path}"

    def routes(self) -> list[BaseRoute]:
        def page(request: Request) -> Response:
            html, headers = self.pages.get(request.url.path, ("", {}))
            return HTMLResponse(html, 200 if html else 404, headers)

        return [Route("/{path:path}", page)]
