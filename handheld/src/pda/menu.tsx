/** What somebody sets for their hands and eyes, and what else there is. */
import { useState } from "preact/hooks";
import type { TextKey } from "../texts";
import { THEMES, type Theme } from "../pages/theme";
import { LanguageButton } from "./door";
import type { Handheld } from "./handheld";
import { Equipment, Leaving, vehicleName } from "./shift";
import { voiceOf } from "../voice/voice";
import { keptPrefs, putOn, TEXT_SIZES, type Prefs } from "./prefs";

const COLOURS: Record<Theme, TextKey> = { auto: "colourAuto", light: "colourLight", dark: "colourDark" };

export function Menu({ handheld }: { handheld: Handheld }) {
  const [prefs, setPrefs] = useState<Prefs>(keptPrefs);
  const set = (changes: Partial<Prefs>): void => {
    const now = { ...prefs, ...changes };
    putOn(now);
    setPrefs(now);
  };
  const { text, view } = handheld;
  const isGloved = document.documentElement.hasAttribute("data-gloves"); // too large to stand below each other
  const [page, setPage] = useState<"menu" | "settings" | "equipment">("menu");
  const back = <button class="main wide" onClick={() => setPage("menu")}>{text("back")}</button>;
  if (page === "equipment") return <div class="sheet" role="dialog" aria-label={text("equipment")}><Equipment handheld={handheld} />{back}</div>;
  if (page === "settings") return (
    <div class="sheet" role="dialog" aria-label={text("settings")}>
      <h1>{text("settings")}</h1>
      <div class="choices" role="group" aria-label={text("colours")}><span>{text("colours")}</span>
        {THEMES.map((theme) => <button key={theme} aria-pressed={prefs.theme === theme} onClick={() => set({ theme })}>{text(COLOURS[theme])}</button>)}</div>
      <div class="choices" role="group" aria-label={text("textSize")}><span>{text("textSize")}</span>
        {TEXT_SIZES.map((size) => <button key={size} aria-pressed={prefs.text === size} onClick={() => set({ text: size })}>{size} %</button>)}</div>
      <div class="choices">
        <button aria-pressed={prefs.gloves} onClick={() => set({ gloves: !prefs.gloves })}>{text("gloves")}</button>
        <SpeaksButton handheld={handheld} />
        <LanguageButton handheld={handheld} />
      </div>
      {back}
    </div>
  );
  return (
    <div class="sheet" role="dialog" aria-label={text("menu")}>
      <h1>{view.worker || "Aisle"}</h1>
      {isGloved && !view.away && view.shift ? <button class="wide" onClick={() => setPage("equipment")}>{text("equipment")}: {vehicleName(handheld, view.shift.vehicle)}</button> : <Equipment handheld={handheld} />}
      <Leaving handheld={handheld} />
      <div class="choices two">
        <button onClick={() => setPage("settings")}>{text("settings")}</button>
        <a class="button" href={`/cards?language=${view.language}`} target="_blank" rel="noopener">{text("printCards")}</a>
      </div>
      <button class="main wide" onClick={() => handheld.openMenu(false)}>{text("close")}</button>
    </div>
  );
}

/** Outside hands-free work: only what is wrong is spoken, by the device's own voice. */
function SpeaksButton({ handheld }: { handheld: Handheld }) {
  const voice = voiceOf(handheld);
  const [isOn, setOn] = useState(voice.settings.refusals);
  const change = (): void => {
    voice.change({ refusals: !isOn });
    setOn(!isOn);
  };
  const canSpeak = voice.mouth.canSpeak(handheld.view.language);
  return (
    <>
      <button aria-pressed={isOn} onClick={change}>{handheld.text("sayWrong")}</button>
      {isOn && !canSpeak && <span role="status">{voice.text("voiceLacks")}</span>}
    </>
  );
}
