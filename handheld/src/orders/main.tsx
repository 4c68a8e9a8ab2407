/** Orders: looked for by whatever somebody has in hand, and the whole story of each. */
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { items } from "../net/lists";
import { Frame, useFound } from "../pages/frame";
import { useLanguage } from "../pages/language";
import { List } from "./list";
import { OrderPage } from "./order";
import type { Place, Words } from "./shapes";
import { say } from "./texts";
import "./style.css";

const opened = (): string => decodeURIComponent(location.hash.slice(1));

function Page() {
  const speech = useLanguage();
  const [number, setNumber] = useState(opened);
  const { found, trouble, look } = useFound(() => Promise.all([items<Place>("/api/v1/sites"), items<Place>("/api/v1/channels")]));
  const t: Words["t"] = (key, args) => say(speech.language, key, args);
  useEffect(() => {
    void look();
    const changed = (): void => { setNumber(opened()); scrollTo(0, 0); };
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  const words = { t, speech };
  return (
    <Frame title={number || t("title")} {...{ speech, trouble, look }}>
      {found === null ? <p class="dim">…</p> : (
        <main>
          <div class="slim" hidden={number !== ""}><List {...words} sites={found[0]} channels={found[1]} open={(one) => { location.hash = encodeURIComponent(one); }} /></div>
          {number && <OrderPage {...words} number={number} sites={found[0]} />}
        </main>)}
    </Frame>
  );
}

const root = document.getElementById("app");
if (root) render(<Page />, root);
