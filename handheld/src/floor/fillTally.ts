/** Counting into a form: each scan adds to an entry of the tally, the last one scanned stands last. */
import { isNone, slotOf, tallyLeft, withSlot } from "./fillTask";
import { Refused } from "./fillWrong";
import type { Entry, Form, Placed, Slot, Value } from "./types";

const entriesOf = (slot: Slot): Entry[] => [...((slot.value as Entry[] | null | undefined) ?? [])];

/** A pallet or parcel is counted once, with whatever is on it. */
export function countLpn(form: Form, slot: Slot, value: Value): Placed {
  const entries = entriesOf(slot);
  if (entries.some((entry) => entry.lpn === value.key)) return [form, []];
  return [withSlot(form, slot.name, { value: [...entries, { lpn: value.key }] }), [slot.name]];
}

/** An item, with the lot, serial and expiry of the same label, adds one, one pack, or what the label says. */
export function countItem(form: Form, slot: Slot, value: Value, together: Value[]): Placed {
  if (slot.types.includes("lpn") && together.some((one) => one.type === "lpn")) return [form, []]; // a whole pallet's label
  if (isNone(value.key)) throw new Refused("unknown_code", value, form, slot.name);
  const entries = entriesOf(slot);
  const entry = { item: value.key, lot: keyOf(together, "lot"), serial: keyOf(together, "serial"), expiry: keyOf(together, "expiry") };
  if (entry.serial && entries.some((one) => one.item === entry.item && one.serial === entry.serial)) {
    throw new Refused("serial_twice", value, form, slot.name);
  }
  const more = moreOf(slot, value, together, leftOf(form, slot, value));
  const same = entries.find(
    (one) =>
      one.item === entry.item && one.lot === entry.lot && one.serial === entry.serial && one.expiry === entry.expiry,
  );
  const rest = entries.filter((one) => one !== same);
  const total = (same?.quantity ?? 0) + more;
  return [withSlot(form, slot.name, { value: [...rest, { ...entry, quantity: total }] }), [slot.name]];
}

/** A quantity by itself says how many of the last scanned item there are. */
export function sayOfLast(form: Form, slot: Slot, value: Value): Placed {
  const entries = entriesOf(slot);
  const last = entries[entries.length - 1];
  if (last?.item === undefined) throw new Refused("not_wanted", value, form, slot.name);
  const number = value.n ?? 0;
  const held = last.quantity ?? 0;
  if (number < 1) throw new Refused("too_few", value, form, slot.name);
  const most = isNone(slot.expected) ? Infinity : tallyLeft(slot, last.item) + held;
  if (number > most || (last.serial && number > 1)) throw new Refused("too_many", value, form, slot.name);
  if (number === held) return [form, []];
  return [withSlot(form, slot.name, { value: [...entries.slice(0, -1), { ...last, quantity: number }] }), [slot.name]];
}

/** Whether all that the tally expects is there; one that expects nothing ends by the next place or DONE. */
export const isCounted = (slot: Slot): boolean =>
  !isNone(slot.expected) && (slot.expected as Entry[]).every((one) => tallyLeft(slot, one.item as string) === 0);

/** Whether DONE may end the counting here: an open tally at its place, or a parcel with something in it. */
export function isClosable(form: Form): boolean {
  const here = slotOf(form, "from");
  const hasPlace = !here || !isNone(here.value);
  return form.slots.some(
    (slot) => slot.tally && ((isNone(slot.expected) && hasPlace) || (form.closable && entriesOf(slot).length > 0)),
  );
}

function leftOf(form: Form, slot: Slot, value: Value): number | null {
  if (isNone(slot.expected)) return null;
  if ((slot.expected as Entry[]).every((one) => one.item !== value.key)) throw new Refused("wrong_item", value, form, slot.name);
  const left = tallyLeft(slot, value.key as string);
  if (left <= 0) throw new Refused("already_complete", value, form, slot.name);
  return left;
}

function moreOf(slot: Slot, value: Value, together: Value[], left: number | null): number {
  const more = saidOrWeighed(value, together) ?? (slot.mode === "full" && left !== null ? left : (value.quantity ?? 1));
  if (more < 1) throw new Refused("too_few", value, null, slot.name);
  if (left !== null && more > left) throw new Refused("too_many", value, null, slot.name);
  return more;
}

function saidOrWeighed(value: Value, together: Value[]): number | undefined {
  const said = together.find((one) => one.type === "quantity")?.n;
  if (said !== undefined || !value.tracking?.includes("catch_weight")) return said;
  return together.find((one) => one.type === "weight")?.n;
}

const keyOf = (together: Value[], type: string): string | null =>
  together.find((value) => value.type === type)?.key ?? null;
