import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { placeOf } from "../src/labels/place";
import { Previewer, type Ask, type Shown } from "../src/labels/preview";
import type { Field } from "../src/labels/shapes";
import { shownIn, valuesOf } from "../src/labels/values";
import { ApiError } from "../src/net/api";
import { toldOf } from "../src/pages/language";
import { spoken } from "../src/texts";

const EXAMPLE = readFileSync(resolve(import.meta.dirname, "../../labels/example.toml"), "utf8");
const lineAt = (text: string, source = EXAMPLE): number => source.slice(0, source.indexOf(text)).split("\n").length;

describe("where a sentence belongs in a description", () => {
  const element = (number: number): number => EXAMPLE.split("[[element]]").slice(0, number).join("").split("\n").length;
  it.each([
    ["source", "The template is not TOML: Invalid value (at line 7, column 5). Correct that line.", 7],
    ["source", "The template is not TOML: Expected ']' (at end of document). Correct that line.", EXAMPLE.split("\n").length],
    ["element 1", "element 1: there is no field 'lott'. There are: lot.", element(1)],
    ["element 3", "element 3 is of no kind that can be drawn. Kinds are: text.", element(3)],
    ["element 2", "element 2 (box) needs thickness.", element(2)],
    ["element 1", "element 1 (text) needs size as a number from 1 to 100 (millimetres where it is a size).", lineAt("size = 6")],
    ["element 5", "element 5: colour is written #RRGGBB.", element(5)],
    ["element 1", "element 1: a placeholder in 'LOT {{lot}}' is not closed. Write {{field}}.", lineAt("text = \"LOT")],
    ["expiry", "the field 'expiry' needs kind = one of text, number, date, flag, and required = true or false.", lineAt("[fields.expiry]") + 1],
    ["gtin", "the field 'gtin' needs a sample, so that the label can be tested.", lineAt("[fields.gtin]")],
    ["quantity", "lpn replaces our own label of this name, which is never given quantity as number.", lineAt("[fields.quantity]")],
    ["name", "'pallet-de' is no name for a template: small letters, digits, - and _, at most 40.", lineAt("name = ")],
    ["width", "the template needs width as a number from 10 to 400 (millimetres where it is a size).", lineAt("width = 101.6")],
    ["the template", "the template needs height as a number from 10 to 400 (millimetres where it is a size).", lineAt("height = 76.2")],
    ["the template", "the template has 'title', which means nothing here. It may have: element.", lineAt("title = ")],
    ["element 99", "element 99 (text) needs x.", null],
    ["element", "A scanner does not read the code from the label as it was meant.", null],
    ["source", "The template is longer than 65536 bytes. Make its pictures smaller.", null],
    ["", "", null],
  ])("%s: %s", (field, sentence, line) => expect(placeOf(EXAMPLE, field, sentence)).toBe(line));

  it("does not take for an element what stands in a text of several lines or behind a #", () => {
    const source = 'name = "x"\n# [[element]]\ntitle = """\n[[element]]\n[[element]]\n"""\n[[element]]\nkind = "box"\n  [[ element ]]\nkind = "no"';
    expect(placeOf(source, "element 1", "")).toBe(7);
    expect(placeOf(source, "element 2", "element 2 is of no kind")).toBe(9);
  });
  it("finds its place in whatever is written, without falling", () => {
    for (const source of ["", "[", "[[element", "[[element]]", '"""', "=\n=\n", "fields.a = 1", "\u0000\n[[element]]"]) {
      for (const field of ["element 1", "source", "a", "(.*", "the template", "constructor"]) {
        const line = placeOf(source, field, `needs ${field} as '(' (at line 900, column 1)`);
        expect(line === null || (line >= 1 && line <= source.split("\n").length)).toBe(true);
      }
    }
  });
});

