"""Building a better model: one at a time, in a process of its own, through a gate, in use and back again."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from knee_intake.errors import BuildError
from knee_intake.learning.build import Built, build
from knee_intake.learning.gate import Measured
from knee_intake.learning.run_build import Run, start_process
from knee_intake.records import schema
from knee_intake.records.database import Database
from knee_intake.records.lessons import approved
from knee_intake.records.model_builds import begin, find, keep_alive, newest
from knee_intake.settings import Settings
from knee_intake.understanding import in_use
from knee_intake.understanding.fingerprint import inputs_digest
from knee_intake.understanding.nlu_data import read_examples
from knee_intake.understanding.training import ensure_model, own_model_path
from knee_intake.web.model_switch import ModelSwitch
from tests.conftest import ROOT, FrozenClock
from tests.integration.staff_rows import NOW
from tests.integration.test_staff_console import Console, csrf_of

MODELS = "/staff/learning/models"
GOOD = {"accuracy": 0.9, "macro_f1": 0.85, "out_of_scope_recall": 0.8, "emergencies_missed": 1, "false_alarms": 4}
WORDS = "does the blue horizon plan pay for any of this"


@pytest.fixture
def home(home: Path) -> Path:
    """With the sets to measure with, and a model in use that no test reads."""
    (home / "benchmarks").symlink_to(ROOT / "benchmarks")
    return home


def add_lesson(database: Database, text: str = WORDS, intent: str = "ask_cost", **more: Any) -> None:
    with database.write() as connection:
        number = connection.execute(sa.select(sa.func.count()).select_from(schema.lessons)).scalar_one()
        connection.execute(
            sa.insert(schema.lessons).values(
                **{
                    "key": bytes([number]) * 32, "state": "learn", "intent": intent, "expect": {}, "negated": [],
                    "text": text, "dated": False, "approved_at": NOW, **more,
                }
            )
        )  # fmt: skip


def trainer(trained: list[Path]) -> Callable[[Settings], Path]:
    """In training's place: a file that says what it was made from."""

    def train(settings: Settings) -> Path:
        path = settings.models_path / "model.tar.gz"
        if settings.home_path.name.startswith("candidate"):
            path.parent.mkdir()
            path.write_bytes(b"a model")
            trained.append(path)
        return path

    return train


def measurer(before: dict[str, float], after: dict[str, float], newly: dict[str, str] | None = None) -> Any:
    found = [
        Measured(before, {"m1": "old one"}, {"kept": "x", "mended": "x"}),
        Measured(after, {"m1": "old one", **(newly or {})}, {"kept": "x", "broken": "deny"}),
    ]
    return lambda _settings, _model, _lessons: found.pop(0)


def built(settings: Settings, lessons: Any, say: Any = lambda _line: None, **more: Any) -> Built:
    values: dict[str, Any] = {"train": trainer([]), "measured": measurer(GOOD, GOOD), "validate": lambda *_: None}
    return build(settings, 7, lessons, say, **{**values, **more})


# -- the candidate and the gate --------------------------------------------------------------------------------------


def test_a_candidate_is_the_project_s_data_with_the_approved_sentences(settings: Settings, database: Database) -> None:
    add_lesson(database)
    with database.read() as connection:
        lessons = approved(connection)
    steps: list[str] = []
    made = built(settings, lessons, steps.append)
    folder = settings.var_path / "learning" / "candidate-7"
    before, after = (read_examples(one / "data" / "nlu") for one in (ROOT, folder))
    assert sorted(after.pop("ask_cost")) == sorted([*before.pop("ask_cost"), WORDS])
    assert after == before
    assert (folder / "export" / "sets" / "intents.jsonl").read_text().count("\n") == 1
    assert (made.model, made.passed) == ("candidate-7/models/model.tar.gz", True)
    assert made.result["base"] == inputs_digest(settings.home_path)
    assert steps[0] == "Copying the training data"
    assert steps[-1] == "Measuring the candidate"
    assert not (ROOT / "data" / "nlu" / "learned.yml").exists()


