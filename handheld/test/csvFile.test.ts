import { expect, test } from "vitest";
import { decoded, isWorkbook, pieces } from "../src/masterdata/csvFile";

const bytes = (...all: number[]): ArrayBuffer => new Uint8Array(all).buffer;

test("pieces have the header and number their lines as the file does", () => {
  const made = pieces("code,name\r\nA,1\r\nB,2\r\nC,3\r\n", 2);
  expect(made).toEqual([{ content: "code,name\nA,1\nB,2", firstLine: 2, lines: 2 }, { content: "code,name\nC,3", firstLine: 4, lines: 1 }]);
});

test("a cell over several lines is not cut", () => {
  const made = pieces('code,name\nA,"one\ntwo\nthree"\nB,2', 1);
  expect(made.map((one) => one.content)).toEqual(['code,name\nA,"one\ntwo\nthree"', "code,name\nB,2"]);
});

test("a quotation mark that is never closed does not make one piece of the whole file", () => {
  expect(pieces(`code,name\nA,"open\n${"B,2\n".repeat(2_000)}`).length).toBeGreaterThan(2);
});

test("a file without lines has no pieces", () => {
  expect(pieces("code,name\n")).toEqual([]);
});

test("what a Chinese Excel writes is read, and so are UTF-8 and UTF-16", () => {
  expect(decoded(bytes(0xb2, 0xe8))).toBe("茶");
  expect(decoded(bytes(0xe8, 0x8c, 0xb6))).toBe("茶");
  expect(decoded(bytes(0xff, 0xfe, 0x36, 0x83))).toBe("茶");
});

test("a workbook is known by how it begins", () => {
  expect([isWorkbook(bytes(0x50, 0x4b, 3, 4)), isWorkbook(bytes(0x63, 0x6f))]).toEqual([true, false]);
});
