/**
 * GS1 labels as far as the floor needs them: element strings with AIM identifiers and GS in all spellings, the human
 * readable form, GTIN-8/12/13/14, SSCC, Digital Links. The server reads everything else; facts: GS1 General
 * Specifications 3 and 7.8.5 (predefined lengths).
 */

import { parseLink } from "./gs1Link";
import { LabelFault } from "./labelFault";
import { envelope, ENVELOPE, weighLabel } from "./supplierLabels";

export type Labelled = Record<string, string | number>;

/** How the site prints and scans, as the pull tells it: layouts such as 28IIIIIWWWWWC, and what stands for GS. */
export interface LabelSettings {
  catch_weight?: string[];
  group_separators?: string[];
}

const GS = "\x1d";
const GS_WRITTEN = /<GS>|\{GS\}|\[GS\]|\\x1d|\\u001d|\\F|␝|\(GS\)|Alt\+029|\^\]/gi;
const GS1_CARRIER = /^\](?:C1|d2|Q3|e0|J1)/;
const PLAIN_CARRIER = /^\](?:C0|A.|d.|Q.|E[034]|I.|X0|L.|J.|F.|G.|e.|z.)/;
/** Keys, dates and measures: what a label begins with that was sent without any mark of GS1. */
const LIKE_A_LABEL = /^(?:0[0-3]|1[1-7]|3[1-6]\d[0-5]|253|255|41[0-7]|80(?:03|04|06|17|18))/;
const SCAN_MAX = 512;

const PREDEFINED: Record<string, number> = {
  "00": 18, "01": 14, "02": 14, "03": 14, "11": 6, "12": 6, "13": 6, "15": 6, "16": 6, "17": 6, "20": 2, "41": 13,
};
const FIXED: Record<string, number> = { "410": 13, "411": 13, "412": 13, "413": 13, "414": 13, "415": 13, "416": 13, "417": 13, "402": 17, "422": 3, "424": 3, "7003": 10 };
const VARIABLE: Record<string, number> = {
  "10": 20, "21": 20, "22": 20, "30": 8, "37": 8, "240": 30, "241": 30, "242": 6, "243": 20, "250": 30, "251": 30,
  "254": 20, "400": 30, "401": 30, "403": 30, "420": 20, "421": 12, "423": 15, "425": 15, "426": 3, "7002": 30,
  "8003": 30, "8004": 30, "8008": 12, "8018": 18, "8020": 25,
};
const MEASURE = /^3(?:1[0-6]|2\d|3[0-7]|4\d|5[0-7]|6\d)[0-5]$/;
const DATES: Record<string, string> = { "11": "production_date", "15": "best_before", "17": "expiry" };
const CODE_82 = /^[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]*$/;
/** Keys, and content: once one stands on a label, what the other identifiers ask for must stand there too. */
const KEYS = /^(?:00|01|02|03|253|255|401|402|414|417|8003|8004|8006|8010|8013|8017|8018)$/;
const GOODS = ["01", "02", "03", "8006"];
const PIECES = ["01", "02", "03"];
const REQUIRED: Record<string, string[]> = {
  "02": ["37"], "10": GOODS, "11": GOODS, "12": ["8020"], "13": GOODS, "15": GOODS, "16": GOODS, "17": GOODS, "20": GOODS,
  "21": ["01", "03", "8006"], "22": ["01"], "30": ["01", "02"], "37": ["00"], "240": GOODS, "241": GOODS,
  "242": ["01", "02", "8006"], "243": ["01", "03"], "250": ["21"], "251": ["01", "03", "8006"], "254": ["414"], "403": ["00"],
  "415": ["8020"], "422": GOODS, "423": PIECES, "424": PIECES, "425": PIECES, "426": PIECES, "7002": ["01", "02"],
  "7003": PIECES, "8008": PIECES, "8020": ["415"],
};
const GROSS = /^3(?:3[0-6]|4\d|5[3-5]|6[2378]|69)/;

/** The GS1 modulo 10 check digit of the digits before it. */
export function checkDigit(digits: string): string {
  let sum = 0;
  for (let at = 0; at < digits.length; at += 1) {
    sum += Number(digits[digits.length - 1 - at]) * (at % 2 ? 1 : 3);
  }
  return String((10 - (sum % 10)) % 10);
}

export const isKey = (digits: string): boolean =>
  /^\d+$/.test(digits) && checkDigit(digits.slice(0, -1)) === digits.slice(-1);

