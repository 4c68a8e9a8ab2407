import { describe, expect, it } from "vitest";
import { marksOf, merged } from "../src/dashboard/board";
import { initials, planOf, spotAt, spotsNow, viewOf } from "../src/dashboard/plan";
import { BLOCKED, SUSPECT, type Board, type Place, type Told } from "../src/dashboard/shapes";

const told = (marks: Record<string, string>, groups: object): Told => ({ now: 1, site: { code: "W1", name: "Main" }, marks, groups, again_ms: null }) as unknown as Told;
const bin = (id: number, x: number, y: number, level = 0): Place => [id, `W1-A-${id}`, "bin", "A", "A", level, x, y];
const floor = [bin(1, 0, 0), bin(2, 0, 1000), bin(3, 3000, 0), bin(4, 3000, 1000), bin(5, 0, 0, 2)];

describe("the board", () => {
  it("keeps the very object of a group that was not told", () => {
    const first = merged(null, told({ map: "a", pace: "b" }, { map: { bins: [] }, pace: { lines: [] } }));
    const second = merged(first, told({ map: "a", pace: "c" }, { pace: { lines: [1] } }));
    expect(second.groups.map).toBe(first.groups.map);
    expect(second.groups.pace).toEqual({ lines: [1] });
  });

  it("asks with the marks that it knows", () => {
    expect(marksOf(null)).toBe("");
    expect(marksOf({ marks: { map: "a", pace: "b" } } as unknown as Board)).toBe("map:a,pace:b");
  });
});

describe("the floor map", () => {
  it("has one spot for bins above one another, the lowest first", () => {
    const plan = planOf([...floor].reverse());
    expect(plan.spots).toHaveLength(4);
    expect(plan.of.get(5)).toBe(plan.of.get(1));
    expect(plan.of.get(1)?.places.map(([id]) => id)).toEqual([1, 5]);
  });

  it("shows of a spot every flag and all picks of its levels", () => {
    const plan = planOf(floor);
    const spot = plan.of.get(1)!;
    expect(spotsNow(plan, [[1, 20, BLOCKED, 2], [5, 80, SUSPECT, 3]]).get(spot)).toEqual({ fill: 80, flags: BLOCKED | SUSPECT, picks: 5 });
  });

  it("finds the spot that was pointed at, turned or not, and none far from all", () => {
    const plan = planOf(floor);
    for (const [width, height] of [[800, 300], [300, 800]] as const) {
      const view = viewOf(plan, width, height);
      expect(new Set(plan.spots.map((spot) => spotAt(plan, view, ...at(spot, view))))).toEqual(new Set(plan.spots));
      expect(spotAt(plan, view, -500, -500)).toBeNull();
    }
    function at(spot: (typeof plan.spots)[number], view: ReturnType<typeof viewOf>): [number, number] {
      const [a, b] = [(spot.x - plan.left + plan.spotWidth / 2) * view.scale, (spot.y - plan.top + plan.spotDepth / 2) * view.scale];
      return view.isTurned ? [view.dx + b, view.dy + a] : [view.dx + a, view.dy + b];
    }
  });

  it("puts places without coordinates beside the bins", () => {
    const plan = planOf([...floor, [9, "W1-DOCK", "dock", "", "", 0, 0, 0], [10, "W1-PACK", "pack", "", "", 0, 0, 0]]);
    expect(plan.of.get(9)?.y).toBeLessThan(0);
    expect(plan.of.get(9)?.x).not.toBe(plan.of.get(10)?.x);
  });

  it("writes two letters of a name, and one sign of a Chinese one", () => {
    expect([initials("Ann Lee"), initials("BOSS"), initials("李伟")]).toEqual(["AL", "B", "李"]);
  });
});
