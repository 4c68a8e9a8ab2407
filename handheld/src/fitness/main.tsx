/** Three codes tell what a scanner does: one that types into this page, or one of a station. */
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ApiError, call, type Keys } from "../net/api";
import { stored, useLanguage } from "../pages/language";
import { keepSettings, listen } from "../scanner/wedge";
import { Store, type Identity } from "../store/db";
import { filled } from "../texts";
import { facts, wedgeSettings, type Fact, type Found, type Mark } from "./found";
import { Hearing } from "./hearing";
import { say, type Key, type Say } from "./texts";
import "./style.css";

interface Code {
  key: string;
  symbology: string;
  svg: string;
  modules: number;
}
interface Lesson {
  now: number;
  until: number | null;
  state: string;
  error: string | null;
  error_code: string;
  found: Found | null;
}
/** Whose scanner: a station's, or with "" this device's. */
interface Pupil {
  station: string;
  name: string;
  found: Found | null;
  skipped: string[];
  notice: { key: Key; args?: Record<string, unknown> } | null;
  state: "scanning" | "used" | "over";
}

const LOOK_MS = 500;
const QUIET_MS = 600;
const QUIET = new Set<Key>(["notBooked", "onlyCaller", "whoScans", "starting"]);
const WORDS: Record<string, Key> = { gs1: "gs1", layout: "layoutCode", retail: "retail" };
const MARKS: Record<Mark, string> = { good: "✓", so: "!", bad: "✕" };
const pathOf = (one: Pupil): string => `/api/v1/stations/${encodeURIComponent(one.station)}/peripherals/${encodeURIComponent(one.name)}/lesson`;

let rung: () => void = () => undefined;
const hearing = new Hearing(() => rung());

function App({ keys, codes, scanners }: { keys: Keys; codes: Code[]; scanners: Scanner[] | null }) {
  const { language, texts, swap } = useLanguage();
  const [pupil, setPupil] = useState<Pupil | null>(null);
  const t: Say = (key, args) => say(language, key, args);
  const change = (changes: Partial<Pupil>): void => setPupil((before) => before && { ...before, ...changes });
  const failed = (error: unknown): void => {
    const isSaid = error instanceof ApiError && error.status > 0;
    change({ notice: isSaid ? { key: "refused", args: { sentence: error.detail } } : { key: "away" } });
  };
  useEffect(() => (pupil?.state === "scanning" ? follow(pupil, keys, change, failed) : undefined), [pupil?.station, pupil?.name, pupil?.state]);

  const begin = async (station: string, name: string): Promise<void> => {
    const one: Pupil = { station, name, found: null, skipped: [], notice: null, state: "scanning" };
    hearing.forget();
    hearing.isOn = !station;
    setPupil(one);
    if (station) await call(keys, "POST", pathOf(one), {}).catch(failed);
  };
  const leave = (): void => {
    if (pupil?.station && pupil.state === "scanning") void call(keys, "DELETE", pathOf(pupil)).catch(() => undefined);
    hearing.isOn = false;
    setPupil(null);
  };
  const use = async (one: Pupil): Promise<void> => {
    if (!one.found?.settings) return;
    try {
      if (one.station) await call(keys, "POST", `${pathOf(one)}/settings`, {});
      else keepSettings(wedgeSettings(one.found.settings));
      hearing.isOn = false;
      change({ state: "used", notice: null });
    } catch (error) {
      failed(error);
    }
  };
  return (
    <>
      <header><h1>{t("title")}</h1><span class="right"><button onClick={swap}>{t("language")}</button></span></header>
      {pupil ? <Learn {...{ t, texts, codes, pupil, change, leave }} again={() => void begin(pupil.station, pupil.name)} use={() => void use(pupil)} /> : <Choice t={t} scanners={scanners} begin={(...whose) => void begin(...whose)} />}
      <Paper t={t} codes={codes} />
    </>
  );
}

/** Asks again and again what is known; ends with what it returns. */
function follow(pupil: Pupil, keys: Keys, change: (changes: Partial<Pupil>) => void, failed: (error: unknown) => void): () => void {
  return pupil.station ? followStation(pupil, keys, change, failed) : followTyping(keys, change, failed);
}

function followTyping(keys: Keys, change: (changes: Partial<Pupil>) => void, failed: (error: unknown) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ask = (): void => void call<Found>(keys, "POST", "/api/v1/scanner-fitness", { chunks: hearing.chunks })
    .then((found) => change({ found, notice: null })).catch(failed);
  rung = () => { clearTimeout(timer); timer = setTimeout(ask, QUIET_MS); };
  return () => { clearTimeout(timer); rung = () => undefined; };
}

