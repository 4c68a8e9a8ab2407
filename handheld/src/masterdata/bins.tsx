/** Bins and other places: found, made by a pattern, changed, blocked. */
import { useEffect, useState } from "preact/hooks";
import { Chip, Notice, Panel } from "../look/parts";
import { call } from "../net/api";
import { ChoiceField, NumberField, numberOf, SaveRow, TextField, useForm } from "./form";
import { Sorted, useSorted } from "./list";
import { Plan } from "./plan";
import type { Bin, Preview, Site, Words } from "./shapes";
import { Toolbar } from "./toolbar";

const KINDS = ["bin", "dock", "stage", "door", "pack", "hold", "returns", "transit"] as const;
const MIXING = ["any", "one_item", "one_lot"] as const;
const PREVIEW_MS = 300;

export function Bins({ sites, ...words }: Words & { sites: Site[] }) {
  const { t } = words;
  const [search, setSearch] = useState("");
  const [site, setSite] = useState(sites[0]?.code ?? "");
  const [open, setOpen] = useState<Bin | null>(null);
  const [isNew, setNew] = useState(false);
  const found = useSorted<Bin>(`/api/v1/locations?site=${encodeURIComponent(site)}&`, search);
  const done = (): void => { found.again(); setOpen(null); setNew(false); };
  return (
    <>
      <Toolbar {...words} kind="locations" search={search} setSearch={setSearch} add={() => setNew(true)} addLabel={t("newBins")} changed={found.again}>
        {sites.length > 1 && <select aria-label={t("site")} value={site} onChange={(event) => setSite(event.currentTarget.value)}>{sites.map((one) => <option key={one.code} value={one.code}>{one.code}</option>)}</select>}
        <a class="button" href={`/api/v1/location-labels/sheet?site=${encodeURIComponent(site)}`} download>{t("labelsPdf")}</a>
      </Toolbar>
      <Sorted {...words} found={found} id={(row) => row.code} open={setOpen} title={t("bins")} none={t(search ? "nothingFound" : "noBins")} cells={[
        { head: t("code"), show: (row) => row.code }, { head: t("kind"), show: (row) => t(`kind_${row.kind}` as "kind_bin") }, { head: t("zone"), show: (row) => row.zone },
        { head: t("checkDigit"), show: (row) => row.check_digit, isNumber: true }, { head: t("abc"), show: (row) => row.abc },
        { head: t("maxLpns"), show: (row) => row.max_lpns ?? "–", isNumber: true }, { head: t("maxWeight"), show: (row) => row.max_weight_g?.toLocaleString() ?? "–", isNumber: true },
        { head: t("state"), show: (row) => (row.blocked ? <Chip tone="bad">{t("blocked")}</Chip> : row.suspect ? <Chip tone="warn">{t("suspect")}</Chip> : <Chip tone="good">{t("usable")}</Chip>) }]} />
      {open && <Panel title={open.code} close={() => setOpen(null)} closeText={t("close")}><BinForm {...words} bin={open} saved={done} /></Panel>}
      {isNew && <Panel title={t("newBins")} close={() => setNew(false)} closeText={t("close")}><NewBins {...words} site={site} saved={done} /></Panel>}
    </>
  );
}

function BinForm({ bin, saved, ...words }: Words & { bin: Bin; saved: () => void }) {
  const { t } = words;
  const limit = (value: number | null): string => (value === null ? "" : String(value));
  const form = useForm(`bin/${bin.code}`, { zone: bin.zone, abc: bin.abc, mixing: bin.mixing, max_lpns: limit(bin.max_lpns), max_weight_g: limit(bin.max_weight_g), max_volume_ml: limit(bin.max_volume_ml) });
  const f = { form, ...words };
  const path = `/api/v1/locations/${encodeURIComponent(bin.code)}`;
  const change = (changes: object) => form.send(async () => { await call({}, "PATCH", path, changes); saved(); });
  const save = (event: Event): void => {
    event.preventDefault();
    void form.send(async (values) => {
      await call({}, "PATCH", path, { ...values, max_lpns: numberOf(values.max_lpns, null), max_weight_g: numberOf(values.max_weight_g, null), max_volume_ml: numberOf(values.max_volume_ml, null) });
      saved();
    });
  };
  return (
    <form class="stack" onSubmit={save}>
      <dl class="facts"><dt>{t("kind")}</dt><dd>{t(`kind_${bin.kind}` as "kind_bin")}</dd><dt>{t("checkDigit")}</dt><dd>{bin.check_digit}</dd><dt>{t("state")}</dt><dd>{bin.blocked ? <Chip tone="bad">{t("blocked")}</Chip> : <Chip tone="good">{t("usable")}</Chip>}</dd></dl>
      <div class="grid fields">
        <NumberField {...f} name="max_lpns" label={t("maxLpns")} tip={t("noLimit")} /><NumberField {...f} name="max_weight_g" label={t("maxWeight")} tip={t("noLimit")} /><NumberField {...f} name="max_volume_ml" label={t("maxVolume")} tip={t("noLimit")} />
        <ChoiceField {...f} name="mixing" label={t("mixing")} choices={MIXING.map((one) => [one, t(`mixing_${one}`)] as const)} />
        <ChoiceField {...f} name="abc" label={t("abc")} choices={["A", "B", "C"].map((one) => [one, one] as const)} /><TextField {...f} name="zone" label={t("zone")} maxLength={16} />
      </div>
      <SaveRow {...f} label={t("save")}>
        <button type="button" class={bin.blocked ? "" : "danger"} onClick={() => void change({ blocked: !bin.blocked })}>{t(bin.blocked ? "unblock" : "block")}</button>
        <button type="button" onClick={() => void change({ count_due: true })}>{t("countSoon")}</button>
      </SaveRow>
      {!bin.blocked && <p class="tip">{t("blockTip")}</p>}
    </form>
  );
}

