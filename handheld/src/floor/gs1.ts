/**
 * GS1 labels as far as the floor needs them: element strings with AIM identifiers and GS in all spellings, the human
 * readable form, GTIN-8/12/13/14, SSCC, Digital Links. The server reads everything else; facts: GS1 General
 * Specifications 3 and 7.8.5 (predefined lengths).
 */

export type Labelled = Record<string, string | number>;

/** How the site prints and scans, as the pull tells it: layouts such as 28IIIIIWWWWWC, and what stands for GS. */
export interface LabelSettings {
  catch_weight?: string[];
  group_separators?: string[];
}

/** What is wrong with a label. */
export class LabelFault extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

const GS = "\x1d";
const GS_WRITTEN = /<GS>|\{GS\}|\[GS\]|\\x1d|\\u001d|\\F|␝|\(GS\)|Alt\+029|\^\]/gi;
const GS1_CARRIER = /^\](?:C1|d2|Q3|e0|J1)/;
const PLAIN_CARRIER = /^\](?:C0|A.|d.|Q.|E[034]|I.|X0|L.|J.|F.|G.|e.|z.)/;
const LINK = /^https?:\/\//i;
/** Keys, dates and measures: what a label begins with that was sent without any mark of GS1. */
const LIKE_A_LABEL = /^(?:0[0-3]|1[1-7]|3[1-6]\d[0-5]|253|255|41[0-7]|80(?:03|04|06|17|18))/;
const SCAN_MAX = 512;

const PREDEFINED: Record<string, number> = {
  "00": 18, "01": 14, "02": 14, "03": 14, "04": 16, "11": 6, "12": 6, "13": 6, "14": 6, "15": 6, "16": 6, "17": 6,
  "18": 6, "19": 6, "20": 2, "41": 13,
};
const FIXED: Record<string, number> = { "410": 13, "411": 13, "412": 13, "413": 13, "414": 13, "415": 13, "416": 13, "417": 13, "402": 17, "422": 3, "424": 3, "7003": 10 };
const VARIABLE: Record<string, number> = {
  "10": 20, "21": 20, "22": 20, "30": 8, "37": 8, "240": 30, "241": 30, "242": 6, "243": 20, "250": 30, "251": 30,
  "254": 20, "400": 30, "401": 30, "403": 30, "420": 20, "421": 12, "423": 15, "425": 15, "426": 3, "7002": 30,
  "8003": 30, "8004": 30, "8008": 12, "8018": 18, "8020": 25,
};
const DATES: Record<string, string> = { "11": "production_date", "15": "best_before", "17": "expiry" };
const CODE_82 = /^[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]*$/;

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
  if (withoutCarrier(text).startsWith("[)>")) return null; // a supplier's label: the server reads it
  const body = separated(text, settings);
  if (/[\x00-\x1c\x1e\x1f\x7f]/.test(body)) throw new LabelFault("character", "The scan holds control characters that no label has.");
  if (GS1_CARRIER.test(body)) {
    if (body.length === 3) throw new LabelFault("empty", "The symbol holds no data.");
    return /^\(\d{2,4}\)/.test(body.slice(3)) ? bracketed(body.slice(3)) : elementString(body.slice(3));
  }
  if (/^\]E[034]/.test(body)) return retail(body, settings);
  if (PLAIN_CARRIER.test(body)) return unmarked(body.slice(3), settings);
  if (LINK.test(body)) return link(body);
  if (/^\(\d{2,4}\)/.test(body)) return bracketed(body);
  return unmarked(body, settings);
}

/** EAN and UPC: thirteen digits, eight behind ]E4, thirteen and an add-on of two or five behind ]E3. */
function retail(body: string, settings: LabelSettings): Labelled | null {
  const digits = body.slice(3);
  if (digits.includes("|")) return null; // a composite component: the server reads it
  const lengths = body.startsWith("]E4") ? [8] : body.startsWith("]E3") ? [15, 18] : [13];
  if (!lengths.includes(digits.length)) {
    throw new LabelFault(digits.length < (lengths[0] as number) ? "too_short" : "too_long", `This has ${lengths.join(" or ")} digits, ${digits.length} were read.`);
  }
  if (!isKey(digits.slice(0, 13))) throw new LabelFault("check_digit", `${digits} is no EAN or UPC: the check digit is wrong.`);
  return unmarked(digits.slice(0, 13), settings);
}

/** A plain code without the AIM identifier that a scanner may put before it. */
export const withoutCarrier = (text: string): string => (PLAIN_CARRIER.test(text) ? text.slice(3) : text);

