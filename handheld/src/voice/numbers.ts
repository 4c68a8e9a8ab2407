/** Number words as people say them and recognisers write them: "one seven", "seventeen", "17", "十七", "幺七". Pure. */
import type { Language } from "../texts";

/** The ways to read what was said: as digits in a row, and as an amount where it can be one. */
export interface Spoken {
  digits: string;
  amount: number | null;
}

const UNITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
const TEENS = ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"];
const TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
/** What recognisers write for single digits; taken only where all that was said is numbers. */
const LIKE: Record<string, number> = {
  oh: 0, o: 0, nil: 0, null: 0, won: 1, to: 2, too: 2, tree: 3, free: 3, for: 4, fore: 4, fife: 5, sicks: 6, sex: 6, ate: 8, niner: 9, nein: 9, fourty: 40,
};
const TIMES: Record<string, number> = { double: 2, triple: 3 };

const CHINESE: Record<string, string> = {
  零: "0", 〇: "0", 洞: "0", 一: "1", 壹: "1", 幺: "1", 二: "2", 两: "2", 俩: "2", 贰: "2", 三: "3", 叁: "3", 四: "4", 五: "5", 六: "6", 七: "7", 拐: "7", 八: "8", 九: "9", 勾: "9",
  // sounds the same, and recognisers write it
  林: "0", 铃: "0", 要: "1", 腰: "1", 妖: "1", 医: "1", 衣: "1", 儿: "2", 而: "2", 山: "3", 死: "4", 寺: "4", 思: "4", 无: "5", 舞: "5", 留: "6", 流: "6", 期: "7", 起: "7", 妻: "7",
  吧: "8", 爸: "8", 久: "9", 酒: "9", 钩: "9",
};
const PLACES: Record<string, number> = { 十: 10, 拾: 10, 石: 10, 时: 10, 百: 100, 佰: 100, 千: 1000, 仟: 1000 };
const AMOUNT_DIGITS_MAX = 6;

/** Everything that some words can mean as a number; nothing when there is anything else among them. */
export function spokenNumbers(text: string, language: Language): Spoken[] {
  const found = language === "zh-CN" ? chinese(text) : english(text);
  return found.filter((one, at) => found.findIndex((other) => other.digits === one.digits && other.amount === one.amount) === at);
}

const amountOf = (digits: string): number | null => (digits.length <= AMOUNT_DIGITS_MAX ? Number(digits) : null);
const asDigits = (digits: string): Spoken => ({ digits, amount: amountOf(digits) });

function english(text: string): Spoken[] {
  const words = text.toLowerCase().replace(/[^a-z0-9]+/g, " ").trim().split(" ").filter(Boolean);
  const chunks = chunksOf(words);
  if (!chunks?.length) return [];
  const digits = chunks.join("");
  if (chunks.length === 1 || chunks.every((one) => one.length === 1)) return [asDigits(digits)];
  const [tens, unit, ...more] = chunks as [string, string, ...string[]];
  if (!more.length && /^[2-9]0$/.test(tens) && /^[1-9]$/.test(unit)) return [{ digits, amount: null }, asDigits(String(Number(tens) + Number(unit)))]; // "20 7"
  return [{ digits, amount: null }];
}

/** What belongs together as one number is one chunk: "thirty seven" is 37, "three seven" is 3 and 7. */
function chunksOf(words: string[]): string[] | null {
  const chunks: string[] = [];
  for (let at = 0; at < words.length; ) {
    const times = TIMES[words[at] ?? ""];
    const one = number(words, times ? at + 1 : at);
    if (!one) return null;
    chunks.push(...Array<string>(times ?? 1).fill(one.text));
    at = one.next;
  }
  return chunks;
}

function number(words: string[], at: number): { text: string; next: number } | null {
  const word = words[at] ?? "";
  if (/^\d+$/.test(word)) return { text: word, next: at + 1 };
  const first = small(words, at);
  if (!first) return null;
  if (words[first.next] !== "hundred") return { text: String(first.value), next: first.next };
  const after = words[first.next + 1] === "and" ? first.next + 2 : first.next + 1;
  const rest = small(words, after);
  return { text: String(first.value * 100 + (rest?.value ?? 0)), next: rest ? rest.next : first.next + 1 };
}

/** A number below a hundred. */
function small(words: string[], at: number): { value: number; next: number } | null {
  const word = words[at] ?? "";
  const tens = TENS.indexOf(word) > 0 ? TENS.indexOf(word) * 10 : (LIKE[word] ?? 0) >= 20 ? (LIKE[word] as number) : 0;
  if (tens) {
    const unit = UNITS.indexOf(words[at + 1] ?? "");
    return unit > 0 ? { value: tens + unit, next: at + 2 } : { value: tens, next: at + 1 };
  }
  if (TEENS.includes(word)) return { value: 10 + TEENS.indexOf(word), next: at + 1 };
  const unit = UNITS.includes(word) ? UNITS.indexOf(word) : LIKE[word];
  return unit === undefined ? null : { value: unit, next: at + 1 };
}

function chinese(text: string): Spoken[] {
  const signs = [...text.replace(/[\s,.，。、?？!！-]+/g, "")];
  if (!signs.length || !signs.every((sign) => /\d/.test(sign) || sign in CHINESE || sign in PLACES)) return [];
  if (!signs.some((sign) => sign in PLACES)) return [asDigits(signs.map((sign) => CHINESE[sign] ?? sign).join(""))];
  const value = withPlaces(signs);
  return value === null ? [] : [asDigits(String(value))];
}

/** 一百二十五, 十七, 一百零五, and 一百二 for 120. */
function withPlaces(signs: string[]): number | null {
  let [total, last, held] = [0, 0, ""];
  for (const sign of signs) {
    const place = PLACES[sign];
    if (place === undefined) {
      const digit = CHINESE[sign] ?? sign;
      if (held && held !== "0") return null; // two digits beside each other are no amount
      held = digit;
      if (digit === "0") last = 10; // 一百零五 is 105
      continue;
    }
    if (!held && total) return null;
    total += Number(held || "1") * place;
    [last, held] = [place, ""];
  }
  return held === "" ? total : total + Number(held) * (last > 10 ? last / 10 : 1);
}
