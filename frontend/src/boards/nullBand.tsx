// A count on its null band: what picking without looking would show.

export interface Bar {
  group: string;
  count: number;
  of: number;
  low: number;
  high: number;
  expected: number;
  outside: boolean;
}

const WIDE = 150;
const TALL = 18;

// Where the count lies, from none to all of the first results, on what chance shows.
export function NullBand({ bar }: { bar: Bar }) {
  const at = (count: number) => 6 + (count / Math.max(bar.of, 1)) * (WIDE - 12);
  const said = bar.group
    ? `${bar.group}: ${bar.count} of ${bar.of}; picking without looking shows ${bar.low} to ${bar.high}`
    : "How to read a line";
  return (
    <svg class="nx-band" viewBox={`0 0 ${WIDE} ${TALL}`} role="img" aria-label={said} data-outside={bar.outside}>
      <title>{said}</title>
      <line class="nx-band-axis" x1={at(0)} x2={at(bar.of)} y1={TALL / 2} y2={TALL / 2} />
      <rect
        class="nx-band-chance"
        x={at(bar.low)}
        y={3}
        width={Math.max(at(bar.high) - at(bar.low), 2)}
        height={TALL - 6}
        rx={3}
      />
      <line class="nx-band-mean" x1={at(bar.expected)} x2={at(bar.expected)} y1={3} y2={TALL - 3} />
      <circle class="nx-band-value" cx={at(bar.count)} cy={TALL / 2} r={5} />
    </svg>
  );
}
