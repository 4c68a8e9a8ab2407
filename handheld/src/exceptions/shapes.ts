/** What the server tells of order exceptions and the rules about them. */
import type { Speech } from "../pages/language";
import type { Key } from "./texts";

export interface Words {
  t: (key: Key, args?: Record<string, unknown>) => string;
  speech: Speech;
}

export const KINDS = ["oversold", "address", "check", "price", "item", "unreadable", "paper", "too_late", "payment", "stuck", "waiting", "short", "not_told", "quantity", "refund_asked", "refund_left", "channel"] as const;
export type Kind = (typeof KINDS)[number];
export type Step = "agree" | "send_anyway" | "take_suggestion" | "let_go" | "cancel" | "cancel_rest" | "wait" | "wait_for_stock" | "try_again" | "drop" | "tell_again" | "done";
/** What cannot be taken back is asked for twice. */
export const FINAL: ReadonlySet<Step> = new Set(["agree", "cancel", "cancel_rest", "drop"]);

export interface Exception {
  id: number;
  site: string;
  kind: Kind;
  code: string;
  words: string;
  suggestion: Record<string, string>;
  order: string | null;
  /** When its order leaves, as far as that is known. */
  promised_at: number | null;
  channel: string | null;
  paper: string | null;
  owner: string;
  owner_name: string;
  opened_at: number;
  state: "open" | "done";
  ended_at: number | null;
  ended_how: "" | "solved" | "rule" | "hand";
  ended_by: string;
  step: Step | "";
  note: string;
  wait_until: number | null;
  version: number;
  steps: Step[];
  /** Who pays its buyer back if it is cancelled, and how much. */
  paid_back_by: "" | "request" | "channel";
  paid_back: number;
  currency: string;
}

export interface Rule {
  kind: Kind | "any";
  owner: string | null;
  solve: Step | "";
  solve_after_minutes: number;
  opens_after_hours: number | null;
  pass_after_hours: number | null;
  pass_to: string | null;
  solves: Step[];
  opens_by_time: boolean;
}

/** Somebody who may own exceptions. */
export interface Owner { badge: string; name: string; role: string; disabled: boolean | number }
export const mayOwn = (people: Owner[]): Owner[] => people.filter((one) => !one.disabled && one.role !== "worker");
export interface Site { code: string; name: string }
