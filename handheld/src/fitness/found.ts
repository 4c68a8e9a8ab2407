/** What was found out of a scanner, in plain words with a mark; and what of it a page that is typed into needs. */
import type { WedgeSettings } from "../scanner/wedge";
import { DEFAULTS } from "../scanner/wedge";
import type { Say } from "./texts";

export interface Found {
  seen: string[];
  suffix: string;
  prefix: string;
  aim: "sent" | "some" | "none";
  gs: "kept" | "replaced" | "lost" | "unknown";
  gs_as: string;
  layouts: [string, string];
  case: string;
  double_reads: number;
  caller: string | null;
  characters_per_second: number | null;
  settings: { prefix: string; suffix?: string; gap_ms?: number; layout?: string; group_separators: string[] } | null;
  advice: { key: string; must: boolean; values: Record<string, string>; text: string }[];
  is_fit: boolean;
}
export type Mark = "good" | "so" | "bad";
export interface Fact {
  mark: Mark;
  text: string;
}

const SLOW = 30;
const NAMED = new Set(["CR", "LF", "CRLF", "TAB", "ETX", "none"]);
/** Control signs have no picture of their own. */
export const visible = (text: string): string => [...text].map((sign) => (sign < " " ? String.fromCharCode(0x2400 + sign.charCodeAt(0)) : sign === " " ? "␠" : sign)).join("");

export function facts(found: Found, t: Say): Fact[] {
  const codes: Fact = { mark: found.seen.length === 3 ? "good" : "bad", text: t("codes", { done: found.seen.length }) };
  if (!found.seen.length) return [codes];
  const must = new Set(found.advice.filter((one) => one.must).map((one) => one.key));
  return [codes, ending(found, t), ...heads(found, t, must.has("scanner.code_ids")), separators(found, t, must), ...typing(found, t, must.has("scanner.layout")), ...pace(found, t)];
}

function ending({ suffix }: Found, t: Say): Fact {
  if (suffix === "") return { mark: "bad", text: t("suffixUnsteady") };
  return suffix === "none" ? { mark: "so", text: t("suffixNone") } : { mark: "good", text: t("suffix", { suffix: visible(suffix) }) };
}

function heads({ prefix, aim }: Found, t: Say, isMixed: boolean): Fact[] {
  const aimFact: Fact = { mark: aim === "sent" ? "good" : "so", text: t(({ sent: "aimSent", some: "aimSome", none: "aimNone" } as const)[aim]) };
  return prefix ? [{ mark: isMixed ? "bad" : "good", text: t("prefix", { prefix: visible(prefix) }) }, aimFact] : [aimFact];
}

function separators({ gs, gs_as }: Found, t: Say, must: Set<string>): Fact {
  const isBad = gs === "lost" || must.has("scanner.gs_is_the_suffix") || must.has("scanner.gs_is_ambiguous");
  return { mark: isBad ? "bad" : gs === "unknown" ? "so" : "good", text: t(({ kept: "gsKept", lost: "gsLost", replaced: "gsReplaced", unknown: "gsUnknown" } as const)[gs], { gs: visible(gs_as) }) };
}

function typing({ layouts: [scanner, computer], case: letters }: Found, t: Say, isWrong: boolean): Fact[] {
  const layout: Fact = scanner === computer ? { mark: "good", text: t("layout") } : { mark: isWrong ? "bad" : "good", text: t("layoutOther", { scanner: scanner.toUpperCase(), computer: computer.toUpperCase() }) };
  return [layout, letters === "kept" ? { mark: "good", text: t("caseKept") } : { mark: "bad", text: t("caseChanged") }];
}

function pace({ double_reads, characters_per_second }: Found, t: Say): Fact[] {
  const twice: Fact = double_reads ? { mark: "so", text: t("double", { count: double_reads }) } : { mark: "good", text: t("single") };
  if (characters_per_second === null) return [twice, { mark: "good", text: t("atOnce") }];
  return [twice, { mark: characters_per_second < SLOW ? "so" : "good", text: t("speed", { speed: Math.round(characters_per_second) }) }];
}

/** How this browser's wedge reads such a scanner; Enter and Tab end a scan whatever is set. */
export function wedgeSettings(settings: NonNullable<Found["settings"]>): Partial<WedgeSettings> {
  const suffix = settings.suffix ?? "none";
  return {
    prefix: settings.prefix, suffix: NAMED.has(suffix) ? "" : suffix, separators: settings.group_separators,
    idleMs: Math.max(DEFAULTS.idleMs, settings.gap_ms ?? 0), layout: settings.layout === "us" ? "us" : "auto",
  };
}
