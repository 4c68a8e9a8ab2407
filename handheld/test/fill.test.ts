import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { fill } from "../src/floor/fill";
import { read, type Codes } from "../src/floor/reading";
import type { Effect, Task } from "../src/floor/types";

interface Document {
  codes: Codes;
  tasks: Record<string, Task | null>;
  cases: { id: string; task: string; steps: [string, string[], Record<string, string>?][] }[];
}

const folder = resolve(__dirname, "../../tests/floor_cases");
const documents = readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .sort()
  .map((name) => [name, JSON.parse(readFileSync(resolve(folder, name), "utf8")) as Document] as const);

const home = (name: string): Document => {
  const found = documents.find(([, document]) => name in document.tasks);
  if (!found) throw new Error(`no task ${name}`);
  return found[1];
};

/** A value as Python prints it: the cases are written so. */
const shown = (value: unknown): string => {
  if (value === null || value === undefined) return "None";
  if (typeof value === "string") return `'${value}'`;
  if (Array.isArray(value)) return `[${value.map(shown).join(", ")}]`;
  if (typeof value === "object") {
    return `{${Object.entries(value).map(([key, one]) => `'${key}': ${shown(one)}`).join(", ")}}`;
  }
  return String(value);
};

const said = (effect: Effect): string => {
  const kind = effect.effect;
  if (kind === "refused") return `refused ${String(effect["code"])}`;
  if (kind === "operation") {
    const slots = effect["slots"] as Record<string, unknown>;
    const text = Object.keys(slots).sort().map((name) => `${name}=${typeof slots[name] === "string" ? slots[name] : shown(slots[name])}`);
    return `${String(effect["kind"])} ${effect["form"] === null ? "None" : String(effect["form"])} ${text.join(",")}`;
  }
  if (kind === "filled") return `filled ${String(effect["form"])} ${(effect["slots"] as string[]).join(",")}`;
  if (kind === "current" || kind === "skipped" || kind === "again") return `${kind} ${String(effect["form"])}`;
  if (kind === "ask") return `ask ${String(effect["form"])} ${String(effect["slot"])}`;
  return kind;
};

/** The forms after a step: "a": "open item='SOAP'" and so on. */
const stateOf = (task: Task | null, id: string): string => {
  const form = task?.forms.find((one) => one.id === id);
  if (!form) return "gone";
  const filled = form.slots.filter((slot) => slot.value !== null && slot.value !== undefined).map((slot) => `${slot.name}=${typeof slot.value === "string" ? slot.value : shown(slot.value)}`);
  return [form.mode ? `${form.state}:${form.mode}` : form.state, ...filled].join(" ");
};

describe.each(documents)("%s", (_name, document) => {
  it.each(document.cases.map((one) => [one.id, one] as const))("%s", (_id, one) => {
    const { codes, tasks } = home(one.task);
    let task = tasks[one.task] ?? null;
    for (const [scanned, wanted, forms] of one.steps) {
      const before = JSON.stringify(task);
      const [after, effects] = fill(task, read(scanned, codes));
      expect(effects.map(said), scanned).toEqual(wanted);
      expect(JSON.stringify(task), "fill changed what it was given").toBe(before);
      task = after;
      for (const [id, state] of Object.entries(forms ?? {})) expect(stateOf(task, id), `${scanned}: ${id}`).toBe(state);
    }
  });
});
