"""The rooms of the code: imports go down only, modules are short and documented, importing costs nothing."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from fakes import ROOT

PACKAGE = ROOT / "nova_explore"

ORDER: dict[str, tuple[str, ...]] = {
    "errors": (),
    "cache_folder": (),
    "tables": (),
    "collection": (),
    "space": (),
    "words": (),
    "parameters": (),
    "color_sight": (),
    "palette": (),
    "front_end": (),
    "media": ("content", "encoding", "formats", "budget", "decoder_process", "drawing", "colour", "svg", "png",
              "remote", "access", "raw", "heif", "office", "speech", "image", "completeness", "container", "length",
              "form_fields", "pdf", "document", "audio", "identify", "hdr", "video", "text", "exif", "xmp",
              "subtitles", "tags", "embedded_metadata", "place", "perturb"),
    "sources": ("fetch", "scalars", "side_files", "clutter", "files", "cells", "tables", "remote_sources", "read",
                "published", "benchmark_files", "benchmarks", "datasets"),
    "models": ("cost", "model", "own", "weights", "local.text", "local.picture", "local.sound", "local.model",
               "nova.families", "nova.faults", "nova.request", "nova.spec", "nova.asking", "nova.client",
               "nova.prepare", "nova.s3", "nova.pace", "nova.quotas", "nova.coalescing", "nova.paid_vectors",
               "nova.calls", "nova.intake", "nova.pauses", "nova.schedule", "nova.stream", "nova.job",
               "nova.async_jobs", "nova.batch_jobs", "nova.model",
               "nova.prefix", "nova.confirm", "nova.confirm_jobs", "nova.preflight",
               "registry", "nova.options", "queries", "as_mteb", "clip"),
    "library": ("stamps", "marker", "lance", "addresses", "identity", "item_rows", "vector_file", "vector_index",
                "map_tables", "job_rows", "label_rows", "proposal_rows", "judgement_rows", "note_rows", "query_rows",
                "store", "previews", "aligned"),
    "embedding": ("disk", "landing", "payer", "receipt", "thumbnails", "transcripts", "cuts", "job_table", "run",
                  "embed", "own_vectors", "jobs.ledger", "jobs.segments",
                  "jobs.records", "jobs.plan", "jobs.by_jobs"),
    "map": ("cores", "compiled", "top_kernel", "top_scores", "nn_descent", "neighbors", "modality_gap", "fuzzy_graph",
            "forces", "layout",
            "basis", "outliers", "trust", "neighborhood", "out_of_sample"),
    "clusters": ("linkage", "excess_of_mass", "cluster", "inside", "matching", "stability", "layers", "duplicates",
                 "scripts", "tokens", "terms", "names"),
    "similarity": ("words_index", "no_match", "ranking", "words_alone", "sides", "background", "finder",
                   "picture_prints", "prints", "copies", "pair", "slice_matrix", "colours", "two_shares", "contrast",
                   "surrogate", "overlay", "explanation", "weighed"),
    "labels": ("decision", "state", "attach", "tree_split", "labelled_map", "pieces", "concept", "log", "targets",
               "tables", "language_model", "proposals", "labels"),
    "exploration": ("selection", "drawn_map", "columns", "provenance", "adding", "variants", "bundle", "coloring",
                    "changes", "chain", "stored_maps"),
    "reviews": ("clusters", "canaries", "fingerprint", "finding", "chance", "measures", "input_files", "asking",
                "judgements", "attributes", "order", "judged", "consistency", "error_kinds", "retrieval", "comparison",
                "advice", "rankers", "judging", "pair_quality", "pixels", "word_association", "gallery", "perturbed",
                "composition", "counterfactual", "top_groups", "cluster_groups", "recall_gap", "shown_items",
                "occupations", "pack"),
    "report": ("xml_text", "label_placement", "fonts", "still_map", "map_svg", "quality_figures", "refusals",
               "private_paths", "review_section", "review_json", "decisions", "bar_chart", "cluster_rows", "page_media",
               "explanation_section", "page_data", "page", "table_files", "xmp_files", "media_folder", "exports"),
    "widgets": ("work", "cells", "board", "drawing", "still", "search_sections",
                "wishes", "lighting", "following", "colors", "motion",
                "boards.items", "boards.examples",
                "state", "acts", "decisions", "naming", "cluster_card", "view",
                "boards.about",
                "boards.item",
                "boards.clusters",
                "boards.concept",
                "boards.columns",
                "boards.handover",
                "boards.judging",
                "boards.fairness",
                "boards.pair",
                "boards.matrix",
                "boards.changes", "boards.copies", "messages", "app", "two_maps", "live"),
    "cli": ("jupyter", "doctor", "spending", "missing", "forgetting", "exporting", "reviewing", "benchmarking",
            "serving", "commands"),
}  # fmt: skip
"""Rooms in the order in which the data passes, and in each its files in that order; a file imports those before it."""

MOST_ROOMS = 26
LEAST_MIRRORED = 0.9
"""Share of modules that have a test file of their own name, in the folder of the same name."""
LONGEST_MODULE = 400
BANNED = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc", "tools"}
HEAVY = {
    *("IPython", "PIL", "anywidget", "av", "boto3", "botocore", "hdbscan", "ipywidgets", "jinja2", "jscatter"),
    *("jupyterlab", "lance", "lancedb", "matplotlib", "nbclient", "nbformat", "numba", "numpy", "onnxruntime"),
    *("pandas", "plotly", "pyarrow", "pypdfium2", "rapidocr", "resvg_py", "rich", "scipy", "sklearn", "soundfile"),
    *("torch", "tqdm", "typer", "umap"),
}

SOURCES = sorted(PACKAGE.rglob("*.py"))
MODULES = [path for path in SOURCES if path.parent.name != "weights"]


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE.parent).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


FLOORS = {
    f"nova_explore.{room}{'.' if file else ''}{file}": (floor, step)
    for floor, (room, files) in enumerate(ORDER.items())
    for step, file in enumerate(files or ("",))
}
"""Where each module stands: the place of its room, and its own place in the room."""


def imports_of(path: Path) -> set[str]:
    """Modules of this package that a module imports, anywhere in it, imports for type checkers included."""
    known = {name_of(path) for path in SOURCES}
    found: set[str] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "nova_explore":
            whole = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in known else str(node.module) for name in whole}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.startswith("nova_explore.")}
    return found


def test_every_file_has_its_place_in_the_order_and_every_place_its_file():
    files = {name_of(path) for path in MODULES if path.name not in ("__init__.py", "__main__.py")}
    assert files == {name for name in FLOORS if not name.endswith(".weights")}


def test_the_listing_stays_short():
    assert len({room_of(path) for path in SOURCES}) <= MOST_ROOMS


@pytest.mark.slow
@pytest.mark.parametrize("path", [path for path in MODULES if name_of(path) in FLOORS], ids=name_of)
def test_imports_only_go_down(path):
    here = FLOORS[name_of(path)]
    higher = set()
    for name in imports_of(path) - {name_of(path)}:
        # A room imported as a whole stands at its last file.
        inside = [floor for module, floor in FLOORS.items() if module == name or module.startswith(f"{name}.")]
        if inside and max(inside) >= here:
            higher.add(name)
    assert not higher, f"{name_of(path)} imports {sorted(higher)}, which come later in the flow of the data"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_private_name_is_imported_from_another_module(path):
    private = [
        f"{node.module}.{alias.name}"
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "nova_explore"
        for alias in node.names
        if alias.name.startswith("_") and not alias.name.startswith("__")
    ]
    assert not private, f"{name_of(path)} imports {private}: make the name public, or keep it in its module"


@pytest.mark.slow
def test_no_class_is_cut_in_two_by_its_length():
    """A class of which the package has one subclass is one class in two files, but where others may subclass it."""
    classes = [node for path in MODULES for node in ast.walk(tree_of(path)) if isinstance(node, ast.ClassDef)]
    names = {node.name for node in classes}
    children: dict[str, list[str]] = {}
    for node in classes:
        for base in node.bases:
            name = base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "")
            if name in names and not name.endswith(("Error", "Warning", "Model")):
                children.setdefault(name, []).append(node.name)
    assert {name: found for name, found in children.items() if len(found) == 1} == {"App": ["LiveApp"]}


def test_modules_have_a_test_file_of_their_own_name():
    modules = [path for path in MODULES if path.name not in ("__init__.py", "__main__.py")]
    mirrored = [
        path
        for path in modules
        if (ROOT / "tests" / path.relative_to(PACKAGE).parent / f"test_{path.stem}.py").is_file()
    ]
    without = sorted(name_of(path) for path in set(modules) - set(mirrored))
    assert len(mirrored) >= LEAST_MIRRORED * len(modules), f"without a test file of their name: {', '.join(without)}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_modules_stay_short(path):
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST_MODULE, f"{name_of(path)} has {lines} lines: split it where it says two things"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_module_is_a_drawer(path):
    assert not BANNED & set(path.relative_to(PACKAGE).with_suffix("").parts)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_public_names_are_documented(path):
    tree = tree_of(path)
    assert ast.get_docstring(tree), f"{name_of(path)} does not say what it is for"
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    bare = [
        node.name
        for node in tree.body
        if isinstance(node, kinds) and not node.name.startswith("_") and not ast.get_docstring(node)
        if not any(isinstance(mark, ast.Name) and mark.id == "overload" for mark in node.decorator_list)
    ]
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            bare += [
                f"{node.name}.{method.name}"
                for method in node.body
                if isinstance(method, ast.FunctionDef)
                and not method.name.startswith("_")
                and not ast.get_docstring(method)
                and not is_inherited(node, method)
            ]
    assert not bare, f"{name_of(path)}: no docstring on {', '.join(bare)}"


def is_inherited(owner: ast.ClassDef, method: ast.FunctionDef) -> bool:
    """Whether a method's contract is told elsewhere: by the protocol of models, or by the property it sets."""
    setter = any(isinstance(d, ast.Attribute) and d.attr in ("setter", "validator") for d in method.decorator_list)
    return setter or method.name == "embed_batch"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_the_command_line_prints_or_exits(path):
    if room_of(path) in ("cli", "__main__"):
        return
    calls = [node.func for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call)]
    names = {call.id for call in calls if isinstance(call, ast.Name)}
    assert not names & {"print", "exit", "quit", "breakpoint"}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_library_code_asserts_nothing(path):
    found = [n.lineno for n in ast.walk(tree_of(path)) if isinstance(n, ast.Assert)]
    assert not found, f"{name_of(path)} asserts in lines {found}: raise an error that says got, needed, do this"


