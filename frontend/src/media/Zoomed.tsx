// A picture that can be looked into: the wheel, + and − and a double click make it larger; it scrolls.

import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { QUIET } from "../words/button";

const [LEAST, MOST, STEP] = [1, 8, 1.4];

interface Props {
  url: string;
  title: string;
  id: string;
  failed: () => void;
}

export function Zoomed({ url, title, id, failed }: Props) {
  const zoom = useSignal(1);
  const box = useRef<HTMLDivElement>(null);
  // What is under the pointer stays there.
  const change = (by: number, x?: number, y?: number) => {
    const el = box.current!;
    const next = Math.min(Math.max(zoom.value * by, LEAST), MOST);
    const factor = next / zoom.value;
    const area = el.getBoundingClientRect();
    const [px, py] = [(x ?? area.x + area.width / 2) - area.x, (y ?? area.y + area.height / 2) - area.y];
    const [left, top] = [(el.scrollLeft + px) * factor - px, (el.scrollTop + py) * factor - py];
    zoom.value = next;
    requestAnimationFrame(() => el.scrollTo(left, top));
  };
  const key = (event: KeyboardEvent) => {
    const by = { "+": STEP, "=": STEP, "-": 1 / STEP, "0": 1 / MOST }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    change(by);
  };
  return (
    <div
      class="nx-zoomed"
      ref={box}
      tabIndex={0}
      role="group"
      aria-label={`${title}: plus and minus zoom`}
      data-zoom={zoom.value.toFixed(2)}
      onKeyDown={key}
      onWheel={(e) => {
        e.preventDefault();
        change(Math.exp(-e.deltaY / 400), e.clientX, e.clientY);
      }}
      onDblClick={(e) => change(zoom.value > 1 ? 1 / MOST : 2.5, e.clientX, e.clientY)}
      {...QUIET}
    >
      <img
        src={url}
        alt={title}
        data-id={id}
        onError={failed}
        style={{ width: `${100 * zoom.value}%`, height: `${100 * zoom.value}%` }}
        draggable={false}
      />
    </div>
  );
}
