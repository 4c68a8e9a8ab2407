import { readFileSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { fill } from "../src/floor/fill";
import { read, type Codes } from "../src/floor/reading";
import type { Task } from "../src/floor/types";

interface Runs {
  codes: Codes;
  runs: { task: Task | null; scans: string[] }[];
}

/** tests/floor/test_two_homes.py makes the runs, names their file here, and compares what is written with its own. */
const path = process.env["AISLE_RANDOM_RUNS"] ?? "";

it.skipIf(!path)("plays the runs that the server's test made", { timeout: 300_000 }, () => {
  const { codes, runs } = JSON.parse(readFileSync(path, "utf8")) as Runs;
  const played = runs.map(({ task: start, scans }) => {
    let task = start;
    return scans.map((scanned) => {
      const { values, error } = read(scanned, codes);
      const [after, effects] = fill(task, { raw: scanned, values, error: error ?? null });
      task = after;
      return { values, error: error?.code ?? null, task, effects };
    });
  });
  writeFileSync(`${path}.played`, JSON.stringify(played));
  expect(played.length).toBe(runs.length);
});