function separated(text: string, settings: LabelSettings): string {
  if (LINK.test(withoutCarrier(text))) return text;
  return (settings.group_separators ?? []).reduce((body, sign) => body.split(sign).join(GS), text).replace(GS_WRITTEN, GS);
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
  for (const layout of settings.catch_weight ?? []) {
    const found = catchWeight(body, layout);
    if (found) return found;
  }
  if (/^(\d{8}|\d{12,14})$/.test(body) && isKey(body)) return { gtin: body.padStart(14, "0") };
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

function elementString(text: string): Labelled {
  const elements: [string, string][] = [];
  let rest = text.startsWith(GS) ? text.slice(1) : text;
  while (rest) {
    const ai = identifierAt(rest);
    if (!ai) throw new LabelFault("unknown_ai", `No application identifier begins with ${rest.slice(0, 4)}.`);
    rest = rest.slice(ai.length);
    const fixed = PREDEFINED[ai.slice(0, 2)] ?? (/^3[1-6]/.test(ai) ? 6 : undefined);
    const end = fixed ?? (rest.indexOf(GS) < 0 ? rest.length : rest.indexOf(GS));
    elements.push([ai, rest.slice(0, end)]);
    rest = rest.slice(end);
    if (rest.startsWith(GS)) rest = rest.slice(1);
  }
  return labelled(elements);
}

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
  return ai.length === 4 && /^3[1-6]\d[0-5]$/.test(ai);
}

function bracketed(text: string): Labelled {
  const elements: [string, string][] = [];
  const parts = text.split(/\((\d{2,4})\)/);
  for (let at = 1; at < parts.length; at += 2) elements.push([parts[at] ?? "", (parts[at + 1] ?? "").replace(GS, "").trim()]);
  return labelled(elements);
}

function link(text: string): Labelled | null {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return null;
  }
  const path = url.pathname.split("/").filter(Boolean).map(decodeURIComponent);
  const start = path.findIndex((part, at) => (part === "01" || part === "00" || part === "8004") && path[at + 1] !== undefined);
  if (start < 0) return null;
  const elements: [string, string][] = [];
  for (let at = start; at + 1 < path.length; at += 2) elements.push([path[at] as string, path[at + 1] as string]);
  url.searchParams.forEach((value, name) => {
    if (/^\d{2,4}$/.test(name)) elements.push([name, value]);
  });
  return labelled(elements.map(([ai, value]) => [ai, ai === "01" ? value.padStart(14, "0") : value]));
}

function labelled(elements: [string, string][]): Labelled {
  const found: Labelled = {};
  for (const [ai, value] of elements) check(ai, value);
  for (const [ai, value] of elements) Object.assign(found, meaning(ai, value));
  if ("expiry" in found) found["keeps_until"] = found["expiry"] as string;
  else if ("best_before" in found) found["keeps_until"] = found["best_before"] as string;
  return found;
}

function check(ai: string, value: string): void {
  const exact = PREDEFINED[ai] ?? FIXED[ai] ?? (/^3[1-6]\d\d$/.test(ai) ? 6 : undefined);
  if (exact === undefined && !(ai in VARIABLE) && !/^9\d$/.test(ai)) throw new LabelFault("unknown_ai", `(${ai}) is no application identifier.`);
  if (exact !== undefined && value.length !== exact) throw new LabelFault(value.length < exact ? "too_short" : "too_long", `(${ai}) needs ${exact} characters, the label has ${value.length}.`);
  const most = VARIABLE[ai] ?? 90;
  if (!value) throw new LabelFault("empty_value", `(${ai}) has no value.`);
  if (exact === undefined && value.length > most) throw new LabelFault("too_long", `(${ai}) holds 1 to ${most} characters, the label has ${value.length}.`);
  const isNumeric = exact !== undefined || ai === "30" || ai === "37";
  if (isNumeric && !/^\d+$/.test(value)) throw new LabelFault("not_digits", `(${ai}) holds digits only.`);
  if (!CODE_82.test(value)) throw new LabelFault("not_cset82", `(${ai}) holds a character that GS1 does not allow.`);
  if ((ai === "00" || ai === "01" || ai === "02" || ai === "414") && !isKey(value)) {
    throw new LabelFault("check_digit", `The check digit of (${ai}) ${value} is wrong.`);
  }
  if (/^1[1-7]$/.test(ai)) isoDate(value);
}

function meaning(ai: string, value: string): Labelled {
  if (ai in DATES) return { [DATES[ai] as string]: isoDate(value) };
  if (/^310[0-5]$/.test(ai)) return { net_weight_g: Math.round((Number(value) / 10 ** Number(ai[3])) * 1000) };
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
