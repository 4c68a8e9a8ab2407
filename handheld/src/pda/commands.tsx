/** What a worker can say about a task, each with one tap or one card: the usual at hand, the others on a sheet. */
import { useState } from "preact/hooks";
import { isNone } from "../floor/fillTask";
import type { Form, Task } from "../floor/types";
import type { TextKey } from "../texts";
import { CodeEntry } from "./entry";
import type { Handheld } from "./handheld";
import { takesAnything } from "./holding";
import { isLocal, openedBin } from "./withoutNetwork";

interface CommandsProps {
  handheld: Handheld;
  form: Form | undefined;
  task: Task;
  askHowMany: () => void;
}

interface Act {
  key: TextKey;
  words?: string;
  act: () => void;
}

/** Beside "more": with gloves on there is room for fewer. */
const AT_HAND = 3;
const AT_GLOVED_HAND = 2;
/** Where there is room for it, a second row is at hand. */
const TALL = "(min-height: 600px) and (min-width: 350px)";

export function Commands({ handheld, form, task, askHowMany }: CommandsProps) {
  const [isOpen, setOpen] = useState(false);
  const acts = [...usual(handheld, form, task, askHowMany), ...seldom(handheld, form, task)];
  const isGloved = document.documentElement.hasAttribute("data-gloves");
  const hand = isGloved ? AT_GLOVED_HAND : AT_HAND;
  const isTwice = acts.length > hand && matchMedia(TALL).matches && !isGloved && !crowded(form);
  const count = isTwice ? hand + AT_HAND + 1 : hand;
  const button = ({ key, words, act }: Act) => <button key={key} onClick={() => { setOpen(false); act(); }}>{words ?? handheld.text(key)}</button>;
  return (
    <footer class="commands">
      {isOpen && (
        <div class="sheet more" role="dialog" aria-label={handheld.text("more")}>
          <CodeEntry handheld={handheld} />
          <button class="wide" onClick={() => { setOpen(false); handheld.openMenu(true); }}>☰ {handheld.text("menu")}</button>
          <div class="acts">{acts.slice(count).map(button)}</div>
        </div>
      )}
      {isTwice && <div class="buttons first">{acts.slice(hand, count).map(button)}</div>}
      <div class="buttons">{acts.slice(0, hand).map(button)}<button aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>{handheld.text("more")} {isOpen ? "▾" : "▴"}</button></div>
    </footer>
  );
}

/** A list needs the room more than a second row of buttons does. */
const crowded = (form: Form | undefined): boolean => Boolean(form?.info?.["rows"] || form?.info?.["ways"] || form?.slots.some((slot) => slot.tally));

function usual(handheld: Handheld, form: Form | undefined, task: Task, askHowMany: () => void): Act[] {
  const command = commandOf(handheld);
  const hasTally = form?.slots.some((slot) => slot.tally && isNone(slot.expected));
  const acts = [command("UNDO", "undo")];
  if (form?.shortable) acts.push(command("SHORT", "short"));
  if (hasTally || task.finish) acts.push(command("DONE", "done"));
  if (task.kind === "pack" || task.kind === "put_away") acts.push(command("REPRINT", "reprint"));
  if (openedBin(task)) acts.push({ key: "countBin", act: () => void handheld.scan("COUNT") });
  else if (isLocal(task) && form?.id === "g") acts.push({ key: "howMany", act: askHowMany });
  if (acts.length < AT_HAND && !isLocal(task)) acts.push(command("SKIP", "skip"));
  return acts;
}

function seldom(handheld: Handheld, form: Form | undefined, task: Task): Act[] {
  const command = commandOf(handheld);
  const canFill = form?.slots.some((slot) => slot.name === "to" && slot.types.includes("tote") && Array.isArray(slot.expected));
  const isSkipAtHand = usual(handheld, form, task, () => undefined).some((one) => one.key === "skip");
  const { kept } = handheld.view;
  return [
    ...(form?.damageable ? [command("DAMAGED", "damaged")] : []), ...(canFill ? [command("FULL", "full")] : []),
    ...(isSkipAtHand || isLocal(task) ? [] : [command("SKIP", "skip")]), command("NEXT", "nextLine"), command("HELP", "help"),
    ...(kept.length ? [{ key: "otherTask" as const, words: handheld.text("otherTask", { count: kept.length }), act: () => void handheld.other() }] : []),
    ...(isLocal(task) || takesAnything(task) ? [] : [{ key: "takeAlong" as const, act: () => void handheld.claim(task.kind) }]),
    { key: "giveBack", act: () => void handheld.release() },
  ];
}

const commandOf = (handheld: Handheld) => (name: string, key: TextKey): Act => ({ key, act: () => void handheld.scan(`CMD-${name}`) });
