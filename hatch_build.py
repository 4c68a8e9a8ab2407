"""The build hook: a wheel, or an editable install, brings the built client along."""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ClientHook(BuildHookInterface):  # type: ignore[type-arg]
    """Builds handheld/ into server/static/client."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node from PyPI, where the machine has none."""
        client = _client()
        return [] if client.node() is not None else [client.NODE_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called before the files are gathered."""
        _client().build()
        build_data["artifacts"].append("server/static/client/**")


def _client() -> ModuleType:
    path = Path(__file__).parent / "handheld" / "build.py"
    spec = importlib.util.spec_from_file_location("handheld_build", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is missing from the source")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
