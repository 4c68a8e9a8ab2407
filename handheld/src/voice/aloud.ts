/** What the screen shows as sentences fit for hearing: the same messages, places in short, long numbers by their ends. Pure. */
import { isNone } from "../floor/fillTask";
import type { Entry, Form, Message, Task } from "../floor/types";
import { hasOnlyTheseAnswers, type View } from "../pda/view";
import type { Language, TextKey } from "../texts";
import { voiceText, type VoiceText } from "./texts";
import { waysOf, type Wanted } from "./wanted";

/** The screen's own words. */
export interface Shown {
  language: Language;
  say: (message: Message | undefined) => string;
  text: (key: TextKey) => string;
}

/** What of a form was said already. */
export interface Told {
  key: string;
  form: string;
  place: boolean;
  goods: boolean;
}

const ENDING = 3;
const NUMERALS = "零一二三四五六七八九";

/** W1-A-03-12 in zone A is "A, 3, 12", in Chinese "A 三 十二": the house is known, zeros in front say nothing. */
export function placeAloud(code: string, zone: string | null, language: Language): string {
  const parts = code.split("-");
  const from = zone ? parts.indexOf(zone) : -1;
  const heard = parts.slice(Math.max(from, 0)).map((part) => (/^\d{1,4}$/.test(part) ? numberAloud(Number(part), language) : part));
  return heard.join(language === "zh-CN" ? " " : ", ");
}

function numberAloud(number: number, language: Language): string {
  if (language !== "zh-CN" || number > 99) return String(number);
  const [tens, unit] = [Math.floor(number / 10), number % 10];
  if (!tens) return NUMERALS.charAt(unit);
  return `${tens > 1 ? NUMERALS.charAt(tens) : ""}十${unit ? NUMERALS.charAt(unit) : ""}`;
}

/** A sentence of the screen for the ear. */
export function aloud(sentence: string, task: Task | null, language: Language): string {
  return sentence
    .replace(/[A-Za-z]*\d{8,}/g, (code) => voiceText(language, "ending", { digits: [...code.slice(-ENDING)].join(" ") }))
    .replace(/[A-Z0-9]+(?:-[A-Z0-9]+)+/g, (code) => placeAloud(code, zoneOf(task, code), language))
    .replace(/\s*[×·]\s*/g, language === "zh-CN" ? "，" : ", ").replace(/…/g, "").replace(/\s+/g, " ").trim();
}

const zoneOf = (task: Task | null, code: string): string | null => {
  const zone = task?.codes?.[code.toUpperCase()]?.find((value) => value.type === "location")?.zone;
  return typeof zone === "string" && zone ? zone : null;
};

/** What is said for the screen that is shown now, after what was said before; empty when there is nothing new. */
export function promptOf(view: View, wanted: Wanted, shown: Shown, before: Told | null): [string, Told] {
  const key = keyOf(view, wanted);
  if (before?.key === key) return ["", before];
  const form = wanted.form;
  if (view.screen === "home") return [voiceText(shown.language, "nextTask"), { key, form: "", place: false, goods: false }];
  if (!view.task || !form) return ["", { key, form: "", place: false, goods: false }];
  const id = `${view.task.id}/${form.id}/${quantityOf(form)}`;
  const told = before?.form === id ? before : { key, form: id, place: false, goods: false };
  const isNew = before?.form.split("/")[0] !== view.task.id;
  const parts = [isNew ? shown.say(view.task.title) : "", ...formAloud(view.task, form, wanted, shown, told), ...askedAloud(wanted, shown, form)];
  const after = { key, form: id, place: true, goods: told.goods || !isPlaceAsked(wanted) };
  return [joined(parts, view.task, shown.language), after];
}

/** What a question, or a refusal, says; its answers too where they can be said back. */
export function refusalAloud(view: View, shown: Shown, isHeard = true): string {
  const refusal = view.refusal;
  if (!refusal) return "";
  const { language } = shown;
  const steps = refusal.isQuestion && isHeard ? answersAloud(refusal.next.map((step) => step.label), language, hasOnlyTheseAnswers(refusal)) : [];
  const isMissing = (text: string | undefined): text is string => Boolean(text && !refusal.title.includes(text));
  const parts = [refusal.title, isMissing(refusal.wanted) ? `${shown.text("wanted")} ${refusal.wanted}` : "", isMissing(refusal.now) ? refusal.now : "", ...steps];
  return joined(parts, view.task, language);
}

