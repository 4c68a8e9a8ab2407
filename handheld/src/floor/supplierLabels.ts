/** Labels that are not GS1 but come in at the same dock: ANSI MH10.8.2 in an envelope, weigh labellers. */
import { LabelFault } from "./labelFault";

export const ENVELOPE = "[)>\x1e06\x1d";
/** Data identifiers, the longer before those that they begin with. */
const FIELDS = ["10K", "1P", "1T", "4L", "9D", "1K", "P", "Q", "K", "S"];

/** The lot, serial and quantity of an ISO/IEC 15434 format 06 label; null for one that the server has to read. */
export function envelope(text: string): Record<string, string | number> | null {
  const found: Record<string, string> = {};
  for (const part of text.slice(ENVELOPE.length).replace(/[\x1e\x04]+$/, "").split("\x1d")) {
    const head = FIELDS.find((name) => part.startsWith(name));
    if (head && part.length > head.length) found[head] = part.slice(head.length);
  }
  if (found["P"] || found["1P"]) return null; // an item by its part number: the server knows whose number that is
  const values: Record<string, string | number> = {};
  if (found["1T"]) values["lot"] = found["1T"];
  if (found["S"]) values["serial"] = found["S"];
  if (found["Q"] && !/^\d+$/.test(found["Q"])) throw new LabelFault("quantity", `The label's quantity ${found["Q"]} is no whole number.`);
  if (found["Q"]) values["quantity"] = Number(found["Q"]);
  return values;
}

/** A weigh labeller's LMQ#1#kilograms#dd.mm.yyyy#lot[#product]. */
export function weighLabel(text: string): Record<string, string | number> {
  const [, , weight = "", date = "", lot] = text.split("#");
  const [, whole, part = ""] = /^(\d+)(?:\.(\d+))?$/.exec(weight) ?? [];
  const [, day, month, year] = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(date) ?? [];
  const last = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  const isDate = Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= last;
  if (whole === undefined || !isDate || lot === undefined) {
    throw new LabelFault(whole !== undefined && lot !== undefined && year ? "day" : "weigh_label", "The weigh label cannot be read: weight, date or lot has not its form.");
  }
  return { net_weight_g: Number(whole) * 1000 + Number(part.padEnd(3, "0").slice(0, 3)), lot };
}
