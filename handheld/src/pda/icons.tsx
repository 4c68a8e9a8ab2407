/** A sign for each command, drawn in lines: known before its word is read. */
import type { TextKey } from "../texts";

const PATHS: Partial<Record<TextKey, string>> = {
  undo: "M8 4L3 9l5 5M3 9h11a6 6 0 0 1 0 12h-3",
  short: "M3 8l9-5 9 5v9l-9 5-9-5zM8 13h8",
  damaged: "M3 8l9-5 9 5v9l-9 5-9-5zM13 3l-4 7 5 3-3 8",
  full: "M4 6v14h16V6M4 11h16M4 15h16M8 3l4 4 4-4",
  skip: "M4 5l8 7-8 7zM12 5l8 7-8 7zM21 5v14",
  done: "M3 13l6 6L21 5",
  nextLine: "M4 6h16M4 12h7M15 10v10M10 15l5 5 5-5",
  reprint: "M6 9V3h12v6M6 17H3V9h18v8h-3M6 14h12v7H6z",
  help: "M8 8a4 4 0 1 1 6 3.5c-1.5 1-2 1.5-2 3.5M12 19v2",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  countBin: "M4 4h16v16H4zM8 9h8M8 15h8",
  howMany: "M9 3L7 21M17 3l-2 18M4 9h17M3 15h17",
};

/** Nothing for what has no sign: its words keep the middle. */
export const Sign = ({ of }: { of: TextKey }) => PATHS[of] ? (
  <svg class="sign" viewBox="0 0 24 24" width="18" height="18" aria-hidden="true"><path d={PATHS[of]} fill="none" stroke="currentColor" stroke-width="2.5" stroke-linecap="round" stroke-linejoin="round" /></svg>
) : null;
