/** The screen of a station: at a door it shows, at a table somebody works with it. */
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Keys } from "../net/api";
import { useLanguage } from "../pages/language";
import type { Handheld } from "../pda/handheld";
import { Store, type Identity } from "../store/db";
import { spoken } from "../texts";
import { Choice, SignInFirst } from "./choice";
import { Dock } from "./dock";
import { Head, useShown } from "./parts";
import { WORKED_AT } from "./shapes";
import { begun, Table } from "./table";
import { say, type Key, type T } from "./texts";
import "../look/tokens.css";
import "../look/base.css";
import "./style.css";

const KEPT = "aisle-station";
/** The station that the address names; a screen that was at one stays there when it is switched on again. */
const named = (): string => decodeURIComponent(location.hash.slice(1).split("&")[0] ?? "") || (localStorage.getItem(KEPT) ?? "");

function App({ store, keys }: { store: Store | null; keys: Keys }) {
  const [code, setCode] = useState(named());
  const { language, swap: otherLanguage } = useLanguage();
  const t: T = (key, args) => say(language, key, args);
  const swap = <button onClick={otherLanguage}>{t("language")}</button>;
  const choose = (chosen: string): void => {
    location.hash = encodeURIComponent(chosen);
    localStorage.setItem(KEPT, chosen);
    setCode(chosen);
  };
  const back = (): void => {
    localStorage.removeItem(KEPT);
    history.replaceState(null, "", location.pathname);
    setCode("");
  };
  return code ? <Station key={code} code={code} keys={keys} store={store} back={back} /> : <Choice t={t} swap={swap} choose={choose} isGone={false} />;
}

function Station({ code, keys, store, back }: { code: string; keys: Keys; store: Store | null; back: () => void }) {
  const speech = useLanguage();
  const t: T = (key, args) => say(speech.language, key, args);
  const [handheld, setHandheld] = useState<Handheld | null | undefined>(undefined); // begun where the station needs one; null where another tab has it
  const { shown, trouble } = useShown(() => keys, code, handheld ? 0 : undefined);
  const isWorkedAt = shown !== null && WORKED_AT.has(shown.kind);
  useEffect(() => {
    if (isWorkedAt && store) void begun(store).then(setHandheld);
  }, [isWorkedAt, store]);
  const swap = <><button onClick={back}>{t("other")}</button><button onClick={speech.swap}>{t("language")}</button></>;
  if (isWorkedAt && handheld) return <Table handheld={handheld} code={code} back={back} />;
  if (isWorkedAt && handheld === null) return <><Head code={code} about={t(shown.kind as Key)}>{swap}</Head><main class="alone"><p class="far">{t("otherTab")}</p></main></>;
  if (trouble === "signIn") return <><Head code={code} about="">{swap}</Head><SignInFirst t={t} /></>;
  if (!shown || isWorkedAt) return <><Head code={code} about="">{swap}</Head><main class="alone"><p class="far">{trouble ? t(trouble) : "…"}</p></main></>;
  return <Dock shown={shown} trouble={trouble} t={t} say={(message) => (message ? spoken(speech.texts, message) : "")} swap={swap} />;
}

/** A browser that was enrolled as a handheld or station is let in by its own token; any other by who is signed in. */
async function opened(): Promise<[Store | null, Keys]> {
  try {
    const store = await Store.open();
    const identity = await store.get<Identity>("identity");
    return [store, identity ? { token: identity.token } : {}];
  } catch {
    return [null, {}];
  }
}

const root = document.getElementById("app");
if (root) void opened().then(([store, keys]) => render(<App store={store} keys={keys} />, root));
