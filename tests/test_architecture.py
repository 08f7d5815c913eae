"""The rooms of the code: imports go down only, modules are short and documented, importing costs nothing."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "nova_explore"

ORDER = (
    "errors",
    "collection",
    "media",
    "files",
    "tables",
    "sources",
    "models",
    "lance",
    "item_rows",
    "vector_file",
    "vector_index",
    "store",
    "thumbnails",
    "previews",
    "cuts",
    "run",
    "reading",
    "embedding",
    "embedded",
    "jobs",
    "imported",
    "canaries",
    "fingerprint",
    "cores",
    "nn_descent",
    "best",
    "neighbors",
    "outliers",
    "modality_gap",
    "forces",
    "layout",
    "trust",
    "linkage",
    "cluster",
    "duplicates",
    "matching",
    "stability",
    "layers",
    "out_of_sample",
    "label",
    "columns",
    "search",
    "selection",
    "finder",
    "searchable",
    "artefacts",
    "provenance",
    "adding",
    "exploration",
    "stored_maps",
    "quality",
    "chain",
    "palette",
    "placement",
    "picture",
    "figures",
    "quality_figures",
    "review",
    "widgets",
    "report",
    "scale",
    "demo_fetch",
    "datasets",
    "notebook",
    "doctor",
    "cli",
    "__main__",
)
"""Rooms in the order in which the data passes; a room imports itself and those before it."""

LONGEST_MODULE = 400
BANNED = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc", "tools"}
HEAVY = {
    *("IPython", "PIL", "anywidget", "av", "boto3", "botocore", "hdbscan", "ipywidgets", "jinja2", "jscatter"),
    *("jupyterlab", "lance", "lancedb", "matplotlib", "nbclient", "nbformat", "numba", "numpy", "onnxruntime"),
    *("pandas", "plotly", "pyarrow", "pypdfium2", "rapidocr", "resvg_py", "rich", "scipy", "sklearn", "soundfile"),
    *("torch", "tqdm", "typer", "umap"),
}

MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "weights" not in path.parts)
SOURCES = sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE.parent).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def rooms_imported(path: Path) -> set[str]:
    """Rooms of this package that a module imports, anywhere in it, imports for type checkers included."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "nova_explore":
            parts = node.module.split(".")
            found |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {a.name.split(".")[1] for a in node.names if a.name.startswith("nova_explore.")}
    return found & set(ORDER)


def test_every_room_is_in_the_order():
    rooms = {room_of(path) for path in MODULES} - {"__init__"}
    assert rooms <= set(ORDER), f"name the place of {sorted(rooms - set(ORDER))} in ORDER"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_only_go_down(path):
    if path == PACKAGE / "__init__.py":
        return
    here = ORDER.index(room_of(path))
    higher = {room for room in rooms_imported(path) if ORDER.index(room) > here}
    assert not higher, f"{name_of(path)} imports {sorted(higher)}, which come later in the flow of the data"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_modules_stay_short(path):
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST_MODULE, f"{name_of(path)} has {lines} lines: split it where it says two things"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_module_is_a_drawer(path):
    assert not BANNED & set(path.relative_to(PACKAGE).with_suffix("").parts)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_public_names_are_documented(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), f"{name_of(path)} does not say what it is for"
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    bare = [
        node.name
        for node in tree.body
        if isinstance(node, kinds) and not node.name.startswith("_") and not ast.get_docstring(node)
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
    calls = [node.func for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    names = {call.id for call in calls if isinstance(call, ast.Name)}
    assert not names & {"print", "exit", "quit", "breakpoint"}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_library_code_asserts_nothing(path):
    found = [n.lineno for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Assert)]
    assert not found, f"{name_of(path)} asserts in lines {found}: raise an error that says got, needed, do this"


def loaded_after(statement: str) -> set[str]:
    code = f"import sys\n{statement}\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


def test_importing_the_package_imports_nothing_heavy():
    assert not loaded_after("import nova_explore") & HEAVY


def test_naming_what_there_is_imports_nothing_heavy():
    assert not loaded_after("import nova_explore; dir(nova_explore)") & HEAVY


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
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    words |= {
        (node.module or "").partition(".")[0]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
    }
    assert "torch" not in words
