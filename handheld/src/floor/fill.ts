/** A reading fills a task's forms: pure, and the same as the server's (tests/floor_cases holds both). */
import { command, commandWithoutTask } from "./commands";
import { fits, place, settled, takes } from "./fillForm";
import { isClosable } from "./fillTally";
import { cleared, currentForm, isNone, openForms, refusal, replaceForm, step } from "./fillTask";
import { asksFor, contradiction, isAmount, Refused, wrong } from "./fillWrong";
import type { Effect, Form, Reading, Task, Value } from "./types";

type Filled = [Task | null, Effect[]];

const PRIMARY = ["location", "lpn", "tote", "trolley", "item", "document", "badge"];
/** What only says something together with the item, which may stand in the label's other barcode. */
const OF_A_LABEL = ["lot", "serial", "expiry", "production_date"];
const ORDER = ["item", "lot", "serial", "expiry", "production_date", "weight", "quantity"];

/** The task after a reading, and what came of it; a refused reading leaves the task as it was. */
export function fill(task: Task | null, reading: Reading): Filled {
  const values = reading.values;
  if (reading.error) return [task, [unreadable(task, reading.error.code, rawOf(reading))]];
  const first = values[0];
  if (first?.type === "command") {
    const name = first.key ?? "";
    return task ? command(task, name) : [null, [commandWithoutTask(name)]];
  }
  if (!task) return [null, [start(reading)]];
  if (values.every((value) => value.type === "unknown")) return [task, [refusal(task, "unknown_code", rawOf(reading))]];
  return fillValues(task, values);
}

const unreadable = (task: Task | null, code: string, scanned: Value): Effect =>
  task ? refusal(task, code, scanned) : { effect: "refused", code, scanned, wanted: null };

function fillValues(given: Task, values: Value[]): [Task, Effect[]] {
  const colleague = values.find((value) => value.type === "badge" && value.key);
  if (colleague && !openForms(given).some((form) => asksFor(form, colleague))) {
    return [given, [{ effect: "operation", kind: "hand_over", form: null, slots: { badge: colleague.key } }]];
  }
  const [task, effects] = closeTally(given, values);
  let form: Form;
  try {
    form = choose(task, values);
  } catch (refused) {
    if (!(refused instanceof Refused)) throw refused;
    return [task, [...effects, refusal(task, refused.code, refused.value, refused.form, refused.slot)]];
  }
  return into(task, form, values, effects);
}

function into(given: Task, chosen: Form, values: Value[], before: Effect[]): [Task, Effect[]] {
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
    return [given, [...before, refusal(given, refused.code, refused.value, chosen, refused.slot)]];
  }
  const isOther = form.id !== given.current;
  const task = isOther ? { ...given, current: form.id } : given;
  const effects: Effect[] = isOther ? [...before, { effect: "current", form: form.id }] : before;
  if (!names.length) return [task, [...effects, { effect: "again", form: form.id }]];
  const filled = replaceForm({ ...task, trail: [...(task.trail ?? []), step(chosen, form, names)] }, form);
  const [after, more] = settled(filled, form);
  return [after, [...effects, { effect: "filled", form: form.id, slots: names }, ...more]];
}

function choose(task: Task, values: Value[]): Form {
  const current = currentForm(task);
  if (!current) throw new Refused("nothing_open", values[0] as Value, null, null);
  const named = values.filter((value) => !isAmount(value));
  if (!named.length) return current; // an amount names no line: it is of the goods in hand
  const primary = named.filter((value) => PRIMARY.includes(value.type));
  guardDestination(current, primary);
  const asked = primary.length ? primary : named;
  const taking = openForms(task).filter((form) => takes(form, asked));
  if (!taking.length) {
    const isAsked = openForms(task).some((form) => named.some((value) => asksFor(form, value)));
    if (named.length < values.length && !isAsked) return current; // more on the label than is asked for, and an amount that is
    throw whyNot(current, asked);
  }
  // An SSCC says more than the content on the same label, so forms that want its first value come before.
  const first = taking.filter((form) => fits(form, asked[0] as Value));
  const fitting = first.length ? first : taking;
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
      throw wrong(value, form, "to");
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
  const wrongly = values.find((value) => asksFor(form, value) && !fits(form, value));
  return wrongly ? contradiction(form, wrongly) : new Refused("not_wanted", values[0] as Value, form, null);
}

/** The scan of another place ends the counting of this one. */
function closeTally(task: Task, values: Value[]): [Task, Effect[]] {
  const form = currentForm(task);
  const location = values.find((value) => value.type === "location");
  if (!form || !location || form.mode || form.closable || !isClosable(form)) return [task, []];
  const here = form.slots.find((slot) => slot.name === "from");
  if (!here || here.value === location.key) return [task, []];
  const after = [...openForms(task).filter((other) => other.id !== form.id), ...(form.repeat ? [cleared(form)] : [])];
  return after.some((other) => takes(other, [location])) ? settled(task, form, true) : [task, []];
}

function start(reading: Reading): Effect {
  const value = reading.values.find((one) => PRIMARY.includes(one.type) && !isNone(one.key));
  if (value) return { effect: "start", value };
  const holds = (types: string[]): boolean => reading.values.some((one) => types.includes(one.type));
  const code = holds(OF_A_LABEL) && !holds(PRIMARY) ? "missing_ai" : "unknown_code";
  return { effect: "refused", code, scanned: rawOf(reading), wanted: null };
}

const rankOf = (value: Value): number => ORDER.indexOf(value.type) + 1;

const rawOf = (reading: Reading): Value => reading.values[0] ?? { type: "unknown", key: reading.raw ?? "" };
