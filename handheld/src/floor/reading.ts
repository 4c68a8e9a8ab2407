/** A scan turned into typed values: pure, and the same as the server's `read`. */
import { parseLabel, withoutCarrier, type Labelled, type LabelSettings } from "./gs1";
import { LabelFault } from "./labelFault";
import type { Reading, Value } from "./types";

export type Codes = Record<string, Value[]>;

export const COMMANDS = ["UNDO", "SHORT", "DAMAGED", "FULL", "SKIP", "DONE", "NEXT", "REPRINT", "HELP"] as const;

/** What a scan means; `codes` maps `gtin:<14>`, `sscc:<18>`, `rcn:<digits>` or the plain code in upper case to values. Never throws. */
export function read(raw: string, codes: Codes, settings: LabelSettings = {}): Reading {
  const text = raw.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
  const known = plain(text, codes);
  if (known) return { raw, values: known, error: null };
  if (!text) return { raw, values: [], error: { code: "empty", message: "The scan holds no data." } };
  try {
    const found = parseLabel(text, settings);
    const bare = withoutCarrier(text) || text;
    return { raw, values: found ? labelled(found, codes, text) : (plain(bare, codes) ?? unknown(bare)), error: null };
  } catch (fault) {
    if (!(fault instanceof LabelFault)) throw fault;
    return { raw, values: [], error: { code: fault.code, message: fault.message } };
  }
}

function plain(text: string, codes: Codes): Value[] | null {
  const upper = text.toUpperCase();
  const command = /^CMD-([A-Z]+)$/.exec(upper)?.[1];
  if (command && (COMMANDS as readonly string[]).includes(command)) return [{ type: "command", key: command }];
  const quantity = /^QTY-(\d{1,9})$/.exec(upper)?.[1];
  if (quantity) return [{ type: "quantity", n: Number(quantity) }];
  const values = Object.prototype.hasOwnProperty.call(codes, upper) ? codes[upper] : undefined;
  return values ? values.map((value) => ({ ...value })) : null;
}

function unknown(text: string): Value[] {
  const upper = text.toUpperCase();
  if (/^LPN\d{8,}$/.test(upper)) return [{ type: "lpn", key: upper }];
  if (upper.startsWith("BDG-")) return [{ type: "badge", key: upper }];
  return [{ type: "unknown", key: text }];
}

function labelled(found: Labelled, codes: Codes, text: string): Value[] {
  const values: Value[] = [];
  const at = (key: string): Value[] =>
    (Object.prototype.hasOwnProperty.call(codes, key) ? (codes[key] ?? []) : []).map((value) => ({ ...value }));
  if ("sscc" in found) {
    const known = at(`sscc:${found["sscc"]}`);
    values.push(...(known.length ? known : [{ type: "lpn", key: String(found["sscc"]) }]));
  }
  const gtin = found["gtin"] ?? found["content_gtin"];
  const named = found["rcn"] !== undefined ? { rcn: String(found["rcn"]) } : gtin !== undefined ? { gtin: String(gtin) } : null;
  const items = named ? at(Object.entries(named).map(([name, key]) => `${name}:${key}`).join("")) : [];
  values.push(...items);
  if (!items.length && named) values.push({ type: "item", key: null, ...named });
  for (const name of ["lot", "serial", "production_date"]) {
    if (name in found) values.push({ type: name, key: String(found[name]) });
  }
  if ("keeps_until" in found) values.push({ type: "expiry", key: String(found["keeps_until"]) });
  if ("quantity" in found) values.push({ type: "quantity", n: Number(found["quantity"]) });
  else if ("content_count" in found) {
    values.push({ type: "quantity", n: Number(found["content_count"]) * (items[0]?.quantity ?? 1) });
  }
  if ("net_weight_g" in found) values.push({ type: "weight", n: Number(found["net_weight_g"]) });
  return values.length ? values : unknown(text);
}
