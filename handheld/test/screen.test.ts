import { expect, it } from "vitest";
import { Screen } from "../src/pda/screen";
import type { Store } from "../src/store/db";

const FLASH = { kind: "good" as const, text: "✓", at: 1 };

function watched(): { screen: Screen; drawn: string[] } {
  const screen = new Screen({} as Store, () => undefined);
  const drawn: string[] = [];
  screen.subscribe((changed) => drawn.push(changed));
  return { screen, drawn };
}

it("draws only the colour where nothing else has changed", () => {
  const { screen, drawn } = watched();
  screen.set({ flash: FLASH });
  expect(drawn).toEqual(["flash"]);
});

it("draws all where no change is named: the sentences of another language have come", () => {
  const { screen, drawn } = watched();
  screen.set({});
  expect(drawn).toEqual(["all"]);
});

it("draws what one scan changes once, and all of it though its colour comes last", async () => {
  const { screen, drawn } = watched();
  await screen.drawnOnce(async () => {
    screen.set({ queued: 1 });
    screen.set({ flash: FLASH });
  });
  expect(drawn).toEqual(["all"]);
});
