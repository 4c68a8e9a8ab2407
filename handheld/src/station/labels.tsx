/** What becomes of a label, from the real queue: it is out, it comes, or it waits, and for what. */
import { Flood, printerSaid } from "./parts";
import type { Label, Shown } from "./shapes";
import type { Work } from "./table";
import type { Key, T } from "./texts";

type Say = Work["handheld"]["say"];

const STATES: Record<string, Key> = { sending: "printing", printed: "printed", verified: "verified", unknown: "unknown", cancelled: "cancelled" };

export interface LabelSaid {
  tone: "good" | "warn" | "bad";
  mark: string;
  said: string;
}

export function labelSaid(label: Label, shown: Shown, t: T, say: Say): LabelSaid {
  const why = printerSaid(shown, say);
  if (label.state === "printed" || label.state === "verified") return { tone: "good", mark: "✓", said: t(STATES[label.state] as Key) };
  if (label.state === "unknown" || label.state === "cancelled") return { tone: "bad", mark: "?", said: t(STATES[label.state] as Key) };
  if (label.state === "held" || (label.state === "queued" && why)) return { tone: "bad", mark: "✕", said: `${t("held")}: ${why || label.error || ""}` };
  if (label.state === "sent" && label.settled_at !== null) return { tone: "warn", mark: "?", said: t("sentBlind") };
  return { tone: "warn", mark: "…", said: t(label.state === "queued" ? "waitsTurn" : "printing") };
}

/** Huge, for one label: stick it on, or see to the printer. */
export function LabelState({ work, sscc, kind }: { work: Work; sscc: string; kind: string }) {
  const { shown, t, handheld } = work;
  const label = shown.labels.find((one) => one.code === sscc && one.label === kind);
  const number = <><br /><span class="far-s mono">{sscc.slice(0, -6)}<b class="far">{sscc.slice(-6)}</b></span></>;
  if (!shown.printer) return <Flood colour="red" mark="▤">{t("labelNone")}</Flood>;
  if (!label) return <Flood colour="calm" mark="▤">{t("labelSoon")}{number}</Flood>;
  const { tone, said } = labelSaid(label, shown, t, handheld.say);
  if (tone === "good") return <Flood colour="green" mark="▤">{t("labelOut")}{number}</Flood>;
  if (label.state === "unknown") return <Flood colour="amber" mark="?">{t("labelAsk")}{number}</Flood>;
  if (tone === "bad") return <Flood colour="red" mark="✕">{t("labelWaits")}<br /><span class="far-s">{said}</span></Flood>;
  if (label.state === "sent" && label.settled_at !== null) return <Flood colour="amber" mark="▤">{t("labelSent")}{number}</Flood>;
  return <Flood colour="calm" mark="▤">{t("labelSoon")}{number}</Flood>;
}
