/** What was heard becomes a scan, a command, an answer, or nothing: pure, held by recorded results (test/voice/recorded.json). */
import type { Language } from "../texts";
import { spokenNumbers } from "./numbers";
import type { Named, Wanted } from "./wanted";
import { plainWords, withoutFillers, WORDS, type Command, type Control, type Words } from "./words";

export interface Alternative {
  transcript: string;
  confidence: number;
}

export type Meaning =
  | { kind: "scan"; scans: string[] }
  | { kind: "next" }
  | { kind: "answer"; step: number | null }
  | { kind: "control"; word: Control };

export type Heard =
  | (Meaning & { said: string })
  | { kind: "wrong"; said: string }
  | { kind: "unsure"; said: string; between: string[] }
  | { kind: "packs"; said: string }
  | { kind: "nothing"; said: string };

interface Found {
  meaning: Meaning;
  said: string;
  at: number;
}

/** Below this a recogniser only guesses; 0 is how some say that they do not know. */
const SURE_LEAST = 0.3;
/** So sure of other digits, a recogniser is not corrected by one of its lesser guesses. */
const SURE = 0.8;

/** The one thing that fits among all that a recogniser offers; where two different ones fit, neither. */
export function heardAs(offered: Alternative[], wanted: Wanted, language: Language): Heard {
  const heard = offered.filter((one) => one.transcript.trim() && (!one.confidence || one.confidence >= SURE_LEAST));
  const first = heard[0];
  const said = first?.transcript.trim() ?? "";
  if (!first) return { kind: "nothing", said: "" };
  const found = distinct(heard.flatMap((one, at) => meanings(one.transcript, wanted, language).map((meaning) => ({ meaning: meaning.meaning, said: meaning.said, at }))));
  const clear = clearDigits(first.transcript, wanted, language);
  const [only] = found;
  if (found.length > 1) return { kind: "unsure", said, between: found.map((one) => one.said) };
  if (only && !(only.at > 0 && clear && first.confidence >= SURE)) return { ...only.meaning, said: only.said };
  if (clear) return { kind: "wrong", said: clear };
  const words = WORDS[language];
  if (heard.some((one) => countsPacks(plainWords(one.transcript, language), words, language))) return { kind: "packs", said };
  return outOfRange(first.transcript, wanted, language) ?? { kind: "nothing", said };
}

/** The same meaning said twice is one; the surest way of saying it stays. */
const distinct = (found: Found[]): Found[] =>
  found.filter((one, at) => found.findIndex((other) => JSON.stringify(other.meaning) === JSON.stringify(one.meaning)) === at);

function meanings(transcript: string, wanted: Wanted, language: Language): { meaning: Meaning; said: string }[] {
  const words = WORDS[language];
  const plain = plainWords(transcript, language);
  const bare = withoutFillers(plain, language);
  const is = (list: string[]): boolean => list.includes(plain) || list.includes(bare);
  const control = (Object.keys(words.controls) as Control[]).find((one) => is(words.controls[one]));
  if (control) return [{ meaning: { kind: "control", word: control }, said: bare }];
  if (wanted.answers !== null) {
    const answered = answer(is, wanted.answers, words, bare, language);
    if (answered || !wanted.form) return answered ? [{ meaning: answered, said: plain }] : [];
  }
  const command = (Object.keys(words.commands) as Command[]).find((one) => is(words.commands[one]));
  if (command) return [{ meaning: wanted.isHome && command === "NEXT" ? { kind: "next" } : scans(`CMD-${command}`), said: bare }];
  if (is(words.yes)) return [{ meaning: wanted.isHome ? { kind: "next" } : { kind: "answer", step: null }, said: bare }];
  return withAmount(bare, words, wanted, language) ?? numbers(bare, wanted, language);
}

const scans = (...raws: string[]): Meaning => ({ kind: "scan", scans: raws });

