/** What the server tells of devices; times in milliseconds. */
import type { Language } from "../texts";
import type { Key } from "./texts";

export interface Printer {
  name: string;
  site: string;
  url: string;
  answers: "yes" | "no";
  condition: string;
  sentence: string;
  model: string;
  firmware: string;
  odometer: number | null;
  since: number | null;
  checked_at: number | null;
  waiting: number;
  held: number;
  unknown: number;
  printed_at: number | null;
  last_label: string | null;
  after_seconds: number | null;
  neighbour: string | null;
  errors_hour: number;
  latency_ms: number | null;
}
export interface Job {
  id: number;
  printer: string;
  label: string;
  code: string;
  state: string;
  /** Why it waits or is asked about, in the language of the page. */
  error?: string | null;
  settled_at: number | null;
}
export interface Peripheral {
  name: string;
  kind: string;
  url: string;
  state: "opening" | "connected" | "lost" | "wrong" | "stopped";
  since: number;
  error: string | null;
  error_code: string;
  firmware: string;
  reads: number;
  errors: number;
  errors_hour: number;
  outages: number;
  last_read: string;
  last_at: number | null;
  latency_ms: number | null;
  wanted: string;
  answer: "" | "sent" | "away" | "cannot" | "late";
}
export interface Station {
  site: string;
  code: string;
  peripherals: Peripheral[];
}
export interface Handheld {
  id: number;
  name: string;
  kind: string;
  worker: string | null;
  build: string | null;
  battery: number | null;
  queued: number;
  last_scan: string | null;
  last_seen_at: number | null;
  errors_hour: number;
  latency_ms: number | null;
  revoked_at: number | null;
}
export interface Found {
  printers: Printer[];
  unknown: Job[];
  held: Job[];
  last: Job[];
  stations: Station[];
  handhelds: Handheld[];
  ports: { url: string }[];
}
export interface Words {
  language: Language;
  /** What the page itself says. */
  t: (key: Key, args?: Record<string, unknown>) => string;
  /** What the server says, by its key; the key itself where it has no such sentence. */
  say: (key: string, args?: Record<string, unknown>) => string;
}
