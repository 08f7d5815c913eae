"""Names that a language model proposes for clusters: what they would cost, and what they are."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from nova_explore.errors import ServiceRefusedError, UnknownNameError
from nova_explore.labels.labelled_map import Labelled
from nova_explore.labels.language_model import PROMPT_VERSION, Question, ask, price_of, question_of
from nova_explore.library.proposal_rows import ProposalRows
from nova_explore.library.stamps import now

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("name", "known", "most", "cost", "model", "prompt")


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


def propose(
    rows: ProposalRows, questions: list[Question], *, budget: float | None, send: bool, client: Any = None
) -> pd.DataFrame:
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

    Returns
    -------
    DataFrame
        One row a cluster: the name, missing where there is none; whether it was known; US dollars that asking costs at
        most, and has cost; the model, and the version of the prompt.

    Raises
    ------
    ValueError
        If all questions together may cost more than the budget, or a price is not known; nothing is sent then.
    ServiceRefusedError
        If the service refuses; answers before that are kept.
    """
    import pandas as pd
    from botocore.exceptions import BotoCoreError, ClientError

    from nova_explore.models.nova.client import open_client
    from nova_explore.models.nova.faults import classify

    known = rows.read(question.key for question in questions)
    unknown = {question.key: question for question in questions if question.key not in known}
    if budget is not None:
        _check(list(unknown.values()), budget)
    old = {*known}
    if send and unknown:
        client = client or open_client()
        for key, question in unknown.items():
            try:
                answer = ask(client, question)
            except (BotoCoreError, ClientError) as error:
                fault = classify(error, region=str(client.meta.region_name), model=question.model)
                raise ServiceRefusedError(fault.message, family=fault.family.name) from error
            known[key] = answer | {"model": question.model, "prompt": PROMPT_VERSION, "when": now()}
            rows.save(key, known[key])
    table = [
        (
            known.get(one.key, {}).get("name") or None, one.key in old, 0.0 if one.key in old else one.most,
            0.0 if one.key in old else _cost(one.model, known.get(one.key, {})), one.model, PROMPT_VERSION,
        )
        for one in questions
    ]  # fmt: skip
    index = pd.Index([question.cluster for question in questions], name="cluster")
    return pd.DataFrame(table, columns=list(COLUMNS), index=index)


def _check(questions: list[Question], budget: float) -> None:
    prices = [question.most for question in questions]
    if any(price is None for price in prices):
        raise ValueError(f"The price of {questions[0].model!r} is not known, so no budget can be kept. Leave it out.")
    if (most := math.fsum(price for price in prices if price is not None)) > budget:
        raise ValueError(
            f"{len(questions)} questions may cost {most:.6f} US dollars, the budget is {budget:.6f}. Nothing was sent. "
            "Pass a higher budget, or fewer clusters."
        )


def _cost(model: str, answer: dict[str, Any]) -> float | None:
    price = price_of(model)
    if price is None:
        return None
    return (answer.get("input", 0) * price[0] + answer.get("output", 0) * price[1]) / 1e6
