/** The steps after the warehouse: labels, items, people, a printer, a handheld, the first scans. */
import { useEffect, useRef, useState } from "preact/hooks";
import { Chip, Field, Notice, Rows } from "../look/parts";
import { CsvImport } from "../masterdata/csv";
import { Enrol } from "../masterdata/devices";
import { ChoiceField, SaveRow, TextField, useForm } from "../masterdata/form";
import { ApiError, call } from "../net/api";
import { pages, items as listed } from "../net/lists";
import type { Person } from "../masterdata/shapes";
import type { StepProps } from "./shapes";

export function Labels({ progress, look, g, speech }: StepProps) {
  const [told, setTold] = useState("");
  const [wrong, setWrong] = useState<unknown>(null);
  const site = progress.site?.code ?? "";
  const print = (): void => void call<{ labels: number }>({}, "POST", "/api/v1/location-labels", { site }).then((made) => { setTold(g("labelsAsked", { count: made.labels })); setWrong(null); return look(); }).catch(setWrong);
  return (
    <div class="stack">
      <div class="row"><a class="button main" href={`/api/v1/location-labels/sheet?site=${encodeURIComponent(site)}`} download>{g("labelsPdf")}</a>{progress.printer && <button onClick={print}>{g("labelsPrint", { printer: progress.printer.name })}</button>}</div>
      <p class="tip">{g("labelsTip", { count: progress.bins.toLocaleString() })}</p>
      {told && <Notice tone="good">{told}</Notice>}
      {wrong !== null && <Notice tone="bad">{speech.told(wrong)}</Notice>}
    </div>
  );
}

const THREE = [0, 1, 2] as const;
type Typed = Record<string, string>;

export function Items({ progress, look, g, m, speech }: StepProps) {
  const [isTyped, setTyped] = useState(false);
  const form = useForm<Typed>("guide/items", Object.fromEntries(THREE.flatMap((at) => [[`code${at}`, ""], [`name${at}`, ""], [`barcode${at}`, ""]])));
  const f = { form, ...m };
  const [failed, setFailed] = useState("");
  const save = (event: Event): void => {
    event.preventDefault();
    void form.send(async (values) => {
      for (const at of THREE) {
        const code = (values[`code${at}`] ?? "").trim();
        if (!code) continue;
        setFailed(code);
        await call({}, "PUT", `/api/v1/items/${encodeURIComponent(code)}`, { name: (values[`name${at}`] ?? "").trim() || code, packs: [{ level: "each", quantity: 1, barcodes: values[`barcode${at}`] ? [values[`barcode${at}`]] : [] }] });
      }
      setFailed("");
      await look();
    });
  };
  return (
    <div class="stack">
      {progress.items > 0 && <p><Chip tone="good">{g("itemsThere", { count: progress.items.toLocaleString() })}</Chip></p>}
      <div class="row" role="group"><button aria-pressed={!isTyped} onClick={() => setTyped(false)}>{g("byFile")}</button><button aria-pressed={isTyped} onClick={() => setTyped(true)}>{g("byHand")}</button></div>
      {!isTyped ? <CsvImport {...m} kind="items" done={() => void look()} /> : (
        <form class="stack" onSubmit={save}>
          {THREE.map((at) => <div class="grid fields small" key={at}><TextField {...f} name={`code${at}`} label={m.t("code")} maxLength={64} /><TextField {...f} name={`name${at}`} label={m.t("name")} maxLength={256} /><TextField {...f} name={`barcode${at}`} label={m.t("barcode")} maxLength={120} /></div>)}
          {failed && form.wrong !== null && <Notice tone="bad">{failed}: {speech.told(form.wrong)}</Notice>}
          <div class="row"><button class="main" type="submit" disabled={form.isBusy}>{m.t("save")}</button></div>
        </form>)}
    </div>
  );
}

/** Six digits that no rule for PINs refuses. */
function newPin(): string {
  for (;;) {
    const digits = [...crypto.getRandomValues(new Uint8Array(6))].map((one) => String(one % 10));
    if (new Set(digits).size > 2) return digits.join("");
  }
}
/** The first badge of the row BDG-1, BDG-2 ... that nobody has. */
function nextBadge(all: Person[]): string {
  const taken = new Set(all.map((one) => one.badge));
  let number = 1;
  while (taken.has(`BDG-${number}`)) number += 1;
  return `BDG-${number}`;
}

