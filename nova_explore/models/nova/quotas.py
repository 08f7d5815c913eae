"""What an account's quotas allow, where it may ask: services that only give advice, never a reason to stop."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from nova_explore.errors import NovaExploreError
from nova_explore.models.nova.client import open_client
from nova_explore.models.nova.request import MODEL_ID

SECONDS = 5
"""Of patience with services that are only asked for advice."""


def ask(service: str, operation: str, *, region: str, profile: str | None = None, **arguments: Any) -> Any:
    """The answer of a service that is only asked for advice, or the reason why there is none, as a string."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        client = open_client(service, region=region, profile=profile, connect_timeout=SECONDS, read_timeout=SECONDS)
        return getattr(client, operation)(**arguments)
    except ClientError as error:
        return f"{error.response.get('Error', {}).get('Code', 'no answer')}: the caller may not ask"
    except (BotoCoreError, NovaExploreError) as error:
        return f"no answer ({type(error).__name__})"


def quotas(*, region: str, profile: str | None = None) -> dict[str, float] | str:
    """The account's quotas for this model by their names, or why they are not known."""
    found: dict[str, float] = {}
    token: dict[str, str] = {}
    place = {"region": region, "profile": profile}
    while True:
        page = ask("service-quotas", "list_service_quotas", **place, ServiceCode="bedrock", MaxResults=100, **token)
        if isinstance(page, str):
            return page
        for row in page.get("Quotas", ()):
            if re.search(r"multimodal embeddings", row.get("QuotaName", ""), re.IGNORECASE):
                found[row["QuotaName"]] = float(row["Value"])
        if not page.get("NextToken"):
            return found or "no quota of this model is listed"
        token = {"NextToken": page["NextToken"]}


def tokens_a_minute(found: Mapping[str, float], model_id: str = MODEL_ID) -> float | None:
    """The quota of tokens a minute among an account's quotas; None where there is none.

    Parameters
    ----------
    found : Mapping of str to float
        Quotas by their names.
    model_id : str
        What is called: an inference profile of several regions has a quota of its own.
    """
    rows = {name.lower(): value for name, value in found.items() if "tokens per minute" in name.lower()}
    across = re.match(r"(us|eu|apac|global)\.", model_id) is not None
    wanted = [value for name, value in rows.items() if ("cross-region" in name or "global" in name) is across]
    return next(iter(wanted), None)
