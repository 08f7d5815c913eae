// A sound as bars, with a playhead: a click goes there.

import { useEffect, useState } from "preact/hooks";
import { peaksOf } from "./peaks";

const BARS = 140;
const HEIGHT = 56;
// Samples a second are enough for bars; a sound of ten minutes is then 19 MB while it is measured.
const RATE = 8000;

export function Waveform({ url, player }: { url: string; player: { readonly current: HTMLMediaElement | null } }) {
  const [peaks, setPeaks] = useState<number[] | null>(null);
  const [at, setAt] = useState(0);
  useEffect(() => {
    let stale = false;
    measure(url).then(
      (found) => {
        if (!stale) setPeaks(found);
      },
      () => undefined, // It plays all the same.
    );
    return () => {
      stale = true;
    };
  }, [url]);
  useEffect(() => {
    const el = player.current;
    if (!el) return;
    let frame = 0;
    const show = () => {
      setAt(el.duration ? el.currentTime / el.duration : 0);
      cancelAnimationFrame(frame);
      if (!el.paused) frame = requestAnimationFrame(show);
    };
    const events = ["play", "pause", "seeked", "timeupdate"];
    for (const event of events) el.addEventListener(event, show);
    return () => {
      cancelAnimationFrame(frame);
      for (const event of events) el.removeEventListener(event, show);
    };
  }, [url]);
  const seek = (event: PointerEvent) => {
    const el = player.current;
    const box = (event.currentTarget as Element).getBoundingClientRect();
    if (el?.duration) el.currentTime = ((event.clientX - box.x) / box.width) * el.duration;
  };
  if (!peaks) return <div class="nx-waveform" aria-hidden="true" />;
  return (
    <div
      class="nx-waveform"
      aria-hidden="true"
      data-at={at.toFixed(3)}
      onPointerDown={seek}
      onPointerMove={(e) => {
        if (e.buttons) seek(e);
      }}
    >
      <svg viewBox={`0 0 ${BARS} ${HEIGHT}`} preserveAspectRatio="none">
        {peaks.map((peak, bar) => {
          const tall = Math.max(1, peak * HEIGHT);
          const played = bar / BARS < at;
          return (
            <rect key={bar} x={bar + 0.15} y={(HEIGHT - tall) / 2} width={0.7} height={tall} data-played={played} />
          );
        })}
      </svg>
      <span class="nx-playhead" style={{ left: `${at * 100}%` }} />
    </div>
  );
}

async function measure(url: string): Promise<number[]> {
  const bytes = await (await fetch(url)).arrayBuffer();
  const sound = await new OfflineAudioContext(1, 1, RATE).decodeAudioData(bytes);
  return peaksOf(sound.getChannelData(0), BARS);
}
