/** What the server tells the screen of a station. */
import type { Message } from "../floor/types";

export type Colour = "green" | "amber" | "red";

export interface Peripheral {
  name: string;
  kind: string;
  state: "opening" | "connected" | "lost" | "wrong" | "stopped";
  error: string | null;
  error_code: string;
  /** Of a scale: what lies on it now. */
  load: "" | "rest" | "moving" | "over" | "under";
  load_g: number;
}

export interface Unit {
  sscc: string | null;
  item: string;
  name: string;
  quantity: number;
  received: number;
  damaged: number;
  items: number;
  done: boolean;
}

export interface Paper {
  document: string;
  kind: string;
  state: string;
  expected_at: number | null;
  done: number;
  all: number;
  lines: Unit[];
}

export interface Wrong {
  at: number;
  code: string;
  message: Message;
  to_do: Message | null;
}

export interface Label {
  id: number;
  label: string;
  code: string;
  state: string;
  copies: number;
  error: string | null;
  created_at: number;
  settled_at: number | null;
}

export interface Printer {
  name: string;
  condition: string;
  sentence: string;
}

export interface Shown {
  now: number;
  code: string;
  kind: string;
  location: string;
  /** The device that works here, by its number. */
  screen: number | null;
  document: string | null;
  progress: { done: number; all: number; strangers: number } | null;
  passages: { at: number; colour: Colour; message: Message; code: string }[];
  expected: Paper[];
  wrong: Wrong[];
  printer: Printer | null;
  labels: Label[];
  peripherals: Peripheral[];
}

export interface Station {
  code: string;
  kind: string;
  location: string;
  screen: number | null;
  settings: Record<string, unknown>;
  peripherals: Peripheral[];
}

/** At these somebody works with the screen; at the others it only shows what passes. */
export const WORKED_AT = new Set(["pack", "print", "returns"]);

export const isBroken = (one: Peripheral): boolean => one.state === "lost" || one.state === "wrong";
