/** How a warehouse works: its settings in groups with what each means, its release rules, its cartons. */
import { useEffect, useState } from "preact/hooks";
import { Card, Chip, Field, Notice, Panel, Rows } from "../look/parts";
import { call } from "../net/api";
import { items } from "../net/lists";
import { ChoiceField, NumberField, numberOf, SaveRow, TextField, TickField, useForm } from "./form";
import type { CartonType, Rule, Setting, Site, SiteWhole, Words } from "./shapes";
import type { Key } from "./texts";

/** What is not named here stands under "other", so that a setting which this page does not know can be changed too. */
const GROUPS: readonly (readonly [Key, readonly string[]])[] = [
  ["groupPicking", ["pick_scan", "trolley_picking", "forklift_levels", "next_priority_m", "next_cutoff_m", "next_cutoff_minutes"]],
  ["groupPacking", ["pack_check", "pack_weigh", "pack_carton_g", "pack_tolerance_g", "pack_tolerance_percent"]],
  ["groupReceiving", ["receive_over_percent", "receive_under_percent", "dock_to_stock_hours"]],
  ["groupCounting", ["count_tolerance_units", "count_tolerance_percent"]],
  ["groupShipping", ["cutoffs", "gcp", "order_checks", "country", "city", "coordinates", "collect_days", "price_changes"]],
  ["groupReturns", ["return_days", "return_refunds", "return_address"]],
  ["groupLabels", ["catch_weight", "group_separators"]],
  ["groupLayout", ["cross_aisles_mm", "depot_mm", "one_way_up_mm", "one_way_down_mm", "narrow_aisles_mm"]],
];
const CHOICES: Record<string, readonly string[]> = { pick_scan: ["item", "bin_item"], pack_check: ["full", "each"], pack_weigh: ["no", "yes"], order_checks: ["off", "hint", "hold"], return_refunds: ["ask", "restocked"], price_changes: ["supervisor", "manager", "admin"] };
const PICKINGS = ["single", "batch", "cluster", "zone"] as const;

export function Rules({ sites, ...words }: Words & { sites: Site[] }) {
  const { t, speech } = words;
  const [code, setCode] = useState(sites[0]?.code ?? "");
  const [site, setSite] = useState<SiteWhole | null>(null);
  const [wrong, setWrong] = useState<unknown>(null);
  const look = (): void => void call<SiteWhole>({}, "GET", `/api/v1/sites/${encodeURIComponent(code)}`).then((found) => { setSite(found); setWrong(null); }, setWrong);
  useEffect(look, [code]);
  return (
    <div class="rules">
      {sites.length > 1 && <div class="row"><select aria-label={t("site")} value={code} onChange={(event) => setCode(event.currentTarget.value)}>{sites.map((one) => <option key={one.code} value={one.code}>{one.code} {one.name}</option>)}</select></div>}
      {wrong !== null && <Notice tone="bad" act={<button onClick={look}>{t("again")}</button>}>{speech.told(wrong)}</Notice>}
      {site && <SettingsForm key={`${site.code}/${JSON.stringify(site.settings)}`} {...words} site={site} saved={setSite} />}
      {site && <ReleaseRules {...words} site={site.code} />}
      {site && <Cartons {...words} site={site.code} />}
      <Card title={t("elsewhere")}><div class="row"><a class="button" href="/devices">{t("toDevices")}</a><a class="button" href="/labels">{t("toLabels")}</a><a class="button" href={`/cards?language=${speech.language}`} target="_blank" rel="noreferrer">{t("commandCards")}</a></div></Card>
    </div>
  );
}

function SettingsForm({ site, saved, ...words }: Words & { site: SiteWhole; saved: (site: SiteWhole) => void }) {
  const { t } = words;
  const [isSaved, setSaved] = useState(false);
  const names = Object.keys(site.settings);
  const start: Record<string, string | boolean> = { name: site.name, timezone: site.timezone, streams: site.streams, ...Object.fromEntries(names.map((name) => [name, typed(site.settings[name] ?? "")])) };
  const form = useForm(`site/${site.code}`, start);
  const f = { form, ...words };
  const known = new Set(GROUPS.flatMap(([, all]) => all));
  const groups = [...GROUPS, ["groupOther", names.filter((name) => !known.has(name))] as const].map(([title, all]) => [title, all.filter((name) => names.includes(name))] as const).filter(([, all]) => all.length);
  const save = (event: Event): void => {
    event.preventDefault();
    setSaved(false);
    void form.send(async (values) => {
      const changed = names.filter((name) => values[name] !== start[name]);
      const settings = Object.fromEntries(changed.map((name) => [name, meant(String(values[name]), site.settings[name] ?? "", name)]));
      const found = await call<SiteWhole>({}, "PATCH", `/api/v1/sites/${encodeURIComponent(site.code)}`, { name: values["name"], timezone: values["timezone"], streams: values["streams"], settings });
      setSaved(true);
      saved(found);
    });
  };
  return (
    <form class="stack" onSubmit={save}>
      <div class="settings">
        <Card title={t("site")}><div class="stack"><Field label={t("code")}><input value={site.code} disabled /></Field><TextField {...f} name="name" label={t("name")} /><TextField {...f} name="timezone" label={t("timezone")} tip={t("timezoneTip")} /><TickField {...f} name="streams" label={t("streams")} /></div></Card>
        {groups.map(([title, all]) => <Card key={title} title={t(title)}><div class="stack">{all.map((name) => (CHOICES[name]
          ? <ChoiceField key={name} {...f} name={name} label={nameOf(name, t)} tip={tipOf(name, t)} choices={(CHOICES[name] ?? []).map((one) => [one, t(`set_${name}_${one}` as Key)] as const)} />
          : <TextField key={name} {...f} name={name} label={nameOf(name, t)} tip={tipOf(name, t)} {...(typeof site.settings[name] === "number" ? { inputMode: "numeric" as const } : {})} />))}</div></Card>)}
      </div>
      <SaveRow {...f} label={t("save")}>{isSaved && <span class="good">✓ {t("saved")}</span>}</SaveRow>
    </form>
  );
}

