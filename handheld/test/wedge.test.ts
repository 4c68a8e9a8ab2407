import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { DEFAULTS, Wedge, type Stroke, type WedgeSettings } from "../src/scanner/wedge";

interface Case {
  id: string;
  strokes: (Stroke | { type: "tick"; at: number })[];
  scans: string[];
  doubled: string[];
  settings: Partial<WedgeSettings>;
}
const path = resolve(__dirname, "../../tests/floor_cases/scanner/habits.json");
const { cases } = JSON.parse(readFileSync(path, "utf8")) as { cases: Case[] };

it.each(cases.map((one) => [one.id, one] as const))("%s", (_id, one) => {
  const scans: string[] = [];
  const doubled: string[] = [];
  const wedge = new Wedge((scan) => scans.push(scan), (scan) => doubled.push(scan), { ...DEFAULTS, ...one.settings });
  for (const stroke of one.strokes) {
    if (stroke.type === "tick") wedge.tick(stroke.at);
    else wedge.stroke(stroke);
  }
  expect(scans).toEqual(one.scans);
  expect(doubled).toEqual(one.doubled);
});

it("keeps shortcuts of codes away from the page", () => {
  const wedge = new Wedge(() => undefined);
  for (const key of ["r", "w", "t", "p"]) expect(wedge.stroke({ type: "keydown", key, ctrl: true, at: 0 })).toBe("taken");
  for (const key of ["F5", "F11", "BrowserBack"]) expect(wedge.stroke({ type: "keydown", key, at: 0 })).toBe("taken");
});
