/** What the server tells of the past, and what is asked of it. */
export type Values = Record<string, number | null>;

export interface Figure {
  key: string;
  name: string;
  unit: string;
  unit_name: string;
  better: number;
  decimals: number;
  meaning: string;
}

export interface Span { from: string; to: string; since: number; until: number }

export interface Found {
  site: { code: string; name: string };
  zone: string;
  currency: string;
  span: Span;
  by: string;
  partly: boolean;
  total: Values;
  steps: { at: number; until: number; values: Values }[];
  people: { badge: string; name: string; values: Values }[];
  before: (Span & { total: Values }) | null;
  figures: Figure[];
}

export const SPANS = ["today", "week", "month", "quarter", "own"] as const;
export const COMPARES = ["none", "before", "year", "ownCompare"] as const;

export interface Asked {
  span: (typeof SPANS)[number];
  compare: (typeof COMPARES)[number];
  site: string;
  from: string;
  to: string;
  compareFrom: string;
  compareTo: string;
  by: string;
  worker: string;
  zone: string;
}

export const AT_FIRST: Asked = { span: "week", compare: "before", site: "", from: "", to: "", compareFrom: "", compareTo: "", by: "", worker: "", zone: "" };
const DAYS = { today: 1, week: 7, month: 30, quarter: 91, own: 1 };

const plain = (day: Date): string => day.toISOString().slice(0, 10);
const moved = (day: string, by: number): string => plain(new Date(Date.parse(`${day}T00:00:00Z`) + by * 86_400_000));
const aYearBefore = (day: string): string => (day.endsWith("-02-29") ? moved(day, -366) : `${Number(day.slice(0, 4)) - 1}${day.slice(4)}`);

const FIRST_DAY = "1971-01-01";
const LAST_DAY = "8999-12-31";

/** What is wrong with the days somebody chose, or null; a field whose day is half typed is empty. */
export function faultOf({ span, from, to, compare, compareFrom, compareTo }: Asked): "noDay" | "noSuchTime" | "wrongWay" | null {
  const chosen = [...(span === "own" ? [[from, to] as const] : []), ...(compare === "ownCompare" ? [[compareFrom, compareTo] as const] : [])];
  const days = chosen.flat();
  if (days.some((day) => !day)) return "noDay";
  if (days.some((day) => day.length > LAST_DAY.length || day < FIRST_DAY || day > LAST_DAY)) return "noSuchTime";
  return chosen.some(([first, last]) => last < first) ? "wrongWay" : null;
}

/** The question as the server takes it; days are those of the warehouse's clock, whose today is `today`. */
export function queryOf(asked: Asked, today: string, language: string): string {
  const to = asked.span === "own" && asked.to ? asked.to : today;
  const from = asked.span === "own" && asked.from ? asked.from : moved(to, 1 - DAYS[asked.span]);
  const length = Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000) + 1;
  const compared: Record<Asked["compare"], [string, string] | null> = {
    none: null, before: [moved(from, -length), moved(from, -1)], year: [aYearBefore(from), aYearBefore(to)], ownCompare: asked.compareFrom ? [asked.compareFrom, asked.compareTo || asked.compareFrom] : null };
  const other = compared[asked.compare];
  const told = { from, to, language, site: asked.site, by: asked.by, worker: asked.worker, zone: asked.zone, ...(other ? { compare_from: other[0], compare_to: other[1] } : {}) };
  return new URLSearchParams(Object.entries(told).filter(([, value]) => value)).toString();
}

/** Today by the clock of a time zone. */
export const todayIn = (zone: string): string => new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(new Date());
