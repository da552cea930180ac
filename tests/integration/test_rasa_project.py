"""Rasa's own commands work on the project: validate, train, test, and, with `rasa run actions`, run and shell."""

from __future__ import annotations

import asyncio
import json
import subprocess
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from knee_intake.understanding.model_file import load_classifier, read_members
from tests.integration.rasa_commands import (
    ROOT,
    RasaProject,
    environment,
    rasa_command,
    rasa_project,
)

STORIES = ROOT / "tests/test_stories.yml"
SAID_OF_EVERY_DOMAIN = "Slot auto-fill has been removed in 3.0"
"""Rasa says so whenever it reads slots, whatever they are."""


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RASA_TELEMETRY_ENABLED", "false")


# ---- rasa data validate --------------------------------------------------------------------------------------


def test_rasas_validator_finds_no_error_and_nothing_to_warn_of() -> None:
    from rasa.cli.utils import validate_files
    from rasa.shared.importers.importer import TrainingDataImporter

    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always", UserWarning)
        importer = TrainingDataImporter.load_from_config(
            str(ROOT / "config.yml"), str(ROOT / "domain.yml"), [str(ROOT / "data")]
        )
        validate_files(fail_on_warnings=True, max_history=None, importer=importer)  # leaves the process on an error
    found = {str(one.message) for one in seen if one.category is UserWarning}
    assert {text for text in found if not text.startswith(SAID_OF_EVERY_DOMAIN)} == set()


def test_every_action_of_the_domain_is_one_of_ours_and_the_other_way_round() -> None:
    from rasa_sdk.executor import ActionExecutor

    executor = ActionExecutor()
    executor.register_package("actions")
    domain = YAML(typ="safe").load(ROOT / "domain.yml")
    assert set(executor.actions) == set(domain["actions"])


def test_every_intent_has_one_rule_that_starts_the_form_and_one_within_it_but_for_the_forms_own() -> None:
    from actions.acts import TELLING

    within: list[str] = []
    first: list[str] = []
    for rule in YAML(typ="safe").load(ROOT / "data/rules/rules.yml")["rules"]:
        step = rule["steps"][0]
        intents = [one["intent"] for one in step.get("or", [step])]
        (within if "condition" in rule else first).extend(intents)
    domain = set(YAML(typ="safe").load(ROOT / "domain.yml")["intents"])
    assert sorted(first) == sorted(domain)
    assert sorted([*within, *TELLING]) == sorted(domain)


# ---- rasa test -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def agent(model_path: Path) -> Any:
    from rasa.core.agent import Agent

    return Agent.load(str(model_path))


def test_rasa_test_passes_every_story(agent: Any, tmp_path: Path) -> None:
    from rasa.core.test import test

    asyncio.run(test(str(STORIES), agent, e2e=True, out_directory=str(tmp_path), disable_plotting=True))
    report = json.loads((tmp_path / "story_report.json").read_text())["conversation_accuracy"]
    failed = (tmp_path / "failed_test_stories.yml").read_text()
    assert report["correct"] == report["total"] >= 10, failed


def test_rasa_test_nlu_reads_training_sentences(agent: Any, tmp_path: Path) -> None:
    from rasa.nlu.test import run_evaluation

    result = asyncio.run(
        run_evaluation(
            str(ROOT / "data/nlu/booking.yml"), agent.processor, str(tmp_path), disable_plotting=True,
            report_as_dict=True,
        )
    )  # fmt: skip
    assert result["intent_evaluation"]["accuracy"] > 0.95


# ---- rasa train ----------------------------------------------------------------------------------------------

SOME = ("ask_cost", "ask_hours", "book", "greet", "inform", "out_of_scope")
UNSEEN = ("what is the price", "are you open on monday", "a visit please", "my knee is sore", "who sings that song")


@pytest.fixture
def small_data(tmp_path: Path) -> Path:
    """Our rules and stories with a part of the sentences: trained in seconds."""
    from knee_intake.understanding.nlu_data import read_examples

    examples = read_examples(ROOT / "data/nlu")
    nlu = [{"intent": intent, "examples": "".join(f"- {text}\n" for text in examples[intent][:20])} for intent in SOME]
    folder = tmp_path / "data"
    folder.mkdir()
    with (folder / "nlu.yml").open("w") as out:
        YAML().dump({"version": "3.1", "nlu": nlu}, out)
    (folder / "rules.yml").write_text((ROOT / "data/rules/rules.yml").read_text())
    return folder


