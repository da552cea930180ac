"""The full-text index over transcripts: FTS5 on SQLite, a tsvector on PostgreSQL.

The database itself keeps it in step, by triggers or a generated column: whoever writes, changes or deletes a message
changes the index in the same transaction. Words that wait for consent lie in `pending`, where nothing indexes them.

A migration that copies the table `messages` (Alembic's batch mode) has to run `statements("sqlite")` again: SQLite
drops the triggers with the old table. tests/integration/test_migrations.py finds it where that was forgotten.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.records.schema import facts, messages
from knee_intake.records.search_terms import Term

DELETED = "search_words_deleted"
"""The name of the fact that words were deleted, whose traces are still in the index's file."""

_SQLITE = (
    # FTS5 knows its rows by a number only, and a rowid of `messages` may change
    "CREATE TABLE search_rows ("
    "id INTEGER NOT NULL PRIMARY KEY, conversation_id VARCHAR(36) NOT NULL, seq INTEGER NOT NULL, "
    "UNIQUE (conversation_id, seq))",
    "CREATE VIEW search_texts AS SELECT r.id AS id, m.text AS text FROM search_rows r "
    "JOIN messages m ON m.conversation_id = r.conversation_id AND m.seq = r.seq",
    "CREATE VIRTUAL TABLE search_words USING fts5("
    "text, content='search_texts', content_rowid='id', tokenize='unicode61 remove_diacritics 2')",
    "CREATE TRIGGER search_said AFTER INSERT ON messages WHEN new.text IS NOT NULL BEGIN "
    "INSERT INTO search_rows (conversation_id, seq) VALUES (new.conversation_id, new.seq); "
    "INSERT INTO search_words (rowid, text) SELECT id, new.text FROM search_rows "
    "WHERE conversation_id = new.conversation_id AND seq = new.seq; END",
    "CREATE TRIGGER search_unsaid AFTER DELETE ON messages WHEN old.text IS NOT NULL BEGIN "
    "INSERT INTO search_words (search_words, rowid, text) SELECT 'delete', id, old.text FROM search_rows "
    "WHERE conversation_id = old.conversation_id AND seq = old.seq; "
    "DELETE FROM search_rows WHERE conversation_id = old.conversation_id AND seq = old.seq; "
    f"INSERT OR REPLACE INTO facts (name, at) VALUES ('{DELETED}', strftime('%Y-%m-%d %H:%M:%f000', 'now')); END",
    "CREATE TRIGGER search_changed AFTER UPDATE OF text ON messages WHEN old.text IS NOT new.text BEGIN "
    "INSERT INTO search_words (search_words, rowid, text) SELECT 'delete', id, old.text FROM search_rows "
    "WHERE conversation_id = old.conversation_id AND seq = old.seq AND old.text IS NOT NULL; "
    "DELETE FROM search_rows WHERE conversation_id = old.conversation_id AND seq = old.seq; "
    "INSERT INTO search_rows (conversation_id, seq) SELECT new.conversation_id, new.seq WHERE new.text IS NOT NULL; "
    "INSERT INTO search_words (rowid, text) SELECT id, new.text FROM search_rows "
    "WHERE conversation_id = new.conversation_id AND seq = new.seq; END",
)
_SQLITE_FILL = (
    "INSERT INTO search_rows (conversation_id, seq) SELECT conversation_id, seq FROM messages WHERE text IS NOT NULL",
    "INSERT INTO search_words (search_words) VALUES ('rebuild')",
)
_ACCENTED, _PLAIN = "áàâäãåéèêëíìîïóòôöõúùûüñç", "aaaaaaeeeeiiiiooooouuuunc"
# punctuation first becomes blanks: PostgreSQL would take an address or a name with a hyphen for one word
_BARE = "lower(regexp_replace(text, '[[:punct:]]+', ' ', 'g'))"
_AS_WORDS = f"to_tsvector('simple', translate({_BARE}, '{_ACCENTED}', '{_PLAIN}'))"
_POSTGRESQL = (
    f"ALTER TABLE messages ADD COLUMN words tsvector GENERATED ALWAYS AS ({_AS_WORDS}) STORED",
    "CREATE INDEX messages_by_words ON messages USING gin (words)",
)
_SQLITE_DROP = (
    *(f"DROP TRIGGER {name}" for name in ("search_said", "search_unsaid", "search_changed")),
    "DROP TABLE search_words",
    "DROP VIEW search_texts",
    "DROP TABLE search_rows",
)
_POSTGRESQL_DROP = ("DROP INDEX messages_by_words", "ALTER TABLE messages DROP COLUMN words")


def statements(dialect: str, *, fill: bool = False) -> tuple[str, ...]:
    """What makes the index; `fill` also takes in the messages that are there (PostgreSQL does that by itself)."""
    if dialect == "sqlite":
        return _SQLITE + (_SQLITE_FILL if fill else ())
    return _POSTGRESQL


def drop_statements(dialect: str) -> tuple[str, ...]:
    """What takes it away."""
    return _SQLITE_DROP if dialect == "sqlite" else _POSTGRESQL_DROP


def is_own(name: str | None) -> bool:
    """Is this table of the database a part of the index? schema.py does not know of it, nor does Alembic."""
    return name is not None and name.startswith("search_")


def _create(_table: sa.Table, connection: Connection, **_more: object) -> None:
    for statement in statements(connection.dialect.name):
        connection.exec_driver_sql(statement)


sa.event.listen(messages, "after_create", _create)


def purge(connection: Connection) -> bool:
    """Take the traces of deleted words out of the file; False where there are none.

    FTS5 only notes that a row has gone until its parts are merged. This merges them all: seconds for millions of
    messages.
    """
    if connection.dialect.name != "sqlite":
        return False
    if not connection.execute(sa.delete(facts).where(facts.c.name == DELETED)).rowcount:
        return False
    connection.exec_driver_sql("INSERT INTO search_words (search_words) VALUES ('optimize')")
    return True


# -- searching -------------------------------------------------------------------------------------------------------


def ids_with(connection: Connection, term: Term) -> sa.sql.Select:
    """The conversations in which the term stands (more than once where it stands there several times)."""
    if connection.dialect.name == "sqlite":
        found = _words.join(_rows, _rows.c.id == _words.c.rowid)
        return sa.select(_rows.c.conversation_id).select_from(found).where(_match(term))
    # kept apart, so that a LIMIT of the caller's is no reason to read all messages in the hope of an early end
    found = sa.select(messages.c.conversation_id).where(_at_at(term)).cte("found").prefix_with("MATERIALIZED")
    return sa.select(found.c.conversation_id)


_rows = sa.table("search_rows", sa.column("id"), sa.column("conversation_id"))
_words = sa.table("search_words", sa.column("rowid"))


def _match(term: Term) -> Any:
    return sa.literal_column("search_words", sa.Text).op("MATCH")(term.fts5)


def _at_at(term: Term) -> Any:
    words = sa.literal_column("messages.words")
    return words.op("@@")(sa.func.to_tsquery(sa.literal_column("'simple'"), term.tsquery))