function followStation(pupil: Pupil, keys: Keys, change: (changes: Partial<Pupil>) => void, failed: (error: unknown) => void): () => void {
  let isOver = false;
  let hasBegun = false;
  const look = async (): Promise<void> => {
    try {
      const lesson = await call<Lesson>(keys, "GET", pathOf(pupil), undefined, 3_000);
      if (isOver) return;
      hasBegun ||= lesson.until !== null;
      if (hasBegun && lesson.until === null) return change({ state: "over", notice: null });
      change({ found: lesson.found, notice: noticeOf(pupil, lesson) });
    } catch (error) {
      if (!isOver) failed(error);
    }
    if (!isOver) setTimeout(() => void look(), LOOK_MS);
  };
  const end = (): void => void fetch(pathOf(pupil), { method: "DELETE", keepalive: true, headers: { "X-Aisle-CSRF": "1" } });
  window.addEventListener("pagehide", end);
  setTimeout(() => void look(), LOOK_MS);
  return () => { isOver = true; window.removeEventListener("pagehide", end); };
}

function noticeOf(pupil: Pupil, lesson: Lesson): Pupil["notice"] {
  if (lesson.state === "lost" || lesson.state === "wrong") return { key: "portOut", args: { error: lesson.error ?? "", code: lesson.error_code, place: pupil.name } };
  if (!lesson.found || lesson.until === null) return { key: "starting" };
  if (lesson.found.caller === "") return { key: "whoScans" };
  return { key: lesson.found.caller === null ? "notBooked" : "onlyCaller", args: { caller: lesson.found.caller, name: `${pupil.station} ${pupil.name}`, minutes: Math.ceil((lesson.until - lesson.now) / 60_000) } };
}

interface Scanner {
  station: string;
  name: string;
}

function Choice({ t, scanners, begin }: { t: Say; scanners: Scanner[] | null; begin: (station: string, name: string) => void }) {
  return (
    <main class="choice">
      <p>{t("intro")}</p>
      <h2>{t("which")}</h2>
      <button class="main" onClick={() => begin("", "")}>{t("own")}<small>{t("ownHint")}</small></button>
      <h2>{t("stationScanners")}</h2>
      {scanners?.length === 0 && <p>{t("noStations")}</p>}
      <div class="many">{scanners?.map((one) => <button key={`${one.station}/${one.name}`} onClick={() => begin(one.station, one.name)}>{one.station} · {one.name}</button>)}</div>
      {!scanners && <p>{t("onlyOwn")} <a href="/dashboard">{t("toSignIn")}</a></p>}
      <button class="print" onClick={() => window.print()}>{t("print")}</button>
    </main>
  );
}

interface Learning {
  t: Say;
  texts: Record<string, string>;
  codes: Code[];
  pupil: Pupil;
  change: (changes: Partial<Pupil>) => void;
  leave: () => void;
  again: () => void;
  use: () => void;
}

function Learn(all: Learning) {
  const { t, codes, pupil, leave, again } = all;
  if (pupil.state === "over") return <End text={t("over")} mark="so"><button onClick={leave}>{t("back")}</button><button class="main" onClick={again}>{t("again")}</button></End>;
  if (pupil.state === "used") return <End text={t(pupil.station ? "used" : "usedHere")} mark="good"><button class="main" onClick={leave}>{t("back")}</button></End>;
  const seen = pupil.found?.seen ?? [];
  const next = codes.find((one) => !seen.includes(one.key) && !pupil.skipped.includes(one.key));
  return next ? <Scan {...all} code={next} /> : <Result {...all} />;
}

function Notice({ t, pupil: { notice } }: Pick<Learning, "t" | "pupil">) {
  return notice && <p class={QUIET.has(notice.key) ? "dim" : "bad"}>{t(notice.key, notice.args)}</p>;
}

function End({ text, mark, children }: { text: string; mark: Mark; children: preact.ComponentChildren }) {
  return <><main class="end"><b class={mark}>{MARKS[mark]}</b><p>{text}</p></main><footer>{children}</footer></>;
}

function Scan({ t, texts, pupil, code, change, leave, again }: Learning & { code: Code }) {
  const strange = (pupil.found?.advice ?? []).filter((one) => one.key === "scanner.unknown").slice(-1);
  const canScan = !pupil.station || pupil.found !== null;
  return (
    <>
      <main class="scan">
        {canScan && <p><b>{t("scan", { done: pupil.found?.seen.length ?? 0 })}</b><br />{t(WORDS[code.key] as Key)}</p>}
        {canScan && <Picture code={code} />}
        {strange.map((one) => <p class="bad" key={one.text}>✕ {filled(texts[one.key] ?? one.text, one.values)}</p>)}
        <Notice {...{ t, texts, pupil }} />
      </main>
      <footer>
        <button onClick={leave}>{t("back")}</button><button onClick={again}>{t("again")}</button>
        {canScan && <button onClick={() => change({ skipped: [...pupil.skipped, code.key] })}>{t("notRead")}</button>}
      </footer>
    </>
  );
}

