import { describe, expect, it } from "vitest";
import { fill } from "../src/floor/fill";
import { currentForm, slotOf } from "../src/floor/fillTask";
import { read, type Codes } from "../src/floor/reading";
import type { Effect, Task, Value } from "../src/floor/types";
import { carried, goesBefore, inHandFirst, isFree, wanting, withPending } from "../src/pda/holding";
import type { Operation } from "../src/store/db";
import { asPlace, localTask, LOCAL, openedBin, prepared, withRest, withShown } from "../src/pda/withoutNetwork";

const codes: Codes = {
  "gtin:09506000134352": [{ type: "item", key: "SOAP", name: "Soap", quantity: 1, tracking: [] }],
  "gtin:09506000134376": [{ type: "item", key: "MILK", name: "Milk", quantity: 6, tracking: ["lot", "expiry"] }],
  PHONE: [{ type: "item", key: "PHONE", name: "Phone", quantity: 1, tracking: ["serial"] }],
  COUNT: [{ type: "document", key: "COUNT", kind: "card" }],
  ...Object.fromEntries(["A1", "B1", "C1"].map((key) => [key, [{ type: "location", key, kind: "bin" }]])),
  DOCK: [{ type: "location", key: "DOCK", kind: "dock" }],
};
const value = (raw: string): Value => read(raw, codes).values[0] as Value;

/** The task after some scans as the handheld works on them, and what the last one came to. */
function scanned(start: Task | null, ...scans: string[]): [Task, Effect[]] {
  let task = start as Task;
  let effects: Effect[] = [];
  for (const raw of scans) {
    const reading = read(raw, codes);
    const [after, came] = fill(prepared(task, reading), reading);
    [task, effects] = [withShown(after as Task), came];
  }
  return [task, effects];
}
const operations = (effects: Effect[]): unknown[] => effects.filter((one) => one.effect === "operation").map((one) => [one["kind"], one["slots"]]);

describe("a move that the device begins by itself", () => {
  it("takes each scan of the goods as one, and commits with the place where they go", () => {
    const [, effects] = scanned(localTask(value("A1")), "09506000134352", "09506000134352", "09506000134352", "B1");
    expect(operations(effects)).toEqual([["move", { from: "A1", item: "SOAP", quantity: 3, to: "B1" }]]);
    expect(effects.at(-1)).toEqual({ effect: "complete" });
  });

  it("takes the pack of the label, and a number that is said for all of it", () => {
    expect(operations(scanned(localTask(value("A1")), "(01)09506000134376(10)L7", "B1")[1])).toEqual([
      ["move", { from: "A1", item: "MILK", lot: "L7", quantity: 6, to: "B1" }]]);
    expect(operations(scanned(localTask(value("A1")), "09506000134352", "QTY-40", "B1")[1])).toEqual([
      ["move", { from: "A1", item: "SOAP", quantity: 40, to: "B1" }]]);
  });

  it("asks for the lot of goods that have one, also after the place", () => {
    const [task, effects] = scanned(localTask(value("A1")), "(01)09506000134376", "B1");
    expect(operations(effects)).toEqual([]);
    expect(slotOf(currentForm(task), "lot")?.value).toBeNull();
    expect(operations(scanned(task, "(10)L7(17)300630")[1])).toEqual([
      ["move", { from: "A1", item: "MILK", lot: "L7", expiry: "2030-06-30", quantity: 6, to: "B1" }]]);
  });

  it("takes one of goods with a serial number, and its number", () => {
    const [task] = scanned(localTask(value("A1")), "PHONE");
    expect(operations(scanned(task, "B1")[1])).toEqual([]);
    expect(operations(scanned(task, "(21)S-1", "B1")[1])).toEqual([["move", { from: "A1", item: "PHONE", serial: "S-1", quantity: 1, to: "B1" }]]);
    expect(scanned(task, "QTY-2")[1][0]).toMatchObject({ effect: "refused", code: "too_many" });
  });

  it("goes back step by step, to goods of another kind too", () => {
    const [task] = scanned(localTask(value("A1")), "PHONE", "CMD-UNDO");
    expect(openedBin(task)).toBe("A1");
    expect(currentForm(task)?.info).toEqual({ location: "A1" });
    expect(operations(scanned(task, "09506000134352", "09506000134352", "CMD-UNDO", "B1")[1])).toEqual([
      ["move", { from: "A1", item: "SOAP", quantity: 1, to: "B1" }]]);
  });

  it("does not go back to where the goods came from, and takes no second kind of goods along", () => {
    const [task] = scanned(localTask(value("A1")), "09506000134352");
    expect(scanned(task, "A1")[1]).toEqual([{ effect: "again", form: "g" }]);
    expect(scanned(task, "PHONE")[1][0]).toMatchObject({ effect: "refused", code: "already_filled" });
  });

  it("brings a pallet to a place", () => {
    expect(operations(scanned(localTask({ type: "lpn", key: "P1" }), "B1")[1])).toEqual([["move", { lpn: "P1", to: "B1" }]]);
  });

  it("is nothing that only the server can begin", () => {
    expect(["document", "trolley", "item", "badge"].map((type) => localTask({ type, key: "X" }))).toEqual([null, null, null, null]);
  });

  it("takes what nobody knows for a place where the device has no codes at all", () => {
    expect(asPlace(read("w1-b-1", {})).values).toEqual([{ type: "location", key: "W1-B-1" }]);
  });
});

