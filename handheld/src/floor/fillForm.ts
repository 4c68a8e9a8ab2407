/** One value into one form: what fits, what it fills, and when the form is full. */
import { isNone, openForms, replaceForm, slotOf, withSlot } from "./fillTask";
import type { Effect, Entry, Form, Slot, Task, Value } from "./types";

/** A value fits a slot but is not what the slot wants. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    readonly value: Value,
    readonly form: Form | null,
    readonly slot: string | null,
  ) {
    super(code);
  }
}

type Placed = [Form, string[]];

export const fits = (form: Form, value: Value): boolean => slotFor(form, value) !== undefined;

/** The form with the value in it, and the names of the slots that changed; throws Refused. */
export function place(form: Form, value: Value, together: Value[]): Placed {
  if (form.mode === "full" && isTote(value)) return [withSlot(form, "to", { replacement: value.key ?? null }), ["to"]];
  if (value.type === "quantity") return quantity(form, value);
  const slot = slotFor(form, value);
  if (!slot) return noSlot(form, value);
  if (slot.tally) return tally(form, slot, value, together);
  if (value.type === "item") return item(form, slot, value, together);
  const held = value.type === "weight" ? value.n : value.key;
  if (slot.value === held) return [form, []];
  return [withSlot(form, slot.name, { value: held }), [slot.name]];
}

/** Commits the form when it is full (or when closing an open tally), and goes to the next one. */
export function settled(task: Task, form: Form, closing = false): [Task, Effect[]] {
  if (!closing && !isFull(form)) return [task, []];
  const kind = form.mode && ["short", "damaged", "full"].includes(form.mode) ? form.mode : form.kind;
  const effects: Effect[] = [{ effect: "operation", kind, form: form.id, slots: slotValues(form) }];
  let after: Task = { ...task, trail: (task.trail ?? []).filter((step) => step[0] !== form.id) };
  if (form.mode === "full") return [newTote(after, form), effects];
  if (form.repeat) return [replaceForm(after, cleared(form)), effects];
  after = replaceForm(after, { ...form, state: kind === "short" ? "short" : "done", mode: null });
  const following = openForms(after)[0];
  after = { ...after, current: following ? following.id : null };
  if (!following) effects.push({ effect: "complete" });
  return [after, effects];
}

/** The form as it was before anything was scanned into it. */
export const cleared = (form: Form): Form => ({
  ...form,
  mode: null,
  slots: form.slots.map((slot) => ({ ...slot, value: null })),
});

function slotFor(form: Form, value: Value): Slot | undefined {
  if (form.mode === "full" && isTote(value)) return slotOf(form, "to");
  return form.slots.find(
    (slot) => slot.types.includes(value.type) && (slot.tally || accepts(slot, value)) && isFree(slot, value),
  );
}

const isTote = (value: Value): boolean => value.type === "tote" || value.type === "lpn";

const isFree = (slot: Slot, value: Value): boolean =>
  Boolean(slot.tally) || isNone(slot.value) || slot.value === (value.key !== undefined ? value.key : value.n);

function accepts(slot: Slot, value: Value): boolean {
  if (value.type === "quantity" || value.type === "weight") return true;
  if (!isNone(slot.expected)) return (slot.expected as unknown[]).includes(value.key);
  if (isNone(value.key)) return false;
  return Object.entries(slot.rule ?? {}).every(([name, allowed]) => !(name in value) || allowed.includes(value[name]));
}

function noSlot(form: Form, value: Value): Placed {
  for (const slot of form.slots) {
    if (slot.types.includes(value.type) && !slot.tally) {
      if (!isNone(slot.value) && slot.value !== value.key) throw new Refused("already_filled", value, form, slot.name);
      throw new Refused(`wrong_${value.type}`, value, form, slot.name);
    }
  }
  return [form, []]; // a label may say more than the form asks for
}

function item(form: Form, slot: Slot, value: Value, together: Value[]): Placed {
  const names = isNone(slot.value) ? [slot.name] : [];
  const filled = withSlot(form, slot.name, { value: value.key });
  const amount = slotOf(filled, "quantity");
  if (!amount || (amount.mode === "ask" && !form.mode)) return [filled, names];
  if (together.some((one) => one.type === "quantity")) return [filled, names];
  if (value.tracking?.includes("catch_weight")) {
    const weight = together.find((one) => one.type === "weight")?.n;
    return weight === undefined ? [filled, names] : counted(filled, amount, weight, value, names);
  }
  if (form.mode === "short" || form.mode === "damaged" || amount.mode === "each") {
    return counted(filled, amount, value.quantity ?? 1, value, names);
  }
  if (!isNone(amount.value)) throw new Refused("already_complete", value, form, "quantity");
  const full = isNone(amount.expected) ? (value.quantity ?? 1) : amount.expected;
  return [withSlot(filled, "quantity", { value: full }), [...names, "quantity"]];
}

function counted(form: Form, amount: Slot, more: number, value: Value, names: string[]): Placed {
  const total = ((amount.value as number | null) ?? 0) + more;
  if (!isNone(amount.max) && total > amount.max) throw new Refused("too_many", value, form, "quantity");
  return [withSlot(form, "quantity", { value: total }), [...names, "quantity"]];
}

