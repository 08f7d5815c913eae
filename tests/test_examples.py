"""Every example in a docstring is run, in the package that is imported: the checkout's or an installed wheel's."""

from __future__ import annotations

import doctest
from importlib import import_module
from pathlib import Path

import pytest

import nova_explore

PACKAGE = Path(nova_explore.__file__).parent
WITH_EXAMPLES = sorted(
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
    for path in PACKAGE.rglob("*.py")
    if ">>> " in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_the_examples_of_a_module_give_what_they_show(name):
    ran = doctest.testmod(import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert ran.attempted > 0
    assert ran.failed == 0, f"{name}: {ran.failed} of {ran.attempted} examples show something else; see above"


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_no_example_is_skipped(name):
    text = Path(str(import_module(name).__file__)).read_text(encoding="utf-8")
    assert "doctest: +SKIP" not in text, f"{name} has an example that nobody runs: make it run, or say it in words"


def test_the_package_tells_type_checkers_that_it_has_types():
    assert (PACKAGE / "py.typed").is_file()