/** What a label says, null when the text is no label; throws LabelFault for a label that is wrong. */
export function parseLabel(text: string, settings: LabelSettings = {}): Labelled | null {
  if (text.length > SCAN_MAX) throw new LabelFault("too_long", `The scan has ${text.length} characters, at most ${SCAN_MAX} are taken.`);
  if (withoutCarrier(text).startsWith(ENVELOPE)) return envelope(withoutCarrier(text));
  if (/[\x00-\x1c\x1e\x1f\x7f]/.test(text)) throw new LabelFault("character", "The scan holds control characters that no label has.");
  const body = separated(text, settings);
  if (GS1_CARRIER.test(body)) {
    if (body.length === 3) throw new LabelFault("empty", "The symbol holds no data.");
    const inside = body.slice(3);
    if (isLink(inside)) return link(inside);
    return isBracketed(inside) ? bracketed(inside) : elementString(inside);
  }
  if (/^\]E[034]/.test(body)) return retail(body, settings);
  return unmarked(withoutCarrier(body), settings);
}

/** A plain code without the AIM identifier that a scanner may put before it. */
export const withoutCarrier = (text: string): string => (PLAIN_CARRIER.test(text) ? text.slice(3) : text);

function separated(text: string, settings: LabelSettings): string {
  if (isLink(withoutCarrier(text))) return text;
  return (settings.group_separators ?? []).reduce((body, sign) => body.split(sign).join(GS), text).replace(GS_WRITTEN, GS);
}

const isLink = (text: string): boolean => /^https?:\/\//i.test(text);
const isBracketed = (text: string): boolean => /^\(\d{2,4}\)/.test(text);

/** EAN and UPC: thirteen digits, eight behind ]E4, thirteen and an add-on of two or five behind ]E3; a composite follows |]e0. */
function retail(body: string, settings: LabelSettings): Labelled | null {
  const [digits = "", composite] = body.slice(3).split("|]e0");
  const lengths = body.startsWith("]E4") ? [8] : body.startsWith("]E3") ? [15, 18] : [13];
  if (!lengths.includes(digits.length)) {
    throw new LabelFault(digits.length < (lengths[0] as number) ? "too_short" : "too_long", `This has ${lengths.join(" or ")} digits, ${digits.length} were read.`);
  }
  const code = digits.slice(0, 13);
  if (!isKey(code)) throw new LabelFault("check_digit", `${code} is no EAN or UPC: the check digit is wrong.`);
  return composite ? labelled([["01", code.padStart(14, "0")], ...elementsOf(composite)]) : unmarked(code, settings);
}

/** A variable-measure EAN-13 by its layout; the same as the server's CatchWeight. */
function catchWeight(body: string, layout: string): Labelled | null {
  const found = /^(\d{1,3})(I+)(X?)(W+|P+)C(?:\*(\d+))?$/.exec(layout);
  const digits = /^\d{12}$/.test(body) ? `0${body}` : body;
  if (!found || !/^\d{13}$/.test(digits) || !isKey(digits)) return null;
  const [, prefix = "", item = "", skipped = "", measure = "", grams = "1"] = found;
  if (!digits.startsWith(prefix)) return null;
  const end = prefix.length + item.length;
  const value = Number(digits.slice(end + skipped.length, 12));
  return { rcn: digits.slice(0, end), ...(measure.startsWith("W") ? { net_weight_g: value * Number(grams) } : {}) };
}

function unmarked(body: string, settings: LabelSettings): Labelled | null {
  if (isLink(body)) return link(body);
  if (isBracketed(body)) return bracketed(body);
  for (const layout of settings.catch_weight ?? []) {
    const found = catchWeight(body, layout);
    if (found) return found;
  }
  if (/^(\d{8}|\d{12,14})$/.test(body) && isKey(body)) return { gtin: body.padStart(14, "0") };
  if (body.startsWith("LMQ#")) return weighLabel(body);
  if (!body.includes(GS) && !(body.length >= 16 && LIKE_A_LABEL.test(body))) return null;
  try {
    return elementString(body);
  } catch (fault) {
    if (body.includes(GS) || isCertainlyGs1(body)) throw fault;
    return null;
  }
}

const isCertainlyGs1 = (body: string): boolean =>
  ([["00", 18], ["01", 14], ["02", 14]] as const).some(([ai, length]) => body.startsWith(ai) && body.length >= length + 2 && isKey(body.slice(2, 2 + length)));

