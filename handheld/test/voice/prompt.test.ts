import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { fill } from "../../src/floor/fill";
import { read, type Codes } from "../../src/floor/reading";
import type { Task } from "../../src/floor/types";
import { EMPTY, type View } from "../../src/pda/view";
import { textOf, type Language } from "../../src/texts";
import { placeAloud, promptOf, refusalAloud, type Shown, type Told } from "../../src/voice/aloud";
import { wantedOf } from "../../src/voice/wanted";

const house = JSON.parse(readFileSync(resolve(__dirname, "../../../tests/floor_cases/house.json"), "utf8")) as { codes: Codes; tasks: Record<string, Task> };
const bin = (key: string, check: string): Codes => ({ [key]: [{ type: "location", key, zone: "A", kind: "bin", check }] });
const codes: Codes = { ...house.codes, ...bin("A1", "37"), ...bin("A2", "41") };
const shown = (language: Language): Shown => ({ language, say: (message) => message?.key ?? "", text: (key) => textOf(language, key) });

function task(name: string, info: Record<string, unknown> = {}): Task {
  const made = house.tasks[name] as Task;
  const forms = made.forms.map((form) => ({ ...form, info: { ...info, ...form.info }, slots: form.slots.map((slot) => ({ ...slot, prompt: { key: `slot.${slot.name}`, args: {} } })) }));
  return { ...made, codes, forms, title: { key: `task.${made.kind}`, args: {} } };
}

/** What is said from scan to scan. */
function spoken(given: Task, language: Language, ...scans: string[]): string[] {
  const lines: string[] = [];
  let [now, told]: [Task, Told | null] = [given, null];
  const tell = (): void => {
    const view: View = { ...EMPTY, screen: "task", task: now, language };
    const [text, after] = promptOf(view, wantedOf(now, null), shown(language), told);
    told = after;
    lines.push(text);
  };
  tell();
  for (const scan of scans) {
    now = fill(now, read(scan, codes))[0] as Task;
    tell();
  }
  return lines;
}

it("says a place without its house and without zeros in front", () => {
  expect([placeAloud("W1-A-03-12", "A", "en"), placeAloud("W1-A-03-12", "A", "zh-CN"), placeAloud("W1-B-20-07", "B", "zh-CN"), placeAloud("HALL-7", null, "en")])
    .toEqual(["A, 3, 12", "A 三 十二", "B 二十 七", "HALL, 7"]);
});

it("leads through a pick: place, then goods, then tote, and says nothing twice", () => {
  const info = { location: "A1", name: "Soap", quantity: 3, tote: "T1", zone: "A" };
  const [place, goods, tote, next] = spoken(task("cluster", info), "en", "A1", "(01)09506000134352", "T1");
  expect(place).toBe("task.pick. A1. Check digits?");
  expect(goods).toBe("Soap. Quantity 3. slot.item. Last 3 digits?");
  expect(tote).toBe("Into T1. slot.to. Last digit?");
  expect(next).toContain("Check digits?");
});

it("asks for a pallet by its last digits, and for the place when it is in hand", () => {
  expect(spoken(task("put_away", { lpn: "LPN00000901", location: "A1", name: "Soap" }), "zh-CN", "P1")).toEqual(
    ["task.put_away。尾号 9 0 1。Soap。slot.lpn。最后一位？", "A1。校验码？"]);
});

it("wants check digits only of places that have some", () => {
  const without = { ...task("put_away"), codes: house.codes };
  const inHand = fill(without, read("P1", house.codes))[0] as Task;
  expect(wantedOf(inHand, null)).toMatchObject({ asked: [], isPlace: true });
});

it("takes any of the item's barcodes by its end", () => {
  const atBin = fill(task("cluster"), read("A1", codes))[0] as Task;
  expect(wantedOf(atBin, null).asked).toContainEqual({ digits: "352", raw: "(01)09506000134352" });
  expect(wantedOf(atBin, null).asked).toContainEqual({ digits: "359", raw: "(01)19506000134359" });
});

it("confirms no place any more when the goods are in hand", () => {
  const [first] = task("single").forms;
  const optional = { ...task("single"), forms: [{ ...first!, slots: first!.slots.map((slot) => (slot.name === "from" ? { ...slot, optional: true } : slot)) }] };
  expect(wantedOf(optional, null).slot?.name).toBe("from");
  expect(wantedOf(fill(optional, read("(01)09506000134352", codes))[0] as Task, null).slot?.name).not.toBe("from");
});

it("reads a question with its answers, and an amount that is asked", () => {
  const question = { title: "2 more than announced", next: [{ label: "Keep", kind: "x", slots: {} }, { label: "Send back", kind: "y", slots: {} }], isQuestion: true };
  const view: View = { ...EMPTY, screen: "task", refusal: question };
  expect(refusalAloud(view, shown("en"))).toBe("2 more than announced. Say 1 for: Keep. Say 2 for: Send back. or no");
  expect(wantedOf(null, question).answers).toBe(2);
  const asked = fill(task("receive"), read("(01)09506000134352", codes))[0] as Task;
  expect(wantedOf(asked, null).amount?.isAsked).toBe(true);
});
