import "fake-indexeddb/auto";
import { beforeEach, expect, it, vi } from "vitest";
import { laterOf, shellOf } from "../shell";
import { isAlone } from "../src/pda/onlyTab";
import { mayUpdate } from "../src/pda/shell";
import { Store } from "../src/store/db";
import { PUT_AWAY } from "./device";

let names = 0;
beforeEach(() => {
  names += 1;
  vi.stubGlobal("window", { addEventListener: () => undefined });
});

it("offers an update only with an empty queue and no form half filled", () => {
  const begun = { ...PUT_AWAY, trail: [[PUT_AWAY.current, ["lpn"], {}]] } as unknown as typeof PUT_AWAY;
  expect([
    mayUpdate({ newBuild: true, queued: 0, task: null }), mayUpdate({ newBuild: true, queued: 0, task: PUT_AWAY }),
    mayUpdate({ newBuild: true, queued: 1, task: null }), mayUpdate({ newBuild: true, queued: 0, task: begun }), mayUpdate({ newBuild: false, queued: 0, task: null }),
  ]).toEqual([true, true, false, false, false]);
});

it("takes what a page loads at once for its shell, and nothing that it may load later", () => {
  const chunk = (fileName: string, imports: string[], css: string[] = []) => ({ type: "chunk" as const, fileName, imports, viteMetadata: { importedCss: new Set(css) } });
  const bundle = { "a.js": { ...chunk("a.js", ["b.js"], ["a.css"]), dynamicImports: ["camera.js"] }, "b.js": chunk("b.js", []), "camera.js": chunk("camera.js", []), "other.js": chunk("other.js", []) };
  expect(shellOf("a.js", bundle)).toEqual(["a.css", "a.js", "b.js"]);
});

it("finds what those files may load later, and what this loads in turn", () => {
  const texts = { "assets/a.js": "import('./camera.js')", "assets/camera.js": "new Worker('/assets/decoder.js')", "assets/decoder.js": "reader.wasm", "assets/reader.wasm": "", "assets/desk.js": "" };
  expect(laterOf(["assets/a.js"], texts)).toEqual(["assets/camera.js", "assets/decoder.js", "assets/reader.wasm"]);
});

it("says of two tabs without locks that the second is one too many, also when the first is too busy to answer", async () => {
  const store = await Store.open(`tabs-${names}`);
  expect(await isAlone(store, new BroadcastChannel(`tabs-${names}`))).toBe(true);
  expect(await isAlone(store, new BroadcastChannel(`tabs-${names}`))).toBe(false);
  expect(await isAlone(store, new BroadcastChannel(`deaf-${names}`))).toBe(false);
});

it("does not take a tab that was killed for one that is open", async () => {
  const store = await Store.open(`tabs-${names}`);
  let now = Date.now();
  await store.set("tab", { tab: "gone", at: now });
  expect(await isAlone(store, new BroadcastChannel(`tabs-${names}`), () => (now += 1_500))).toBe(true);
});
