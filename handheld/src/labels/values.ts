/** What somebody typed into the form, as the values of a label. */
import type { Field, Values } from "./shapes";

export type Typed = Record<string, string | boolean>;

/** What the form shows in a field: what was typed, else the sample. */
export function shownIn(field: Field, sample: Values, typed: Typed): string | boolean {
  const own = typed[field.name];
  const value = own ?? sample[field.name] ?? "";
  if (field.kind === "flag") return value === true;
  return field.kind === "rows" && own === undefined ? JSON.stringify(value || [], null, 1) : String(value);
}

/** The sample with what was typed over it; null for the sample itself; `wrong` names a field whose rows are no JSON. */
export function valuesOf(fields: Field[], sample: Values, typed: Typed): { values: Values | null; wrong: string } {
  const changed = fields.filter((one) => typed[one.name] !== undefined);
  if (!changed.length) return { values: null, wrong: "" };
  const values: Values = Object.fromEntries(fields.map((one) => [one.name, sample[one.name] ?? ""]));
  for (const one of changed) {
    const text = typed[one.name] as string | boolean;
    if (one.kind === "rows") {
      const rows = rowsOf(String(text));
      if (!rows) return { values: null, wrong: one.name };
      values[one.name] = rows;
    } else values[one.name] = one.kind === "number" ? numberOf(String(text)) : text;
  }
  return { values, wrong: "" };
}

/** What is no number is sent as it is, for the server to say so. */
function numberOf(text: string): number | string {
  return text.trim() === "" || !Number.isFinite(Number(text)) ? text.trim() : Number(text);
}

function rowsOf(text: string): unknown[] | null {
  try {
    const made: unknown = text.trim() ? JSON.parse(text) : [];
    return Array.isArray(made) ? made : null;
  } catch {
    return null;
  }
}
