"""The settings of a FHIR server, checked: its address and how we show who we are."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import requests

from knee_intake.booking.fhir_auth import BackendServices, FixedToken, Key
from knee_intake.errors import SettingsError

if TYPE_CHECKING:
    from knee_intake.settings import Settings


def server_address(settings: Settings, name: str) -> str:
    """The address in this setting. Raises SettingsError where a key would travel readable, or it is no address."""
    variable, url = f"KNEE_INTAKE_{name.upper()}", str(getattr(settings, name))
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        raise SettingsError(f"{variable}: expected https://HOST/PATH") from None
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment:
        raise SettingsError(f"{variable}: expected https://HOST/PATH")
    if parts.username is not None or parts.password is not None:
        raise SettingsError(f"{variable}: name and password have settings of their own")
    if parts.scheme == "http" and not _is_loopback(host) and not settings.calendar_allow_http:
        raise SettingsError(f"{variable}: expected https; KNEE_INTAKE_CALENDAR_ALLOW_HTTP=yes allows http")
    return url


def make_key(settings: Settings, session: requests.Session) -> Key:
    """SMART backend services where a client id is set, else the token. Raises SettingsError."""
    if not settings.calendar_client_id:
        return FixedToken(settings.calendar_token)
    if settings.calendar_token:
        raise SettingsError("KNEE_INTAKE_CALENDAR_TOKEN: expected a token or a client id, not both")
    for name in ("calendar_key_file", "calendar_token_url"):
        if not getattr(settings, name):
            raise SettingsError(f"KNEE_INTAKE_{name.upper()}: expected a value beside KNEE_INTAKE_CALENDAR_CLIENT_ID")
    return BackendServices(
        session,
        token_url=server_address(settings, "calendar_token_url"),
        client_id=settings.calendar_client_id,
        key=Path(settings.calendar_key_file),
        key_id=settings.calendar_key_id,
        scope=settings.calendar_scope,
    )


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
