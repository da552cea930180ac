"""Follows the pointer to the model in use, while the process runs.

Only the classifier is exchanged. Rasa's agent stays: it is handed what was understood, and a candidate's rules and
stories are the project's own.
"""

from __future__ import annotations

import logging
import threading

from knee_intake.errors import ModelError
from knee_intake.understanding.in_use import Pointer, read_pointer
from knee_intake.web.context import AppContext

log = logging.getLogger(__name__)


class ModelSwitch:
    """Knows with which pointer the process started, or which it has followed since."""

    def __init__(self, context: AppContext) -> None:
        self._context = context
        self._pointer: Pointer | None = read_pointer(context.settings)
        self._lock = threading.Lock()

    def follow(self) -> bool:
        """Load what the pointer names, if that has changed; whether this process now uses it."""
        with self._lock:
            pointer = read_pointer(self._context.settings)
            if pointer == self._pointer:
                return True
            return self._load(pointer)

    def _load(self, pointer: Pointer | None) -> bool:
        from knee_intake.understanding.model_file import load_classifier
        from knee_intake.understanding.training import model_path

        dialogue = self._context.dialogue
        if dialogue is None or self._context.settings.model:
            return False
        try:
            dialogue.use_classifier(load_classifier(model_path(self._context.settings)))
        except ModelError as error:
            log.error("the model could not be exchanged; the old one stays in use: %s", error)
            return False
        self._pointer = pointer
        log.info("another model is in use: build %s", pointer.build if pointer else "none, the project's own")
        return True
