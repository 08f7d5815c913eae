"""Names rest on words that members say, and tell the share that they are true of."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, replace

import numpy as np
import pytest
from fakes.items import text_item
from hypothesis import given, settings
from hypothesis import strategies as st

from nova_explore.clusters.cluster import Clustering
from nova_explore.clusters.names import LEAST_SHARE, TRUE, ClusterName, OwnWords, class_tfidf, name_clusters
from nova_explore.collection import Item, Modality, number_copies


def clustering(labels: list[int]) -> Clustering:
    return Clustering(np.array(labels, np.int32), np.ones(len(labels), np.float32), {})


def worded(texts: list[str]) -> list[Item]:
    return number_copies(text_item(f"d{i}", f"{i}.txt", text=text) for i, text in enumerate(texts))


def files(*names: str, caption: str | None = None) -> list[Item]:
    metadata = {} if caption is None else {"caption": caption}
    image = {"modality": Modality.IMAGE, "format": "png", "metadata": metadata}
    return number_copies(text_item(f"d{i}", name, **image) for i, name in enumerate(names))


def named(items: list[Item], labels: list[int], **wanted) -> list[ClusterName]:
    vectors = np.eye(max(labels) + 2, dtype=np.float32)[labels]
    return list(name_clusters(items, vectors, clustering(labels), **wanted).values())


def names_of(groups: list[list[str]], times: int = 3, **wanted) -> list[str]:
    """Name clusters of these texts, each said several times in turn."""
    items = worded([text for group in groups for text in group * times])
    labels = [c for c, group in enumerate(groups) for _ in range(len(group) * times)]
    return [name.name for name in named(items, labels, **wanted)]


def test_class_tfidf_gives_the_values_worked_by_hand():
    # "cat cat dog" and "dog fish": A = 2.5; terms cat, dog, fish.
    weights = class_tfidf(np.array([[2, 1, 0], [0, 1, 1]], float))
    np.testing.assert_allclose(weights, [[0.540620, 0.270310, 0], [0, 0.405465, 0.626381]], atol=1e-6)


def test_clusters_are_named_by_the_words_that_set_them_apart():
    owl, boat = named(worded(["the red owl flies"] * 4 + ["the red boat sails"] * 4), [0] * 4 + [1] * 4)
    assert owl.name == "owl flies"
    assert boat.name == "boat sails"
    assert owl.source == "keywords"
    assert (owl.score, owl.outside) == (1.0, 0.0)


def test_the_score_is_the_share_of_members_that_say_a_word_of_the_name():
    owl, boat = named(worded(["owl"] * 6 + ["nest"] * 3 + ["moon"] + ["boat"] * 8 + ["owl"] * 2), [0] * 10 + [1] * 10)
    assert owl.name == "owl, nest"
    assert owl.score == pytest.approx(0.9)
    assert owl.outside == pytest.approx(0.2)
    assert owl.keywords == (("owl", 0.6), ("nest", 0.3))
    assert owl.with_share == "owl, nest · 90%"
    assert boat.with_share == "boat · 80%"


def test_a_second_word_is_added_only_until_the_name_covers():
    first, _ = named(worded(["owl"] * 9 + ["nest"] * 1 + ["boat"] * 10), [0] * 10 + [1] * 10)
    assert first.name == "owl"
    with_broader, _ = named(
        worded(["owl animal"] * 7 + ["animal"] * 3 + ["boat"] * 8 + ["animal"] * 2), [0] * 10 + [1] * 10
    )
    assert with_broader.name in ("animal", "owl animal")


def test_one_long_text_does_not_name_its_cluster():
    names = named(worded(["zebra " * 500 + "owl"] + ["owl nest"] * 5 + ["boat mast"] * 6), [0] * 6 + [1] * 6)
    assert "zebra" not in names[0].name


def test_a_name_of_several_things_says_that_it_is_mixed():
    said = ["owl"] * 3 + ["boat"] * 3 + ["moon"] * 2 + ["x", "y"]
    mixed, _ = named(worded([*said, *["bread"] * 10]), [0] * 10 + [1] * 10)
    assert mixed.name == "mixed: owl, boat, moon"
    assert mixed.score == pytest.approx(0.8)


def test_a_word_of_a_quarter_comes_before_a_guess():
    said = ["owl"] * 3 + [f"thing{i}" for i in range(9)]
    mixed, _ = named(worded([*said, *["bread"] * 12]), [0] * 12 + [1] * 12)
    assert (mixed.name, mixed.score) == ("mixed: owl", 0.25)


def test_a_cluster_of_a_bit_of_everything_is_called_mixed_and_not_guessed():
    # A word reaches, hardly more often here than elsewhere: whatever phrase lies nearest, that is a guess.
    said = ["food"] * 4 + [f"thing{i}" for i in range(8)]
    rest = ["food"] * 13 + ["bread"] * 12 + ["moon"] * 12 + ["tree"] * 13
    first, *_ = named(worded([*said, *rest]), [0] * 12 + [1] * 13 + [2] * 12 + [3] * 12 + [4] * 13)
    assert (first.name, first.score) == ("mixed: food", pytest.approx(1 / 3))


def test_compounds_are_called_what_they_all_are():
    kinds = ["Sport", "Feuerwehr", "Kranken", "Renn", "Last", "Möbel"]
    said = [f"Das ist ein {kind}wagen." for kind in kinds] + ["Der Wagen steht in der Stadt."]
    wagons, _ = named(worded([*said, *["Die Katze schläft auf dem Sofa."] * 7]), [0] * 7 + [1] * 7)
    assert (wagons.name, wagons.score) == ("Wagen", 1.0)


def test_folders_name_what_captions_never_repeat():
    words = ["keep", "gate", "moat", "hall", "well", "barn", "mill", "shop", "dock", "fort", "yard", "wall"]
    items = [
        replace(item, metadata={"caption": f"A {word}."})
        for folder in ("town", "food")
        for word, item in zip(words, files(*(f"{folder}/{word}.png" for word in words)), strict=True)
    ]
    names = named(number_copies(items), [0] * 12 + [1] * 12)
    assert [name.name for name in names] == ["town", "food"]


def test_a_modality_names_a_cluster_only_where_it_is_rare_elsewhere():
    sounds = [text_item(f"s{i}", f"{i}.ogg", modality=Modality.AUDIO, format="ogg") for i in range(6)]
    images = files(*(f"{i}.png" for i in range(12)))
    assert named(number_copies([*sounds, *images]), [0] * 6 + [1] * 12)[0].name == "sounds"
    mixed = named(number_copies([*sounds, *images]), [0] * 3 + [1] * 3 + [0] * 6 + [1] * 6)
    assert not {"sounds", "images"} & {name.name for name in mixed}


SAID_IN = """
Chinese
猫: 一只猫在沙发上睡觉 / 小猫喝牛奶 / 黑猫在院子里
汽车: 红色汽车停在路边 / 一辆汽车 / 老汽车展览
海: 海边的日落 / 海上的船 / 大海

