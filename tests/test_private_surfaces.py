"""Canaries: what we use of other packages beyond what they promise is still there, or a sentence says what broke.

Each package is capped below its next minor version in pyproject.toml. To raise a cap: install the new version, run this
file, mend what it names, then raise the number.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib.metadata import version

import pytest
from fakes import ROOT
from packaging.requirements import Requirement

CAPPED = ("lancedb",)


def run(code: str) -> str:
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-2000:]
    return ran.stdout.strip()


@pytest.mark.parametrize("package", CAPPED)
def test_a_package_whose_private_matters_are_used_is_capped_below_its_next_minor_version(package):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    [found] = [one for one in map(Requirement, project["dependencies"]) if one.name == package]
    major, minor = map(int, version(package).split(".")[:2])
    assert found.specifier.contains(version(package))
    assert not found.specifier.contains(f"{major}.{minor + 1}.0"), f"{package} needs an upper bound in pyproject.toml"


@pytest.mark.slow
def test_lancedb_still_imports_with_a_client_left_out_that_is_loaded_when_it_is_asked_for():
    """`library.lance` puts a stand-in where lancedb looks for `UNUSED`, which saves a third of its import."""
    loaded = run(
        "import sys\n"
        "from nova_explore.library import lance\n"
        "lance._lancedb()\n"
        "print(type(sys.modules[lance.UNUSED]).__name__, len([m for m in sys.modules if m.startswith(lance.UNUSED)]))"
    )
    kind, _ = loaded.split()
    assert kind == "_LoadedWhenAsked", (
        "lancedb now loads its catalogue client at import, so the stand-in of library/lance.py saves nothing: "
        "take it out, or find what it loads now."
    )


@pytest.mark.slow
def test_the_client_that_was_left_out_of_lancedb_is_whole_once_something_of_it_is_asked_for():
    assert (
        run(
            "import sys\n"
            "from nova_explore.library import lance\n"
            "lance._lancedb()\n"
            "print(sys.modules[lance.UNUSED].ApiClient.__name__)"
        )
        == "ApiClient"
    ), "the stand-in of library/lance.py no longer gives way to lancedb's catalogue client"


def test_an_index_of_lancedb_still_gives_places_and_distances(tmp_path):
    """`Rows.nearest` asks for the column ``_distance``, which no interface promises."""
    import numpy as np
    import pyarrow as pa

    from nova_explore.library.lance import Tables

    tables, vectors = Tables(tmp_path), np.random.default_rng(0).normal(size=(300, 16)).astype(np.float32)
    flat = pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), 16)
    tables.append("v", pa.table({"place": pa.array(range(300), pa.int32()), "vector": flat}))
    tables.index_vectors("v", partitions=4)
    rows = tables.rows("v")
    assert rows is not None
    found = rows.nearest(vectors[7], count=20, probes=4)
    assert 7 in found, "lancedb's IvfRq or its search by inner product changed: see library/lance.py"
