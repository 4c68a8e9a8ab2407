/** Why a value is refused. */
import { isNone } from "./fillTask";
import type { Form, Slot, Value } from "./types";

const WRONG: Record<string, string> = {
  location: "wrong_location", item: "wrong_item", lpn: "wrong_lpn", tote: "wrong_tote", trolley: "wrong_tote",
  document: "wrong_document", badge: "wrong_badge", lot: "wrong_lot", serial: "wrong_serial", expiry: "wrong_expiry",
  production_date: "wrong_production_date",
};

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

export const isAmount = (value: Value): boolean => value.type === "quantity" || value.type === "weight";

/** Whether the form has a slot for values of this type at all. */
export const asksFor = (form: Form, value: Value): boolean => form.slots.some((slot) => slot.types.includes(value.type));

/** Whether a value is what the slot expects, or keeps its rule; what a rule asks and the value does not tell is let be. */
export function accepts(slot: Slot, value: Value): boolean {
  if (isAmount(value)) return true;
  if (!isNone(slot.expected)) return (slot.expected as unknown[]).includes(value.key);
  if (isNone(value.key)) return false;
  return Object.entries(slot.rule ?? {}).every(([name, allowed]) => !(name in value) || allowed.includes(value[name]));
}

/** A value of a type that the form asks for, but not the one it wants. */
export function contradiction(form: Form, value: Value): Refused {
  const slots = form.slots.filter((slot) => slot.types.includes(value.type));
  const wanting = slots.find((slot) => !accepts(slot, value));
  if (!wanting) return new Refused("already_filled", value, form, slots[0]?.name ?? null);
  return wrong(value, form, wanting.name);
}

/** The refusal of a value that another is wanted for. */
export const wrong = (value: Value, form: Form, slot: string): Refused =>
  new Refused(WRONG[value.type] ?? "not_wanted", value, form, slot);
