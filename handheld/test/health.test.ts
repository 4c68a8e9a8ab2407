import { afterEach, describe, expect, it, vi } from "vitest";
import { Allowance, Health } from "../src/pda/health";

describe("how the device does", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("tells nothing of what it does not know", () => {
    expect(new Health().told()).toEqual({ battery: null, latency_ms: null, errors: 0, last_scan: "" });
  });

  it("measures how long the last answer took, and passes it on", async () => {
    let now = 1_000;
    const health = new Health(() => now);
    const asked = health.timed(Promise.resolve("answer"));
    now = 1_024.6;
    expect(await asked).toBe("answer");
    expect(health.told().latency_ms).toBe(25);
  });

  it("does not take what never came for an answer", async () => {
    const health = new Health();
    await expect(health.timed(Promise.reject(new Error("lost")))).rejects.toThrow("lost");
    expect(health.told().latency_ms).toBeNull();
  });

  it("counts errors and keeps the last scan, short enough to be sent", () => {
    const health = new Health();
    health.erred();
    health.erred();
    health.scanned("TOTE-5");
    expect(health.told()).toMatchObject({ errors: 2, last_scan: "TOTE-5" });
    health.scanned("x".repeat(10_000));
    expect(health.told().last_scan).toBe("x".repeat(512));
  });

  it("tells the battery where the browser does", async () => {
    const battery = { level: 0.406 };
    vi.stubGlobal("navigator", { getBattery: () => Promise.resolve(battery) });
    const health = new Health();
    await Promise.resolve();
    expect(health.told().battery).toBe(41);
    battery.level = 0.05;
    expect(health.told().battery).toBe(5);
  });

  it("lives with a browser that will not tell it", async () => {
    vi.stubGlobal("navigator", { getBattery: () => Promise.reject(new Error("not allowed")) });
    const health = new Health();
    await Promise.resolve();
    expect(health.told().battery).toBeNull();
  });
});

describe("what is allowed at once", () => {
  it("is so many, and one more for each time that has passed, never more than at first", () => {
    let now = 0;
    const allowance = new Allowance(2, 1_000, () => now);
    expect([allowance.take(), allowance.take(), allowance.take()]).toEqual([true, true, false]);
    now = 1_500;
    expect([allowance.take(), allowance.take()]).toEqual([true, false]);
    now = 2_000;
    expect(allowance.take()).toBe(true);
    now = 60_000;
    expect([allowance.take(), allowance.take(), allowance.take()]).toEqual([true, true, false]);
  });
});
