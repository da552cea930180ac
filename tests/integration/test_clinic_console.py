"""The editor of the clinic's files in the console: what is saved, what is refused, who may, and what can be undone."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from knee_intake import clinic_draft
from knee_intake.approvals import load_decisions
from knee_intake.booking.embedded import EmbeddedCalendar
from knee_intake.clinic import Clinic, load_clinic
from knee_intake.clinic_store import ClinicStore
from knee_intake.errors import StorageError
from knee_intake.records import schema
from knee_intake.records.database import Database
from knee_intake.records.staff_accounts import set_clinician
from knee_intake.settings import Settings
from knee_intake.web.context import AppContext
from tests.integration.test_staff_console import Console, csrf_of
from tests.unit.test_clinic_store import change

ENTRY = "/staff/clinic/entry"
PARKING = {"id": "fact.parking", "value": "Park behind the house.", "state": "confirmed", "confirmed_on": ""}
WARNED = "The clinic will give you a list of each service and what it will usually cost before you come here."


class Desk:
    """A console over a folder of its own, and a member who is signed in there."""

    def __init__(self, home: Path, database: Database) -> None:
        self.folder = home / "clinic"
        clinic = load_clinic(self.folder)
        settings = Settings.from_environ({}, home=str(home))
        context = AppContext(settings, clinic, database, EmbeddedCalendar(database, clinic.practice), b"k" * 32)
        context.clinics = ClinicStore(clinic, self.folder)
        context.clinics.on_change(context.take)
        self.context, self.console = context, Console(context)

    def browser(self, role: str = "manager") -> Any:
        return self.console.signed_in(role)

    def form(self, browser: Any, entry: str) -> dict[str, str]:
        """What the entry's form holds beside its fields."""
        page = browser.get(f"{ENTRY}?id={entry}").text
        was = re.search(r'name="was" value="(\w+)"', page)
        assert was is not None
        return {"csrf": csrf_of(page), "was": was[1], "id": entry}

    def save(self, browser: Any, form: dict[str, str]) -> Any:
        """Open the entry's form, fill in and save."""
        return browser.post(ENTRY, data={**self.form(browser, form["id"]), **form})

    def clinic(self) -> Clinic:
        return load_clinic(self.folder)

    def text(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")

    def changes(self) -> list[Any]:
        with self.context.database.read() as connection:
            return list(connection.execute(sa.select(schema.clinic_changes).order_by(schema.clinic_changes.c.id)).all())


@pytest.fixture
def desk(home: Path, database: Database) -> Iterator[Desk]:
    return Desk(home, database)


# ---- a change


def test_a_fact_is_saved_with_its_state_and_day_and_holds_at_once(desk: Desk) -> None:
    browser = desk.browser()
    before = desk.text("practice.yml")
    answer = desk.save(browser, PARKING)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{ENTRY}?id=fact.parking&saved=1")
    fact = desk.context.clinic.practice.parking
    assert (fact.value, fact.confirmed, len(fact.confirmed_on or "")) == ("Park behind the house.", True, 10)
    rest = [line for line in desk.text("practice.yml").splitlines() if not line.startswith("parking:")]
    assert rest == [line for line in before.splitlines() if not line.startswith("parking:")]
    page = browser.get(answer.headers["location"]).text
    assert "Saved." in page
    assert "Park behind the house." in page
    [row] = desk.changes()
    assert (row.entry, row.file, row.key, row.before) == ("fact.parking", "practice.yml", "parking", {"value": None})
    assert row.after == {"value": fact.value, "confirmed": True, "confirmed_on": fact.confirmed_on}
    assert ("clinic_edit", "fact.parking") in desk.console.audit()


def test_a_form_that_comes_twice_changes_nothing_more(desk: Desk) -> None:
    browser = desk.browser()
    form = {**desk.form(browser, "fact.parking"), **PARKING}
    assert [browser.post(ENTRY, data=form).status_code for _ in range(2)] == [303, 303]
    assert len(desk.changes()) == 1


def test_an_answer_is_saved_in_its_own_words_and_its_approval_is_void(desk: Desk) -> None:
    browser = desk.browser()
    text = "I am an automated helper. If you would like a person, call {phone}."
    assert desk.save(browser, {"id": "answer.ask_bot", "text.en": text}).status_code == 303
    assert desk.clinic().faq.answers["ask_bot"].text["en"] == text
    assert "A clinician has to approve the words" in browser.get(f"{ENTRY}?id=answer.ask_bot&saved=1").text


def test_the_mode_is_switched_with_a_notice_and_back(desk: Desk) -> None:
    browser = desk.browser()
    for mode in ("no_booking", "phone_only", "off"):
        desk.save(browser, {"id": "mode", "mode": mode, "notice": "Closed today: snow."})
        assert desk.context.clinic.practice.widget.mode == mode
    assert "Closed today: snow." in browser.get("/staff/clinic").text
    desk.save(browser, {"id": "mode", "mode": "on", "notice": ""})
    widget = desk.context.clinic.practice.widget
    assert (widget.mode, widget.notice) == ("on", "")


# ---- what is not saved


REFUSED: tuple[tuple[dict[str, str], str], ...] = (
    ({"id": "answer.ask_bot", "text.en": "This is proven to help you."}, "“proven” reads as a promise"),
    ({"id": "answer.ask_bot", "text.en": "Ask {nobody} for it."}, "`text` names {nobody}"),
    ({"id": "answer.ask_bot", "text.en": "Call {phone:zz}."}, "`text` names {phone:zz}"),
    ({"id": "answer.ask_bot", "text.en": "Call {phone."}, "`text` names {a single brace}"),
    ({"id": "answer.ask_bot", "text.en": ""}, "expected something here"),
    ({"id": "answer.ask_bot", "text.en": "x" * 1201}, "at most 1200 characters"),
    ({"id": "option.botox_knee", "text.en.risk": "It can sting."}, "has to say its risk in the same message"),
    ({"id": "option.botox_knee", "text.en.limits": ""}, "expected something here"),
    ({"id": "notice.mails.booked", "text.en": "Hello. Your visit is set."}, "expected {"),
    ({"id": "fact.phone", "value": "call us", "state": "confirmed"}, "at least seven digits"),
    ({"id": "fact.phone", "value": "", "state": "confirmed"}, "expected a value where confirmed is true"),
    ({"id": "fact.website", "value": "javascript:alert(1)", "state": "open"}, "expected an address such as https"),
    ({"id": "fact.hours", "mon": "9-5", "state": "open"}, "expected times in order"),
    ({"id": "fact.parking", "value": "It is safe to park here.", "state": "open"}, "“safe” reads as a promise"),
    ({"id": "holidays", "holidays": "Christmas"}, "expected days as 2026-12-25"),
    ({"id": "mode", "mode": "shut", "notice": ""}, "expected one of on"),
    ({"id": "mode", "mode": "off", "notice": "x" * 161}, "at most 160 characters"),
    ({"id": "mode", "mode": "off", "notice": "two\nlines"}, "expected one line"),
)


def test_what_breaks_a_rule_is_refused_and_nothing_is_written(desk: Desk) -> None:
    browser = desk.browser()
    before = {path.name: path.read_bytes() for path in desk.folder.iterdir()}
    for form, told in REFUSED:
        answer = desk.save(browser, form)
        assert answer.status_code == 400, form
        assert "Cannot be saved:" in answer.text, form
        assert told in html.unescape(answer.text), form
    assert {path.name: path.read_bytes() for path in desk.folder.iterdir()} == before
    assert desk.changes() == []


def test_a_grade_between_six_and_eight_is_saved_by_who_has_seen_it(desk: Desk) -> None:
    browser = desk.browser()
    form = {"id": "fact.parking", "value": WARNED, "state": "open"}
    answer = desk.save(browser, form)
    assert answer.status_code == 400
    assert "it reads at grade 7.6, and 6 or below is meant" in answer.text
    assert 'id="accept-row">' in answer.text
    assert desk.save(browser, {**form, "accept": "yes"}).status_code == 303
    assert desk.clinic().practice.parking.value == WARNED


def test_a_look_at_it_first_writes_nothing(desk: Desk) -> None:
    browser = desk.browser()
    answer = desk.save(browser, {**PARKING, "do": "preview"})
    assert answer.status_code == 200
    assert '<p class="bubble">Park behind the house.</p>' in answer.text
    assert desk.changes() == []


def test_live_a_fact_that_patients_need_stays_confirmed(home: Path, database: Database) -> None:
    desk = Desk(home, database)
    browser = desk.browser()
    desk.save(browser, {"id": "fact.phone", "value": "212-555-0100", "state": "confirmed"})
    desk.context.settings = Settings.from_environ({}, home=str(home), live=True)
    answer = desk.save(browser, {"id": "fact.phone", "value": "212-555-0100", "state": "open"})
    assert answer.status_code == 400
    assert "needs this fact confirmed" in answer.text


# ---- two people, and a hand in the file


def test_of_two_who_change_the_same_the_second_is_told_and_sees_both(desk: Desk) -> None:
    first, second = desk.browser("manager"), desk.browser("admin")
    theirs = {**desk.form(second, "fact.parking"), **PARKING, "value": "Park in front."}
    assert desk.save(first, PARKING).status_code == 303
    answer = second.post(ENTRY, data=theirs)
    assert answer.status_code == 409
    assert "Somebody else saved this in the meantime." in answer.text
    assert "Park behind the house." in answer.text
    assert "Park in front." in answer.text
    assert desk.clinic().practice.parking.value == "Park behind the house."
    again = re.search(r'name="was" value="(\w+)"', answer.text)
    assert again is not None
    assert second.post(ENTRY, data={**theirs, "was": again[1]}).status_code == 303
    assert desk.clinic().practice.parking.value == "Park in front."


def test_two_who_change_different_facts_do_not_meet(desk: Desk) -> None:
    first, second = desk.browser("manager"), desk.browser("admin")
    theirs = {**desk.form(second, "fact.referral"), "value": "You need no referral.", "state": "confirmed"}
    desk.save(first, PARKING)
    assert second.post(ENTRY, data=theirs).status_code == 303
    practice = desk.clinic().practice
    assert practice.parking.confirmed
    assert practice.referral.confirmed


def test_an_edit_by_hand_after_the_form_was_opened_is_seen(desk: Desk) -> None:
    browser = desk.browser()
    form = {**desk.form(browser, "fact.parking"), **PARKING}
    change(desk.folder, "practice.yml", "parking: {value: null", 'parking: {value: "No parking."')
    answer = browser.post(ENTRY, data=form)
    assert answer.status_code == 409
    assert "No parking." in answer.text


def test_an_edit_by_hand_at_the_last_moment_is_not_overwritten(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = desk.browser()
    load = clinic_draft.Draft.load

    def meanwhile(draft: clinic_draft.Draft) -> Clinic:
        change(desk.folder, "practice.yml", "referral: {value: null", 'referral: {value: "None."')
        return load(draft)

    form = {**desk.form(browser, "fact.parking"), **PARKING}
    monkeypatch.setattr(clinic_draft.Draft, "load", meanwhile)
    assert browser.post(ENTRY, data=form).status_code == 409
    assert desk.changes() == []
    assert desk.clinic().practice.referral.value == "None."
    assert desk.clinic().practice.parking.value is None


def test_a_file_that_was_broken_by_hand_is_named_on_every_page_and_cannot_be_edited(desk: Desk) -> None:
    browser = desk.browser()
    change(desk.folder, "answers.yml", "    before_consent: true\n", "    before_consent: perhaps\n")
    page = browser.get("/staff/clinic").text
    assert "A file in the clinic’s folder is broken." in page
    assert re.search(r"answers\.yml, line \d+, key <code>answers\.ask_botulinum\.before_consent</code>", page)
    assert browser.get(f"{ENTRY}?id=answer.ask_bot").status_code == 409
    answer = desk.save(browser, PARKING)
    assert answer.status_code == 400
    assert "answers.yml, line" in answer.text


def test_on_a_read_only_file_system_the_editor_says_so_and_changes_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = desk.browser()
    form = {**desk.form(browser, "fact.parking"), **PARKING}
    monkeypatch.setattr("knee_intake.clinic_draft.os.access", lambda _path, _mode: False)
    for page in ("/staff/clinic", f"{ENTRY}?id=fact.parking", "/staff/clinic/texts", "/staff/clinic/history"):
        assert "Read only:" in browser.get(page).text
    assert ">Save</button>" not in browser.get(f"{ENTRY}?id=fact.parking").text
    answer = browser.post(ENTRY, data=form)
    assert answer.status_code == 409
    assert "cannot be written on this server" in html.unescape(answer.text)
    assert desk.changes() == []


def test_a_disk_that_refuses_leaves_file_and_history_as_they_were(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = desk.browser()

    def full(_source: Any, _target: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("knee_intake.clinic_draft.os.replace", full)
    assert desk.save(browser, PARKING).status_code == 409
    assert (desk.changes(), desk.clinic().practice.parking.value) == ([], None)
    assert [path.name for path in desk.folder.iterdir() if path.name.startswith(".")] == []


def test_records_that_cannot_be_kept_take_the_file_back(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = desk.browser()
    form = {**desk.form(browser, "fact.parking"), **PARKING}
    write = clinic_draft.Draft.write

    def then_fail(draft: clinic_draft.Draft) -> None:
        write(draft)
        monkeypatch.setattr("knee_intake.records.audit._append", _refuse)

    monkeypatch.setattr(clinic_draft.Draft, "write", then_fail)
    assert browser.post(ENTRY, data=form).status_code >= 500
    assert (desk.changes(), desk.clinic().practice.parking.value) == ([], None)


def _refuse(*_arguments: Any) -> None:
    raise StorageError("the database refused")


# ---- undo


def undo(desk: Desk, browser: Any, number: int) -> Any:
    token = csrf_of(browser.get("/staff/clinic/history").text)
    return browser.post("/staff/clinic/undo", data={"csrf": token, "change": str(number)})


def test_an_undo_gives_the_file_back_as_it_was_and_is_a_change_itself(desk: Desk) -> None:
    browser = desk.browser()
    before = desk.text("practice.yml")
    desk.save(browser, PARKING)
    assert undo(desk, browser, 1).headers["location"] == f"{ENTRY}?id=fact.parking&saved=undone"
    assert desk.text("practice.yml") == before
    [made, undone] = desk.changes()
    assert (undone.undoes, undone.before, undone.after) == (made.id, made.after, made.before)
    page = browser.get("/staff/clinic/history").text
    assert "taken back" in page
    assert "undoes change 1" in page
    assert undo(desk, browser, 2).status_code == 303
    assert desk.clinic().practice.parking.value == "Park behind the house."


def test_what_was_changed_again_since_cannot_be_undone(desk: Desk) -> None:
    browser = desk.browser()
    desk.save(browser, PARKING)
    desk.save(browser, {**PARKING, "value": "Park in front."})
    assert undo(desk, browser, 1).status_code == 409
    assert undo(desk, browser, 99).status_code == 404
    assert desk.clinic().practice.parking.value == "Park in front."


def test_an_edit_that_would_lose_a_remark_is_refused_with_the_remark(desk: Desk) -> None:
    browser = desk.browser()
    old = 'holidays: []   # days on which the clinic is closed, as "2026-12-25"\n'
    change(desk.folder, "practice.yml", old, 'holidays:\n  - "2026-12-25"\n  # moved\n  - "2026-12-26"\n')
    answer = desk.save(browser, {"id": "holidays", "holidays": ""})
    assert answer.status_code == 400
    assert "the comment “# moved” in practice.yml would be lost" in answer.text
    assert desk.clinic().practice.holidays == ["2026-12-25", "2026-12-26"]


# ---- the live check


def test_the_check_while_writing_says_what_saving_would(desk: Desk) -> None:
    browser = desk.browser()
    form = desk.form(browser, "fact.parking")
    verdict = browser.post("/staff/clinic/check", data={**form, "value": WARNED, "state": "confirmed"}).json()
    assert [one["level"] for one in verdict["findings"]] == ["warn"]
    assert (verdict["grade"], verdict["plain"], verdict["changed"]) == (7.6, False, True)
    assert verdict["words"] == ["usually"]
    assert verdict["said"][0]["text"] == WARNED
    assert desk.changes() == []


# ---- who may


@pytest.mark.parametrize("role", ["viewer", "reviewer"])
def test_who_may_not_edit_can_read(desk: Desk, role: str) -> None:
    browser = desk.browser(role)
    for room in ("facts", "people", "answers", "options", "mails", "safety"):
        assert browser.get(f"/staff/clinic?room={room}").status_code == 200
    page = browser.get(f"{ENTRY}?id=fact.parking").text
    assert "A manager can change this." in page
    assert ">Save</button>" not in page
    assert browser.post(ENTRY, data={"csrf": csrf_of(page), **PARKING}).status_code == 403


def test_red_flags_intents_and_keys_cannot_be_edited(desk: Desk) -> None:
    browser = desk.browser("admin")
    page = browser.get("/staff/clinic?room=safety").text
    assert "RF13: Trouble swallowing, speaking or breathing after a botulinum toxin shot" in page
    assert ENTRY not in page.partition("RF13")[2]
    token = csrf_of(page)
    for entry in ("safety.RF13", "answer.ask_physical_therapy", "question.consent", "fact.zone", "fact.nothing", ""):
        assert browser.post(ENTRY, data={"csrf": token, "id": entry, "text.en": "x"}).status_code == 404
    sent = {"id": "answer.ask_bot", "sources": "S1", "treatment": "botox_knee", "approved_by": "me"}
    assert desk.save(browser, sent).status_code == 303
    assert desk.changes() == []


# ---- approval


@pytest.fixture
def clinician(desk: Desk, clock: Callable[[], Any]) -> Any:
    browser = desk.browser("viewer")
    set_clinician(desk.context.database, "a viewer", True, clock())
    return browser


def decide(desk: Desk, browser: Any, text: str, do: str, **more: str) -> Any:
    page = browser.get("/staff/clinic/texts?section=safety&show=all").text
    found = re.search(rf'name="text" value="{re.escape(text)}"><input type="hidden" name="hash" value="(\w+)"', page)
    form = {"csrf": csrf_of(page), "text": text, "hash": found[1] if found else "", "do": do, **more}
    return browser.post("/staff/clinic/texts/decide", data=form)


def test_a_clinician_approves_the_words_that_were_on_the_page(desk: Desk, clinician: Any) -> None:
    assert decide(desk, clinician, "safety.RF13", "approve").status_code == 303
    decision = load_decisions(desk.folder / "approvals.yml")["safety.RF13"]
    assert (decision.decision, decision.by) == ("approved", "a viewer")
    assert desk.context.clinic.red_flags.rules[0].approved_by == "a viewer"
    assert ("text_approved", "safety.RF13") in desk.console.audit()
    assert decide(desk, clinician, "safety.RF13", "approve").status_code == 303
    assert desk.text("approvals.yml").count("RF13") == 1


def test_a_rejection_needs_a_comment_that_is_shown(desk: Desk, clinician: Any) -> None:
    answer = decide(desk, clinician, "safety.RF13", "reject")
    assert answer.status_code == 400
    assert "Please say in a comment why" in answer.text
    decide(desk, clinician, "safety.RF13", "reject", comment="Too long.")
    page = clinician.get("/staff/clinic/texts?section=safety").text
    assert "Rejected by a viewer on" in page
    assert "Too long." in page


def test_words_that_changed_since_they_were_read_are_not_approved(desk: Desk, clinician: Any) -> None:
    assert decide(desk, clinician, "safety.RF13", "approve", hash="0" * 64).status_code == 409
    assert load_decisions(desk.folder / "approvals.yml") == {}


def test_a_section_is_approved_as_a_whole_and_an_edit_voids_one_of_it(desk: Desk, clinician: Any) -> None:
    page = clinician.get("/staff/clinic/texts?section=options").text
    found = re.search(r'name="section" value="options"><input type="hidden" name="hash" value="(\w+)"', page)
    assert found is not None
    form = {"csrf": csrf_of(page), "section": "options", "hash": found[1], "do": "approve"}
    assert clinician.post("/staff/clinic/texts/decide", data=form).status_code == 303
    assert "Nothing of this section waits." in clinician.get("/staff/clinic/texts?section=options").text
    manager = desk.browser()
    desk.save(manager, {"id": "option.acupuncture", "label.en": "Acupuncture care"})
    page = clinician.get("/staff/clinic/texts?section=options").text
    assert "Not approved: the text changed since it was approved by a viewer" in page
    assert "Last edited by a manager" in page
    assert clinician.post("/staff/clinic/texts/decide", data=form).status_code == 409


def test_who_edits_and_approves_the_same_text_may_and_it_is_shown(desk: Desk, clock: Callable[[], Any]) -> None:
    browser = desk.browser()
    set_clinician(desk.context.database, "a manager", True, clock())
    desk.save(browser, {"id": "option.acupuncture", "label.en": "Acupuncture care"})
    page = browser.get("/staff/clinic/texts?section=options").text
    assert "You edited this text yourself." in page
    found = re.search(r'name="text" value="option.acupuncture"><input type="hidden" name="hash" value="(\w+)"', page)
    assert found is not None
    form = {"csrf": csrf_of(page), "text": "option.acupuncture", "hash": found[1], "do": "approve"}
    assert browser.post("/staff/clinic/texts/decide", data=form).status_code == 303
    page = browser.get("/staff/clinic/texts?section=options&show=approved").text
    assert "Edited and approved by the same person." in page


def test_who_is_no_clinician_reads_and_does_not_decide(desk: Desk) -> None:
    browser = desk.browser("admin")
    page = browser.get("/staff/clinic/texts").text
    assert 'value="approve"' not in page
    assert decide(desk, browser, "safety.RF13", "approve").status_code == 403


def test_the_pack_is_a_page_of_its_own_that_its_policy_lets_have_its_style(desk: Desk) -> None:
    answer = desk.browser("viewer").get("/staff/clinic/texts/pack")
    assert "what patients read" in answer.text
    assert "style-src 'sha256-" in answer.headers["content-security-policy"]
