/** What somebody sets for their hands and eyes, and what else there is. */
import { useState } from "preact/hooks";
import type { TextKey } from "../texts";
import { THEMES, type Theme } from "../pages/theme";
import { LanguageButton } from "./door";
import type { Handheld } from "./handheld";
import { ShiftPart } from "./shift";
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
  const [isSetting, setSetting] = useState(false);
  if (isSetting) return (
    <div class="sheet" role="dialog" aria-label={text("settings")}>
      <h1>{text("settings")}</h1>
      <div class="choices" role="group" aria-label={text("colours")}><span>{text("colours")}</span>
        {THEMES.map((theme) => <button key={theme} aria-pressed={prefs.theme === theme} onClick={() => set({ theme })}>{text(COLOURS[theme])}</button>)}</div>
      <div class="choices" role="group" aria-label={text("textSize")}><span>{text("textSize")}</span>
        {TEXT_SIZES.map((size) => <button key={size} aria-pressed={prefs.text === size} onClick={() => set({ text: size })}>{size} %</button>)}</div>
      <div class="choices two">
        <button aria-pressed={prefs.gloves} onClick={() => set({ gloves: !prefs.gloves })}>{text("gloves")}</button>
        <LanguageButton handheld={handheld} />
      </div>
      <button class="main wide" onClick={() => setSetting(false)}>{text("back")}</button>
    </div>
  );
  return (
    <div class="sheet" role="dialog" aria-label={text("menu")}>
      <h1>{view.worker || "Aisle"}</h1>
      <ShiftPart handheld={handheld} />
      <div class="choices two">
        <button onClick={() => setSetting(true)}>{text("settings")}</button>
        <a class="button" href={`/cards?language=${view.language}`} target="_blank" rel="noopener">{text("printCards")}</a>
      </div>
      <button class="main wide" onClick={() => handheld.openMenu(false)}>{text("close")}</button>
    </div>
  );
}
