/** One value into one form: what fits, what it fills, and when the form is full. */
import { countItem, countLpn, isCounted, sayOfLast } from "./fillTally";
import { cleared, isNone, openForms, replaceForm, slotOf, withSlot } from "./fillTask";
import { accepts, asksFor, contradiction, isAmount, Refused } from "./fillWrong";
import type { Effect, Form, Placed, Slot, Step, Task, Value } from "./types";

export const fits = (form: Form, value: Value): boolean => slotFor(form, value) !== undefined;

/** Whether something fits and nothing is other than the form wants; what it does not ask for is passed over. */
export const takes = (form: Form, values: Value[]): boolean =>
  values.some((value) => fits(form, value)) && values.every((value) => fits(form, value) || !asksFor(form, value));

/** The form with the value in it, and the names of the slots that changed; throws Refused. */
export function place(form: Form, value: Value, together: Value[]): Placed {
  if (isNewTote(form, value)) return replacement(form, value);
  if (isAmount(value)) return amount(form, value, together);
  const slot = slotFor(form, value);
  if (!slot) {
    if (asksFor(form, value)) throw contradiction(form, value);
    return [form, []]; // a label may say more than the form asks for
  }
  if (slot.tally) return value.type === "lpn" ? countLpn(form, slot, value) : countItem(form, slot, value, together);
  if (value.type === "item") return item(form, slot, value, together);
  return hold(form, slot, value.key);
}

/** Commits the form when it is full (or when closing what was counted), and goes to the next one. */
export function settled(task: Task, form: Form, closing = false): [Task, Effect[]] {
  if (!closing && !isFull(form)) return [task, []];
  const kind = form.mode && ["short", "damaged", "full"].includes(form.mode) ? form.mode : form.kind;
  const effects: Effect[] = [{ effect: "operation", kind, form: form.id, slots: slotValues(form) }];
  if (form.mode === "full") return [newTote(task, form), effects];
  let after: Task = { ...task, trail: trailAfter(task.trail ?? [], form.id) };
  if (form.repeat) return [replaceForm(after, cleared(form)), effects];
  after = replaceForm(after, { ...form, state: kind === "short" ? "short" : "done", mode: null });
  const following = openForms(after)[0];
  after = { ...after, current: following ? following.id : null };
  if (!following) effects.push({ effect: "complete" });
  return [after, effects];
}

/** Whether nothing is missing that would make the form an operation. */
export function isFull(form: Form): boolean {
  if (form.mode === "full") return !isNone(slotOf(form, "to")?.replacement);
  if (form.mode === "short" || form.mode === "damaged") return Boolean(slotOf(form, "quantity")?.said);
  return form.slots.every(isSettled);
}

/** Steps of other forms stay, and a mark behind them: to undo goes back through this operation first. */
function trailAfter(trail: Step[], id: string): Step[] {
  const left = trail.filter((step) => step[0] !== id || !step[1].length);
  return left.some((step) => step[1].length) ? [...left, [id, [], {}]] : [];
}

function slotFor(form: Form, value: Value): Slot | undefined {
  if (isNewTote(form, value)) return slotOf(form, "to");
  return form.slots.find(
    (slot) => slot.types.includes(value.type) && (slot.tally || (accepts(slot, value) && isFree(slot, value))),
  );
}

const isNewTote = (form: Form, value: Value): boolean =>
  form.mode === "full" && (value.type === "tote" || value.type === "lpn");

const isFree = (slot: Slot, value: Value): boolean => isAmount(value) || Boolean(slot.replaces) || isNone(slot.value) || slot.value === value.key;

function hold(form: Form, slot: Slot, held: unknown): Placed {
  if (slot.value === held) return [form, []];
  return [withSlot(form, slot.name, { value: held }), [slot.name]];
}

function replacement(form: Form, value: Value): Placed {
  const expected = slotOf(form, "to")?.expected;
  if (Array.isArray(expected) && expected.includes(value.key)) throw new Refused("same_tote", value, form, "to");
  return [withSlot(form, "to", { replacement: value.key ?? null }), ["to"]];
}

function item(form: Form, slot: Slot, value: Value, together: Value[]): Placed {
  const isAgain = !isNone(slot.value);
  const names = isAgain ? [] : [slot.name];
  const pack = value.quantity ?? 1;
  const filled = isAgain ? form : withSlot(form, slot.name, { value: value.key, scanned: pack });
  const quantity = slotOf(filled, "quantity");
  if (!quantity || together.some((one) => one.type === "quantity")) return [filled, names];
  if (value.tracking?.includes("catch_weight")) {
    const weight = together.find((one) => one.type === "weight")?.n;
    return weight === undefined ? [filled, names] : counted(filled, quantity, weight, value, names);
  }
  if (!isAgain && !isNone(quantity.value)) return [filled, names]; // the quantity was said before the goods were named
  if (quantity.mode === "ask" && !form.mode) {
    const first = isNone(quantity.value) ? (slot.scanned ?? 0) : 0;
    return isAgain ? counted(filled, quantity, first + pack, value, names, false) : [filled, names];
  }
  return another(filled, quantity, value, names);
}

