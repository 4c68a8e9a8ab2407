/**
 * What a scanner types into the page, as it comes: nothing is cut, joined or mended, since that is what shall be found out.
 * Texts are what the computer's own keyboard says; Enter and Tab are CR and TAB, and Ctrl with a key is a control character.
 */
import type { Hears, Stroke, Verdict } from "../scanner/wedge";

export interface Chunk {
  at: number;
  text: string;
}

const CHUNKS_MAX = 1_000;
const SIGNS_MAX = 4_000;
const CONTROL_CODES: Record<string, string> = { BracketLeft: "[", Backslash: "\\", BracketRight: "]", Digit6: "^", Minus: "_" };

export class Hearing implements Hears {
  /** Off, keys are the page's own. */
  isOn = false;
  private came: Chunk[] = [];
  private signs = 0;
  private altDigits = "";

  constructor(private readonly rung: () => void) {}

  get chunks(): readonly Chunk[] {
    return this.came;
  }

  forget(): void {
    this.came = [];
    this.signs = 0;
    this.altDigits = "";
  }

  stroke(stroke: Stroke): Verdict {
    if (!this.isOn) return "passed";
    if (stroke.type === "paste" || stroke.type === "input") return this.add(stroke.text ?? "", stroke.at);
    const key = stroke.key ?? "";
    if (stroke.type === "keyup") return this.keyUp(key, stroke.at);
    if (key === "Enter" || key === "Tab") return this.add(key === "Enter" ? "\r" : "\t", stroke.at);
    if (stroke.alt && /^Numpad\d$/.test(stroke.code ?? "")) {
      this.altDigits += (stroke.code ?? "").slice(-1);
      return "taken";
    }
    if (stroke.ctrl && !stroke.alt) return this.control(key, stroke); // both together are AltGr
    if ([...key].length !== 1) return /^F\d+$|^Browser|^Launch/.test(key) ? "taken" : "passed";
    return this.add(key, stroke.at);
  }

  /** Time alone says nothing here. */
  beat(): void {
    return;
  }

  private keyUp(key: string, at: number): Verdict {
    if (key !== "Alt" || !this.altDigits) return "passed";
    const sign = String.fromCharCode(Number(this.altDigits) % 65_536);
    this.altDigits = "";
    return this.add(sign, at);
  }

  private control(key: string, stroke: Stroke): Verdict {
    const sign = /^[a-z]$/i.test(key) ? key.toUpperCase() : (CONTROL_CODES[stroke.code ?? ""] ?? "");
    if (sign === "V") return "passed"; // the paste itself brings the text
    return sign ? this.add(String.fromCharCode(sign.charCodeAt(0) & 0x1f), stroke.at) : "passed";
  }

  private add(text: string, at: number): Verdict {
    if (text && this.came.length < CHUNKS_MAX && this.signs + text.length <= SIGNS_MAX) {
      this.came.push({ at: Math.round(at), text: text.slice(0, 512) });
      this.signs += text.length;
    }
    this.rung();
    return "taken";
  }
}
