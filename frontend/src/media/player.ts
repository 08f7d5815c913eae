// One sound plays at a time, wherever it was started.

import { signal } from "@preact/signals";
import type { Kernel } from "../kernel/kernel";

export const playing = signal<string | null>(null);
// The item that is to play as soon as it is open.
export const wanted = signal<string | null>(null);
let sound: HTMLAudioElement | null = null;
let address: string | null = null;

export function stopPlaying(): void {
  sound?.pause();
  sound = null;
  if (address) URL.revokeObjectURL(address);
  address = null;
  playing.value = null;
}

export async function togglePlaying(kernel: Kernel, id: string): Promise<void> {
  if (playing.value === id) {
    stopPlaying();
    return;
  }
  stopPlaying();
  playing.value = id;
  const answer = await kernel.ask("media", { id }).catch(() => null);
  if (playing.value !== id) return;
  if (!answer) {
    stopPlaying();
    return;
  }
  address = URL.createObjectURL(new Blob([answer.buffers[0] as BlobPart], { type: answer.mime }));
  sound = new Audio(address);
  sound.addEventListener("ended", stopPlaying);
  sound.play().catch(stopPlaying);
}
