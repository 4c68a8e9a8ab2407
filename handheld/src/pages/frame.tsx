/** What a supervisor's page has around it: its head, the other pages, where one signs in, and what it says while the server is away. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Notice } from "../look/parts";
import { ApiError, call } from "../net/api";
import { Told, type Speech } from "./language";
import { useNarrow } from "../look/narrow";
import { Bar, mayWork, useRoles } from "./places";
import { SignIn } from "./signin";
import { say, type Key } from "./texts";
import { storedTheme, THEMES, wear, type Theme } from "./theme";
import "../look/tokens.css";
import "../look/base.css";

export type Trouble = "signIn" | "away" | null;

/** Up to so wide the bar is behind one button; up to so wide what is long stands below the title, not beside it. */
const BAR_PX = 900, LONG_PX = 1439;

/** What is looked up for a page as often as it is asked; what was found last stays while the server is away. */
export function useFound<T>(everything: () => Promise<T>): { found: T | null; trouble: Trouble; look: () => Promise<void> } {
  const [found, setFound] = useState<T | null>(null);
  const [trouble, setTrouble] = useState<Trouble>(null);
  const asked = useRef(0);
  const shown = useRef(0);
  const look = async (): Promise<void> => {
    const turn = ++asked.current;
    const show = (change: () => void): void => {
      if (turn < shown.current) return; // a slow answer never replaces that to a later question
      shown.current = turn;
      change();
    };
    try {
      const answer = await everything();
      show(() => { setFound(answer); setTrouble(null); });
    } catch (error) {
      show(() => setTrouble(error instanceof ApiError && (error.status === 401 || error.status === 403) ? "signIn" : "away"));
    }
  };
  return { found, trouble, look };
}

interface FrameProps {
  title: string;
  speech: Speech;
  trouble: Trouble;
  /** Looks again: after signing in, and when somebody tries again. */
  look: () => Promise<void>;
  /** Beside the title: how live the page is, what it is about. */
  beside?: ComponentChildren;
  /** What stands beside it is so long that it needs a large screen. */
  isLong?: boolean;
  children: ComponentChildren;
}

export function Frame({ title, speech, trouble, look, beside, isLong = false, children }: FrameProps) {
  const t = (key: Key): string => say(speech.language, key);
  const drawnIn = useRef(speech.language);
  useEffect(() => { document.title = `${title} · Aisle`; }, [title]);
  useEffect(() => {
    if (drawnIn.current !== speech.language) void look(); // what the server says is asked anew in the other language
    drawnIn.current = speech.language;
  }, [speech.language]);
  const isNarrow = useNarrow(BAR_PX);
  const isBelow = useNarrow(isLong ? LONG_PX : BAR_PX);
  const roles = useRoles(trouble === "signIn");
  return (
    <Told.Provider value={speech.told}>
      <div class="page">
        <header class={isNarrow && mayWork(roles) ? "narrow" : ""}>
          <h1>{title}</h1>{!isBelow && beside}
          <span class="right">
            <Bar {...{ roles, t, isNarrow }}>
              <ThemeButton t={t} />
              <button onClick={speech.swap}>{t("language")}</button>
              {trouble !== "signIn" && <button class="bare" onClick={() => void call({}, "DELETE", "/api/v1/sessions/current").finally(() => void look())}>{t("signOut")}</button>}
            </Bar>
          </span>
          {isBelow && beside && <div class="row beside">{beside}</div>}
        </header>
        {trouble === "signIn" ? <SignIn speech={speech} done={() => void look()} /> : <>
          {trouble && <Notice tone="warn" act={<button onClick={() => void look()}>{t("again")}</button>}>{t("away")}</Notice>}
          {children}</>}
      </div>
    </Told.Provider>
  );
}

/** The three ways of colour, one after another. */
export function ThemeButton({ t }: { t: (key: Key) => string }) {
  const [theme, setTheme] = useState<Theme>(storedTheme);
  useEffect(() => wear(theme), [theme]);
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "auto";
  return <button onClick={() => setTheme(next)} aria-label={`${t("theme")}: ${t(theme)}`} title={`${t("theme")}: ${t(theme)}`}>{theme === "dark" ? "☾" : theme === "light" ? "☀" : "◐"}</button>;
}
