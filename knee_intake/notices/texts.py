"""The words of mails and of the pages behind their links, from clinic/notices.yml. PURE."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from knee_intake.checked_yaml import line_of, load_yaml, read_yaml
from knee_intake.errors import ClinicFileError
from knee_intake.texts import Texts, in_language, names_in

ANYWHERE = frozenset({"clinic", "phone"})
"""Placeholders that every text may use."""

NEEDED: dict[str, frozenset[str]] = {
    "mails.requested.text": frozenset({"time", "reference", "confirm", "visit"}),
    "mails.booked.text": frozenset({"time", "reference", "confirm", "visit"}),
    "mails.cancelled.text": frozenset({"time", "reference"}),
    "mails.moved.text": frozenset({"time"}),
    "mails.reminder_booked.subject": frozenset({"time"}),
    "mails.reminder_booked.text": frozenset({"time", "reference", "keep", "move", "cancel"}),
    "mails.reminder_requested.subject": frozenset({"time"}),
    "mails.reminder_requested.text": frozenset({"time", "reference", "keep", "move", "cancel"}),
    "mails.answered.text": frozenset({"link", "code"}),
    "mails.footer": frozenset({"stop"}),
    "pages.requested": frozenset({"time"}),
    "pages.booked": frozenset({"time"}),
    "pages.cancelled": frozenset({"time"}),
    "pages.reference": frozenset({"reference"}),
    "pages.move_done_requested": frozenset({"time", "reference"}),
    "pages.move_done_booked": frozenset({"time", "reference"}),
    "staff.subject": frozenset({"what"}),
    "staff.text": frozenset({"what", "time", "link"}),
    "staff.text_again": frozenset({"what", "time", "link"}),
    "staff.text_no_link": frozenset({"what", "time"}),
    "staff.digest_text": frozenset({"urgent", "unread", "visits", "callbacks", "link"}),
}
"""Placeholders that a text must have; it may have no others but those of ANYWHERE."""


class Letter(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A mail's words."""

    subject: Texts
    text: Texts


class Mails(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """To visitors."""

    requested: Letter
    booked: Letter
    cancelled: Letter
    moved: Letter
    reminder_booked: Letter
    reminder_requested: Letter
    answered: Letter
    footer: Texts
    """Below each of them."""


class Pages(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What the pages behind the links say; a `label` is a button or the name of a field."""

    visit_heading: Texts
    requested: Texts
    booked: Texts
    cancelled: Texts
    reference: Texts
    keep_label: Texts
    keep_ask: Texts
    keep_done: Texts
    move_label: Texts
    move_ask: Texts
    move_taken: Texts
    move_none: Texts
    move_failed: Texts
    move_done_requested: Texts
    move_done_booked: Texts
    more_label: Texts
    cancel_label: Texts
    cancel_ask: Texts
    confirm_label: Texts
    confirm_ask: Texts
    confirm_done: Texts
    confirm_changed: Texts
    stop_heading: Texts
    stop_label: Texts
    stop_ask: Texts
    stop_done: Texts
    answer_heading: Texts
    code_label: Texts
    code_button_label: Texts
    code_ask: Texts
    code_wrong: Texts
    code_locked: Texts
    answer_more: Texts
    gone_heading: Texts
    gone: Texts
    busy: Texts


class StaffMails(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """To the clinic's own people."""

    subject: Texts
    text: Texts
    text_again: Texts
    """Where those before did not say in time that they know."""
    text_no_link: Texts
    """Where the server does not know its own address."""
    emergency_911_label: Texts
    emergency_room_label: Texts
    same_day_label: Texts
    soon_label: Texts
    visit_label: Texts
    cancelled_label: Texts
    call_back_label: Texts
    hand_over_label: Texts
    test_subject: Texts
    test_text: Texts
    digest_subject: Texts
    digest_text: Texts


class NoticeTexts(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The whole of notices.yml."""

    mails: Mails
    pages: Pages
    staff: StaffMails
    approved_by: str | None = None
    """Filled in from approvals.yml once every text of the file is approved; in the file it stays null."""
    approved_at: str | None = None

    def all(self) -> Iterator[tuple[str, Texts]]:
        """Every text with its dotted name, as `mails.booked.subject`."""
        for part in ("mails", "pages", "staff"):
            yield from _texts_of(getattr(self, part), part)

    def page(self, name: str, lang: str = "en", **values: Any) -> str:
        """A page's text with its braces filled in. An unknown name is a defect and raises AttributeError."""
        return in_language(getattr(self.pages, name), lang).format(**values)


def _texts_of(struct: msgspec.Struct, name: str) -> Iterator[tuple[str, Texts]]:
    for field in struct.__struct_fields__:
        value = getattr(struct, field)
        if isinstance(value, msgspec.Struct):
            yield from _texts_of(value, f"{name}.{field}")
        else:
            yield f"{name}.{field}", value


def load_notices(path: Path) -> NoticeTexts:
    """Read and check notices.yml. Raises ClinicFileError naming file, line, key and what was expected."""
    texts = load_yaml(path, NoticeTexts)
    for name, wordings in texts.all():
        if wrong := _mistake(name, wordings):
            keys = name.split(".")
            raise ClinicFileError(path, line_of(read_yaml(path), *keys), name, wrong)
    return texts


def _mistake(name: str, wordings: Texts) -> str | None:
    if "en" not in wordings:
        return "expected an `en` wording"
    needed = NEEDED.get(name, frozenset())
    for text in wordings.values():
        try:
            found = names_in(text)
        except ValueError:
            return "expected braces in pairs"
        if unknown := sorted(found - needed - ANYWHERE):
            return f"{{{unknown[0]}}} is not known here"
        if missing := sorted(needed - found):
            return f"expected {{{missing[0]}}} in it"
    if name.endswith(".subject") and any("\n" in text.strip() for text in wordings.values()):
        return "expected one line"
    return None
