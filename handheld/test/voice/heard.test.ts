import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import type { Language } from "../../src/texts";
import { heardAs, type Alternative } from "../../src/voice/heard";
import type { Wanted } from "../../src/voice/wanted";

interface Case {
  language: Language;
  wanted: string;
  results: Alternative[];
  gives: Record<string, unknown>;
}

const recorded = JSON.parse(readFileSync(resolve(__dirname, "recorded.json"), "utf8")) as { wanted: Record<string, Partial<Wanted>>; cases: Case[] };
const NOTHING: Wanted = { form: null, slot: null, asked: [], others: [], isPlace: false, amount: null, answers: null, isHome: false };

it.each(recorded.cases.map((one) => [one.language, one.results[0]?.transcript ?? "", one.wanted, one] as const))("%s: %j where %s is wanted", (_language, _said, _wanted, one) => {
  expect(heardAs(one.results, { ...NOTHING, ...recorded.wanted[one.wanted] }, one.language)).toMatchObject(one.gives);
});
