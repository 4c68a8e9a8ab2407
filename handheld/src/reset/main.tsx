/** Forgets the page that this browser keeps for a reload without network; the queue and all else in its database stays. */
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { stored } from "../pages/language";
import { Store } from "../store/db";
import { textsOf } from "./texts";
import "../look/tokens.css";
import "../look/base.css";

interface Forgotten {
  kept: number;
  unsent: number;
}

/** How many kept pages went, and how many operations wait as before. */
async function forget(): Promise<Forgotten> {
  const names = "caches" in window ? (await caches.keys()).filter((name) => name.startsWith("aisle-")) : [];
  await Promise.all(names.map((name) => caches.delete(name)));
  const workers = navigator.serviceWorker ? await navigator.serviceWorker.getRegistrations() : [];
  await Promise.all(workers.map((one) => one.unregister()));
  const store = await Store.open();
  const unsent = (await store.queue()).length;
  store.close();
  return { kept: names.length, unsent };
}

function Reset() {
  const [done, setDone] = useState<Forgotten | null>(null);
  const [error, setError] = useState("");
  const t = textsOf(stored());
  useEffect(() => {
    document.documentElement.lang = stored();
  }, []);
  return (
    <main class="page stack">
      <h1>{t.title}</h1>
      <p>{t.what}</p>
      {error && <p class="bad" role="alert">{error}</p>}
      {done ? (
        <>
          <p role="status">{t.done}</p>
          <p><b>{t.unsent} {done.unsent}</b></p>
          <a class="button main" href="/">{t.back}</a>
        </>
      ) : <button class="main" onClick={() => void forget().then(setDone, (wrong: unknown) => setError(String(wrong)))}>{t.act}</button>}
    </main>
  );
}

const root = document.getElementById("app");
if (root) render(<Reset />, root);
