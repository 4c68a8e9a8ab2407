/** Returns: what customers send back, what came of it with which grade, and what becomes of it. */
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { items } from "../net/lists";
import { Frame, useFound } from "../pages/frame";
import { useLanguage } from "../pages/language";
import { List } from "./list";
import { Make } from "./make";
import { RmaPage } from "./rma";
import type { Words } from "./shapes";
import { say } from "./texts";
import "./style.css";

const NEW = "new/";
const opened = (): string => decodeURIComponent(location.hash.slice(1));

function Page() {
  const speech = useLanguage();
  const [what, setWhat] = useState(opened);
  const { found, trouble, look } = useFound(() => items<{ code: string; name: string }>("/api/v1/sites"));
  const t: Words["t"] = (key, args) => say(speech.language, key, args);
  useEffect(() => {
    void look();
    const changed = (): void => { setWhat(opened()); scrollTo(0, 0); };
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  const words = { t, speech };
  const open = (one: string): void => { location.hash = encodeURIComponent(one); };
  const isNew = what.startsWith(NEW);
  return (
    <Frame title={isNew ? t("newOne") : what || t("title")} {...{ speech, trouble, look }}>
      {found === null ? <p class="dim">…</p> : (
        <main>
          <div class="slim" hidden={what !== ""}><List {...words} sites={found} open={open} isShown={what === ""} make={(order) => open(`${NEW}${order}`)} /></div>
          {isNew ? <Make {...words} key={what} order={what.slice(NEW.length)} made={open} /> : what && <RmaPage {...words} key={what} number={what} />}
        </main>)}
    </Frame>
  );
}

const root = document.getElementById("app");
if (root) render(<Page />, root);
