/** A reading fills a task's forms: pure, and the same as the server's (tests/floor_cases holds both). */
import { command } from "./commands";
import { fits, place, Refused, settled } from "./fillForm";
import { formById, isNone, openForms, refusal, replaceForm } from "./fillTask";
import type { Effect, Form, Reading, Step, Task, Value } from "./types";

const PRIMARY = ["location", "lpn", "tote", "trolley", "item", "document", "badge"];
/** What only says something together with the item, which may stand in the label's other barcode. */
const OF_A_LABEL = ["lot", "serial", "expiry", "production_date"];
const WRONG: Record<string, string> = {
  location: "wrong_location", item: "wrong_item", lpn: "wrong_lpn", tote: "wrong_tote", trolley: "wrong_tote",
  document: "wrong_document",
};
const ORDER = ["item", "lot", "serial", "expiry", "production_date", "weight", "quantity"];

/** The task after a reading, and what came of it; a refused reading leaves the task as it was. */
export function fill(task: Task | null, reading: Reading): Step {
  const values = reading.values;
  if (reading.error) {
    return [task, [{ effect: "refused", code: reading.error.code, scanned: rawOf(reading), wanted: null }]];
  }
  if (!task) return [null, [start(reading)]];
  const first = values[0];
  if (first?.type === "command") return command(task, first.key ?? "");
  if (values.every((value) => value.type === "unknown")) return [task, [refusal(task, "unknown_code", rawOf(reading))]];
  return fillValues(task, values);
}

function fillValues(given: Task, values: Value[]): Step {
  const [task, before, closedFor] = closeTally(given, values);
  let form: Form;
  try {
    form = choose(task, values);
  } catch (refused) {
    if (!(refused instanceof Refused)) throw refused;
    if (closedFor) {
      return [task, [...before, { effect: "refused", code: refused.code, scanned: values[0], wanted: null }]];
    }
    return [task, [refusal(task, refused.code, refused.value, refused.form, refused.slot)]];
  }
  if (form.id === task.current) return into(task, form, values, before);
  return into({ ...task, current: form.id }, form, values, [...before, { effect: "current", form: form.id }]);
}

function into(task: Task, chosen: Form, values: Value[], effects: Effect[]): Step {
  let form = chosen;
  const names: string[] = [];
  try {
    for (const value of [...values].sort((one, other) => rankOf(one) - rankOf(other))) {
      const [filled, more] = place(form, value, values);
      form = filled;
      names.push(...more.filter((name) => !names.includes(name)));
    }
  } catch (refused) {
    if (!(refused instanceof Refused)) throw refused;
    const kept = effects.filter((effect) => effect.effect === "operation" || effect.effect === "filled");
    return [task, [...kept, refusal(task, refused.code, refused.value, form, refused.slot)]];
  }
  if (!names.length) return [task, [...effects, { effect: "again", form: form.id }]];
  const filled = replaceForm({ ...task, trail: [...(task.trail ?? []), [form.id, names]] }, form);
  const [after, more] = settled(filled, form);
  return [after, [...effects, { effect: "filled", form: form.id, slots: names }, ...more]];
}

function choose(task: Task, values: Value[]): Form {
  const candidates = openForms(task);
  const first = candidates[0];
  if (!first) throw new Refused("nothing_open", values[0] as Value, null, null);
  const primary = values.filter((value) => PRIMARY.includes(value.type));
  const current = formById(task, task.current) ?? first;
  guardDestination(current, primary);
  const asked = primary.length ? primary : values;
  const fitting = candidates.filter((form) => asked.every((value) => fits(form, value)));
  if (!fitting.length) throw whyNot(current, asked);
  const ranked = fitting
    .map((form, at) => ({ form, at, rank: rank(form, current, primary) }))
    .sort((one, other) => one.rank[0] - other.rank[0] || one.rank[1] - other.rank[1] || one.at - other.at)
    .map((one) => one.form);
  return ranked.find((form) => qualifiersAgree(form, values)) ?? (ranked[0] as Form);
}

