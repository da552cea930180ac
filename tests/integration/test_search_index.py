"""The full-text index follows each way of writing and deleting a message, and nothing from before consent gets in."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from knee_intake.records import schema
from knee_intake.records.database import Database
from knee_intake.records.erasure import erase
from knee_intake.records.queue import ALL, Filters, list_keys
from knee_intake.records.retention import retain
from knee_intake.records.search_terms import parse
from knee_intake.records.store import Store
from knee_intake.records.turn_rows import NewMessage, PendingChange, TurnRows
from tests.conftest import NOW

LEASE = timedelta(minutes=1)
NEEDLE = "zyzzogeton"


@pytest.fixture
def store(database: Database) -> Store:
    return Store(database, b"k" * 32)


@pytest.fixture
def chat(store: Store) -> str:
    """A conversation before consent, in which the needle was said."""
    conversation, _ = store.create(NOW, [NewMessage("bot", "Hello there")], {}, demo=True)
    store.receive(conversation, "a", f"my {NEEDLE} hurts", NOW, "me", LEASE)
    return conversation


def found(database: Database, typed: str = NEEDLE) -> list[str]:
    with database.read() as connection:
        filters = Filters(review=ALL, everything=True, terms=parse(typed))
        return [ident for _, _, ident in list_keys(connection, filters, after=None, limit=10)]


def indexed(database: Database, word: str = NEEDLE) -> int:
    """Rows of the index itself that hold the word, whoever may see them."""
    with database.read() as connection:
        query = "SELECT count(*) FROM search_words WHERE search_words MATCH ?"
        return int(connection.exec_driver_sql(query, (word,)).scalar_one())


def agree(store: Store, conversation: str, *, keep: bool) -> None:
    """The visitor's second message is a yes."""
    if keep:
        change = PendingChange(keep=True)
        store.commit(TurnRows(conversation, 0, 2, NOW, replies=[NewMessage("bot", "May we?")], pending=change))
    version = store.conversation(conversation)["version"]
    seq = store.receive(conversation, "b", "yes", NOW, "me", LEASE).seq
    columns = {"status": "active", "consent_at": NOW, "consent_version": "1"}
    replies = [NewMessage("bot", "Thanks, a quokka.")]
    store.commit(
        TurnRows(conversation, version, seq, NOW, columns=columns, replies=replies, pending=PendingChange(reveal=True))
    )


def test_words_before_consent_are_in_no_index(database: Database, chat: str) -> None:
    assert (found(database), indexed(database), indexed(database, "hello")) == ([], 0, 0)


def test_with_consent_what_may_be_kept_is_found_and_the_reply_too(database: Database, store: Store, chat: str) -> None:
    agree(store, chat, keep=True)
    assert (found(database), found(database, "quokka")) == ([chat], [chat])


def test_what_is_not_kept_at_consent_is_never_found(database: Database, store: Store, chat: str) -> None:
    agree(store, chat, keep=False)
    assert (found(database), indexed(database)) == ([], 0)
    assert found(database, "quokka") == [chat]


def test_a_message_is_found_before_it_is_answered_and_a_staff_message_too(
    database: Database, store: Store, chat: str
) -> None:
    agree(store, chat, keep=False)
    store.receive(chat, "c", "a wombat sat on it", NOW, "me", LEASE)
    store.add_message(chat, NewMessage("staff", "We look after your numbat", staff_id=None), NOW)
    assert (found(database, "wombat"), found(database, "numbat")) == ([chat], [chat])


def test_a_turn_that_is_undone_leaves_nothing_in_the_index(database: Database, store: Store, chat: str) -> None:
    agree(store, chat, keep=False)
    seq = store.receive(chat, "c", "hm", NOW, "me", LEASE).seq

    def fail(_connection: object) -> None:
        raise RuntimeError("power cut")

    version = store.conversation(chat)["version"]
    with pytest.raises(RuntimeError):
        store.commit(TurnRows(chat, version, seq, NOW, replies=[NewMessage("bot", NEEDLE)], effects=[fail]))
    assert indexed(database) == 0


def test_a_text_that_is_changed_or_emptied_is_found_as_it_is_now(database: Database, store: Store, chat: str) -> None:
    agree(store, chat, keep=True)
    own = sa.and_(schema.messages.c.conversation_id == chat, schema.messages.c.seq == 2)
    for text, count in (("a bandicoot", 0), (f"{NEEDLE} again", 1), (None, 0), (NEEDLE, 1)):
        with database.write() as connection:
            connection.execute(sa.update(schema.messages).where(own).values(text=text))
        assert indexed(database) == count


def _erase(store: Store, conversation: str) -> None:
    erase(store.database, conversation, now=NOW)


def _retain(store: Store, _conversation: str) -> None:
    later = NOW + timedelta(days=400)
    retain(store.database, now=later, pending_for=LEASE, days={"*": 365}, dry_run=False)


def _forget(store: Store, conversation: str) -> None:
    assert store.forget(conversation, NOW)
    store.forget_waiting_words(NOW)  # as the upkeep does each minute


@pytest.mark.parametrize("way", [_erase, _retain, _forget], ids=["erase", "retention", "forget me"])
def test_what_is_deleted_is_in_no_index_and_not_in_its_file(
    database: Database, store: Store, chat: str, way: Callable[[Store, str], None]
) -> None:
    agree(store, chat, keep=True)
    assert _term_on_disk(database)
    way(store, chat)
    assert (found(database), indexed(database)) == ([], 0)
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM search_rows").scalar() == 0
        connection.exec_driver_sql("INSERT INTO search_words (search_words) VALUES ('integrity-check')")
    assert not _term_on_disk(database)


def _term_on_disk(database: Database) -> bool:
    """Is the word in the blocks in which FTS5 keeps its terms?"""
    with database.read() as connection:
        blocks = connection.exec_driver_sql("SELECT block FROM search_words_data").scalars()
        return any(NEEDLE.encode() in block for block in blocks)


def test_erasing_leaves_the_word_nowhere_in_the_database_files(database: Database, store: Store, chat: str) -> None:
    agree(store, chat, keep=True)
    _erase(store, chat)
    path = Path(str(database.engine.url.database))
    assert NEEDLE.encode() not in b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