describe("what the server says", () => {
  const texts = { "label.of_field": "字段 {name}：{why}", "label.no_png": "不是 PNG（{name}）" };
  const said = { key: "label.of_field", args: { name: "'logo'", why: { key: "label.no_png", args: {} } } };
  it("is put together of its parts, each with its own values only", () => expect(spoken(texts, said)).toBe("字段 'logo'：不是 PNG（{name}）"));
  it("is its key where there are no words, and a value that looks like a place stays one", () => {
    expect(spoken({}, said)).toBe("label.of_field");
    expect(spoken(texts, { key: "label.of_field", args: { name: "{why}", why: "x" } })).toBe("字段 {why}：x");
  });
  it.each([
    [new ApiError(422, "invalid", "The field …", 0, {}, said), "字段 'logo'：不是 PNG（{name}）"],
    [new ApiError(422, "invalid", "The field …", 0, {}, { key: "label.newer", args: {} }), "The field …"],
    [new ApiError(422, "invalid", "That is none."), "That is none."],
    [new ApiError(403, "not_allowed", "您的角色无权操作。"), "您的角色无权操作。"],
    [new Error("broken"), "broken"],
    ["odd", "odd"],
  ])("of an error %#", (error, words) => expect(toldOf(error, texts)).toBe(words));
});

const field = (name: string, kind: Field["kind"]): Field => ({ name, kind, required: false, choices: [] });
const FIELDS = [field("lot", "text"), field("count", "number"), field("day", "date"), field("again", "flag"), field("lines", "rows")];
const SAMPLE = { lot: "L1", count: 4, day: "2028-06-30", again: true, lines: [{ item: "SOAP" }] };

describe("values from a form", () => {
  it("are those of the sample until something is typed", () => {
    expect(valuesOf(FIELDS, SAMPLE, {})).toEqual({ values: null, wrong: "" });
    expect(FIELDS.map((one) => shownIn(one, SAMPLE, {}))).toEqual(["L1", "4", "2028-06-30", true, '[\n {\n  "item": "SOAP"\n }\n]']);
  });
  it("have the kinds that the label wants", () => {
    expect(valuesOf(FIELDS, SAMPLE, { lot: "<b>", count: "12", again: false, lines: '[{"item": "TEA"}]' }).values)
      .toEqual({ lot: "<b>", count: 12, day: "2028-06-30", again: false, lines: [{ item: "TEA" }] });
    expect(valuesOf(FIELDS, SAMPLE, { count: "", lot: "", lines: "" }).values).toEqual({ ...SAMPLE, count: "", lot: "", lines: [] });
  });
  it("leave it to the server to refuse what is no number, and say which rows are no JSON", () => {
    expect(valuesOf(FIELDS, SAMPLE, { count: "twelve" }).values).toMatchObject({ count: "twelve" });
    expect(valuesOf(FIELDS, SAMPLE, { lines: "[{" })).toEqual({ values: null, wrong: "lines" });
    expect(valuesOf(FIELDS, SAMPLE, { lines: '{"a": 1}' }).wrong).toBe("lines");
  });
  it("forget what was typed into a field that is no more", () => {
    expect(valuesOf(FIELDS, SAMPLE, { colour: "red" }).values).toBeNull();
  });
});

/** A server that answers when it is told to, and says what is asked of it. */
class Desk {
  asked: { path: string; body: Record<string, unknown>; answer: (source: string) => void; refuse: (error: Error) => void }[] = [];
  shown: Partial<Shown> = {};
  told: Partial<Shown>[] = [];
  readonly ask: Ask = (path, body) => new Promise((done, refuse) => this.asked.push({
    path, body: body as Record<string, unknown>, refuse,
    answer: (zpl) => done({ zpl, width_mm: 60, height_mm: 40, dpi: Number((body as Record<string, unknown>)["dpi"]), fields: [field("lot", "text")], sample: { lot: "L1" } }),
  }));
  readonly previewer = new Previewer(this.ask, (zpl, dots, isWanted) => Promise.resolve(isWanted() ? `${zpl}@${dots}` : ""), (changes) => {
    this.told.push(changes);
    this.shown = { ...this.shown, ...changes };
  }, 1_000, null);

