/** A station that somebody works at: the same heart as a handheld, fed by the station's scanner and by one at this browser, on a large screen. */
import { useEffect, useLayoutEffect, useReducer, useRef, useState } from "preact/hooks";
import { currentForm } from "../floor/fillTask";
import { ApiError, call } from "../net/api";
import { Handheld } from "../pda/handheld";
import { isOnlyTab } from "../pda/onlyTab";
import { hasOnlyTheseAnswers, type Refusal } from "../pda/view";
import { keptSettings, listen, Wedge } from "../scanner/wedge";
import type { Store } from "../store/db";
import { SignInFirst } from "./choice";
import { Packing } from "./pack";
import { Band, Devices, Head, useShown, WEIGHING_MS } from "./parts";
import { Prints } from "./prints";
import { Returns } from "./returns";
import type { Shown } from "./shapes";
import { say, type Key, type T } from "./texts";

export interface Work {
  handheld: Handheld;
  shown: Shown;
  t: T;
}

const SAID_MS = 4_000;
const LAYOUTS: Record<string, (work: Work) => preact.JSX.Element> = { pack: Packing, print: Prints, returns: Returns };

/** One for the life of the page; null while another tab of the browser has the queue. */
export async function begun(store: Store): Promise<Handheld | null> {
  const catcher = document.getElementById("catcher");
  if (!(catcher instanceof HTMLInputElement)) throw new Error("the page is not the one this script belongs to");
  if (!(await isOnlyTab(store))) return null;
  const handheld = new Handheld(store);
  listen(new Wedge((scan) => void handheld.scan(scan), () => handheld.screen.doubled(), keptSettings()), catcher);
  await handheld.start();
  return handheld;
}

const isWeighing = (handheld: Handheld): boolean => Boolean(handheld.view.task && currentForm(handheld.view.task)?.kind === "weigh");

export function Table({ handheld, code, back }: { handheld: Handheld; code: string; back: () => void }) {
  const [, draw] = useReducer((count: number) => count + 1, 0);
  useLayoutEffect(() => handheld.subscribe(() => draw(0)), [handheld]);
  const { language, screen, refusal, away, queued, worker } = handheld.view;
  const t: T = (key, args) => say(language, key, args);
  useEffect(() => { document.documentElement.lang = language; }, [language]);
  const { shown, trouble } = useShown(handheld.who.keys, code, isWeighing(handheld) ? WEIGHING_MS : undefined);
  const swap = <button onClick={() => void handheld.setLanguage(language === "en" ? "zh-CN" : "en")}>{t("language")}</button>;
  if (!shown) return <><Head code={code} about="">{swap}</Head>{trouble === "signIn" ? <SignInFirst t={t} /> : <main class="alone"><p class="far">{trouble === "away" ? t("waits") : trouble ? t(trouble) : "…"}</p></main>}</>;
  const isMine = handheld.who.identity !== null && shown.screen === Number(handheld.who.identity.device.slice(1));
  const Layout = LAYOUTS[shown.kind];
  const isAway = away || trouble === "away";
  return (
    <>
      <Head code={shown.code} about={<>{t(shown.kind as Key)}{worker && ` · ${worker}`}</>}>{!isMine && <button onClick={back}>{t("other")}</button>}{isMine && worker && <button onClick={() => void handheld.signOut()}>{t("signOut")}</button>}{swap}</Head>
      {isAway && <Band tone="warn" mark="⇄">{queued ? t("waitsQueued", { count: queued }) : t("waits")}</Band>}
      {!isMine ? <Bind handheld={handheld} shown={shown} t={t} /> : screen === "signIn" || screen === "enrol" ? <SignIn handheld={handheld} t={t} /> : <>
        <Said handheld={handheld} />
        {refusal ? <Refused handheld={handheld} refusal={refusal} t={t} /> : Layout && <Layout handheld={handheld} shown={shown} t={t} />}</>}
      <Devices shown={shown} t={t} say={handheld.say} />
    </>
  );
}

/** What was said last, for as long as it takes to look up. */
function Said({ handheld }: { handheld: Handheld }) {
  const { flash, refusal, task } = handheld.view;
  const [, again] = useState(0);
  const at = flash?.at ?? 0;
  useEffect(() => {
    const timer = setTimeout(() => again(at), SAID_MS + 50);
    return () => clearTimeout(timer);
  }, [at]);
  const known = task ? [handheld.say(currentForm(task)?.prompt), handheld.say({ key: "task.started", args: { kind: task.kind } })] : []; // what is asked stands on the screen anyhow
  if (!flash || refusal || Date.now() - at > SAID_MS || flash.text.length < 2 || known.includes(flash.text)) return null;
  return <Band tone={flash.kind === "good" ? "good" : "warn"} mark={flash.kind === "good" ? "✓" : "!"}>{flash.text}</Band>;
}