function answer(is: (list: string[]) => boolean, answers: number, words: Words, bare: string, language: Language): Meaning | null {
  if (is(words.yes)) return answers === 1 ? { kind: "answer", step: 0 } : null;
  if (is(words.no)) return { kind: "answer", step: null };
  const number = spokenNumbers(bare, language)[0]?.amount;
  return number && number <= answers ? { kind: "answer", step: number - 1 } : null;
}

/** "Short three", "three pieces", "数量三": what the number is of was said with it. */
function withAmount(bare: string, words: Words, wanted: Wanted, language: Language): { meaning: Meaning; said: string }[] | null {
  for (const name of ["SHORT", "DAMAGED"] as const) {
    const rest = without(bare, words.commands[name], language);
    const number = rest === null ? null : (spokenNumbers(without(rest, words.pieces, language) ?? rest, language)[0]?.amount ?? null);
    if (number !== null) return [{ meaning: scans(`CMD-${name}`, `QTY-${number}`), said: bare }];
  }
  const rest = without(bare, words.pieces, language);
  if (rest === null || !wanted.amount) return null;
  return spokenNumbers(rest, language).flatMap(({ amount }) => (amount === null ? [] : [{ meaning: scans(`QTY-${amount}`), said: String(amount) }]));
}

/** What is left when one of some words is taken from an end; null when none is there. */
function without(bare: string, list: string[], language: Language): string | null {
  const glue = language === "zh-CN" ? "" : " ";
  const byLength = [...list].sort((one, other) => other.length - one.length);
  const first = byLength.find((word) => bare.startsWith(word + glue));
  if (first !== undefined && bare.length > first.length) return withoutFillers(bare.slice(first.length).trim(), language);
  const last = byLength.find((word) => bare.endsWith(glue + word));
  return last !== undefined && bare.length > last.length ? withoutFillers(bare.slice(0, bare.length - last.length).trim(), language) : null;
}

function numbers(bare: string, wanted: Wanted, language: Language): { meaning: Meaning; said: string }[] {
  const spoken = spokenNumbers(bare, language);
  const named = (list: Named[]) => list.filter((one) => spoken.some(({ digits }) => digits === one.digits)).map((one) => ({ meaning: scans(one.raw), said: one.digits }));
  const asked = named(wanted.asked);
  if (asked.length) return asked;
  const { amount } = wanted;
  const isTaken = (number: number): boolean => amount !== null && number >= amount.least && number <= amount.most && (amount.isAsked || (amount.isFixed && !wanted.isPlace));
  const amounts = spoken.flatMap((one) => (one.amount !== null && isTaken(one.amount) ? [{ meaning: scans(`QTY-${one.amount}`), said: String(one.amount) }] : []));
  return amounts.length ? amounts : named(wanted.others);
}

/** Digits that are as many as were asked for, and none of those that were. */
function clearDigits(transcript: string, wanted: Wanted, language: Language): string | null {
  const spoken = spokenNumbers(withoutFillers(plainWords(transcript, language), language), language);
  const isOther = wanted.asked.length > 0 && !meanings(transcript, wanted, language).length;
  return (isOther && spoken.find(({ digits }) => wanted.asked.some((one) => one.digits.length === digits.length))?.digits) || null;
}

function countsPacks(plain: string, words: Words, language: Language): boolean {
  const rest = without(withoutFillers(plain, language), words.packs, language);
  return rest !== null && spokenNumbers(rest, language).length > 0;
}

/** An amount that was asked and cannot be: the form refuses it in words. */
function outOfRange(transcript: string, wanted: Wanted, language: Language): Heard | null {
  if (!wanted.amount?.isAsked) return null;
  const [only, other] = spokenNumbers(withoutFillers(plainWords(transcript, language), language), language);
  return only && !other && only.amount !== null ? { kind: "scan", scans: [`QTY-${only.amount}`], said: String(only.amount) } : null;
}
