"""Folders of this machine do not leave with a file."""

from __future__ import annotations

import pytest
from fakes.stand_in import StandIn

from nova_explore.report.private_paths import hide, hide_in, hider_of

HIDDEN = hide(["/home/ann", "/home/ann/pictures", "/", "/mnt/my disk"])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("cannot open /home/ann/a.png", "cannot open …/a.png"),
        ("/home/ann/pictures/b/c.png", "…/b/c.png"),
        ("file:///home/ann/a.png", "…/a.png"),
        ("file:///mnt/my%20disk/a.png and /mnt/my disk", "…/a.png and …"),
        ("/home/anna/a.png", "/home/anna/a.png"),
        ("https://x.org/home/ann/a.png", "https://x.org/home/ann/a.png"),
        ("a/b and /", "a/b and /"),
    ],
)
def test_a_folder_is_hidden_where_it_is_named_and_nowhere_else(text, told):
    assert HIDDEN(text) == told


def test_nested_values_are_read_to_the_end():
    value = {"/home/ann": ["/home/ann/x", {"deep": ("/home/ann", 3, None)}], "kept": 1.5}
    assert hide_in(value, HIDDEN) == {"…": ["…/x", {"deep": ["…", 3, None]}], "kept": 1.5}


def test_folders_of_the_sources_are_known_from_the_items():
    assert hider_of(StandIn())("/archive/image/orchids_012.png") in ("…/image/orchids_012.png", "…/orchids_012.png")


def test_without_folders_nothing_is_changed():
    assert hide([])("/home/ann") == "/home/ann"
