/** The command card: UNDO, SHORT, DAMAGED, FULL, SKIP, DONE, NEXT, REPRINT, HELP. */
import { isFull, settled } from "./fillForm";
import { isClosable } from "./fillTally";
import { cleared, currentForm, formById, isNone, openForms, refusal, replaceForm, slotOf, step, stepBack, withSlot } from "./fillTask";
import type { Effect, Form, Task } from "./types";

type Done = [Task, Effect[]];

const undoOperation = (): Effect => ({ effect: "operation", kind: "undo", form: null, slots: {} });

export function command(task: Task, name: string): Done {
  switch (name) {
    case "UNDO":
      return undo(task);
    case "SHORT":
    case "DAMAGED":
      return shortOrDamaged(task, name);
    case "FULL":
      return full(task, name);
    case "SKIP":
      return skip(task, name);
    case "NEXT":
      return next(task, name);
    case "DONE":
      return done(task, name);
    case "REPRINT":
      return [task, [{ effect: "operation", kind: "reprint", form: task.current, slots: {} }]];
    case "HELP":
      return [task, [{ effect: "help" }]];
    default:
      return notHere(task, name);
  }
}

/** What a command does with nothing in hand: the last operation can be undone, help be had. */
export function commandWithoutTask(name: string): Effect {
  if (name === "UNDO") return undoOperation();
  if (name === "HELP") return { effect: "help" };
  return { effect: "refused", code: "not_here", scanned: { type: "command", key: name }, wanted: null };
}

function undo(task: Task): Done {
  const trail = task.trail ?? [];
  const last = trail[trail.length - 1];
  const form = last && formById(task, last[0]);
  if (!last || !form || !last[1].length) return [last ? { ...task, trail: trail.slice(0, -1) } : task, [undoOperation()]];
  const before = { ...task, trail: trail.slice(0, -1), current: form.id };
  return [replaceForm(before, stepBack(form, last[2])), [{ effect: "undone", form: form.id, slots: last[1] }]];
}

function shortOrDamaged(task: Task, name: string): Done {
  const mode = name.toLowerCase();
  const form = currentForm(task);
  const quantity = slotOf(form, "quantity");
  if (!form || !quantity || !(mode === "short" ? form.shortable : form.damageable)) return notHere(task, name);
  const isCounted = mode === "short" && quantity.mode === "each"; // what was scanned one by one is what there is
  const held = isCounted ? (quantity.value ?? null) : null;
  return inMode(task, form, withSlot({ ...form, mode }, "quantity", { value: held, said: false }), "quantity");
}

function full(task: Task, name: string): Done {
  const form = currentForm(task);
  if (form?.closable && isClosable(form)) return settled(task, form, true);
  const to = slotOf(form, "to");
  const takesTotes = to?.types.some((type) => type === "tote" || type === "lpn");
  if (!form || !to || !Array.isArray(to.expected) || !to.expected.length || !takesTotes) return notHere(task, name);
  return inMode(task, form, { ...form, mode: "full" }, "to");
}

function inMode(task: Task, before: Form, form: Form, asked: string): Done {
  const changed = asked === "quantity" ? step(before, form, ["quantity"])[2] : {};
  const trail = [...(task.trail ?? []), [form.id, ["mode"], { mode: before.mode ?? null, ...changed }] as [string, string[], Record<string, unknown>]];
  return [replaceForm({ ...task, current: form.id, trail }, form), [{ effect: "ask", form: form.id, slot: asked }]];
}

function skip(task: Task, name: string): Done {
  const form = currentForm(task);
  const others = openForms(task).filter((one) => form && one.id !== form.id);
  const first = others[0];
  if (!form || !first) return notHere(task, name);
  const forms = [...task.forms.filter((one) => one.id !== form.id), cleared(form)];
  const trail = (task.trail ?? []).filter((one) => one[0] !== form.id || !one[1].length);
  return [
    { ...task, forms, trail, current: first.id },
    [
      { effect: "skipped", form: form.id },
      { effect: "current", form: first.id },
    ],
  ];
}

function next(task: Task, name: string): Done {
  const ids = openForms(task).map((form) => form.id);
  const at = ids.indexOf(task.current ?? "");
  const following = ids[(at + 1) % ids.length];
  if (ids.length < 2 || at < 0 || following === undefined) return notHere(task, name);
  return [{ ...task, current: following }, [{ effect: "current", form: following }]];
}

function done(task: Task, name: string): Done {
  const form = currentForm(task);
  if (form && (form.mode === "short" || form.mode === "damaged")) return sayCounted(task, form);
  const counted = (form ? [form, ...openForms(task)] : []).find(isCountedByScans);
  if (counted) {
    const said = withSlot(counted, "quantity", { said: true });
    if (isFull(said)) return settled(task, said);
    return [task, [refusal(task, "not_finished", { type: "command", key: name }, counted)]];
  }
  if (form && isClosable(form)) return settled(task, form, true);
  if (task.finish) return [task, [{ effect: "operation", kind: "finish", form: null, slots: {} }]];
  return [task, [refusal(task, "not_finished", { type: "command", key: name })]];
}

/** Ends SHORT or DAMAGED with what was scanned since, or none. */
function sayCounted(task: Task, form: Form): Done {
  const quantity = slotOf(form, "quantity");
  const number = (quantity?.value as number | null | undefined) ?? 0;
  const scanned = { type: "quantity", n: number };
  if (form.mode === "short" && !isNone(quantity?.expected) && number >= (quantity.expected as number)) {
    return [task, [refusal(task, "not_short", scanned, form, "quantity")]];
  }
  if (form.mode === "damaged" && number < 1) return [task, [refusal(task, "too_few", scanned, form, "quantity")]];
  const said = withSlot(form, "quantity", { value: number, said: true });
  return settled(replaceForm(task, said), said);
}

function isCountedByScans(form: Form): boolean {
  const quantity = slotOf(form, "quantity");
  return quantity?.mode === "ask" && !isNone(quantity.value) && !quantity.said;
}

const notHere = (task: Task, name: string): Done => [task, [refusal(task, "not_here", { type: "command", key: name })]];