def test_a_sentence_that_the_data_has_under_another_intent_stays_out(settings: Settings, database: Database) -> None:
    add_lesson(database, "My knee hurts!", "ask_cost")
    add_lesson(database)
    with database.read() as connection:
        made = built(settings, approved(connection))
    assert (made.result["left_out"], made.result["sentences"]) == (["My knee hurts!"], 1)


@pytest.mark.parametrize(
    ("after", "newly", "passed", "reasons"),
    [
        (GOOD, {}, True, []),
        ({**GOOD, "accuracy": 0.89, "false_alarms": 6}, {}, True, []),
        ({**GOOD, "accuracy": 0.889}, {}, False, ["intents, accuracy: worse by more than 1 point"]),
        ({**GOOD, "false_alarms": 7}, {}, False, ["false alarms: worse by more than 2 cases"]),
        (GOOD, {"m2": "my calf"}, False, ["1 emergencies are newly missed"]),
    ],
)
def test_only_a_model_that_misses_nothing_new_and_falls_nowhere_too_far_passes(
    settings: Settings, database: Database, after: dict[str, float], newly: dict[str, str], passed: bool, reasons: Any
) -> None:
    add_lesson(database)
    with database.read() as connection:
        made = built(settings, approved(connection), measured=measurer(GOOD, after, newly))
    assert (made.passed, made.result["reasons"]) == (passed, reasons)
    assert (made.result["regressions"], made.result["gains"]) == (["broken → deny"], ["mended → x"])
    assert made.result["newly_missed"] == list(newly.values())


def test_old_candidates_go_but_not_those_in_use(settings: Settings, database: Database) -> None:
    add_lesson(database)
    folder = settings.var_path / "learning"
    for number in range(1, 7):
        (folder / f"candidate-{number}").mkdir(parents=True)
    in_use.point_to(settings, 1, "candidate-1/models/a.tar.gz", "x")
    in_use.point_to(settings, 2, "candidate-2/models/a.tar.gz", "x")
    with database.read() as connection:
        built(settings, approved(connection))
    left = sorted(path.name for path in folder.iterdir())
    assert len(left) == 6
    assert {"candidate-1", "candidate-2", "candidate-7"} <= set(left)


# -- a build's life --------------------------------------------------------------------------------------------------


def begun(database: Database, clock: Any) -> int:
    with database.write() as connection:
        return begin(connection, lessons=1, staff_id=None, now=clock())


def row_of(database: Database, number: int) -> Any:
    with database.read() as connection:
        return find(connection, number)


def test_a_build_tells_its_steps_and_how_it_ended(settings: Settings, database: Database, clock: FrozenClock) -> None:
    add_lesson(database)
    number = begun(database, clock)
    seen: list[str] = []

    def fake(_settings: Any, _number: int, lessons: Any, say: Any) -> Built:
        say("Training the candidate")
        seen.append(row_of(database, number)["step"])
        return Built("candidate-1/models/m.tar.gz", {"passed": True, "rows": [], "texts": len(lessons)})

    assert Run(settings, database, number, clock=clock, build=fake).run() == "passed"
    row = row_of(database, number)
    assert seen == ["Training the candidate"]
    assert (row["state"], row["model"], row["result"]["texts"]) == ("passed", "candidate-1/models/m.tar.gz", 1)
    assert row["log"] == "16:00:00 Training the candidate"


def test_a_failure_is_noted_without_anybody_s_words(settings: Settings, database: Database, clock: FrozenClock) -> None:
    number = begun(database, clock)

    def fails(*_arguments: Any) -> Built:
        raise ValueError("my calf is hot")

    assert Run(settings, database, number, clock=clock, build=fails).run() == "failed"
    assert row_of(database, number)["log"] == "Failed: ValueError"


