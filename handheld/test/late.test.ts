/** An answer that took long says what was true before: what was done meanwhile stays done. */
import { expect, it, vi } from "vitest";
import type { Operation } from "../src/store/db";
import { device, page, PUT_AWAY, SCANS, stateOf } from "./device";

/** A server that puts away what it is told to; its answers to a pull wait until they are let go. */
function server(): { answers: (() => void)[]; call: (path: string, body: string) => Promise<unknown> } {
  const answers: (() => void)[] = [];
  const applied: string[] = [];
  const task = (): unknown => ({ ...PUT_AWAY, version: applied.length + 1, forms: PUT_AWAY.forms.filter((form) => !applied.includes(form.id)) });
  const call = async (path: string, body: string): Promise<unknown> => {
    if (path.startsWith("/api/v1/floor/pull")) {
      const told = { tasks: applied.length < PUT_AWAY.forms.length ? [task()] : [], counts: {}, settings: {} };
      await new Promise<void>((go) => answers.push(go));
      return told;
    }
    if (path !== "/api/v1/operations") return {};
    const { operations } = JSON.parse(body) as { operations: Operation[] };
    const results = operations.map((one) => {
      applied.push(String(one.form));
      const state = applied.length < PUT_AWAY.forms.length ? "open" : "done";
      return { op: one.op, seq: one.seq, status: "applied", code: "ok", message: { key: "k", args: {} }, task: { ...(task() as object), state } };
    });
    return { results, next_seq: 9 };
  };
  return { answers, call };
}

it("does not bring back a task that ended while the answer was on its way", async () => {
  const { answers, call } = server();
  page(true, call);
  const [handheld, store] = await device();
  await vi.waitFor(() => expect(answers.length).toBe(1)); // the pull at the start is under way
  for (const scan of Object.values(SCANS).flat()) await handheld.scan(scan);
  await vi.waitFor(() => expect(handheld.view.screen).toBe("home"));
  const asked = answers.length;
  answers[0]?.();
  await vi.waitFor(() => expect(answers.length).toBe(asked + 1)); // it asks again: the answer was too old
  expect(handheld.view.screen).toBe("home");
  answers.forEach((go) => go());
  await vi.waitFor(async () => expect((await stateOf(store)).tasks).toEqual([]));
  expect(handheld.view.screen).toBe("home");
});
