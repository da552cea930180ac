"""What the editor of the clinic's files needs: its history, versions of the files, and who is a clinician."""

import sqlalchemy as sa
from alembic import op

revision = "r0009"
down_revision = "r0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two tables, and a column of two that are there."""
    op.create_table(
        "clinic_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("entry", sa.String(length=120), nullable=False),
        sa.Column("file", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("clinic_changes_by_entry", "clinic_changes", ["entry", "id"])
    op.create_table(
        "clinic_versions",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.add_column("conversations", sa.Column("clinic_version", sa.String(length=64), nullable=True))
    op.add_column("staff", sa.Column("clinician", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    """As it was; the history of edits goes, the files stay."""
    op.drop_column("staff", "clinician")
    op.drop_column("conversations", "clinic_version")
    op.drop_table("clinic_versions")
    op.drop_table("clinic_changes")
