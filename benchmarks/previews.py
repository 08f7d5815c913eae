# ruff: noqa: E402
"""Open the preview of every item of a folder in Chromium, and name those that it cannot show.

    python benchmarks/previews.py FOLDER

A picture must decode, a sound must have a length, a film must show a frame, a text must have words. Tables in the
folder are read by themselves.
"""

from __future__ import annotations

import base64
import collections
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from fakes.chromium import started_chromium

from nova_explore import media
from nova_explore.collection import Item
from nova_explore.errors import NovaExploreError
from nova_explore.sources.files import TABLE_SUFFIXES
from nova_explore.sources.read import read

OPENS = """async ([mime, data]) => {
  const bytes = Uint8Array.from(atob(data), letter => letter.charCodeAt(0));
  const kind = mime.split("/")[0];
  if (kind === "text") return new TextDecoder("utf-8", {fatal: true}).decode(bytes).trim() ? "" : "no words";
  const url = URL.createObjectURL(new Blob([bytes], {type: mime}));
  try {
    if (kind === "image") {
      const image = new Image();
      image.src = url;
      await image.decode();
      return image.naturalWidth ? "" : "no pixels";
    }
    const player = document.createElement(kind);
    player.muted = true;
    player.src = url;
    await new Promise((done, fail) => {
      player.onloadeddata = done;
      player.onerror = () => fail(new Error(player.error.message || "cannot be played"));
      setTimeout(() => fail(new Error("nothing came in 10 s")), 10000);
    });
    if (!(player.duration > 0)) return "no length";
    return kind === "video" && !player.videoWidth ? "no pictures" : "";
  } catch (error) {
    return String(error.message || error);
  } finally {
    URL.revokeObjectURL(url);
  }
}"""
"""Shows one preview; an empty string where it opens, else what is wrong."""


def items_of(folder: Path) -> Iterator[Item]:
    """Everything that is read from a folder, and from the tables in it."""
    yield from read(folder, progress=False)
    for table in sorted(path for path in folder.rglob("*") if path.suffix.lower() in TABLE_SUFFIXES):
        try:
            yield from read(table, progress=False)
        except NovaExploreError as error:
            print(f"   {table.name}: {error}")


def main() -> None:
    warnings.simplefilter("ignore")
    shown: collections.Counter[str] = collections.Counter()
    failed = 0
    with started_chromium() as chromium:
        page = chromium.new_page()
        for item in items_of(Path(sys.argv[1])):
            try:
                preview = media.playable(item)
                wrong = page.evaluate(OPENS, [preview.mime, base64.b64encode(preview.data).decode()])
            except NovaExploreError as error:
                wrong, preview = str(error), None
            shown[preview.mime if preview else "none"] += 1
            if wrong:
                failed += 1
                print(
                    f"   {item.name} ({item.format}, {preview.mime if preview else 'no preview'}): {wrong}", flush=True
                )
    counts = ", ".join(f"{count} {mime}" for mime, count in shown.most_common())
    print(f"{shown.total()} previews ({counts}): {failed} do not open")


if __name__ == "__main__":
    main()
