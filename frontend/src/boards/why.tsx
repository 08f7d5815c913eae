// An item with what carries its likeness laid over it: heat, highlighted words, shaded seconds, a strip of frames.

import "./why.css";
import { useEffect, useRef, useState } from "preact/hooks";
import { Waveform } from "../media/Waveform";
import { useApp } from "../state/context";
import type { Item } from "../state/facts";
import { QUIET } from "../words/button";

type Box = [left: number, top: number, right: number, bottom: number, weight: number];
type Window = [start: number, end: number, weight: number];

export interface Weighed {
  id: string;
  carried: boolean;
  reliable: boolean;
  doubts: string;
  sentence: string;
  numbers: string;
  boxes: Box[];
  seconds: Window[];
  words: [string, number][];
  frames: number;
}

export function WhySide({ item, why, frames }: { item: Item; why: Weighed; frames: DataView[] }) {
  if (item.modality === "text") return <Words words={why.words} />;
  if (item.modality === "audio") return <Sound item={item} seconds={why.seconds} />;
  if (item.modality === "video") return <Strip why={why} frames={frames} />;
  return <Picture item={item} boxes={why.boxes} />;
}

// How strongly a weight from -1 to 1 is shown: what carries the likeness in the accent, what speaks against it in grey.
export function shade(weight: number): string {
  const share = Math.round(Math.min(Math.abs(weight), 1) ** 1.3 * 62);
  const color = weight >= 0 ? "var(--nx-heat)" : "var(--nx-cold)";
  return share < 3 ? "transparent" : `color-mix(in srgb, ${color} ${share}%, transparent)`;
}

function Words({ words }: { words: [string, number][] }) {
  return (
    <div class="nx-text nx-weighed" tabIndex={0} dir="auto" {...QUIET}>
      {words.map(([piece, weight], i) =>
        weight ? (
          <mark key={i} style={{ background: shade(weight) }} title={weight.toFixed(2)}>
            {piece}
          </mark>
        ) : (
          <span key={i}>{piece}</span>
        ),
      )}
    </div>
  );
}

function useMedium(id: string): string | null {
  const { kernel } = useApp();
  const [loaded, setLoaded] = useState<{ id: string; url: string } | null>(null);
  useEffect(() => {
    let url = "";
    let stale = false;
    kernel.ask("media", { id }).then(
      ({ mime, buffers }) => {
        if (stale) return;
        url = URL.createObjectURL(new Blob([buffers[0] as BlobPart], { type: mime }));
        setLoaded({ id, url });
      },
      () => undefined,
    );
    return () => {
      stale = true;
      if (url) URL.revokeObjectURL(url);
    };
  }, [id, kernel]);
  return loaded?.id === id ? loaded.url : null;
}

function Picture({ item, boxes }: { item: Item; boxes: Box[] }) {
  const url = useMedium(item.id!);
  if (!url) return <span class="nx-wait">loading …</span>;
  return (
    <div class="nx-heat-box">
      <span class="nx-heat">
        <img src={url} alt={item.title ?? ""} data-id={item.id} />
        <Heat boxes={boxes} />
      </span>
    </div>
  );
}

function Heat({ boxes }: { boxes: Box[] }) {
  return (
    <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
      {boxes.map(([left, top, right, bottom, weight]) => (
        <rect
          key={`${left} ${top} ${right}`}
          x={left * 100}
          y={top * 100}
          width={(right - left) * 100}
          height={(bottom - top) * 100}
          style={{ fill: shade(weight) }}
          data-weight={weight}
        >
          <title>{weight.toFixed(2)}</title>
        </rect>
      ))}
    </svg>
  );
}

function Sound({ item, seconds }: { item: Item; seconds: Window[] }) {
  const url = useMedium(item.id!);
  const player = useRef<HTMLAudioElement>(null);
  const [long, setLong] = useState(0);
  if (!url) return <span class="nx-wait">loading …</span>;
  const whole = Math.max(...seconds.map(([, end]) => end), 0.001);
  // Where the bytes are the whole recording, the item is a part of it.
  const start = long > whole + 1 ? (item.seconds?.[0] ?? 0) : 0;
  const length = Math.max(long, whole);
  return (
    <div class="nx-media" data-modality="audio">
      <div class="nx-shaded">
        <Waveform url={url} player={player} />
        <Windows seconds={seconds} start={start} length={length} />
      </div>
      <audio
        ref={player}
        src={url}
        controls
        preload="auto"
        aria-label={item.title ?? ""}
        data-id={item.id}
        onLoadedMetadata={(e) => setLong(e.currentTarget.duration)}
        {...QUIET}
      />
    </div>
  );
}

function Windows({ seconds, start, length }: { seconds: Window[]; start: number; length: number }) {
  return (
    <span class="nx-windows" aria-hidden="true">
      {seconds.map(([from, to, weight]) => (
        <span
          key={from}
          title={`${from.toFixed(1)}–${to.toFixed(1)} s: ${weight.toFixed(2)}`}
          data-weight={weight}
          style={{
            left: `${((start + from) / length) * 100}%`,
            width: `${((to - from) / length) * 100}%`,
            background: shade(weight),
          }}
        />
      ))}
    </span>
  );
}

function Strip({ why, frames }: { why: Weighed; frames: DataView[] }) {
  const [urls, setUrls] = useState<string[]>([]);
  useEffect(() => {
    const made = frames.map((bytes) => URL.createObjectURL(new Blob([bytes as BlobPart], { type: "image/webp" })));
    setUrls(made);
    return () => {
      for (const url of made) URL.revokeObjectURL(url);
    };
  }, [frames]);
  return (
    <ol class="nx-strip">
      {why.seconds.map(([from, to, weight], i) => (
        <li key={from} title={`${from.toFixed(1)}–${to.toFixed(1)} s: ${weight.toFixed(2)}`} data-weight={weight}>
          <span class="nx-heat">
            {urls[i] && <img src={urls[i]} alt={`${from.toFixed(1)} s`} />}
            <Heat boxes={why.boxes} />
          </span>
          <i style={{ background: shade(weight) }} />
          <small>{from.toFixed(1)} s</small>
        </li>
      ))}
    </ol>
  );
}
