import type { Speech } from "../pages/language";
import type { Key } from "./texts";

export interface Words {
  t: (key: Key, args?: Record<string, unknown>) => string;
  speech: Speech;
}
export interface Site {
  code: string;
  name: string;
  timezone: string;
}
export interface Item {
  code: string;
  name: string;
  unit: string;
  abc: string;
  zone: string | null;
  picture: string | null;
  weight_g: number;
  volume_ml: number;
  length_mm: number;
  width_mm: number;
  height_mm: number;
  this_side_up: number;
  handling: string;
  /** Of one, in the smallest unit of the warehouse's currency. */
  price: number | null;
  tracks_lot: number;
  tracks_expiry: number;
  tracks_serial: number;
  catch_weight: number;
}
export interface WholeItem extends Item {
  /** Of the picture that was given here. */
  kept_picture: string | null;
  packs: { level: string; quantity: number }[];
  barcodes: { key: string; level: string; quantity: number }[];
}
export interface Bin {
  id: number;
  site: string;
  code: string;
  kind: string;
  zone: string;
  level: number;
  max_weight_g: number | null;
  max_volume_ml: number | null;
  max_lpns: number | null;
  check_digit: string;
  mixing: string;
  abc: string;
  blocked: number;
  suspect: number;
}
export interface Person {
  id: number;
  badge: string;
  name: string;
  role: string;
  site_id: number | null;
  language: string;
  disabled: number;
  skills?: string[];
  zones?: string[];
}
export interface Device {
  id: number;
  name: string;
  kind: string;
  site: string;
  worker: string | null;
  revoked_at: number | null;
  last_seen_at: number | null;
  last_scan: string;
  battery: number | null;
  build: string;
}
export type Setting = string | number | string[] | number[];
export interface SiteWhole extends Site {
  streams: boolean;
  settings: Record<string, Setting>;
}
export interface Rule {
  id: number;
  name: string;
  streaming: boolean;
  hold_seconds: number;
  picking: string;
  trolley_orders: number;
  filters: Record<string, string | number>;
}
export interface CartonType {
  site: string;
  code: string;
  length_mm: number;
  width_mm: number;
  height_mm: number;
  max_weight_g: number;
  own_weight_g: number;
  cost: number;
  blocked: boolean;
}
export interface Preview {
  count: number;
  first: string;
  last: string;
  zones: number;
  stacks: { x_mm: number; y_mm: number; levels: number; zone: string; rack: string }[];
}
