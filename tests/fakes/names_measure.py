"""Measures in the page how names stand on a map: whether they overlap, and how far each is from its cluster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

LOOK = """(root) => {
  const map = root.querySelector(".nx-stage").map, overlay = root.querySelector(".nx-overlay").overlay;
  const { codes } = map.store.facts;
  const bytes = new Uint8Array(codes.value.buffer ?? codes.value, codes.value.byteOffset ?? 0, codes.value.byteLength);
  const all = bytes.length === map.n ? bytes : new Uint16Array(bytes.slice().buffer);
  window.owners ??= new Map();
  if (window.ownersOf !== codes.value) {
    window.ownersOf = codes.value;
    window.owners.clear();
    all.forEach((code, i) => {
      if (!window.owners.has(code)) window.owners.set(code, []);
      window.owners.get(code).push(i);
    });
  }
  window.lookAtNames ??= (map, overlay) => {
    const names = overlay.boxes;
    let far = 0, farthest = "", overlaps = 0;
    for (const { text, level, cluster, members, box } of names) {
      const own = level === "cluster" ? window.owners.get(cluster) ?? members : members;
      let least = Infinity;
      for (const item of own) {
        const [x, y] = map.spot(item);
        const dx = Math.max(box.left - x, 0, x - box.right), dy = Math.max(box.top - y, 0, y - box.bottom);
        least = Math.min(least, Math.hypot(dx, dy));
        if (least === 0) break;
      }
      if (least > far) [far, farthest] = [least, text];
    }
    for (let i = 0; i < names.length; i += 1)
      for (let j = 0; j < i; j += 1) {
        const [a, b] = [names[i].box, names[j].box];
        if (a.left < b.right && a.right > b.left && a.top < b.bottom && a.bottom > b.top) overlaps += 1;
      }
    return { names: names.length, far, farthest, overlaps };
  };
  return window.lookAtNames(map, overlay);
}"""

WATCH = """(root) => {
  const map = root.querySelector(".nx-stage").map, overlay = root.querySelector(".nx-overlay").overlay;
  window.framesOfNames = [];
  const stop = map.onDraw(() => {
    // After everything that is drawn with this picture.
    queueMicrotask(() => window.framesOfNames.push({ ...window.lookAtNames(map, overlay), moves: map.moves }));
  });
  window.stopWatching = stop;
}"""


@dataclass(frozen=True, slots=True)
class Names:
    """How the names of a map stand.

    Attributes
    ----------
    names : int
        How many are shown.
    far : float
        Pixels from the box of a name to the nearest item of its cluster, of the name for which this is largest.
    farthest : str
        That name.
    overlaps : int
        Pairs of names whose boxes overlap.
    """

    names: int
    far: float
    farthest: str
    overlaps: int


def look_at_names(root: Any) -> Names:
    """Measure the names as they stand now in an app's page."""
    return Names(**root.evaluate(LOOK))


def watch_names(root: Any) -> None:
    """Measure the names in every picture that is drawn from now on."""
    root.evaluate(LOOK)
    root.evaluate(WATCH)


def watched_names(root: Any) -> list[Names]:
    """The names in every picture since `watch_names`, those where the items stand still left out."""
    frames = root.evaluate("() => { window.stopWatching(); return window.framesOfNames; }")
    return [
        Names(**{name: one[name] for name in ("names", "far", "farthest", "overlaps")})
        for one in frames
        if one["moves"]
    ]
