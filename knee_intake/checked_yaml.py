"""Read a YAML file into typed structs, and say exactly what is wrong with it.

Clinics edit these files by hand. A broken one is refused as a whole with file, line, key and what was expected.
"""

from __future__ import annotations

import re
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from knee_intake.errors import ClinicFileError

T = TypeVar("T")
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]")


def load_yaml(path: Path, kind: type[T]) -> T:
    """Read `path` as `kind` (a msgspec Struct with forbid_unknown_fields, or any type msgspec converts to).

    Raises ClinicFileError naming file, line, key and what was expected.
    """
    try:
        return msgspec.convert(_content(path), kind)
    except msgspec.ValidationError as error:
        data = read_yaml(path)
        told = str(error).replace(" - at `key` in `$", " - at `$")  # a key of a mapping that is none of those expected
        message, _, where = told.partition(" - at `$")
        keys = [name or index for name, index in _STEP.findall(where.rstrip("`"))]
        keys = _with_names(plain(data), keys, kind)
        if unknown := re.search(r"unknown field `([^`]+)`", message):
            keys.append(unknown[1])
        raise ClinicFileError(path, _line(data, keys), ".".join(keys) or "(the whole file)", message) from None


def _with_names(data: Any, keys: list[str], kind: Any) -> list[str]:
    """`keys` with the real key where msgspec says only "..." for an entry of a mapping: the one that fails alone."""
    for depth, key in enumerate(keys):
        if key != "...":
            continue
        parent: Any = data
        for step in keys[:depth]:
            parent = parent[int(step)] if isinstance(parent, list) else parent[step]
        entries = dict(parent)
        for name, entry in entries.items():
            parent.clear()
            parent[name] = entry
            try:
                msgspec.convert(data, kind)
            except msgspec.ValidationError:
                keys[depth] = name
                break
    return keys


def _content(path: Path) -> Any:
    """The file as plain values.

    libyaml is twelve times as fast as the parser that knows lines, and refuses a few things that YAML 1.2 allows:
    what it refuses is read, or refused, by the other.
    """
    with suppress(OSError, UnicodeDecodeError, YAMLError):
        return YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    return plain(read_yaml(path))


def read_yaml(path: Path) -> Any:
    """The file's content with line marks kept, to be read and not changed; duplicate keys are refused."""
    try:
        return _parse(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ClinicFileError(path, None, "(the file)", "expected a file here") from None
    except UnicodeDecodeError:
        raise ClinicFileError(path, None, "(the file)", "expected text in UTF-8") from None
    except MarkedYAMLError as error:
        mark = error.problem_mark
        line = mark.line + 1 if mark is not None else None
        raise ClinicFileError(path, line, "(syntax)", f"expected valid YAML: {error.problem}") from None
    except YAMLError:
        raise ClinicFileError(path, None, "(syntax)", "expected valid YAML") from None


@lru_cache(maxsize=16)
def _parse(text: str) -> Any:
    """Parsing takes far longer than reading, and who asks for a line asks for many: the same text is parsed once."""
    yaml = YAML(typ="rt", pure=True)
    yaml.allow_duplicate_keys = False
    return yaml.load(text)


def line_of(data: Any, *keys: str | int) -> int | None:
    """The line (from 1) on which the value under `keys` starts, as far as it is known."""
    return _line(data, [str(key) for key in keys])


def _line(data: Any, keys: list[str]) -> int | None:
    line: int | None = None
    for key in keys:
        try:
            marks = data.lc
            if isinstance(data, list):
                line, data = marks.item(int(key))[0] + 1, data[int(key)]
            else:
                line, data = marks.key(key)[0] + 1, data[key]
        except (AttributeError, KeyError, IndexError, ValueError, TypeError):
            break
    return line


def plain(data: Any) -> Any:
    """What was read with marks, without them."""
    if isinstance(data, dict):
        return {str(key): plain(value) for key, value in data.items()}
    if isinstance(data, list):
        return [plain(value) for value in data]
    if isinstance(data, bool) or data is None:
        return data
    if isinstance(data, str):
        return str(data)
    if isinstance(data, int):
        return int(data)
    if isinstance(data, float):
        return float(data)
    return data
