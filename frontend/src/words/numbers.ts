// Counts as the rest of the app writes them.

export const count = (n: number): string => n.toLocaleString("en-US");

export function duration(seconds: number): string {
  return seconds < 90 ? `${Math.round(seconds / 5) * 5} s` : `${Math.round(seconds / 60)} min`;
}
