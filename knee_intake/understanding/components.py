"""The same understanding as Rasa graph components, so that `rasa train | test | shell` see what the server sees.

A component sees no tracker: the pending question, corrections and the clock are the dialogue's business, which
understands each text once and hands the result to Rasa as parse data.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from knee_intake.settings import Settings
from knee_intake.understanding.encoder import make_encoder
from knee_intake.understanding.fingerprint import inputs_digest, rules_digest
from knee_intake.understanding.intents import VoteClassifier
from knee_intake.understanding.model_file import INPUTS_FILE
from knee_intake.understanding.service import settle
from knee_intake.understanding.types import IntentReading, RuleReading, Tag

if TYPE_CHECKING:
    from knee_intake.understanding.reader import RuleReader

RANKING = "intent_ranking"
UNDERSTANDING, TAGS = "understanding", "tags"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class KneeIntentClassifier(GraphComponent):  # type: ignore[misc]
    """Trains, keeps and runs the VoteClassifier."""

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, classifier: VoteClassifier | None
    ) -> None:
        self._seed = int(config["seed"])
        self._model_storage = model_storage
        self._resource = resource
        self._classifier = classifier

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"seed": 7}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Rasa's own fingerprint does not see the code that trains."""
        return inputs_digest(Settings.from_environ().home_path)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> KneeIntentClassifier:
        return cls(config, model_storage, resource, None)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> KneeIntentClassifier:
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, VoteClassifier.load(folder))

    def train(self, training_data: TrainingData) -> Resource:
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        texts = [str(example.get(TEXT)) for example in examples]
        intents = [str(example.get(INTENT)) for example in examples]
        self._classifier = VoteClassifier.fit(texts, intents, make_encoder(), self._seed)
        with self._model_storage.write_to(self._resource) as folder:
            self._classifier.save(folder)
            inputs = {"inputs": inputs_digest(Settings.from_environ().home_path)}
            (folder / INPUTS_FILE).write_text(json.dumps(inputs), encoding="utf-8")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = message.get(TEXT)
            if text and self._classifier is not None:
                read = self._classifier.classify(_reader().listen(text).mended.text)
                _set_intent(message, read)
                message.set(TAGS, [asdict(tag) for tag in read.tags], add_to_output=True)
        return messages


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class KneeFindings(GraphComponent):  # type: ignore[misc]
    """Reads the findings and settles the intent with them, as the server does."""

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Rasa's own fingerprint does not see the lexicon and the clinic's files."""
        return rules_digest(Settings.from_environ().home_path)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> KneeFindings:
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = message.get(TEXT)
            if text:
                self._read(message, text)
        return messages

    def _read(self, message: Message, text: str) -> None:
        reader = _reader()
        tags = [Tag(**tag) for tag in message.get(TAGS, [])]
        reading = reader.conclude(reader.listen(text), tags=tags)
        found = {"findings": reading.findings, "negated": list(reading.negated), "more": reading.more}
        message.set(UNDERSTANDING, found, add_to_output=True)
        message.set(ENTITIES, message.get(ENTITIES, []) + entities(reading), add_to_output=True)
        intent = message.get(INTENT) or {}
        if intent.get("name"):
            ranking = tuple((row["name"], row["confidence"]) for row in message.get(RANKING, []))
            read = IntentReading(intent["name"], intent["confidence"], ranking)
            _set_intent(message, settle(text, read, reading))


def entities(reading: RuleReading) -> list[dict[str, Any]]:
    """The affirmed findings in Rasa's form."""
    return [
        {
            "entity": seen["field"],
            "value": seen["value"],
            "start": seen["start"],
            "end": seen["end"],
            "extractor": "KneeFindings",
        }
        for seen in map(asdict, reading.why)
        if seen["assertion"] == "affirmed" and seen["field"] in reading.findings
    ]


@lru_cache(maxsize=1)
def _reader() -> RuleReader:
    from knee_intake.understanding.reader import RuleReader  # builds the spaCy pipeline: only where texts are read

    return RuleReader()


def _set_intent(message: Message, reading: IntentReading) -> None:
    message.set(INTENT, {"name": reading.intent, "confidence": reading.confidence}, add_to_output=True)
    ranking = [{"name": name, "confidence": share} for name, share in reading.ranking]
    message.set(RANKING, ranking, add_to_output=True)
