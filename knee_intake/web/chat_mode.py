"""What the chat does for now, as practice.yml says at this moment: a clinic that closes for snow restarts nothing."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import msgspec

from knee_intake.clinic import Clinic
from knee_intake.errors import ClinicFileError
from knee_intake.practice import Practice, load_practice

log = logging.getLogger(__name__)
FILE = "practice.yml"


class ChatMode:
    """The clinic with `widget` of its practice.yml as it is now; everything else stays as it was at the start.

    A file that cannot be read changes nothing: it is logged once, and the last good rules hold.
    """

    def __init__(self, clinic: Clinic, folder: Path) -> None:
        self._path = folder / FILE
        self._clinic = clinic
        self._seen = self._stamp()

    def clinic(self) -> Clinic:
        """The clinic as it is now. Costs a look at the file's date; the file is read where that has changed."""
        stamp = self._stamp()
        if stamp != self._seen:
            self._seen = stamp
            self._read()
        return self._clinic

    def practice(self) -> Practice:
        return self.clinic().practice

    def _stamp(self) -> tuple[int, int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None  # between the two halves of an editor's save
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _read(self) -> None:
        try:
            rules = load_practice(self._path).widget
        except ClinicFileError as error:
            log.error("the chat's mode stays as it was: %s", error)
            return
        practice = self._clinic.practice
        if rules != practice.widget:
            log.info("the chat's mode is now %s", rules.mode)
            self._clinic = replace(self._clinic, practice=msgspec.structs.replace(practice, widget=rules))
