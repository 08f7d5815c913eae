"""What a person sees in a notebook cell: one app over an exploration."""

from nova_explore.widgets.app import App

__all__ = ["App"]
