/** The shapes that handheld and server speak: the same as in tests/floor_cases. */

export interface Value {
  type: string;
  key?: string | null;
  n?: number;
  name?: string;
  gtin?: string;
  quantity?: number;
  tracking?: string[];
  zone?: string;
  kind?: string;
  [more: string]: unknown;
}

export interface Reading {
  raw?: string;
  values: Value[];
  error?: { code: string; message: string } | null;
}

export interface Message {
  key: string;
  args: Record<string, unknown>;
}

export interface Entry {
  item?: string;
  lpn?: string;
  lot?: string | null;
  serial?: string | null;
  expiry?: string | null;
  quantity?: number;
}

export interface Slot {
  name: string;
  types: string[];
  expected?: unknown;
  suggested?: string[] | null;
  rule?: Record<string, unknown[]> | null;
  optional?: boolean;
  default?: unknown;
  value?: unknown;
  prompt?: Message;
  tally?: boolean;
  mode?: string;
  min?: number;
  max?: number | null;
  /** What is scanned later takes the place of what was. */
  replaces?: boolean;
  said?: boolean | null;
  scanned?: number | null;
  replacement?: string | null;
}

export interface Form {
  id: string;
  kind: string;
  state: string;
  repeat?: boolean;
  shortable?: boolean;
  damageable?: boolean;
  closable?: boolean;
  mode?: string | null;
  prompt?: Message;
  info?: Record<string, unknown>;
  slots: Slot[];
}

export interface Task {
  id: string;
  kind: string;
  current: string | null;
  finish?: boolean;
  forms: Form[];
  trail?: Step[];
  codes?: Record<string, Value[]>;
  title?: Message;
  document?: string | null;
  state?: string;
  version?: number;
  progress?: { done: number; all: number };
  [more: string]: unknown;
}

export type Effect = { effect: string } & Record<string, unknown>;

/** A form, the slots of it that a scan changed (none: an operation went out), and what was in them before. */
export type Step = [string, string[], Record<string, unknown>];

/** A form after a value, and the names of the slots that the value changed. */
export type Placed = [Form, string[]];
