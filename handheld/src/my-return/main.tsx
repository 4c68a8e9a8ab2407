/** A customer sends something back: finds the order, chooses, gets a label, and sees later how it is. Nobody signs in. */
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useLanguage } from "../pages/language";
import { Choose } from "./choose";
import { Find } from "./find";
import type { Found, Proved, Words } from "./shapes";
import { State } from "./state";
import { say } from "./texts";
import "../look/tokens.css";
import "../look/base.css";
import "./style.css";

const opened = (): string => location.hash.slice(1);

function Page() {
  const speech = useLanguage();
  const [token, setToken] = useState(opened);
  const [found, setFound] = useState<{ orders: Found[]; by: Proved } | null>(null);
  const t: Words["t"] = (key, args) => say(speech.language, key, args);
  useEffect(() => { document.title = t("title"); }, [speech.language]);
  useEffect(() => {
    const changed = (): void => { setToken(opened()); scrollTo(0, 0); };
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  const words = { t, speech };
  return (
    <div class="own">
      <header class="row"><h1 class="grow">{t("title")}</h1><button onClick={speech.swap}>{t("language")}</button></header>
      <main class="stack">
        {token ? <State {...words} token={token} />
          : found ? <Choose {...words} {...found} again={() => setFound(null)} done={(one) => { location.hash = one; }} />
            : <Find {...words} found={(orders, by) => { setFound({ orders, by }); scrollTo(0, 0); }} />}
      </main>
    </div>
  );
}

const root = document.getElementById("app");
if (root) render(<Page />, root);
