/** What the server tells of orders. */
import type { Speech } from "../pages/language";
import type { Key } from "./texts";

export interface Words {
  t: (key: Key, args?: Record<string, unknown>) => string;
  speech: Speech;
}

export const STATES = ["accepted", "released", "partly_shipped", "shipped", "short", "cancelled"] as const;
export type State = (typeof STATES)[number];

/** One of the list. */
export interface Listed {
  id: number;
  number: string;
  channel: string;
  channel_ref: string;
  site: string;
  customer: string;
  promised_at: number | null;
  state: State;
  hold: string;
  created_at: number;
  lines: number;
  pieces: number;
}

export interface Line {
  number: number;
  item: string;
  name: string;
  lot: string;
  serial: string;
  quantity: number;
  promised: number;
  shipped: number;
  short: number;
}

export interface Order {
  number: string;
  channel: string;
  channel_ref: string;
  customer: string;
  ship_to: Record<string, string>;
  carrier: string;
  priority: number;
  cutoff_at: number | null;
  promised_at: number | null;
  placed_at: number | null;
  created_at: number;
  state: State;
  hold: string;
  currency: string;
  total: number;
  note: string;
  lines: Line[];
}

/** What happened: each kind has a sentence, filled with what it is about. */
export interface Entry {
  at: number;
  kind: string;
  args: Record<string, unknown>;
  who: string;
}

export interface Story {
  number: string;
  site: string;
  timezone: string;
  releases: { code: string; state: string; held: boolean }[];
  items: Entry[];
}

export interface Place { code: string; name: string }

export const toneOf = (state: State): "good" | "warn" | "bad" | "act" | "" => (({ accepted: "", released: "act", partly_shipped: "act", shipped: "good", short: "bad", cancelled: "" }) as const)[state];
