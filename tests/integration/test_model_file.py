"""Reading the classifier out of a Rasa archive, and refusing every other file with a clear reason."""

import io
import json
import subprocess
import sys
import tarfile

import pytest

from knee_intake.errors import ModelError
from knee_intake.understanding import training
from knee_intake.understanding.encoder import make_encoder
from knee_intake.understanding.fingerprint import inputs_digest
from knee_intake.understanding.intents import FILES, NUMBERS_FILE, VoteClassifier
from knee_intake.understanding.model_file import INPUTS_FILE, load_classifier, made_from

FOLDER = "components/train_KneeIntentClassifier0"
DIGEST = "ab" * 32


@pytest.fixture(scope="module")
def files():
    texts = ["hello", "good morning", "my knee hurts", "my knee clicks", "what is the price", "how much is it"]
    intents = ["greet", "greet", "inform", "inform", "ask_cost", "ask_cost"]
    classifier = VoteClassifier.fit(texts, intents, make_encoder())
    return {**classifier.files(), INPUTS_FILE: json.dumps({"inputs": DIGEST}).encode()}


def write_archive(path, files, folder=FOLDER):
    with tarfile.open(path, "w:gz", compresslevel=1) as archive:
        for name, content in {"metadata.json": b"{}", **{f"{folder}/{name}": files[name] for name in files}}.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


@pytest.fixture(scope="module")
def model(files, tmp_path_factory):
    return write_archive(tmp_path_factory.mktemp("model") / "model.tar.gz", files)


def test_the_classifier_is_read_from_the_archive(model):
    assert load_classifier(model, DIGEST).classify("My knee hurts.").intent == "inform"
    assert made_from(model) == DIGEST


def test_a_model_made_from_other_inputs_is_refused(model):
    with pytest.raises(ModelError, match=r"made from other training data.*knee-intake train"):
        load_classifier(model, "cd" * 32)


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    with pytest.raises(ModelError, match="there is no model here; run `knee-intake train`"):
        load_classifier(tmp_path / "none.tar.gz")
    with pytest.raises(ModelError, match="is a folder"):
        load_classifier(tmp_path)


@pytest.mark.parametrize("content", [b"", b"not an archive", b"\x1f\x8b\x08\x00garbage"])
def test_a_file_that_is_no_archive_is_refused(tmp_path, content):
    path = tmp_path / "broken.tar.gz"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"broken\.tar\.gz: is (damaged|not a model)"):
        load_classifier(path)


def test_a_half_written_archive_is_refused(model, tmp_path):
    path = tmp_path / "half.tar.gz"
    path.write_bytes(model.read_bytes()[: model.stat().st_size // 2])
    with pytest.raises(ModelError, match="is damaged or no Rasa model"):
        load_classifier(path)


def test_another_assistants_model_is_refused_by_what_it_lacks(tmp_path):
    path = write_archive(tmp_path / "other.tar.gz", {"weights.h5": b"1"}, "components/train_DIETClassifier3")
    with pytest.raises(ModelError, match=r"not a model of this assistant: encoder\.onnx, inputs\.json"):
        load_classifier(path)


def test_a_damaged_part_is_refused(files, tmp_path):
    path = write_archive(tmp_path / "damaged.tar.gz", {**files, NUMBERS_FILE: b"nothing"})
    with pytest.raises(ModelError, match=r"damaged\.tar\.gz: the intent classifier cannot be read"):
        load_classifier(path)


def test_an_archive_can_write_nothing_outside(files, tmp_path):
    path = write_archive(tmp_path / "sly.tar.gz", files, f"../../{FOLDER}")
    load_classifier(path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["sly.tar.gz"]


def test_reading_a_model_needs_neither_rasa_nor_tensorflow_nor_scikit_learn(model):
    script = (
        "import sys; from pathlib import Path; from knee_intake.understanding.model_file import load_classifier;"
        "load_classifier(Path(sys.argv[1])).classify('is it pricey');"
        "print(sorted({'rasa', 'tensorflow', 'sklearn', 'onnx', 'torch'} & sys.modules.keys()))"
    )
    run = subprocess.run([sys.executable, "-c", script, str(model)], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_the_digest_changes_with_each_kind_of_input_but_not_with_the_clinics_files(home):
    for name in ("config.yml", "domain.yml"):
        content = (home / name).read_text(encoding="utf-8")
        (home / name).unlink()
        (home / name).write_text(content, encoding="utf-8")
    before = inputs_digest(home)
    (home / "clinic" / "practice.yml").write_text("{}", encoding="utf-8")
    assert inputs_digest(home) == before
    (home / "config.yml").write_text("language: en", encoding="utf-8")
    after = inputs_digest(home)
    assert after != before
    (home / "domain.yml").write_text("intents: []", encoding="utf-8")
    assert inputs_digest(home) not in {before, after}


def test_a_model_named_in_the_settings_is_used_as_it_is(make_settings, model, tmp_path):
    assert training.ensure_model(make_settings(model=str(model))) == model
    with pytest.raises(ModelError, match="there is no model here"):
        training.ensure_model(make_settings(model=str(tmp_path / "gone.tar.gz")))


def test_a_sound_model_is_not_trained_again_and_a_damaged_one_is(settings, files, monkeypatch):
    trained = []

    def fake_training(home, path):
        trained.append(path)
        write_archive(path, {**files, INPUTS_FILE: json.dumps({"inputs": inputs_digest(home)}).encode()})

    monkeypatch.setattr(training, "_train", fake_training)
    first = training.ensure_model(settings)
    assert training.ensure_model(settings) == first
    assert len(trained) == 1
    first.write_bytes(b"damaged")
    assert training.ensure_model(settings) == first
    assert training.ensure_model(settings, force=True) == first
    assert len(trained) == 3


def test_old_models_are_removed_but_for_the_last_two(settings, files, monkeypatch):
    import os

    settings.models_path.mkdir()
    for age in range(5):
        old = settings.models_path / f"knee-intake-{age:012d}.tar.gz"
        old.write_bytes(b"old")
        os.utime(old, (1000 - age, 1000 - age))
    foreign = settings.models_path / "somebody-elses.tar.gz"
    foreign.write_bytes(b"theirs")
    monkeypatch.setattr(training, "_train", lambda _home, path: path.write_bytes(b"new"))
    newest = training.ensure_model(settings)
    left = {path.name for path in settings.models_path.glob("*.tar.gz")}
    assert left == {newest.name, "knee-intake-000000000000.tar.gz", "knee-intake-000000000001.tar.gz", foreign.name}


def test_without_a_rasa_project_the_missing_files_are_named(settings):
    (settings.home_path / "domain.yml").unlink()
    with pytest.raises(ModelError, match=r"cannot train a model here, domain\.yml is missing"):
        training.ensure_model(settings)


def test_models_that_cannot_be_written_are_a_model_error(settings):
    settings.models_path.write_text("a file where the folder should be", encoding="utf-8")
    with pytest.raises(ModelError, match="cannot write a model here"):
        training.ensure_model(settings)


def test_every_file_of_the_classifier_is_in_the_archive(files):
    assert set(files) == {*FILES, INPUTS_FILE}
