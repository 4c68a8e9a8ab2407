/** For a code that no scanner reads: typed, or seen by the camera. The keyboard comes only when somebody asks for it. */
import { useState } from "preact/hooks";
import { CameraButton } from "../camera/button";
import { VoiceButton } from "../voice/view";
import type { Handheld } from "./handheld";

export function CodeEntry({ handheld }: { handheld: Handheld }) {
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState("");
  if (!open) return (
    <div class="entry">
      <button class="type" onClick={() => setOpen(true)}>⌨ {handheld.text("typed")}</button>
      <CameraButton handheld={handheld} />
      <VoiceButton handheld={handheld} />
    </div>
  );
  const send = (): void => {
    setOpen(false);
    setTyped("");
    if (typed.trim()) void handheld.scan(typed);
  };
  return <input class="typed" data-typed autofocus placeholder={handheld.text("typed")} aria-label={handheld.text("typed")} value={typed} onInput={(event) => setTyped(event.currentTarget.value)}
    onKeyDown={(event) => event.key === "Enter" && send()} onBlur={send} />;
}
