"""The base of all magics, in a real IPython shell."""

from __future__ import annotations

import subprocess
import sys
from argparse import Namespace
from collections.abc import Iterator
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments

from labwright.errors import NotFoundError
from labwright_kernel import load_ipython_extension
from labwright_kernel.magic import Dispatch, LabwrightMagics, MagicError, parsed
from tests.state_folder import StateFolder


@magics_class
class Sample(LabwrightMagics):
    """Magics that fail in every way."""

    capability = "sample"
    verbs = {"try": "trial", "shout": "trial --loud"}  # noqa: RUF012 # as in the modules

    @line_magic
    @parsed
    @magic_arguments()
    @argument("what", help="What to do")
    @argument("--loud", action="store_true", help="Loudly")
    @argument("--times", "-n", type=int, help="How often")
    @argument("--way", choices=["back", "forth"], help="Where")
    @argument("--to", help="Whom")
    def trial(self, args: Namespace) -> str:
        """Try something."""
        if args.what == "missing":
            raise NotFoundError("There is no such thing;\nmake one.")
        if args.what == "broken":
            raise ZeroDivisionError("secret-value")
        if args.what == "stopped":
            raise KeyboardInterrupt
        return f"{args.what}{'!' if args.loud else ''}"


@pytest.fixture
def shell() -> Iterator[Any]:
    InteractiveShell.clear_instance()
    found = InteractiveShell.instance(colors="nocolor")
    found.register_magics(Sample(found))
    yield found
    InteractiveShell.clear_instance()


def test_arguments_are_parsed_and_quoted(shell: Any) -> None:
    assert shell.run_cell("%trial 'a b' --loud").result == "a b!"


def test_help_says_what_it_takes(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert shell.run_cell("%trial --help").success
    printed = capsys.readouterr().out
    assert "Try something." in printed
    assert "--loud" in printed


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("%trial missing", "There is no such thing; make one."),
        ("%trial", "%trial: WHAT is missing. %trial --help lists what it takes."),
        ("%trial x --colour red", "%trial: there is no --colour. %trial --help lists"),
        ("%trial x --lowd", "%trial: there is no --lowd. Did you mean --loud?"),
        ("%trial x y", "'y' is one word too many; put quotes around a name with spaces."),
        ("%trial x --times two", "--times takes a whole number, not 'two'."),
        ("%trial x --times", "--times needs a value after it."),
        ("%trial x --loud=very", "--loud takes no value."),
        ("%trial x --way bakc", "there is no 'bakc'; it takes back, forth. Did you mean back?"),
        ("%trial x --t 1", "--t may mean --times or --to; write it out."),
        ("%trial 'open", "cannot be read"),
        ("%trial stopped", "Interrupted."),
        ("%trial broken", "ZeroDivisionError"),
    ],
)
def test_an_error_is_one_line_and_fails_the_cell(
    shell: Any, capsys: pytest.CaptureFixture[str], line: str, sentence: str
) -> None:
    result = shell.run_cell(line)
    printed = capsys.readouterr()
    assert not result.success
    assert isinstance(result.error_in_exec, MagicError)
    assert sentence in printed.out + printed.err
    assert "Traceback" not in printed.out + printed.err
    assert "secret-value" not in printed.out + printed.err
    assert len((printed.out + printed.err).strip().splitlines()) == 1


def test_lw_reaches_every_magic(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    shell.register_magics(Dispatch(shell, {"sample": Sample(shell)}))
    assert shell.run_cell("%lw sample try it").result == "it"
    assert shell.run_cell("%lw sample shout it").result == "it!"
    assert shell.run_cell("%lw").success
    assert "%lw sample shout" in capsys.readouterr().out
    for wrong in ("%lw other try", "%lw sample", "%lw sample fly", "%%lw sample try it\npass"):
        assert isinstance(shell.run_cell(wrong).error_in_exec, MagicError)
    assert "Did you mean sample?" in str(shell.run_cell("%lw sampel try").error_in_exec)
    assert "Did you mean shout?" in str(shell.run_cell("%lw sample shuot it").error_in_exec)


def test_a_name_of_another_extension_is_left_alone(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    shell.register_magic_function(lambda line: "theirs", magic_name="compare")
    load_ipython_extension(shell)
    assert "%compare" in capsys.readouterr().out
    assert shell.run_cell("%compare").result == "theirs"
    assert shell.run_cell("%lw experiments compare --help").success


def test_loading_twice_changes_nothing(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    load_ipython_extension(shell)
    before = {kind: set(names) for kind, names in shell.magics_manager.magics.items()}
    load_ipython_extension(shell)
    assert capsys.readouterr().out == ""
    assert {kind: set(names) for kind, names in shell.magics_manager.magics.items()} == before


def test_loading_imports_nothing_heavy() -> None:
    code = (
        "import sys; from IPython.core.interactiveshell import InteractiveShell as S; s = S.instance();"
        "s.run_line_magic('load_ext', 'labwright');"
        "print([m for m in ('mlflow', 'pandas', 'dask', 'distributed', 'feast', 'evidently', 'sklearn', 'fastapi')"
        " if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_tab_offers_options_verbs_and_names(
    shell: Any, monkeypatch: pytest.MonkeyPatch, other_home: StateFolder
) -> None:
    monkeypatch.setenv("LABWRIGHT_HOME", str(other_home.home))
    load_ipython_extension(shell)

    def tab(line: str) -> list[str]:
        _, matches = shell.complete(None, line, len(line))
        return [match for match in matches if not match.startswith("%")]

    for magic in ("%cluster ", "%drift ", "%predict ", "%compare ", "%features "):
        tab(magic)
    assert not other_home.home.exists(), "Tab makes nothing"
    (other_home.home / "endpoints" / "flights-delay").mkdir(parents=True)
    assert tab("%compare --ex") == ["--experiment"]
    assert tab("%compare ") == ["best", "last"]
    assert "flights-delay" in tab("%drift fl")
    assert "start" in tab("%cluster sta")
    assert tab("%lw exp") == ["experiments"]
    assert tab("%lw experiments comp") == ["compare"]
    assert "--by" in tab("%lw experiments compare --b")
    for name in ("{open('hit')}", "$HOME", "two words", "next\nline", "--option", "it's"):
        (other_home.home / "endpoints" / name).mkdir()
    assert [match for match in tab("%drift ") if not match.startswith("-")] == ["flights-delay"]
    assert other_home.processes() == [], "Tab starts nothing"