Japanese
猫: 猫がソファで寝ている / 黒い猫と窓
車: 赤い車が道にある / 古い車の展示
コーヒー: コーヒーを飲む / 熱いコーヒー

Thai
แมว: แมวนอนบนโซฟา / แมวดำที่หน้าต่าง
รถยนต์: รถยนต์สีแดงบนถนน / รถยนต์เก่า
ทะเล: ทะเลตอนเย็น / คลื่นในทะเล

Hindi
बिल्ली: बिल्ली सो रही है / काली बिल्ली खिड़की पर
गाड़ी: लाल गाड़ी सड़क पर / पुरानी गाड़ी
समुद्र: समुद्र की लहरें / समुद्र में नाव

Arabic
القِطَّةُ: القِطَّةُ نائمة على الأريكة / القطة تشرب الحليب
السَّيَّارَةُ: السَّيَّارَةُ القديمة / السيارة في الشارع
البحر: غروب البحر / سفينة في البحر

Korean
고양이: 고양이가 소파에서 잔다 / 검은 고양이
자동차: 빨간 자동차가 길에 / 오래된 자동차
바다: 바다 파도 / 바다에 배

German
Hund: der Hund und die Katze / der Hund ist nicht hier
Auto: das Auto und die Straße / das Auto ist nicht hier
Blume: die Blume und der Garten / die Blume ist nicht hier

French
fleur: une fleur dans le jardin / la fleur et des feuilles
pont: le pont sur la rivière / un pont de pierre
chat: un chat sur le canapé / les chats et le lait

Russian
кошка: кошка спит на диване / две кошки у окна
автомобиль: красный автомобиль / автомобили на улице
море: море на закате / корабль в море

Hungarian, which has no list
kutya: a kutya és az ember / egy kutya a házban
autó: az autó és az út / egy autó a városban
virág: a virág és a kert / egy virág a réten

