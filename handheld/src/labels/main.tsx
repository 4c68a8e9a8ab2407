/** All labels: how each looks, what it says, how it is changed and proved, and a print of it by hand. */
import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { stored } from "../dashboard/parts";
import { ApiError, call } from "../net/api";
import { items, pages } from "../net/lists";
import { filled, type Language } from "../texts";
import { Bench } from "./bench";
import type { Listed, Opened, Printer, Told, Version, Words } from "./shapes";
import { say as textOf, titleOf } from "./texts";
import "../devices/style.css";
import "./style.css";

/** A version is drawn at every resolution and read back before it prints. */
const PROOF_MS = 60_000;
const BASE = "/api/v1/label-templates";
const at = (name: string): string => `${BASE}/${encodeURIComponent(name)}`;

interface Found {
  isAdmin: boolean;
  listed: Listed[];
  printers: Printer[];
}
interface Notice {
  isGood: boolean;
  text: string;
}

let serial = 0;

function Page() {
  const [language, setLanguage] = useState<Language>(stored());
  const [texts, setTexts] = useState<Record<string, string>>({});
  const [found, setFound] = useState<Found | null>(null);
  const [trouble, setTrouble] = useState<"signIn" | "away" | null>(null);
  const t: Words["t"] = (key, args) => textOf(language, key, args);
  const say: Words["say"] = (key, args) => filled(texts[key] ?? key, args);
  const look = async (): Promise<void> => {
    try {
      setFound(await everything());
      setTrouble(null);
    } catch (error) {
      setTrouble(error instanceof ApiError && (error.status === 401 || error.status === 403) ? "signIn" : "away");
    }
  };
  useEffect(() => {
    document.documentElement.lang = language;
    localStorage.setItem("aisle-language", language);
    void call<Record<string, string>>({}, "GET", `/api/v1/messages/${language}`).then(setTexts).catch(() => undefined);
  }, [language]);
  useEffect(() => void look(), []);
  const head = (
    <header><h1>{t("title")}</h1>
      <span class="right"><a href="/devices">{t("toDevices")}</a><a href="/dashboard">{t("toDashboard")}</a><button onClick={() => setLanguage(language === "en" ? "zh-CN" : "en")}>{t("language")}</button></span></header>
  );
  if (trouble === "signIn") return <>{head}<p>{t("signIn")}</p><p><a href="/dashboard">{t("toSignIn")}</a></p></>;
  return <>{head}{trouble && <p class="question">{t("away")} <button onClick={() => void look()}>{t("again")}</button></p>}
    {found ? <Labels found={found} look={look} language={language} t={t} say={say} /> : <p>…</p>}</>;
}

