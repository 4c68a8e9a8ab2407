/** What a worker can say now: the digits that name what the form wants, an amount, or the answer to a question. Pure. */
import { currentForm, isNone, slotOf, tallyLeft } from "../floor/fillTask";
import type { Entry, Form, Slot, Task, Value } from "../floor/types";
import type { Refusal } from "../pda/view";

/** Digits that stand for a scan: a place's check digits, or the last ones of a code. */
export interface Named {
  digits: string;
  raw: string;
}

export interface Wanted {
  form: Form | null;
  slot: Slot | null;
  /** Of what is asked now, and of the rest of the form. */
  asked: Named[];
  others: Named[];
  /** Whether the digits asked are a place's check digits. */
  isPlace: boolean;
  amount: { least: number; most: number; isAsked: boolean; isFixed: boolean } | null;
  /** How many answers a question offers; null when there is none. */
  answers: number | null;
  isHome: boolean;
}

export interface Way {
  label: { key: string; args: Record<string, unknown> };
  kind: string;
  slots: Record<string, unknown>;
}

const TAIL = 3;
const NAMED_MAX = 12;
const NOTHING: Wanted = { form: null, slot: null, asked: [], others: [], isPlace: false, amount: null, answers: null, isHome: false };

export const waysOf = (form: Form | null): Way[] => (Array.isArray(form?.info?.["ways"]) ? (form.info["ways"] as Way[]) : []);

/** Of the screen that is shown; a question goes before the form beneath it. */
export function wantedOf(task: Task | null, refusal: Refusal | null): Wanted {
  if (refusal?.isQuestion && refusal.next.length) return { ...NOTHING, answers: refusal.next.length };
  const form = task ? currentForm(task) : undefined;
  if (!task || !form) return { ...NOTHING, isHome: !task };
  const ways = waysOf(form);
  const slot = askedSlot(task, form);
  const others = form.slots.filter((one) => one !== slot && (one.tally || isNone(one.value)));
  const asked = slot && form.mode !== "full" ? namesOf(task, slot) : [];
  return {
    form, slot, asked, others: form.mode ? [] : others.flatMap((one) => namesOf(task, one)),
    isPlace: Boolean(slot?.types.includes("location")), amount: amountOf(form, slot), answers: ways.length || null, isHome: false,
  };
}

/** The slot that is asked: the first that is missing; before any of it also the place, where its check digits can be said. */
export function askedSlot(task: Task, form: Form): Slot | null {
  if (form.mode === "short" || form.mode === "damaged") return slotOf(form, "quantity") ?? null;
  if (form.mode === "full") return slotOf(form, "to") ?? null;
  const isFresh = form.slots.every((slot) => isNone(slot.value));
  const isToConfirm = (slot: Slot): boolean => isFresh && slot.types.includes("location") && Array.isArray(slot.expected) && namesOf(task, slot).length > 0;
  const isMissing = (slot: Slot): boolean => isNone(slot.value) && ((!slot.optional && isNone(slot.default)) || isToConfirm(slot));
  return form.slots.find(isMissing) ?? form.slots.find((slot) => slot.tally) ?? null;
}

function amountOf(form: Form, asked: Slot | null): Wanted["amount"] {
  const tally = form.slots.find((slot) => slot.tally);
  if (tally) return ((tally.value as Entry[] | null) ?? []).length ? { least: 0, most: 999_999, isAsked: false, isFixed: false } : null;
  const slot = slotOf(form, "quantity");
  if (!slot) return null;
  const most = slot.max ?? 999_999;
  if (form.mode === "short") return { least: 0, most: isNone(slot.expected) ? most : Number(slot.expected) - 1, isAsked: true, isFixed: false };
  if (form.mode === "damaged") return { least: 1, most, isAsked: true, isFixed: false };
  return { least: slot.min ?? 1, most, isAsked: asked === slot, isFixed: slot.min === most };
}

/** What the slot wants by name, as digits that can be said; nothing for what has none. */
function namesOf(task: Task, slot: Slot): Named[] {
  const codes = task.codes ?? {};
  const named = slot.tally
    ? [...new Set(((slot.expected as Entry[] | null) ?? []).map((one) => one.item ?? "").filter((item) => item && tallyLeft(slot, item) > 0))]
    : ((slot.expected as string[] | null | undefined) ?? slot.suggested ?? []);
  if (!Array.isArray(named) || named.length > NAMED_MAX) return [];
  const found = named.filter((name) => typeof name === "string").flatMap((name) => (slot.types.includes("item") ? ofItem(codes, name) : ofCode(codes, slot, name)));
  return found.filter((one, at) => found.findIndex((other) => other.digits === one.digits && other.raw === one.raw) === at);
}

function ofCode(codes: Record<string, Value[]>, slot: Slot, name: string): Named[] {
  const place = codes[name.toUpperCase()]?.find((value) => value.type === "location");
  if (place) return typeof place["check"] === "string" && place["check"] ? [{ digits: place["check"], raw: name }] : [];
  if (slot.types.includes("location")) return [];
  if (slot.types.includes("lot")) return tail(name, `(10)${name}`);
  if (slot.types.includes("serial")) return tail(name, `(21)${name}`);
  if (!slot.types.some((type) => ["lpn", "tote", "trolley", "document"].includes(type))) return [];
  return tail(name, /^\d{18}$/.test(name) ? `(00)${name}` : name);
}

/** Any of the item's barcodes may be the one in front of the worker. */
const ofItem = (codes: Record<string, Value[]>, item: string): Named[] =>
  Object.entries(codes)
    .filter(([key, values]) => values.some((value) => value.type === "item" && value.key === item) && !key.startsWith("rcn:"))
    .flatMap(([key]) => (key.startsWith("gtin:") ? tail(key, `(01)${key.slice(5)}`) : tail(key, key)));

function tail(code: string, raw: string): Named[] {
  const digits = /\d+$/.exec(code)?.[0].slice(-TAIL);
  return digits ? [{ digits, raw }] : [];
}
