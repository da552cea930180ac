"""Set-up on machines that lack something: one line says what, and nothing half-made is left to be believed."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ["sh", "cat", "chmod", "cksum", "dirname", "flock", "head", "id", "mkdir", "mv", "pwd", "rm"]
FILES = [".python-version", "requirements.lock", "pyproject.toml", "scripts", "requirements"]

NEW_UV = """case "$1 $2" in
    "python find") [ "$3" = --help ] || exit 2 ;;
    "python install") echo "dns error" >&2; exit 1 ;;
esac"""

WORKING_UV = """case "$1 $2" in
    "python find") [ "$3" = --help ] || echo /some/python3.10 ;;
    "venv --quiet") mkdir -p .venv/bin; printf '#!/bin/sh\\n' > .venv/bin/python; chmod +x .venv/bin/python ;;
    "pip sync") echo "$@" >> calls; [ ! -e refuse ] ;;
    "pip install") echo "$@" >> calls ;;
esac"""


class Machine:
    """A copy of what set-up reads, and a PATH with only the tools that this machine has."""

    def __init__(self, folder: Path) -> None:
        self.project, self.tools = folder / "a project", folder / "bin"
        self.project.mkdir(parents=True)
        self.tools.mkdir()
        for name in FILES:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, self.project / name)
        for name in TOOLS:
            if found := shutil.which(name):
                (self.tools / name).symlink_to(found)

    def has(self, name: str, script: str) -> None:
        path = self.tools / name
        path.unlink(missing_ok=True)  # it may be a link to the machine's own program: written through, it would be lost
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def run(self, script: str, *argv: str) -> subprocess.CompletedProcess[str]:
        environ = {"PATH": str(self.tools), "HOME": str(self.project.parent)}
        return subprocess.run(
            ["sh", str(self.project / "scripts" / script), *argv],
            capture_output=True,
            text=True,
            check=False,
            env=environ,
            stdin=subprocess.DEVNULL,
        )

    @property
    def calls(self) -> list[str]:
        path = self.project / "calls"
        return path.read_text().splitlines() if path.exists() else []


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_machine_without_any_python_is_told_so_in_one_line(machine: Machine) -> None:
    for name in ("python", "python3", "python3.11"):
        machine.has(name, "exit 127")
    if Path("/usr/bin/python3").exists():
        machine.project.joinpath("scripts/setup.sh").write_text(
            (ROOT / "scripts/setup.sh").read_text().replace("/usr/bin/python3 ", "")
        )
    done = machine.run("setup.sh")
    assert done.returncode == 1
    assert done.stderr == (
        "knee-intake: no Python 3 with pip was found; install one (for example python3-pip) and run this again\n"
    )


def test_uv_that_cannot_be_fetched_is_one_line_after_the_attempt(machine: Machine) -> None:
    machine.has("python3", 'case "$*" in *install*) echo "no network" >&2; exit 1 ;; esac')
    done = machine.run("setup.sh")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "knee-intake: fetching uv into .cache/uv",
        "knee-intake: uv could not be fetched (.cache/setup.log says why); install uv or mend the access to packages",
    ]
    assert "no network" in (machine.project / ".cache/setup.log").read_text()


def test_a_python_that_is_not_to_be_had_is_one_line_after_the_attempt(machine: Machine) -> None:
    machine.has("uv", NEW_UV)
    done = machine.run("setup.sh")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "knee-intake: fetching Python 3.10",
        "knee-intake: no Python 3.10 is installed and none could be fetched (.cache/setup.log says why); "
        "install it and run this again",
    ]


def test_a_second_set_up_does_nothing(machine: Machine) -> None:
    machine.has("uv", WORKING_UV)
    assert machine.run("setup.sh").returncode == 0
    before = machine.calls
    assert ["sync" in before[0], "install" in before[1], len(before)] == [True, True, 2]
    assert "--require-hashes" in before[0]
    assert "--offline" in before[1]
    second = machine.run("setup.sh")
    assert (second.returncode, second.stderr, machine.calls) == (0, "", before)


@pytest.mark.parametrize("name", ["requirements.lock", ".python-version"])
def test_other_packages_are_installed_when_their_list_changed(machine: Machine, name: str) -> None:
    machine.has("uv", WORKING_UV)
    machine.run("setup.sh")
    with (machine.project / name).open("a") as file:
        file.write("# changed\n")
    machine.run("setup.sh")
    assert len(machine.calls) == 4


def test_a_changed_description_of_the_project_needs_no_packages_again(machine: Machine) -> None:
    machine.has("uv", WORKING_UV)
    machine.run("setup.sh")
    with (machine.project / "pyproject.toml").open("a") as file:
        file.write("# changed\n")
    machine.run("setup.sh")
    assert ["pip sync" in call for call in machine.calls] == [True, False, False]


def test_a_moved_project_gets_an_environment_made_for_its_new_place(machine: Machine) -> None:
    machine.has("uv", WORKING_UV)
    machine.run("setup.sh")
    machine.project = machine.project.rename(machine.project.with_name("moved"))
    (machine.project / ".venv/old").touch()
    machine.run("setup.sh")
    assert len(machine.calls) == 4
    assert not (machine.project / ".venv/old").exists()


def test_a_set_up_that_failed_is_tried_again(machine: Machine) -> None:
    machine.has("uv", WORKING_UV)
    (machine.project / "refuse").touch()
    failed = machine.run("setup.sh")
    assert failed.returncode == 1
    assert failed.stderr.splitlines()[-1] == (
        "knee-intake: the packages could not be installed; the lines above say why"
    )
    (machine.project / "refuse").unlink()
    assert machine.run("setup.sh").returncode == 0


def test_two_set_ups_at_once_make_one(machine: Machine) -> None:
    machine.has("uv", WORKING_UV.replace('"$@" >> calls; [', '"$@" >> calls; /bin/sleep 0.3; ['))
    environ = {"PATH": str(machine.tools), "HOME": str(machine.project.parent)}
    argv = ["sh", str(machine.project / "scripts/setup.sh")]
    both = [subprocess.Popen(argv, env=environ, stderr=subprocess.PIPE) for _ in range(2)]
    assert [process.communicate()[1] is not None and process.returncode for process in both] == [0, 0]
    assert len(machine.calls) == 2


def test_a_chromium_named_by_the_machine_is_taken(machine: Machine) -> None:
    machine.has("my-chromium", "exit 0")
    machine.has("chromium", "exit 0")
    script = str(machine.project / "scripts/chromium.sh")
    environ = {"PATH": str(machine.tools), "CHROMIUM": str(machine.tools / "my-chromium")}
    done = subprocess.run(["sh", script], capture_output=True, text=True, check=True, env=environ)
    assert done.stdout == f"{machine.tools / 'my-chromium'}\n"


def test_a_chromium_that_does_not_start_is_passed_over(machine: Machine) -> None:
    machine.has("chromium", "exit 1")
    machine.has("google-chrome", "exit 0")
    assert machine.run("chromium.sh").stdout == f"{machine.tools / 'google-chrome'}\n"


def test_a_missing_chromium_comes_from_apt(machine: Machine) -> None:
    machine.has("id", "echo 0")
    machine.has("apt-get", f"echo $1 >> calls\n[ $1 = update ] || cp {machine.tools}/id {machine.tools}/chromium")
    (machine.tools / "cp").symlink_to(shutil.which("cp") or "")
    assert machine.run("chromium.sh").stdout == f"{machine.tools / 'chromium'}\n"
    assert machine.calls == ["update", "install"]


@pytest.mark.parametrize("argv", [[], ["--find"]])
def test_no_chromium_to_be_had_is_an_error_and_never_a_skip(machine: Machine, argv: list[str]) -> None:
    machine.has("id", "echo 1000")
    done = machine.run("chromium.sh", *argv)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.splitlines()[-1] == (
        "knee-intake: no chromium was found or could be installed; install one, or set CHROMIUM to its path, "
        "and run this again"
    )


@pytest.mark.parametrize("path", sorted((ROOT / "scripts").glob("*.sh")), ids=lambda path: path.name)
def test_a_script_is_read_by_a_plain_shell(path: Path) -> None:
    assert path.read_text().startswith("#!/bin/sh\n")
    assert os.access(path, os.X_OK)
    subprocess.run(["sh", "-n", str(path)], check=True)