/** A setting that this page has no words for goes by its own name. */
function nameOf(name: string, t: Words["t"]): string {
  const found = t(`set_${name}` as Key);
  return found === undefined ? name : found;
}
const tipOf = (name: string, t: Words["t"]): string | undefined => t(`tip_${name}` as Key);

const between = (name: string): string => (name === "group_separators" ? " " : ", ");
const typed = (value: Setting): string => (Array.isArray(value) ? value.join(", ") : String(value));

function meant(text: string, before: Setting, name: string): Setting {
  if (!Array.isArray(before)) return typeof before === "number" ? (numberOf(text, 0) as Setting) : text.trim();
  const parts = text.split(between(name) === " " ? /[,\s]+/ : /[,，;\s]+/).filter(Boolean);
  return name.endsWith("_mm") || name.endsWith("_levels") ? parts.map((one) => (/^-?\d+$/.test(one) ? Number(one) : one)) as Setting : parts;
}

function ReleaseRules({ site, ...words }: Words & { site: string }) {
  const { t, speech } = words;
  const [rules, setRules] = useState<Rule[] | null>(null);
  const [wrong, setWrong] = useState<unknown>(null);
  const [open, setOpen] = useState<Rule | "new" | null>(null);
  const look = (): void => void items<Rule>(`/api/v1/release-rules?site=${encodeURIComponent(site)}`).then((found) => { setRules(found); setWrong(null); }, setWrong);
  useEffect(look, [site]);
  return (
    <section><Card title={t("releaseRules")} beside={<button onClick={() => setOpen("new")}>{t("newRule")}</button>}>
      {wrong !== null && <Notice tone="bad">{speech.told(wrong)}</Notice>}
      <p class="tip">{t("releaseRulesTip")}</p>
      {rules && <Rows title={t("releaseRules")} rows={rules} id={(row) => row.id} empty={t("noRules")} columns={[
        { head: t("name"), cell: (row) => <button class="bare open" onClick={() => setOpen(row)}>{row.name}</button> }, { head: t("picking"), cell: (row) => t(`picking_${row.picking}` as Key) },
        { head: t("streams"), cell: (row) => (row.streaming ? <Chip tone="good">{t("yes")}</Chip> : t("no")) }, { head: t("holdSeconds"), cell: (row) => row.hold_seconds, isNumber: true }, { head: t("trolleyOrders"), cell: (row) => row.trolley_orders, isNumber: true }]} />}
      {open !== null && <Panel title={open === "new" ? t("newRule") : open.name} close={() => setOpen(null)} closeText={t("close")}><RuleForm {...words} site={site} rule={open === "new" ? null : open} saved={() => { look(); setOpen(null); }} /></Panel>}
    </Card></section>
  );
}

function RuleForm({ site, rule, saved, ...words }: Words & { site: string; rule: Rule | null; saved: () => void }) {
  const { t } = words;
  const filter = (name: string): string => String(rule?.filters[name] ?? "");
  const form = useForm(`rule/${site}/${rule?.name ?? ""}`, { name: rule?.name ?? "", streaming: rule?.streaming ?? false, hold_seconds: String(rule?.hold_seconds ?? 120), picking: rule?.picking ?? "cluster", trolley_orders: String(rule?.trolley_orders ?? 8),
    carrier: filter("carrier"), zone: filter("zone"), priority_max: filter("priority_max"), cutoff_within_minutes: filter("cutoff_within_minutes") });
  const f = { form, ...words };
  const save = (event: Event): void => {
    event.preventDefault();
    void form.send(async ({ carrier, zone, priority_max, cutoff_within_minutes, ...rest }) => {
      const filters = Object.fromEntries(Object.entries({ carrier: carrier.trim(), zone: zone.trim(), priority_max: numberOf(priority_max, ""), cutoff_within_minutes: numberOf(cutoff_within_minutes, "") }).filter(([, value]) => value !== ""));
      await call({}, "PUT", "/api/v1/release-rules", { ...rest, site, hold_seconds: numberOf(rest.hold_seconds, 0), trolley_orders: numberOf(rest.trolley_orders, 0), filters });
      saved();
    });
  };
  return (
    <form class="stack" onSubmit={save}>
      <div class="grid fields">
        <TextField {...f} name="name" label={t("name")} required disabled={rule !== null} maxLength={64} /><ChoiceField {...f} name="picking" label={t("picking")} choices={PICKINGS.map((one) => [one, t(`picking_${one}`)] as const)} />
        <NumberField {...f} name="trolley_orders" label={t("trolleyOrders")} /><NumberField {...f} name="hold_seconds" label={t("holdSeconds")} tip={t("holdTip")} />
      </div>
      <TickField {...f} name="streaming" label={t("streams")} />
      <h3>{t("onlyOrders")}</h3>
      <div class="grid fields">
        <TextField {...f} name="carrier" label={t("carrier")} /><TextField {...f} name="zone" label={t("zone")} /><NumberField {...f} name="priority_max" label={t("priorityMax")} /><NumberField {...f} name="cutoff_within_minutes" label={t("cutoffWithin")} />
      </div>
      <SaveRow {...f} label={t("save")} />
    </form>
  );
}

