"""The service is asked for jobs with patience, and a refusal says whether it is the medium's."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from botocore.exceptions import ClientError
from fakes.toy_library import text_items, toy_library

from nova_explore.embedding.jobs.ledger import Outcome, RefusedError, Service, ask, keep
from nova_explore.errors import ServiceRefusedError, ServiceUnavailableError
from nova_explore.models.nova.job import Patience
from nova_explore.models.nova.model import NovaModel
from nova_explore.models.nova.spec import VectorSpec
from nova_explore.space import ItemError

SPEC = VectorSpec(NovaModel(dimension=256).space, region="us-east-1")
NONE: Any = SimpleNamespace()
SERVICE = Service(SPEC, NONE, NONE, NONE, NONE, patience=Patience(first=0.001, most=0.001))


def failing(code: str, status: int, said: str, *, times: int = 10**9):
    left = [times]

    def call() -> str:
        left[0] -= 1
        if left[0] < 0:
            return "asked"
        about = {"HTTPStatusCode": status, "RequestId": "r"}
        raise ClientError(cast("Any", {"Error": {"Code": code, "Message": said}, "ResponseMetadata": about}), "Start")

    return call


def test_a_throttle_is_waited_for():
    assert ask(SERVICE, failing("ThrottlingException", 429, "slow", times=3)) == "asked"


def test_a_service_that_never_takes_a_job_is_given_up():
    with pytest.raises(ServiceUnavailableError, match="the jobs are kept"):
        ask(replace(SERVICE, give_up=-1.0), failing("ThrottlingException", 429, "slow"))


@pytest.mark.parametrize(
    ("said", "visual", "of_medium", "kind"),
    [
        ("Could not decode the video", True, True, "refused"),
        ("This request has been blocked by our content filters", True, True, "blocked"),
        ("The provided request is not valid", False, False, "refused"),
        ("Unable to access the S3 object", True, False, "refused"),
    ],
)
def test_a_refusal_says_whether_it_is_the_mediums(said, visual, of_medium, kind):
    with pytest.raises(RefusedError) as caught:
        ask(SERVICE, failing("ValidationException", 400, said), visual=visual)
    assert (caught.value.of_medium, caught.value.error.kind, caught.value.said) == (of_medium, kind, said)


def test_a_quota_is_waited_for_only_where_it_is_to_be():
    call = failing("ServiceQuotaExceededException", 400, "too many jobs", times=1)
    with pytest.raises(RefusedError) as caught:
        ask(SERVICE, call, wait_for_quota=False)
    assert caught.value.quota
    assert ask(SERVICE, failing("ServiceQuotaExceededException", 400, "too many jobs", times=1)) == "asked"


def test_what_every_call_would_meet_ends_the_run():
    with pytest.raises(ServiceRefusedError, match="iam:PassRole"):
        ask(SERVICE, failing("AccessDeniedException", 403, "not authorized to perform: iam:PassRole on resource: r"))


def test_a_job_that_is_gone_is_no_missing_model():
    with pytest.raises(RefusedError, match="does not know the job any more"):
        ask(SERVICE, failing("ResourceNotFoundException", 404, "no"), look=True)


def test_a_vector_takes_the_place_of_a_reason_and_never_the_other_way(tmp_path):
    library, outcome = toy_library(tmp_path / "a.nova", per_topic=1), Outcome()
    (item,) = text_items([("", "an owl")])
    keep(library, SPEC, {item.content_key: ItemError("Not yet.", "service")}, outcome)
    keep(library, SPEC, {item.content_key: np.eye(1, 256, dtype=np.float32)[0]}, outcome)
    assert library.failures(SPEC.space) == {}
    keep(library, SPEC, {item.content_key: ItemError("Too late.", "service")}, outcome)
    assert library.failures(SPEC.space) == {}
    assert (outcome.stored, outcome.failed) == (1, 1)