const elementString = (text: string): Labelled => labelled(elementsOf(text.startsWith(GS) ? text.slice(1) : text));

function elementsOf(text: string): [string, string][] {
  const elements: [string, string][] = [];
  let rest = text;
  while (rest) {
    const ai = identifierAt(rest);
    if (!ai) throw new LabelFault("unknown_ai", `No application identifier begins with ${rest.slice(0, 4)}.`);
    rest = rest.slice(ai.length);
    const separator = rest.indexOf(GS);
    let end = separator < 0 ? rest.length : separator;
    const fixed = predefinedOf(ai);
    if (fixed !== undefined && end < fixed) throw new LabelFault("too_short", `(${ai}) needs ${fixed} characters, the label has ${end}.`);
    if (fixed !== undefined) end = fixed;
    if (!end) throw new LabelFault("empty_value", `(${ai}) has no value.`);
    elements.push([ai, rest.slice(0, end)]);
    rest = rest.slice(rest[end] === GS ? end + 1 : end);
  }
  if (!elements.length) throw new LabelFault("empty", "The label holds no data.");
  return elements;
}

/** The length of a value that needs no separator after it. */
const predefinedOf = (ai: string): number | undefined => PREDEFINED[ai.slice(0, 2)] ?? (MEASURE.test(ai) ? 6 : undefined);

function identifierAt(text: string): string | null {
  for (const length of [2, 3, 4]) {
    const ai = text.slice(0, length);
    if (ai.length === length && isIdentifier(ai)) return ai;
  }
  return null;
}

function isIdentifier(ai: string): boolean {
  if (ai in VARIABLE || ai in FIXED) return true;
  if (ai.length === 2) return (ai in PREDEFINED && ai !== "41") || /^9\d$/.test(ai);
  return MEASURE.test(ai);
}