/** As large as it fits with every module the same number of the screen's dots, so that a scanner can read it. */
function Picture({ code }: { code: Code }) {
  const [, setResized] = useState(0);
  useEffect(() => {
    const drawAgain = (): void => setResized((count) => count + 1);
    window.addEventListener("resize", drawAgain);
    return () => window.removeEventListener("resize", drawAgain);
  }, []);
  const dots = window.devicePixelRatio || 1;
  const room = Math.min(document.documentElement.clientWidth - 24, code.symbology === "gs1-datamatrix" ? Math.min(320, document.documentElement.clientHeight * 0.45) : 900);
  const width = (code.modules * Math.max(1, Math.floor((room * dots) / code.modules))) / dots;
  return <img class="code" alt={code.key} src={`data:image/svg+xml,${encodeURIComponent(code.svg)}`} style={{ width: `${Math.min(width, room)}px` }} />;
}

function Result({ t, texts, pupil, leave, again, use }: Learning) {
  const found = pupil.found;
  const [sees, setSees] = useState<"advice" | "facts">("advice");
  if (!found) return <End text={t("codes", { done: 0 })} mark="bad"><button onClick={leave}>{t("back")}</button><button class="main" onClick={again}>{t("again")}</button></End>;
  const mark: Mark = found.is_fit ? (found.advice.length ? "so" : "good") : "bad";
  const advice: Fact[] = [...found.advice].sort((one, other) => Number(other.must) - Number(one.must)).map((one) => ({ mark: one.must ? "bad" : "so", text: filled(texts[one.key] ?? one.text, one.values) }));
  return (
    <>
      <p class={`verdict ${mark}`} role="status"><b>{MARKS[mark]}</b> {t(({ good: "fits", so: "better", bad: "unfit" } as const)[mark])}</p>
      <Notice {...{ t, texts, pupil }} />
      {advice.length > 0 && <nav>
        <button aria-pressed={sees === "advice"} onClick={() => setSees("advice")}>{t("setUp")}</button>
        <button aria-pressed={sees === "facts"} onClick={() => setSees("facts")}>{t("found")}</button>
      </nav>}
      <div class={`result ${advice.length ? sees : "facts"}`}>
        {advice.length > 0 && <section class="advice"><h2>{t("setUp")}</h2><Facts all={advice} /></section>}
        <section class="facts"><h2>{t("found")}</h2><Facts all={facts(found, t)} /></section>
      </div>
      <footer>
        <button onClick={leave}>{t("back")}</button><button class={found.settings ? "" : "main"} onClick={again}>{t("again")}</button>
        {found.settings && <button class={found.is_fit ? "main" : ""} onClick={use}>{t("use")}</button>}
      </footer>
    </>
  );
}

function Facts({ all }: { all: Fact[] }) {
  return <ul>{all.map((one) => <li key={one.text}><b class={one.mark}>{MARKS[one.mark]}</b><span>{one.text}</span></li>)}</ul>;
}

/** What comes out of the printer. */
function Paper({ t, codes }: { t: Say; codes: Code[] }) {
  return <div class="paper"><p>{t("intro")}</p>{codes.map((code) => <figure key={code.key}><img alt={code.key} src={`data:image/svg+xml,${encodeURIComponent(code.svg)}`} style={{ width: `${code.modules * 0.5}mm` }} /><figcaption>{t(WORDS[code.key] as Key)}</figcaption></figure>)}</div>;
}

/** A browser that was enrolled as a handheld is let in by its own token. */
async function keysOfThisDevice(): Promise<Keys> {
  try {
    const identity = await (await Store.open()).get<Identity>("identity");
    return identity ? { token: identity.token } : {};
  } catch {
    return {};
  }
}

/** Stations are a supervisor's, who is signed in in the browser; anybody else has this device's own scanner. */
async function start(root: HTMLElement): Promise<void> {
  type Row = { code: string; peripherals: { name: string; kind: string }[] };
  const found = await call<{ items: Row[] }>({}, "GET", "/api/v1/stations").catch(() => null);
  const keys = found ? {} : await keysOfThisDevice();
  const scanners = found?.items.flatMap((row) => row.peripherals.filter((one) => one.kind === "scanner").map((one) => ({ station: row.code, name: one.name }))) ?? null;
  try {
    const { items } = await call<{ items: Code[] }>(keys, "GET", "/api/v1/scanner-fitness/codes");
    render(<App keys={keys} codes={items} scanners={scanners} />, root);
  } catch (error) {
    const status = error instanceof ApiError ? error.status : 0;
    render(<main class="choice"><h1>{say(stored(), "title")}</h1>{status === 401 || status === 403 ? <p>{say(stored(), "onlyOwn")} <a href="/dashboard">{say(stored(), "toSignIn")}</a></p> : <p>{say(stored(), "away")}</p>}</main>, root);
  }
}

const root = document.getElementById("app");
const catcher = document.getElementById("catcher");
if (root && catcher instanceof HTMLInputElement) {
  listen(hearing, catcher);
  void start(root);
}
