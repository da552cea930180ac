"""The widget's JSDoc types, held against its code by the TypeScript compiler that deno carries."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import deno

from knee_intake.web.widget_files import WIDGET_FOLDER

OPTIONS = {
    "lib": ["es2022", "dom", "dom.iterable", "dom.asynciterable"],
    "checkJs": True,
    "strict": True,
    "noUnusedLocals": True,
    "noImplicitReturns": True,
}


def check(folder: Path, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """Check all modules of a folder, without network and without leaving anything behind."""
    (tmp_path / "deno.json").write_text(json.dumps({"compilerOptions": OPTIONS}))
    command = [deno.find_deno_bin(), "check", "--quiet", "--no-remote", "--no-npm", "--no-lock"]
    modules = sorted(str(path) for path in folder.glob("*.js"))
    environ = {**os.environ, "DENO_DIR": str(tmp_path / "cache"), "DENO_NO_UPDATE_CHECK": "1", "NO_COLOR": "1"}
    return subprocess.run(
        [*command, "--config", str(tmp_path / "deno.json"), *modules],
        env=environ, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_every_module_is_what_its_types_say(tmp_path: Path) -> None:
    done = check(WIDGET_FOLDER, tmp_path)
    assert done.returncode == 0, done.stderr


def test_a_slip_is_found(tmp_path: Path) -> None:
    """The check itself works: a misspelt text and a number in place of a word are named."""
    folder = tmp_path / "widget"
    shutil.copytree(WIDGET_FOLDER, folder)
    panel = folder / "panel.js"
    panel.write_text(panel.read_text().replace("t.unreachableText", "t.unreachableTxt", 1))
    done = check(folder, tmp_path)
    assert done.returncode != 0
    assert "unreachableTxt" in done.stderr