def test_rasa_train_gives_the_same_model_twice(small_data: Path, tmp_path: Path) -> None:
    """Two processes, each with another order of its hashes."""
    running = []
    for seed in ("1", "2"):
        command = rasa_command(
            "train", "--force", "--config", str(ROOT / "config.yml"), "--domain", str(ROOT / "domain.yml"),
            "--data", str(small_data), "--out", str(tmp_path), "--fixed-model-name", f"model-{seed}",
        )  # fmt: skip
        place = tmp_path / seed
        place.mkdir()  # Rasa keeps its cache where it is started
        running.append(
            subprocess.Popen(
                command, cwd=place, env=environment(PYTHONHASHSEED=seed),
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            )
        )  # fmt: skip
    said = [process.communicate(timeout=300)[0] for process in running]
    assert [process.returncode for process in running] == [0, 0], said
    models = [tmp_path / f"model-{seed}.tar.gz" for seed in ("1", "2")]
    assert read_members(models[0]) == read_members(models[1])
    first, second = (load_classifier(model) for model in models)
    assert [first.classify(text) for text in UNSEEN] == [second.classify(text) for text in UNSEEN]


# ---- rasa run, rasa shell and rasa run actions ---------------------------------------------------------------


@pytest.fixture(scope="module")
def project(model_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RasaProject]:
    with rasa_project(model_path, tmp_path_factory.mktemp("rasa")) as project:
        yield project


def test_rasa_run_leads_from_a_greeting_to_a_requested_visit(project: RasaProject) -> None:
    visitor = project.visitor("visit")
    assert "not a person" in visitor.say("hello there")
    assert "who" in visitor.say("yes").lower()
    visitor.say("self", "none of these", "left knee, the inner side")
    told = visitor.say("what will this cost me?")
    assert "price" in told
    assert "start" in told  # the open question comes back
    visitor.say("three months ago, it came on slowly", "none of these")
    visitor.say("not sure")  # an answer to the open question, whatever the NLU graph makes of it alone
    assert visitor.slots()["intake"]["answers"]["arthritis_history"]["how"] == "unsure"
    visitor.say("moderate")
    visitor.say("book")
    time = visitor.offered[0]
    visitor.say(time, "Robin, robin@example.org")
    done = visitor.say("yes")
    slots = visitor.slots()
    booking = slots["intake"]["booking"]
    assert booking["reference"] in done
    assert (booking["source"], booking["status"]) == ("rasa", "requested")
    assert booking["start"].startswith(time[:16])
    assert (slots["pain_location"], slots["activity_level"]) == (["medial"], "moderate")


def test_rasa_run_says_the_safety_text_first_and_alone(project: RasaProject) -> None:
    visitor = project.visitor("emergency")
    visitor.say("hi", "yes", "self")
    said = visitor.say("I have chest pain and I cannot breathe")
    assert "911" in said
    assert len(visitor.last or ()) == 1
    assert visitor.offered == []
    assert visitor.slots()["urgency"] == "emergency_911"
    assert "911" in visitor.say("I would like to book a visit")
    assert visitor.slots()["intake"]["booking"] is None


def test_rasa_run_answers_before_consent_and_keeps_a_no(project: RasaProject) -> None:
    visitor = project.visitor("refuses")
    first = visitor.say("where are you located?")
    assert "not a person" in first
    assert visitor.offered == ["yes", "no"]
    visitor.say("I want to talk to a person")
    assert visitor.offered == ["yes", "no"]
    visitor.say("no")
    assert visitor.slots()["intake"]["status"] == "refused"
    visitor.say("yes")
    assert visitor.slots()["intake"]["status"] == "active"


def test_rasa_run_lets_a_visitor_stop_and_is_never_silent(project: RasaProject) -> None:
    visitor = project.visitor("stops")
    visitor.say("🦵", "", "/nonsense", "yes", "self", "blorf gnarl")
    visitor.say("please stop")
    assert visitor.slots()["intake"]["status"] == "stopped"


def test_rasa_shell_talks_over_standard_input(project: RasaProject) -> None:
    """Its menus take the line's end for the first choice: consent, oneself, and the first sign of the safety list."""
    project.shell.communicate(b"hello\n\n\n\n/stop\n", timeout=60)
    told = project.shell_log.read_text()
    assert "not a person" in told
    assert "Call 911 now" in told
    assert project.shell.returncode == 0
