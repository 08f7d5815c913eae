// The loudness of a sound over time.

// Root of the mean square of each stretch; its square root is drawn, so that quiet passages stay visible. 0 to 1.
export function peaksOf(samples: Float32Array, bars: number): number[] {
  const loud: number[] = [];
  for (let bar = 0; bar < bars; bar += 1) {
    const [from, to] = [Math.floor((bar * samples.length) / bars), Math.floor(((bar + 1) * samples.length) / bars)];
    let sum = 0;
    for (let k = from; k < to; k += 1) sum += samples[k]! ** 2;
    loud.push(Math.sqrt(sum / Math.max(to - from, 1)));
  }
  const most = Math.max(...loud);
  return loud.map((value) => (most > 0 ? Math.sqrt(value / most) : 0));
}
