/** The screen of a task: what the form says above, what can be done below; a keypad only when a number is asked. */
import { useState } from "preact/hooks";
import { currentForm, isNone } from "../floor/fillTask";
import type { Form, Task } from "../floor/types";
import { Commands } from "./commands";
import { FormView } from "./form";
import type { Handheld } from "./handheld";
import { Pad } from "./pad";
import { cardName } from "./wording";

export function TaskScreen({ handheld, task }: { handheld: Handheld; task: Task }) {
  const form = currentForm(task);
  const [asks, setAsks] = useState(false);
  const { why } = handheld.view;
  const done = task.forms.filter((one) => one.state !== "open").length;
  const all = task.progress?.all ?? task.forms.length;
  const shownDone = task.forms.length === 1 && task.forms[0]?.repeat ? (task.progress?.done ?? 0) : done;
  return (
    <>
      {all > 1 && <progress class="done" max={all} value={shownDone} aria-label={handheld.text("progress", { done: shownDone, all })} />}
      <main>
        <div class="head"><span>{handheld.say(task.title)} {cardName(handheld, task.document ?? "") === task.document ? task.document : ""}</span><b>{all > 0 && handheld.text("progress", { done: shownDone, all })}</b></div>
        {why?.task === task.id && done === 0 && <div class="after why">{handheld.say(why.message)}</div>}
        {form ? <FormView handheld={handheld} form={form} /> : <h1 class="big">{handheld.text("complete")}</h1>}
      </main>
      <Commands handheld={handheld} form={form} task={task} askHowMany={() => setAsks(true)} />
      {form && asks && (
        <Pad title={askedText(handheld, form)} most={7} handheld={handheld} cancel={() => setAsks(false)}
          done={(typed) => { setAsks(false); void handheld.scan(`QTY-${typed}`); }} />
      )}
      {form && needsKeypad(form) && (
        <Pad title={askedText(handheld, form)} most={7} handheld={handheld}
          done={(typed) => void handheld.scan(`QTY-${typed}`)} cancel={() => void handheld.scan("CMD-UNDO")} />
      )}
    </>
  );
}

/** The keypad comes only when a quantity, or a customer's code, is the next thing asked. */
function needsKeypad(form: Form): boolean {
  if (form.mode === "short" || form.mode === "damaged") return true;
  const open = form.slots.find((slot) => isNone(slot.value) && !slot.optional && isNone(slot.default));
  return (open?.name === "quantity" || open?.name === "code") && open.mode === "ask";
}

function askedText(handheld: Handheld, form: Form): string {
  const code = form.slots.find((slot) => slot.name === "code");
  if (code) return `${String(form.info?.["order"] ?? "")}: ${handheld.say(code.prompt)}`;
  const asked = handheld.text(form.mode === "short" ? "shortAsk" : form.mode === "damaged" ? "damagedAsk" : "howMany");
  return `${asked} ${String(form.info?.["name"] ?? "")}`;
}
