/** The command card: UNDO, SHORT, DAMAGED, FULL, SKIP, DONE, NEXT, REPRINT, HELP. */
import { cleared, settled } from "./fillForm";
import { formById, isNone, openForms, refusal, replaceForm, slotOf, withSlot } from "./fillTask";
import type { Effect, Form, Task } from "./types";

type Done = [Task, Effect[]];

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

function undo(task: Task): Done {
  const trail = task.trail ?? [];
  const last = trail[trail.length - 1];
  let form = formById(task, last ? last[0] : task.current);
  if (form?.mode && !(last && last[0] === form.id && slotOf(form, "quantity")?.said)) {
    const unasked = slotOf(form, "quantity") ? withSlot(form, "quantity", { value: null, said: false }) : form;
    return [replaceForm(task, { ...unasked, mode: null }), [{ effect: "undone", form: form.id, slots: ["mode"] }]];
  }
  if (!last || !form) return [task, [{ effect: "operation", kind: "undo", form: null, slots: {} }]];
  for (const name of last[1]) form = withSlot(form, name, { value: null });
  const before = { ...task, trail: trail.slice(0, -1), current: form.id };
  return [replaceForm(before, form), [{ effect: "undone", form: form.id, slots: last[1] }]];
}

function shortOrDamaged(task: Task, name: string): Done {
  const mode = name.toLowerCase();
  let form = currentForm(task);
  if (!form || !(mode === "short" ? form.shortable : form.damageable)) return notHere(task, name);
  form = withSlot({ ...form, mode }, "quantity", { value: null, said: false });
  return [replaceForm({ ...task, current: form.id }, form), [{ effect: "ask", form: form.id, slot: "quantity" }]];
}

function full(task: Task, name: string): Done {
  const form = currentForm(task);
  const to = slotOf(form, "to");
  const takesTotes = to?.types.some((type) => type === "tote" || type === "lpn");
  if (!form || !to || !Array.isArray(to.expected) || !to.expected.length || !takesTotes) return notHere(task, name);
  const asking = { ...form, mode: "full" };
  return [replaceForm({ ...task, current: form.id }, asking), [{ effect: "ask", form: form.id, slot: "to" }]];
}

function skip(task: Task, name: string): Done {
  const form = currentForm(task);
  const others = openForms(task).filter((one) => form && one.id !== form.id);
  const first = others[0];
  if (!form || !first) return notHere(task, name);
  const forms = [...task.forms.filter((one) => one.id !== form.id), cleared(form)];
  const trail = (task.trail ?? []).filter((step) => step[0] !== form.id);
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
  let form = currentForm(task);
  if (form && (form.mode === "short" || form.mode === "damaged")) {
    form = withSlot(form, "quantity", { value: slotOf(form, "quantity")?.value ?? 0, said: true });
    return settled(replaceForm(task, form), form);
  }
  if (form && hasOpenTally(form)) return settled(task, form, true);
  if (task.finish) return [task, [{ effect: "operation", kind: "finish", form: null, slots: {} }]];
  return [task, [refusal(task, "not_finished", { type: "command", key: name })]];
}

const notHere = (task: Task, name: string): Done => [task, [refusal(task, "not_here", { type: "command", key: name })]];

export function currentForm(task: Task): Form | undefined {
  const form = formById(task, task.current);
  return form && form.state === "open" ? form : openForms(task)[0];
}

function hasOpenTally(form: Form): boolean {
  const here = slotOf(form, "from");
  return (!here || !isNone(here.value)) && form.slots.some((slot) => slot.tally && isNone(slot.expected));
}
