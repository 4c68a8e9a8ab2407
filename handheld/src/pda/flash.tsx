/** The colour over everything that says how a scan went, and fades. */
import { useLayoutEffect, useReducer, useRef } from "preact/hooks";
import type { Handheld } from "./handheld";
import type { View } from "./view";

const FLASH_MS = 900;
const ICONS = { good: "✓", bad: "✕", hint: "!" };

/** Green stands ready unseen, so that nothing is left to lay out once a scan is on the disk. Two classes in turn begin the fading anew. */
export function Flash({ handheld }: { handheld: Handheld }) {
  const [, draw] = useReducer((count: number) => count + 1, 0);
  useLayoutEffect(() => handheld.subscribe((changed) => changed === "flash" && draw(0)), [handheld]);
  const { flash, refusal } = handheld.view;
  const last = useRef<{ flash: View["flash"]; turn: number }>({ flash: null, turn: 0 });
  if (last.current.flash !== flash) last.current = { flash, turn: 1 - last.current.turn };
  const isShown = flash && Date.now() - flash.at < FLASH_MS && !refusal;
  const { kind, text } = isShown ? flash : { kind: "good" as const, text: "" };
  return (
    <div class={`flash ${kind} ${isShown ? `shown turn${last.current.turn}` : ""}`} role="status">
      <span><span class="icon">{ICONS[kind]}</span>{text === "✓" ? "" : text}</span>
    </div>
  );
}
