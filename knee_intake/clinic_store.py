"""The clinic as its files are now, and as they were when a conversation began. Nothing is restarted or trained.

A file that was saved (by the editor, or by hand) holds from the next look on. One that does not load changes nothing:
the last good version stays, and `problem` says what is wrong. A conversation keeps the version that it began with; what
must hold for everybody at once (SAFETY, AT_ONCE) is always the newest.
"""

from __future__ import annotations

import json
import logging
import tempfile
import threading
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from knee_intake.clinic import Clinic, digest_of, load_clinic
from knee_intake.errors import ClinicFileError
from knee_intake.practice import Practice

log = logging.getLogger(__name__)

AT_ONCE = ("widget", "alerts", "hours", "holidays", "zone", "booking", "visit_types", "clinicians")
"""Of practice.yml: what the chat does, who is on duty, and what the one calendar of all conversations rests on."""
AT_START = ("zone", "booking", "visit_types", "clinicians")
"""Of practice.yml: held as it was when the program started where more than a name or a label of it has changed."""
TRIES = 3
"""Reads of a folder in which somebody is saving."""

Stamp = tuple[tuple[str, int, int, int], ...]
FindVersion = Callable[[str], "bytes | None"]


def packed(folder: Path) -> bytes:
    """The folder's files, small enough to be kept with every version."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.yml"))}
    return zlib.compress(json.dumps(texts).encode())


def unpacked(content: bytes, folder: Path) -> None:
    """Write what was packed into a folder."""
    texts: Mapping[str, str] = json.loads(zlib.decompress(content))
    for name, text in texts.items():
        (folder / Path(name).name).write_text(text, encoding="utf-8")


def held(old: Clinic, newest: Clinic) -> Clinic:
    """The version of a running conversation: its own words and facts, the newest safety rules and opening."""
    now = {name: getattr(newest.practice, name) for name in AT_ONCE}
    practice = msgspec.structs.replace(old.practice, **now)
    return replace(old, practice=practice, red_flags=newest.red_flags)


class ClinicStore:
    """The present clinic and the versions that conversations began with.

    Every method may be called from any thread. `now` costs a look at the files' dates, and 0.2 s where one has changed.
    """

    def __init__(
        self, clinic: Clinic, folder: Path | None = None, *, live: bool = False, find: FindVersion | None = None
    ) -> None:
        """`folder`: None where the clinic never changes. `find`: the kept content of an earlier version."""
        self._folder, self._live, self._find = folder, live, find
        self._first, self._newest = clinic, clinic
        self._stamp = self._look()
        self._versions: dict[str, Clinic | None] = {}
        self._held: dict[str, Clinic] = {}
        self._packed: tuple[str, bytes] | None = None
        self._lock = threading.RLock()
        self._listeners: list[Callable[[Clinic], None]] = []
        self.problem: ClinicFileError | None = None
        """Why the files, as they are now, are not what the program works with."""
        self.waits_for_restart: tuple[str, ...] = ()
        """Keys of practice.yml that were changed and are read at the start only."""

    def on_change(self, listener: Callable[[Clinic], None]) -> None:
        """Have `listener` called with every new version, in whichever thread found it."""
        self._listeners.append(listener)

    def now(self) -> Clinic:
        """The clinic as its files are at this moment."""
        if self._look() != self._stamp:
            with self._lock:
                stamp = self._look()
                if stamp != self._stamp:
                    self._stamp = stamp
                    self._read()
        return self._newest

    def practice(self) -> Practice:
        return self.now().practice

    def of(self, version: str | None) -> Clinic:
        """The clinic for a conversation that began with this version; the newest where that is known no more."""
        newest = self.now()
        if version is None or version == newest.digest:
            return newest
        with self._lock:
            if version not in self._held:
                old = self._version(version)
                self._held[version] = newest if old is None else held(old, newest)
            return self._held[version]

    def content(self) -> bytes | None:
        """The newest version's files, to be kept for who starts with it; None where they are being changed."""
        with self._lock:
            digest = self._newest.digest
            if self._folder is not None and (self._packed is None or self._packed[0] != digest):
                try:
                    content = packed(self._folder)
                    self._packed = (digest, content) if digest_of(self._folder) == digest else None
                except (OSError, UnicodeDecodeError):
                    return None
            return self._packed[1] if self._packed is not None and self._packed[0] == digest else None

    # ---- reading

    def _look(self) -> Stamp:
        if self._folder is None:
            return ()
        found = []
        for path in sorted(self._folder.glob("*.yml")):
            try:
                state = path.stat()
            except OSError:
                continue  # between the two halves of somebody's save
            found.append((path.name, state.st_mtime_ns, state.st_size, state.st_ino))
        return tuple(found)

    def _read(self) -> None:
        assert self._folder is not None
        try:
            clinic = self._whole()
        except ClinicFileError as error:
            self.problem = error
            log.error("the clinic's files stay as they were: %s", error)
            return
        except Exception as error:  # whatever a hand in the files brings about, visitors are answered
            self.problem = ClinicFileError(
                self._folder, None, "(the folder)", f"cannot be read: {type(error).__name__}"
            )
            log.exception("the clinic's files stay as they were")
            return
        self.problem = None
        clinic = self._as_started(clinic)
        before = self._newest
        if clinic.digest == before.digest:
            return
        self._versions[before.digest] = before
        self._newest = clinic
        self._held.clear()
        log.info("the clinic's files were read again: version %s", clinic.digest[:8])
        for listener in self._listeners:
            try:
                listener(clinic)
            except Exception:
                log.exception("a part of the program goes on with the clinic as it was before")

    def _whole(self) -> Clinic:
        """One state of the folder, not half of one and half of the next."""
        assert self._folder is not None
        for _ in range(TRIES - 1):
            before = digest_of(self._folder)
            clinic = load_clinic(self._folder, live=self._live)
            if before == clinic.digest == digest_of(self._folder):
                return clinic
        return load_clinic(self._folder, live=self._live)

    def _as_started(self, clinic: Clinic) -> Clinic:
        """The same, with what the running program cannot change: the calendar was made for it."""
        now, first = clinic.practice, self._first.practice
        changed = tuple(name for name in AT_START if _skeleton(now, name) != _skeleton(first, name))
        if changed != self.waits_for_restart and changed:
            log.warning("practice.yml: %s: changed, and read at the next start only", ", ".join(changed))
        self.waits_for_restart = changed
        kept: dict[str, Any] = {name: getattr(first, name) for name in AT_START} if changed else {}
        return replace(clinic, practice=msgspec.structs.replace(now, **kept)) if kept else clinic

    def _version(self, version: str) -> Clinic | None:
        if version not in self._versions:
            content = self._find(version) if self._find is not None else None
            self._versions[version] = None if content is None else self._unpack(version, content)
            if self._versions[version] is None:
                log.warning("version %s of the clinic's files is gone; the newest takes its place", version[:8])
        return self._versions[version]

    def _unpack(self, version: str, content: bytes) -> Clinic | None:
        with tempfile.TemporaryDirectory() as folder:
            try:
                unpacked(content, Path(folder))
                return load_clinic(Path(folder), live=self._live)
            except (ClinicFileError, ValueError, zlib.error) as error:
                log.warning("version %s of the clinic's files cannot be read: %s", version[:8], type(error).__name__)
                return None


def _skeleton(practice: Practice, name: str) -> Any:
    """What of a part the calendar was made for: not its names and labels."""
    if name == "visit_types":
        return [(one.id, one.minutes, one.services) for one in practice.visit_types]
    if name == "clinicians":
        return [(one.id, one.visit_types) for one in practice.clinicians]
    return practice.zone.value if name == "zone" else getattr(practice, name)
