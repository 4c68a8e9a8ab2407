import type { Speech } from "../pages/language";
import type { Words as MasterWords } from "../masterdata/shapes";
import type { Key } from "./texts";

export interface Handheld {
  id: number;
  name: string;
  last_scan: string;
  last_seen_at: number | null;
  worker: string | null;
  scanned: string;
}
export interface Progress {
  site: { code: string; name: string } | null;
  bins: number;
  labels_at: number | null;
  items: number;
  people: number;
  printer: { name: string; url: string } | null;
  handhelds: Handheld[];
}
export interface Words {
  g: (key: Key, args?: Record<string, unknown>) => string;
  speech: Speech;
  /** What the forms of the master data say. */
  m: MasterWords;
}
export interface StepProps extends Words {
  progress: Progress;
  look: () => Promise<void>;
}
