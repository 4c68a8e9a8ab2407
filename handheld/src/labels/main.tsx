/** All labels: how each looks, what it says, how it is changed and proved, and a print of it by hand. */
import { render } from "preact";
import { useEffect } from "preact/hooks";
import { call } from "../net/api";
import { items, pages } from "../net/lists";
import { Frame, useFound } from "../pages/frame";
import { useLanguage } from "../pages/language";
import type { Language } from "../texts";
import { Bench } from "./bench";
import { BASE, useOpened } from "./opened";
import type { Listed, Opened, Printer, Reach, Words } from "./shapes";
import { say as textOf, titleOf } from "./texts";
import "../devices/style.css";
import "./style.css";

interface Found {
  reach: Reach;
  listed: Listed[];
  printers: Printer[];
}
function Page() {
  const speech = useLanguage();
  const t: Words["t"] = (key, args) => textOf(speech.language, key, args);
  const { found, trouble, look } = useFound(everything);
  useEffect(() => void look(), []);
  const { language, say, told } = speech;
  return (
    <Frame title={t("title")} {...{ speech, trouble, look }}>
      {found ? <Labels {...{ found, look, language, t, say, told }} /> : <p>…</p>}
    </Frame>
  );
}

function Labels({ found, look, language, t, say, told }: Words & { found: Found; look: () => Promise<void>; language: Language }) {
  const { opened, versions, notice, choose, deeds, read, written } = useOpened({ listed: found.listed, isAdmin: found.reach !== "none", look, t, told });
  const listed = found.listed.find((one) => one.name === opened?.name);
  return (
    <div class="bound">
      <List {...{ found, opened, language, t, choose }} />
      <main>
        {opened ? <>
          <h2 class="title">{opened.title === listed?.title ? titleOf(language, opened.name, opened.title) : opened.title} <span class="dim">{opened.version !== null && t("version", { version: opened.version })}</span></h2>
          <Bench key={opened.serial} {...{ opened, listed, versions, language, written, t, say, told }} printers={found.printers} reach={found.reach} deeds={deeds(opened)} /></> : <p class="dim">{t("choose")}</p>}
        {notice && <p class={notice.isGood ? "notice good" : "notice bad"} role="status"><span>{notice.text}</span><button onClick={read}>{t("read")}</button></p>}
      </main>
    </div>
  );
}

/** All labels, as buttons beside what is open, and where there is no room for that as one field to choose from. */
function List({ found, opened, language, choose, t }: { found: Found; opened: Opened | null; language: Language; choose: (name: string) => void; t: Words["t"] }) {
  const told = (one: Listed): string => [
    one.live !== null ? t("versionPrints", { version: one.live }) : one.is_ours ? t("oursPrints") : t("drafts"),
    ...one.sites.map(({ site, version }) => `${site}: ${t("versionPrints", { version })}`),
  ].join(" · ");
  const nameOf = (one: Listed): string => (one.is_ours ? titleOf(language, one.name, one.title) : one.name);
  return (
    <nav aria-label={t("title")} class={found.reach === "none" ? "plain" : ""}>
      {found.reach !== "none" && <button class="new" onClick={() => choose("")}>{t("begin")}</button>}
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
  const reach = !worker.roles.includes("admin") ? "none" : worker.all_sites ? "all" : "site";
  return { reach, listed, printers };
}

const root = document.getElementById("app");
if (root) render(<Page />, root);
