/** How somebody wants the handheld to be: kept on the device, worn by the page. */
import { storedTheme, wear, type Theme } from "../pages/theme";

export interface Prefs {
  theme: Theme;
  /** Targets of 15 mm. */
  gloves: boolean;
  /** Per cent of the usual size of text. */
  text: 100 | 140 | 200;
}

const KEY = "aisle-prefs";
export const TEXT_SIZES = [100, 140, 200] as const;

export function keptPrefs(): Prefs {
  const kept = parsed(localStorage.getItem(KEY));
  const text = TEXT_SIZES.find((size) => size === kept["text"]) ?? 100;
  return { theme: storedTheme(), gloves: kept["gloves"] === true, text };
}

export function putOn(prefs: Prefs): void {
  localStorage.setItem(KEY, JSON.stringify({ gloves: prefs.gloves, text: prefs.text }));
  wear(prefs.theme);
  const page = document.documentElement;
  page.toggleAttribute("data-gloves", prefs.gloves);
  page.dataset["text"] = String(prefs.text);
}

function parsed(kept: string | null): Record<string, unknown> {
  try {
    return (JSON.parse(kept ?? "{}") ?? {}) as Record<string, unknown>;
  } catch {
    return {};
  }
}
