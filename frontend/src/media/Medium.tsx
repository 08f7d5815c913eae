// One item as large as there is room: a picture, a page, words, a sound, a film.

import { useEffect, useRef, useState } from "preact/hooks";
import { useApp } from "../state/context";
import type { Item } from "../state/facts";
import { QUIET } from "../words/button";
import { wanted } from "./player";
import { Waveform } from "./Waveform";
import { Zoomed } from "./Zoomed";

interface Loaded {
  id: string;
  url: string;
  mime: string;
  note: string;
}

export function Medium({ item, large = false }: { item: Item; large?: boolean }) {
  const { kernel } = useApp();
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [problem, setProblem] = useState("");
  const id = item.id!;
  const isText = item.modality === "text";

  useEffect(() => {
    setProblem("");
    if (isText) return;
    let url = "";
    let stale = false;
    kernel.ask("media", { id }).then(
      ({ mime, note = "", buffers }) => {
        if (stale) return;
        url = URL.createObjectURL(new Blob([buffers[0] as BlobPart], { type: mime }));
        setLoaded({ id, url, mime, note });
      },
      (error: Error) => {
        if (!stale && error.message !== "closed") setProblem(`${item.title} cannot be shown: ${error.message}`);
      },
    );
    return () => {
      stale = true;
      if (url) URL.revokeObjectURL(url);
    };
  }, [id, isText, kernel]);

  if (isText)
    return (
      <div class="nx-text" tabIndex={0} dir="auto" {...QUIET}>
        {item.text}
      </div>
    );
  if (problem)
    return (
      <p class="nx-problem" role="alert">
        {problem}
      </p>
    );
  if (loaded?.id !== id) return <span class="nx-wait">loading …</span>;
  const failed = () => setProblem(`This browser cannot show ${item.title} (${loaded.mime}).`);
  return (
    <>
      <Shown item={item} loaded={loaded} failed={failed} large={large} />
      {loaded.note && <p class="nx-quiet nx-medium-note">{loaded.note}</p>}
      {item.text && (
        <details>
          <summary {...QUIET}>{item.modality === "page" ? "Words on it" : "Words spoken in it"}</summary>
          <div class="nx-text" tabIndex={0} dir="auto" {...QUIET}>
            {item.text}
          </div>
        </details>
      )}
    </>
  );
}

function Shown({ item, loaded, failed, large }: { item: Item; loaded: Loaded; failed: () => void; large: boolean }) {
  const played = useRef<HTMLMediaElement>(null);
  useEffect(() => {
    const el = played.current;
    if (!el) return;
    startAtSegment(el, item.seconds ?? null);
    if (wanted.value !== item.id) return;
    wanted.value = null;
    // A browser may want a click in its own player first.
    el.play().catch(() => undefined);
  }, [loaded.url]);
  const type = loaded.mime.split("/")[0];
  if (type === "image" && large)
    return <Zoomed url={loaded.url} title={item.title ?? ""} id={item.id!} failed={failed} />;
  if (type === "image") return <img src={loaded.url} alt={item.title ?? ""} data-id={item.id} onError={failed} />;
  const Player = type === "audio" ? "audio" : "video";
  return (
    <>
      {type === "audio" && <Waveform url={loaded.url} player={played} />}
      <Player
        ref={played as never}
        src={loaded.url}
        controls
        preload="auto"
        aria-label={item.title ?? ""}
        data-id={item.id}
        onError={failed}
        {...QUIET}
      />
    </>
  );
}

// Where the bytes are the whole recording and the item a part of it, play that part.
export function startAtSegment(el: HTMLMediaElement, seconds: [number, number] | null): void {
  if (!seconds) return;
  const [start, end] = seconds;
  const begin = () => {
    if (el.duration <= end - start + 1) return;
    el.currentTime = start;
    const stop = () => {
      if (el.currentTime < end) return;
      el.pause();
      el.removeEventListener("timeupdate", stop);
    };
    el.addEventListener("timeupdate", stop);
  };
  if (el.readyState >= 1) begin();
  else el.addEventListener("loadedmetadata", begin, { once: true });
}
