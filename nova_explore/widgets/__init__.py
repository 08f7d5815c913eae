"""What a person sees in a notebook cell: one app over an exploration.

An exploration comes in; pictures, sounds and words go out, and what the person selects comes back.
"""

from nova_explore.widgets.app import App

__all__ = ["App"]
