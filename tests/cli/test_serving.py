"""The app of a library as a page of its own."""

from __future__ import annotations

import urllib.error
import urllib.request

import pytest
from fakes.toy_library import copy_of
from typer.testing import CliRunner

from nova_explore.cli.commands import app as commands
from nova_explore.cli.serving import CELL


def test_what_is_no_library_is_said_before_anything_is_served(tmp_path):
    done = CliRunner().invoke(commands, ["serve", str(tmp_path / "none.nova"), "--no-browser"])
    assert done.exit_code != 0
    assert done.exception is not None


@pytest.mark.parametrize("read_only", [True, False])
def test_the_cell_that_is_served_opens_the_app_of_the_library(mapped_toy_160, tmp_path, read_only):
    library = copy_of(mapped_toy_160, tmp_path / 'it\'s "own".nova')
    values = {"library": str(library.path), "key": None, "by": "Ada", "height": 500, "read_only": read_only}
    said: dict = {}
    code = CELL.format(**values).replace("\nnx.show(", "\nsaid = nx.show(")
    exec(code, said)
    assert said["said"].read_only is read_only
    assert said["exploration"].labels.by == "Ada"


@pytest.mark.slow
def test_only_who_has_the_token_is_served_and_only_on_this_machine(mapped_toy_160, tmp_path):
    pytest.importorskip("voila")
    from nova_explore.cli.serving import serving

    library = copy_of(mapped_toy_160, tmp_path / "own.nova")
    with serving(library.path, read_only=True) as (address, process):
        assert address.startswith("http://127.0.0.1:")
        assert process.poll() is None
        bare, _, token = address.partition("?token=")
        assert len(token) >= 24
        for path in ("", "api/kernels", "voila/render/app.ipynb", "voila/kernels"):
            assert is_kept_out(f"{bare}{path}")
    assert process.poll() is not None


def is_kept_out(address):
    """Whether an address leads to the page that asks for the token, or to nothing."""
    try:
        with urllib.request.urlopen(address, timeout=20) as answer:
            return "/login" in answer.geturl()
    except urllib.error.HTTPError as error:
        return error.code in (403, 404, 405)
