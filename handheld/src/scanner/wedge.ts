/**
 * Scanners that type: every habit in which real ones do (tests/floor_cases/scanner). Works on plain strokes, so that
 * it can be tested without a browser; `listen` below connects it to a page.
 */

export interface Stroke {
  type: "keydown" | "keyup" | "input" | "paste";
  key?: string | null;
  code?: string;
  alt?: boolean;
  ctrl?: boolean;
  shift?: boolean;
  text?: string;
  at: number;
}

export interface WedgeSettings {
  /** A scan without a suffix ends after so long without a stroke. */
  idleMs: number;
  /** The same code that starts so soon after it ended is the trigger bouncing. */
  doubleMs: number;
  dropDoubles: boolean;
  /** What the host's keyboard is taken for: as it says, as an American one, or whichever reads as a code. */
  layout: "auto" | "host" | "us";
  prefix: string;
  suffix: string;
  /** What the scanner types for GS, beside GS. */
  separators: string[];
}

export const DEFAULTS: WedgeSettings = { idleMs: 300, doubleMs: 300, dropDoubles: true, layout: "auto", prefix: "", suffix: "", separators: [] };
const KEPT = "aisle-scanner";

/** What was found out of this device's scanner on the page /fitness, or the usual settings. */
export function keptSettings(): WedgeSettings {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT) ?? "{}") as Partial<WedgeSettings>;
    return { ...DEFAULTS, ...kept };
  } catch {
    return DEFAULTS;
  }
}

/** Keeps settings for this browser. */
export function keepSettings(settings: Partial<WedgeSettings>): void {
  localStorage.setItem(KEPT, JSON.stringify(settings));
}

const GS = "\x1d";
const SCAN_MAX = 512;
const BEAT_MS = 100;
const SUFFIX_MS = 100;
const IGNORED = /^(Shift|Alt|AltGraph|Control|Meta|CapsLock|NumLock|Process|Unidentified|Dead|Fn)$/;
const SHIFTED_DIGITS = ")!@#$%^&*(";
const US: Record<string, [string, string]> = {
  Minus: ["-", "_"], Equal: ["=", "+"], BracketLeft: ["[", "{"], BracketRight: ["]", "}"], Backslash: ["\\", "|"],
  Semicolon: [";", ":"], Quote: ["'", '"'], Backquote: ["`", "~"], Comma: [",", "<"], Period: [".", ">"], Slash: ["/", "?"],
  Space: [" ", " "],
};

/** What is done with a stroke: `taken` ones must not reach the page. */
export type Verdict = "taken" | "passed";

/** Takes strokes: the wedge, or a page that wants to know what a scanner does. */
export interface Hears {
  stroke(stroke: Stroke): Verdict;
  beat(at: number): void;
}

export class Wedge implements Hears {
  private host = "";
  private us = "";
  private altDigits = "";
  private startedAt = 0;
  private lastAt = 0;
  private last = { text: "", endedAt: -Infinity };
  private quietSince: number | null = null;
  private isForeign = false;

  constructor(
    private readonly emit: (scan: string) => void,
    private readonly doubled: (scan: string) => void = () => undefined,
    readonly settings: WedgeSettings = DEFAULTS,
  ) {}

  stroke(stroke: Stroke): Verdict {
    this.tick(stroke.at);
    if (stroke.type === "paste" || stroke.type === "input") return this.text(stroke);
    if (this.host) this.lastAt = Math.max(this.lastAt, stroke.at); // keys that are no sign say that the scan goes on
    if (stroke.key === undefined || stroke.key === null) return "passed";
    return stroke.type === "keyup" ? this.keyUp(stroke) : this.keyDown(stroke);
  }

  /** Ends a scan that brought no suffix; to be called when time has passed. */
  tick(at: number): void {
    if (this.host && at - this.lastAt >= this.settings.idleMs) this.end(this.lastAt);
  }

  /** A tick by the clock: only the second one in silence ends a scan, as keys may wait behind the first on a busy page. */
  beat(at: number): void {
    if (this.quietSince === this.lastAt) this.tick(at);
    this.quietSince = at - this.lastAt >= this.settings.idleMs ? this.lastAt : null;
  }

  private text(stroke: Stroke): Verdict {
    const lines = (stroke.text ?? "").split(/\r\n|\r|\n|\t/);
    lines.forEach((line, number) => {
      for (const sign of line) this.add(sign, sign, stroke.at);
      if (number < lines.length - 1 || stroke.type === "paste") this.end(stroke.at);
    });
    return "taken";
  }

  private keyUp(stroke: Stroke): Verdict {
    if (stroke.key === "Alt" && this.altDigits) {
      const sign = String.fromCharCode(Number(this.altDigits));
      this.altDigits = "";
      this.add(sign, sign, stroke.at);
      return "taken";
    }
    if (stroke.key === "Enter" && this.host) {
      this.end(stroke.at); // a keyboard that committed the text as a whole tells only this
      return "taken";
    }
    return "passed";
  }

