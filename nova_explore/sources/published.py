"""Published figures of benchmarks, each with who measured it and where that can be read.

Figures of different protocols are not comparable: a figure says its pool and its measure. What was looked for and not
found as text is a row without a value, so that an empty cell is not taken for a missing search.
"""

from __future__ import annotations

from dataclasses import dataclass

NOVA = "Amazon Nova Multimodal Embeddings, 3072 dimensions"
GOOGLE = "https://deepmind.google/models/gemini/embedding"
MTEB = "https://github.com/embeddings-benchmark/mteb/pull/5206"
REPORT = (
    "https://assets.amazon.science/ba/f2/d0af272848748a24ba6ba45af3a7/nova-mme-technical-report-14.pdf "
    "(a PDF; the launch blog shows its table as a picture)"
)
CLIP = "Radford et al. 2021, arXiv 2103.00020, table 13, as quoted at https://github.com/PandaChen-pro/EvaluateCLIP"
GEMINI = "arXiv 2605.27295, as listed at https://www.wizwand.com/paper/6a167ad8dbd7150506f802ef"
BEIR = "Thakur et al. 2021, arXiv 2104.08663"


@dataclass(frozen=True, slots=True)
class Figure:
    """One published figure.

    Attributes
    ----------
    benchmark : str
        As `benchmarks.Benchmark` calls it.
    model, measure : str
    value : float or None
        0 to 1; None where no figure was found as text.
    measured_by, source : str
    pool : str
        The protocol: what is searched by what.
    asks : str
        Modality of the queries: ``text``, or that of the media that look for their captions.
    """

    benchmark: str
    model: str
    measure: str
    value: float | None
    measured_by: str
    source: str
    pool: str = ""
    asks: str = "text"


FIGURES = (
    Figure("MSCOCO", NOVA, "nDCG@10", 0.7309, "a contributor to mteb", MTEB, "24,809 captions, 5,000 pictures"),
    Figure("MSCOCO", NOVA, "recall@1", None, "Amazon", REPORT, "25,010 captions, 5,000 pictures (Karpathy test)"),
    Figure("MSCOCO", "Gemini Embedding 2", "recall@1", 0.629, "Google", GEMINI, "its pool is not stated there"),
    Figure("MSCOCO", "Gemini Embedding 2", "recall@1", 0.788, "Google", GEMINI,
           "its pool is not stated there", asks="image"),
    Figure("MSCOCO", "CLIP, zero-shot", "recall@1", 0.378, "Radford et al.", CLIP, "Karpathy test"),
    Figure("MSCOCO", "CLIP, zero-shot", "recall@1", 0.584, "Radford et al.", CLIP,
           "Karpathy test; any of five captions counts", asks="image"),
    Figure("Flickr30k", "CLIP, zero-shot", "recall@1", 0.687, "Radford et al.", CLIP, "Karpathy test"),
    Figure("Flickr30k", "CLIP, zero-shot", "recall@1", 0.880, "Radford et al.", CLIP,
           "Karpathy test; any of five captions counts", asks="image"),
    Figure("Flickr30k", NOVA, "recall@1", None, "Amazon", REPORT, "5,000 captions, 1,000 pictures (Karpathy test)"),
    Figure("ViDoRe v2", NOVA, "nDCG@10", 0.606, "Google", GOOGLE, "mean of four sets; the benchmark's own is nDCG@5"),
    Figure("ViDoRe v2", "Gemini Embedding 2", "nDCG@10", 0.649, "Google", GOOGLE, "mean of four sets"),
    Figure("MSR-VTT", NOVA, "nDCG@10", 0.670, "Google", GOOGLE,
           "its pool is not stated there; mteb has 879 videos, papers 1,000"),
    Figure("MSR-VTT", "Gemini Embedding 2", "nDCG@10", 0.680, "Google", GOOGLE, "its pool is not stated there"),
    Figure("DiDeMo", NOVA, "recall@1", None, "Amazon", REPORT),
    Figure("ActivityNet Captions", NOVA, "recall@1", None, "Amazon", REPORT),
    Figure("AudioCaps", NOVA, "recall@1", None, "Amazon", REPORT),
    Figure("M-BEIR", NOVA, "recall@5", None, "Amazon", REPORT),
    Figure("SciFact", NOVA, "nDCG@10", 0.7364, "a contributor to mteb", MTEB, "300 claims, 5,183 abstracts"),
    Figure("BioASQ", "BM25", "nDCG@10", 0.514, "Thakur et al.", BEIR, "500 questions, 14.9 million abstracts"),
)  # fmt: skip
"""What is known, by benchmark. Of the other models on Google's page, columns are certain of the first one only."""


def figures_of(benchmark: str, asks: str = "text") -> tuple[Figure, ...]:
    """Published figures of a benchmark and one direction of it, those with a value first."""
    mine = [one for one in FIGURES if one.benchmark.casefold() == benchmark.casefold() and one.asks == asks]
    return tuple(sorted(mine, key=lambda one: one.value is None))
