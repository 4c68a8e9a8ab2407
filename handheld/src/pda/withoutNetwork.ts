/** What a device begins by itself without network: moving, and counting. The server books its operations when they come. */
import { cleared, currentForm, isNone, replaceForm, slotOf } from "../floor/fillTask";
import type { Effect, Form, Message, Reading, Slot, Task, Value } from "../floor/types";

export const LOCAL = "local";

export const isLocal = (task: Task | null): boolean => task?.id === LOCAL;

const message = (key: string, args: Record<string, unknown> = {}): Message => ({ key, args });
const slot = (name: string, types: string[], prompt: string, more: Partial<Slot> = {}): Slot => ({ name, types, value: null, prompt: message(prompt), ...more });

/** Each scan of the goods counts one, or one pack; the scan of the place where they go commits. */
const QUANTITY = slot("quantity", ["quantity"], "slot.quantity", { mode: "each", min: 1 });

/** The task that a scan begins without network; null for what only the server can begin. `place` is the bin that was opened before. */
export function localTask(value: Value, place: string | null = null): Task | null {
  if (!value.key) return null;
  if (value.type === "lpn" || value.type === "tote") return task("move", wholeForm(value.key));
  if (value.type === "location") return task("move", goodsForm(value.key));
  if (value.type === "document" && value.key === "COUNT") return { ...task("count", countForm(place)), finish: true };
  return null;
}

const task = (kind: string, form: Form): Task => ({
  id: LOCAL, kind, title: message(`task.${kind}`), state: "leased", current: form.id, finish: false, trail: [], codes: {}, forms: [form],
});

function wholeForm(key: string): Form {
  const slots = [slot("lpn", ["lpn", "tote"], "slot.lpn", { expected: [key], value: key }), slot("to", ["location"], "slot.to_place")];
  return { id: "p", kind: "move", state: "open", info: { lpn: key }, prompt: message("slot.to_place"), slots };
}

function goodsForm(place: string): Form {
  const slots = [
    slot("from", ["location"], "slot.from", { value: place }), slot("item", ["item"], "away.bin"),
    QUANTITY, slot("to", ["location"], "slot.to_place"),
  ];
  return { id: "g", kind: "move", state: "open", info: { location: place }, prompt: message("away.bin"), slots };
}

function countForm(place: string | null): Form {
  const slots = [
    slot("from", ["location"], "away.count", { rule: { kind: ["bin"] }, value: place }),
    slot("counted", ["item", "lpn"], "slot.count_items", { tally: true, mode: "each", optional: true }),
  ];
  return { id: "n", kind: "count", state: "open", repeat: true, info: { location: place }, prompt: message("away.counting"), slots };
}

/** The bin that was opened and nothing taken from yet; null when goods are in hand. */
export function openedBin(given: Task | null): string | null {
  const form = given && isLocal(given) ? currentForm(given) : undefined;
  const isTaken = form?.slots.some((one) => one.name !== "from" && !isNone(one.value));
  return form?.id === "g" && !isTaken ? ((slotOf(form, "from")?.value as string | undefined) ?? null) : null;
}

/** Before an item is filled into a move: what of it has to be scanned too, lot, expiry date or serial number. */
export function prepared(given: Task, reading: Reading): Task {
  const form = currentForm(given);
  const value = reading.values.find((one) => one.type === "item" && !isNone(one.key));
  if (!isLocal(given) || form?.id !== "g" || !value || !isNone(slotOf(form, "item")?.value)) return given;
  const [from, item, ...rest] = form.slots as [Slot, Slot, ...Slot[]];
  const base = rest.filter((one) => one.name === "quantity" || one.name === "to").map((one) => (one.name === "quantity" ? quantityFor(value, one) : one));
  const info = { ...form.info, item: value.key, name: value.name ?? value.key };
  return replaceForm(given, { ...form, info, slots: [from, item, ...trackedSlots(value), ...base] });
}

function trackedSlots(value: Value): Slot[] {
  const tracked = (name: string): boolean => value.tracking?.includes(name) ?? false;
  const slots: Slot[] = [];
  if (tracked("lot")) slots.push(slot("lot", ["lot"], "slot.lot"));
  if (tracked("expiry")) slots.push(slot("expiry", ["expiry"], "slot.expiry", { optional: tracked("lot") }));
  if (tracked("serial")) slots.push(slot("serial", ["serial"], "slot.serial"));
  return slots;
}

function quantityFor(value: Value, before: Slot): Slot {
  const quantity = { ...QUANTITY, value: before.value, said: before.said ?? null };
  if (value.tracking?.includes("serial")) return { ...quantity, mode: "full", expected: 1, default: 1, max: 1 };
  return value.tracking?.includes("catch_weight") ? { ...quantity, types: ["quantity", "weight"] } : quantity;
}

/** How many are in hand stands where tasks of the server show how many are wanted; and the bin that is counted in large. */
export function withShown(given: Task): Task {
  const form = currentForm(given);
  if (!isLocal(given) || !form || form.id === "p") return given;
  if (form.id === "n") return replaceForm(given, { ...form, info: { location: slotOf(form, "from")?.value ?? null } });
  const isUndone = isNone(slotOf(form, "item")?.value);
  const { name: _name, item: _item, quantity: _quantity, ...bare } = form.info ?? {};
  const number = slotOf(form, "quantity")?.value;
  const info = isUndone ? bare : { ...form.info, ...(isNone(number) ? {} : { quantity: number }) };
  return replaceForm(given, { ...form, info });
}

/** A line of which a part was received, with what is still to come; null when nothing is, or when it is no such line. */
export function restOf(form: Form, kind: unknown, slots: Record<string, unknown> | undefined): Form | null {
  if (form.repeat || (kind !== "receive" && kind !== "damaged")) return null;
  const rest = Number(form.info?.["quantity"] ?? 0) - Number(slots?.["quantity"] ?? Infinity);
  return rest > 0 ? { ...cleared(form), state: "open", info: { ...form.info, quantity: rest } } : null;
}

/** Of a line that was received in part the rest is still to come: the answer will say so too, but it may be slow or never come. */
export function withRest(given: Task, effects: Effect[]): Task {
  const effect = effects.find((one) => one.effect === "operation");
  const form = given.forms.find((one) => one.id === effect?.["form"]);
  const open = form && restOf(form, effect?.["kind"], effect?.["slots"] as Record<string, unknown> | undefined);
  if (!open) return given;
  const task = replaceForm(given, open);
  return { ...task, current: currentForm(task)?.id ?? null };
}

/** A device that has no codes yet takes what it does not know for the place that is asked for; if it is none, the supervisor hears of it. */
export function asPlace(reading: Reading): Reading {
  const values = reading.values.map((value): Value => (value.type === "unknown" && value.key ? { type: "location", key: value.key.toUpperCase() } : value));
  return { ...reading, values };
}
