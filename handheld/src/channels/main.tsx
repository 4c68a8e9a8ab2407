/** Channels: how each is, what waits, its refused orders mended; connected, changed, paused. */
import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Said, useActs } from "../dashboard/lists";
import { Empty, Panel } from "../look/parts";
import { call } from "../net/api";
import { items } from "../net/lists";
import { Frame, useFound } from "../pages/frame";
import { useLanguage } from "../pages/language";
import { ChannelCard } from "./card";
import { Listings } from "./listings";
import { RefusedOrders } from "./refused";
import { Connect, SettingsForm } from "./settings";
import type { Channel, Kind, Site, Words } from "./shapes";
import { say } from "./texts";
import "./style.css";

const LOOK_MS = 3_000;

interface Found { channels: Channel[]; now: number; kinds: Kind[]; sites: Site[] }
type Open = { what: "refused" | "settings" | "sells"; code: string } | { what: "connect" } | null;

function Page() {
  const speech = useLanguage();
  const asked = new URLSearchParams(location.search).get("refused"); // where the queue of exceptions leads
  const [open, setOpen] = useState<Open>(asked ? { what: "refused", code: asked } : null);
  const t: Words["t"] = (key, args) => say(speech.language, key, args);
  const around = useRef<[Kind[], Site[]] | null>(null);
  const { found, trouble, look } = useFound<Found>(async () => {
    const { items: channels, now } = await call<{ items: Channel[]; now: number }>({}, "GET", "/api/v1/channels");
    const [kinds, sites] = (around.current ??= await Promise.all([items<Kind>("/api/v1/channel-kinds"), items<Site>("/api/v1/sites")]));
    return { channels, now, kinds, sites };
  });
  const acts = useActs({ t: t as Parameters<typeof useActs>[0]["t"], changed: look }, () => undefined);
  useEffect(() => {
    void look();
    const timer = setInterval(() => document.visibilityState === "visible" && void look(), LOOK_MS);
    return () => clearInterval(timer);
  }, []);
  const saved = (told: "saved" | "connected") => (what: string): void => { setOpen(null); acts.act(async () => t(told, { what })); };
  const words = { t, speech };
  return (
    <Frame title={t("title")} {...{ speech, trouble, look }} beside={found && trouble === null && <span class="good">● {t("live")}</span>}>
      {found === null ? <p class="dim">…</p> : (
        <main class="stack">
          <div class="row"><button class="main" onClick={() => setOpen({ what: "connect" })}>{t("connect")}</button></div>
          <Said said={acts.said} />
          {!found.channels.length && <Empty>{t("none")}</Empty>}
          <div class="grid of-channels">{found.channels.map((one) => <ChannelCard key={one.code} {...words} one={one} kind={found.kinds.find((kind) => kind.kind === one.kind)} now={found.now} acts={acts} open={(what) => setOpen({ what, code: one.code })} />)}</div>
          {open && <OpenPanel {...words} open={open} found={found} close={() => setOpen(null)} look={look} saved={saved} />}
        </main>)}
    </Frame>
  );
}

function OpenPanel({ open, found, close, look, saved, ...words }: Words & { open: NonNullable<Open>; found: Found; close: () => void; look: () => Promise<void>; saved: (told: "saved" | "connected") => (what: string) => void }) {
  const { t } = words;
  if (open.what === "connect") return <Panel title={t("connect")} close={close} closeText={t("close")}><Connect {...words} kinds={found.kinds} sites={found.sites} saved={saved("connected")} /></Panel>;
  const channel = found.channels.find((one) => one.code === open.code);
  const kind = found.kinds.find((one) => one.kind === channel?.kind);
  if (!channel || !kind) return null;
  if (open.what === "sells") return <Panel title={t("sellsTitle", { what: channel.name })} close={close} closeText={t("close")}><Listings {...words} channel={channel} /></Panel>;
  return open.what === "refused"
    ? <Panel title={t("refusedTitle", { what: channel.name })} close={close} closeText={t("close")}><RefusedOrders {...words} channel={channel} changed={look} /></Panel>
    : <Panel title={t("change", { what: channel.name })} close={close} closeText={t("close")}><SettingsForm {...words} kind={kind} channel={channel} sites={found.sites} saved={saved("saved")} /></Panel>;
}

const root = document.getElementById("app");
if (root) render(<Page />, root);
