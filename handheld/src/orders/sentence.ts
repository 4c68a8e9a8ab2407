/** What each entry of an order's story says, in the reader's language. */
import { say as sayException } from "../exceptions/texts";
import { money } from "../look/money";
import { channelOf, holdOf, type Entry, type Words } from "./shapes";
import type { Key } from "./texts";

const listed = (value: unknown): string => (Array.isArray(value) ? value.map((one) => (typeof one === "object" && one !== null && "item" in one ? `${String((one as { quantity: number }).quantity)} × ${String(one.item)}` : String(one))).join(", ") : "");
const CHANNEL = /^channel (.+)$/;

/** A channel acts under its own name. */
export const who = (name: string, t: Words["t"]): string => {
  const channel = CHANNEL.exec(name)?.[1];
  return channel ? t("byChannel", { channel }) : t("by", { who: name });
};

export function sentence({ kind, args }: Entry, at: (at: number) => string, { t, speech }: Words): string {
  const leaves = typeof args["leaves_at"] === "number" && (kind === "promised" || kind === "delayed") ? at(args["leaves_at"]) : "";
  const told = {
    ...args, channel: channelOf(String(args["channel"] ?? ""), t), leaves, changes: changes(args["fields"], t), expires: typeof args["expires_at"] === "number" ? at(args["expires_at"]) : "", items: listed(args["lines"] && Array.isArray(args["lines"]) ? args["lines"] : args["items"]), places: listed(args["places"]), sites: Array.isArray(args["sites"]) ? [...new Set(args["sites"])].join(", ") : "", n: Array.isArray(args["sites"]) ? args["sites"].length : 0, weight: `${Number(args["weight_g"] ?? 0).toLocaleString(speech.language)} g`,
    what: t(`what.${args["what"] === "ship" && args["carrier"] === "collect" ? "collected" : String(args["what"])}` as "what.ship", args), grade: t(`grade.${String(args["grade"])}` as "grade.SCRAP") ?? args["grade"],
    why: t(`why.${String(args["reason"])}` as "why.other") ?? args["reason"], held: holdOf(String(args["hold"] ?? ""), t), trouble: args["trouble"] ? sayException(speech.language, `kind.${String(args["trouble"])}` as "kind.any") : "", step: args["step"] ? sayException(speech.language, `step.${String(args["step"])}` as "step.done") : "", money: money(Number(args["amount"] ?? 0), String(args["currency"] ?? ""), speech.language),
  };
  return t(variant(kind, args, leaves), told) ?? kind;
}

/** Of an address: what each field was and is. */
const changes = (fields: unknown, t: Words["t"]): string => (Array.isArray(fields) ? (fields as { field: string; old: string; new: string }[]).map((one) => `${t(`field.${one.field}` as Key) ?? one.field} ${one.old || "–"} → ${one.new || "–"}`).join("; ") : "");

/** Some sentences are longer when there is more to say. */
function variant(kind: string, args: Record<string, unknown>, leaves: string): Key {
  if (kind === "promised" && leaves) return "on.promisedLeaves";
  if (kind === "delayed" && !leaves) return "on.delayedUnknown";
  if (kind === "left" && args["carrier"]) return "on.leftCarrier";
  if (kind === "telling" && args["words"]) return "on.tellingAgain";
  if (kind === "readdressed" && Array.isArray(args["fields"]) && args["fields"].length > 0) return "on.readdressedTo";
  if (kind === "cancelled" && args["reason"]) return "on.cancelledWhy";
  if (kind === "order_held" && args["hold"] === "by_hand") return "on.order_heldWhy";
  if (kind === "trouble_over") return `on.trouble_${String(args["how"])}` as Key;
  if (kind === "asked" && args["reason"]) return "on.askedWhy";
  if (kind === "order_let_go" && args["hold"]) return "on.order_still";
  if (kind === "sourced") return args["how"] === "stock" ? "on.sourcedStock" : args["how"] === "announced" ? "on.sourcedAnnounced" : Array.isArray(args["sites"]) && !args["sites"].length ? "on.sourcedNobody" : args["how"] === "together" ? "on.sourcedTogether" : args["rules"] ? "on.sourcedRules" : "on.sourced";
  return `on.${kind}` as Key;
}
