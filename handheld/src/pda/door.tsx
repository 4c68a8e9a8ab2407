/** Before the work: the device is let in once, the worker signs in with badge and PIN. */
import { useState } from "preact/hooks";
import type { Handheld } from "./handheld";
import { Pad } from "./pad";

const SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ";

/** Two devices hardly ever get the same: a device that is let in under a known name is taken for that one, wiped. */
const proposedName = (): string => `PDA ${[...crypto.getRandomValues(new Uint8Array(4))].map((byte) => SIGNS[byte % SIGNS.length]).join("")}`;

export function Enrol({ handheld }: { handheld: Handheld }) {
  const [code, setCode] = useState(/enrol=([0-9A-Za-z]+)/.exec(location.hash)?.[1] ?? "");
  const [name, setName] = useState(proposedName);
  return (
    <main class="door">
      <h1 class="big">{handheld.text("enrolTitle")}</h1>
      <label>{handheld.text("enrolCode")}<input class="typed" data-typed value={code} autocapitalize="characters" onInput={(event) => setCode(event.currentTarget.value)} /></label>
      <label>{handheld.text("enrolName")}<input class="typed" data-typed value={name} onInput={(event) => setName(event.currentTarget.value)} /></label>
      <p class="error" role="alert">{handheld.view.error}</p>
      <LanguageButton handheld={handheld} />
      <button class="main" disabled={code.length < 4} onClick={() => void handheld.enrol(code, name)}>{handheld.text("enrol")}</button>
    </main>
  );
}

export function SignIn({ handheld }: { handheld: Handheld }) {
  const [typed, setTyped] = useState("");
  const { badge, error } = handheld.view;
  if (badge) {
    return <Pad title={`${badge} · ${handheld.text("pin")}`} secret most={12} error={error} handheld={handheld}
      done={(pin) => void handheld.signIn(pin)} cancel={() => handheld.setBadge("")} />;
  }
  return (
    <main class="door">
      <h1 class="big">{handheld.text("signInTitle")}</h1>
      <p class="error" role="alert">{error}</p>
      <label>{handheld.text("badge")}<input class="typed" data-typed value={typed} onInput={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={(event) => event.key === "Enter" && typed && handheld.setBadge(typed)} /></label>
      <LanguageButton handheld={handheld} />
      <button class="main" disabled={!typed} onClick={() => handheld.setBadge(typed)}>{handheld.text("send")}</button>
    </main>
  );
}

export function LanguageButton({ handheld }: { handheld: Handheld }) {
  const other = handheld.view.language === "en" ? "zh-CN" : "en";
  return <button class="wide" onClick={() => void handheld.setLanguage(other)}>{handheld.text("language")}</button>;
}