export function People({ look, g, m, speech }: StepProps) {
  const [all, setAll] = useState<Person[] | null>(null);
  const [isFile, setFile] = useState(false);
  const [made, setMade] = useState<{ name: string; badge: string; pin: string }[]>([]);
  const find = (): void => void pages<Person>("/api/v1/workers?limit=200").then(setAll, () => undefined);
  useEffect(find, []);
  const done = (): void => { find(); void look(); };
  return (
    <div class="stack">
      {all && <Rows title={m.t("people")} rows={all} id={(row) => row.badge} empty="" columns={[{ head: m.t("badge"), cell: (row) => row.badge }, { head: m.t("name"), cell: (row) => row.name }, { head: m.t("role"), cell: (row) => m.t(`role_${row.role}` as "role_worker") },
        { head: m.t("pin"), cell: (row) => { const shown = made.find((one) => one.badge === row.badge); return shown ? <b class="mono">{shown.pin}</b> : "••••••"; } }]} />}
      {made.length > 0 && <Notice>{g("pinsOnce")}</Notice>}
      <div class="row" role="group"><button aria-pressed={!isFile} onClick={() => setFile(false)}>{g("byHand")}</button><button aria-pressed={isFile} onClick={() => setFile(true)}>{g("byFile")}</button></div>
      {isFile ? <CsvImport {...m} kind="workers" done={done} /> : all && <NewPerson key={all.length} {...{ g, m }} badge={nextBadge(all)} language={speech.language} made={(one) => { setMade([...made, one]); done(); }} />}
      <div class="row"><a class="button" href={`/cards/badges?language=${speech.language}`} target="_blank" rel="noreferrer">{m.t("printBadges")}</a></div>
    </div>
  );
}

function NewPerson({ badge, language, made, m, g }: Pick<StepProps, "m" | "g"> & { badge: string; language: string; made: (one: { name: string; badge: string; pin: string }) => void }) {
  const [pin] = useState(newPin);
  const form = useForm(`guide/person/${badge}`, { name: "", badge, role: "worker", language, pin }, ["pin"]);
  const f = { form, ...m };
  const save = (event: Event): void => {
    event.preventDefault();
    void form.send(async (values) => {
      await call({}, "PUT", `/api/v1/workers/${encodeURIComponent(values.badge.trim())}`, { name: values.name, role: values.role, language: values.language, pin: values.pin });
      made({ name: values.name, badge: values.badge.trim().toUpperCase(), pin: values.pin });
    });
  };
  return (
    <form class="stack" onSubmit={save}>
      <div class="grid fields small">
        <TextField {...f} name="name" label={m.t("name")} required maxLength={128} /><TextField {...f} name="badge" label={m.t("badge")} required maxLength={64} /><TextField {...f} name="pin" label={m.t("pin")} tip={g("pinMade")} required maxLength={12} />
        <ChoiceField {...f} name="role" label={m.t("role")} choices={(["worker", "supervisor", "manager", "admin"] as const).map((one) => [one, m.t(`role_${one}`)] as const)} /><ChoiceField {...f} name="language" label={m.t("language")} choices={[["en", "English"], ["zh-CN", "中文"]]} />
      </div>
      <SaveRow {...f} label={g("addPerson")} />
    </form>
  );
}

interface PrinterRow {
  name: string;
  url: string;
  condition: string;
  sentence: string;
}

export function Printer({ progress, look, g, m, speech }: StepProps) {
  const [printers, setPrinters] = useState<PrinterRow[]>([]);
  const [ports, setPorts] = useState<string[]>([]);
  const [tested, setTested] = useState("");
  const find = (): void => {
    void pages<PrinterRow>("/api/v1/printers").then(setPrinters, () => undefined);
    void listed<{ url: string }>("/api/v1/ports").then((found) => setPorts(found.map((one) => one.url)), () => undefined);
  };
  useEffect(() => {
    find();
    const timer = setInterval(find, 3_000);
    return () => clearInterval(timer);
  }, []);
  const site = progress.site?.code ?? "";
  const form = useForm("guide/printer", { url: "" });
  const f = { form, ...m };
  const name = printers.find((one) => one.url.startsWith("file:"))?.name ?? progress.printer?.name ?? "labels";
  const put = (url: string) => form.send(async () => { await call({}, "PUT", `/api/v1/printers/${encodeURIComponent(name)}`, { site, url }); find(); await look(); });
  const test = (): void => void call({}, "POST", `/api/v1/printers/${encodeURIComponent(progress.printer?.name ?? name)}/test`).then(() => setTested(g("testAsked")), (error: unknown) => setTested(speech.told(error)));
  const mine = printers.find((one) => one.name === progress.printer?.name);
  const told = mine ? speech.say(`printer.${mine.condition}`, { printer: mine.name }) : "";
  return (
    <div class="stack">
      {mine && <div class="row"><span class="grow"><b>{mine.name}</b> <span class="dim mono">{mine.url}</span> {mine.condition && <Chip tone={mine.condition === "ready" ? "good" : "warn"}>{told === `printer.${mine.condition}` ? mine.sentence : told}</Chip>}</span><button onClick={test}>{g("testLabel")}</button></div>}
      {tested && <Notice>{tested}</Notice>}
      {ports.length > 0 && <Field label={g("foundPorts")}><div class="row">{ports.map((url) => <button key={url} type="button" onClick={() => void put(url)}>{url.slice(url.lastIndexOf("/") + 1)}</button>)}</div></Field>}
      <form class="stack" onSubmit={(event) => { event.preventDefault(); void put(addressOf(form.values.url)); }}>
        <TextField {...f} name="url" label={g("printerAddress")} tip={g("printerTip")} placeholder="10.0.0.41" required maxLength={200} />
        <SaveRow {...f} label={g("usePrinter")} />
      </form>
    </div>
  );
}

