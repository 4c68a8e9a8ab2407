/** Till sales: what shops have sold, the last first, and what of it is not as it should be. */
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Panel } from "../look/parts";
import { items } from "../net/lists";
import { Frame, useFound } from "../pages/frame";
import { useLanguage } from "../pages/language";
import { List } from "./list";
import { OneSale } from "./one";
import type { Sale, Site, Till, Words } from "./shapes";
import { say } from "./texts";
import "./style.css";

function Page() {
  const speech = useLanguage();
  const [open, setOpen] = useState<Sale | null>(null);
  const { found, trouble, look } = useFound(() => Promise.all([items<Site>("/api/v1/sites"), items<Till>("/api/v1/channels")]));
  const t: Words["t"] = (key, args) => say(speech.language, key, args);
  useEffect(() => void look(), []);
  const words = { t, speech };
  return (
    <Frame title={t("title")} {...{ speech, trouble, look }}>
      {found === null ? <p class="dim">…</p> : (
        <main class="slim">
          <List {...words} sites={found[0]} tills={found[1].filter((one) => one.kind === "pos")} open={setOpen} />
          {open && <Panel title={`${t("receipt")} ${open.register}/${open.receipt}`} close={() => setOpen(null)} closeText={t("close")}><OneSale {...words} sale={open} /></Panel>}
        </main>)}
    </Frame>
  );
}

const root = document.getElementById("app");
if (root) render(<Page />, root);