function Cartons({ site, ...words }: Words & { site: string }) {
  const { t, speech } = words;
  const [all, setAll] = useState<CartonType[] | null>(null);
  const [wrong, setWrong] = useState<unknown>(null);
  const [open, setOpen] = useState<CartonType | "new" | null>(null);
  const look = (): void => void items<CartonType>("/api/v1/carton-types").then((found) => { setAll(found.filter((one) => one.site === site)); setWrong(null); }, setWrong);
  useEffect(look, [site]);
  return (
    <section><Card title={t("cartons")} beside={<button onClick={() => setOpen("new")}>{t("newCarton")}</button>}>
      {wrong !== null && <Notice tone="bad">{speech.told(wrong)}</Notice>}
      <p class="tip">{t("cartonsTip")}</p>
      {all && <Rows title={t("cartons")} rows={all} id={(row) => row.code} empty={t("noCartons")} columns={[
        { head: t("code"), cell: (row) => <button class="bare open" onClick={() => setOpen(row)}>{row.code}</button> }, { head: t("innerSize"), cell: (row) => `${row.length_mm} × ${row.width_mm} × ${row.height_mm}`, isNumber: true },
        { head: t("maxWeight"), cell: (row) => row.max_weight_g || "–", isNumber: true }, { head: t("ownWeight"), cell: (row) => row.own_weight_g, isNumber: true }, { head: t("cost"), cell: (row) => row.cost, isNumber: true }, { head: t("state"), cell: (row) => (row.blocked ? <Chip tone="bad">{t("blocked")}</Chip> : <Chip tone="good">{t("usable")}</Chip>) }]} />}
      {open !== null && <Panel title={open === "new" ? t("newCarton") : open.code} close={() => setOpen(null)} closeText={t("close")}><CartonForm {...words} site={site} carton={open === "new" ? null : open} saved={() => { look(); setOpen(null); }} /></Panel>}
    </Card></section>
  );
}

function CartonForm({ site, carton, saved, ...words }: Words & { site: string; carton: CartonType | null; saved: () => void }) {
  const { t } = words;
  const amount = (value: number | undefined): string => (value ? String(value) : "");
  const form = useForm(`carton/${site}/${carton?.code ?? ""}`, { code: carton?.code ?? "", length_mm: amount(carton?.length_mm), width_mm: amount(carton?.width_mm), height_mm: amount(carton?.height_mm), max_weight_g: amount(carton?.max_weight_g), own_weight_g: amount(carton?.own_weight_g), cost: amount(carton?.cost), blocked: carton?.blocked ?? false });
  const f = { form, ...words };
  const path = (code: string): string => `/api/v1/carton-types/${encodeURIComponent(code.trim())}`;
  const save = (event: Event): void => {
    event.preventDefault();
    void form.send(async ({ code, blocked, ...amounts }) => {
      await call({}, "PUT", path(code), { site, blocked, ...Object.fromEntries(Object.entries(amounts).map(([name, value]) => [name, numberOf(value, 0)])) });
      saved();
    });
  };
  return (
    <form class="stack" onSubmit={save}>
      <div class="grid fields small">
        <TextField {...f} name="code" label={t("code")} required disabled={carton !== null} maxLength={32} /><NumberField {...f} name="length_mm" label={t("length")} /><NumberField {...f} name="width_mm" label={t("width")} /><NumberField {...f} name="height_mm" label={t("height")} />
        <NumberField {...f} name="max_weight_g" label={t("maxWeight")} tip={t("noLimit")} /><NumberField {...f} name="own_weight_g" label={t("ownWeight")} /><NumberField {...f} name="cost" label={t("cost")} tip={t("costTip")} />
      </div>
      <TickField {...f} name="blocked" label={t("cartonBlocked")} />
      <SaveRow {...f} label={t("save")} />
    </form>
  );
}
