/** A keypad of the page's own: the device's keyboard would hide half of the screen. */
import { useState } from "preact/hooks";
import type { Handheld } from "./handheld";

interface PadProps {
  handheld: Handheld;
  title: string;
  most: number;
  secret?: boolean;
  error?: string;
  done: (typed: string) => void;
  cancel: () => void;
}

export function Pad({ handheld, title, most, secret, error, done, cancel }: PadProps) {
  const [typed, setTyped] = useState("");
  const press = (digit: string): void => setTyped((before) => (before.length < most ? before + digit : before));
  return (
    <div class="pad">
      <h1>{title}</h1>
      {error && <p class="error" role="alert">{error}</p>}
      <div class="shown" aria-live="polite">{secret ? "•".repeat(typed.length) : typed || "–"}</div>
      <div class="keys">
        {[..."123456789"].map((digit) => <button key={digit} onClick={() => press(digit)}>{digit}</button>)}
        <button class={typed ? "" : "word"} aria-label={typed ? handheld.text("rubOut") : undefined} onClick={() => (typed ? setTyped(typed.slice(0, -1)) : cancel())}>{typed ? "⌫" : handheld.text("back")}</button>
        <button onClick={() => press("0")}>0</button>
        <button class="ok" aria-label={handheld.text("send")} disabled={!typed || handheld.view.asking} onClick={() => { setTyped(""); done(typed); }}>✓</button>
      </div>
    </div>
  );
}
