/** What the server tells of channels. */
import type { Speech } from "../pages/language";
import type { Key } from "./texts";

export interface Words {
  t: (key: Key, args?: Record<string, unknown>) => string;
  speech: Speech;
}

export type Setting = string | number | boolean | Record<string, string>;

export const BACKORDERS = ["never", "dated", "always"] as const;
export type Backorder = (typeof BACKORDERS)[number];

/** What it sells of ours; null is as the channel. */
export interface Listing {
  id: number;
  name: string;
  item: string;
  quantity: number;
  may_sell: number;
  told: number | null;
  is_on: boolean;
  backorder: Backorder | null;
  presell_days: number | null;
}

export interface Channel {
  code: string;
  kind: string;
  name: string;
  site: string;
  settings: Record<string, Setting>;
  every_seconds: number;
  promises_unpaid: boolean;
  /** Whether other warehouses may send its orders: by the rules as each comes, or many at once. */
  sourcing: "off" | "on" | "together";
  /** How an order for more than there is is taken: somebody is asked; it waits for what is announced within `presell_days`; it always waits. */
  backorder: Backorder;
  presell_days: number;
  state: "running" | "paused";
  watermark: number;
  pulled_at: number | null;
  heard_at: number | null;
  failures: number;
  error: string;
  error_code: string;
  error_at: number | null;
  refused: number;
  wanted: number;
  notices_waiting: number;
  notices_refused: number;
  /** By how many percent something may be cheaper than its listing says; null: prices are not looked at. */
  price_tolerance: number | null;
  discount_limit: number | null;
}

/** One field of a kind's settings, as JSON Schema has it. */
export interface Schema {
  type?: string;
  title?: string;
  description?: string;
  default?: Setting;
  minLength?: number;
  maxLength?: number;
  anyOf?: { type?: string }[];
}

export interface Kind {
  kind: string;
  title: string;
  settings: Record<string, Schema>;
  secrets: string[];
}

export interface Refused {
  id: number;
  reference: string;
  code: string;
  words: string;
  came_at: number;
  changed_at: number;
  document: Record<string, unknown>;
  unknown: { name: string; title: string; quantity: number }[];
}

export interface Outcome {
  result: "known" | "taken" | "ended" | "refused";
  order_number: string;
  words: string;
}

export interface Site { code: string; name: string }