function Refused({ handheld, refusal, t }: { handheld: Handheld; refusal: Refusal; t: T }) {
  const facts = [["scanned", refusal.scanned], ["wanted", refusal.wanted], ["doNow", refusal.now]] as const;
  return (
    <main class={`refused ${refusal.isQuestion || refusal.isNotice ? "amber" : "red"}`} aria-live="assertive">
      <b class="mark">{refusal.isQuestion ? "?" : refusal.isNotice ? "!" : "✕"}</b>
      <h2>{refusal.title}</h2>
      <dl>{facts.filter(([, said]) => said).map(([name, said]) => <div key={name}><dt>{t(name)}</dt><dd>{said}</dd></div>)}</dl>
      <div class="row">{refusal.next.map((step) => <button key={step.label} onClick={() => void handheld.follow(step.kind, step.slots)}>{step.label}</button>)}
        {!hasOnlyTheseAnswers(refusal) && <button onClick={() => handheld.dismiss()}>{handheld.text(refusal.isQuestion && refusal.next.length ? "no" : "understood")}</button>}</div>
      <p>{t("scanOn")}</p>
    </main>
  );
}

/** Once: this browser is let in as a device, and becomes the screen of the station. A supervisor who is signed in here needs no code. */
function Bind({ handheld, shown, t }: { handheld: Handheld; shown: Shown; t: T }) {
  const [code, setCode] = useState(/enrol=([0-9A-Za-z]+)/.exec(location.hash)?.[1] ?? "");
  const [asks, setAsks] = useState(false);
  const [error, setError] = useState("");
  const begin = async (): Promise<void> => {
    setError("");
    try {
      if (!handheld.who.identity) await handheld.enrol(code || (await call<{ code: string }>({}, "POST", "/api/v1/devices/enrolment-codes", {})).code, shown.code);
      if (!handheld.who.identity) throw new Error(handheld.view.error);
      await call(handheld.who.keys(), "PUT", `/api/v1/stations/${encodeURIComponent(shown.code)}/screen`);
    } catch (problem) {
      if (problem instanceof ApiError && (problem.status === 401 || problem.status === 403)) setAsks(true);
      else setError(problem instanceof Error ? problem.message : String(problem));
    }
  };
  return (
    <main class="alone">
      <h2>{t("bindTitle", { code: shown.code })}</h2>
      <p class="far-s">{t("bindWhat")}</p>
      {shown.screen !== null && <p class="warn">{t("bindTaken")}</p>}
      {asks && <label><span>{t("bindCode")}</span><input data-typed value={code} autocapitalize="characters" onInput={(event) => setCode(event.currentTarget.value)} /></label>}
      {error && <p class="wrong" role="alert">{error}</p>}
      <button class="main huge" onClick={() => void begin()}>{t("bind")}</button>
    </main>
  );
}

function SignIn({ handheld, t }: { handheld: Handheld; t: T }) {
  const { badge, error, asking } = handheld.view;
  const [pin, setPin] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), [badge]);
  const send = (): void => {
    if (pin) void handheld.signIn(pin);
    setPin("");
  };
  if (!badge) return <main class="alone"><span class="glyph">▥</span><p class="far-l">{t("badge")}</p>{error && <p class="wrong">{error}</p>}</main>;
  return (
    <main class="alone">
      <p class="far">{t("pin", { badge })}</p>
      <input ref={field} class="pin" type="password" inputMode="numeric" autocomplete="off" data-typed aria-label={t("pin", { badge })} value={pin} onInput={(event) => setPin(event.currentTarget.value)} onKeyDown={(event) => event.key === "Enter" && send()} />
      <div class="keys">{[..."1234567890"].map((digit) => <button key={digit} onClick={() => setPin(pin + digit)}>{digit}</button>)}
        <button onClick={() => (pin ? setPin(pin.slice(0, -1)) : handheld.setBadge(""))}>{pin ? "⌫" : t("back")}</button><button class="main" disabled={!pin || asking} onClick={send}>✓</button></div>
      {error ? <p class="wrong" role="alert">{error}</p> : <p class="dim">{t("pinHow")}</p>}
    </main>
  );
}
