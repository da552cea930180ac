"""Rasa's agent, made to fail aloud.

Stock Rasa eats failures: an action that raises gives no events and half a turn is saved; the slot-extracting action
only warns; the circuit breaker only logs; a missing model file silently becomes the newest one of its folder; the
tracker store falls back to memory. Here every failure is kept in the turn's record, and a failed turn saves nothing.
"""

from __future__ import annotations

import asyncio
import logging
import random
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rasa.core.actions.action import RemoteAction
from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.tracker_store import SerializedTrackerAsText, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor

from actions.context import CURRENT, TurnContext
from knee_intake.errors import ModelError, StorageError, TurnError

SEED = 20_160_222
INTAKE_SLOTS = ("intake", "interview_done", "activity_level", "pain_location", "arthritis_history", "urgency")


@dataclass
class AgentTurn:
    """What Rasa did in one turn."""

    tracker: DialogueStateTracker
    failures: list[BaseException] = field(default_factory=list)
    saved: bool = False


AGENT_TURN: ContextVar[AgentTurn | None] = ContextVar("knee_intake_agent_turn", default=None)


def _turn() -> AgentTurn:
    turn = AGENT_TURN.get()
    if turn is None:
        raise TurnError("Rasa was called outside a turn")
    return turn


class TurnTrackerStore(TrackerStore, SerializedTrackerAsText):  # type: ignore[misc]
    """Hands Rasa the turn's tracker and takes it back; what is written to disk is the turn's own business."""

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        return _turn().tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        turn = _turn()
        if turn.failures:
            raise TurnError("the turn failed and is not saved") from turn.failures[0]
        turn.tracker, turn.saved = tracker, True

    async def create_tracker(self, sender_id: str, append_action_listen: bool = True) -> DialogueStateTracker:
        raise TurnError("the turn has a tracker already")  # pragma: no cover - retrieve never gives None


class LocalActions(EndpointConfig):  # type: ignore[misc]
    """The action server, in this process: calls rasa_sdk's executor directly."""

    def __init__(self) -> None:
        super().__init__(url="local://actions")
        self._executor = ActionExecutor()
        self._executor.register_package("actions")

    async def request(self, method: str = "post", subpath: str | None = None, **kwargs: Any) -> Any:
        try:
            result = await self._executor.run(kwargs["json"])
        except Exception as error:
            _turn().failures.append(error)
            raise
        if result is None:
            unknown = TurnError(f"no action is called {kwargs['json'].get('next_action')}")
            _turn().failures.append(unknown)
            raise unknown
        return result


class SilentChannel(OutputChannel):  # type: ignore[misc]
    """Replies are read from the turn, not sent by Rasa."""

    @classmethod
    def name(cls) -> str:
        return "knee_intake"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Nothing: the transcript's rows are the reply."""


class _FailureListener(logging.Handler):
    """Rasa logs an exception of an action and goes on: what it logs as an error fails the turn here."""

    def emit(self, record: logging.LogRecord) -> None:
        turn = AGENT_TURN.get()
        if turn is not None:
            cause = record.exc_info[1] if record.exc_info else None
            turn.failures.append(cause or TurnError(f"an error in {record.name}"))


class RasaAgent:
    """One loaded model. `turn` is to be called under the conversation's lock."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self._channel = SilentChannel()

    @property
    def domain(self) -> Domain:
        return self._agent.domain

    def tracker(self, conversation: str, events: list[dict[str, Any]]) -> DialogueStateTracker:
        """A tracker from stored events."""
        if not events:
            tracker = DialogueStateTracker(conversation, self.domain.slots)
        else:
            tracker = DialogueStateTracker.from_dict(conversation, events, self.domain.slots)
        return tracker

    async def turn(
        self, tracker: DialogueStateTracker, text: str, parse: dict[str, Any], message_id: str, context: TurnContext
    ) -> DialogueStateTracker:
        """Let Rasa take one visitor text. Raises TurnError when anything at all went wrong."""
        turn = AgentTurn(tracker)
        tokens = AGENT_TURN.set(turn), CURRENT.set(context)
        try:
            message = UserMessage(
                text, self._channel, tracker.sender_id, input_channel="knee_intake", message_id=message_id,
                parse_data=parse,
            )  # fmt: skip
            await self._agent.processor.handle_message(message)
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001 (Rasa may raise anything; all of it fails the turn)
            _raise_storage(turn)
            raise TurnError(f"the turn failed in {type(error).__name__}") from (
                turn.failures[0] if turn.failures else error
            )
        finally:
            CURRENT.reset(tokens[1])
            AGENT_TURN.reset(tokens[0])
        if turn.failures:
            _raise_storage(turn)
            raise TurnError("an action failed") from turn.failures[0]
        if not turn.saved or turn.tracker.latest_action_name != "action_listen":
            raise TurnError("Rasa stopped in the middle of the turn")
        return turn.tracker


def _raise_storage(turn: AgentTurn) -> None:
    """A database that could not be read in an action is told as such."""
    if turn.failures and isinstance(turn.failures[0], StorageError):
        raise turn.failures[0]


def load_agent(model: Path) -> RasaAgent:
    """Load the trained model. Raises ModelError where the file is missing or cannot be loaded."""
    if not model.is_file():
        raise ModelError(f"there is no model file {model.name}; `knee-intake train` makes one")
    random.seed(SEED)
    _spare_action_checks()
    _listen_for_failures()
    store = TurnTrackerStore(Domain.empty())
    try:
        agent = Agent.load(str(model), tracker_store=store, action_endpoint=LocalActions())
    except Exception as error:
        raise ModelError(f"the model file {model.name} cannot be loaded: {type(error).__name__}") from error
    # Agent wraps every store in one that falls back to memory without a word: put the bare store back
    store.domain = agent.domain
    agent.tracker_store = store
    agent.processor.tracker_store = store
    agent.processor.on_circuit_break = _on_circuit_break
    missing = [slot for slot in INTAKE_SLOTS if slot not in {one.name for one in agent.domain.slots}]
    if missing:
        raise ModelError(f"the model file {model.name} is not of this project: no slot {missing[0]}")
    return RasaAgent(agent)


def _listen_for_failures() -> None:
    for name in ("rasa.core.processor", "rasa.core.actions.action"):
        logger = logging.getLogger(name)
        if not any(isinstance(handler, _FailureListener) for handler in logger.handlers):
            logger.addHandler(_FailureListener(logging.ERROR))


def _on_circuit_break(tracker: DialogueStateTracker, channel: OutputChannel, nlg: Any) -> None:
    _turn().failures.append(TurnError("Rasa predicted too many actions"))


def _spare_action_checks() -> None:
    """Rasa checks every action reply against a JSON schema that it builds anew each time: 52 ms of CPU.

    Ours come from rasa_sdk's executor in this very process, so only their two lists are looked at.
    """

    def validate(_self: RemoteAction, result: dict[str, Any]) -> bool:
        if not isinstance(result.get("events"), list) or not isinstance(result.get("responses"), list):
            raise TurnError("an action gave back something else than events and responses")
        return True

    RemoteAction._validate_action_result = validate
