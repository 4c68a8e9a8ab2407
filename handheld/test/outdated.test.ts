/** A server that speaks a newer version, and answers that nobody has to be sorry for. */
import { expect, it, vi } from "vitest";
import { SCHEMA } from "../src/store/db";
import { hasOnlyTheseAnswers } from "../src/pda/view";
import { device, page } from "./device";

const HELLO = { build: "b", schema_max: SCHEMA, reset_after_seq: null, next_seq: 1 };

it.each([[SCHEMA, false], [SCHEMA + 1, true]])("knows that it is older when the server speaks version %i: %s", async (schema_max, is) => {
  page(true, async (path) => (path === "/api/v1/floor/hello" ? { ...HELLO, schema_max } : {}));
  const [handheld] = await device();
  await handheld.told.hello();
  expect(handheld.view.outdated).toBe(is);
});

it.each([["late", "late", true], ["late", "upgrade_required", true], ["refused", "count_stale", true], ["refused", "bin_does_not_fit", false]])(
  "shows what was %s with %s as something to know: %s", async (status, code, is) => {
    page(true, async (path, body) => {
      if (path !== "/api/v1/operations") return path === "/api/v1/floor/hello" ? HELLO : {};
      const { operations } = JSON.parse(body) as { operations: { op: string; seq: number }[] };
      return { results: operations.map(({ op, seq }) => ({ op, seq, status, code, message: { key: "k", args: {} } })), next_seq: 9 };
    });
    const [handheld] = await device();
    for (const scan of ["P1", "A1"]) await handheld.scan(scan);
    await vi.waitFor(() => expect(handheld.view.refusal?.title).toBe("k"));
    expect(handheld.view.refusal?.isNotice).toBe(is);
  });

it("asks whether the goods are there with these two answers and no third", () => {
  const step = (kind: string) => ({ label: kind, kind, slots: {} });
  expect([["have", "took"], ["have"], ["finish", "finish"], []].map((kinds) => hasOnlyTheseAnswers({ title: "", next: kinds.map(step) }))).toEqual([true, false, false, false]);
});
