"""A pack: the reviews of a library as one file that a person edits, keeps, and runs again.

A pack is TOML: a table for each review with its inputs, files relative to the pack, and the limits that a person sets.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nova_explore.errors import NovaExploreError, SourceError, UnknownNameError
from nova_explore.reviews.attributes import groups_of
from nova_explore.reviews.cluster_groups import cluster_composition
from nova_explore.reviews.finding import FEWEST, Review
from nova_explore.reviews.occupations import occupation_queries
from nova_explore.reviews.pair_quality import pairs
from nova_explore.reviews.recall_gap import group_gap
from nova_explore.reviews.retrieval import effectiveness
from nova_explore.reviews.shown_items import exposure
from nova_explore.reviews.top_groups import retrieval_fairness
from nova_explore.reviews.word_association import association

if TYPE_CHECKING:
    from nova_explore.exploration.bundle import Exploration

REVIEWS: dict[str, tuple[Callable[..., Review], tuple[str, ...]]] = {
    "effectiveness": (effectiveness, ("queries", "judgements")),
    "pairs": (pairs, ("pairs",)),
    "retrieval_fairness": (retrieval_fairness, ("attribute", "queries")),
    "cluster_composition": (cluster_composition, ("attribute",)),
    "group_gap": (group_gap, ("attribute", "queries", "judgements")),
    "association": (association, ("X", "Y", "A", "B")),
    "exposure": (exposure, ("queries",)),
}
"""Every review by the name of its table, with the inputs that it cannot do without."""

SHARED = ("queries", "judgements", "attribute", "budget", "seed")
"""Inputs that may stand once at the top of a pack, for all reviews that take them."""

FILES = ("queries", "judgements", "pairs")
OTHER_TABLES = ("limits", "report")
MOST_GROUPS = 12


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit that a person sets, and what became of it.

    Attributes
    ----------
    measure : str
    value : float or None
        None where no finding has this measure.
    at_least, at_most : float or None
    """

    measure: str
    value: float | None
    at_least: float | None
    at_most: float | None

    @property
    def broken(self) -> bool:
        """Whether the value is outside."""
        low = self.at_least is not None and self.value is not None and self.value < self.at_least
        return low or (self.at_most is not None and self.value is not None and self.value > self.at_most)

    @property
    def sentence(self) -> str:
        """The limit and the value, in words."""
        ends = [f"at least {self.at_least:g}"] if self.at_least is not None else []
        ends += [f"at most {self.at_most:g}"] if self.at_most is not None else []
        value = "not measured" if self.value is None else f"{self.value:.3f}"
        return f"{self.measure} is {value}; the pack asks for {' and '.join(ends)}."


def review(exploration: Exploration, pack: str | Path | Mapping[str, Any]) -> list[Review]:
    """Run the reviews of a pack.

    Parameters
    ----------
    exploration : Exploration
    pack : path of a TOML file, or mapping
        A table for each review, by the name of its function, with the inputs of that function; inputs at the top are
        for all. ``start_pack`` writes one.

    Returns
    -------
    list of Review
        In the order of the pack. A review that cannot run has no findings and says why in ``not_run``, where its own
        name is the check.

    Raises
    ------
    SourceError
        If the pack cannot be read, names an unknown review or input, or has none.
    """
    settings, folder = read_pack(pack)
    reviews: list[Review] = []
    for name, own in settings.items():
        if name not in REVIEWS:
            continue
        run, needed = REVIEWS[name]
        inputs = {key: settings[key] for key in SHARED if key in settings and takes(run, key)} | dict(own)
        if "budget" in settings and "budget" in inputs and "budget" not in own:  # one budget for the whole pack
            inputs["budget"] = max(0.0, settings["budget"] - sum(one.cost for one in reviews))
        if missing := [key for key in needed if key not in inputs]:
            reviews.append(_not_run(name, f"the pack gives no {', no '.join(missing)}"))
            continue
        try:
            reviews.append(run(exploration, **_with_files(inputs, folder)))
        except NovaExploreError as error:
            reviews.append(_not_run(name, str(error)))
    return reviews


def read_pack(pack: str | Path | Mapping[str, Any]) -> tuple[dict[str, Any], Path]:
    """Read a pack and the folder that its files are relative to; see `review`."""
    folder = Path()
    if not isinstance(pack, Mapping):
        path = Path(pack)
        folder = path.parent
        try:
            settings: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
        except OSError as error:
            raise SourceError(f"The pack {path} cannot be read: {error.strerror}.") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SourceError(f"The pack {path} is no TOML: {error}.") from error
    else:
        settings = dict(pack)
    for name, value in settings.items():
        if name not in (*REVIEWS, *SHARED, *OTHER_TABLES):
            raise UnknownNameError("review or input of a pack", name, (*REVIEWS, *SHARED, *OTHER_TABLES))
        if name in REVIEWS and not isinstance(value, Mapping):
            raise SourceError(f"In the pack, {name} is {value!r}. It needs a table of inputs: [{name}].")
        for key in value if name in REVIEWS else ():
            if not takes(REVIEWS[name][0], key):
                raise SourceError(f"In the pack, [{name}] has the input {key!r}, which that review does not take.")
    if not any(name in REVIEWS for name in settings):
        raise SourceError(f"The pack has no review. It needs a table of one of: {', '.join(REVIEWS)}.")
    return settings, folder


