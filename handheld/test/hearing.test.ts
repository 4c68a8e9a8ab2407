import { beforeEach, describe, expect, it } from "vitest";
import { wedgeSettings } from "../src/fitness/found";
import { Hearing } from "../src/fitness/hearing";
import { DEFAULTS, Wedge, type Stroke } from "../src/scanner/wedge";

const down = (key: string, at: number, more: Partial<Stroke> = {}): Stroke => ({ type: "keydown", key, at, ...more });
let hearing: Hearing;
let rings = 0;
const heard = (): string => hearing.chunks.map((one) => one.text).join("");

beforeEach(() => {
  rings = 0;
  hearing = new Hearing(() => rings++);
  hearing.isOn = true;
});

describe("what a page hears of a scanner", () => {
  it("is every sign with its time, Enter and Tab as the scanner's suffix", () => {
    for (const stroke of [down("a", 10.4), down("B", 12, { shift: true }), down("Enter", 15), down("Tab", 16)]) expect(hearing.stroke(stroke)).toBe("taken");
    expect(hearing.chunks).toEqual([{ at: 10, text: "a" }, { at: 12, text: "B" }, { at: 15, text: "\r" }, { at: 16, text: "\t" }]);
    expect(rings).toBe(4);
  });

  it("is a control character for Ctrl with its key, whatever the keyboard's country", () => {
    hearing.stroke(down("]", 0, { ctrl: true, code: "BracketRight" }));
    hearing.stroke(down("+", 1, { ctrl: true, code: "BracketRight" }));
    hearing.stroke(down("b", 2, { ctrl: true, code: "KeyB" }));
    hearing.stroke(down("j", 3, { ctrl: true, code: "KeyJ" }));
    expect(heard()).toBe("\x1d\x1d\x02\n");
  });

  it("is the sign itself with AltGr, and a number typed with Alt", () => {
    hearing.stroke(down("]", 0, { ctrl: true, alt: true, code: "Digit9" }));
    for (const digit of "029") hearing.stroke(down(digit, 1, { alt: true, code: `Numpad${digit}` }));
    hearing.stroke({ type: "keyup", key: "Alt", at: 2 });
    expect(heard()).toBe("]\x1d");
  });

  it("is a whole text where a keyboard brings one, and nothing of keys without a sign", () => {
    hearing.stroke({ type: "input", text: "ABC\r", at: 0 });
    for (const key of ["Shift", "F8", "Process", "Dead"]) hearing.stroke(down(key, 1));
    expect(heard()).toBe("ABC\r");
  });

  it("ends where nobody could mean it any more", () => {
    for (let at = 0; at < 5_000; at++) hearing.stroke(down("x", at));
    expect(hearing.chunks.length).toBe(1_000);
    hearing.forget();
    expect(hearing.chunks).toEqual([]);
  });

  it("is nothing while the page is not asked to listen", () => {
    hearing.isOn = false;
    expect(hearing.stroke(down("Enter", 0))).toBe("passed");
    expect(hearing.chunks).toEqual([]);
  });
});

it("the settings found make the wedge read what the scanner types", () => {
  const scans: string[] = [];
  const settings = wedgeSettings({ prefix: "~S", suffix: "##", gap_ms: 350, layout: "auto", group_separators: ["<GS>"] });
  const wedge = new Wedge((scan) => scans.push(scan), undefined, { ...DEFAULTS, ...settings });
  expect(wedge.settings.idleMs).toBe(350);
  [..."~S]d210A<GS>21B##"].forEach((key, at) => wedge.stroke(down(key, at)));
  wedge.tick(1_000);
  expect(scans).toEqual(["]d210A\x1d21B"]);
  expect(wedgeSettings({ prefix: "", suffix: "CR", gap_ms: 0, layout: "us", group_separators: [] })).toMatchObject({ suffix: "", layout: "us", idleMs: 300 });
});
