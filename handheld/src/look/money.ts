/** Amounts as people read them: whole numbers of a currency's smallest unit, written in the language of the page. */
export const digitsOf = (currency: string): number => new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;

export function money(amount: number, currency: string, language: string): string {
  return currency ? (amount / 10 ** digitsOf(currency)).toLocaleString(language, { style: "currency", currency }) : String(amount);
}