function NewBins({ site, saved, ...words }: Words & { site: string; saved: () => void }) {
  const { t } = words;
  const form = useForm("bins/new", { kind: "bin", pattern: `${site}-{A..B}-{01..10}-{1..3}`, max_lpns: "", max_weight_g: "", mixing: "any", x_mm: "0", y_mm: "0", aisle_spacing_mm: "3000", rack_length_mm: "1000", level_height_mm: "500" });
  const f = { form, ...words };
  const values = form.values;
  const body = { site, pattern: values.pattern.trim(), kind: values.kind, mixing: values.mixing, max_lpns: numberOf(values.max_lpns, null), max_weight_g: numberOf(values.max_weight_g, null), x_mm: numberOf(values.x_mm, 0), y_mm: numberOf(values.y_mm, 0),
    aisle_spacing_mm: numberOf(values.aisle_spacing_mm, 3000), rack_length_mm: numberOf(values.rack_length_mm, 1000), level_height_mm: numberOf(values.level_height_mm, 500) };
  const save = (event: Event): void => {
    event.preventDefault();
    void form.send(async () => { await call({}, "POST", "/api/v1/locations", body); saved(); });
  };
  return (
    <form class="stack" onSubmit={save}>
      <div class="grid fields">
        <TextField {...f} name="pattern" label={t("pattern")} tip={t("patternTip")} required maxLength={128} /><ChoiceField {...f} name="kind" label={t("kind")} choices={KINDS.map((one) => [one, t(`kind_${one}`)] as const)} />
        <NumberField {...f} name="max_lpns" label={t("maxLpns")} tip={t("noLimit")} /><NumberField {...f} name="max_weight_g" label={t("maxWeight")} tip={t("noLimit")} />
        <ChoiceField {...f} name="mixing" label={t("mixing")} choices={MIXING.map((one) => [one, t(`mixing_${one}`)] as const)} />
      </div>
      <h3>{t("whereStands")}</h3>
      <div class="grid fields small">
        <NumberField {...f} name="x_mm" label={t("firstX")} /><NumberField {...f} name="y_mm" label={t("firstY")} />
        <NumberField {...f} name="aisle_spacing_mm" label={t("aisleSpacing")} /><NumberField {...f} name="rack_length_mm" label={t("rackLength")} /><NumberField {...f} name="level_height_mm" label={t("levelHeight")} />
      </div>
      <PatternPreview {...words} body={body} />
      <SaveRow {...f} label={t("makeBins")} />
    </form>
  );
}

/** What a pattern would make, a moment after it was typed. */
export function PatternPreview({ body, t, speech }: Words & { body: Record<string, unknown> }) {
  const [preview, setPreview] = useState<Preview | null>(null);
  const [wrong, setWrong] = useState<unknown>(null);
  const asked = JSON.stringify(body);
  useEffect(() => {
    let isOld = false;
    const timer = setTimeout(() => {
      call<Preview>({}, "POST", "/api/v1/locations/preview", body).then((found) => { if (!isOld) { setPreview(found); setWrong(null); } }, (error: unknown) => { if (!isOld) setWrong(error); });
    }, preview ? PREVIEW_MS : 0);
    return () => { isOld = true; clearTimeout(timer); };
  }, [asked]);
  if (wrong !== null) return <Notice tone="warn">{speech.told(wrong)}</Notice>;
  return preview && <div class="stack tight"><p><b class="count">{t("previewCount", { count: preview.count.toLocaleString() })}</b> <span class="dim">{preview.first} … {preview.last}</span></p><Plan preview={preview} t={t} /></div>;
}