  look(source: string | null, typed = {}, dpi = 203): Promise<void> {
    return this.previewer.look({ name: "lpn", isOurs: false, source, typed, dpi });
  }
}

describe("the picture while one writes", () => {
  it("is that of the newest description, however late older ones are answered", async () => {
    const desk = new Desk();
    const looks = [desk.look("one"), desk.look("two")];
    desk.asked[1]?.answer("^XAtwo");
    await looks[1];
    desk.asked[0]?.answer("^XAone");
    await looks[0];
    expect(desk.shown).toMatchObject({ picture: "^XAtwo@8", isBusy: false, wrong: null });
    expect(desk.told.some((one) => one.picture === "^XAone@8")).toBe(false);
  });
  it("does not have a late refusal of an older one spoil it", async () => {
    const desk = new Desk();
    const looks = [desk.look("one"), desk.look("two")];
    desk.asked[1]?.answer("^XAtwo");
    await looks[1];
    desk.asked[0]?.refuse(new ApiError(422, "invalid", "wrong"));
    await looks[0];
    expect(desk.shown).toMatchObject({ picture: "^XAtwo@8", wrong: null });
  });
  it("stays while the description is wrong, with the server's sentence", async () => {
    const desk = new Desk();
    const first = desk.look("one");
    desk.asked[0]?.answer("^XAone");
    await first;
    const second = desk.look("two");
    desk.asked[1]?.refuse(new ApiError(422, "invalid", "element 3 is wrong.", 0, { field: "element 3" }));
    await second;
    expect(desk.shown).toMatchObject({ picture: "^XAone@8", wrong: { kind: "source", field: "element 3", sentence: "element 3 is wrong." } });
  });
  it("asks for a changed description by its own sample first, so that a field that is gone does not hold it up", async () => {
    const desk = new Desk();
    const look = desk.look("one", { gone: "x", lot: "X9" });
    expect(desk.asked[0]?.body).toMatchObject({ source: "one", values: null });
    desk.asked[0]?.answer("^XAone");
    await new Promise((done) => setTimeout(done));
    expect(desk.asked[1]?.body).toMatchObject({ source: "one", values: { lot: "X9" } });
    desk.asked[1]?.refuse(new ApiError(422, "invalid", "lot is too long", 0, { field: "lot" }));
    await look;
    expect(desk.shown.wrong).toMatchObject({ kind: "values", field: "lot" });
    const other = desk.look("two", { lot: "X9" });
    desk.asked[2]?.refuse(new ApiError(422, "invalid", "element 1 is wrong", 0, { field: "element 1" }));
    await other;
    expect(desk.shown.wrong).toMatchObject({ kind: "source", field: "element 1" });
  });
  it("says what cannot be drawn here, cannot be reached or is for others only", async () => {
    const desk = new Desk();
    const looks = [desk.look("one", {}, 600)];
    desk.asked[0]?.answer("^XA");
    await looks[0];
    expect(desk.shown.wrong?.kind).toBe("large");
    for (const [at, error] of [new ApiError(0, "offline", "away"), new ApiError(401, "not_signed_in", "Sign in.")].entries()) {
      const look = desk.look(null);
      desk.asked[at + 1]?.refuse(error);
      await look;
      expect(desk.shown.wrong).toMatchObject({ kind: "away", sentence: error.status ? "Sign in." : "" });
    }
    expect(desk.asked[1]?.path).toBe("/api/v1/label-templates/lpn/preview");
  });
  it("tells nothing any more once it has ended", async () => {
    const desk = new Desk();
    const look = desk.look("one");
    desk.previewer.end();
    desk.asked[0]?.answer("^XAone");
    await look;
    expect(desk.shown.picture).toBeUndefined();
  });
});
