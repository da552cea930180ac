"""Makes the widget small: joins its plain ES modules into one file, takes out what only people read.

The modules stay what they are on disk, usable as they lie; this is done once when the app starts. It knows just
the two forms the widget uses: `import { a, b } from "./other.js";` on one line, and `export` before a declaration.
Anything else of that kind is refused loudly rather than joined wrongly.
"""

from __future__ import annotations

import re
from pathlib import Path

import minify

from knee_intake.errors import KneeIntakeError

_IMPORT = re.compile(r'^import \{ [\w, ]+ \} from "\./([\w-]+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?function\b|class\b|const\b|let\b)", re.MULTILINE)
_NO_EXPORT = re.compile(r"^export \{\};?$", re.MULTILINE)
_DECLARED = re.compile(r"^(?:export )?(?:async )?(?:function\*?|class|const|let) (\w+)", re.MULTILINE)
_LEFT_OVER = re.compile(r"^(?:import|export)\b(?! ?\().*", re.MULTILINE)


class WidgetFileError(KneeIntakeError):
    """A file of the widget is missing or written in a way that the joiner does not know."""

    code = "widget_file"


def bundle(folder: Path, entry: str) -> str:
    """One module that holds `entry` and everything it imports, each once, what is needed first coming first.

    What other files import from `entry` itself stays exported, so it can be loaded with `import()`.
    """
    parts: dict[str, str] = {}
    _join(folder, entry, parts, set(), is_entry=True)
    declared: dict[str, str] = {}
    for module, source in parts.items():
        for name in _DECLARED.findall(source):
            if name in declared:
                raise WidgetFileError(f"{folder / module}: {name} is declared in {declared[name]} too")
            declared[name] = module
    return "\n".join(parts.values())


def _join(folder: Path, name: str, parts: dict[str, str], seen: set[str], *, is_entry: bool = False) -> None:
    seen.add(name)
    try:
        source = (folder / name).read_text(encoding="utf-8")
    except OSError as error:
        raise WidgetFileError(f"{folder / name}: cannot be read: {error.strerror}") from None
    for needed in _IMPORT.findall(source):
        if needed not in seen:
            _join(folder, needed, parts, seen)
    source = _NO_EXPORT.sub("", _IMPORT.sub("", source))
    if not is_entry:
        source = _EXPORT.sub("", source)
    left = _LEFT_OVER.search(source if not is_entry else _EXPORT.sub("", source))
    if left:
        raise WidgetFileError(f"{folder / name}: cannot be joined: {left.group()}")
    parts[name] = source


def put_in(source: str, place: str, value: str, file: str) -> str:
    """The source with `value` in the one place that is meant for it. Raises WidgetFileError where it is not one."""
    if (count := source.count(place)) != 1:
        raise WidgetFileError(f"{file}: expected {place} once, found it {count} times")
    return source.replace(place, value)


def minify_js(source: str, file: str) -> str:
    """The same program without comments and white space, and with short names for what only it sees.

    Raises WidgetFileError for what cannot be read, and for a form that the library gets wrong: of
    `return void (a && b())` it leaves `return`, and b is never called.
    """
    if dropped := re.search(r"\bvoid\s*\(.*", source):
        raise WidgetFileError(f"{file}: the minifier would leave this out: {dropped[0]}")
    try:
        return str(minify.string("application/javascript", source))
    except minify.MinifyError as error:
        raise WidgetFileError(f"{file}: {str(error).splitlines()[0]}") from None


def minify_css(source: str) -> str:
    """The same rules without comments and needless white space. Strings in our CSS hold no braces or colons."""
    source = re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)
    source = re.sub(r"\s+", " ", source)
    source = re.sub(r" ?([{};,]) ?", r"\1", source)
    source = re.sub(r"(?<=[\w-]): (?=[^{}]*[;}])", ":", source)
    return source.replace(";}", "}").strip()