function Labels({ found, look, language, t, say }: Words & { found: Found; look: () => Promise<void>; language: Language }) {
  const [opened, setOpened] = useState<Opened | null>(null);
  const [versions, setVersions] = useState<Version[]>([]);
  const [notice, setNotice] = useState<Notice | null>(null);
  const isWritten = useRef(false);
  const mayLeave = (): boolean => !isWritten.current || confirm(t("leave"));
  const show = (one: Omit<Opened, "serial">, made: Version[]): void => {
    serial += 1;
    isWritten.current = false;
    setOpened({ ...one, serial });
    setVersions(made);
    history.replaceState(null, "", one.name ? `#${encodeURIComponent(one.name)}` : location.pathname);
  };
  const opening = async (open: () => Promise<void>): Promise<void> => {
    if (!mayLeave()) return;
    setNotice(null);
    await open().catch((error: Error) => setNotice({ isGood: false, text: error.message }));
  };
  const openLabel = async (name: string): Promise<void> => {
    const [told, made] = await Promise.all([call<Told>({}, "GET", at(name)), pages<Version>(`${at(name)}/versions`)]);
    show(openedOf(told, made, found.isAdmin), made);
  };
  const openNew = async (): Promise<void> => {
    const { source } = await call<{ source: string }>({}, "GET", "/api/v1/label-example");
    show({ name: "", title: t("newOne"), version: null, isPrinting: false, source, fields: [], sample: {} }, []);
  };
  const openVersion = async (name: string, title: string, version: number): Promise<void> => {
    const { source, state } = await call<{ source: string; state: string }>({}, "GET", `${at(name)}/versions/${version}`);
    show({ name, title, version, isPrinting: state === "live", source, fields: [], sample: {} }, versions);
  };
  const changed = async (name: string): Promise<void> => {
    setVersions(await pages<Version>(`${at(name)}/versions`));
    await look();
  };
  useEffect(() => {
    const name = decodedHash();
    if (name) void opening(() => openLabel(name));
    const asks = (event: BeforeUnloadEvent): void => { if (isWritten.current) event.preventDefault(); };
    window.addEventListener("beforeunload", asks);
    return () => window.removeEventListener("beforeunload", asks);
  }, []);
  const deedsOf = (one: Opened) => ({
    open: (version: number) => opening(() => openVersion(one.name, one.title, version)),
    keep: async (source: string): Promise<void> => {
      setNotice(null);
      const made = await call<{ name: string; version: number }>({}, "POST", BASE, { source });
      setOpened({ ...one, name: made.name, title: made.name === one.name ? one.title : made.name, version: made.version, isPrinting: false, source });
      setNotice({ isGood: true, text: t("kept", made) });
      history.replaceState(null, "", `#${encodeURIComponent(made.name)}`);
      await changed(made.name);
    },
    putLive: async (version: number): Promise<void> => {
      setNotice(null);
      const { codes } = await call<{ codes: string[] }>({}, "POST", `${at(one.name)}/live`, { version }, PROOF_MS);
      setOpened((now) => now && { ...now, isPrinting: now.version === version });
      setNotice({ isGood: true, text: `${t("isLive", { version })} ${codes.length ? t("wasRead", { codes: codes.join(" · ") }) : t("noCodes")}` });
      await changed(one.name);
    },
    takeBack: async (): Promise<void> => {
      setNotice(null);
      await call({}, "DELETE", `${at(one.name)}/live`);
      const isOurs = found.listed.some((listed) => listed.name === one.name && listed.is_ours);
      if (isWritten.current) setOpened((now) => now && { ...now, isPrinting: false });
      else await openLabel(one.name);
      setNotice({ isGood: true, text: t(isOurs ? "oursAgain" : "noneNow") });
      await changed(one.name);
    },
  });
  const listed = found.listed.find((one) => one.name === opened?.name);
  return (
    <div class="page">
      <List {...{ found, opened, language, t }} choose={(name) => void opening(name ? () => openLabel(name) : openNew)} />
      <main>
        {notice && <p class={notice.isGood ? "notice good" : "notice bad"} role="status">{notice.text}</p>}
        {opened ? <>
          <h2 class="title">{opened.title === listed?.title ? titleOf(language, opened.name, opened.title) : opened.title} <span class="dim">{opened.version !== null && t("version", { version: opened.version })}</span></h2>
          <Bench key={opened.serial} {...{ opened, versions, language, t, say }} listed={listed} printers={found.printers} isAdmin={found.isAdmin}
            deeds={deedsOf(opened)} written={(is) => { isWritten.current = is; }} /></> : <p class="dim">{t("choose")}</p>}
      </main>
    </div>
  );
}

/** All labels, as buttons beside what is open, and where there is no room for that as one field to choose from. */
function List({ found, opened, language, choose, t }: { found: Found; opened: Opened | null; language: Language; choose: (name: string) => void; t: Words["t"] }) {
  const told = (one: Listed): string => one.live !== null ? t("versionPrints", { version: one.live }) : one.is_ours ? t("oursPrints") : t("drafts");
  const nameOf = (one: Listed): string => (one.is_ours ? titleOf(language, one.name, one.title) : one.name);
  return (
    <nav aria-label={t("title")}>
      <div class="many">{found.listed.map((one) => (
        <button key={one.name} aria-pressed={one.name === opened?.name} onClick={() => choose(one.name)}><b>{nameOf(one)}</b><small>{one.name} · {told(one)}</small></button>))}</div>
      <select aria-label={t("choose")} value={opened?.name ?? ""} onChange={(event) => {
        const { value } = event.currentTarget;
        event.currentTarget.value = opened?.name ?? "";
        if (value) choose(value);
      }}><option value="">{opened ? t("newOne") : t("choose")}</option>{found.listed.map((one) => <option key={one.name} value={one.name}>{nameOf(one)} ({told(one)})</option>)}</select>
      {found.isAdmin && <button class="new" onClick={() => choose("")}>{t("begin")}</button>}
    </nav>
  );
}

function openedOf(told: Told, versions: Version[], isAdmin: boolean): Omit<Opened, "serial"> {
  const version = told.is_ours ? null : (versions.find((one) => one.state === "live") ?? versions[versions.length - 1])?.version ?? null;
  return { name: told.name, title: told.title, version, isPrinting: told.is_live, source: isAdmin ? told.source : null, fields: told.fields, sample: told.sample };
}

function decodedHash(): string {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return "";
  }
}

async function everything(): Promise<Found> {
  const [{ worker }, listed, printers] = await Promise.all([
    call<{ worker: { roles: string[] } }>({}, "GET", "/api/v1/sessions/current"), items<Listed>(BASE), pages<Printer>("/api/v1/printers")]);
  return { isAdmin: worker.roles.includes("admin"), listed, printers };
}

const root = document.getElementById("app");
if (root) render(<Page />, root);
