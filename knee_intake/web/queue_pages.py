"""The queue in the staff console: the list with its filters, what staff note about a conversation, saved views."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from knee_intake.errors import RequestError, ReviewFormError
from knee_intake.records.busy_times import old_feeds
from knee_intake.records.people import joined_with
from knee_intake.records.queue import NOBODY
from knee_intake.records.restrictions import hidden_ids
from knee_intake.records.reviews import Change, assignable, count, known_tags, read_tags
from knee_intake.records.saved_views import views_of
from knee_intake.records.staff_queries import PAGE, count_before_consent, mark
from knee_intake.web import queue_deeds as deeds
from knee_intake.web.bodies import is_number, row_number
from knee_intake.web.context import AppContext
from knee_intake.web.queue_filters import Pairs, address, filters_of, read_pairs, read_query, write_query
from knee_intake.web.queue_view import QueueView, Shown
from knee_intake.web.staff_deeds import see_list
from knee_intake.web.staff_gate import LIVE_HEADER

if TYPE_CHECKING:
    from knee_intake.web.staff import Console

Form = Mapping[str, str]


def queue_routes(context: AppContext, console: Console) -> list[BaseRoute]:
    """The list, and the forms on it."""
    pages = QueuePages(context, console)
    return [
        Route("/staff", console.page(pages.conversations), name="staff"),
        Route("/staff/conversations/{id}/review", console.page(pages.review), methods=["POST"]),
        Route("/staff/conversations/{id}/take", console.page(pages.take), methods=["POST"]),
        Route("/staff/views", console.page(pages.save_view), methods=["POST"]),
        Route("/staff/views/{view}/delete", console.page(pages.delete_view), methods=["POST"]),
    ]


class QueuePages:
    """The handlers; each runs in a worker thread."""

    def __init__(self, context: AppContext, console: Console) -> None:
        self._context, self._console = context, console
        self._view = QueueView(context, console.view)
        self._zone = context.clinic.practice.zoneinfo()

    # -- looking -----------------------------------------------------------------------------------------------------

    def conversations(self, request: Request, _form: Form) -> Response:
        pairs, after = read_pairs(request.query_params.multi_items()), request.query_params.get("after")
        with self._context.database.write() as connection:
            session = self._console.gate.session(request, connection)
            filters = filters_of(pairs, member=session.member, zone=self._zone)
            page = see_list(
                self._context, connection, session.member, after=after, limit=PAGE, filters=filters,
                live=LIVE_HEADER in request.headers,
            )  # fmt: skip
            hidden = hidden_ids(session.member, self._context.clock())
            shown = Shown(
                pairs=pairs,
                first_part=after is None,
                counts=count(connection),
                hidden=count_before_consent(connection),
                views=views_of(connection, session.member),
                members=assignable(connection),
                tags=known_tags(connection, hidden),
                old_feeds=old_feeds(connection, self._context.clock()),
                joined=joined_with(connection, [item.id for item in page.items], hidden),
            )
            state = mark(connection)
        return HTMLResponse(self._view.queue(session, page, shown, mark=state))

    # -- reviews -----------------------------------------------------------------------------------------------------

    def review(self, request: Request, form: Form) -> Response:
        """State, assignee and tags, each as it was seen and as it shall be."""
        conversation = request.path_params["id"]
        wanted = Change(
            state=_pair(form, "state"),
            assignee=_numbers(_pair(form, "assignee")),
            tags=(read_tags(form.get("was_tags", "")), read_tags(form["tags"])) if "tags" in form else None,
        )
        with self._context.database.write() as connection:
            session = self._console.checked(request, form, connection)
            deeds.change_review(self._context, connection, session.member, conversation, wanted)
        return RedirectResponse(f"/staff/conversations/{quote(conversation, safe='')}", status_code=303)

    def take(self, request: Request, form: Form) -> Response:
        """Take a conversation that nobody has, from the list."""
        with self._context.database.write() as connection:
            session = self._console.checked(request, form, connection)
            deeds.take(self._context, connection, session.member, request.path_params["id"])
        return _to_list(read_query(form.get("back", "")))

    # -- saved views -------------------------------------------------------------------------------------------------

    def save_view(self, request: Request, form: Form) -> Response:
        pairs = read_query(form.get("query", ""))
        with self._context.database.write() as connection:
            session = self._console.checked(request, form, connection)
            if not pairs:
                raise ReviewFormError("Choose a filter first, then keep it under a name.")
            filters_of(pairs, member=session.member, zone=self._zone)
            deeds.save_view(
                self._context, connection, session.member, name=form.get("name", ""), query=write_query(pairs),
                shared="shared" in form,
            )  # fmt: skip
        return _to_list(pairs)

    def delete_view(self, request: Request, form: Form) -> Response:
        with self._context.database.write() as connection:
            session = self._console.checked(request, form, connection)
            deeds.delete_view(self._context, connection, session.member, row_number(request.path_params["view"]))
        return _to_list(())


def _to_list(pairs: Pairs) -> Response:
    return RedirectResponse(address(pairs), status_code=303)


def _pair(form: Form, name: str) -> tuple[str, str] | None:
    """What the sender saw, and what they want."""
    return (form.get(f"was_{name}", ""), form[name]) if name in form else None


def _numbers(pair: tuple[str, str] | None) -> tuple[int, int] | None:
    if pair is None:
        return None
    if not all(is_number(one) for one in pair if one):
        raise RequestError("`assignee`: expected the number of a member")
    return int(pair[0] or NOBODY), int(pair[1] or NOBODY)
