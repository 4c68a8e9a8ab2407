/** What the server tells of what suppliers have announced. */
import type { Speech } from "../pages/language";
import type { Key } from "./texts";

export interface Words {
  t: (key: Key, args?: Record<string, unknown>) => string;
  speech: Speech;
}

export interface Site { code: string; name: string }

export const STATES = ["expected", "receiving", "received", "cancelled"] as const;
export type State = (typeof STATES)[number];
export const KINDS = ["asn", "purchase_order"] as const;

/** One of the list. */
export interface Paper {
  id: number;
  code: string;
  kind: (typeof KINDS)[number];
  site: string;
  state: State;
  expected_at: number | null;
  created_at: number;
  lines: number;
  quantity: number;
  received: number;
}

export interface Line {
  number: number;
  item: string;
  name: string;
  lot: string;
  expiry_on: string | null;
  sscc: string | null;
  quantity: number;
  received: number;
  damaged: number;
  closed_reason: string | null;
}

export interface Whole { code: string; kind: string; state: State; lines: Line[] }

/** It should have been here, and nothing of it is. */
export const isLate = (paper: Paper, now: number): boolean => paper.state === "expected" && paper.expected_at !== null && paper.expected_at < now;

/** Of what has not come at all nobody has to wait any longer. */
export const mayCancel = (state: State, received: number): boolean => (state === "expected" || state === "receiving") && received === 0;

export const toneOf = (state: State): "good" | "act" | "" => (({ expected: "", receiving: "act", received: "good", cancelled: "" }) as const)[state];

export const shortly = (at: number, language: string): string => new Date(at).toLocaleString(language, { year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false });
