/** What the server tells of the rules by which orders are sourced. */
import type { Speech } from "../pages/language";
import type { Key } from "./texts";

export interface Words {
  t: (key: Key, args?: Record<string, unknown>) => string;
  speech: Speech;
}

/** A text of rules that was kept. */
export interface Version {
  id: number;
  name: string;
  body: string;
  state: "draft" | "active" | "retired";
  made_at: number;
  made_by: string;
  active_from: number | null;
}

/** `rules` is null where none are in force. */
export interface Head {
  rules: Version | null;
  waiting: number;
  sites: string[];
}

/** What of a text cannot be read, and where. */
export interface Fault {
  line: number;
  column: number;
  what: string;
}

/** What one way to source comes to. */
export interface Column {
  orders: number;
  parcels: number;
  split: number;
  cost: number;
  km_a_parcel: number;
  /** A part of all parcels. */
  on_time: number;
  waiting: number;
  by_site: Record<string, number>;
}

export const WAYS = ["was", "today", "tried"] as const;
export type Way = (typeof WAYS)[number];

export interface Result extends Record<Way, Column> {
  orders: number;
  changed: number;
  examples: { number: string; today: string[]; tried: string[] }[];
}

export interface Trial {
  id: number;
  body: string;
  days: number;
  state: "waiting" | "running" | "done" | "failed";
  done: number;
  total: number;
  result: Result | Record<string, never>;
}

export interface Session {
  worker: { roles: string[]; all_sites: boolean };
}

/** Why somebody changes no rules; null for who may. */
export const barred = ({ worker }: Session): "noRole" | "oneSite" | null => (
  !worker.roles.some((role) => role === "manager" || role === "admin") ? "noRole" : worker.all_sites ? null : "oneSite");
