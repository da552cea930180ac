"""What was read over FHIR, in the audit log: one row a request that is let in."""

from __future__ import annotations

from sqlalchemy.engine import Connection

from knee_intake.records.audit import write_audit
from knee_intake.records.staff_accounts import Member
from knee_intake.web.context import AppContext
from knee_intake.web.fhir_request import FhirRequest

_LONGEST = 80  # characters of a row's subject
_SILENT = "metadata"
"""What the server can do is nobody's data."""


def note_read(context: AppContext, connection: Connection, member: Member, request: FhirRequest) -> None:
    """Which kind, and which one or by which parameters; their values stay out of the log."""
    kind = request.request.url.path.removeprefix("/fhir/").partition("/")[0]
    if kind == _SILENT:
        return
    ident = request.request.path_params.get("id")
    subject = f"{kind}/{ident}" if ident and str(ident).isprintable() else kind
    write_audit(connection, now=context.clock(), staff_id=member.id, action="fhir_read", subject=subject[:_LONGEST])
