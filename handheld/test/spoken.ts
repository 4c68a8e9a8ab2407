/** Cases of fill in words: effects and tasks as tests/floor_cases writes them (tests/floor/spoken.py is its twin). */
import type { Effect, Entry, Form, Task } from "../src/floor/types";

const isNone = (value: unknown): value is null | undefined => value === null || value === undefined;

interface Wanted {
  form: string;
  slot: string;
  expected: unknown[] | null;
}

/** An effect in a few words. */
export function effectSaid(effect: Effect): string {
  const kind = effect.effect;
  const form = (effect["form"] as string | null | undefined) ?? "-";
  if (kind === "refused") return `refused ${String(effect["code"])} ${scannedSaid(effect["scanned"])}${wantedSaid(effect["wanted"] as Wanted | null)}`;
  if (kind === "operation") {
    const slots = effect["slots"] as Record<string, unknown>;
    const text = Object.keys(slots).sort().map((name) => `${name}=${valueSaid(slots[name])}`);
    return `${String(effect["kind"])} ${form} ${text.join(",")}`.trimEnd();
  }
  if (kind === "filled" || kind === "undone") return `${kind} ${form} ${(effect["slots"] as string[]).join(",")}`;
  if (kind === "ask") return `ask ${form} ${String(effect["slot"])}`;
  if (kind === "start") {
    const value = effect["value"] as { type: string; key: string };
    return `start ${value.type} ${value.key}`;
  }
  return "form" in effect ? `${kind} ${form}` : kind;
}

function scannedSaid(scanned: unknown): string {
  const value = scanned as Record<string, unknown>;
  const name = ["key", "n", "gtin"].find((one) => !isNone(value[one]));
  return (name && String(value[name])) || "?";
}

function wantedSaid(wanted: Wanted | null): string {
  if (!wanted) return "";
  return ` wants ${wanted.form}.${wanted.slot}${wanted.expected ? `=${wanted.expected.join(",")}` : ""}`;
}

const valueSaid = (value: unknown): string => (Array.isArray(value) ? value.map(entrySaid).join("+") : String(value));

function entrySaid(entry: Entry): string {
  if (entry.lpn) return `lpn:${entry.lpn}`;
  const { lot, serial, expiry } = entry;
  return `${entry.item ?? ""}${lot ? `/${lot}` : ""}${serial ? `#${serial}` : ""}${expiry ? `@${expiry}` : ""}*${entry.quantity ?? 0}`;
}

/** A task in words: the form at hand, the trail, the order of forms, and each form with what is in it. */
export function taskSaid(task: Task | null, start: Task | null): Record<string, string> {
  if (!task || !start) return {};
  return {
    current: task.current ?? "-",
    trail: (task.trail ?? []).map((step) => `${step[0]}:${step[1].join(",")}`).join(" "),
    order: task.forms.map((form) => form.id).join(" "),
    ...Object.fromEntries(task.forms.map((form) => [form.id, formSaid(form, start.forms.find((one) => one.id === form.id))])),
  };
}

function formSaid(form: Form, before: Form | undefined): string {
  const words = [form.mode ? `${form.state}:${form.mode}` : form.state];
  form.slots.forEach((slot, at) => {
    const old = before?.slots[at]?.expected;
    if (JSON.stringify(slot.expected ?? null) !== JSON.stringify(old ?? null)) words.push(`${slot.name}?${(slot.expected as string[]).join(",")}`);
    if (!isNone(slot.value)) words.push(`${slot.name}=${valueSaid(slot.value)}`);
  });
  return words.join(" ");
}
