/** The other tasks that a device holds: a scan that names something of one of them makes it the one at hand. */
import { fill } from "../floor/fill";
import { currentForm, isNone, openForms, replaceForm } from "../floor/fillTask";
import type { Codes } from "../floor/reading";
import type { Operation } from "../store/db";
import { LOCAL, restOf } from "./withoutNetwork";
import type { Effect, Reading, Slot, Task } from "../floor/types";

/** Whether nothing is half done in the form at hand, so that the worker may turn to something else. */
export function isFree(task: Task): boolean {
  const form = currentForm(task);
  const begun = (task.trail ?? []).some((step) => step[0] === form?.id && step[1].length);
  return !form || (!begun && isNone(form.mode));
}

/** The first of the kept tasks that wants just what was scanned, filled with it; null when none does. */
export function wanting(kept: Task[], reading: Reading): [Task, Effect[]] | null {
  for (const task of kept.filter((one) => names(one, reading))) {
    const [filled, effects] = fill(task, reading);
    if (filled && !effects.some((effect) => effect.effect === "refused")) return [filled, effects];
  }
  return null;
}

/** A form that takes anything wants nothing: only what is expected by name counts. */
const names = (task: Task, reading: Reading): boolean =>
  openForms(task).some((form) =>
    form.slots.some((slot) =>
      reading.values.some((value) => {
        const wanted = Array.isArray(slot.expected) && !slot.tally ? slot.expected : [];
        return slot.types.includes(value.type) && !isNone(value.key) && wanted.includes(value.key);
      }),
    ),
  );

/** A pallet, tote or trolley that another task wants by name goes there, also where this one would take any; a bin or an item does not. */
export const goesBefore = (task: Task, reading: Reading): boolean =>
  task.id !== LOCAL && ["lpn", "tote", "trolley"].includes(reading.values[0]?.type ?? "") && isFree(task) && !names(task, reading);

/** Whether a task only shows something, and any scan goes on from there. */
export const takesAnything = (task: Task): boolean => task.forms.some((form) => form.kind === "start");

/** What the server holds for the device, the task at hand before the others; what has not changed stays as it is. */
export function inHandFirst(mine: Task[], held: Task[]): Task[] {
  const known = held.map((fresh) => {
    const old = mine.find((one) => one.id === fresh.id);
    return old && old.version === fresh.version ? old : carried(mine, fresh);
  });
  const order = (task: Task): number => mine.findIndex((one) => one.id === task.id) >>> 0; // those that are new come last
  return [...mine.filter((one) => one.id === LOCAL), ...known.sort((one, other) => order(one) - order(other))];
}

/** What the device's tasks know of codes, the one at hand before the others. */
export const knownTo = (mine: Task[]): Codes => Object.assign({}, ...mine.map((task) => task.codes ?? {}).reverse()) as Codes;

/** What the server holds, with what waits to be sent on top. */
export function withPending(fresh: Task, pending: Operation[]): Task {
  let task = fresh;
  for (const operation of pending) {
    const form = task.forms.find((one) => one.id === operation.form);
    if (form && !form.repeat) task = replaceForm(task, restOf(form, operation.kind, operation.slots) ?? { ...form, state: "done" });
  }
  return { ...task, current: currentForm(task)?.id ?? null };
}

/** A task of which the server knows better: nothing that was filled here is carried on. */
export const emptied = (task: Task): Task => ({
  ...task, version: -1, forms: task.forms.map((form) => ({ ...form, slots: form.slots.map((slot) => ({ ...slot, value: null })) })),
});

/** What was scanned into a slot on this device. */
const ownOf = (slot: Slot | undefined): Partial<Slot> =>
  slot && !isNone(slot.value) ? { value: slot.value, said: slot.said ?? null, scanned: slot.scanned ?? null } : {};

/** What was half filled on this device stays filled when the server's state of the same task comes. */
export function carried(mine: Task[], fresh: Task): Task {
  const old = mine.find((one) => one.id === fresh.id);
  if (!old) return fresh;
  let task = fresh;
  const kept = new Set<string>();
  for (const form of old.forms) {
    const same = fresh.forms.find((one) => one.id === form.id && one.state === "open");
    if (!same || form.state !== "open" || (isNone(form.mode) && form.slots.every((slot) => isNone(slot.value)))) continue;
    kept.add(form.id);
    const slots = same.slots.map((slot) => ({ ...slot, ...ownOf(form.slots.find((one) => one.name === slot.name)) }));
    task = replaceForm(task, { ...same, mode: form.mode ?? null, slots });
  }
  const trail = (old.trail ?? []).filter((step) => kept.has(step[0]) || !step[1].length);
  task = { ...task, trail: kept.size ? trail : [] };
  const current = task.forms.find((form) => form.id === old.current && form.state === "open");
  return { ...task, current: current?.id ?? task.current };
}
