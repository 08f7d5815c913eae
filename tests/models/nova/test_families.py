"""Every way to say no has a family, a message that a person can act on, and a row in the documentation."""

from __future__ import annotations

import pytest
from fakes import ROOT

from nova_explore.models.nova.families import APART, FAMILIES, Kind, family_of

V = "ValidationException"
SEEN = [
    (V, 400, "Malformed input request: #: required key [messages] not found, please reformat", "body not understood"),
    (V, 400, "Malformed input request: #/singleEmbeddingParams/text: expected type: String", "text not text"),
    (V, 400, "Malformed input request: #/embeddingDimension: 512 is not a valid enum value", "value not offered"),
    (V, 400, "#: singleEmbeddingParams/video is missing required key embeddingMode", "key missing"),
    (V, 400, "Malformed input request: #: extraneous key [foo] is not permitted", "key unknown"),
    (V, 400, "Malformed input request: expected maxLength: 50000, actual: 52611, please reformat", "text too long"),
    (V, 400, "The provided model identifier is invalid.", "model not in region"),
    (V, 400, "This request has been blocked by our content filters. Please adjust your text prompt", "content filter"),
    (V, 400, "This request has been blocked by our content filters. Adjust your input video", "content filter"),
    (V, 400, "The input image may contain apparent CSAM and was blocked", "apparent child abuse"),
    (V, 400, "The container matroska does not match the declared format mp4.", "container is not the format"),
    (V, 400, "The duration of 31.0 s exceeds the maximum of 30 s.", "media too long"),
    (V, 400, "The file size exceeds the limit of 25 MB", "request too large"),
    (V, 400, "Could not decode the image", "media not decodable"),
    (V, 400, "Unable to access the S3 object", "S3 not readable"),
    (V, 400, "Operation not allowed", "account not allowed"),
    (V, 400, "The guardrail identifier or version does not exist.", "guardrail"),
    (V, 400, "Malformed input request: something new, please reformat your input", "other malformed input"),
    (V, 400, "Something nobody has seen", "blocked in unknown words"),
    (V, 400, "Something nobody has seen", "refused"),
    (V, 400, "The request was blocked because the input image violates our usage policy.", "content filter"),
    (V, 400, "The model version is marked by provider as Legacy", "model has ended"),
    (V, 400, "Could not assume the role", "role cannot be passed"),
    (V, 400, "The KMS key is not valid", "KMS key"),
    (V, 400, "#: required key [s3Location] not found", "S3 place missing"),
    ("AccessDeniedException", 403, "Please make sure your API Key is valid.", "API key"),
    ("InvalidSignatureException", 403, "Signature expired: 1 is now earlier than 2", "clock"),
    ("AccessDeniedException", 403, "You don't have access to the model", "no model access"),
    ("ThrottlingException", 429, "Too many tokens per day", "quota of the day"),
    ("", 407, "Proxy Authentication Required", "proxy"),
    ("AccessDeniedException", 403, "not authorized to perform: bedrock:InvokeModel", "no permission"),
    ("ExpiredTokenException", 403, "The security token is expired", "credentials"),
    ("ResourceNotFoundException", 404, "not found", "no such model"),
    ("ServiceQuotaExceededException", 400, "quota", "quota"),
    ("ThrottlingException", 429, "Too many requests", "too fast"),
    ("ModelNotReadyException", 429, "not ready", "too fast"),
    ("ModelTimeoutException", 408, "timed out", "model too slow"),
    ("ModelErrorException", 424, "failed", "model fault"),
    ("InternalServerException", 500, "oops", "service fault"),
    ("ServiceUnavailableException", 503, "busy", "no capacity"),
    ("", 401, "who", "credentials refused"),
    ("", 403, "no", "forbidden"),
    ("", 404, "where", "not found"),
    ("", 408, "slow", "request timeout"),
    ("", 413, "large", "request entity too large"),
    ("", 424, "failed", "failed dependency"),
    ("", 429, "many", "too many requests"),
    ("", 502, "bad gateway", "endpoint fault"),
    ("", 503, "busy", "endpoint busy"),
    ("TeapotException", 418, "short and stout", "other refusal"),
]
TABLE = ROOT / "docs" / "nova-errors.md"
EVERY = (*FAMILIES, *APART)


@pytest.mark.parametrize(("code", "status", "said", "name"), SEEN)
def test_an_answer_is_told_apart_by_code_and_words(code, status, said, name):
    assert family_of(code, status, said, visual=name == "blocked in unknown words").name == name


def test_every_family_is_met_by_one_answer_at_least():
    assert {name for *_, name in SEEN} == {family.name for family in FAMILIES}


def test_every_family_has_a_message_of_its_own():
    assert len({family.message for family in EVERY}) == len({family.name for family in EVERY}) == len(EVERY)


def test_every_message_can_be_written_whatever_the_service_says():
    for family in EVERY:
        said = family.message.format(said="{braces}, 100%", region="r", model="m", action="a", resource="b")
        assert said.endswith((".", ")", "%"))


def test_only_refusals_for_pace_slow_the_pace():
    assert {family.name for family in EVERY if family.pace} == {
        "too fast", "no capacity", "too many requests", "endpoint busy",
    }  # fmt: skip


def test_a_blocked_content_is_never_taken_for_anything_else():
    for words in ("the image format was blocked by our content filters", "CSAM in S3 object, unsupported, too large"):
        assert family_of(V, 400, words).kind is Kind.BLOCKED


def test_the_documentation_has_a_row_for_every_family_in_order():
    rows = [
        line.split("|")[1].strip() for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")
    ]
    assert rows[1:] == [family.name for family in EVERY]


def test_the_documentation_says_what_is_done_about_each_and_in_which_words():
    text = TABLE.read_text(encoding="utf-8")
    for family in EVERY:
        (row,) = [line for line in text.splitlines() if line.startswith(f"| {family.name} |")]
        assert f"| {family.kind} |" in row
        assert family.message.replace("|", "\\|") in row


def written() -> str:
    """The table, as it should be: ``python tests/models/nova/test_families.py`` prints it."""
    rows = [
        "| family | what is done | error code or status | words in the message | our message |",
        "|---|---|---|---|---|",
    ]
    for family in EVERY:
        where = ", ".join(family.codes or map(str, family.statuses)) or "any"
        words = f"`{family.words}`".replace("|", "\\|") if family.words else "any"
        rows.append(f"| {family.name} | {family.kind} | {where} | {words} | {family.message} |")
    return "\n".join(rows)


if __name__ == "__main__":
    print(written())
