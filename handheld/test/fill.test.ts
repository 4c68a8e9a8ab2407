import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { fill } from "../src/floor/fill";
import { read, type Codes } from "../src/floor/reading";
import type { Reading, Task, Value } from "../src/floor/types";
import { effectSaid, taskSaid } from "./spoken";

interface House {
  codes: Codes;
  tasks: Record<string, Task>;
}
interface Cases {
  about: string;
  cases: { id: string; task: string | null; steps: [string | Value[], string[], Record<string, string>?][] }[];
}

const folder = resolve(__dirname, "../../tests/floor_cases");
const json = (name: string): unknown => JSON.parse(readFileSync(resolve(folder, name), "utf8"));
const house = json("house.json") as House;
const files = readdirSync(folder).filter((name) => name.endsWith(".json") && name !== "house.json").sort();

const readingOf = (scanned: string | Value[]): Reading =>
  typeof scanned === "string" ? read(scanned, house.codes) : { raw: "", values: scanned, error: null };

describe.each(files.map((name) => [name, json(name) as Cases] as const))("%s", (_name, { cases }) => {
  it.each(cases.map((one) => [one.id, one] as const))("%s", (_id, one) => {
    const start = one.task ? (house.tasks[one.task] ?? null) : null;
    let task = start;
    let wanted = taskSaid(task, start);
    for (const [scanned, effects, changed] of one.steps) {
      const before = JSON.stringify(task);
      const [after, made] = fill(task, readingOf(scanned));
      wanted = { ...wanted, ...changed };
      expect([made.map(effectSaid), taskSaid(after, start)], String(scanned)).toEqual([effects, wanted]);
      expect(JSON.stringify(task), "fill changed what it was given").toBe(before);
      task = after;
    }
  });
});

it("has as many cases as the server's runner wants", () => {
  expect(files.flatMap((name) => (json(name) as Cases).cases).length).toBeGreaterThanOrEqual(130);
});