def test_only_one_build_at_a_time_and_one_whose_process_is_gone_is_interrupted(
    database: Database, clock: FrozenClock
) -> None:
    first = begun(database, clock)
    with pytest.raises(BuildError):
        begun(database, clock)
    clock.advance(seconds=50)
    with database.write() as connection:
        assert keep_alive(connection, first, clock())
    clock.advance(seconds=50)
    with pytest.raises(BuildError):
        begun(database, clock)
    clock.advance(seconds=61)
    second = begun(database, clock)
    assert (row_of(database, first)["state"], row_of(database, second)["state"]) == ("interrupted", "running")
    with database.write() as connection:
        assert not keep_alive(connection, first, clock())


def test_a_process_that_was_given_up_stops_at_its_next_step(
    settings: Settings, database: Database, clock: FrozenClock
) -> None:
    number = begun(database, clock)

    def slow(_settings: Any, _number: int, _lessons: Any, say: Any) -> Built:
        clock.advance(seconds=90)
        begun(database, clock)  # somebody found the first gone, and began anew
        say("Training the candidate")
        say("Measuring the candidate")
        raise AssertionError("it went on")

    Run(settings, database, number, clock=clock, build=slow).run()
    assert row_of(database, number)["state"] == "interrupted"


def test_the_lease_is_renewed_while_a_step_says_nothing(settings: Settings, database: Database) -> None:
    clock = FrozenClock(NOW)
    number = begun(database, clock)

    def quiet(*_arguments: Any) -> Built:
        clock.advance(seconds=40)
        deadline = time.monotonic() + 10
        while row_of(database, number)["lease_until"] == NOW + timedelta(seconds=60) and time.monotonic() < deadline:
            time.sleep(0.01)
        return Built("m", {"passed": False})

    run = Run(settings, database, number, clock=clock, build=quiet, sign_of_life=timedelta(milliseconds=10))
    assert run.run() == "held_back"
    assert row_of(database, number)["lease_until"] == NOW + timedelta(seconds=100)


def test_a_process_of_its_own_runs_the_build(make_settings: Any, home: Path, tmp_path: Path) -> None:
    (home / "benchmarks").unlink()  # it fails at once, and says so
    settings = make_settings()
    from knee_intake.records.migrate import migrate

    database = Database(settings.database)
    migrate(database)
    from knee_intake.clock import system_clock

    number = begun(database, system_clock)
    start_process(settings, number)
    deadline = time.monotonic() + 60
    while row_of(database, number)["state"] == "running" and time.monotonic() < deadline:
        time.sleep(0.1)
    row = row_of(database, number)
    database.close()
    assert (row["state"], row["step"]) == ("failed", "failed")
    assert row["log"].endswith("Failed: There is no approved sentence to learn from.")


# -- in use, and back ------------------------------------------------------------------------------------------------


def passed(database: Database, settings: Settings, model: str, **result: Any) -> int:
    with database.write() as connection:
        made = connection.execute(
            sa.insert(schema.model_builds).values(
                state="passed", step="passed the gate", lessons=1, created_at=NOW, lease_until=NOW, log="", model=model,
                result={
                    "passed": True, "base": inputs_digest(settings.home_path), "reasons": [], "left_out": [],
                    "newly_missed": [], "regressions": [], "gains": [],
                    "counted": {"newly_missed": 0, "regressions": 0, "gains": 0},
                    "rows": [{"name": "accuracy", "label": "intents, accuracy", "before": 0.9, "after": 0.912,
                              "tolerance": 0.01, "counts": False, "change": "better", "ok": True}],
                    **result,
                },
            )
        )  # fmt: skip
        return int(made.inserted_primary_key[0])


@pytest.fixture
def models_console(console: Console, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Console]:
    """The console on a home of its own; a model's file is not read, only looked for."""
    monkeypatch.setattr("knee_intake.understanding.model_file.load_classifier", lambda path: path.read_bytes())
    console.context.settings = settings
    console.started = []  # type: ignore[attr-defined]
    console.context.extra["start_build"] = lambda _settings, number: console.started.append(number)  # type: ignore[attr-defined]
    return console


def candidate(settings: Settings, number: int) -> str:
    path = in_use.learning_folder(settings) / f"candidate-{number}" / "models" / "m.tar.gz"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"model %d" % number)
    return f"candidate-{number}/models/m.tar.gz"


