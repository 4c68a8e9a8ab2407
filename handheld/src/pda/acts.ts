/** What a worker can say about the task at hand: the commands that this step takes, and what is seldom wanted. */
import { command } from "../floor/commands";
import { isNone } from "../floor/fillTask";
import type { Form, Task } from "../floor/types";
import type { TextKey } from "../texts";
import type { Handheld } from "./handheld";
import { takesAnything } from "./holding";
import { isLocal, openedBin } from "./withoutNetwork";

export interface Act {
  key: TextKey;
  words?: string;
  act: () => void;
}

/** The command card in the order of the thumb: what is wanted most comes first, and each keeps its place. */
const CARD = [
  ["UNDO", "undo"], ["SHORT", "short"], ["DONE", "done"], ["REPRINT", "reprint"], ["FULL", "full"],
  ["DAMAGED", "damaged"], ["SKIP", "skip"], ["NEXT", "nextLine"], ["HELP", "help"],
] as const;
const PRINTING = ["pack", "put_away"];

/** One tap each, as far as there is room. */
export function atHand(handheld: Handheld, form: Form | undefined, task: Task, askHowMany: () => void): Act[] {
  const card = CARD.filter(([name]) => isTaken(task, form, name)).map(([name, key]): Act => ({ key, act: () => void handheld.scan(`CMD-${name}`) }));
  const [undo, ...others] = card;
  const own: Act[] = openedBin(task) ? [{ key: "countBin", act: () => void handheld.scan("COUNT") }]
    : isLocal(task) && form?.id === "g" ? [{ key: "howMany", act: askHowMany }] : [];
  return [...(undo ? [undo] : []), ...own, ...others];
}

/** Always behind one tap more. */
export function seldom(handheld: Handheld, task: Task): Act[] {
  const { kept } = handheld.view;
  return [
    ...(kept.length ? [{ key: "otherTask" as const, words: handheld.text("otherTask", { count: kept.length }), act: () => void handheld.other() }] : []),
    ...(isLocal(task) || takesAnything(task) ? [] : [{ key: "takeAlong" as const, act: () => void handheld.claim(task.kind) }]),
    { key: "giveBack", act: () => void handheld.release() },
  ];
}

/** Whether the step takes a command; what would only be refused has no button. */
function isTaken(task: Task, form: Form | undefined, name: string): boolean {
  if (name === "REPRINT") return PRINTING.includes(task.kind);
  if (name === "DONE" && (task.finish || form?.slots.some((slot) => slot.tally && isNone(slot.expected)))) return true; // keeps its place while nothing is counted yet
  if (name === "SKIP" && isLocal(task)) return false;
  return command(task, name)[1].every((effect) => effect.effect !== "refused");
}
