/** Codes as people read them. */
import type { Handheld } from "./handheld";

/** Eighteen digits are read in groups, the last one as people compare them. */
export const inGroups = (code: string): string => (/^\d{18}$/.test(code) ? `${code.slice(0, 9)} ${code.slice(9, 14)} ${code.slice(14)}` : code);

/** The code of a bin is not broken over two lines, where its halves look like two bins. */
export const withWholeCodes = (text: string) => text.replace(/\d{18}/g, inGroups).split(/(\w+-[\w-]+)/).map((part, at) => (at % 2 && part.length < 17 ? <span key={at} class="nowrap">{part}</span> : part));

/** What a printed card says on it; any other code is itself. */
export function cardName(handheld: Handheld, code: string): string {
  const key = `card.${code}`;
  const said = handheld.say({ key, args: {} });
  return said === key ? code : said;
}
