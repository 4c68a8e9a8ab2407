/** Master data: all that a warehouse is made of, on one page, without a command line. */
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Empty } from "../look/parts";
import { items } from "../net/lists";
import { Frame, useFound } from "../pages/frame";
import { useLanguage } from "../pages/language";
import { Bins } from "./bins";
import { Devices } from "./devices";
import { Items } from "./items";
import { People } from "./people";
import { Rules } from "./rules";
import type { Site, Words } from "./shapes";
import { say, type Key } from "./texts";
import "./style.css";

const TABS = ["items", "bins", "people", "devices", "rules"] as const satisfies readonly Key[];
type Tab = (typeof TABS)[number];
const wanted = (): Tab => TABS.find((one) => location.hash === `#${one}`) ?? "items";

function Page() {
  const speech = useLanguage();
  const [tab, setTab] = useState<Tab>(wanted);
  const { found, trouble, look } = useFound(() => items<Site>("/api/v1/sites"));
  const t: Words["t"] = (key, args) => say(speech.language, key, args);
  useEffect(() => {
    void look();
    const changed = (): void => setTab(wanted());
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  const words = { t, speech };
  return (
    <Frame title={t("title")} {...{ speech, trouble, look }}>
      {found === null ? <p class="dim">…</p> : found.length === 0 ? <Empty><p>{t("noSite")}</p><p><a class="button main" href="/guide">{t("toGuide")}</a></p></Empty> : (
        <main class="slim">
          <nav class="tabs" aria-label={t("title")}>{TABS.map((one) => <a key={one} href={`#${one}`} aria-current={one === tab ? "page" : undefined}>{t(one)}</a>)}</nav>
          {tab === "items" && <Items {...words} />}
          {tab === "bins" && <Bins {...words} sites={found} />}
          {tab === "people" && <People {...words} sites={found} />}
          {tab === "devices" && <Devices {...words} sites={found} />}
          {tab === "rules" && <Rules {...words} sites={found} />}
        </main>)}
    </Frame>
  );
}

const root = document.getElementById("app");
if (root) render(<Page />, root);
