/** What the server tells of what tills have sold. */
import type { Speech } from "../pages/language";
import type { Key } from "./texts";

export interface Words {
  t: (key: Key, args?: Record<string, unknown>) => string;
  speech: Speech;
}

export interface Site { code: string; name: string }
export interface Till { code: string; name: string; kind: string; site: string }

/** One of the list. */
export interface Sale {
  id: number;
  site: string;
  channel: string;
  channel_name: string;
  register: string;
  receipt: string;
  state: "sold" | "voided";
  sold_at: number;
  taken_at: number;
  voided_at: number | null;
  currency: string;
  total: number;
  lines: number;
  pieces: number;
  /** Lines of which nobody has said yet which item of ours they are. */
  unknown: number;
  /** Pieces that were sold and were not in the book. */
  missing: number;
}

export interface SaleLine {
  number: number;
  name: string;
  item: string | null;
  item_name: string;
  quantity: number;
  price: number;
  units: number;
  missing: number;
}

export interface Moved { at: number; item: string; lot: string; quantity: number; from_code: string; to_code: string }

export interface Whole extends Sale { items: SaleLine[]; moves: Moved[] }

const LATE_MS = 5 * 60_000;
/** Told so much later that a count may have seen the shelf before the sale was booked. */
export const isLate = (sale: Sale): boolean => sale.taken_at - sale.sold_at > LATE_MS;

export const money = (amount: number, currency: string, language: string): string => {
  if (!currency) return String(amount);
  const digits = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
  return (amount / 10 ** digits).toLocaleString(language, { style: "currency", currency });
};

export const moment = (at: number, language: string): string => new Date(at).toLocaleString(language, { dateStyle: "medium", timeStyle: "medium", hour12: false } as Intl.DateTimeFormatOptions);
/** As short as a list needs it. */
export const shortly = (at: number, language: string): string => new Date(at).toLocaleString(language, { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false });
