/** One figure as somebody reads it, and whether it became better: in words and with a sign, not by colour alone. */
import type { Language } from "../texts";
import type { Figure } from "./shapes";
import type { Key } from "./texts";

export type T = (key: Key, args?: Record<string, unknown>) => string;
const SHORT: Record<Language, [string, string, string, string]> = { en: [" s", " min", " h", " d"], "zh-CN": [" 秒", " 分", " 小时", " 天"] };

export function duration(seconds: number, language: Language): string {
  const [second, minute, hour, day] = SHORT[language];
  const size = Math.abs(seconds);
  if (size < 120) return `${Math.round(seconds)}${second}`;
  if (size < 7200) return `${Math.round(seconds / 60)}${minute}`;
  return size < 172_800 ? `${(seconds / 3600).toFixed(1)}${hour}` : `${(seconds / 86_400).toFixed(1)}${day}`;
}

/** The number and, smaller, its unit. */
export function parts(figure: Figure, value: number | null | undefined, language: Language): [string, string] {
  if (value === null || value === undefined) return ["–", ""];
  if (figure.unit === "time") {
    const [number = "", ...unit] = duration(value, language).split(" ");
    return [number, unit.join(" ")];
  }
  return [value.toLocaleString(language, { minimumFractionDigits: figure.decimals, maximumFractionDigits: figure.decimals }), figure.unit_name];
}

export const told = (figure: Figure, value: number | null | undefined, language: Language): string => parts(figure, value, language).filter(Boolean).join(" ");

/** 1 where it became better, -1 where worse, 0 where neither can be said. */
export const verdict = (figure: Figure, now: number | null | undefined, before: number | null | undefined): number =>
  now === null || now === undefined || before === null || before === undefined || now === before ? 0 : now > before ? figure.better : -figure.better;

export function Change({ figure, now, before, language, t }: { figure: Figure; now: number | null | undefined; before: number | null | undefined; language: Language; t: T }) {
  if (now === null || now === undefined || before === null || before === undefined) return <span class="dim">–</span>;
  const way = verdict(figure, now, before);
  const sign = now === before ? "=" : now > before ? "▲" : "▼";
  const word = now === before ? t("same") : way > 0 ? t("better") : way < 0 ? t("worse") : "";
  return <span class={way > 0 ? "good" : way < 0 ? "bad" : "dim"}>{sign} {now === before ? "" : `${now > before ? "+" : "−"}${told(figure, Math.abs(now - before), language)} `}{word}</span>;
}
