import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import type { Codes } from "../../src/floor/reading";
import type { Task } from "../../src/floor/types";
import { InSight, isWantedBy } from "../../src/camera/choose";
import type { Found } from "../../src/camera/shapes";

const house = JSON.parse(readFileSync(resolve(__dirname, "../../../tests/floor_cases/house.json"), "utf8")) as { codes: Codes; tasks: Record<string, Task> };
const at = { x: 0, y: 0 };
const seen = (raw: string, isBars = true): Found => ({ raw, isBars, corners: [at, at, at, at] });
const NONE = (): boolean => false;

/** What is taken in pictures 100 ms apart. */
function taken(pictures: string[][], isWanted: (raw: string) => boolean, isBars = true): (string | null)[] {
  const sight = new InSight();
  return pictures.map((codes, number) => sight.see(codes.map((raw) => seen(raw, isBars)), number * 100, isWanted).take);
}

const times = (count: number, codes: string[]): string[][] => Array.from({ length: count }, () => codes);

it("takes the only code in view when others had time to come, wanted or not", () => {
  expect(taken(times(6, ["A"]), NONE)).toEqual([null, null, null, null, "A", null]);
});

it("takes of several the only one that is wanted", () => {
  expect(taken(times(6, ["A", "B", "C"]), (raw) => raw === "B").filter(Boolean)).toEqual(["B"]);
});

it("leaves it to a person where several are wanted, or none of several", () => {
  const sight = new InSight();
  for (const isWanted of [NONE, () => true]) {
    for (let now = 0; now < 1_000; now += 100) expect(sight.see([seen("A"), seen("B")], now, isWanted).take).toBeNull();
    expect(sight.see([seen("A"), seen("B")], 1_000, isWanted).codes.map((one) => one.raw)).toEqual(["A", "B"]);
  }
});

it("does not trust bars that were read once", () => {
  expect(taken([["A"], [], [], [], [], [], [], []], NONE).filter(Boolean)).toEqual([]);
  expect(taken([["A"], [], [], [], ["A"]], NONE, false).filter(Boolean)).toEqual(["A"]);
});

it("takes a code that stays in view once, and again when it was away", () => {
  const away = Array.from({ length: 20 }, (): string[] => []);
  expect(taken([...times(60, ["A"]), ...away, ...times(8, ["A"])], NONE).filter(Boolean)).toEqual(["A", "A"]);
});

it("does not take the second code by itself because the first was taken", () => {
  expect(taken(times(20, ["A", "B"]), (raw) => raw === "A").filter(Boolean)).toEqual(["A"]);
});

it("does not take what somebody has tapped already", () => {
  const sight = new InSight();
  for (let now = 0; now < 300; now += 100) sight.see([seen("A"), seen("B")], now, NONE);
  sight.took("A", 300);
  expect(sight.see([seen("A"), seen("B")], 400, NONE)).toMatchObject({ take: null, codes: [{ raw: "B" }] });
});

it("knows what the work at hand wants, with the identifiers that scanners send", () => {
  const atBin = { ...(house.tasks["cluster"] as Task), codes: house.codes };
  expect(["]C0A1", "]E09506000134352", "]C0B1", "]C0T9", "]C1019506000134352930"].map((raw) => isWantedBy([atBin], {}, raw))).toEqual([true, true, false, false, false]);
});

it("keeps in view what one picture of a slow device has missed, and lets go what two have", () => {
  const sight = new InSight();
  const look = (found: string[], now: number) => sight.see(found.map((raw) => seen(raw, false)), now, NONE);
  expect(look(["A", "B"], 0).codes.length).toBe(2);
  expect(look([], 1_500).codes.length).toBe(2);
  expect(look([], 3_000).codes.length).toBe(0);
});
