"""The second factor: time-based one-time codes (RFC 6238) and recovery codes.

The secret is derived from the server's own and a salt, so that a copy of the database gives no codes away.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from datetime import datetime
from typing import Any, Literal

import pyotp
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.errors import StaffFormError
from knee_intake.records.schema import recovery_codes, staff

ISSUER = "Knee Intake"
STEP_S = 30
WINDOW = 1
"""So many steps before and after the present one are taken, for clocks that are off."""
RECOVERY_CODES = 8
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another
_CODE_LENGTH = 16
_WRONG = "That code does not fit. Wait for the next one, and check the clock of the device."

Used = Literal["code", "recovery"]


def totp_secret(secret: bytes, staff_id: int, salt: str) -> str:
    """The member's secret in base 32, as an app takes it."""
    derived = hmac.new(secret, f"second factor {staff_id} {salt}".encode(), hashlib.sha256).digest()
    return base64.b32encode(derived[:20]).decode()  # 160 bits, as RFC 4226 asks for


def totp_address(shared: str, name: str) -> str:
    """What the QR code says."""
    return str(pyotp.TOTP(shared).provisioning_uri(name=name, issuer_name=ISSUER))


def begin(connection: Connection, staff_id: int) -> None:
    """Begin the set-up; one that is begun goes on, and one that is done stays."""
    unset = (staff.c.id == staff_id, staff.c.totp_salt.is_(None))
    connection.execute(sa.update(staff).where(*unset).values(totp_salt=secrets.token_hex(16), totp_step=None))


def pending_secret(connection: Connection, secret: bytes, staff_id: int) -> str | None:
    """The secret of a set-up that is begun and not confirmed."""
    row = connection.execute(sa.select(staff).where(staff.c.id == staff_id)).one()
    return totp_secret(secret, staff_id, row.totp_salt) if row.totp_salt and row.totp_since is None else None


def confirm(connection: Connection, secret: bytes, staff_id: int, code: str, now: datetime) -> list[str]:
    """Finish the set-up with a first code; returns the recovery codes, which are never shown again.

    Raises StaffFormError where nothing was begun or the code does not fit.
    """
    row = connection.execute(sa.select(staff).where(staff.c.id == staff_id).with_for_update()).one()
    if row.totp_salt is None or row.totp_since is not None:
        raise StaffFormError("There is no set-up to confirm.")
    if not _use_step(connection, secret, row, code, now):
        raise StaffFormError(_WRONG)
    connection.execute(sa.update(staff).where(staff.c.id == staff_id).values(totp_since=now))
    return renew_recovery_codes(connection, staff_id)


def renew_recovery_codes(connection: Connection, staff_id: int) -> list[str]:
    """New recovery codes; the old ones are void."""
    codes = ["".join(secrets.choice(_LETTERS) for _ in range(_CODE_LENGTH)) for _ in range(RECOVERY_CODES)]
    connection.execute(sa.delete(recovery_codes).where(recovery_codes.c.staff_id == staff_id))
    connection.execute(
        sa.insert(recovery_codes),
        [{"staff_id": staff_id, "code_hash": _digest(code), "used_at": None} for code in codes],
    )
    return ["-".join(code[start : start + 4] for start in range(0, _CODE_LENGTH, 4)) for code in codes]


def use_code(connection: Connection, secret: bytes, row: Any, typed: str, now: datetime) -> Used | None:
    """Use up a code or a recovery code of the member whose row of `staff` it is; None where it is not good."""
    if row.totp_since is None:
        return None
    if _use_step(connection, secret, row, typed, now):
        return "code"
    unused = (
        recovery_codes.c.staff_id == row.id,
        recovery_codes.c.code_hash == _digest(re.sub(r"[\s-]", "", typed).lower()),
        recovery_codes.c.used_at.is_(None),
    )
    return (
        "recovery"
        if connection.execute(sa.update(recovery_codes).where(*unused).values(used_at=now)).rowcount
        else None
    )


def _use_step(connection: Connection, secret: bytes, row: Any, typed: str, now: datetime) -> bool:
    """Is it the code of a step in the window, and is no later or equal step used up?"""
    typed = re.sub(r"\s", "", typed)
    present = int(now.timestamp()) // STEP_S
    codes = pyotp.TOTP(totp_secret(secret, row.id, row.totp_salt))
    for step in range(present - WINDOW, present + WINDOW + 1):
        if hmac.compare_digest(codes.generate_otp(step).encode(), typed.encode("utf-8", "replace")):
            later = sa.or_(staff.c.totp_step.is_(None), staff.c.totp_step < step)
            taken = sa.update(staff).where(staff.c.id == row.id, later).values(totp_step=step)
            return bool(connection.execute(taken).rowcount)
    return False


def unused_recovery_codes(connection: Connection, staff_id: int) -> int:
    """How many are left."""
    left = (recovery_codes.c.staff_id == staff_id, recovery_codes.c.used_at.is_(None))
    return int(connection.execute(sa.select(sa.func.count()).select_from(recovery_codes).where(*left)).scalar_one())


def switch_off(connection: Connection, staff_id: int) -> None:
    """Without a second factor from now on."""
    values = {"totp_salt": None, "totp_since": None, "totp_step": None}
    connection.execute(sa.update(staff).where(staff.c.id == staff_id).values(**values))
    connection.execute(sa.delete(recovery_codes).where(recovery_codes.c.staff_id == staff_id))


def _digest(code: str) -> bytes:
    # random enough (79 bits) that a plain hash gives nothing away
    return hashlib.sha256(code.encode("utf-8", "replace")).digest()
