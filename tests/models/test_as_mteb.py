"""Our models are measured by mteb as any encoder is; the task is a tiny one of our own, nothing is fetched."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest
from fakes.toy_library import text_items
from fakes.toy_model import ToyModel, topic_texts
from PIL import Image

from nova_explore.errors import MissingExtraError, UnreadableError
from nova_explore.models.as_mteb import as_mteb, encode_batches
from nova_explore.models.clip import EncoderModel
from nova_explore.models.queries import embed_items

INSTALLED = importlib.util.find_spec("mteb") is not None
needs_mteb = pytest.mark.skipif(
    not INSTALLED,
    reason="NOT TESTED: the adapter under mteb itself, because mteb (and PyTorch) is not installed: pip install mteb",
)
TEXTS = topic_texts(6)


class Logged(ToyModel):
    roles: list[str]

    def embed_batch(self, items, *, role="index"):
        self.__dict__.setdefault("roles", []).append(role)
        return super().embed_batch(items, role=role)


def test_batches_become_rows_in_order():
    words = [text for _, text in TEXTS]
    batches = [{"text": words[:5]}, {"text": words[5:]}]
    rows = encode_batches(ToyModel(batch_size=4), batches, role="index")
    wanted = embed_items(ToyModel(), text_items(TEXTS), role="index")
    np.testing.assert_array_equal(rows, wanted)


def test_pictures_and_sounds_are_handed_over_as_media():
    class Mean:
        def encode(self, inputs):
            return np.stack([[*np.asarray(each).mean(axis=(0, 1)), 1.0] for each in inputs])

    from nova_explore.collection import Modality

    model = EncoderModel(Mean(), name="mean", dimension=4, modalities={Modality.IMAGE})
    colours = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    rows = encode_batches(model, [{"image": colours, "text": ["a", "b"]}], role="index")
    np.testing.assert_array_equal(rows.argmax(axis=1), [0, 2])
    with pytest.raises(UnreadableError, match="takes no audio"):
        encode_batches(model, [{"audio": [{"array": np.zeros(800), "sampling_rate": 8000}]}], role="index")


def test_an_input_without_a_vector_ends_the_measurement():
    with pytest.raises(UnreadableError, match="Input 1 has no vector: The toy model refuses poison"):
        encode_batches(ToyModel(), [{"text": ["fine", "poison"]}], role="index")
    with pytest.raises(UnreadableError, match="hands over tabular"):
        encode_batches(ToyModel(), [{"tabular": [1]}], role="index")


@pytest.mark.skipif(INSTALLED, reason="mteb is installed here")
def test_the_extra_is_named_where_it_is_missing():
    with pytest.raises(MissingExtraError, match=r"nova-explore\[mteb\]"):
        as_mteb(ToyModel())


@needs_mteb
@pytest.mark.filterwarnings("ignore")  # mteb's own, of which none is about us
def test_a_retrieval_task_of_mteb_runs_on_a_model_of_ours(tmp_path):
    import mteb  # pyright: ignore[reportMissingImports]
    from datasets import Dataset  # pyright: ignore[reportMissingImports]
    from mteb.abstasks.retrieval import AbsTaskRetrieval  # pyright: ignore[reportMissingImports]
    from mteb.abstasks.task_metadata import TaskMetadata  # pyright: ignore[reportMissingImports]

    class Topics(AbsTaskRetrieval):
        metadata = TaskMetadata(
            name="TinyTopics", description="Find the texts of a topic by two of its words.", reference=None,
            dataset={"path": "local/none", "revision": "1"}, type="Retrieval", category="t2t", modalities=["text"],
            eval_splits=["test"], eval_langs=["eng-Latn"], main_score="ndcg_at_5", date=None, domains=None,
            task_subtypes=None, license=None, annotations_creators=None, dialect=None, sample_creation=None,
            bibtex_citation=None,
        )  # fmt: skip

        def load_data(self, **_):
            queries = {"birds": "owl robin", "boats": "sail anchor", "bread": "flour oven", "stars": "galaxy comet"}
            self.dataset = {
                "default": {
                    "test": {
                        "corpus": Dataset.from_list(
                            [{"id": f"d{i}", "title": "", "text": text} for i, (_, text) in enumerate(TEXTS)]
                        ),
                        "queries": Dataset.from_list([{"id": t, "text": words} for t, words in queries.items()]),
                        "relevant_docs": {
                            topic: {f"d{i}": 1 for i, (own, _) in enumerate(TEXTS) if own == topic} for topic in queries
                        },
                        "top_ranked": None,
                    }
                }
            }
            self.data_loaded = True

    model = Logged()
    encoder = as_mteb(model)
    assert isinstance(encoder, mteb.models.EncoderProtocol)
    result = mteb.evaluate(encoder, Topics(), cache=None, co2_tracker=False, show_progress_bar=False)
    score = result.task_results[0].scores["test"][0]
    assert score["ndcg_at_5"] > 0.9, "texts share words with the query of their topic"
    assert set(model.roles) == {"query", "index"}
    assert encoder.mteb_model_meta.name == "nova-explore/toy"
