"""What only an account can confirm: each a line, all of it for less than 25 cents, nothing of a person's own sent."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from nova_explore.cli.commands import app
from nova_explore.models.nova.confirm import MOST_USD, confirm, most_usd
from nova_explore.models.nova.model import NovaModel

pytestmark = pytest.mark.slow


def test_every_open_question_is_a_line_and_what_single_calls_can_tell_is_told(bedrock):
    found = {line.name: line for line in confirm(NovaModel())}
    known = {name for name, line in found.items() if line.known}
    assert known == {"prefix", "picture", "page", "sound", "film with sound", "film", "positions"}
    assert set(found) - known == {"batch price", "job quotas"}
    assert "of 3072 dimensions" in found["prefix"].detail
    assert "listed at" in found["film with sound"].detail
    assert "cut after" in found["positions"].detail
    assert bedrock.billed <= most_usd(NovaModel()) <= MOST_USD


def test_what_the_service_refuses_is_unknown_and_the_rest_is_still_asked(bedrock):
    bedrock.refusing = lambda about: "odd" if about["kind"] == "audio" else None
    found = {line.name: line for line in confirm(NovaModel())}
    assert not found["sound"].known
    assert found["film"].known


def test_the_command_asks_only_on_wish(bedrock):
    assert "prefix" not in CliRunner().invoke(app, ["doctor", "--nova"]).output
    asked = CliRunner().invoke(app, ["doctor", "--nova", "--confirm"])
    assert asked.exit_code == 0, asked.output
    assert "film with sound" in asked.output
