"""FHIR R4 Bundles of many made-up intakes: read by a FHIR library, held against our own rules, compared in detail."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knee_intake.clinic import load_clinic
from knee_intake.exports.fhir_codes import LOINC, SNOMED, UCUM, every_code
from knee_intake.exports.fhir_questionnaire import items
from knee_intake.exports.files import FORMATS
from knee_intake.interview.model import STATUSES, URGENCIES, Answer, Intake
from knee_intake.records.exported import Exported
from knee_intake.records.staff_queries import Detail, ListItem
from knee_intake.settings import Settings
from knee_intake.web.export_maker import make
from tests.fhir_bundle_rules import problems
from tests.integration.staff_rows import CALF_TEXT, NOW, an_intake, conversation_id

CLINIC = load_clinic(Path(__file__).parents[2] / "clinic")
OWN = "https://clinic.invalid"
ONE = conversation_id(1)
ITEMS = {item.field: item for item in items(CLINIC)}
HOSTILE = (
    "<script>alert(1)</script>",
    "]]>&amp;'\"",
    "Zoë ❤ Ω \u202e",
    " \t ",
    "",
    "a\x00b\x0bc\ufffe",
    "=1+1",
    "x" * 3000,
)


# -- one conversation as the records hold it -------------------------------------------------------------------------


def exported(intake: Intake, *, status: str = "booked", consented: bool = True, **more: Any) -> Exported:
    """What an export reads, without a database."""
    row = {
        "id": ONE, "status": status, "consent_at": NOW if consented else None, "consent_version": "1",
        "created_at": NOW, "updated_at": NOW, "review": more.pop("review", "new"), "handled_by": "bot",
        "erase_requested_at": None,
    }  # fmt: skip
    item = ListItem(
        id=ONE, created_at=NOW, updated_at=NOW, status=status, consented=consented, tells_alerts=consented,
        urgency="routine", handled_by="bot", writer=None, first_name=None, done=0, total=8, booking=None,
        open_alerts=(), erase_requested=False, review="new", assignee=None, assignee_id=None, tags=(), unread=False,
        by_phone=False,
    )  # fmt: skip
    detail = Detail(
        item=item, conversation=row, intake=intake, booking=None, visits=(), spam=(),
        messages=tuple(
            {"seq": seq, "sender": "visitor", "at": NOW + timedelta(minutes=seq)} for seq in more.pop("seqs", (2, 4))
        ),
        alerts=tuple(more.pop("alerts", ())), consents=(), callbacks=(), writer=None, names={}, misread=frozenset(),
    )  # fmt: skip
    return Exported(detail, tuple(more.pop("visits", ())))


def an_alert(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "id": number, "rule": "RF11", "rule_version": 3, "urgency": "same_day", "shown": CALF_TEXT, "seq": 4,
        "at": NOW, "acknowledged_at": None, **changes,
    }  # fmt: skip


def a_visit(number: int = 1, **changes: Any) -> dict[str, Any]:
    start = NOW + timedelta(days=number)
    return {
        "id": f"visit-{number}", "reference": f"KN7-P4{number}", "effect_key": None, "kind": "consultation",
        "clinician": CLINIC.practice.clinicians[0].id, "start": start, "end": start + timedelta(minutes=30),
        "status": "requested", "sequence": 0, "created_at": NOW, "updated_at": NOW, **changes,
    }  # fmt: skip


def bundle_of(one: Exported, *, snomed: bool = True) -> dict[str, Any]:
    switched = Settings.from_environ({}, snomed_codes=snomed)
    text = "".join(FORMATS["fhir"].write([one], make(CLINIC, switched, NOW), False))
    Bundle.parse_raw(text)
    found: dict[str, Any] = json.loads(text)
    assert problems(found, OWN) == []
    return found


def resources(bundle: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == kind]


def observation(bundle: dict[str, Any], code: str) -> dict[str, Any]:
    (found,) = [
        one
        for one in resources(bundle, "Observation")
        if any(coding["code"] == code for coding in one["code"]["coding"])
    ]
    return found


# -- generated -------------------------------------------------------------------------------------------------------


def _value(field: str) -> st.SearchStrategy[Any]:
    item = ITEMS.get(field)
    odd = st.one_of(st.none(), st.sampled_from(HOSTILE), st.text(max_size=30))
    if item is not None and item.kind == "integer":
        return st.one_of(st.integers(0, 20_000), st.sampled_from([3.5, "7", None]))
    if item is not None and item.options:
        known = st.sampled_from(sorted(item.options))
        several = st.lists(known, unique=True, max_size=4)
        return st.one_of(known, several, odd) if item.repeats else st.one_of(known, odd)
    return odd


@st.composite
def intakes(draw: st.DrawFn) -> Intake:
    fields = draw(st.lists(st.sampled_from([*ITEMS, "shoe_size", "gout"]), unique=True, max_size=12))
    answers = {}
    for field in fields:
        how = draw(st.sampled_from(["asked", "volunteered", "corrected", "skipped", "unsure"]))
        value = None if how in ("skipped", "unsure") else draw(_value(field))
        words = draw(st.one_of(st.just(""), st.sampled_from(HOSTILE), st.text(max_size=40)))
        answers[field] = Answer(value, words, draw(st.sampled_from([None, 2, 4, 99])), how)
    return Intake(status="active", answers=answers)


@st.composite
def conversations(draw: st.DrawFn) -> Exported:
    urgent = st.builds(
        an_alert, st.integers(1, 9), urgency=st.sampled_from(URGENCIES), shown=st.sampled_from([None, *HOSTILE]),
        rule=st.sampled_from(["RF01", "RF11", "RF99"]), acknowledged_at=st.sampled_from([None, NOW]),
    )  # fmt: skip
    visit = st.builds(
        a_visit, st.integers(1, 9), status=st.sampled_from(["requested", "booked", "cancelled"]),
        clinician=st.sampled_from([CLINIC.practice.clinicians[0].id, "who_left"]),
    )  # fmt: skip
    return exported(
        draw(intakes()),
        status=draw(st.sampled_from(STATUSES)),
        review=draw(st.sampled_from(["new", "closed"])),
        alerts=draw(st.lists(urgent, max_size=3, unique_by=lambda row: row["id"])),
        visits=draw(st.lists(visit, max_size=3, unique_by=lambda row: row["id"])),
        seqs=draw(st.sampled_from([(), (2,), (2, 4)])),
    )


def _holds(one: Exported) -> None:
    bundle = bundle_of(one)
    assert [entry["fullUrl"] for entry in bundle["entry"]] == [e["fullUrl"] for e in bundle_of(one)["entry"]]
    answered = {item["linkId"] for item in resources(bundle, "QuestionnaireResponse")[0].get("item", [])}
    assert answered - {"other"} == {field for field in one.detail.intake.answers if field in ITEMS}


@given(conversations())
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
def test_every_bundle_is_valid_and_drops_no_answer(one: Exported) -> None:
    _holds(one)


@pytest.mark.long
@given(conversations())
@settings(max_examples=3000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_bundle_is_valid_at_length(one: Exported) -> None:
    _holds(one)


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("Appointment", {"status": "confirmed"}),
        ("Observation", {"valueQuantity": {"value": 7, "unit": "points", "system": UCUM, "code": "1"}}),
        ("Observation", {"code": {"coding": [{"system": LOINC, "code": "38204-4"}]}}),
        ("Flag", {"subject": {"reference": "urn:uuid:elsewhere"}}),
        ("Patient", {"birthDate": "1980-01-01"}),
        ("QuestionnaireResponse", {"item": [{"linkId": "shoe_size"}]}),
        ("Provenance", {"text": {"status": "generated", "div": "<div><script/></div>"}}),
    ],
)  # fmt: skip
def test_our_rules_find_what_is_wrong(kind: str, change: dict[str, Any]) -> None:
    answers = {"pain_severity": Answer(7, "seven", 2)}
    bundle = bundle_of(exported(an_intake(answers=answers), alerts=[an_alert()], visits=[a_visit()]))
    next(e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == kind).update(change)
    assert problems(bundle, OWN) != []


# -- in detail -------------------------------------------------------------------------------------------------------


def test_the_questionnaire_has_the_interview_s_fields_with_their_choices() -> None:
    (form,) = resources(bundle_of(exported(an_intake())), "Questionnaire")
    found = {item["linkId"]: item for item in form["item"]}
    assert form["url"] == f"{OWN}/fhir/Questionnaire/knee-intake"
    assert form["version"] == CLINIC.questions.version
    asked = {field for question in CLINIC.questions.questions for field in question.fills}
    assert asked < set(found)
    assert [option["valueCoding"]["code"] for option in found["knee_side"]["answerOption"]] == ["left", "right", "both"]
    assert found["knee_side"]["text"] == "Which knee is it: left, right or both?"
    assert (found["pain_severity"]["type"], [e["valueInteger"] for e in found["pain_severity"]["extension"]]) == (
        "integer", [0, 10],
    )  # fmt: skip
    assert found["pain_severity"]["code"] == [{"system": LOINC, "code": "72514-3"}]
    assert "LOINC" in form["copyright"]


def test_answers_keep_the_patient_s_words_and_how_they_came_about() -> None:
    (response,) = resources(bundle_of(exported(an_intake())), "QuestionnaireResponse")
    found = {item["linkId"]: item for item in response["item"]}
    assert found["knee_side"]["answer"][0]["valueCoding"]["display"] == "left knee"
    told = {one["url"].rpartition("/")[2]: one for one in found["knee_side"]["extension"]}
    assert told["patient-words"]["valueString"] == "my left knee aches on the inner side since summer"
    assert told["how-answered"]["valueCode"] == "volunteered"
    absent = {one["url"].rpartition("/")[2]: one for one in found["age_band"]["extension"]}
    assert ("answer" in found["age_band"], absent["data-absent-reason"]["valueCode"]) == (False, "asked-declined")
    assert response["questionnaire"].endswith(f"knee-intake|{CLINIC.questions.version}")
    assert response["authored"] == "2026-11-23T15:04:00Z"


@pytest.mark.parametrize(
    ("status", "shown"),
    [("active", "in-progress"), ("stopped", "stopped"), ("booked", "completed"), ("advised", "completed")],
)
def test_the_response_has_the_conversation_s_status(status: str, shown: str) -> None:
    (response,) = resources(bundle_of(exported(an_intake(), status=status)), "QuestionnaireResponse")
    assert response["status"] == shown


def test_a_correction_after_the_visit_was_asked_for_amends_the_response() -> None:
    answers = {"pain_severity": Answer(6, "rather six", 4, "corrected")}
    for asked_at, shown in ((NOW + timedelta(minutes=3), "amended"), (NOW + timedelta(minutes=9), "completed")):
        one = exported(an_intake(answers=answers), visits=[a_visit(created_at=asked_at)])
        assert resources(bundle_of(one), "QuestionnaireResponse")[0]["status"] == shown


def test_findings_are_observations_with_codes_and_units() -> None:
    answers = {
        "pain_severity": Answer(7, "seven", 2), "pain_duration_days": Answer(90, "3 months", 4),
        "exercise_days": Answer(3, "three", 4), "exercise_minutes": Answer(30, "half an hour", 4),
        "knee_side": Answer("right", "right", 2), "pain_location": Answer(["medial", "diffuse"], "", 2),
        "arthritis_history": Answer(["osteoarthritis"], "", 2), "symptoms": Answer([], "none", 2),
        "activity_level": Answer(None, "no idea", 4, "unsure"),
    }  # fmt: skip
    bundle = bundle_of(exported(an_intake(answers=answers)))
    pain = observation(bundle, "72514-3")
    assert pain["valueQuantity"] == {
        "value": 7, "unit": "score", "system": UCUM, "code": "{score}",
    }  # fmt: skip
    assert (pain["status"], pain["effectiveDateTime"]) == ("preliminary", "2026-11-23T15:02:00Z")
    assert pain["bodySite"]["coding"][0]["code"] == "72696002"
    assert observation(bundle, "pain-duration-days")["valueQuantity"]["code"] == "d"
    assert observation(bundle, "89555-7")["valueQuantity"]["code"] == "d/wk"
    assert observation(bundle, "68516-4")["valueQuantity"]["code"] == "min/d"
    side = observation(bundle, "knee-side")["valueCodeableConcept"]
    assert [coding["code"] for coding in side["coding"]] == ["24028007", "right"]
    places = observation(bundle, "pain-location")["component"]
    assert [[c["code"] for c in one["valueCodeableConcept"]["coding"]] for one in places] == [
        ["255561001", "medial"], ["diffuse"],
    ]  # fmt: skip
    worn = observation(bundle, "arthritis-history")["valueCodeableConcept"]
    assert [coding["code"] for coding in worn["coding"]] == ["osteoarthritis"]  # in which joint, nobody asked
    assert observation(bundle, "symptoms")["valueCodeableConcept"]["text"] == "None of these"
    assert all("activity-level" not in str(one["code"]) for one in resources(bundle, "Observation"))  # nobody knows it


def test_what_was_reviewed_is_final() -> None:
    bundle = bundle_of(exported(an_intake(), review="contacted"))
    assert {one["status"] for one in resources(bundle, "Observation")} == {"final"}


def test_without_a_licence_no_snomed_code_leaves() -> None:
    with_codes = json.dumps(bundle_of(exported(an_intake())))
    without = json.dumps(bundle_of(exported(an_intake()), snomed=False))
    assert (SNOMED in with_codes, SNOMED in without, LOINC in without) == (True, False, True)


def test_no_code_is_used_that_nobody_has_confirmed() -> None:
    assert {code.grade for code in every_code()} <= {"A", "A-", "B+", "B"}
    assert all(code.source for code in every_code())
    unconfirmed = {"38204-4", "59284-0", "49076000", "316931000119104", "316791000119102"}
    assert not unconfirmed & {code.code for code in every_code()}


def test_a_flag_ends_when_it_is_acknowledged() -> None:
    later = NOW + timedelta(hours=1)
    bundle = bundle_of(exported(an_intake(), alerts=[an_alert(1), an_alert(2, acknowledged_at=later)]))
    still, seen = resources(bundle, "Flag")
    assert (still["status"], still["period"]) == ("active", {"start": "2026-11-23T15:00:00Z"})
    assert (seen["status"], seen["period"]["end"]) == ("inactive", "2026-11-23T16:00:00Z")
    assert (still["code"]["coding"][0]["code"], still["code"]["coding"][0]["version"]) == ("RF11", "3")
    assert still["extension"][0]["valueString"] == CALF_TEXT


def test_visits_are_those_of_fhir_with_the_patient_and_the_clinician() -> None:
    visits = [a_visit(1), a_visit(2, status="booked"), a_visit(3, status="cancelled")]
    bundle = bundle_of(exported(an_intake(), visits=visits))
    found = resources(bundle, "Appointment")
    assert [one["status"] for one in found] == ["proposed", "booked", "cancelled"]
    actors = [one["actor"]["reference"] for one in found[0]["participant"]]
    kinds = {entry["fullUrl"]: entry["resource"]["resourceType"] for entry in bundle["entry"]}
    assert [kinds[actor] for actor in actors] == ["Patient", "Practitioner"]
    assert len(resources(bundle, "Practitioner")) == 1


def test_who_writes_for_another_is_the_source_and_keeps_their_own_name() -> None:
    answers = {"who_for": Answer("other_adult", "my mother", 2), "first_name": Answer("Kim", "Kim", 4),
               "phone": Answer("+1 212 555 0147", "", 4)}  # fmt: skip
    bundle = bundle_of(exported(an_intake(answers=answers)))
    (patient,), (related,) = resources(bundle, "Patient"), resources(bundle, "RelatedPerson")
    assert ("name" in patient, related["name"][0]["text"]) == (False, "Kim")
    assert related["telecom"] == [{"system": "phone", "value": "+1 212 555 0147"}]
    (response,) = resources(bundle, "QuestionnaireResponse")
    assert response["source"]["reference"].endswith(related["id"])
    assert response["subject"]["reference"].endswith(patient["id"])


def test_provenance_names_the_assistant_its_version_and_all_that_it_made() -> None:
    bundle = bundle_of(exported(an_intake(), alerts=[an_alert()]))
    (made,), (device,) = resources(bundle, "Provenance"), resources(bundle, "Device")
    assert made["agent"][0]["who"]["reference"].endswith(device["id"])
    assert [one["value"] for one in device["version"]] == ["0.1.0", CLINIC.digest[:12]]
    targets = {one["reference"] for one in made["target"]}
    kinds = {e["resource"]["resourceType"] for e in bundle["entry"] if e["fullUrl"] in targets}
    assert kinds == {"QuestionnaireResponse", "Observation", "Flag"}


def test_before_consent_the_bundle_is_empty() -> None:
    bundle = bundle_of(exported(Intake(), consented=False, alerts=[an_alert()]))
    assert "entry" not in bundle
    assert CALF_TEXT not in json.dumps(bundle)


def test_words_are_no_markup() -> None:
    answers = {"goal": Answer("<script>alert(1)</script>", "<b>run</b>", 2)}
    (response,) = resources(bundle_of(exported(an_intake(answers=answers))), "QuestionnaireResponse")
    assert "<script>" not in response["text"]["div"]
    assert "&lt;script&gt;" in response["text"]["div"]
    assert response["item"][0]["answer"] == [{"valueString": "<script>alert(1)</script>"}]


def test_many_are_one_bundle_a_line() -> None:
    maker = make(CLINIC, Settings.from_environ({}), NOW)
    text = "".join(FORMATS["fhir"].write([exported(an_intake()), exported(an_intake())], maker, True))
    assert [json.loads(line)["resourceType"] for line in text.splitlines()] == ["Bundle", "Bundle"]