  private keyDown(stroke: Stroke): Verdict {
    const key = stroke.key as string;
    if (key === "Enter" || key === "Tab") {
      if (!this.host) return stroke.at - this.last.endedAt < SUFFIX_MS ? "taken" : "passed"; // CR and LF come as two
      this.end(stroke.at);
      return "taken";
    }
    if (stroke.alt && /^Numpad\d$/.test(stroke.code ?? "")) {
      this.altDigits += (stroke.code ?? "").slice(-1);
      return "taken";
    }
    if (stroke.ctrl) return this.control(key, stroke);
    if (key === "Dead" && usSign(stroke)) {
      this.add(usSign(stroke) as string, usSign(stroke) as string, stroke.at); // an accent that waits for its letter
      return "taken";
    }
    if (IGNORED.test(key)) return "passed";
    if ([...key].length !== 1) return /^F\d+$|^Browser|^Launch/.test(key) ? "taken" : "passed";
    this.add(key, usSign(stroke) ?? key, stroke.at);
    return "taken";
  }

  /** Ctrl+] is how GS is typed; every other shortcut that a code may type must not steer the page. */
  private control(key: string, stroke: Stroke): Verdict {
    if (key === "]" || key === GS || stroke.code === "BracketRight") {
      this.add(GS, GS, stroke.at);
      return "taken";
    }
    if (/^[jm]$/i.test(key) && this.host) {
      this.end(stroke.at); // LF and CR as control characters
      return "taken";
    }
    if (key === "v" || key === "V" || IGNORED.test(key)) return "passed"; // the paste itself brings the text
    return "taken";
  }

  private add(host: string, us: string, at: number): void {
    if (!this.host) this.startedAt = at;
    if (this.host.length < SCAN_MAX * 8) {
      this.host += host;
      this.us += us;
    }
    this.lastAt = at;
  }

  private end(at: number): void {
    const text = this.stripped(this.chosen());
    const started = this.startedAt;
    this.host = this.us = "";
    if (!text) return;
    const isDouble = text === this.last.text && started - this.last.endedAt < this.settings.doubleMs;
    this.last = { text, endedAt: at };
    if (isDouble && this.settings.dropDoubles) this.doubled(text);
    else this.emit(text);
  }

  private chosen(): string {
    if (this.settings.layout === "us") return this.us;
    if (this.settings.layout === "host" || this.host === this.us) return this.host;
    const digits = (text: string): number => (text.match(/\d/g) ?? []).length;
    const isForeign = (digits(this.host) === 0 && digits(this.us) >= 3) || (/[^\x00-\x7f]/.test(this.host) && /^[\x1d-\x7e]*$/.test(this.us));
    // What one scan has shown of the host's keyboard holds for the short ones after it, which show nothing.
    this.isForeign = isForeign || (this.isForeign && digits(this.host) === 0);
    return this.isForeign ? this.us : this.host;
  }

  private stripped(text: string): string {
    const { prefix, suffix } = this.settings;
    let left = prefix && text.startsWith(prefix) ? text.slice(prefix.length) : text;
    if (suffix && left.endsWith(suffix)) left = left.slice(0, -suffix.length);
    for (const one of this.settings.separators) left = left.split(one).join(GS);
    return left.replace(/^[ \r\n]+|[ \r\n]+$/g, "").slice(0, SCAN_MAX);
  }
}

function usSign(stroke: Stroke): string | null {
  const code = stroke.code ?? "";
  const letter = /^Key([A-Z])$/.exec(code)?.[1];
  if (letter) return stroke.shift ? letter : letter.toLowerCase();
  const digit = /^Digit(\d)$/.exec(code)?.[1];
  if (digit) return stroke.shift ? (SHIFTED_DIGITS[Number(digit)] ?? null) : digit;
  const sign = US[code];
  return sign ? sign[stroke.shift ? 1 : 0] : null;
}

/** Hears the scanner on a whole page, whatever has the focus; a field marked data-typed is left to the fingers. */
export function listen(wedge: Hears, catcher: HTMLInputElement): void {
  const isTyped = (): boolean => document.activeElement instanceof HTMLElement && "typed" in document.activeElement.dataset;
  const key = (event: KeyboardEvent): void => {
    if (isTyped()) return;
    const stroke: Stroke = {
      type: event.type as "keydown" | "keyup", key: event.key, code: event.code, alt: event.altKey, ctrl: event.ctrlKey,
      shift: event.shiftKey, at: event.timeStamp, // when it was pressed, not when a busy page gets to it
    };
    if (wedge.stroke(stroke) === "taken") event.preventDefault();
  };
  window.addEventListener("keydown", key, true);
  window.addEventListener("keyup", key, true);
  window.addEventListener("paste", (event) => {
    if (isTyped()) return;
    wedge.stroke({ type: "paste", text: event.clipboardData?.getData("text") ?? "", at: event.timeStamp });
    event.preventDefault();
  });
  catcher.addEventListener("input", (event) => {
    const text = catcher.value;
    catcher.value = "";
    if (text) wedge.stroke({ type: "input", text, at: event.timeStamp });
  });
  // Keyboards that commit whole texts need a focused text field; it shows no keyboard and takes no room.
  const refocus = (): void => {
    if (!isTyped()) catcher.focus({ preventScroll: true });
  };
  document.addEventListener("click", () => setTimeout(refocus, 0));
  window.addEventListener("focus", refocus);
  setInterval(() => {
    wedge.beat(performance.now());
    if (document.activeElement === document.body) refocus();
  }, BEAT_MS);
  refocus();
}
