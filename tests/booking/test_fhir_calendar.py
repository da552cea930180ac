"""The client of a clinic's FHIR server: what it writes, reads, changes and takes back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from knee_intake.booking.fhir import FhirCalendar
from knee_intake.booking.fhir_names import SEQUENCE_URL
from knee_intake.booking.schedule import Busy
from knee_intake.errors import CalendarUnavailableError, SettingsError, SlotTakenError
from tests.booking.fhir_client import START, a_calendar, a_visit, foreign
from tests.booking.fhir_rules import problems
from tests.booking.fhir_server import FhirStore, a_schedule, fhir_server, moment, outcome, slots

HALF = timedelta(minutes=30)
DAY = timedelta(days=1)
OUR_SYSTEM = "https://visits.invalid/uid"


@pytest.fixture
def store() -> Iterator[FhirStore]:
    with fhir_server(FhirStore()) as store:
        yield store


@pytest.fixture
def calendar(store: FhirStore) -> Iterator[FhirCalendar]:
    with a_calendar(store.base) as calendar:
        yield calendar


@pytest.fixture
def with_slots(store: FhirStore) -> FhirStore:
    """The server offers 10:00 to 12:00 local time in four Slots."""
    store.add(a_schedule())
    for slot in slots(START, 4):
        store.add(slot)
    return store


def slot_states(store: FhirStore) -> list[str]:
    return [slot["status"] for slot in store.all("Slot")]


# -- what is written -------------------------------------------------------------------------------------------------


def test_a_visit_is_one_appointment_with_its_time_and_reference(store: FhirStore, calendar: FhirCalendar) -> None:
    calendar.write(a_visit())
    (written,) = store.all("Appointment")
    del written["meta"], written["id"]
    assert written == {
        "resourceType": "Appointment",
        "extension": [{"url": SEQUENCE_URL, "valueInteger": 0}],
        "identifier": [{"system": OUR_SYSTEM, "value": "h7k-4mq@visits.invalid"}],
        "status": "proposed",
        "serviceType": [{"coding": [{"system": "https://visits.invalid/visit-type", "code": "first_visit"}]}],
        "description": "Clinic visit (requested)",
        "start": "2026-03-16T14:00:00Z",
        "end": "2026-03-16T14:30:00Z",
        "minutesDuration": 30,
        "comment": "Reference: H7K-4MQ",
        "participant": [{"actor": {"reference": "Practitioner/one"}, "required": "required", "status": "needs-action"}],
    }


@pytest.mark.parametrize("status", ["requested", "booked"])
@pytest.mark.parametrize("requested_as", ["proposed", "pending", "booked"])
def test_all_that_is_sent_keeps_the_rules_of_fhir(with_slots: FhirStore, status: str, requested_as: str) -> None:
    with a_calendar(with_slots.base, calendar_requested_as=requested_as) as calendar:
        calendar.write(a_visit(status=status))
        calendar.update(a_visit(status="booked", sequence=1))
        calendar.remove(a_visit().uid)
    sent = [json.loads(one.body) for one in with_slots.seen if one.body]
    assert {one["resourceType"] for one in sent} == {"Appointment", "Slot"}
    assert [problem for one in sent for problem in problems(one)] == []


@pytest.mark.parametrize(
    ("status", "requested_as", "shown", "answer"),
    [
        ("requested", "proposed", "proposed", "needs-action"),
        ("requested", "pending", "pending", "needs-action"),
        ("requested", "booked", "booked", "needs-action"),
        ("booked", "proposed", "booked", "accepted"),
    ],
)
def test_the_setting_says_how_a_requested_visit_is_shown(
    store: FhirStore, status: str, requested_as: str, shown: str, answer: str
) -> None:
    with a_calendar(store.base, calendar_requested_as=requested_as) as calendar:
        calendar.write(a_visit(status=status))
        (written,) = store.all("Appointment")
        assert (written["status"], written["participant"][0]["status"]) == (shown, answer)
        assert [visit.status for visit in calendar.ours(START, START + DAY)] == [status]


def test_the_server_is_asked_to_keep_a_second_one_out(store: FhirStore, calendar: FhirCalendar) -> None:
    calendar.write(a_visit())
    (created,) = store.asked("POST")
    assert created.headers["if-none-exist"] == f"identifier={OUR_SYSTEM}|h7k-4mq@visits.invalid"


@pytest.mark.parametrize("keeps_condition", [True, False])
def test_writing_twice_is_writing_once(store: FhirStore, calendar: FhirCalendar, keeps_condition: bool) -> None:
    store.keeps_condition = keeps_condition
    calendar.write(a_visit())
    before = store.all("Appointment")
    calendar.write(a_visit())
    assert store.all("Appointment") == before


def test_a_visit_that_was_taken_back_can_be_written_again(store: FhirStore, calendar: FhirCalendar) -> None:
    calendar.write(a_visit())
    calendar.remove(a_visit().uid)
    calendar.write(a_visit())
    assert [one["status"] for one in store.all("Appointment")] == ["cancelled", "proposed"]


def test_written_again_for_another_time_the_visit_moves(store: FhirStore, calendar: FhirCalendar) -> None:
    calendar.write(a_visit())
    calendar.write(a_visit(start=START + HALF))
    assert [moment(one["start"]) for one in store.standing()] == [START + HALF]


# -- where the time is taken -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("shift", [timedelta(0), timedelta(minutes=10), timedelta(minutes=-10), timedelta(minutes=-29)])
def test_an_overlapping_appointment_takes_the_time(store: FhirStore, calendar: FhirCalendar, shift: timedelta) -> None:
    store.add(foreign(START + shift))
    with pytest.raises(SlotTakenError):
        calendar.write(a_visit())
    assert len(store.all("Appointment")) == 1
    assert store.asked("POST") == []


@pytest.mark.parametrize("shift", [HALF, -HALF])
def test_a_neighbouring_appointment_does_not(store: FhirStore, calendar: FhirCalendar, shift: timedelta) -> None:
    store.add(foreign(START + shift))
    calendar.write(a_visit())
    assert len(store.standing()) == 2


def test_a_long_appointment_that_began_before_takes_the_time(store: FhirStore, calendar: FhirCalendar) -> None:
    store.add(foreign(START - timedelta(hours=5), minutes=330))
    with pytest.raises(SlotTakenError):
        calendar.write(a_visit())


@pytest.mark.parametrize("status", ["cancelled", "noshow", "entered-in-error", "waitlist"])
def test_an_appointment_that_is_off_takes_no_time(store: FhirStore, calendar: FhirCalendar, status: str) -> None:
    store.add(foreign(status=status))
    calendar.write(a_visit())
    assert [one["status"] for one in store.all("Appointment")] == [status, "proposed"]


def test_what_is_declined_or_somebody_elses_or_has_no_time_takes_none(store: FhirStore, calendar: FhirCalendar) -> None:
    declined = foreign()
    declined["participant"][0]["status"] = "declined"
    store.add(declined)
    store.add(foreign(clinician="two"))
    without_time = foreign(status="proposed")
    del without_time["start"], without_time["end"]
    store.add(without_time)
    calendar.write(a_visit())
    assert len(store.all("Appointment")) == 4


def test_a_server_that_refuses_a_double_booking_says_that_the_time_is_taken(
    store: FhirStore, calendar: FhirCalendar
) -> None:
    store.refuses_overlap = True
    store.before_create = lambda: store.add(foreign()) if not store.standing() else None
    with pytest.raises(SlotTakenError):
        calendar.write(a_visit())
    assert len(store.all("Appointment")) == 1


def test_what_comes_in_while_we_write_makes_us_give_way(store: FhirStore, calendar: FhirCalendar) -> None:
    store.before_create = lambda: store.add(foreign()) if not store.standing() else None
    with pytest.raises(SlotTakenError):
        calendar.write(a_visit())
    assert [one.get("identifier") for one in store.standing()] == [None]


def test_half_a_visit_of_a_call_that_failed_is_no_reason_to_stay(store: FhirStore, calendar: FhirCalendar) -> None:
    calendar.write(a_visit())
    store.add(foreign())  # as if it had come between our writing and our reading back
    with pytest.raises(SlotTakenError):
        calendar.write(a_visit())
    assert [one.get("identifier") for one in store.standing()] == [None]


# -- the server's slots ----------------------------------------------------------------------------------------------


def test_a_slot_is_taken_by_a_versioned_update_and_named_in_the_appointment(
    with_slots: FhirStore, calendar: FhirCalendar
) -> None:
    calendar.write(a_visit())
    assert slot_states(with_slots) == ["busy-tentative", "free", "free", "free"]
    (update,) = with_slots.asked("PUT", "Slot")
    assert update.headers["if-match"] == 'W/"1"'
    (written,) = with_slots.all("Appointment")
    assert written["slot"] == [{"reference": "Slot/s1-0"}]


def test_a_long_visit_takes_all_its_slots(with_slots: FhirStore, calendar: FhirCalendar) -> None:
    calendar.write(a_visit(start=START + HALF, minutes=60, kind="long_visit", status="booked"))
    assert slot_states(with_slots) == ["free", "busy", "busy", "free"]


@pytest.mark.parametrize(
    "visit", [a_visit(start=START - HALF), a_visit(start=START + 3 * HALF, minutes=60), a_visit(start=START + DAY)]
)
def test_time_without_a_slot_cannot_be_taken(with_slots: FhirStore, calendar: FhirCalendar, visit: Any) -> None:
    with pytest.raises(SlotTakenError):
        calendar.write(visit)
    assert (with_slots.all("Appointment"), slot_states(with_slots)) == ([], ["free"] * 4)


def test_a_slot_that_somebody_takes_first_is_theirs(with_slots: FhirStore, calendar: FhirCalendar) -> None:
    def faster(seen: Any) -> None:
        if seen.method == "PUT" and seen.path.endswith("s1-1"):
            slot = with_slots.resources["Slot", "s1-1"]
            slot["status"], slot["meta"]["versionId"] = "busy", "2"

    with_slots.answers.append(faster)
    with pytest.raises(SlotTakenError):
        calendar.write(a_visit(minutes=60, kind="long_visit"))
    assert (with_slots.all("Appointment"), slot_states(with_slots)) == ([], ["free", "busy", "free", "free"])


def test_an_appointment_beside_a_free_slot_takes_the_time_all_the_same(
    with_slots: FhirStore, calendar: FhirCalendar
) -> None:
    with_slots.add(foreign())
    with pytest.raises(SlotTakenError):
        calendar.write(a_visit())
    assert slot_states(with_slots) == ["free"] * 4


def test_where_slots_cannot_be_changed_the_appointments_decide(with_slots: FhirStore, calendar: FhirCalendar) -> None:
    with_slots.read_only = frozenset({"Slot"})
    calendar.write(a_visit())
    assert slot_states(with_slots) == ["free"] * 4
    with pytest.raises(SlotTakenError):
        calendar.write(a_visit("QQQ-QQQ"))
    assert len(with_slots.standing()) == 1


def test_a_slot_taken_by_a_call_that_failed_is_taken_over_by_the_next(
    with_slots: FhirStore, calendar: FhirCalendar
) -> None:
    def fail(seen: Any) -> Any:
        return outcome(422, "required") if seen.method == "POST" else None

    def lose(seen: Any) -> Any:
        return outcome(500, "exception") if seen.method == "PUT" and with_slots.asked("POST") else None

    with_slots.answers[:] = [fail, lose]
    with pytest.raises(CalendarUnavailableError, match=r"status 422 \(required\)"):
        calendar.write(a_visit())
    assert slot_states(with_slots)[0] == "busy-tentative"
    assert [visit.uid for visit in calendar.ours(START, START + DAY)] == [a_visit().uid]
    with_slots.answers.clear()
    calendar.write(a_visit())
    assert len(with_slots.standing()) == 1


def test_removing_frees_a_slot_of_which_there_is_no_appointment(with_slots: FhirStore, calendar: FhirCalendar) -> None:
    slot = with_slots.resources["Slot", "s1-2"]
    slot["status"], slot["identifier"] = "busy-tentative", [{"system": OUR_SYSTEM, "value": a_visit().uid}]
    calendar.remove(a_visit().uid)
    assert slot_states(with_slots) == ["free"] * 4


def test_the_setting_turns_slots_off(with_slots: FhirStore) -> None:
    with a_calendar(with_slots.base, calendar_slots=False) as calendar:
        calendar.write(a_visit(start=START + DAY))
        assert calendar.busy(["one"], START, START + HALF) == []
    assert with_slots.asked("GET", "Slot") == []


# -- what is read ----------------------------------------------------------------------------------------------------


def test_busy_is_every_open_appointment_of_the_clinicians_asked_for(store: FhirStore, calendar: FhirCalendar) -> None:
    store.add(foreign())
    store.add(foreign(START + DAY))
    store.add(foreign(status="cancelled", start=START + HALF))
    store.add(foreign(START + 2 * HALF, clinician="two"))
    assert calendar.busy(["one"], START, START + DAY) == [Busy("one", START, START + HALF)]


def test_our_own_visits_are_busy_too(store: FhirStore, calendar: FhirCalendar) -> None:
    calendar.write(a_visit())
    assert calendar.busy(["one"], START, START + DAY) == [Busy("one", START, START + HALF)]


def test_where_there_are_slots_all_that_they_leave_out_is_busy(with_slots: FhirStore, calendar: FhirCalendar) -> None:
    with_slots.resources["Slot", "s1-1"]["status"] = "busy-unavailable"
    spans = calendar.busy(["one"], START - HALF, START + 6 * HALF)
    assert [(span.start, span.end) for span in spans] == [
        (START - HALF, START),
        (START + HALF, START + 2 * HALF),
        (START + 4 * HALF, START + 6 * HALF),
    ]


def test_a_day_without_slots_is_busy_where_there_are_slots_on_others(
    with_slots: FhirStore, calendar: FhirCalendar
) -> None:
    assert calendar.busy(["one"], START + DAY, START + DAY + HALF) == [Busy("one", START + DAY, START + DAY + HALF)]


def test_the_break_between_visits_does_not_eat_the_edges_of_free_slots(with_slots: FhirStore) -> None:
    with a_calendar(with_slots.base, practice={"booking": {"buffer_minutes": 10}}) as calendar:
        (before, after) = calendar.busy(["one"], START - DAY, START + DAY)
    assert (before.end, after.start) == (START - timedelta(minutes=10), START + 4 * HALF + timedelta(minutes=10))


def test_a_taken_slot_of_another_schedule_takes_a_free_one_at_its_time(
    with_slots: FhirStore, calendar: FhirCalendar
) -> None:
    with_slots.add(a_schedule(ident="s2"))
    with_slots.add({**next(slots(START, 1, minutes=45, schedule="s2")), "status": "busy"})
    spans = calendar.busy(["one"], START, START + 4 * HALF)
    assert {(span.start, span.end) for span in spans} == {(START, START + timedelta(minutes=45))}


def test_several_clinicians_are_asked_for_at_once(store: FhirStore) -> None:
    people = [{"id": name, "role": {"en": "Doctor"}, "visit_types": ["first_visit"]} for name in ("one", "two_b")]
    store.add(foreign(clinician="two-b"))
    with a_calendar(store.base, practice={"clinicians": people}) as calendar:
        assert calendar.busy(["two_b", "one", "one"], START, START + DAY) == [Busy("two_b", START, START + HALF)]
    assert len(store.asked("GET", "Appointment")) == 1


def test_ours_are_the_visits_that_we_wrote_and_that_stand(store: FhirStore, calendar: FhirCalendar) -> None:
    store.add(foreign(START + 2 * HALF))
    visits = [
        a_visit(),
        a_visit("QQQ-QQQ", start=START + 4 * HALF, minutes=60, kind="long_visit", status="booked", sequence=3),
    ]
    for visit in visits:
        calendar.write(visit)
    calendar.write(a_visit("PPP-PPP", start=START + 8 * HALF))
    calendar.remove(a_visit("PPP-PPP").uid)
    assert calendar.ours(START, START + DAY) == visits
    assert calendar.ours(START + DAY, START + 2 * DAY) == []


# -- what is changed -------------------------------------------------------------------------------------------------


def test_a_confirmed_visit_is_booked_and_all_else_in_the_appointment_stays(
    with_slots: FhirStore, calendar: FhirCalendar
) -> None:
    calendar.write(a_visit())
    written = with_slots.all("Appointment")[0]
    written["priority"], written["extension"] = 3, [{"url": "urn:theirs", "valueString": "x"}, *written["extension"]]
    calendar.update(a_visit(status="booked", sequence=1))
    (changed,) = with_slots.all("Appointment")
    assert (changed["status"], changed["description"], changed["priority"]) == ("booked", "Clinic visit", 3)
    assert changed["participant"][0]["status"] == "accepted"
    assert [one["url"] for one in changed["extension"]] == ["urn:theirs", SEQUENCE_URL]
    assert slot_states(with_slots)[0] == "busy"
    assert calendar.ours(START, START + DAY) == [a_visit(status="booked", sequence=1)]


def test_an_update_that_changes_nothing_sends_nothing(store: FhirStore, calendar: FhirCalendar) -> None:
    calendar.write(a_visit(status="booked"))
    calendar.update(a_visit(status="booked"))
    assert store.asked("PUT") == []


def test_an_update_goes_on_from_what_somebody_changed_meanwhile(store: FhirStore, calendar: FhirCalendar) -> None:
    calendar.write(a_visit())

    def meanwhile(seen: Any) -> None:
        (found,) = store.all("Appointment")
        if seen.method == "PUT" and found["meta"]["versionId"] == "1":
            found["meta"]["versionId"], found["comment"] = "2", "theirs"

    store.answers.append(meanwhile)
    calendar.update(a_visit(status="booked", sequence=1))
    (changed,) = store.all("Appointment")
    assert (changed["status"], changed["comment"], changed["meta"]["versionId"]) == ("booked", "theirs", "3")


@pytest.mark.parametrize("how", ["cancelled", "deleted"])
def test_an_update_makes_a_visit_anew_that_somebody_takes_away_meanwhile(
    store: FhirStore, calendar: FhirCalendar, how: str
) -> None:
    calendar.write(a_visit())

    def meanwhile(seen: Any) -> None:
        if seen.method != "PUT" or len(store.asked("PUT")) > 1:
            return
        if how == "deleted":
            store.resources.clear()
        else:
            store.all("Appointment")[0].update(status="cancelled", meta={"versionId": "2", "lastUpdated": ""})

    store.answers.append(meanwhile)
    calendar.update(a_visit(status="booked", sequence=1))
    assert [one["status"] for one in store.standing()] == ["booked"]


@pytest.mark.parametrize("status", ["arrived", "fulfilled", "checked-in"])
def test_what_the_clinic_has_taken_further_is_left_as_it_is(
    store: FhirStore, calendar: FhirCalendar, status: str
) -> None:
    calendar.write(a_visit())
    store.all("Appointment")[0]["status"] = status
    calendar.update(a_visit(status="booked", sequence=1))
    assert [one["status"] for one in store.all("Appointment")] == [status]


def test_a_visit_that_the_clinic_confirmed_itself_is_not_turned_back(store: FhirStore, calendar: FhirCalendar) -> None:
    calendar.write(a_visit())
    store.all("Appointment")[0]["status"] = "booked"
    calendar.update(a_visit(sequence=1))
    assert [one["status"] for one in store.all("Appointment")] == ["booked"]


@pytest.mark.parametrize("how", ["deleted", "cancelled"])
def test_an_update_makes_a_visit_that_is_gone(store: FhirStore, calendar: FhirCalendar, how: str) -> None:
    calendar.write(a_visit())
    if how == "deleted":
        store.resources.clear()
    else:
        store.all("Appointment")[0]["status"] = "cancelled"
    calendar.update(a_visit(status="booked", sequence=2))
    assert [one["status"] for one in store.standing()] == ["booked"]


def test_an_update_moves_a_visit_and_frees_its_old_time(with_slots: FhirStore, calendar: FhirCalendar) -> None:
    calendar.write(a_visit())
    calendar.update(a_visit(start=START + 2 * HALF, sequence=1))
    assert [moment(one["start"]) for one in with_slots.standing()] == [START + 2 * HALF]
    assert slot_states(with_slots) == ["free", "free", "busy-tentative", "free"]


def test_a_move_to_a_taken_time_leaves_the_old_one(with_slots: FhirStore, calendar: FhirCalendar) -> None:
    calendar.write(a_visit())
    calendar.write(a_visit("QQQ-QQQ", start=START + HALF))
    with pytest.raises(SlotTakenError):
        calendar.update(a_visit(start=START + HALF, sequence=1))
    assert [moment(one["start"]) for one in with_slots.standing()] == [START, START + HALF]
    assert slot_states(with_slots) == ["busy-tentative", "busy-tentative", "free", "free"]


# -- what is taken back ----------------------------------------------------------------------------------------------


def test_a_removed_visit_is_cancelled_and_its_slot_free(with_slots: FhirStore, calendar: FhirCalendar) -> None:
    calendar.write(a_visit())
    calendar.remove(a_visit().uid)
    (left,) = with_slots.all("Appointment")
    assert (left["status"], left["description"]) == ("cancelled", "Clinic visit (cancelled)")
    assert slot_states(with_slots) == ["free"] * 4
    assert "identifier" not in with_slots.resources["Slot", "s1-0"]
    assert calendar.ours(START, START + DAY) == []


def test_removing_what_is_not_there_is_no_error(with_slots: FhirStore, calendar: FhirCalendar) -> None:
    calendar.remove(a_visit().uid)
    calendar.write(a_visit())
    calendar.remove(a_visit().uid)
    before = len(with_slots.asked("PUT"))
    calendar.remove(a_visit().uid)
    assert len(with_slots.asked("PUT")) == before


def test_where_nothing_may_be_changed_it_is_deleted(store: FhirStore, calendar: FhirCalendar) -> None:
    calendar.write(a_visit())
    store.read_only = frozenset({"Appointment"})
    calendar.remove(a_visit().uid)
    assert store.all("Appointment") == []


def test_where_it_may_not_be_deleted_either_the_calendar_says_so(store: FhirStore, calendar: FhirCalendar) -> None:
    calendar.write(a_visit())
    store.read_only = store.not_deleted = frozenset({"Appointment"})
    with pytest.raises(CalendarUnavailableError, match="cancel an Appointment: status 405"):
        calendar.remove(a_visit().uid)


def test_a_slot_in_which_somebody_else_stands_is_not_given_back(with_slots: FhirStore, calendar: FhirCalendar) -> None:
    calendar.write(a_visit())
    with_slots.add(foreign())
    calendar.remove(a_visit().uid)
    assert slot_states(with_slots)[0] == "busy-tentative"


# -- who is who ------------------------------------------------------------------------------------------------------


def test_a_clinician_may_be_named_by_a_reference(store: FhirStore) -> None:
    with a_calendar(store.base, calendar_actors={"one": "PractitionerRole/r7"}) as calendar:
        calendar.write(a_visit())
    (written,) = store.all("Appointment")
    assert written["participant"][0]["actor"] == {"reference": "PractitionerRole/r7"}


def test_a_clinician_may_be_named_by_an_identifier_that_is_looked_up_once(store: FhirStore) -> None:
    store.add({"resourceType": "Practitioner", "id": "p9", "identifier": [{"system": "urn:npi", "value": "12"}]})
    with a_calendar(store.base, calendar_actors={"one": "urn:npi|12"}) as calendar:
        calendar.write(a_visit())
        calendar.busy(["one"], START, START + DAY)
    (written,) = store.all("Appointment")
    assert written["participant"][0]["actor"] == {"reference": "Practitioner/p9"}
    assert len(store.asked("GET", "Practitioner")) == 1


@pytest.mark.parametrize("people", [0, 2])
def test_an_identifier_that_names_nobody_or_two_is_refused(store: FhirStore, people: int) -> None:
    for _ in range(people):
        store.add({"resourceType": "Practitioner", "identifier": [{"system": "urn:npi", "value": "12"}]})
    with (
        a_calendar(store.base, calendar_actors={"one": "urn:npi|12"}) as calendar,
        pytest.raises(CalendarUnavailableError, match=f"has {people} people for one"),
    ):
        calendar.write(a_visit())


@pytest.mark.parametrize(
    ("actors", "what"),
    [({"nobody": "Practitioner/1"}, "no clinician nobody"), ({"one": "Dr. No"}, "one: expected Practitioner/ID")],
)
def test_actors_that_cannot_be_are_refused(actors: dict[str, str], what: str) -> None:
    with (
        pytest.raises(SettingsError, match=f"^KNEE_INTAKE_CALENDAR_ACTORS: .*{what}"),
        a_calendar("https://ehr.example", calendar_actors=actors),
    ):
        pass
