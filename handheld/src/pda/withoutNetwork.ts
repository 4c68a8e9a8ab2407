/** Moving a pallet without network: a task that the device makes by itself; the server books its operation when it comes. */
import type { Reading, Task, Value } from "../floor/types";

export const LOCAL = "local";

/** The task of bringing one pallet or tote somewhere; null for what only the server can start. */
export function localMove(value: Value): Task | null {
  if (!value.key || (value.type !== "lpn" && value.type !== "tote")) return null;
  const message = (key: string): { key: string; args: Record<string, unknown> } => ({ key, args: {} });
  const slots = [
    { name: "lpn", types: ["lpn", "tote"], expected: [value.key], value: value.key, prompt: message("slot.lpn") },
    { name: "to", types: ["location"], value: null, prompt: message("slot.to") },
  ];
  const form = { id: "p", kind: "move", state: "open", info: { lpn: value.key }, prompt: message("slot.to"), slots };
  return { id: LOCAL, kind: "move", title: message("task.move"), state: "leased", current: "p", finish: false, trail: [], codes: {}, forms: [form] };
}

/** A code that only the server knows is taken for the place that is asked for; if it is none, the supervisor hears of it. */
export function asPlace(reading: Reading): Reading {
  const values = reading.values.map((value): Value => (value.type === "unknown" && value.key ? { type: "location", key: value.key.toUpperCase() } : value));
  return { ...reading, values };
}
