/** Small steps on a task, each giving a new one. */
import type { Effect, Entry, Form, Slot, Step, Task, Value } from "./types";

const OWN = ["value", "said", "scanned", "replacement"] as const;

export const formById = (task: Task, id: string | null | undefined): Form | undefined =>
  task.forms.find((form) => form.id === id);

export const openForms = (task: Task): Form[] => task.forms.filter((form) => form.state === "open");

/** The form at hand: the current one while it is open, else the first that is. */
export function currentForm(task: Task): Form | undefined {
  const form = formById(task, task.current);
  return form && form.state === "open" ? form : openForms(task)[0];
}

export const replaceForm = (task: Task, form: Form): Task => ({
  ...task,
  forms: task.forms.map((one) => (one.id === form.id ? form : one)),
});

export const slotOf = (form: Form | undefined, name: string): Slot | undefined =>
  form?.slots.find((slot) => slot.name === name);

export const withSlot = (form: Form, name: string, changes: Partial<Slot>): Form => ({
  ...form,
  slots: form.slots.map((slot) => (slot.name === name ? { ...slot, ...changes } : slot)),
});

/** The form as it was before anything was scanned into it. */
export const cleared = (form: Form): Form => ({
  ...form,
  mode: null,
  slots: form.slots.map((slot) => ({
    ...slot,
    value: null,
    ...Object.fromEntries(OWN.filter((name) => name in slot).map((name) => [name, null])),
  })),
});

/** A step of the trail: which slots of a form a scan changed, and what was in them. */
export const step = (before: Form, after: Form, names: string[]): Step => [
  after.id,
  names,
  Object.fromEntries(names.map((name) => [name, heldBefore(slotOf(before, name), slotOf(after, name) as Slot)])),
];

/** The form with a step of the trail taken back. */
export function stepBack(given: Form, changed: Record<string, unknown>): Form {
  let form = given;
  for (const [name, held] of Object.entries(changed)) {
    if (name === "mode") form = { ...form, mode: held as string | null };
    else if (isTallyStep(held)) form = withSlot(form, name, { value: withoutLast(slotOf(form, name)?.value as Entry[], held) });
    else form = withSlot(form, name, held as Partial<Slot>);
  }
  return form;
}

interface TallyStep {
  at: number | null;
  entry: Entry | null;
}

const isTallyStep = (held: unknown): held is TallyStep => typeof held === "object" && held !== null && "at" in held;

function heldBefore(before: Slot | undefined, after: Slot): unknown {
  if (!after.tally) return Object.fromEntries(OWN.filter((name) => name in after).map((name) => [name, before?.[name] ?? null]));
  const old = (before?.value as Entry[] | null | undefined) ?? [];
  const now = after.value as Entry[];
  if (now.length > old.length) return { at: null, entry: null };
  const found = old.findIndex((entry, at) => entry !== now[at]);
  const at = found < 0 ? old.length - 1 : found;
  return { at, entry: old[at] };
}

function withoutLast(entries: Entry[], held: TallyStep): Entry[] | null {
  const left = entries.slice(0, -1);
  if (held.at !== null) left.splice(held.at, 0, held.entry as Entry);
  return left.length ? left : null;
}

/** What was scanned, and what was wanted instead: the next open slot of the form at hand. */
export function refusal(task: Task, code: string, scanned: Value, form?: Form | null, slot?: string | null): Effect {
  const at = form ?? currentForm(task);
  return { effect: "refused", code, scanned, wanted: at ? wanted(at, slot) : null };
}

const ASKED: Record<string, string> = { full: "to", short: "quantity", damaged: "quantity" };

function wanted(form: Form, named?: string | null): unknown {
  const name = named ?? ASKED[form.mode ?? ""];
  const slot = name ? slotOf(form, name) : form.slots.find(isAsked);
  if (!slot) return null;
  return { form: form.id, slot: slot.name, types: slot.types, expected: namesOf(slot) };
}

function isAsked(slot: Slot): boolean {
  if (slot.tally) return isNone(slot.expected) || (slot.expected as Entry[]).some((one) => tallyLeft(slot, one.item as string) > 0);
  return isNone(slot.value) && !slot.optional && isNone(slot.default);
}

/** What the slot wants, for people: codes, of an amount the number, of a tally the items that are missing. */
function namesOf(slot: Slot): unknown[] | null {
  if (slot.tally && !isNone(slot.expected)) {
    const items = new Set((slot.expected as Entry[]).map((one) => one.item as string));
    return [...items].filter((item) => tallyLeft(slot, item) > 0);
  }
  if (slot.name === "quantity") {
    const number = slot.expected ?? slot.max;
    return isNone(number) ? null : [number];
  }
  return (slot.expected as unknown[] | null | undefined) ?? slot.suggested ?? null;
}

/** How many of an item a tally still wants. */
export const tallyLeft = (slot: Slot, item: string): number =>
  sum(slot.expected as Entry[], item) - sum((slot.value as Entry[] | null) ?? [], item);

const sum = (entries: Entry[], item: string): number =>
  entries.filter((one) => one.item === item).reduce((total, one) => total + (one.quantity ?? 0), 0);

export const isNone = (value: unknown): value is null | undefined => value === null || value === undefined;
