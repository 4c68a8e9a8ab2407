/** Light or dark: what this browser is set to, until somebody chooses on the page. */
export type Theme = "auto" | "light" | "dark";

const KEY = "aisle-theme";
export const THEMES: Theme[] = ["auto", "light", "dark"];

export function storedTheme(): Theme {
  const kept = localStorage.getItem(KEY);
  return kept === "light" || kept === "dark" ? kept : "auto";
}

export function wear(theme: Theme): void {
  localStorage.setItem(KEY, theme);
  if (theme === "auto") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
}