function bracketed(text: string): Labelled {
  const elements: [string, string][] = [];
  for (const piece of text.split(/(?<!\\)\(/).slice(1)) {
    const end = piece.indexOf(")");
    const ai = end < 0 ? piece : piece.slice(0, end);
    const value = end < 0 ? "" : piece.slice(end + 1).replace(/\\\(/g, "(");
    if (!isIdentifier(ai)) throw new LabelFault("unknown_ai", `(${ai}) is no application identifier.`);
    if (!value) throw new LabelFault("empty_value", `(${ai}) has no value.`);
    elements.push([ai, value]);
  }
  return labelled(elements);
}

function link(text: string): Labelled | null {
  const elements = parseLink(text);
  return elements && labelled(elements);
}

function labelled(elements: [string, string][]): Labelled {
  const found: Labelled = {};
  for (const [ai, value] of elements) check(ai, value);
  checkTogether(elements);
  for (const [ai, value] of elements) Object.assign(found, meaning(ai, value));
  if ("expiry" in found) found["keeps_until"] = found["expiry"] as string;
  else if ("best_before" in found) found["keeps_until"] = found["best_before"] as string;
  return found;
}

function check(ai: string, value: string): void {
  if (!isIdentifier(ai)) throw new LabelFault("unknown_ai", `(${ai}) is no application identifier.`);
  const exact = predefinedOf(ai) ?? FIXED[ai];
  const most = exact ?? VARIABLE[ai] ?? 90;
  if (ai === "7003" && value.length <= most) return checkExpiryTime(value);
  if (value.length > most || (exact !== undefined && value.length < exact)) {
    throw new LabelFault(value.length > most ? "too_long" : "too_short", `(${ai}) takes ${most} characters, the label has ${value.length}.`);
  }
  const isNumeric = exact !== undefined || ai === "30" || ai === "37" || ai === "242";
  if (isNumeric && !/^\d+$/.test(value)) throw new LabelFault("not_digits", `(${ai}) holds digits only.`);
  if (!CODE_82.test(value)) throw new LabelFault("not_cset82", `(${ai}) holds a character that GS1 does not allow.`);
  if (/^(?:00|01|02|03|41\d)$/.test(ai) && !isKey(value)) throw new LabelFault("check_digit", `The check digit of (${ai}) ${value} is wrong.`);
  if (/^1[1-7]$/.test(ai)) isoDate(value);
}

/** An expiry day and time, part by part: YYMMDD without day 00, then HHMM. */
function checkExpiryTime(value: string): void {
  const [day, time] = [value.slice(0, 6), value.slice(6)];
  for (const [part, length] of [[day, 6], [time, 4]] as const) {
    if (part.length < length) throw new LabelFault("too_short", `(7003) takes 10 characters, the label has ${value.length}.`);
    if (!/^\d+$/.test(part)) throw new LabelFault("not_digits", "(7003) holds digits only.");
    if (part === day) isoDate(day);
    if (part === day && day.slice(4) === "00") throw new LabelFault("day", `(7003) ${value} is no day.`);
  }
  if (time.slice(0, 2) > "23") throw new LabelFault("hour", `(7003) ${value} is no time.`);
  if (time.slice(2) > "59") throw new LabelFault("minute", `(7003) ${value} is no time.`);
}

/** Raises LabelFault when elements may not stand together, or ask for one that is not there. */
function checkTogether(elements: [string, string][]): void {
  const values = new Map<string, string>();
  for (const [ai, value] of elements) {
    if ((values.get(ai) ?? value) !== value) throw new LabelFault("repeated", `(${ai}) stands twice with different values.`);
    values.set(ai, value);
  }
  const ais = [...values.keys()];
  const isExcluded = (ai: string): boolean =>
    (ai === "37" && (values.has("01") || values.has("03"))) || ((ai === "02" || ai === "03") && values.has("01")) ||
    (ai === "02" && values.has("03")) || (/^42[2-5]$/.test(ai) && values.has("426")) || (ai === "420" && values.has("421")) ||
    (MEASURE.test(ai) && ais.some((other) => other !== ai && other.length === 4 && other.startsWith(ai.slice(0, 3))));
  if (ais.some(isExcluded)) throw new LabelFault("not_together", "The label holds what may not stand together.");
  if (ais.some((ai) => KEYS.test(ai)) && ais.some((ai) => !hasWhatItNeeds(ai, values))) throw new LabelFault("missing_ai", "The label is incomplete.");
}

function hasWhatItNeeds(ai: string, values: Map<string, string>): boolean {
  if (ai === "37") return values.has("00") && values.has("02");
  const needed = REQUIRED[ai] ?? (MEASURE.test(ai) ? (GROSS.test(ai) ? ["00", "01"] : ["01", "02"]) : undefined);
  return !needed || needed.some((other) => values.has(other));
}

function meaning(ai: string, value: string): Labelled {
  if (ai in DATES) return { [DATES[ai] as string]: isoDate(value) };
  if (/^310[0-5]$/.test(ai)) return { net_weight_g: rounded(Number(value) * 1000, Number(ai[3])) };
  if (/^320[0-5]$/.test(ai)) return { net_weight_g: rounded(Number(value) * 45_359_237, Number(ai[3]) + 5) };
  switch (ai) {
    case "00":
      return { sscc: value };
    case "01":
      return { gtin: value };
    case "02":
      return { content_gtin: value };
    case "10":
      return { lot: value };
    case "21":
      return { serial: value };
    case "30":
      return { quantity: Number(value) };
    case "37":
      return { content_count: Number(value) };
    case "7003":
      return { expiry: isoDate(value.slice(0, 6)) };
    default:
      return {};
  }
}

/** A whole number divided by a power of ten, halves to the even side, without a rounding error on the way. */
function rounded(number: number, power: number): number {
  const divisor = 10 ** power;
  const whole = Math.floor(number / divisor);
  const twice = (number % divisor) * 2;
  return twice > divisor || (twice === divisor && whole % 2 === 1) ? whole + 1 : whole;
}

/** YYMMDD as an ISO date: the century by the sliding window of GS1 7.12, day 00 is the month's last. */
export function isoDate(digits: string, today = new Date()): string {
  const [year, month, day] = [Number(digits.slice(0, 2)), Number(digits.slice(2, 4)), Number(digits.slice(4, 6))];
  const now = today.getFullYear();
  let full = Math.floor(now / 100) * 100 + year;
  if (year - (now % 100) >= 51) full -= 100;
  if (year - (now % 100) <= -50) full += 100;
  const last = new Date(Date.UTC(full, month, 0)).getUTCDate();
  if (month < 1 || month > 12 || day > last) throw new LabelFault(month < 1 || month > 12 ? "month" : "day", `${digits} is no date (YYMMDD).`);
  return `${full}-${String(month).padStart(2, "0")}-${String(day || last).padStart(2, "0")}`;
}
