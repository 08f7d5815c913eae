"""Every exception of the library, and the one guard for optional extras.

    NovaExploreError
    ├── UnreadableError (ValueError)         a medium that cannot be decoded; becomes a named entry, never fatal
    ├── SourceError (ValueError)             a folder, table or pattern from which nothing can be read
    ├── UnknownNameError (LookupError)       a name that is not there; says which ones are, and the nearest
    ├── SpaceMismatchError (ValueError)      vectors of two spaces were about to meet
    ├── LibraryError (RuntimeError)          a library on disk that cannot be opened, read or written
    │   ├── DamagedError                     one of which a table is missing, cut short or cannot be read
    │   └── UnwritableError                  one that can be read only: no permission, or a full disk
    ├── TooFewItemsError (ValueError)        fewer items than the step needs
    ├── ServiceRefusedError (RuntimeError)   a hosted model refuses every call: region, permission, model, credentials
    ├── ServiceUnavailableError (RuntimeError)  a hosted model has answered nothing for long; go on later
    ├── OverBudgetError (ValueError)         what is to be embedded would cost more than the person allows
    ├── FrontEndMissingError (RuntimeError)  the app's front end has not been built
    └── MissingExtraError (ImportError)      an optional package is not installed; says how to get it

Messages follow one form: what was given, what is needed, what to do.
"""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Iterable
from types import ModuleType


class NovaExploreError(Exception):
    """Base of every error raised on purpose by this library."""


class UnreadableError(NovaExploreError, ValueError):
    """A medium could not be decoded; the message is the reason shown to the person."""


class SourceError(NovaExploreError, ValueError):
    """A source (folder, glob, table) does not exist, is of no known kind, or lacks a needed column."""


class UnknownNameError(NovaExploreError, LookupError):
    """A model, column, id or collection was asked for by a name that does not exist.

    Attributes
    ----------
    name : str
        What was asked for.
    """

    def __init__(self, kind: str, name: object, known: Iterable[str]) -> None:
        self.name = str(name)
        options = sorted(map(str, known))
        near = difflib.get_close_matches(self.name, options, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        shown = ", ".join(options[:12]) + (", …" if len(options) > 12 else "")
        super().__init__(f"No {kind} named {self.name!r}.{hint} There is: {shown or 'none'}.")


class SpaceMismatchError(NovaExploreError, ValueError):
    """Vectors of two different spaces were about to be mixed or compared."""

    def __init__(self, got: object, needed: object, do: str) -> None:
        super().__init__(
            f"Vectors of two spaces cannot be mixed: got {got}, needed {needed}. "
            f"Distances between them mean nothing. {do}"
        )


class LibraryError(NovaExploreError, RuntimeError):
    """A library on disk is missing, damaged, of a newer format, or in use."""


class DamagedError(LibraryError):
    """A table of a library is missing, cut short or cannot be read; the message names it."""


class UnwritableError(LibraryError):
    """A library can be read and not written to: the system does not allow it, or the disk is full."""


class TooFewItemsError(NovaExploreError, ValueError):
    """A step was asked to work on fewer items than it can."""


class ServiceRefusedError(NovaExploreError, RuntimeError):
    """A hosted model refuses every call, so a run cannot go on: region, permission, model name, credentials.

    Attributes
    ----------
    family : str
        Which of the cases of docs/nova-errors.md it is.
    """

    def __init__(self, message: str, *, family: str = "") -> None:
        self.family = family
        super().__init__(message)


class ServiceUnavailableError(NovaExploreError, RuntimeError):
    """A hosted model could not be reached, or has refused everything for lack of capacity, for long."""


class OverBudgetError(NovaExploreError, ValueError):
    """What is to be embedded would cost more than the budget; nothing was sent."""


class FrontEndMissingError(NovaExploreError, RuntimeError):
    """The app's front end has not been built."""


class MissingExtraError(NovaExploreError, ImportError):
    """A feature needs a package that is not installed.

    Attributes
    ----------
    name : str
        The missing package (also ``ImportError.name``).
    extra : str
        The extra of nova-explore that brings it.
    """

    def __init__(self, feature: str, package: str, extra: str) -> None:
        self.feature, self.extra = feature, extra
        super().__init__(
            f"{feature} needs the package {package!r}, which is not installed. "
            f"Install it with: pip install 'nova-explore[{extra}]'",
            name=package,
        )


class OvertakenWarning(UserWarning):
    """Another person has decided about the same items; the later decision stands, and both are in the history."""


def explain(error: Exception) -> str:
    """Say what went wrong in one line; the kind of error is named unless the library wrote the message."""
    said = str(error) or "no message"
    return said if isinstance(error, NovaExploreError) else f"{type(error).__name__}: {said}"


def import_extra(module: str, *, feature: str, extra: str) -> ModuleType:
    """Import an optional module, or say which extra brings it.

    Raises
    ------
    MissingExtraError
        If the top-level package is not installed. An import error from *inside* an installed package
        is passed on untouched, so that a broken installation is not reported as a missing one.
    """
    package = module.partition(".")[0]
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is not None and error.name.partition(".")[0] == package:
            raise MissingExtraError(feature, package, extra) from error
        raise
