/** Pictures of held tasks are on the device before somebody needs them, within a bound, and nothing is asked for twice. */
import "fake-indexeddb/auto";
import { describe, expect, it } from "vitest";
import type { Task } from "../src/floor/types";
import { ApiError, offline } from "../src/net/api";
import { addressesIn, pictureOf, Pictures } from "../src/pda/pictures";
import { Store } from "../src/store/db";
import { PictureStore } from "../src/store/pictures";

const at = (name: string): string => `/api/v1/pictures/${name}`;
const form = (id: string, info: Record<string, unknown>, state = "open") => ({ id, kind: "pick", state, info, slots: [] });
const task = (id: string, ...forms: ReturnType<typeof form>[]): Task => ({ id, kind: "pick", current: forms[0]?.id ?? null, forms });

let names = 0;

function device(most = 10) {
  const asked: string[] = [];
  const network = { isAway: false };
  const store = new PictureStore(`pictures-${(names += 1)}`);
  const ask = async (address: string): Promise<string> => {
    if (network.isAway) throw offline();
    asked.push(address.replace(at(""), ""));
    if (address.endsWith("gone")) throw new ApiError(404, "not_found", "");
    return `data:${address}`;
  };
  const made = () => new Pictures(store, ask, async () => undefined, most);
  return { asked, network, store, made, pictures: made() };
}

const settled = async (until: () => boolean | Promise<boolean>): Promise<void> => {
  for (let turn = 0; !(await until()); turn += 1) {
    if (turn > 500) throw new Error("it never came to that");
    await new Promise((done) => setTimeout(done, 0));
  }
};

describe("pictures of held tasks", () => {
  it("are brought beforehand, that of the form at hand first, each once", async () => {
    const { pictures, asked, store } = device();
    const tasks = [{ ...task("t1", form("f1", { picture: at("a") }), form("f2", { picture: at("b") })), current: "f2" }, task("t2", form("f3", { contents: [{ item: "X", picture: at("c") }, { item: "Y", picture: at("a") }] }))];
    pictures.ahead(tasks);
    await settled(async () => (await store.addresses()).length === 3);
    pictures.ahead(tasks);
    await settled(() => true);
    expect(asked).toEqual(["b", "a", "c"]);
  });

  it("are shown without network, after the page was loaded again too", async () => {
    const { pictures, network, made, store } = device();
    pictures.ahead([task("t", form("f", { picture: at("a") }))]);
    await settled(async () => (await store.addresses()).length === 1);
    network.isAway = true;
    expect(await made().of(at("a"))).toBe(`data:${at("a")}`);
    expect(await made().of(at("b"))).toBeNull();
  });

  it("are tried again with the next task where the network went away meanwhile", async () => {
    const { pictures, network, store } = device();
    const held = [task("t", form("f", { picture: at("a") }))];
    network.isAway = true;
    pictures.ahead(held);
    await settled(() => true);
    network.isAway = false;
    await settled(async () => { pictures.ahead(held); return (await store.addresses()).length === 1; });
    expect(await store.get(at("a"))).toBe(`data:${at("a")}`);
  });

  it("are so many at most, and those that came first go first", async () => {
    const { pictures, store } = device(2);
    for (const name of ["a", "b", "c"]) {
      await pictures.of(at(name));
      await new Promise((done) => setTimeout(done, 2));
    }
    expect(await store.addresses()).toEqual([at("b"), at("c")]);
  });

  it("that the server does not have any more are asked for once, and keep no other from coming", async () => {
    const { pictures, asked, store } = device();
    const held = [task("t", form("f", { picture: at("gone") }), form("g", { picture: at("a") }))];
    pictures.ahead(held);
    await settled(async () => (await store.addresses()).length === 1);
    pictures.ahead(held);
    expect(await pictures.of(at("gone"))).toBeNull();
    expect(asked).toEqual(["gone", "a"]);
  });

  it("give their room to operations when the disk is full, and take none again", async () => {
    const { pictures, store } = device();
    const queue = await Store.open("full");
    queue.makeRoom = () => pictures.makeRoom();
    await pictures.of(at("a"));
    const add = IDBObjectStore.prototype.add;
    IDBObjectStore.prototype.add = function full(...row: Parameters<typeof add>) {
      IDBObjectStore.prototype.add = add;
      void row;
      throw new DOMException("full", "QuotaExceededError");
    };
    await queue.add((seq) => ({ op: "o", seq, kind: "pick", task: null, form: null, slots: {}, made_at: 0, session: "", schema: 1 }), null);
    expect((await queue.queue()).map((one) => one.seq)).toEqual([1]);
    expect(await store.addresses()).toEqual([]);
    expect(await pictures.of(at("b"))).toBe(`data:${at("b")}`);
    expect(await store.addresses()).toEqual([]);
  });

  it("elsewhere are the browser's own business, and done forms need none", () => {
    expect(addressesIn([task("t", form("f", { picture: "/else/x.png" }), form("g", { picture: at("a") }, "done"))])).toEqual([]);
    expect(device().pictures.known("/else/x.png")).toBe("/else/x.png");
  });

  it("are found by the item that they show", () => {
    const tasks = [task("t", form("f", { item: "A", picture: at("a") }), form("g", { contents: [{ item: "B", picture: at("b") }] }))];
    expect([pictureOf(tasks, "A"), pictureOf(tasks, "B"), pictureOf(tasks, "C")]).toEqual([at("a"), at("b"), null]);
  });
});