describe("a count that the device begins by itself", () => {
  it("is closed by the next bin, and by DONE", () => {
    const [task, effects] = scanned(localTask(value("COUNT")), "A1", "09506000134352", "09506000134352", "B1");
    expect(operations(effects)).toEqual([["count", { from: "A1", counted: [{ item: "SOAP", lot: null, serial: null, expiry: null, quantity: 2 }] }]]);
    expect(currentForm(task)?.info).toEqual({ location: "B1" });
    expect(operations(scanned(task, "CMD-DONE")[1])).toEqual([["count", { from: "B1" }]]);
    expect(operations(scanned(task, "CMD-DONE", "CMD-DONE")[1])).toEqual([["finish", {}]]);
  });

  it("begins with the bin that was opened before, and counts bins only", () => {
    expect(currentForm(localTask(value("COUNT"), "A1") as Task)?.info).toEqual({ location: "A1" });
    expect(scanned(localTask(value("COUNT")), "DOCK")[1][0]).toMatchObject({ effect: "refused", code: "wrong_location" });
  });
});

describe("a paper that is received without network", () => {
  const line = (received: number): Task => ({
    id: "t1", kind: "receive", current: "l1", finish: true, forms: [{
      id: "l1", kind: "receive", state: "open", info: { quantity: 10 - received }, slots: [
        { name: "item", types: ["item"], expected: ["SOAP"], value: null }, { name: "quantity", types: ["quantity"], mode: "ask", min: 1, value: null }] }],
  });

  it("keeps a line open for what is still to come", () => {
    const [task, effects] = fill(line(0), read("(01)09506000134352(30)8", codes));
    const after = withRest(task as Task, effects);
    expect([currentForm(after)?.id, currentForm(after)?.info?.["quantity"], slotOf(currentForm(after), "quantity")?.value]).toEqual(["l1", 2, null]);
  });

  it("shows what is still to come while answers are on their way", () => {
    const sent = (quantity: number): Operation => ({ op: "o", seq: 1, kind: "receive", task: "t1", form: "l1", slots: { quantity }, made_at: 0, session: "", schema: 1 });
    expect(currentForm(withPending(line(1), [sent(2), sent(3)]))?.info?.["quantity"]).toBe(4);
    expect(currentForm(withPending(line(1), [sent(2), sent(7)]))).toBeUndefined();
  });

  it("ends a line of which everything came, or more", () => {
    for (const number of [10, 12]) {
      const [task, effects] = fill(line(0), read(`(01)09506000134352(30)${number}`, codes));
      expect(currentForm(withRest(task as Task, effects))).toBeUndefined();
    }
  });
});

describe("several tasks on one device", () => {
  const task = (id: string, wanted: string, type = "location", version = 1): Task => ({
    id, kind: "x", version, current: "f", trail: [], forms: [{ id: "f", kind: "x", state: "open", slots: [
      { name: "from", types: [type], expected: [wanted], value: null }, { name: "to", types: ["tote"], value: null }] }],
  });

  it("take the scan that names something of theirs", () => {
    const found = wanting([task("t2", "B1"), task("t3", "C1")], read("C1", codes));
    expect([found?.[0].id, slotOf(currentForm(found?.[0] as Task), "from")?.value]).toEqual(["t3", "C1"]);
    expect(wanting([task("t2", "B1")], read("A1", codes))).toBeNull();
    expect(wanting([task("t2", "B1")], { values: [{ type: "tote", key: "T1" }] })).toBeNull(); // any tote would do: that names nothing
  });

  it("are not left with goods in hand", () => {
    const begun = fill(task("t1", "A1"), read("A1", codes))[0] as Task;
    expect([isFree(task("t1", "A1")), isFree(begun)]).toEqual([true, false]);
  });

  it("have a pallet that one of them wants by name, also where the one at hand would take any", () => {
    const pallet = { values: [{ type: "lpn", key: "P2" }] };
    expect(goesBefore(task("t1", "P1", "lpn"), pallet)).toBe(true);
    expect(goesBefore(task("t2", "P2", "lpn"), pallet)).toBe(false);
    expect(goesBefore(task("t1", "A1"), read("B1", codes))).toBe(false);
  });

  it("stay in the device's order, with what was scanned into them, when the server tells of them", () => {
    const begun = fill(task("t3", "C1"), read("C1", codes))[0] as Task;
    const local = localTask(value("A1")) as Task;
    const after = inHandFirst([begun, local, task("t1", "A1")], [task("t1", "A1", "location", 2), task("t2", "B1"), task("t3", "C1", "location", 2)]);
    expect(after.map((one) => one.id)).toEqual([LOCAL, "t3", "t1", "t2"]);
    expect(slotOf(currentForm(after[1] as Task), "from")?.value).toBe("C1");
    expect(carried([], task("t9", "A1")).id).toBe("t9");
  });
});
