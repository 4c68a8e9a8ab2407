/** GS1 Digital Links with an SSCC or GTIN: https://example.com/01/09506000134352/10/L1?17=310131. */
import { LabelFault } from "./labelFault";

const URI = /^(?:https?|HTTPS?):\/\/([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#.*)?$/s;
const SIGNS = /^[A-Za-z0-9\-._~:/?#@!$&'()*+,;=%]*$/;
const DOMAIN = /^[A-Za-z0-9\-.]+(?::\d{1,5})?$/;
const NAMES: Record<string, string> = { sscc: "00", gtin: "01", cpv: "22", lot: "10", ser: "21" };
const QUALIFIERS: Record<string, string[][]> = { "00": [[]], "01": [["22", "10", "21"], ["235"]] };
const NOT_IN_QUERY = /^(?:21|22|235)$/;

/** The elements of a link; null when the address is none that holds a pallet or an item. */
export function parseLink(text: string): [string, string][] | null {
  const found = URI.exec(text);
  if (!found || !SIGNS.test(text) || !DOMAIN.test(found[1] ?? "")) return null;
  const path = fromPath((found[2] ?? "").replace(/^\/+|\/+$/g, "").split("/"));
  return path && [...path, ...fromQuery(found[3] ?? "")];
}

function fromPath(segments: string[]): [string, string][] | null {
  for (let start = segments.length - 2; start >= 0; start -= 1) {
    const rest = segments.slice(start);
    const ais = rest.filter((_, at) => at % 2 === 0).map((name) => NAMES[name.toLowerCase()] ?? name);
    const groups = QUALIFIERS[ais[0] ?? ""];
    if (!groups || rest.length % 2 || !groups.some((group) => isInOrder(ais.slice(1), group))) continue;
    return ais.map((ai, at) => element(ai, unescaped(rest[at * 2 + 1] ?? "")));
  }
  return null;
}

function isInOrder(wanted: string[], group: string[]): boolean {
  let from = 0;
  return wanted.every((ai) => {
    const at = group.indexOf(ai, from);
    from = at + 1;
    return at >= 0;
  });
}

function fromQuery(query: string): [string, string][] {
  const elements: [string, string][] = [];
  for (const part of query.split(/[&;]/)) {
    const at = part.indexOf("=");
    const name = at < 0 ? part : part.slice(0, at);
    if (!/^\d+$/.test(name)) continue;
    const value = at < 0 ? "" : part.slice(at + 1);
    if (NOT_IN_QUERY.test(name)) throw new LabelFault("not_an_attribute", `(${name}) may not stand in the address's query.`);
    if (!value) throw new LabelFault("empty_value", `(${name}) has no value.`);
    elements.push(element(name, unescaped(value.replace(/\+/g, " "))));
  }
  return elements;
}

const element = (ai: string, value: string): [string, string] =>
  ai === "01" && /^(?:\d{8}|\d{12,13})$/.test(value) ? [ai, value.padStart(14, "0")] : [ai, value];

const unescaped = (text: string): string =>
  text.replace(/%([0-9A-Fa-f]{2})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 16)));
