"""Models are opened by name: this package's, those that code registers, and those that installed packages bring."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.toy_model import ToyModel

from nova_explore.errors import UnknownNameError
from nova_explore.models.registry import open_model, register

MODULE = """
from fakes.toy_model import ToyModel

class OwlModel(ToyModel):
    name = "owl"

    def __init__(self, size="small"):
        super().__init__(dimension={"small": 8, "large": 16}[size])
"""


@pytest.fixture
def owl_package(tmp_path, monkeypatch) -> Iterator[Path]:
    """A package that is installed as pip installs one, and brings the model `owl`."""
    (tmp_path / "owl_model.py").write_text(MODULE)
    about = tmp_path / "owl_model-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: owl-model\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(
        "[nova_explore.models]\nowl = owl_model:OwlModel\nlocal = owl_model:OwlModel\nlost = owl_model:NoSuchModel\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    sys.modules.pop("owl_model", None)


def test_a_registered_model_is_made_when_it_is_opened_and_not_before():
    made = []
    register("late", lambda: made.append("late") or ToyModel())
    assert made == []
    assert isinstance(open_model("late"), ToyModel)
    assert made == ["late"]


def test_a_variant_goes_to_the_factory():
    register("sized", lambda size="48": ToyModel(dimension=int(size)))
    assert open_model("sized").space.dimension == 48
    assert open_model("sized:16").space.dimension == 16


def test_a_model_itself_is_returned_as_it_is():
    model = ToyModel()
    assert open_model(model) is model


@pytest.mark.slow
def test_an_unknown_name_lists_what_is_registered_and_what_is_installed(owl_package):
    with pytest.raises(UnknownNameError, match=r"'locl'.*Did you mean 'local'.*local, lost, nova, owl"):
        open_model("locl")


def test_an_installed_package_brings_its_model_by_an_entry_point(owl_package):
    assert "owl_model" not in sys.modules
    model = open_model("owl")
    assert (model.name, model.space.dimension) == ("owl", 8)
    assert open_model("owl:large").space.dimension == 16


def test_no_package_takes_the_name_of_a_model_of_this_one(owl_package):
    assert type(open_model("local")).__module__ == "nova_explore.models.local.model"
    assert "owl_model" not in sys.modules


def test_a_registered_name_wins_over_an_installed_one(owl_package):
    register("owl", ToyModel)
    assert type(open_model("owl")) is ToyModel


def test_a_package_that_names_a_model_it_does_not_hold_is_not_reported_as_unknown(owl_package):
    with pytest.raises(AttributeError, match="NoSuchModel"):
        open_model("lost")


@pytest.mark.slow
def test_naming_the_models_imports_none_of_them():
    code = "import sys, nova_explore.models.registry; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"onnxruntime", "boto3", "nova_explore.models.local.model", "nova_explore.models.nova.model"} & {*loaded}