function quantity(form: Form, value: Value): Placed {
  const slot = slotOf(form, "quantity");
  if (!slot) {
    if (form.slots.some((one) => one.tally)) return [form, []]; // taken with the item of the same label
    throw new Refused("not_wanted", value, form, null);
  }
  let number = value.n ?? 0;
  if (slot.mode === "each" && !isNone(slot.value) && !form.mode) number += slot.value as number;
  if (!isNone(slot.max) && number > slot.max) throw new Refused("too_many", value, form, "quantity");
  const least = form.mode === "short" ? 0 : form.mode === "damaged" ? 1 : (slot.min ?? 1);
  if (number < least) throw new Refused(slot.expected ? "short_first" : "too_few", value, form, "quantity");
  if (form.mode === "short" && !isNone(slot.expected) && number >= (slot.expected as number)) {
    throw new Refused("not_short", value, form, "quantity");
  }
  return [withSlot(form, "quantity", { value: number, said: true }), ["quantity"]];
}

function tally(form: Form, slot: Slot, value: Value, together: Value[]): Placed {
  const entries = [...((slot.value as Entry[] | null) ?? [])];
  if (value.type === "lpn") {
    if (entries.some((entry) => entry.lpn === value.key)) return [form, []];
    return [withSlot(form, slot.name, { value: [...entries, { lpn: value.key }] }), [slot.name]];
  }
  if (isNone(value.key)) throw new Refused("unknown_code", value, form, slot.name);
  const entry = {
    item: value.key,
    lot: keyOf(together, "lot"),
    serial: keyOf(together, "serial"),
    expiry: keyOf(together, "expiry"),
  };
  if (entry.serial && entries.some((one) => one.item === entry.item && one.serial === entry.serial)) {
    throw new Refused("serial_twice", value, form, slot.name);
  }
  const wanted = wantedOf(slot, entry.item, value, form);
  const so_far = entries.filter((one) => one.item === entry.item).reduce((sum, one) => sum + (one.quantity ?? 0), 0);
  const more = moreOf(slot, value, together, wanted, so_far);
  if (wanted !== null && so_far + more > wanted) throw new Refused("too_many", value, form, slot.name);
  const same = entries.find(
    (one) =>
      one.item === entry.item && one.lot === entry.lot && one.serial === entry.serial && one.expiry === entry.expiry,
  );
  const rest = entries.filter((one) => one !== same);
  const total = (same?.quantity ?? 0) + more;
  return [withSlot(form, slot.name, { value: [...rest, { ...entry, quantity: total }] }), [slot.name]];
}

function moreOf(slot: Slot, value: Value, together: Value[], wanted: number | null, so_far: number): number {
  const said = together.find((one) => one.type === "quantity")?.n;
  if (said !== undefined) return said;
  const weight = together.find((one) => one.type === "weight")?.n;
  if (weight !== undefined && value.tracking?.includes("catch_weight")) return weight;
  if (slot.mode === "full" && wanted !== null && so_far < wanted) return wanted - so_far;
  return value.quantity ?? 1;
}

function wantedOf(slot: Slot, code: string, value: Value, form: Form): number | null {
  if (isNone(slot.expected)) return null;
  const mine = (slot.expected as Entry[]).filter((one) => one.item === code);
  if (!mine.length) throw new Refused("wrong_item", value, form, slot.name);
  return mine.reduce((sum, one) => sum + (one.quantity ?? 0), 0);
}

const keyOf = (together: Value[], type: string): string | null =>
  together.find((value) => value.type === type)?.key ?? null;

function isFull(form: Form): boolean {
  if (form.mode === "full") return !isNone(slotOf(form, "to")?.replacement);
  if (form.mode === "short" || form.mode === "damaged") return Boolean(slotOf(form, "quantity")?.said);
  return form.slots.every(isSettled);
}

function isSettled(slot: Slot): boolean {
  if (slot.tally) return !isNone(slot.expected) && tallyComplete(slot);
  if (slot.name === "quantity" && slot.mode === "each" && !isNone(slot.expected)) return slot.value === slot.expected;
  return !isNone(slot.value) || Boolean(slot.optional) || !isNone(slot.default);
}

function tallyComplete(slot: Slot): boolean {
  const entries = (slot.value as Entry[] | null) ?? [];
  const expected = slot.expected as Entry[];
  const sum = (list: Entry[], code: string | undefined): number =>
    list.filter((one) => one.item === code).reduce((total, one) => total + (one.quantity ?? 0), 0);
  return expected.every((one) => sum(entries, one.item) === sum(expected, one.item));
}

function slotValues(form: Form): Record<string, unknown> {
  if (form.mode === "full") {
    const to = slotOf(form, "to");
    return { tote: ((to?.expected as string[] | null) ?? [null])[0] ?? null, to: to?.replacement ?? null };
  }
  const filled: Record<string, unknown> = {};
  for (const slot of form.slots) {
    let value = isNone(slot.value) ? slot.default : slot.value;
    if (isNone(value) && (form.mode === "short" || form.mode === "damaged")) {
      value = Array.isArray(slot.expected) && slot.expected.length && !slot.tally ? slot.expected[0] : null;
    }
    if (!isNone(value)) filled[slot.name] = value;
  }
  return filled;
}

/** Every open form that wanted the full tote wants the new one now. */
function newTote(task: Task, form: Form): Task {
  const { tote, to } = slotValues(form);
  const forms = task.forms.map((one) => {
    let changed = one;
    if (one.id === form.id) changed = { ...withSlot(one, "to", { replacement: null }), mode: null };
    const expected = slotOf(changed, "to")?.expected;
    if (changed.state === "open" && Array.isArray(expected) && expected.length === 1 && expected[0] === tote) {
      changed = withSlot(changed, "to", { expected: [to], value: null });
    }
    return changed;
  });
  return { ...task, forms };
}
