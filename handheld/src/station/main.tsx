/** The screen at a dock door: what passed last, in a colour that is seen from a forklift; the paper; the devices. */
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Message } from "../floor/types";
import { ApiError, call, type Keys } from "../net/api";
import { useLanguage } from "../pages/language";
import { Store, type Identity } from "../store/db";
import { filled } from "../texts";
import { say, type Key } from "./texts";
import "./style.css";

type Colour = "green" | "amber" | "red";
interface Peripheral {
  name: string;
  kind: string;
  state: "opening" | "connected" | "lost" | "wrong" | "stopped";
  error: string | null;
}
interface Screen {
  now: number;
  code: string;
  location: string;
  document: string | null;
  progress: { done: number; all: number; strangers: number } | null;
  passages: { at: number; colour: Colour; message: Message }[];
  peripherals: Peripheral[];
}
type Trouble = "away" | "signIn" | "gone" | null;

const LOOK_MS = 500;
const SHOWN_MS = 8_000;
const MARKS: Record<Colour, string> = { green: "✓", amber: "!", red: "✕" };
const time = (at: number): string => new Date(at).toLocaleTimeString([], { hour12: false });

function App({ keys }: { keys: Keys }) {
  const { language, texts, swap: otherLanguage } = useLanguage();
  const [code, setCode] = useState(decodeURIComponent(location.hash.slice(1)));
  const [trouble, setTrouble] = useState<Trouble>(null);
  const t = (key: Key, args?: Record<string, unknown>): string => say(language, key, args);
  const failed = (error: unknown): void => {
    const status = error instanceof ApiError ? error.status : 0;
    setTrouble(status === 401 || status === 403 ? "signIn" : status === 404 ? "gone" : "away");
  };
  const choose = (chosen: string): void => {
    location.hash = encodeURIComponent(chosen);
    setCode(chosen);
  };
  const swap = <button onClick={otherLanguage}>{t("language")}</button>;
  const shared = { keys, t, swap, failed, trouble, fine: () => setTrouble(null) };
  return code && trouble !== "gone" ? <Door {...shared} code={code} texts={texts} /> : <Choice {...shared} choose={choose} />;
}

interface Shared {
  keys: Keys;
  t: (key: Key, args?: Record<string, unknown>) => string;
  swap: preact.JSX.Element;
  failed: (error: unknown) => void;
  trouble: Trouble;
  fine: () => void;
}

function Door({ keys, t, swap, failed, trouble, fine, code, texts }: Shared & { code: string; texts: Record<string, string> }) {
  const [screen, setScreen] = useState<Screen | null>(null);
  useEffect(() => {
    let isOver = false;
    const look = async (): Promise<void> => {
      try {
        const found = await call<Screen>(keys, "GET", `/api/v1/stations/${encodeURIComponent(code)}/screen`, undefined, 3_000);
        if (!isOver) { setScreen(found); fine(); }
      } catch (error) {
        if (!isOver) failed(error);
      }
      if (!isOver) setTimeout(() => void look(), LOOK_MS);
    };
    void look();
    return () => { isOver = true; };
  }, [code]);
  if (trouble === "signIn") return <SignIn t={t} swap={swap} />;
  if (!screen) return <main class="big"><p>{trouble ? t(trouble) : "…"}</p></main>;
  const sentence = (message: Message): string => filled(texts[message.key] ?? message.key, message.args);
  const newest = screen.passages[0];
  const shown = newest && screen.now - newest.at < SHOWN_MS ? newest : null;
  const broken = screen.peripherals.filter((one) => one.state === "lost" || one.state === "wrong");
  return (
    <>
      <header><h1>{screen.code}</h1><span>{screen.location}</span><span class="right">{swap}</span></header>
      <main class={`big ${trouble ? "red" : (shown?.colour ?? "calm")}`} aria-live="assertive">
        {trouble ? <p>{t(trouble)}</p> : shown ? <><b>{MARKS[shown.colour]}</b><p>{sentence(shown.message)}</p></> : <p>{t("ready")}</p>}
      </main>
      {broken.map((one) => <p class="broken" key={one.name}>{t(one.kind as Key)} {one.name}: {t(one.state)}. {one.error}</p>)}
      {screen.document && screen.progress ? (
        <section class="paper"><b>{screen.document}</b><progress max={screen.progress.all} value={screen.progress.done} /><b>{t("progress", screen.progress)}</b>{screen.progress.strangers > 0 && <b class="bad">{t("strangers", { count: screen.progress.strangers })}</b>}</section>
      ) : <section class="paper"><span>{t("noPaper")}</span></section>}
      <section class="last"><h2>{t("last")}</h2>
        {screen.passages.length ? screen.passages.slice(0, 6).map((one) => (
          <p key={one.at}><span class={`dot ${one.colour}`}>{MARKS[one.colour]}</span><time>{time(one.at)}</time><span>{sentence(one.message)}</span></p>
        )) : <p>{t("nothing")}</p>}
      </section>
      <footer>{screen.peripherals.map((one) => <span key={one.name} class={one.state}>● {t(one.kind as Key)}{screen.peripherals.filter((other) => other.kind === one.kind).length > 1 ? ` ${one.name}` : ""}: {t(one.state)}</span>)}</footer>
    </>
  );
}

function Choice({ keys, t, swap, failed, trouble, fine, choose }: Shared & { choose: (code: string) => void }) {
  const [codes, setCodes] = useState<string[] | null>(null);
  useEffect(() => {
    void call<{ items: { code: string }[] }>(keys, "GET", "/api/v1/stations").then((found) => { setCodes(found.items.map((one) => one.code)); }).catch(failed);
  }, []);
  if (trouble === "signIn") return <SignIn t={t} swap={swap} />;
  return (
    <>
      <header><h1>Aisle</h1><span class="right">{swap}</span></header>
      {trouble && <p class="broken">{t(trouble)}</p>}
      <main class="choice"><p>{codes?.length === 0 ? t("none") : t("choose")}</p>{codes?.map((code) => <button key={code} onClick={() => { fine(); choose(code); }}>{code}</button>)}</main>
    </>
  );
}

function SignIn({ t, swap }: { t: Shared["t"]; swap: preact.JSX.Element }) {
  return <><header><h1>Aisle</h1><span class="right">{swap}</span></header><main class="choice"><p>{t("signIn")}</p><a href="/dashboard">{t("toSignIn")}</a></main></>;
}

/** A browser that was enrolled as a handheld or station is let in by its own token; any other by who is signed in. */
async function keysOfThisBrowser(): Promise<Keys> {
  try {
    const identity = await (await Store.open()).get<Identity>("identity");
    return identity ? { token: identity.token } : {};
  } catch {
    return {};
  }
}

const root = document.getElementById("app");
if (root) void keysOfThisBrowser().then((keys) => render(<App keys={keys} />, root));
