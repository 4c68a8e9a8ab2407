/** What the server tells of returns. */
import type { Speech } from "../pages/language";
import type { Key } from "./texts";

export interface Words {
  t: (key: Key, args?: Record<string, unknown>) => string;
  speech: Speech;
}

export const STATES = ["received", "announced", "settled", "cancelled", "expired"] as const;
export type State = (typeof STATES)[number];
export const REASONS = ["damaged", "wrong_item", "not_as_described", "changed_mind", "too_late", "other"] as const;

/** One of the list. */
export interface Listed {
  id: number;
  number: string;
  order: string;
  customer: string;
  channel: string;
  site: string;
  state: State;
  made_by: "customer" | "staff" | "floor";
  reason: (typeof REASONS)[number];
  wish: "refund" | "exchange";
  outcome: "" | "refund" | "exchange" | "refused";
  currency: string;
  amount: number;
  created_at: number;
  expires_at: number | null;
  settled_at: number | null;
  quantity: number;
  came: number;
}

export interface Line {
  line: number;
  item: string;
  name: string;
  quantity: number;
  restocked: number;
  quarantined: number;
  scrapped: number;
  came: number;
  refunded: number;
  amount: number;
  /** What was paid for all pieces that were ordered of it, and of how many of them money went back before. */
  paid: number;
  ordered: number;
  came_before: number;
  proposed: number;
}

export interface Rma extends Omit<Listed, "id" | "site" | "quantity" | "came"> {
  note: string;
  why: string;
  exchange_order: string | null;
  /** Whether its channel has heard of the refund; null where nobody is to be told. */
  told: { state: "waiting" | "told" | "refused"; attempts: number; words: string } | null;
  /** What was paid for what came, the most that may be paid back, and of the postage. */
  proposed: number;
  most: number;
  postage_left: number;
  /** Of the amount, what went back for the way. */
  postage: number;
  lines: Line[];
}

export interface Returnable {
  order: string;
  lines: { line: number; item: string; name: string; shipped: number; rest: number }[];
  returns: { number: string; state: State }[];
}

export const toneOf = (one: { state: State; outcome: string }): "good" | "warn" | "bad" | "act" | "" =>
  one.state === "received" ? "warn" : one.state === "announced" ? "act" : one.state === "settled" ? (one.outcome === "refused" ? "bad" : "good") : "";
