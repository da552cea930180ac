"""HTTP answers that end: the whole of one comes within its timeout and its size, or not at all.

A timeout of `requests` counts from one piece to the next, so a server that sends a byte now and then would keep us
waiting for ever. Here a timer cuts the connection.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Mapping
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPResponse, HTTPSConnectionPool, PoolManager, ProxyManager
from urllib3.connection import HTTPConnection, HTTPSConnection

from knee_intake.errors import CalendarUnavailableError

MAX_ANSWER = 8 * 1024 * 1024
"""Bytes of one answer, unpacked. A clinician's month of plain events has about 200 kB."""

_CHUNK = 64 * 1024


class _Watch:
    """Cuts a connection after some seconds, unless it is stopped before."""

    def __init__(self, sock: socket.socket, seconds: float) -> None:
        self._sock = sock
        self.has_cut = False
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self._timer.start()

    def stop(self) -> None:
        self._timer.cancel()

    def _cut(self) -> None:
        self.has_cut = True
        with contextlib.suppress(OSError):  # closed already
            socket.socket.shutdown(self._sock, socket.SHUT_RDWR)


def _watched(connection: HTTPConnection, respond: Callable[[], HTTPResponse]) -> HTTPResponse:
    """The answer, with the read timeout for all of it; its `watch` runs on until the body has been read."""
    assert connection.timeout is not None, "a request without a timeout"
    watch = _Watch(connection.sock, connection.timeout)
    try:
        response = respond()
    except BaseException:
        watch.stop()
        if watch.has_cut:
            raise TimeoutError("the head of the answer did not come in time") from None
        raise
    response.watch = watch  # type: ignore[attr-defined]
    return response


class _Connection(HTTPConnection):
    def getresponse(self) -> HTTPResponse:  # type: ignore[override] # as in urllib3
        return _watched(self, super().getresponse)


class _TlsConnection(HTTPSConnection):
    def getresponse(self) -> HTTPResponse:  # type: ignore[override] # as in urllib3
        return _watched(self, super().getresponse)


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class WatchedAdapter(HTTPAdapter):
    """Gives answers whose body has been read, within `timeout` and MAX_ANSWER.

    Raises what `requests` raises, and CalendarUnavailableError where the answer is too long.
    """

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        _use_watched_pools(self.poolmanager)

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> ProxyManager:
        manager: ProxyManager = super().proxy_manager_for(*args, **kwargs)
        _use_watched_pools(manager)
        return manager

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        response = super().send(request, stream, timeout, verify, cert, proxies)
        watch: _Watch = response.raw.watch  # type: ignore[union-attr]
        body = bytearray()
        try:
            for chunk in response.iter_content(_CHUNK):
                body += chunk
                if len(body) > MAX_ANSWER:
                    raise CalendarUnavailableError(f"the calendar server's answer is longer than {MAX_ANSWER} bytes")
        except requests.RequestException as error:
            raise requests.ReadTimeout(request=request) if watch.has_cut else error from error
        finally:
            watch.stop()
            response.close()
        if watch.has_cut:  # a cut looks like the end of an answer that tells no length
            raise requests.ReadTimeout(request=request)
        response._content = bytes(body)
        return response


def _use_watched_pools(manager: PoolManager) -> None:
    manager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}
