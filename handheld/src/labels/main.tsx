/** All labels: how each looks, what it says, how it is changed and proved, and a print of it by hand. */
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { stored } from "../dashboard/parts";
import { ApiError, call } from "../net/api";
import { items, pages } from "../net/lists";
import { filled, type Language } from "../texts";
import { Bench } from "./bench";
import { BASE, useOpened } from "./opened";
import type { Listed, Opened, Printer, Words } from "./shapes";
import { say as textOf, titleOf } from "./texts";
import "../devices/style.css";
import "./style.css";

interface Found {
  /** Of all warehouses, which share their labels. */
  isAdmin: boolean;
  listed: Listed[];
  printers: Printer[];
}
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
  const { opened, versions, notice, choose, deeds, read, written } = useOpened({ listed: found.listed, isAdmin: found.isAdmin, look, t });
  const listed = found.listed.find((one) => one.name === opened?.name);
  return (
    <div class="page">
      <List {...{ found, opened, language, t, choose }} />
      <main>
        {opened ? <>
          <h2 class="title">{opened.title === listed?.title ? titleOf(language, opened.name, opened.title) : opened.title} <span class="dim">{opened.version !== null && t("version", { version: opened.version })}</span></h2>
          <Bench key={opened.serial} {...{ opened, listed, versions, language, written, t, say }} printers={found.printers} isAdmin={found.isAdmin} deeds={deeds(opened)} /></> : <p class="dim">{t("choose")}</p>}
        {notice && <p class={notice.isGood ? "notice good" : "notice bad"} role="status"><span>{notice.text}</span><button onClick={read}>{t("read")}</button></p>}
      </main>
    </div>
  );
}

/** All labels, as buttons beside what is open, and where there is no room for that as one field to choose from. */
function List({ found, opened, language, choose, t }: { found: Found; opened: Opened | null; language: Language; choose: (name: string) => void; t: Words["t"] }) {
  const told = (one: Listed): string => one.live !== null ? t("versionPrints", { version: one.live }) : one.is_ours ? t("oursPrints") : t("drafts");
  const nameOf = (one: Listed): string => (one.is_ours ? titleOf(language, one.name, one.title) : one.name);
  return (
    <nav aria-label={t("title")} class={found.isAdmin ? "" : "plain"}>
      {found.isAdmin && <button class="new" onClick={() => choose("")}>{t("begin")}</button>}
      <div class="many">{found.listed.map((one) => (
        <button key={one.name} aria-pressed={one.name === opened?.name} onClick={() => choose(one.name)}><b>{nameOf(one)}</b><small>{one.name} · {told(one)}</small></button>))}</div>
      <select aria-label={t("choose")} value={opened?.name ?? ""} onChange={(event) => {
        const { value } = event.currentTarget;
        event.currentTarget.value = opened?.name ?? "";
        if (value) choose(value);
      }}><option value="">{opened ? t("newOne") : t("choose")}</option>{found.listed.map((one) => <option key={one.name} value={one.name}>{nameOf(one)} ({told(one)})</option>)}</select>
    </nav>
  );
}

async function everything(): Promise<Found> {
  const [{ worker }, listed, printers] = await Promise.all([
    call<{ worker: { roles: string[]; all_sites: boolean } }>({}, "GET", "/api/v1/sessions/current"), items<Listed>(BASE), pages<Printer>("/api/v1/printers")]);
  return { isAdmin: worker.roles.includes("admin") && worker.all_sites, listed, printers };
}

const root = document.getElementById("app");
if (root) render(<Page />, root);
