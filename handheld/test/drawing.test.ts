import { describe, expect, it } from "vitest";
import { side } from "../src/devices/drawing";

describe("the size of a drawn label", () => {
  it("is what the label itself says, at 8 dots to the millimetre", () => {
    expect(side("^XA^CI28^PW812^LL406^FO30,25^XZ", "PW", 1)).toBe(101.5);
    expect(side("^XA^CI28^PW812^LL406^FO30,25^XZ", "LL", 1)).toBe(50.75);
  });
  it("is the same for a printer with more dots", () => {
    expect(side("^XA^CI28^PW2400^LL1200^XZ", "PW", 1, 24)).toBe(100);
  });
  it("is that of a usual label where it says nothing", () => {
    expect(side("^XA^FDx^FS^XZ", "LL", 1218)).toBe(152.25);
  });
  it("stays within what a browser can draw, whatever is said", () => {
    expect(side("^XA^PW99999^XZ", "PW", 812)).toBe(500);
    expect(side("^XA^PW0^XZ", "PW", 812)).toBe(1);
  });
});
