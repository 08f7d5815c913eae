"""The build hook: brings the front end into the package, for a wheel and for an editable install."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class FrontEnd(BuildHookInterface):
    """Builds the front end before the package is."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Build it; an archive of the sources alone carries none."""
        if self.target_name != "wheel":
            return
        spec = importlib.util.spec_from_file_location("front_end", Path(self.root) / "frontend" / "build.py")
        module = importlib.util.module_from_spec(spec)  # pyright: ignore[reportArgumentType]
        spec.loader.exec_module(module)  # pyright: ignore[reportOptionalMemberAccess]
        module.build()
