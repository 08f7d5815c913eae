"""What the loop that sends many calls asks of a model: a call made ready, made, judged; what is known already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from nova_explore.collection import Item
from nova_explore.models.nova.faults import Fault
from nova_explore.space import ItemError, Vector


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """A call that is ready to be made.

    Attributes
    ----------
    item : Item
        What it asks about.
    body : bytes
        As it is sent.
    kept : int or None
        Characters that are sent, where the text was cut.
    owner : str
        Of the claims that the call has on what it pays for.
    """

    item: Item
    body: bytes
    kept: int | None = None
    owner: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """An answer that is there already, so that no call leaves.

    Attributes
    ----------
    answer : float32 array of shape (d,), or ItemError
    kept : int or None
        Characters that were embedded, where a text was cut.
    """

    answer: Vector | ItemError
    kept: int | None = None


class ClaimedError(Exception):
    """Another call, of this process or another, is about to bring the same answer."""


@dataclass(slots=True)
class Sent:
    """A good answer, and what it cost.

    Attributes
    ----------
    vector : float32 array of shape (d,), or ItemError
        What the item gets: a good answer may lack the vector that is wanted, such as that of a sound track.
    cost, most : float
        US dollars, by the price list, and by the highest figure of any source.
    seconds : float
        That the call took, without the preparation of the medium.
    kept : int or None
        Characters that were embedded, where a text was cut.
    tokens : int or None
        Input tokens that the service counted, where it says so.
    """

    vector: Vector | ItemError
    cost: float
    seconds: float
    kept: int | None = None
    tokens: int | None = None
    most: float = 0.0


class Asking(Protocol):
    """What the loop needs of a model."""

    def prepare(self, item: Item) -> Request:
        """Bring the medium into the form in which it is sent; raise `UnreadableError` where that cannot be."""
        ...

    def identity(self, item: Item) -> str:
        """What a call for an item pays for, as far as that is known before it is prepared: equal for equal texts."""
        ...

    def claim(self, request: Request) -> Known | None:
        """Look once more whether the answer is there, and claim what the call would pay for.

        Raises
        ------
        ClaimedError
            If another call is about to bring it.
        """
        ...

    def ask(self, request: Request) -> Sent:
        """Make one call, keep its answer and let go of the claim; raise whatever goes wrong."""
        ...

    def judge(self, error: Exception, item: Item) -> Fault:
        """What a failed call means."""
        ...

    def look_up(self, items: Sequence[Item]) -> Mapping[str, Known]:
        """Answers that are there already, by content key: vectors that were paid for, contents that were blocked."""
        ...

    def block(self, item: Item, reason: str) -> None:
        """Note that an item is never to be sent again."""
        ...

    def unblock(self, items: Sequence[Item]) -> None:
        """Take that back: everything was refused alike, so it was not for what the items are."""
        ...

    def cost(self, item: Item, *, most: bool = False) -> float | None:
        """US dollars that one call for an item costs, or can cost at most; None where no price is known."""
        ...

    def tokens(self, item: Item) -> float:
        """About how many tokens of a quota an item takes."""
        ...

    def counted(self, item: Item, tokens: int) -> None:
        """Note how many tokens the service counted for an item."""
        ...
