/** What the server tells of orders. */
import type { Speech } from "../pages/language";
import type { Key } from "./texts";

export interface Words {
  t: (key: Key, args?: Record<string, unknown>) => string;
  speech: Speech;
}

export const STATES = ["accepted", "released", "partly_shipped", "shipped", "short", "cancelled", "merged"] as const;
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
  /** What was told first, where it had to wait. */
  first_promised_at: number | null;
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
  /** The order that it is of, where that was merged into this one. */
  origin_id: number | null;
  quantity: number;
  promised: number;
  shipped: number;
  short: number;
  /** Of `pack` pieces before discounts; what was paid for all of it, and how much less that is. */
  price: number;
  pack: number;
  paid: number;
  discount: number;
  /** When what it waits for comes, as announced. */
  expected_at: number | null;
}

/** It leaves later than was told first. */
export const isLate = (one: { promised_at: number | null; first_promised_at: number | null; state: State }): boolean => one.first_promised_at !== null && ["accepted", "released", "partly_shipped"].includes(one.state) && (one.promised_at === null || one.promised_at > one.first_promised_at);

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
  first_promised_at: number | null;
  placed_at: number | null;
  created_at: number;
  state: State;
  hold: string;
  currency: string;
  total: number;
  discount: number;
  postage: number;
  postage_refunded: number;
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

/** A part of an order: what one warehouse sends by itself. */
export interface Part {
  number: string;
  site: string;
  state: State;
  hold: string;
  promised_at: number | null;
  lines: { number: number; item: string; quantity: number; promised: number; shipped: number; short: number }[];
}

/** A way to send an order; points by what they are for. */
export interface Plan {
  points: number;
  cost: number;
  km: number;
  missing: number;
  parts: { site: string; km: number | null; cost: number; pieces: number; points: Record<string, number> }[];
}

/** Who sends an order, and why: `why` has the plans, or what somebody did, or where stock came or was announced. */
export interface Decision {
  id: number;
  how: "rules" | "together" | "by_hand" | "stock";
  at: number;
  rules: string | null;
  why: { chosen?: Plan; others?: Plan[]; barred?: Record<string, number>; by?: string; reason?: string; pieces?: number; announced?: boolean };
}

export interface Parts {
  number: string;
  sourced: boolean;
  parts: Part[];
  merged: string[];
  mergeable: string[];
  decisions: Decision[];
}

export interface Place { code: string; name: string }

export const toneOf = (state: State): "good" | "warn" | "bad" | "act" | "" => (({ accepted: "", released: "act", partly_shipped: "act", shipped: "good", short: "bad", cancelled: "", merged: "" }) as const)[state];

/** In these states an order can still be changed. */
export const MAY_CANCEL = new Set(["accepted", "released"]);

export const holdOf = (hold: string, t: Words["t"]): string => t(`hold_${hold}` as "hold_unpaid") ?? t("hold_other", { hold });

/** Orders that come from no shop. */
export const OUR_OWN = ["phone", "exchange", "api"] as const;
/** What comes from no shop is called by a word, a shop by its code. */
export const channelOf = (code: string, t: Words["t"]): string => t(`channel_${code}` as Key) ?? code;
