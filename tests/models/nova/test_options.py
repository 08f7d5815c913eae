"""What the command line says about the model becomes the model, or is refused with what there is."""

from __future__ import annotations

import pytest

from nova_explore.errors import UnknownNameError
from nova_explore.models.nova.options import is_nova, open_named


@pytest.mark.parametrize(("name", "yes"), [("nova", True), ("nova:256", True), ("local", False), ("novae", False)])
def test_a_variant_is_nova_too(name, yes):
    assert is_nova(name) is yes


def test_dimension_and_purpose_are_those_of_the_name_where_they_are_not_given(aws):
    assert open_named("nova").name == "nova"
    assert open_named("nova", dimension=256).name == "nova:256"
    assert open_named("nova:sound", dimension=256, purpose="clustering").name == "nova:256:clustering:sound"


def test_options_of_nova_are_no_options_of_another_model():
    with pytest.raises(UnknownNameError, match="--purpose"):
        open_named("local", purpose="clustering")
