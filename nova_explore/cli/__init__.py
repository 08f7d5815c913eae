"""The command ``nova-explore``.

Words of a shell come in; libraries, reports and a running JupyterLab go out.
"""

from nova_explore.cli.commands import main

__all__ = ["main"]