function answersAloud(labels: string[], language: Language, isAll = false): string[] {
  const [only, ...more] = labels;
  if (only === undefined) return [];
  if (!more.length) return [only, voiceText(language, "yesOrNo")];
  return [...labels.map((label, at) => voiceText(language, "oneOf", { number: at + 1, label })), ...(isAll ? [] : [voiceText(language, "noAnswer")])];
}

const joined = (parts: string[], task: Task | null, language: Language): string =>
  parts.filter(Boolean).map((part) => aloud(part, task, language).replace(/[.。]$/, "")).join(language === "zh-CN" ? "。" : ". ");

const isPlaceAsked = (wanted: Wanted): boolean => wanted.isPlace && wanted.asked.length > 0;
const quantityOf = (form: Form): string => String(form.info?.["quantity"] ?? "");

function keyOf(view: View, wanted: Wanted): string {
  if (view.screen !== "task" || !view.task) return view.screen;
  const tally = wanted.form?.slots.find((slot) => slot.tally);
  const counted = ((tally?.value as Entry[] | null | undefined) ?? []).reduce((sum, one) => sum + (one.quantity ?? 1), 0);
  const { form, slot } = wanted;
  return [view.task.id, form?.id, form?.mode ?? "", slot?.name ?? "", form ? quantityOf(form) : "", counted, waysOf(form).length].join("/");
}

function formAloud(task: Task, form: Form, wanted: Wanted, shown: Shown, told: Told): string[] {
  const info = form.info ?? {};
  const text = (name: string): string => (isNone(info[name]) ? "" : String(info[name]));
  const { language } = shown;
  const place = wanted.isPlace && wanted.slot ? nameWanted(wanted) || text("location") : text("location");
  const parts: string[] = [];
  if (place && !isForLater(form, wanted, place) && (!told.place || isPlaceAsked(wanted))) parts.push(placeAloud(place, text("zone") || zoneOf(task, place), language));
  if (isPlaceAsked(wanted)) return parts;
  if (!told.goods) parts.push(...goodsAloud(text, shown, wanted));
  if (wanted.slot?.name === "to" && text("tote")) parts.push(voiceText(language, "intoTote", { tote: text("slot") || text("tote") }));
  const ways = waysOf(form);
  if (ways.length) parts.push(shown.say(info["wrong"] as Message), ...answersAloud(ways.map((way) => shown.say(way.label)), language));
  const tally = form.slots.find((slot) => slot.tally && ((slot.value as Entry[] | null) ?? []).length);
  if (tally) parts.push(String((tally.value as Entry[]).reduce((sum, one) => sum + (one.quantity ?? 1), 0)));
  return parts;
}

/** Where the goods go is said when it is time to go there. */
function isForLater(form: Form, wanted: Wanted, place: string): boolean {
  const later = form.slots.slice(wanted.slot ? form.slots.indexOf(wanted.slot) + 1 : form.slots.length);
  return later.some((slot) => slot.types.includes("location") && [...((slot.expected as string[] | null | undefined) ?? []), ...(slot.suggested ?? [])].includes(place));
}

function goodsAloud(text: (name: string) => string, shown: Shown, wanted: Wanted): string[] {
  const isOfLpn = wanted.slot?.types.includes("lpn") && wanted.asked.length > 0;
  return [
    isOfLpn ? text("lpn") : "", text("name"), text("name") && text("quantity") ? voiceText(shown.language, "quantity", { quantity: text("packs") || text("quantity") }) : "",
    text("lot") ? voiceText(shown.language, "lotSaid", { lot: text("lot") }) : "",
  ];
}

/** The place that the asked slot names. */
const nameWanted = (wanted: Wanted): string => wanted.asked[0]?.raw ?? "";

function askedAloud(wanted: Wanted, shown: Shown, form: Form): string[] {
  const count = Math.max(0, ...wanted.asked.map((one) => one.digits.length));
  const short = (key: VoiceText): string => voiceText(shown.language, key, { count });
  if (waysOf(form).length) return [];
  if (form.mode === "full") return [shown.text("fullAsk")];
  if (form.mode === "short") return [shown.text("shortAsk")];
  if (form.mode === "damaged") return [shown.text("damagedAsk")];
  if (wanted.isPlace && count) return [short("checkDigits")];
  if (count) return [shown.say(wanted.slot?.prompt), short(count === 1 ? "lastDigit" : "lastDigits")];
  return [shown.say((wanted.slot ?? form).prompt)];
}
