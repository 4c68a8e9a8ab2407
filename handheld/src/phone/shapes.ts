/** What the phone form holds, and what the server tells it. */
import { read } from "../look/money";
import type { Speech } from "../pages/language";
import type { Key } from "./texts";

export interface Words {
  t: (key: Key, args?: Record<string, unknown>) => string;
  speech: Speech;
}

export interface Site { code: string; name: string }

/** An item that may be meant, and how much of it may be promised now. */
export interface Found {
  item: string;
  name: string;
  available: number;
  /** In all other warehouses. */
  elsewhere: number;
  quantity: number;
  is_exact: boolean;
  /** Of one in the catalogue, in the currency's smallest unit. */
  price: number | null;
  picture: string | null;
}

export interface Line {
  item: string;
  name: string;
  available: number;
  elsewhere: number;
  /** As it is typed. */
  quantity: string;
  /** As it is typed: of one; "" where the catalogue has none and nobody said one. */
  price: string;
  /** Who takes the order may say another price than the catalogue's. */
  mayPrice: boolean;
}

/** An earlier order that went to the number which rings. */
export interface Earlier {
  number: string;
  customer: string;
  ship_to: Record<string, string>;
  carrier: string;
  delivery: string;
}

export interface Finding {
  code: string;
  field: string;
  words: string;
  severity: string;
  suggestion: Record<string, unknown>;
}

export interface Taken {
  number: string;
  promised_at: number | null;
  lines: { item: string; quantity: number; promised: number }[];
}

export interface Collection { code: string }

/** In the order in which they are asked on the phone. */
export const ADDRESS = ["name", "country", "postcode", "state", "city", "district", "street"] as const;
export type AddressField = (typeof ADDRESS)[number];
export type Address = Record<AddressField, string>;

export interface Draft {
  phone: string;
  lines: Line[];
  address: Address;
  isCollected: boolean;
  /** Any warehouse may send it, as the rules say. */
  isSourced: boolean;
  carrier: string;
  /** What the customer pays for the way, as it is typed; asked where the warehouse has said its currency. */
  postage: string;
  note: string;
}

const COUNTRY = "aisle-phone-country";
const SOURCED = "aisle-phone-sourced";

export const emptyDraft = (): Draft => ({
  phone: "", lines: [], address: { name: "", country: localStorage.getItem(COUNTRY) ?? "CN", postcode: "", state: "", city: "", district: "", street: "" },
  isCollected: false, isSourced: localStorage.getItem(SOURCED) !== "no", carrier: "", postage: "", note: "",
});

export const rememberCountry = (country: string): void => localStorage.setItem(COUNTRY, country);

export const rememberSourced = (isSourced: boolean): void => localStorage.setItem(SOURCED, isSourced ? "yes" : "no");

export const quantityOf = (line: Line): number => (/^[0-9]{1,7}$/.test(line.quantity) ? Number(line.quantity) : 0);

/** Where it goes as the server takes it: what is empty is left out. */
export const shipTo = (draft: Draft): Record<string, string> =>
  Object.fromEntries(Object.entries({ ...draft.address, phone: draft.phone.trim() }).map(([name, value]) => [name, value.trim()]).filter(([, value]) => value));

/** The postage in the currency's smallest unit; null for what is no amount. */
export const postageOf = (draft: Draft, currency: string): number | null => (currency && !draft.isCollected && draft.postage.trim() ? read(draft.postage, currency) : 0);

/** What one costs, in the currency's smallest unit; null for what is no amount. */
export const priceOf = (line: Line, currency: string): number | null => (currency && line.price.trim() ? read(line.price, currency) : 0);

/** What the customer pays for goods and way; null while something of it is no amount. */
export function totalOf(draft: Draft, currency: string): number | null {
  const parts = [postageOf(draft, currency), ...draft.lines.map((line) => { const price = priceOf(line, currency); return price === null ? null : price * quantityOf(line); })];
  return parts.reduce((sum, one) => (sum === null || one === null ? null : sum + one), 0);
}

/** Whether it could be taken in: goods, who gets them, and prices and a postage that are amounts. */
export const lacks = (draft: Draft, currency: string): "lines" | "prices" | "name" | "street" | "postage" | null => {
  if (postageOf(draft, currency) === null) return "postage";
  if (draft.lines.some((line) => priceOf(line, currency) === null)) return "prices";
  if (!draft.lines.length || draft.lines.some((line) => !quantityOf(line))) return "lines";
  if (!draft.address.name.trim()) return "name";
  return draft.isCollected || draft.address.street.trim() ? null : "street";
};
