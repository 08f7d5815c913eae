"""What is asked of the service follows from the space, and a prefix asks for more than it keeps."""

from __future__ import annotations

from nova_explore.models.nova.model import NovaModel
from nova_explore.models.nova.spec import VectorSpec


def test_a_prefix_asks_for_the_longer_vector():
    space = NovaModel(dimension=256, prefix_of=3072).space
    assert VectorSpec(space).dimension == 256
    assert VectorSpec(space, longer=3072).dimension == 3072


def test_two_vectors_of_a_video_are_asked_for_only_where_one_of_them_is_wanted():
    space = NovaModel().space
    assert VectorSpec(space).video_mode == "AUDIO_VIDEO_COMBINED"
    assert {VectorSpec(space, video=one).video_mode for one in ("picture", "sound")} == {"AUDIO_VIDEO_SEPARATE"}
