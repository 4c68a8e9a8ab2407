/** What the screens show, and nothing else. */
import type { LabelSettings } from "../floor/gs1";
import { currentForm, isNone } from "../floor/fillTask";
import type { Effect, Message, Task, Value } from "../floor/types";
import type { Result } from "../store/queue";
import type { Tier } from "./trust";
import { filled, type Language, type TextKey } from "../texts";

export interface Refusal {
  title: string;
  scanned?: string;
  /** The code of the item that was scanned, where it was one. */
  item?: string;
  wanted?: string;
  now?: string;
  next: { label: string; kind: string; slots: Record<string, unknown> }[];
  isQuestion?: boolean;
  /** Nothing is wrong with what was done: it is looked at by somebody, or is to be done once more. */
  isNotice?: boolean;
  /** Goods are in the hand: one of the steps has to be taken. */
  mustStep?: boolean;
  /** What the answer was about: by then another task may be at hand. */
  task?: string | null;
}

export interface View {
  screen: "starting" | "otherTab" | "enrol" | "signIn" | "home" | "task";
  task: Task | null;
  /** What the device holds besides the task at hand. */
  kept: Task[];
  flash: { kind: "good" | "bad" | "hint"; text: string; at: number } | null;
  refusal: Refusal | null;
  asking: boolean;
  counts: Record<string, number>;
  queued: number;
  stuck: number | null;
  away: boolean;
  language: Language;
  worker: string;
  badge: string;
  error: string;
  newBuild: boolean;
  /** The server speaks a newer version than this page: what is made here is still taken, not for ever. */
  outdated: boolean;
  tier: Tier | null;
  /** What somebody sets for themselves lies over everything else. */
  menu: boolean;
  /** Null while nobody has told. */
  shift: Shift | null;
  /** What waits for this worker by name. */
  pushed: Pick<Task, "id" | "kind" | "title">[];
  /** Why the server gave a task, while it is at hand. */
  why: { task: string; message: Message } | null;
}

export const EMPTY: View = {
  screen: "starting", task: null, kept: [], flash: null, refusal: null, asking: false, counts: {}, queued: 0, stuck: null, away: false,
  language: "en", worker: "", badge: "", error: "", newBuild: false, outdated: false, tier: null, menu: false, shift: null, pushed: [], why: null,
};

/** What the server tells at a pull. */
export interface Pulled {
  tasks?: Task[];
  counts: Record<string, number>;
  settings: LabelSettings;
  codes_mark?: string;
  scans?: { id: number; text: string }[];
  scans_mark?: number;
  /** Of who is signed in; null for who never began one. */
  shift?: Shift | null;
  /** Tasks that wait for this worker by name, or for this device: the next claim takes the first. */
  pushed?: Task[];
}

export interface Shift {
  started_at: number;
  ended_at: number | null;
  vehicle: string;
  trolley: string;
  break_since: number | null;
}

/** A message as a sentence: what it names has words of its own. */
export function worded(message: Message, messages: Record<string, string>): string {
  const of = (name: string, value: unknown): unknown =>
    (name === "kind" ? (messages[`task.${String(value)}`] ?? messages[`kind.${String(value)}`]) : messages[String(value)]) ?? value;
  const args = Object.fromEntries(Object.entries(message.args).map(([name, value]) => [name, of(name, value)]));
  return filled(messages[message.key] ?? message.key, args);
}

/** A refused scan in words: what was scanned and where it belongs, what was wanted, what to do now. */
export function refusalOf(effect: Effect, task: Task | null, sentence: string, say: (message: Message) => string): Refusal {
  const scanned = effect["scanned"] as Value | undefined;
  const wanted = effect["wanted"] as { slot: string; types: string[]; expected: string[] | null; form: string } | null;
  const form = task?.forms.find((one) => one.id === wanted?.form);
  const slot = form?.slots.find((one) => one.name === wanted?.slot);
  const now = slot?.prompt ? say(slot.prompt) : "";
  const name = scanned?.name ?? scanned?.key ?? scanned?.gtin ?? scanned?.["rcn"] ?? (scanned?.["parts"] as string[] | undefined)?.[0] ?? (isNone(scanned?.n) ? "?" : String(scanned?.n));
  const args = { scanned: name, wanted: wanted?.expected?.join(", ") || "…", next: now };
  return {
    title: filled(sentence, args).replace(/\{\w+\}/g, ""),
    scanned: `${String(name)}${scanned?.["location"] ? ` → ${String(scanned["location"])}` : ""}`,
    ...(scanned?.type === "item" && scanned.key ? { item: scanned.key } : {}),
    ...(wanted?.expected?.length ? { wanted: wanted.expected.join(", ") } : {}),
    ...(now ? { now } : {}),
    next: [],
  };
}

/** One of these is the answer to whether the goods are there: there is no third. Nor is there for goods in the hand. */
const ANSWERS = new Set(["have", "took"]);
export const hasOnlyTheseAnswers = (refusal: Refusal): boolean =>
  Boolean(refusal.mustStep) || (refusal.next.length > 1 && refusal.next.every((step) => ANSWERS.has(step.kind)));

/** What a worker can do about an answer. */
export const stepsOf = (result: Result, say: (message: Message) => string): Refusal["next"] =>
  (result.next ?? []).map((step) => ({ label: say(step.label), kind: step.kind, slots: step.slots }));

/** What can be scanned now: what the form still wants, or anything that begins work. */
export function helpOf(task: Task | null, text: (key: TextKey) => string, say: (message: Message) => string): Refusal {
  const form = task ? currentForm(task) : undefined;
  const open = (form?.slots ?? []).filter((slot) => slot.prompt && (slot.tally || isNone(slot.value)));
  const now = [...new Set(open.map((slot) => say(slot.prompt as Message)))].join(" · ");
  return { title: text("help"), now: now || text("helpAnything"), next: [], isQuestion: true };
}
