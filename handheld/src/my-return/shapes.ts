/** What the server tells a customer, and the calls that they make. */
import { ApiError, offline, speech as heard } from "../net/api";
import type { Speech } from "../pages/language";
import type { Key } from "./texts";

export interface Words {
  t: (key: Key, args?: Record<string, unknown>) => string;
  speech: Speech;
}

export const REASONS = ["damaged", "wrong_item", "not_as_described", "changed_mind", "too_late", "other"] as const;
export type Reason = (typeof REASONS)[number];

export interface Found {
  order: string;
  can: "yes" | "too_late" | "not_yet";
  until: number | null;
  lines: { line: number; name: string; quantity: number }[];
  returns: { number: string; state: string }[];
}

/** What proves that an order is theirs. */
export interface Proved { reference: string; proof: string }

export interface Told {
  number: string;
  state: "announced" | "received" | "settled" | "cancelled" | "expired";
  outcome: "" | "refund" | "exchange" | "refused";
  why: string;
  amount: number;
  currency: string;
  expires_at: number | null;
  to: string;
  address: string;
  is_sent: boolean;
  lines: { name: string; quantity: number; came: number }[];
}

export const keyOf = (reason: Reason): Key => (reason === "too_late" ? "too_late_" : reason);

/** Random, the customer's own, and the same when they press again. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_");
}

/** With the link's secret in a header: addresses are written into logs. */
export async function byLink(token: string, path: string): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(`/api/v1/${path}`, { headers: { "X-Return-Token": token, "Accept-Language": heard.language } });
  } catch {
    throw offline();
  }
  if (!answer.ok) {
    const told = (await answer.json().catch(() => ({}))) as Record<string, unknown>;
    throw new ApiError(answer.status, String(told["code"] ?? "error"), String(told["detail"] ?? answer.statusText));
  }
  return answer;
}

export const day = (at: number, language: string): string => new Date(at).toLocaleDateString(language, { year: "numeric", month: "long", day: "numeric" });

export function money(amount: number, currency: string, language: string): string {
  const digits = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
  return (amount / 10 ** digits).toLocaleString(language, { style: "currency", currency });
}
