/** Amounts as people read them: whole numbers of a currency's smallest unit, written in the language of the page. */
export const digitsOf = (currency: string): number => new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;

export function money(amount: number, currency: string, language: string): string {
  return currency ? (amount / 10 ** digitsOf(currency)).toLocaleString(language, { style: "currency", currency }) : String(amount);
}

/** As somebody types it, and back: null for what is no amount. */
export const written = (amount: number, currency: string): string => (currency ? (amount / 10 ** digitsOf(currency)).toFixed(digitsOf(currency)) : String(amount));
export function read(typed: string, currency: string): number | null {
  const digits = currency ? digitsOf(currency) : 0;
  const found = /^(\d{1,12})(?:[.,](\d*))?$/.exec(typed.trim());
  if (!found || (found[2] ?? "").length > digits) return null;
  return Number(`${found[1] ?? ""}${(found[2] ?? "").padEnd(digits, "0")}`);
}
