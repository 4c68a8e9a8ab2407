import { expect, it } from "vitest";
import { read } from "../src/floor/reading";

const settings = { catch_weight: ["28IIIIIWWWWWC", "24IIIIIWWWWWC*10", "22IIIIIPPPPPC"], group_separators: ["~"] };
const ham = { type: "item", key: "HAM", tracking: ["catch_weight"] };
const bin = { type: "location", key: "W1-A-01-01" };

it("reads item and grams of the site's own catch-weight code", () => {
  expect(read("2859414004825", { "rcn:2859414": [ham] }, settings).values).toEqual([ham, { type: "weight", n: 482 }]);
  expect(read("]E02859414004825", {}, settings).values).toEqual([{ type: "item", key: null, rcn: "2859414" }, { type: "weight", n: 482 }]);
});

it("takes the layout's grams a digit, and no weight from a price", () => {
  expect(read("2412345004823", {}, settings).values[1]).toEqual({ type: "weight", n: 4820 });
  expect(read("2212345004829", {}, settings).values).toEqual([{ type: "item", key: null, rcn: "2212345" }]);
});

it("knows no catch weights where the site has none", () => {
  expect(read("2859414004825", {}).values).toEqual([{ type: "item", key: null, gtin: "02859414004825" }]);
});

it("splits labels at the site's own separator", () => {
  expect(read("010950600011784310LOT1~21X", {}, settings).values.map((value) => value.key ?? value.gtin)).toEqual(["09506000117843", "LOT1", "X"]);
});

it("knows a plain code with an AIM identifier before it", () => {
  expect(read("]C0w1-a-01-01", { "W1-A-01-01": [bin] }).values).toEqual([bin]);
  expect(read("]Q1CMD-DONE", {}).values).toEqual([{ type: "command", key: "DONE" }]);
});

it("leaves a supplier's label to the server", () => {
  const raw = "[)>\x1e06\x1dPABC\x1dQ10\x1e\x04";
  expect(read(raw, {})).toEqual({ raw, values: [{ type: "unknown", key: raw }], error: null });
});

it.each([
  ["(01)0950600011784", "too_short"], ["(10)", "empty_value"], ["(17)261331", "month"], ["(17)260231", "day"], ["(30)X", "not_digits"],
  ["(01)09506000117844", "check_digit"], ["]E07617027667211", "check_digit"], ["]E0036000291452", "too_short"], ["]E47617027667210", "too_long"], ["]C1", "empty"], ["(10)A#B", "not_cset82"],
])("tells what is wrong with %s by a code of the server's list", (raw, code) => {
  expect(read(raw, {}).error?.code).toBe(code);
});
