/** The queue of order exceptions: what does not go by itself, whose it is, and what is done about it; and the rules. */
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Said, useActs, useRows } from "../dashboard/lists";
import { Empty, Field, Panel } from "../look/parts";
import { call } from "../net/api";
import { items } from "../net/lists";
import { Frame, useFound } from "../pages/frame";
import { useLanguage } from "../pages/language";
import { Many, ManyCame, useMany } from "./many";
import { One } from "./one";
import { Rules } from "./rules";
import { KINDS, mayOwn, type Exception, type Owner, type Site, type Words } from "./shapes";
import { say } from "./texts";
import "./style.css";

const LOOK_MS = 5_000;

interface Around { me: string; owners: Owner[]; sites: Site[] }
interface Asked { whose: "mine" | "all"; kind: string; site: string; state: "open" | "done" }

function Page() {
  const speech = useLanguage();
  const given = new URLSearchParams(location.search);
  const [asked, setAsked] = useState<Asked>({ whose: given.get("whose") === "mine" ? "mine" : "all", kind: given.get("kind") ?? "", site: given.get("site") ?? "", state: "open" });
  const [rulesOf, setRulesOf] = useState<string | null>(null);
  const t: Words["t"] = (key, args) => say(speech.language, key, args);
  const { found, trouble, look } = useFound<Around>(async () => {
    const [session, people, sites] = await Promise.all([call<{ worker: { badge: string } }>({}, "GET", "/api/v1/sessions/current"), items<Owner>("/api/v1/workers?limit=200"), items<Site>("/api/v1/sites")]);
    return { me: session.worker.badge, owners: mayOwn(people), sites };
  });
  useEffect(() => void look(), []);
  const words = { t, speech };
  const site = asked.site || found?.sites[0]?.code || "";
  return (
    <Frame title={t("title")} {...{ speech, trouble, look }}>
      {found === null ? <p class="dim">…</p> : (
        <main class="stack">
          <Asking {...words} asked={asked} sites={found.sites} set={(change) => setAsked({ ...asked, ...change })} rules={() => setRulesOf(site)} />
          <Queue {...words} asked={asked} around={found} />
          {rulesOf !== null && <Panel title={t("rulesOf", { site: rulesOf })} close={() => setRulesOf(null)} closeText={t("close")}><Rules {...words} site={rulesOf} owners={found.owners} /></Panel>}
        </main>)}
    </Frame>
  );
}

function Asking({ asked, sites, set, rules, t }: Words & { asked: Asked; sites: Site[]; set: (change: Partial<Asked>) => void; rules: () => void }) {
  return (
    <div class="row asking">
      <span class="row">{(["all", "mine"] as const).map((one) => <button key={one} aria-pressed={asked.whose === one} onClick={() => set({ whose: one })}>{t(one === "all" ? "everybodys" : "mine")}</button>)}</span>
      <span class="row">{(["open", "done"] as const).map((one) => <button key={one} aria-pressed={asked.state === one} onClick={() => set({ state: one })}>{t(one === "open" ? "isOpen" : "isDone")}</button>)}</span>
      <Field label={t("kind")}><select name="kind" value={asked.kind} onChange={(event) => set({ kind: event.currentTarget.value })}><option value="">{t("all")}</option>{KINDS.map((one) => <option key={one} value={one}>{t(`kind.${one}`)}</option>)}</select></Field>
      {sites.length > 1 && <Field label={t("site")}><select name="site" value={asked.site} onChange={(event) => set({ site: event.currentTarget.value })}><option value="">{t("all")}</option>{sites.map((one) => <option key={one.code} value={one.code}>{one.name}</option>)}</select></Field>}
      <button class="right" onClick={rules}>{t("rules")}</button>
    </div>
  );
}

function Queue({ asked, around, ...words }: Words & { asked: Asked; around: Around }) {
  const { t, speech } = words;
  const [turn, setTurn] = useState(0);
  const query = new URLSearchParams({ state: asked.state, sort: asked.state === "done" ? "newest" : "", kind: asked.kind, site: asked.site, owner: asked.whose === "mine" ? around.me : "" });
  const list = useRows<Exception>(`/api/v1/order-exceptions?${query}`, `${turn}/${speech.language}`);
  const many = useMany(asked.state === "open" ? list.rows ?? [] : [], list.again);
  const acts = useActs({ t: t as unknown as Parameters<typeof useActs>[0]["t"], changed: async () => undefined }, list.again);
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === "visible" && setTurn((before) => before + 1), LOOK_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <>
      <Said said={acts.said} />
      <ManyCame {...words} came={many.came} />
      {list.rows && !list.rows.length && <Empty>{t(asked.state === "open" ? "none" : "noneDone")}</Empty>}
      <div class="stack queue">{list.rows?.map((one) => <One key={one.id} {...words} one={one} acts={acts} owners={around.owners} showsSite={around.sites.length > 1} many={many} />)}</div>
      {list.more && <button class="huge" onClick={list.more}>{t("more")}</button>}
      <Many {...words} many={many} rows={list.rows ?? []} />
    </>
  );
}

const root = document.getElementById("app");
if (root) render(<Page />, root);