short English
AI: AI and ML / AI chips
UK: UK map / UK flag
TV: TV set / a TV show
"""
"""A language a paragraph; in each, a cluster a line: the word that all say, and what is said."""


def read_groups(lines: Sequence[str]) -> dict[str, list[str]]:
    cut = [line.partition(": ") for line in lines]
    return {word: said.split(" / ") for word, _, said in cut}


LANGUAGES = {
    language: read_groups(lines)
    for language, *lines in (paragraph.strip().splitlines() for paragraph in SAID_IN.split("\n\n"))
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_word_that_all_members_say_is_the_name(language):
    assert names_of([*LANGUAGES[language].values()]) == [*LANGUAGES[language]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_are_the_same_composed_and_decomposed(language):
    groups = [*LANGUAGES[language].values()]
    assert names_of([[unicodedata.normalize("NFD", text) for text in group] for group in groups]) == names_of(groups)


def test_numbers_that_tell_clusters_apart_stay():
    groups = [[f"note {i} on topic {topic}" for i in range(6)] for topic in (31, 32, 33)]
    assert names_of(groups, times=1) == ["topic 31", "topic 32", "topic 33"]


def test_file_names_name_where_captions_are_blank_or_numbers():
    for caption in ("  ", "12", None):
        items = files(*(f"{word}_{i:03}.jpg" for word in ("cat", "dog") for i in range(5)), caption=caption)
        assert [name.name for name in named(items, [0] * 5 + [1] * 5)] == ["cat", "dog"]


def wordless(count: int) -> list[Item]:
    return files(*(f"IMG_{i:04}.png" for i in range(count)))


def test_a_cluster_without_words_is_perhaps_what_the_nearest_phrase_says(tmp_path, monkeypatch):
    vocabulary = tmp_path / "vocabulary.txt"
    vocabulary.write_text("bird\nboat\nbread\n", "utf-8")
    monkeypatch.setattr("nova_explore.words.VOCABULARY", vocabulary)
    vectors = np.repeat(np.eye(3, dtype=np.float32)[:2], 4, axis=0)
    names = name_clusters(
        wordless(8), vectors, clustering([0] * 4 + [1] * 4), embed_phrases=lambda texts: np.eye(3, dtype=np.float32)
    )
    assert [name.name for name in names.values()] == ["perhaps: bird", "perhaps: boat"]
    assert {(name.source, name.score) for name in names.values()} == {("phrase", None)}


def test_where_words_reach_no_phrase_is_embedded():
    def embed(phrases):
        raise AssertionError("the words were enough")

    assert names_of([["owl nest"] * 4, ["boat mast"] * 4], embed_phrases=embed) == ["owl nest", "boat mast"]


def test_without_words_and_phrases_a_cluster_is_called_after_its_medoid():
    vectors = np.array([[1, 0], [0.8, 0.6], [0.6, 0.8]], np.float32)
    names = name_clusters(wordless(3), vectors, clustering([0, 0, 0]))
    assert names[0].source == "medoid"
    assert names[0].medoids[0] == wordless(3)[1].id
    assert names[0].name == "like IMG_0001.png"
    assert names[0].with_share == names[0].name


def test_a_persons_words_come_before_others():
    groups = [["a raptor, an owl at night"] * 4, ["a boat at sea"] * 4]
    assert names_of(groups, own_words=OwnWords.of(["raptor", "boat at sea"])) == ["raptor", "boat at sea"]
    assert names_of(groups, own_words=OwnWords.of(["zebra"])) == names_of(groups)


def test_a_persons_phrases_are_what_is_guessed_from():
    asked: list[str] = []

    def embed(phrases):
        asked.extend(phrases)
        return np.eye(3, dtype=np.float32)[: len(phrases)]

    names = named(wordless(8), [0] * 4 + [1] * 4, embed_phrases=embed, own_words=OwnWords.of(["ours", "theirs"]))
    assert asked == ["ours", "theirs"]
    assert [name.name for name in names] == ["perhaps: ours", "perhaps: theirs"]


def test_a_persons_stop_words_are_in_no_name():
    names = named(worded(["stock owl"] * 4 + ["boat"] * 4), [0] * 4 + [1] * 4, own_words=OwnWords.of((), ["Stock"]))
    assert names[0].name == "owl"


@pytest.mark.parametrize("called", ["vocabulary", "stop_words"])
def test_one_string_is_no_list_of_words(called):
    with pytest.raises(ValueError, match=f"{called}="):
        OwnWords.of(**{called: "owl"})


def test_no_two_clusters_share_a_name():
    names = named(worded(["owl nest tree"] * 12), [0] * 4 + [1] * 4 + [2] * 4)
    assert len({name.name for name in names}) == 3


def test_a_name_that_is_taken_takes_a_word_more():
    said = ["owl hoots"] * 5 + ["owl flies"] * 5 + ["boat"] * 20
    names = named(worded(said), [0] * 5 + [1] * 5 + [2] * 20, own_words=OwnWords.of(["owl"]))
    assert names[0].name == "owl"
    assert names[1].name == "owl, flies"


def test_a_name_that_stays_is_given_to_no_other_cluster():
    items, labels = worded(["owl nest"] * 4 + ["boat mast"] * 4), [0] * 4 + [1] * 4
    fresh = named(items, labels)
    kept = ClusterName(7, fresh[0].name, "person", (), (), 99)
    names = named(items, labels, kept={1: kept})
    assert (names[1].name, names[1].source, names[1].cluster, names[1].size) == (kept.name, "person", 1, 4)
    assert names[1].keywords == fresh[1].keywords
    assert names[0].name != kept.name


def test_a_name_that_stays_is_measured_again():
    items = worded(["owl"] * 4 + ["moon"] * 4 + ["boat"] * 8)
    kept = ClusterName(0, "owl", "keywords", (), (), 4, 1.0)
    assert named(items, [0] * 8 + [1] * 8, kept={0: kept})[0].score == pytest.approx(0.5)
    mine = replace(kept, name="my birds", source="person")
    assert named(items, [0] * 8 + [1] * 8, kept={0: mine})[0].score is None


def test_every_name_has_two_alternates_with_their_evidence():
    owl, _ = named(worded(["owl nest, moon"] * 6 + ["boat"] * 6), [0] * 6 + [1] * 6)
    assert len(owl.alternates) == 2
    assert owl.alternates[0].name == "moon"
    assert owl.alternates[0].score == 1.0
    assert owl.name not in {other.name for other in owl.alternates}


def test_a_record_of_a_name_is_read_back_and_so_is_one_of_an_earlier_version():
    owl, _ = named(worded(["owl nest"] * 6 + ["boat"] * 6), [0] * 6 + [1] * 6)
    record = json.loads(json.dumps(asdict(owl)))
    assert ClusterName.from_record(record) == owl
    earlier = {name: record[name] for name in ("cluster", "name", "source", "keywords", "medoids", "size")}
    assert ClusterName.from_record(earlier) == replace(owl, score=None, outside=None, alternates=())


def test_no_clusters_give_no_names():
    assert name_clusters(worded(["owl nest"] * 3), np.ones((3, 2), np.float32), clustering([-1] * 3)) == {}


WORDS = st.sampled_from(
    ["owl", "boat", "bread", "Mond", "猫", "汽车", "बिल्ली", "รถยนต์", "고양이", "القطة", "mèo", "", "7"]
)


@pytest.mark.slow
@settings(deadline=None)
@given(st.lists(st.lists(WORDS, max_size=4), min_size=4, max_size=24), st.randoms(use_true_random=False))
def test_a_name_is_true_of_the_share_it_tells_or_says_that_it_is_not(said, random):
    items = worded([" ".join(words) for words in said])
    labels = [0, 0, 1, 1, *(random.randrange(-1, 2) for _ in said[4:])]
    vectors = np.eye(4, dtype=np.float32)[labels]
    first = name_clusters(items, vectors, clustering(labels))
    assert first == name_clusters(items, vectors, clustering(labels))
    for c, name in first.items():
        assert (name.score is None) == (name.source == "medoid")
        if name.score is None:
            continue
        assert 0 < name.score <= 1
        members = [set(words) for words, label in zip(said, labels, strict=True) if label == c]
        parts = [part.split(" (")[0] for part in name.name.removeprefix("mixed: ").split(", ")]
        shares = dict(name.keywords)
        assert all(shares[part] >= LEAST_SHARE for part in parts if part in shares)
        if not name.name.startswith("mixed: "):
            assert name.score >= TRUE
        simple = [part for part in parts if " " not in part and part.isascii()]
        if len(simple) == len(parts):
            true_of = sum(bool({word.lower() for word in words} & {p.lower() for p in parts}) for words in members)
            assert name.score == pytest.approx(true_of / len(members))