def loaded_after(statement: str) -> set[str]:
    code = f"import sys\n{statement}\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


def test_importing_the_package_imports_nothing_heavy():
    assert not loaded_after("import nova_explore") & HEAVY


def test_naming_what_there_is_imports_nothing_heavy():
    assert not loaded_after("import nova_explore; dir(nova_explore)") & HEAVY


@pytest.mark.slow
def test_everything_below_the_widgets_runs_without_them():
    below = [name_of(path) for path in MODULES if "__init__" not in path.name and "widgets" not in path.parts]
    code = "\n".join(f"import {name}" for name in below if not name.endswith("__main__"))
    assert not loaded_after(code) & {"ipywidgets", "anywidget", "jscatter", "torch"}


def test_every_promised_name_is_there():
    import nova_explore

    for name in nova_explore.__all__:
        assert getattr(nova_explore, name).__doc__, f"nova_explore.{name} has no docstring"


def test_no_public_function_has_the_name_of_a_room():
    """Importing a room sets it as an attribute of the package, in the place of a function of the same name."""
    import nova_explore

    assert not {room_of(path) for path in MODULES} & (set(nova_explore.__all__) - {"datasets"})


def test_an_unknown_name_is_an_attribute_error():
    import nova_explore

    with pytest.raises(AttributeError, match="embedd"):
        _ = nova_explore.embedd


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_torch_is_imported_by_the_conversion_script_alone(path):
    if "weights" in path.parts:
        return
    words = {
        alias.name.partition(".")[0]
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    words |= {
        (node.module or "").partition(".")[0] for node in ast.walk(tree_of(path)) if isinstance(node, ast.ImportFrom)
    }
    assert "torch" not in words
