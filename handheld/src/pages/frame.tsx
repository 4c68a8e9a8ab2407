/** What a supervisor's page has around it: its head, where one signs in, and what it says while the server is away. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { ApiError } from "../net/api";
import { Told, type Speech } from "./language";

export type Trouble = "signIn" | "away" | null;

/** What is looked up for a page as often as it is asked; what was found last stays while the server is away. */
export function useFound<T>(everything: () => Promise<T>): { found: T | null; trouble: Trouble; look: () => Promise<void> } {
  const [found, setFound] = useState<T | null>(null);
  const [trouble, setTrouble] = useState<Trouble>(null);
  const look = async (): Promise<void> => {
    try {
      setFound(await everything());
      setTrouble(null);
    } catch (error) {
      setTrouble(error instanceof ApiError && (error.status === 401 || error.status === 403) ? "signIn" : "away");
    }
  };
  return { found, trouble, look };
}

export function Frame({ t, speech, trouble, beside, links, away, children }: {
  t: (key: "title" | "language" | "signIn" | "toSignIn" | "away") => string; speech: Speech; trouble: Trouble;
  /** Beside the title, and below it while the server is away. */
  beside?: ComponentChildren; away?: ComponentChildren; links: [string, string][]; children: ComponentChildren;
}) {
  return (
    <Told.Provider value={speech.told}>
      <header><h1>{t("title")}</h1>{beside}
        <span class="right">{links.map(([address, words]) => <a key={address} href={address}>{words}</a>)}<button onClick={speech.swap}>{t("language")}</button></span></header>
      {trouble === "signIn" ? <><p>{t("signIn")}</p><p><a href="/dashboard">{t("toSignIn")}</a></p></>
        : <>{trouble && <p class="question">{t("away")} {away}</p>}{children}</>}
    </Told.Provider>
  );
}