def post(browser: Any, deed: str, **form: str) -> Any:
    page = browser.get(MODELS)
    return browser.post(f"{MODELS}/{deed}", data={"csrf": csrf_of(page.text), **form})


def audited(console: Console, action: str) -> list[Any]:
    with console.context.database.read() as connection:
        query = sa.select(schema.audit.c.detail).where(schema.audit.c.action == action).order_by(schema.audit.c.id)
        return list(connection.execute(query).scalars())


def test_an_admin_starts_one_build_and_sees_it_run(models_console: Console) -> None:
    browser = models_console.signed_in("admin")
    assert post(browser, "build").status_code == 409  # nothing to learn from
    add_lesson(models_console.context.database)
    assert post(browser, "build").status_code == 303
    assert post(browser, "build").status_code == 409
    assert models_console.started == [1]  # type: ignore[attr-defined]
    assert "A model is being built: starting." in browser.get(MODELS).text
    assert audited(models_console, "model_build") == [{"build": 1, "sentences": 1}]
    models_console.now += timedelta(minutes=2)
    page = models_console.signed_in("manager").get(MODELS).text
    assert "interrupted</span>" in page
    assert 'id="build"' not in page


def test_without_the_sets_to_measure_with_the_page_says_so(models_console: Console, home: Path) -> None:
    (home / "benchmarks").unlink()
    add_lesson(models_console.context.database)
    browser = models_console.signed_in("admin")
    assert "the sets to measure it with are missing (benchmarks/safety.py" in browser.get(MODELS).text
    assert post(browser, "build").status_code == 409


def test_a_model_is_put_in_use_with_its_figures_in_the_audit_log_and_taken_back(
    models_console: Console, settings: Settings
) -> None:
    database = models_console.context.database
    first, second = (passed(database, settings, candidate(settings, number)) for number in (1, 2))
    browser = models_console.signed_in("admin")
    assert in_use.promoted_model(settings) is None
    for number in (first, second, second):
        assert post(browser, "promote", build=str(number)).status_code == 303
    used = in_use.promoted_model(settings)
    assert used is not None
    assert used.read_bytes() == b"model 2"
    figures = [{"build": number, "accuracy": "90.0 % -> 91.2 %"} for number in (1, 2)]
    assert audited(models_console, "model_promote") == figures
    assert "Roll back to build 1" in browser.get(MODELS).text
    assert post(browser, "rollback", seen="2").status_code == 303
    assert post(browser, "rollback", seen="2").status_code == 409  # sent twice: not two steps back
    used = in_use.promoted_model(settings)
    assert used is not None
    assert used.read_bytes() == b"model 1"
    assert post(browser, "rollback", seen="1").status_code == 303
    assert in_use.promoted_model(settings) is None
    assert post(browser, "rollback", seen="1").status_code == 409
    assert audited(models_console, "model_rollback") == [
        {"from_build": 2, "to_build": 1}, {"from_build": 1, "to_build": "the project's own"},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "word"),
    [({"state": "held_back"}, "passed the gate"), ({"base": "other"}, "changed since")],
)
def test_what_did_not_pass_or_fits_no_more_is_not_put_in_use(
    models_console: Console, settings: Settings, change: dict[str, str], word: str
) -> None:
    database = models_console.context.database
    base = {"base": change["base"]} if "base" in change else {}
    number = passed(database, settings, candidate(settings, 1), **base)
    if "state" in change:
        with database.write() as connection:
            connection.execute(sa.update(schema.model_builds).values(state=change["state"]))
    answer = post(models_console.signed_in("admin"), "promote", build=str(number))
    assert answer.status_code == 409
    assert word in answer.text
    assert in_use.read_pointer(settings) is None


