"""Puts the built panel where JupyterLab looks for extensions, when the panel has been built."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUILT = "src/dip_sdk/jupyter/labextension"
INSTALLED = "share/jupyter/labextensions/@dip/lab"
NOTE = "jupyter_ext/packages/lab/install.json"
"""Tells JupyterLab which package it came with."""


class Panel(BuildHookInterface[Any]):
    """An installation from a clone works without it: then nobody needs Node."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Not where the clone itself is installed: what is copied would be out of date soon."""
        if version != "standard" or not (Path(self.root) / BUILT / "package.json").is_file():
            return
        build_data["shared_data"][BUILT] = INSTALLED
        if (Path(self.root) / NOTE).is_file():
            build_data["shared_data"][NOTE] = f"{INSTALLED}/install.json"
