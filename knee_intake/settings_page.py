"""Prints docs/settings.md from the table of settings: `make docs`."""

from __future__ import annotations

from knee_intake.settings import SETTINGS, Setting

_HEAD = """\
# Settings

Every setting is an environment variable, read once when a command starts. A value that cannot be used, and a
`KNEE_INTAKE_` variable that is not listed here, are refused with one line that names it.
What a clinic changes (its name, phone, hours, services, words) is not here but in the files of `clinic/`.

This page is printed from the table in `knee_intake/settings.py` (`make docs`); a test holds the two together.

| variable | default | unit | meaning |
|---|---|---|---|
"""


def page() -> str:
    """The whole page."""
    return _HEAD + "".join(map(_row, SETTINGS))


def _row(setting: Setting) -> str:
    default = f"`{setting.default}`" if setting.default else "(empty)"
    return f"| `{setting.variable}` | {default} | {setting.unit} | {setting.meaning} |\n"


if __name__ == "__main__":
    print(page(), end="")
