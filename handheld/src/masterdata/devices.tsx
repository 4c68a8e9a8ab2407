/** Handhelds: let in by a QR code, called what one likes, shut out. */
import { useEffect, useState } from "preact/hooks";
import { Chip, Notice, Panel, Rows } from "../look/parts";
import { call } from "../net/api";
import { pages } from "../net/lists";
import { SaveRow, TextField, useForm } from "./form";
import type { Device, Site, Words } from "./shapes";

const LOOK_MS = 2_000;
interface Code {
  code: string;
  url: string;
  qr_svg: string;
  expires_at: number;
}

export function Devices({ sites, ...words }: Words & { sites: Site[] }) {
  const { t, speech } = words;
  const [all, setAll] = useState<Device[] | null>(null);
  const [wrong, setWrong] = useState<unknown>(null);
  const [search, setSearch] = useState("");
  const [open, setOpen] = useState<Device | "new" | null>(null);
  const look = (): void => void pages<Device>("/api/v1/devices?limit=200").then((found) => { setAll(found); setWrong(null); }, setWrong);
  useEffect(() => {
    look();
    const timer = setInterval(look, LOOK_MS);
    return () => clearInterval(timer);
  }, []);
  const wanted = search.toUpperCase();
  const shown = (all ?? []).filter((one) => one.kind === "handheld" && one.name.toUpperCase().includes(wanted)).sort((one, other) => Number(one.revoked_at !== null) - Number(other.revoked_at !== null) || one.name.localeCompare(other.name));
  return (
    <>
      <div class="row toolbar"><input class="grow" type="search" aria-label={t("search")} placeholder={t("search")} value={search} onInput={(event) => setSearch(event.currentTarget.value)} /><button class="main" onClick={() => setOpen("new")}>{t("enrolHandheld")}</button><a class="button" href="/devices">{t("toDevices")}</a></div>
      {wrong !== null && <Notice tone="bad" act={<button onClick={look}>{t("again")}</button>}>{speech.told(wrong)}</Notice>}
      {all === null ? <p class="dim">…</p> : <Rows title={t("devices")} rows={shown} id={(row) => row.id} empty={t(search ? "nothingFound" : "noDevices")} columns={[
        { head: t("name"), cell: (row) => <button class="bare open" onClick={() => setOpen(row)}>{row.name}</button> }, { head: t("site"), cell: (row) => row.site }, { head: t("worker"), cell: (row) => row.worker ?? "" },
        { head: t("lastScan"), cell: (row) => row.last_scan }, { head: t("seen"), cell: (row) => (row.last_seen_at ? new Date(row.last_seen_at).toLocaleString(speech.language) : "–") },
        { head: t("state"), cell: (row) => (row.revoked_at === null ? <Chip tone="good">{t("inUse")}</Chip> : <Chip tone="bad">{t("shutOut")}</Chip>) }]} />}
      {open === "new" && <Panel title={t("enrolHandheld")} close={() => setOpen(null)} closeText={t("close")}><Enrol {...words} site={sites[0]?.code ?? ""} sites={sites} /></Panel>}
      {open !== null && open !== "new" && <Panel title={open.name} close={() => setOpen(null)} closeText={t("close")}><DeviceForm {...words} device={open} saved={() => { look(); setOpen(null); }} /></Panel>}
    </>
  );
}

function DeviceForm({ device, saved, ...words }: Words & { device: Device; saved: () => void }) {
  const { t } = words;
  const [isSure, setSure] = useState(false);
  const form = useForm(`device/${device.id}`, { name: device.name });
  const f = { form, ...words };
  const act = (method: string, body?: object) => form.send(async () => { await call({}, method, `/api/v1/devices/${device.id}`, body); saved(); });
  return (
    <form class="stack" onSubmit={(event) => { event.preventDefault(); void act("PATCH", { name: form.values.name }); }}>
      <dl class="facts"><dt>{t("worker")}</dt><dd>{device.worker ?? "–"}</dd><dt>{t("lastScan")}</dt><dd>{device.last_scan || "–"}</dd><dt>{t("build")}</dt><dd>{device.build || "–"}</dd><dt>{t("battery")}</dt><dd>{device.battery === null ? "–" : `${device.battery} %`}</dd></dl>
      <TextField {...f} name="name" label={t("name")} required maxLength={128} />
      <SaveRow {...f} label={t("save")}>{device.revoked_at === null && (isSure ? <button type="button" class="danger" onClick={() => void act("DELETE")}>{t("shutOutSure")}</button> : <button type="button" class="danger" onClick={() => setSure(true)}>{t("doShutOut")}</button>)}</SaveRow>
      {isSure && <p class="tip">{t("shutOutTip")}</p>}
    </form>
  );
}

/** A code that lets one handheld in, as a QR code for its camera, its address, and its eight signs. A new one is made before it ends. */
export function Enrol({ site: first, sites, t, speech }: Words & { site: string; sites: Site[] }) {
  const [site, setSite] = useState(first);
  const [code, setCode] = useState<Code | null>(null);
  const [wrong, setWrong] = useState<unknown>(null);
  const make = (): void => void call<Code>({}, "POST", "/api/v1/devices/enrolment-codes", { site }).then((made) => { setCode(made); setWrong(null); }, setWrong);
  useEffect(make, [site]);
  useEffect(() => {
    if (!code) return undefined;
    const timer = setTimeout(make, Math.max(10_000, code.expires_at - Date.now() - 30_000));
    return () => clearTimeout(timer);
  }, [code]);
  return (
    <div class="stack">
      {sites.length > 1 && <label><span>{t("site")}</span><select value={site} onChange={(event) => setSite(event.currentTarget.value)}>{sites.map((one) => <option key={one.code} value={one.code}>{one.code} {one.name}</option>)}</select></label>}
      {wrong !== null && <Notice tone="bad" act={<button onClick={make}>{t("again")}</button>}>{speech.told(wrong)}</Notice>}
      {code && <>
        <div class="row qr"><img alt={code.url} width={220} height={220} src={`data:image/svg+xml;utf8,${encodeURIComponent(code.qr_svg)}`} /><div class="grow stack"><p>{t("enrolHow")}</p><p><code class="signs">{code.code}</code></p><p class="dim mono">{code.url}</p></div></div>
        <div class="row"><button onClick={make}>{t("otherCode")}</button><a class="button" href={`/#enrol=${code.code}`} target="_blank" rel="noreferrer">{t("useThisBrowser")}</a><a class="button" href="/enrol" target="_blank" rel="noreferrer">{t("trustPage")}</a></div>
      </>}
    </div>
  );
}
