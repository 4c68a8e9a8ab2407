/** Small steps on a task, each giving a new one. */
import type { Effect, Form, Slot, Task, Value } from "./types";

export const formById = (task: Task, id: string | null | undefined): Form | undefined =>
  task.forms.find((form) => form.id === id);

export const openForms = (task: Task): Form[] => task.forms.filter((form) => form.state === "open");

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

/** What was scanned, and what was wanted instead: the next open slot of the form at hand. */
export function refusal(task: Task, code: string, scanned: Value, form?: Form | null, slot?: string | null): Effect {
  const at = form ?? formById(task, task.current) ?? openForms(task)[0];
  return { effect: "refused", code, scanned, wanted: at ? wanted(at, slot) : null };
}

function wanted(form: Form, name?: string | null): unknown {
  const slot =
    (name ? slotOf(form, name) : undefined) ?? form.slots.find((one) => isNone(one.value) && !one.optional);
  if (!slot) return null;
  return {
    form: form.id,
    slot: slot.name,
    types: slot.types,
    expected: Array.isArray(slot.expected) ? slot.expected : null,
  };
}

export const isNone = (value: unknown): value is null | undefined => value === null || value === undefined;
