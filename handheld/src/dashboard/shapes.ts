/** The groups of the board as the server tells them, and the rows of the lists behind the tiles. */
import type { Kind as OrderKind } from "../exceptions/shapes";
import type { Speech } from "../pages/language";
import type { Key } from "./texts";

export type Slack = "done" | "none" | "good" | "tight" | "late" | "standing";
export interface CutoffRow { cutoff_at: number | null; name: string; orders: number; lines: number; picked: number; packed: number; shipped: number; finish_at: number | null; slack: Slack }
export type Stage = "held" | "waiting" | "released" | "picked" | "packed" | "loaded";
export type Step = "receive" | "put_away" | "pick" | "pack" | "load" | "count";
export interface Person { device: number; device_name: string; badge: string; worker: string; task: number | null; kind: string | null; zone: string | null; document: string | null; started_at: number | null }
export type TroubleKind = "variance" | "late" | "conflict" | "set_aside" | "receiving" | "other" | "short" | "recount" | "stuck" | "label";
export interface Trouble { kind: TroubleKind; count: number; unowned: number; oldest_at: number | null }
export interface DryBin { location: string; zone: string; item: string; name: string; quantity: number; wanted: number; free: number; from: string | null }
export interface Handheld { device: number; name: string; worker: string | null; last_seen_at: number | null; queued: number; battery: number | null; build: string; errors_hour: number; wrong: string[] }
export interface Peripheral { station: string; name: string; kind: string; state: string; since: number; error: string | null; last_at: number | null; errors_hour: number; wrong: string[] }
export interface Printer { name: string; condition: string; since: number | null; waiting: number; unknown: number; printed_at: number | null; wrong: string[] }
/** A bin that is not empty and usual: its number, fill in % (-1: some), flags, picks. */
export type BinNow = [id: number, fill: number, flags: number, picks: number];
export const BLOCKED = 1, SUSPECT = 2, COUNT = 4, HELD = 8;
export interface OnMap { device: number; device_name: string; worker: string; at: number; place: number }
export type Place = [id: number, code: string, kind: string, zone: string, aisle: string, level: number, x: number, y: number];

export interface Groups {
  cutoffs: { pace: { pick: number; pack: number }; carriers: CutoffRow[]; waves: CutoffRow[] };
  backlog: { ages: number[]; stages: { stage: Stage; counts: number[]; oldest_at: number | null }[]; tasks: { kind: string; open: number; leased: number; oldest_at: number }[] };
  pace: { step_ms: number; first_at: number; lines: { step: Step; lines: number[] }[]; zones: { zone: string; step: Step; lines: number }[]; people: Person[] };
  troubles: { kinds: Trouble[]; orders: { kind: OrderKind; count: number; oldest_at: number }[] };
  map: { hours: number; bins: BinNow[]; people: OnMap[] };
  replenishing: { tasks: number; bins: DryBin[] };
  gear: { handhelds: Handheld[]; peripherals: Peripheral[]; printers: Printer[] };
  system: {
    ledger: { moves: number; sealed: number; sealed_at: number | null; audited_at: number | null; audited: number };
    backup: { at: number | null; failed: string | null; is_late: boolean; is_wanted: boolean };
    disk_free_percent: number | null; outbox: { waiting: number; oldest_at: number | null }; given_up: { key: string; name: string; error: string }[];
  };
}
export interface Board { now: number; site: { code: string; name: string }; marks: Record<keyof Groups, string>; groups: Groups }
export interface Told extends Omit<Board, "groups"> { groups: Partial<Groups>; again_ms: number | null }

/** What every tile and list is given. */
export interface Words {
  t: (key: Key, args?: Record<string, unknown>) => string;
  speech: Speech;
  /** How long ago, in the coarsest words that help. */
  ago: (at: number | null) => string;
}
export const lookAt = (board: Groups["gear"]): number => [...board.handhelds, ...board.peripherals, ...board.printers].filter((one) => one.wrong.length).length;
