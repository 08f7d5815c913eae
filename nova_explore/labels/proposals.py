"""Names that a language model proposes for clusters: what they would cost, and what they are."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from nova_explore.errors import UnknownNameError
from nova_explore.labels.labelled_map import Labelled
from nova_explore.labels.language_model import PROMPT_VERSION, Question, ask, price_of, question_of, refusal_of
from nova_explore.library.proposal_rows import ProposalRows
from nova_explore.library.stamps import now

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("name", "known", "tokens", "least", "most", "cost", "model", "prompt", "sent")
ATTEMPTS = 6
"""Calls for one answer, with the waits of botocore between them: a few short questions need no pace of their own."""

Follow = Callable[[int, int], bool]
"""Called with how many answers there are of how many, after each; where it returns false, no more is sent."""


def questions_of(labelled: Labelled, model: str, clusters: Iterable[int] | None) -> list[Question]:
    """The question about each of these clusters, or of all.

    Raises
    ------
    UnknownNameError
        If there is no such cluster.
    """
    chosen = list(labelled.proposed) if clusters is None else [int(cluster) for cluster in clusters]
    if strange := [cluster for cluster in chosen if cluster not in labelled.proposed]:
        raise UnknownNameError("cluster", strange[0], map(str, labelled.proposed))
    questions = []
    for cluster in chosen:
        name = labelled.proposed[cluster]
        items = [labelled.collection[id] for id in name.medoids]
        texts = [" ".join(filter(None, (item.title, item.text))) for item in items]
        questions.append(question_of(cluster, model, [word for word, _ in name.keywords], texts))
    return questions


def open_converse() -> Any:
    """A client for questions to language models.

    Raises
    ------
    ServiceRefusedError
        If there is no region, or no such profile.
    """
    from nova_explore.models.nova.client import open_client

    return open_client(attempts=ATTEMPTS)


def propose(
    rows: ProposalRows, questions: list[Question], *, budget: float | None, send: bool, client: Any = None,
    follow: Follow | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Ask what is not known yet, or say what that would cost.

    Parameters
    ----------
    rows : ProposalRows
    questions : list of Question
    budget : float, optional
        US dollars that must not be passed.
    send : bool
        Nothing is sent where it is false.
    client : object, optional
        A client of Amazon Bedrock Runtime; made from the environment where it is not given.
    follow : callable, optional
        Called with how many answers there are of how many, after each; where it returns false, no more is sent.

    Returns
    -------
    DataFrame
        One row a cluster: the name, missing where there is none; whether it was known; about how many tokens are sent;
        US dollars that asking costs at least and at most, and has cost; the model, the version of the prompt, and the
        text that is sent.

    Raises
    ------
    ValueError
        If all questions together may cost more than the budget, or a price is not known; nothing is sent then.
    ServiceRefusedError
        If the service refuses; answers before that are kept.
    """
    import pandas as pd
    from botocore.exceptions import BotoCoreError, ClientError

    from nova_explore.models.nova.faults import classify

    known = rows.read(question.key for question in questions)
    unknown = {question.key: question for question in questions if question.key not in known}
    if budget is not None:
        _check(list(unknown.values()), budget)
    old = {*known}
    if send and unknown:
        client = client or open_converse()
        for done, (key, question) in enumerate(unknown.items(), 1):
            try:
                answer = ask(client, question)
            except (BotoCoreError, ClientError) as error:
                region = str(client.meta.region_name)
                fault = classify(error, region=region, model=question.model)
                raise refusal_of(fault, model=question.model, region=region) from error
            known[key] = answer | {"model": question.model, "prompt": PROMPT_VERSION, "when": now()}
            rows.save(key, known[key])
            if follow is not None and not follow(done, len(unknown)):
                break
    table = [_row(question, known.get(question.key, {}), is_old=question.key in old) for question in questions]
    index = pd.Index([question.cluster for question in questions], name="cluster")
    return pd.DataFrame(table, columns=list(COLUMNS), index=index)


def known_names(rows: ProposalRows, labelled: Labelled) -> dict[int, dict[str, str]]:
    """Names that language models have proposed for the clusters of a map, by cluster and by model; nothing is sent."""
    names: dict[int, dict[str, str]] = {}
    for model in rows.models():
        questions = questions_of(labelled, model, None)
        known = rows.read(question.key for question in questions)
        for one in questions:
            if name := known.get(one.key, {}).get("name"):
                names.setdefault(one.cluster, {})[model] = str(name)
    return names


def _check(questions: list[Question], budget: float) -> None:
    prices = [question.most for question in questions]
    if any(price is None for price in prices):
        raise ValueError(f"The price of {questions[0].model!r} is not known, so no budget can be kept. Leave it out.")
    if (most := math.fsum(price for price in prices if price is not None)) > budget:
        raise ValueError(
            f"{len(questions)} questions may cost {most:.6f} US dollars, the budget is {budget:.6f}. Nothing was sent. "
            "Pass a higher budget, or fewer clusters."
        )


def _row(question: Question, answer: dict[str, Any], *, is_old: bool) -> tuple[Any, ...]:
    """One row of the table, in the order of `COLUMNS`; what was known before costs nothing."""
    numbers = (
        (0, 0.0, 0.0, 0.0)
        if is_old
        else (question.tokens, question.least, question.most, _cost(question.model, answer))
    )
    return answer.get("name") or None, is_old, *numbers, question.model, PROMPT_VERSION, question.text


def _cost(model: str, answer: dict[str, Any]) -> float | None:
    price = price_of(model)
    if price is None:
        return None
    return (answer.get("input", 0) * price[0] + answer.get("output", 0) * price[1]) / 1e6