/** A host alone has the port of all label printers. */
function addressOf(typed: string): string {
  const text = typed.trim();
  if (text.includes("://") || text.startsWith("/")) return text;
  return `socket://${text}${/:\d+$/.test(text) ? "" : ":9100"}`;
}

export function Handhelds({ progress, m, g }: StepProps) {
  const before = useRef(new Set(progress.handhelds.map((one) => one.id)));
  const fresh = progress.handhelds.filter((one) => !before.current.has(one.id));
  return (
    <div class="stack">
      {progress.handhelds.length > 0 && <p>{progress.handhelds.map((one) => <Chip key={one.id} tone="good">{one.name}</Chip>)}</p>}
      {fresh.length > 0 && <Notice tone="good">{g("handheldIn", { name: fresh.map((one) => one.name).join(", ") })}</Notice>}
      {progress.site && <Enrol {...m} site={progress.site.code} sites={[{ ...progress.site, timezone: "" }]} />}
    </div>
  );
}

interface ToScan {
  code: string;
  scan: string;
  qr_svg: string;
}

export function Practice({ progress, g, speech }: StepProps) {
  const [what, setWhat] = useState<{ bin: ToScan | null; item: ToScan | null } | null>(null);
  const [wrong, setWrong] = useState<unknown>(null);
  const [seen, setSeen] = useState<{ text: string; kind: string; device: string }[]>([]);
  useEffect(() => void call<{ bin: ToScan | null; item: ToScan | null }>({}, "GET", "/api/v1/guide/practice").then(setWhat, (error: unknown) => setWrong(error instanceof ApiError ? error : null)), []);
  const scans = progress.handhelds.map((one) => `${one.id}/${one.last_scan}`).join("|");
  useEffect(() => setSeen((before) => [...before, ...progress.handhelds.filter((one) => one.last_scan && !before.some((old) => old.text === one.last_scan && old.device === one.name)).map((one) => ({ text: one.last_scan, kind: one.scanned, device: one.name }))]), [scans]);
  const has = (kind: string): boolean => seen.some((one) => one.kind === kind);
  const task = (kind: "location" | "item", it: ToScan | null, title: string) => it && (
    <div class="card stack tight practice"><h3>{has(kind) ? <span class="good">✓ </span> : null}{title}</h3><p class="mono">{it.code}</p><img alt={it.scan} width={150} height={150} src={`data:image/svg+xml;utf8,${encodeURIComponent(it.qr_svg)}`} /></div>);
  return (
    <div class="stack">
      <p>{g("practiceHow")}</p>
      {wrong !== null && <Notice tone="bad">{speech.told(wrong)}</Notice>}
      {what && <div class="grid fields">{task("location", what.bin, g("scanBin"))}{task("item", what.item, g("scanItem"))}</div>}
      <h3>{g("whatCame")}</h3>
      {seen.length === 0 ? <p class="dim">{g("nothingCame")}</p> : <ul class="plain">{[...seen].reverse().slice(0, 8).map((one) => <li key={`${one.device}/${one.text}`}><Chip tone={one.kind === "unknown" ? "warn" : "good"}>{g(one.kind === "location" ? "isBin" : one.kind === "item" ? "isItem" : one.kind === "unknown" ? "isUnknown" : "isOther")}</Chip> <span class="mono">{one.text}</span> <span class="dim">{one.device}</span></li>)}</ul>}
      {has("location") && has("item") && <Notice tone="good">{g("firstScanDone")} <a href="/dashboard">{g("toDashboard")}</a></Notice>}
    </div>
  );
}
