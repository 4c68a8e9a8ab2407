/** What the server tells of labels; times in milliseconds. */
import type { Key } from "./texts";

export interface Field {
  name: string;
  kind: "text" | "number" | "date" | "flag" | "rows";
  required: boolean;
  choices: string[];
}
export type Values = Record<string, unknown>;
export interface Listed {
  name: string;
  title: string;
  is_ours: boolean;
  /** The user's version that prints in all warehouses; null where ours does, or nothing. */
  live: number | null;
  /** The warehouses in which another one prints. */
  sites: { site: string; version: number }[];
  versions: number;
}
export interface Told {
  name: string;
  title: string;
  /** The user's version that is told of; null for ours. */
  version: number | null;
  is_ours: boolean;
  is_live: boolean;
  fields: Field[];
  sample: Values;
  source: string | null;
}
export interface Version {
  version: number;
  state: "draft" | "live" | "retired";
  created_at: number;
  created_by: string;
  live_at: number | null;
}
/** What is looked at or written: ours (no version), a user's version, or one that is not kept yet (no name). */
export interface Opened {
  /** Another one each time somebody opens something, so that nothing of what was shown before stays. */
  serial: number;
  name: string;
  title: string;
  version: number | null;
  /** Whether it is what a printer prints now. */
  isPrinting: boolean;
  /** The description as it was kept; null where there is none, or it is not for this person. */
  source: string | null;
  fields: Field[];
  sample: Values;
}
export interface Printer {
  name: string;
  site: string;
  condition: string;
  sentence: string;
}
/** Who may change labels: nobody here, of one warehouse, or of all. */
export type Reach = "none" | "site" | "all";

/** The version that prints in a warehouse, or ("") in all that have none of their own; null for ours, or none. */
export const versionAt = (listed: Listed | undefined, site: string): number | null =>
  listed?.sites.find((one) => one.site === site)?.version ?? listed?.live ?? null;

export interface Words {
  /** What the page itself says. */
  t: (key: Key, args?: Record<string, unknown>) => string;
  /** What the server says, by its key; the key itself where it has no such sentence. */
  say: (key: string, args?: Record<string, unknown>) => string;
  /** What an error says. */
  told: (error: unknown) => string;
}
