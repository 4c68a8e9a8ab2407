/** What the camera sees. */

export interface Point {
  x: number;
  y: number;
}

/** A code in one picture: `raw` as a scanner with AIM identifiers sends it. */
export interface Found {
  raw: string;
  corners: [Point, Point, Point, Point];
  /** Bars are read wrongly now and then, and count when they are read twice. */
  isBars: boolean;
}

/** A code that is in view now. */
export interface InView extends Found {
  isWanted: boolean;
}

export interface Decoded {
  found: Found[];
  width: number;
  height: number;
}

/** To the decoder goes a picture, or nothing to make it ready. */
export type FromDecoder = { kind: "ready" } | { kind: "broken"; why: string } | ({ kind: "decoded" } & Decoded);