function another(form: Form, quantity: Slot, value: Value, names: string[]): Placed {
  const pack = value.quantity ?? 1;
  if (form.mode === "short" || form.mode === "damaged" || quantity.mode === "each") {
    return counted(form, quantity, pack, value, names, false);
  }
  if (!isNone(quantity.value)) throw new Refused("already_complete", value, form, "quantity");
  const full = isNone(quantity.expected) ? pack : quantity.expected;
  if (!isNone(quantity.max) && (full as number) > quantity.max) throw new Refused("too_many", value, form, "quantity");
  return [withSlot(form, "quantity", { value: full }), [...names, "quantity"]];
}

function counted(form: Form, quantity: Slot, more: number, value: Value, names: string[], said = true): Placed {
  const total = ((quantity.value as number | null | undefined) ?? 0) + more;
  if (!isNone(quantity.max) && total > quantity.max) throw new Refused("too_many", value, form, "quantity");
  const isSaid = isNone(form.mode) && (said || Boolean(quantity.said));
  return [withSlot(form, "quantity", { value: total, said: isSaid }), [...names, "quantity"]];
}

function amount(form: Form, value: Value, together: Value[]): Placed {
  const slot = form.slots.find((one) => one.types.includes(value.type) && !one.tally);
  if (!slot) return amountWithoutSlot(form, value, together);
  if (slot.name !== "quantity") return hold(form, slot, value.n);
  if (value.type === "weight") return weighsItsItem(together) ? [form, []] : counted(form, slot, value.n ?? 0, value, []);
  return quantityOf(form, slot, value, together);
}

/** The item of the same label has taken the weight, or a quantity says how much it is. */
const weighsItsItem = (together: Value[]): boolean =>
  together.some((one) => one.type === "quantity" || one.tracking?.includes("catch_weight"));

function amountWithoutSlot(form: Form, value: Value, together: Value[]): Placed {
  if (!together.every(isAmount)) return [form, []];
  const tally = form.slots.find((slot) => slot.tally);
  if (!tally || value.type === "weight") throw new Refused("not_wanted", value, form, null);
  return sayOfLast(form, tally, value);
}

function quantityOf(form: Form, slot: Slot, value: Value, together: Value[]): Placed {
  const { mode } = form;
  const held = slot.value as number | null | undefined;
  let number = value.n ?? 0;
  if (!isNone(held) && !mode && (slot.mode === "each" || slot.mode === "ask") && together.some((one) => one.type === "item")) {
    number += held; // the same label again, with its own quantity
  }
  if (!isNone(slot.max) && number > slot.max) throw new Refused("too_many", value, form, "quantity");
  const isGrowing = mode === "damaged" || slot.mode === "each";
  const least = mode === "short" ? 0 : isGrowing ? 1 : (slot.min ?? 1);
  if (number < least) throw new Refused(slot.expected && !mode && !isGrowing ? "short_first" : "too_few", value, form, "quantity");
  if (mode === "short" && !isNone(slot.expected) && number >= (slot.expected as number)) {
    throw new Refused("not_short", value, form, "quantity");
  }
  if (number === held && !mode && slot.mode !== "ask") return [form, []];
  return [withSlot(form, "quantity", { value: number, said: true }), ["quantity"]];
}

function isSettled(slot: Slot): boolean {
  if (slot.tally) return isCounted(slot);
  if (slot.name === "quantity" && slot.mode === "each" && !isNone(slot.expected)) return slot.value === slot.expected;
  const isAsked = slot.name === "quantity" && slot.mode === "ask" && !(slot.optional && isNone(slot.value));
  if (isAsked) return !isNone(slot.value) && Boolean(slot.said);
  return !isNone(slot.value) || Boolean(slot.optional) || !isNone(slot.default);
}

function slotValues(form: Form): Record<string, unknown> {
  if (form.mode === "full") {
    const to = slotOf(form, "to");
    return { tote: ((to?.expected as string[] | null | undefined) ?? [null])[0] ?? null, to: to?.replacement ?? null };
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

/** Every open form that wanted the full tote wants the new one now; what was scanned before stays, and can be undone. */
function newTote(task: Task, form: Form): Task {
  const { tote, to } = slotValues(form);
  const forms = task.forms.map((one) => {
    const changed = one.id === form.id ? { ...withSlot(one, "to", { replacement: null }), mode: null } : one;
    const slot = slotOf(changed, "to");
    const expected = slot?.expected;
    if (changed.state !== "open" || !Array.isArray(expected) || expected.length !== 1 || expected[0] !== tote) return changed;
    return withSlot(changed, "to", { expected: [to], default: isNone(slot?.default) ? null : to, value: null });
  });
  const trail = (task.trail ?? []).slice(0, -1).filter((step) => step[0] !== form.id || step[1].join() !== "mode");
  return { ...task, forms, trail };
}
