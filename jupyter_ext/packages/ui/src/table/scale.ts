/** Which row stands at the top for a place of the scroll bar, and the other way round. */

/** Pixels; browsers draw no element much higher than twice that. */
export const HIGHEST = 8_000_000;

export interface Scale {
  /** Pixels of what is scrolled. */
  height: number;
  /** A pixel of the scroll bar is more than a pixel of rows. */
  squeezed: boolean;
  /** The row (with a fraction) at the top. */
  top(scrolled: number): number;
  /** Where the bar stands for that. */
  scrolled(top: number): number;
}

/** For `total` rows of `row` pixels, seen through a window of `seen` pixels. */
export function scale(total: number, row: number, seen: number): Scale {
  const height = total * row;
  const furthest = Math.max(0, total - seen / row);
  if (height <= HIGHEST) {
    const top = (scrolled: number) => clamp(scrolled / row, furthest);
    return { height, squeezed: false, top, scrolled: (at) => at * row };
  }
  const way = HIGHEST - seen;
  return {
    height: HIGHEST,
    squeezed: true,
    top: (scrolled) => clamp((scrolled / way) * furthest, furthest),
    scrolled: (at) => (clamp(at, furthest) / furthest) * way,
  };
}

export function clamp(value: number, most: number): number {
  return Math.min(Math.max(0, value), most);
}