/** Goods in hand go where this form says: another line's tote is a mistake, not a change of line. */
function guardDestination(form: Form, primary: Value[]): void {
  if (form.slots.every((slot) => isNone(slot.value)) || form.mode === "full") return;
  const to = form.slots.find((slot) => slot.name === "to" && isNone(slot.value));
  for (const value of primary) {
    const expected = to?.expected;
    if (to?.types.includes(value.type) && Array.isArray(expected) && expected.length && !expected.includes(value.key)) {
      throw new Refused(WRONG[value.type] ?? "not_wanted", value, form, "to");
    }
  }
}

function rank(form: Form, current: Form, primary: Value[]): [number, number] {
  const named = isNamed(form, primary);
  const started = form.slots.some((slot) => !isNone(slot.value));
  const isCurrent = form.id === current.id;
  if (!primary.length) return [isCurrent ? 0 : 1, 0];
  if (started && named) return [0, isCurrent ? 0 : 1];
  if (isCurrent) return [1, 0];
  return [named ? 2 : 3, 0];
}

const isNamed = (form: Form, primary: Value[]): boolean =>
  primary.some((value) =>
    form.slots.some((slot) => {
      const expected = !slot.tally && Array.isArray(slot.expected) ? slot.expected : [];
      return slot.types.includes(value.type) && [...expected, ...(slot.suggested ?? [])].includes(value.key);
    }),
  );

const qualifiersAgree = (form: Form, values: Value[]): boolean =>
  values
    .filter((value) => ["lot", "serial", "expiry"].includes(value.type))
    .every((value) => {
      const slot = form.slots.find((one) => one.types.includes(value.type) && !one.tally);
      const expected = slot?.expected;
      return !Array.isArray(expected) || !expected.length || expected.includes(value.key);
    });

function whyNot(form: Form, values: Value[]): Refused {
  for (const value of values) {
    if (fits(form, value)) continue;
    const slots = form.slots.filter((slot) => slot.types.includes(value.type));
    if (!slots.length) return new Refused("not_wanted", value, form, null);
    const same = slots.find((slot) => isNone(slot.value) || slot.tally);
    if (!same) return new Refused("already_filled", value, form, slots[0]?.name ?? null);
    return new Refused(WRONG[value.type] ?? "not_wanted", value, form, same.name);
  }
  return new Refused("not_wanted", values[0] as Value, form, null);
}

/** The scan of another place ends the counting of this one. */
function closeTally(task: Task, values: Value[]): [Task, Effect[], boolean] {
  const form = formById(task, task.current);
  const location = values.find((value) => value.type === "location");
  if (!form || !location || form.mode) return [task, [], false];
  const tally = form.slots.find((slot) => slot.tally && !hasEntries(slot.expected));
  const here = form.slots.find((slot) => slot.name === "from");
  if (!tally || !here || isNone(here.value) || here.value === location.key) return [task, [], false];
  const others = openForms(task).filter((other) => other.id !== form.id);
  if (!form.repeat && !others.some((other) => fits(other, location))) return [task, [], false];
  const [done, effects] = settled(task, form, true);
  return [done, effects, true];
}

const hasEntries = (expected: unknown): boolean => Array.isArray(expected) && expected.length > 0;

function start(reading: Reading): Effect {
  const value = reading.values.find((one) => PRIMARY.includes(one.type) && !isNone(one.key));
  if (value) return { effect: "start", value };
  const holds = (types: string[]): boolean => reading.values.some((one) => types.includes(one.type));
  const code = holds(OF_A_LABEL) && !holds(PRIMARY) ? "missing_ai" : "unknown_code";
  return { effect: "refused", code, scanned: rawOf(reading), wanted: null };
}

const rankOf = (value: Value): number => ORDER.indexOf(value.type) + 1;

const rawOf = (reading: Reading): Value => reading.values[0] ?? { type: "unknown", key: reading.raw ?? "" };