def test_a_promoted_model_of_another_version_is_left_aside(settings: Settings, home: Path) -> None:
    in_use.point_to(settings, 1, candidate(settings, 1), "digest of another version")
    assert in_use.promoted_model(settings) is None
    assert "changed since" in str(in_use.why_not(settings))


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"build": 1, "model": "../../x", "base": "BASE"}'])
def test_a_pointer_that_is_none_of_ours_points_nowhere(settings: Settings, content: str) -> None:
    settings.var_path.mkdir(parents=True)
    (settings.var_path / "model.json").write_text(content.replace("BASE", inputs_digest(settings.home_path)))
    assert in_use.promoted_model(settings) is None


def test_the_running_app_follows_the_pointer_and_keeps_the_old_model_where_the_new_one_is_broken(
    models_console: Console, settings: Settings
) -> None:
    from knee_intake.errors import ModelError

    used: list[bytes] = []

    class Dialogue:
        def use_classifier(self, classifier: Any) -> None:
            if classifier == b"model 2":
                raise ModelError("broken")
            used.append(classifier)

    models_console.context.dialogue = Dialogue()  # type: ignore[assignment]
    switch = models_console.context.extra["model_switch"] = ModelSwitch(models_console.context)
    base = inputs_digest(settings.home_path)
    assert (switch.follow(), used) == (True, [])
    in_use.point_to(settings, 1, candidate(settings, 1), base)
    assert (switch.follow(), switch.follow(), used) == (True, True, [b"model 1"])
    in_use.point_to(settings, 2, candidate(settings, 2), base)
    assert (switch.follow(), used) == (False, [b"model 1"])
    in_use.point_back(settings)
    assert (switch.follow(), used) == (True, [b"model 1"])


@pytest.mark.model
def test_a_running_app_takes_the_promoted_model_without_a_restart(start: Any, model_path: Path) -> None:
    with start() as running:
        settings, dialogue = running.context.settings, running.dialogue
        path = in_use.learning_folder(settings) / "candidate-1" / "models" / "m.tar.gz"
        path.parent.mkdir(parents=True)
        shutil.copy(model_path, path)
        before = dialogue._maker.understanding
        visitor = running.visitor().consent()
        in_use.point_to(settings, 1, "candidate-1/models/m.tar.gz", inputs_digest(settings.home_path))
        assert running.context.extra["model_switch"].follow()
        assert dialogue._maker.understanding is not before
        assert dialogue._maker.understanding.reader is before.reader
        visitor.say("self", "none of these", "it is my left knee, on the inside")
        assert visitor.value("knee_side") == "left"


# -- the real thing --------------------------------------------------------------------------------------------------


@pytest.mark.long
@pytest.mark.model
def test_a_real_candidate_is_trained_measured_promoted_and_loaded(
    make_settings: Any, home: Path, model_path: Path, database: Database
) -> None:
    from knee_intake.learning.promotion import promote
    from knee_intake.understanding.service import load_understanding

    settings = make_settings()
    settings.models_path.mkdir()
    shutil.copy(model_path, own_model_path(settings))
    odd = "what of that wrinkle juice, would you put it by the kneecap"
    add_lesson(database, odd, "ask_botulinum")
    add_lesson(database, "it goes thunk whenever i leave the tub", "inform", expect={"symptoms": ["clicking"]})
    clock = FrozenClock(NOW)
    number = begun(database, clock)
    assert Run(settings, database, number, clock=clock).run() in ("passed", "held_back")
    row = row_of(database, number)
    figures = {one["name"]: (one["before"], one["after"]) for one in row["result"]["rows"]}
    assert set(figures) >= {"accuracy", "macro_f1", "out_of_scope_recall", "emergencies_missed", "false_alarms"}
    assert figures["learned"][1] == 1.0
    assert figures["accuracy"][0] > 0.8
    assert row["state"] == "passed", row["result"]["reasons"]
    with database.write() as connection:
        promote(connection, settings, number, staff_id=None, now=clock())
    assert ensure_model(settings) == in_use.promoted_model(settings)
    assert load_understanding(settings).understand(odd).intent == "ask_botulinum"
    with database.read() as connection:
        assert [one["id"] for one in newest(connection)] == [number]
    assert json.loads((settings.var_path / "model.json").read_text())["build"] == number
