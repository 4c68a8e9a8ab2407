import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { DEFAULTS, Wedge, type Stroke, type WedgeSettings } from "../src/scanner/wedge";

type Played = Stroke | { type: "tick"; at: number };
interface Case {
  id: string;
  strokes: Played[];
  scans: string[];
  doubled: string[];
  settings: Partial<WedgeSettings>;
}
const path = resolve(__dirname, "../../tests/floor_cases/scanner/habits.json");
const { cases } = JSON.parse(readFileSync(path, "utf8")) as { cases: Case[] };

/** The habits of real scanners, as collected from what other systems had to mend. */
const HABITS = [
  "wedge-enter", "wedge-tab", "wedge-no-suffix", "wedge-alt", "wedge-shift-events", "key-undefined", "ime-commit", "ime-hidden-input",
  "slow-wedge", "burst-batch", "double-trigger", "busy", "layout-fr-be", "gs-as-ctrl-bracket", "paste",
];

const heardOf = (one: Case, play: (wedge: Wedge) => void): { scans: string[]; doubled: string[] } => {
  const scans: string[] = [];
  const doubled: string[] = [];
  play(new Wedge((scan) => scans.push(scan), (scan) => doubled.push(scan), { ...DEFAULTS, ...one.settings }));
  return { scans, doubled };
};

const handle = (wedge: Wedge, stroke: Played): void => {
  if (stroke.type === "tick") wedge.tick(stroke.at);
  else wedge.stroke(stroke);
};

it("has a case of every habit", () => {
  expect(HABITS.filter((habit) => !cases.some((one) => one.id === habit))).toEqual([]);
});

it.each(cases.map((one) => [one.id, one] as const))("%s", (_id, one) => {
  const heard = heardOf(one, (wedge) => one.strokes.forEach((stroke) => handle(wedge, stroke)));
  expect(heard).toEqual({ scans: one.scans, doubled: one.doubled });
});

/** A small generator of numbers from 0 to 1, the same for the same seed. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** The same strokes with up to 60 ms more between any two: a processor that has other things to do. */
function unsteady(strokes: Played[], random: () => number): Played[] {
  let at = 0;
  let before = 0;
  return strokes.map((stroke) => {
    at += Math.max(0, stroke.at - before) + Math.floor(random() * 60);
    before = stroke.at;
    return { ...stroke, at };
  });
}

/**
 * A page that stands still now and then for up to two seconds: what was pressed meanwhile is handled afterwards, in
 * order and with the times at which it was pressed, but the clock's beat comes first.
 */
function onBusyPage(wedge: Wedge, strokes: Played[], random: () => number): void {
  const waiting = strokes.filter((stroke) => stroke.type !== "tick") as Stroke[];
  const end = (strokes[strokes.length - 1]?.at ?? 0) + 2_000;
  for (let now = 0; now < end; now += random() < 0.15 ? 100 + Math.floor(random() * 2_000) : 100) {
    wedge.beat(now);
    while (waiting[0] && waiting[0].at <= now) wedge.stroke(waiting.shift() as Stroke);
  }
  waiting.forEach((stroke) => wedge.stroke(stroke));
  for (let more = 0; more < 6; more += 1) wedge.beat(end + 2_000 + more * 100);
}

const SEEDS = Array.from({ length: 100 }, (_, seed) => seed);
const ended = cases.filter((one) => one.id !== "wedge-no-suffix-waits");

describe("with a busy processor nothing is lost, glued or doubled", () => {
  it.each(ended.map((one) => [one.id, one] as const))("%s", (_id, one) => {
    for (const seed of SEEDS) {
      const random = numbers(seed + 1);
      const strokes = unsteady(one.strokes, random);
      expect(heardOf(one, (wedge) => onBusyPage(wedge, strokes, random)), `seed ${seed}`).toEqual({ scans: one.scans, doubled: one.doubled });
    }
  });
});

it("keeps shortcuts of codes away from the page", () => {
  const wedge = new Wedge(() => undefined);
  for (const key of ["r", "w", "t", "p"]) expect(wedge.stroke({ type: "keydown", key, ctrl: true, at: 0 })).toBe("taken");
  for (const key of ["F5", "F11", "BrowserBack"]) expect(wedge.stroke({ type: "keydown", key, at: 0 })).toBe("taken");
});

it("keeps the second line end of a code away from the button that was tapped last", () => {
  const wedge = new Wedge(() => undefined);
  wedge.stroke({ type: "keydown", key: "A", code: "KeyA", at: 0 });
  expect(wedge.stroke({ type: "keydown", key: "Enter", at: 5 })).toBe("taken");
  expect(wedge.stroke({ type: "keydown", key: "Enter", at: 8 })).toBe("taken");
  expect(wedge.stroke({ type: "keydown", key: "Enter", at: 500 })).toBe("passed");
});
