"""Second factor, invitations, personal tokens with scopes, restricted conversations, tombstones."""

import sqlalchemy as sa
from alembic import op

revision = "r0011"
down_revision = "r0010"
branch_labels = None
depends_on = None

_ALL_SCOPES = "read write export fhir"
_OLD_NAME = "from the command line"


def _time(name: str, *, needed: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=not needed)


def upgrade() -> None:
    """Six tables and ten columns; the one token that a member had becomes the first of several."""
    op.add_column("staff", sa.Column("must_change", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("staff", sa.Column("totp_salt", sa.String(length=32), nullable=True))
    op.add_column("staff", _time("totp_since"))
    op.add_column("staff", sa.Column("totp_step", sa.Integer(), nullable=True))
    op.add_column("staff", sa.Column("invite_hash", sa.LargeBinary(length=32), nullable=True))
    op.add_column("staff", _time("invite_until"))
    op.create_index("staff_by_invitation", "staff", ["invite_hash"], unique=True)
    op.add_column("staff_sessions", sa.Column("agent", sa.String(length=40), nullable=True))
    op.add_column("staff_sessions", sa.Column("address", sa.String(length=60), nullable=True))
    _make_tokens()
    op.create_table(
        "recovery_codes",
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        _time("used_at"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("staff_id", "code_hash"),
    )
    _make_restrictions()
    op.create_table(
        "tombstones",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        _time("at", needed=True),
        sa.Column("why", sa.String(length=12), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def _make_tokens() -> None:
    op.create_table(
        "staff_tokens",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("scopes", sa.String(length=80), nullable=False),
        _time("created_at", needed=True),
        _time("expires_at"),
        _time("used_at"),
        _time("revoked_at"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index(op.f("ix_staff_tokens_staff_id"), "staff_tokens", ["staff_id"])
    move = (
        "INSERT INTO staff_tokens (staff_id, name, token_hash, scopes, created_at) "
        "SELECT id, :name, token_hash, :scopes, created_at FROM staff WHERE token_hash IS NOT NULL"
    )
    op.get_bind().execute(sa.text(move), {"name": _OLD_NAME, "scopes": _ALL_SCOPES})
    op.execute("UPDATE staff SET token_hash = NULL")


def _make_restrictions() -> None:
    op.create_table(
        "restrictions",
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        _time("made_at", needed=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("conversation_id"),
    )
    op.create_table(
        "restriction_members",
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["restrictions.conversation_id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("conversation_id", "staff_id"),
    )
    op.create_table(
        "emergency_openings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        _time("at", needed=True),
        _time("until", needed=True),
        _time("reviewed_at"),
        sa.Column("reviewed_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("emergency_openings_by_conversation", "emergency_openings", ["conversation_id", "staff_id"])


def downgrade() -> None:
    """Without them; of a member's tokens the oldest stays that may do everything."""
    keep = (
        "UPDATE staff SET token_hash = (SELECT t.token_hash FROM staff_tokens t WHERE t.staff_id = staff.id "
        "AND t.revoked_at IS NULL AND t.expires_at IS NULL AND t.scopes = :scopes ORDER BY t.id LIMIT 1)"
    )
    op.get_bind().execute(sa.text(keep), {"scopes": _ALL_SCOPES})
    for table in (
        "tombstones", "emergency_openings", "restriction_members", "restrictions", "recovery_codes", "staff_tokens",
    ):  # fmt: skip
        op.drop_table(table)
    op.drop_index("staff_by_invitation", "staff")
    for table, columns in (
        ("staff_sessions", ("address", "agent")),
        ("staff", ("invite_until", "invite_hash", "totp_step", "totp_since", "totp_salt", "must_change")),
    ):
        for column in columns:
            op.drop_column(table, column)
