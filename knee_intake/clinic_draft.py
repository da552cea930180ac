"""Edits of one of the clinic's files, as a person would make them: comments, order and layout stay. PURE.

A draft is checked as a whole before it is written: what would not load is never on disk. Who writes holds the folder's
lock (folder_lock.py); an edit by hand, which knows no lock, is noticed before the file is put in its place.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

from knee_intake.checked_yaml import plain
from knee_intake.clinic import Clinic, load_clinic
from knee_intake.errors import ClinicChangedError, ClinicFileError, ClinicReadOnlyError

Keys = tuple[str, ...]
"""The way to a value. In a list of mappings an entry is named by its id."""


class _Absent:
    """What stands for a key that is not there."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = _Absent()
LAYOUTS = ((2, 4, 2), (2, 2, 0), (4, 4, 2), (4, 6, 4))
"""Indents of (mapping, sequence, dash): the first that gives the file back as it was is the clinic's own."""
NO_WRAP = 1_000_000


def can_write(folder: Path) -> bool:
    """Whether files of the folder can be replaced."""
    return os.access(folder, os.W_OK | os.X_OK)


class Draft:
    """One file of the folder with edits that are not written yet."""

    def __init__(self, folder: Path, name: str) -> None:
        """Raises ClinicFileError where the file is no YAML."""
        self.folder, self.name = folder, name
        self.path = folder / name
        try:
            self._before = self.path.read_bytes()
            self._yaml, self._data = _parsed(self._before.decode("utf-8"))
        except (OSError, YAMLError, UnicodeDecodeError):
            raise ClinicFileError(name, None, "(the file)", "expected a YAML file that can be read") from None

    def value(self, keys: Keys) -> Any:
        """The plain value at `keys`; ABSENT where there is none."""
        found = self._data
        for key in keys:
            found = _below(found, key)
            if found is ABSENT:
                return ABSENT
        return plain(found)

    def set(self, keys: Keys, value: Any) -> None:
        """Put a plain value at `keys`, or take it away (ABSENT). The parent has to be there."""
        parent = self._data
        for key in keys[:-1]:
            parent = _below(parent, key)
        last = keys[-1]
        if parent is ABSENT or not isinstance(parent, (CommentedMap, CommentedSeq)):
            raise ClinicFileError(self.name, None, ".".join(keys), "expected the key above it to be there")
        if isinstance(parent, CommentedSeq):
            parent[int(last)] = _node(value, parent[int(last)])
        elif value is ABSENT:
            parent.pop(last, None)
        elif last in parent:
            parent[last] = _node(value, parent[last])
        else:  # behind the first key: a comment below a mapping hangs on its last one
            parent.insert(min(1, len(parent)), last, _node(value, None))

    @property
    def text(self) -> str:
        """The file with its edits."""
        return _dumped(self._yaml, self._data)

    def load(self) -> Clinic:
        """The whole clinic as it would be, read and checked as at a start. Raises ClinicFileError."""
        with tempfile.TemporaryDirectory(prefix="knee-intake-") as made:
            copy = Path(made)
            for path in self.folder.glob("*.yml"):
                shutil.copyfile(path, copy / path.name)
            (copy / self.name).write_text(self.text, encoding="utf-8")
            try:
                return load_clinic(copy)
            except ClinicFileError as error:
                raise ClinicFileError(Path(error.file).name, error.line, error.key, error.expected) from None

    def lost_comment(self) -> str | None:
        """A line of remarks that the edits would lose: they hang on values, and go with them."""
        return comments_lost(self._before.decode("utf-8"), self.text)

    def write(self) -> None:
        """Put the file in its place, whole or not at all. Under the folder's lock, and after `load`.

        Raises ClinicChangedError where somebody has edited the file by hand meanwhile, ClinicReadOnlyError, and
        ClinicFileError where a comment of the file would be lost.
        """
        text = self.text
        if lost := self.lost_comment():
            raise ClinicFileError(self.name, None, "(comments)", f"this edit would lose the comment `{lost}`")
        try:
            if self.path.read_bytes() != self._before:
                raise ClinicChangedError("the file was edited by hand")
            replace_file(self.path, text.encode())
        except OSError as error:
            raise ClinicReadOnlyError(f"{self.path}: {error.strerror}") from error

    def undo(self) -> None:
        """Put the file back as it was, where the records of the change could not be kept."""
        with contextlib.suppress(OSError):
            replace_file(self.path, self._before)


def replace_file(path: Path, content: bytes) -> None:
    """Write beside the file, have it on the disk, and only then take its place."""
    made = path.with_name(f".{path.name}.new")  # does not end in .yml: no part of the clinic's files yet
    try:
        with made.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, made)
        os.replace(made, path)
    finally:
        made.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def comments_lost(before: str, after: str) -> str | None:
    """A line of remarks that an edit would lose."""
    kept = {line.strip() for line in after.splitlines()}
    lines = (line.strip() for line in before.splitlines())
    return next((line for line in lines if line.startswith("#") and line not in kept), None)


def _parsed(text: str) -> tuple[YAML, Any]:
    for layout in LAYOUTS:
        yaml = _yaml(*layout)
        data = yaml.load(text)
        if _dumped(yaml, data) == text:
            return yaml, data
    yaml = _yaml(*LAYOUTS[0])
    return yaml, yaml.load(text)


def _yaml(mapping: int, sequence: int, offset: int) -> YAML:
    yaml = YAML(typ="rt", pure=True)
    yaml.preserve_quotes = True
    yaml.allow_duplicate_keys = False
    yaml.width = NO_WRAP
    yaml.indent(mapping=mapping, sequence=sequence, offset=offset)
    yaml.representer.add_representer(type(None), _null)
    return yaml


def _null(representer: Any, _value: None) -> Any:
    return representer.represent_scalar("tag:yaml.org,2002:null", "null")


def _dumped(yaml: YAML, data: Any) -> str:
    out = io.StringIO()
    yaml.dump(data, out)
    return out.getvalue()


def _below(data: Any, key: str) -> Any:
    if isinstance(data, Mapping):
        return data.get(key, ABSENT)
    if isinstance(data, list):
        if key.isdigit() and int(key) < len(data) and not isinstance(data[int(key)], Mapping):
            return data[int(key)]
        return next((one for one in data if isinstance(one, Mapping) and one.get("id") == key), ABSENT)
    return ABSENT


def _node(value: Any, before: Any) -> Any:
    """A plain value as it is written here: in quotes, a text of several lines as a block, lists in one line."""
    if isinstance(value, str):
        if isinstance(before, LiteralScalarString):
            return LiteralScalarString(value if value.endswith("\n") else f"{value}\n")
        return DoubleQuotedScalarString(value)
    if isinstance(value, Mapping):
        made = CommentedMap((key, _node(one, None)) for key, one in value.items())
        made.fa.set_flow_style()
        return made
    if isinstance(value, Iterable):
        row = CommentedSeq(_node(one, None) for one in value)
        row.fa.set_flow_style()
        return row
    return value