def takes(run: Callable[..., Review], name: str) -> bool:
    """Whether a review has an input of this name."""
    from inspect import signature

    return name in signature(run).parameters and name != "exploration"


def limits_of(pack: str | Path | Mapping[str, Any], reviews: Sequence[Review]) -> list[Limit]:
    """The limits that a pack sets, with the value of the finding of that measure: the worst where there are several."""
    settings, _ = read_pack(pack)
    limits = []
    for measure, ends in settings.get("limits", {}).items():
        if not isinstance(ends, Mapping) or not set(ends) <= {"at_least", "at_most"} or not ends:
            raise SourceError(f"The limit of {measure!r} is {ends!r}. Write it as {{ at_least = 0.4 }} or at_most.")
        low, high = ends.get("at_least"), ends.get("at_most")
        values = [one.value for review in reviews for one in review.findings if one.measure == measure]
        ordered = sorted(values, key=lambda value: Limit(measure, value, low, high).broken)
        limits.append(Limit(measure, ordered[-1] if ordered else None, low, high))
    return limits


def did_not_run(reviews: Sequence[Review]) -> list[tuple[str, str]]:
    """Names of the reviews that could not run at all, each with the reason."""
    return [(one.name, reason) for one in reviews for check, reason in one.not_run if check == one.name]


def _not_run(name: str, reason: str) -> Review:
    return Review(name, not_run=((name, reason),))


def _with_files(inputs: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Inputs with the names of files made whole."""
    return {
        name: folder / value if name in FILES and isinstance(value, str) else value for name, value in inputs.items()
    }


def attributes_of(exploration: Exploration) -> list[str]:
    """Metadata columns that could be attributes: two to twelve groups, of which two are large enough."""
    found = []
    for column in exploration.collection.columns:
        values = {item.metadata.get(column) for item in exploration.collection} - {None, ""}
        if 2 <= len(values) <= MOST_GROUPS and len(groups_of(exploration, column).names) >= 2:
            found.append(column)
    return found


def start_pack(exploration: Exploration) -> str:
    """Return a commented pack for a person to edit, from what the library has."""
    columns = attributes_of(exploration)
    lines = [
        "# Reviews of this library. Edit the queries, choose an attribute, delete what you do not need; then run:",
        "#   nova-explore review LIBRARY --pack review.toml --to review.html --json review.json",
        "# A spot check is not an audit. No finding does not mean fair.",
        "",
        f"# Columns that could be attributes (two groups of at least {FEWEST} items): {', '.join(columns) or 'none'}.",
        "# All columns: " + (", ".join(map(_one_line, exploration.collection.columns)) or "none") + ".",
        "",
        "# [report]",
        '# title = "what stands above it"',
        '# question = "what it is to answer"',
        '# by = "who runs this"',
        '# intended_use = "what the collection is searched for, by whom"',
        '# limits = "what this review cannot show"',
        "",
        "# [limits]                                    # status 1 where one is broken",
        '# "nDCG@10" = { at_least = 0.4 }',
        "",
        "# [effectiveness]                 # needs judgements: CSV with query,item,relevance, or TREC qrels",
        '# queries = "queries.csv"',
        '# judgements = "qrels.csv"',
        "# k = 10",
        "",
    ]
    for column in columns:
        active = "" if column == columns[0] else "# "
        lines += [f"{active}[cluster_composition]", f"{active}attribute = {_quoted(column)}", ""]
    if columns:
        lines += [
            "[retrieval_fairness]",
            f"attribute = {_quoted(columns[0])}",
            "k = 20",
            '# target = "equal"              # else the shares of the gallery; or { women = 0.5, men = 0.5 }',
            '# concept = "occupation"        # a column that says what items show: do queries find it at all?',
            '# perturbed = ["blur", "grey"]  # embeds every picture twice more, once',
            "",
            "# Words that name a group: do they move what is shown? Without this check a composition says little.",
            "# [retrieval_fairness.counterfactuals.women]",
            '# engineer = ["a female engineer", "a picture of a female engineer"]',
            "",
        ]
        lines += ["[retrieval_fairness.queries]", *_query_lines(), ""]
    lines += ["[exposure]", "k = 10", "", "[exposure.queries]", *_query_lines()]
    return "\n".join(lines) + "\n"


def _query_lines() -> list[str]:
    queries = occupation_queries()
    return [f"{name} = [{', '.join(map(_quoted, words))}]" for name, words in queries.items()]


def _quoted(text: str) -> str:
    import json

    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _one_line(text: str) -> str:
    return " ".join(text.split())
