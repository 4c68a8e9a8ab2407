/** Inbound: what suppliers have announced, the newest first, how much of each has come, and what of it is called off. */
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Said, useActs } from "../dashboard/lists";
import { Panel } from "../look/parts";
import { items } from "../net/lists";
import { Frame, useFound } from "../pages/frame";
import { useLanguage } from "../pages/language";
import { List } from "./list";
import { OnePaper } from "./one";
import type { Site, Words } from "./shapes";
import { say } from "./texts";
import "./style.css";

const opened = (): string => decodeURIComponent(location.hash.slice(1));

function Page() {
  const speech = useLanguage();
  const [code, setCode] = useState(opened);
  const [turn, setTurn] = useState(0);
  const { found, trouble, look } = useFound(() => items<Site>("/api/v1/sites"));
  const t: Words["t"] = (key, args) => say(speech.language, key, args);
  const acts = useActs({ t: t as unknown as Parameters<typeof useActs>[0]["t"], changed: async () => undefined }, () => setTurn((before) => before + 1));
  useEffect(() => {
    void look();
    const changed = (): void => setCode(opened());
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  const words = { t, speech };
  const open = (one: string): void => { location.hash = encodeURIComponent(one); };
  return (
    <Frame title={t("title")} {...{ speech, trouble, look }}>
      {found === null ? <p class="dim">…</p> : (
        <main class="slim">
          <Said said={acts.said} />
          <List {...words} sites={found} turn={turn} open={open} />
          {code && <Panel title={code} close={() => open("")} closeText={t("close")}><OnePaper key={code} {...words} code={code} acts={acts} done={() => open("")} /></Panel>}
        </main>)}
    </Frame>
  );
}

const root = document.getElementById("app");
if (root) render(<Page />, root);
