import "fake-indexeddb/auto";
import { expect, it } from "vitest";
import type { Codes } from "../src/floor/reading";
import { ApiError } from "../src/net/api";
import { Reach } from "../src/net/reach";
import { Store } from "../src/store/db";
import { mayBeKnown, SiteCodes, type CodesPage } from "../src/store/siteCodes";

const bin = (code: string): Codes => ({ [code]: [{ type: "location", key: code, kind: "bin" }] });
const SOAP: Codes = { "gtin:09506000134352": [{ type: "item", key: "SOAP", name: "Soap", quantity: 1, tracking: [] }] };
const page = (codes: Codes, mark: string, more = false, afresh = false): CodesPage => ({ codes, mark, more, afresh });
let names = 0;

async function opened(answers: (CodesPage | Error)[]): Promise<[SiteCodes, string[], string]> {
  names += 1;
  const name = `codes-${names}`;
  const asked: string[] = [];
  const store = await Store.open(name);
  const codes = new SiteCodes(store, async (after) => {
    asked.push(after);
    const answer = answers.shift() ?? page({}, after);
    if (answer instanceof Error) throw answer;
    return answer;
  }, async () => undefined);
  return [codes, asked, name];
}

it("brings page after page, and asks for nothing when nothing changed", async () => {
  const [codes, asked] = await opened([page(SOAP, "1.1-0.0", true, true), page(bin("A1"), "1.1-2.2")]);
  expect(await codes.isEmpty()).toBe(true);
  await codes.refresh("1.1-2.2");
  await codes.refresh("1.1-2.2");
  expect(asked).toEqual(["", "1.1-0.0"]);
  expect((await codes.read("9506000134352", {}, {})).values).toMatchObject([{ type: "item", key: "SOAP" }]);
  expect((await codes.read("a1", {}, {})).values).toMatchObject([{ type: "location", key: "A1" }]);
});

it("goes on after the page that failed, and keeps what it had", async () => {
  const [codes, asked] = await opened([page(SOAP, "1.1-0.0", true, true), new ApiError(0, "offline", "away"), page(bin("A1"), "1.1-2.2")]);
  await expect(codes.refresh("1.1-2.2")).rejects.toThrow("away");
  await codes.refresh("1.1-2.2");
  expect(asked).toEqual(["", "1.1-0.0", "1.1-0.0"]);
  expect((await codes.read("]C10109506000134352", {}, {})).values).toMatchObject([{ key: "SOAP" }]);
});

it("outlives the page, takes changes, and throws all away when told to begin anew", async () => {
  const [first, , name] = await opened([page({ ...SOAP, ...bin("A1") }, "1.1-1.1", false, true)]);
  await first.refresh("1.1-1.1");
  const store = await Store.open(name);
  const answers = [page(bin("B1"), "1.1-2.2"), page(bin("C1"), "0.1-0.1", false, true)];
  const again = new SiteCodes(store, async () => answers.shift() as CodesPage, async () => undefined);
  const known = async (...keys: string[]): Promise<string[]> => Object.keys(await store.codesOf(keys)).sort();
  await again.refresh("1.1-2.2");
  expect(await known("A1", "B1", "C1")).toEqual(["A1", "B1"]);
  await again.refresh("0.1-0.1");
  expect(await known("A1", "B1", "C1")).toEqual(["C1"]);
});

it("counts a page only when all of it is kept", async () => {
  const [codes, asked] = await opened([page(Object.assign({}, ...Array.from({ length: 450 }, (_, at) => bin(`B${at}`))) as Codes, "0.0-1.1", false, true)]);
  await codes.refresh("0.0-1.1");
  expect((await Promise.all(["B0", "B199", "B200", "B449"].map((one) => codes.read(one, {}, {})))).map((one) => one.values[0]?.type)).toEqual(Array(4).fill("location"));
  await codes.refresh("0.0-1.1");
  expect(asked).toEqual([""]);
});

it("finds one of a hundred thousand bins", async () => {
  const many = Array.from({ length: 100 }, (_, at) =>
    page(Object.assign({}, ...Array.from({ length: 1000 }, (__, to) => bin(`W1-${at}-${to}`))) as Codes, `0.0-${at + 1}.1`, at < 99, at === 0));
  const [codes] = await opened(many);
  await codes.refresh("0.0-100.1");
  expect((await codes.read("W1-99-999", {}, {})).values).toMatchObject([{ type: "location", key: "W1-99-999" }]);
}, 120_000);

it("says what a task knows before what the site knows, and knows the card that opens a count", async () => {
  const [codes] = await opened([page(bin("A1"), "0.0-1.1", false, true)]);
  await codes.refresh("0.0-1.1");
  expect((await codes.read("A1", { A1: [{ type: "tote", key: "A1", kind: "tote" }] }, {})).values).toMatchObject([{ type: "tote" }]);
  expect((await codes.read("COUNT", {}, {})).values).toMatchObject([{ type: "document", key: "COUNT" }]);
});

it("leaves only what nobody here knows to be asked", async () => {
  const [codes] = await opened([page({ ...SOAP, ...bin("A1") }, "1.1-1.1", false, true)]);
  await codes.refresh("1.1-1.1");
  const open = async (raw: string): Promise<boolean> => mayBeKnown(await codes.read(raw, {}, {}), []);
  expect(await Promise.all(["A1", "9506000134352", "9506000134369", "X-1", "(00)395212340000000014"].map(open))).toEqual([false, false, true, true, true]);
});

it("opens a database of the first version and keeps its queue", async () => {
  const name = "old";
  await new Promise<void>((done) => {
    const asked = indexedDB.open(name, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("meta").put("epoch-0001", "epoch");
      asked.result.createObjectStore("queue", { keyPath: "seq" }).put({ seq: 4, kind: "pick" });
    };
    asked.onsuccess = () => (asked.result.close(), done());
  });
  const store = await Store.open(name);
  expect([await store.get("epoch"), (await store.queue()).map((one) => one.seq), await store.codesOf(["A1"])]).toEqual(["epoch-0001", [4], {}]);
});

const lost = (): Promise<never> => Promise.reject(new ApiError(0, "offline", "away"));

it("learns from what was answered whether the server is there", async () => {
  const told: boolean[] = [];
  const reach = new Reach((away) => told.push(away), async () => undefined);
  await reach.of(Promise.resolve(1));
  await reach.of(lost()).catch(() => undefined);
  await reach.of(lost()).catch(() => undefined);
  await reach.of(Promise.reject(new ApiError(422, "invalid", "no"))).catch(() => undefined); // somebody answered
  await reach.of(Promise.reject(new ApiError(502, "gateway", "no"))).catch(() => undefined);
  expect(told).toEqual([true, false, true]);
});

it("asks the server before it begins something, unless it has just heard of it, and believes an absence", async () => {
  let [now, probes] = [0, 0];
  const reach = new Reach(() => undefined, () => ((probes += 1), lost()), () => now);
  reach.note(false);
  expect([await reach.isAway(), probes]).toEqual([false, 0]);
  now = 3_000;
  expect([await reach.isAway(), probes]).toEqual([true, 1]);
  expect([await reach.isAway(), probes]).toEqual([true, 1]);
});
