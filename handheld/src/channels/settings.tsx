/** A channel is connected, or its settings are changed: each kind says itself what it wants. */
import { useState } from "preact/hooks";
import { Field } from "../look/parts";
import { ChoiceField, NumberField, numberOf, SaveRow, TextField, TickField, useForm, type Form } from "../masterdata/form";
import { say as sayMasterdata } from "../masterdata/texts";
import { call } from "../net/api";
import { BACKORDERS, type Backorder, type Channel, type Kind, type Schema, type Setting, type Site, type Words } from "./shapes";
import type { Key } from "./texts";

export const titleOf = (kind: Kind, t: Words["t"]): string => t(`kind.${kind.kind}` as Key) ?? kind.title;
type Values = Record<string, string | number | boolean>;
const OURS = new Set(["code", "name", "site", "every_seconds", "promises_unpaid", "sourcing", "backorder", "presell_days"]);
const SOURCING = ["off", "on", "together"] as const;
/** A setting's field has its own name, so that what the server says of it stands beside it. */
const fieldOf = (setting: string): string => (OURS.has(setting) ? `setting_${setting}` : setting);

export function Connect({ kinds, sites, saved, ...words }: Words & { kinds: Kind[]; sites: Site[]; saved: (what: string) => void }) {
  const { t } = words;
  const [name, setName] = useState(kinds[0]?.kind ?? "");
  const kind = kinds.find((one) => one.kind === name);
  return (
    <div class="stack">
      <Field label={t("chooseKind")}><select name="kind" value={name} onChange={(event) => setName(event.currentTarget.value)}>{kinds.map((one) => <option key={one.kind} value={one.kind}>{titleOf(one, t)}</option>)}</select></Field>
      {kind && <SettingsForm key={kind.kind} {...words} kind={kind} sites={sites} channel={null} saved={saved} />}
    </div>
  );
}

export function SettingsForm({ kind, channel, sites, saved, ...words }: Words & { kind: Kind; channel: Channel | null; sites: Site[]; saved: (what: string) => void }) {
  const { t, speech } = words;
  const start: Values = {
    code: "", name: channel?.name ?? "", site: sites[0]?.code ?? "", every_seconds: String(channel?.every_seconds ?? 10), promises_unpaid: channel?.promises_unpaid ?? false, sourcing: channel?.sourcing ?? "off", backorder: channel?.backorder ?? "never", presell_days: String(channel?.presell_days ?? 30),
    ...Object.fromEntries(Object.entries(kind.settings).map(([name, schema]) => [fieldOf(name), shown(schema, channel?.settings[name] ?? schema.default)]))};
  const form = useForm<Values>(`channel/${channel?.code ?? kind.kind}`, start, kind.secrets.map(fieldOf));
  const f = { form, speech, t: (key: Parameters<typeof sayMasterdata>[1], args?: Record<string, unknown>) => sayMasterdata(speech.language, key, args) };
  const send = (): Promise<void> => form.send(async (values) => {
    const settings = Object.fromEntries(Object.entries(kind.settings).filter(([name]) => !kind.secrets.includes(name) || values[fieldOf(name)] !== "").map(([name, schema]) => [name, told(schema, values[fieldOf(name)] ?? "")]));
    const body = { name: String(values["name"]).trim() || undefined, promises_unpaid: Boolean(values["promises_unpaid"]), sourcing: values["sourcing"], backorder: values["backorder"], presell_days: numberOf(values["presell_days"] ?? "", 30), every_seconds: numberOf(values["every_seconds"] ?? "", 10), settings };
    if (channel) await call({}, "PATCH", `/api/v1/channels/${encodeURIComponent(channel.code)}`, body);
    else await call({}, "POST", "/api/v1/channels", { ...body, code: String(values["code"]).trim(), kind: kind.kind, site: values["site"] });
    saved(String(values["name"] || values["code"] || channel?.name));
  });
  return (
    <form class="stack" onSubmit={(event) => { event.preventDefault(); void send(); }}>
      <div class="grid fields">
        {!channel && <TextField {...f} name="code" label={t("code")} tip={t("codeTip")} required maxLength={32} />}
        <TextField {...f} name="name" label={t("showName")} maxLength={128} />
        {!channel && <ChoiceField {...f} name="site" label={t("site")} choices={sites.map((one) => [one.code, `${one.code} ${one.name}`] as const)} />}
        <NumberField {...f} name="every_seconds" label={t("every")} />
      </div>
      <div class="grid fields">{Object.entries(kind.settings).map(([name, schema]) => <OneSetting key={name} {...words} f={f} name={name} schema={schema} isSecret={kind.secrets.includes(name)} isNew={channel === null} />)}</div>
      <ChoiceField {...f} name="sourcing" label={t("sourcing")} tip={t(`sourcingTip.${form.values["sourcing"] as (typeof SOURCING)[number]}`)} choices={SOURCING.map((one) => [one, t(`sourcing.${one}`)] as const)} />
      <div class="grid fields">
        <ChoiceField {...f} name="backorder" label={t("backorder")} tip={t(`backorderTip.${form.values["backorder"] as Backorder}`)} choices={BACKORDERS.map((one) => [one, t(`backorderIs.${one}`)] as const)} />
        {form.values["backorder"] === "dated" && <NumberField {...f} name="presell_days" label={t("presellDays")} />}
      </div>
      <TickField {...f} name="promises_unpaid" label={t("unpaid")} />
      {channel && <p class="tip">{t("hook")} <code>{location.origin}/api/v1/hooks/{channel.code}</code>. {t("hookTip")}</p>}
      <SaveRow {...f} label={t("save")} />
    </form>
  );
}

function OneSetting({ f, name, schema, isSecret, isNew, t }: Words & { f: { form: Form<Values>; speech: Words["speech"]; t: (key: Parameters<typeof sayMasterdata>[1], args?: Record<string, unknown>) => string }; name: string; schema: Schema; isSecret: boolean; isNew: boolean }) {
  const key = fieldOf(name);
  const label = t(`set.${name}` as Key) ?? schema.title ?? name;
  const required = isNew && schema.default === undefined && !schema.anyOf;
  if (isSecret) return <TextField {...f} name={key} type="password" label={label} tip={isNew ? schema.description : t("secretTip")} required={required} maxLength={schema.maxLength ?? 4_096} />;
  if (schema.type === "boolean") return <TickField {...f} name={key} label={label} />;
  if (schema.type === "integer") return <NumberField {...f} name={key} label={label} tip={schema.description} />;
  if (schema.type === "object") return <Field label={label} tip={t("tableTip")}><textarea name={key} rows={3} value={String(f.form.values[key])} onInput={(event) => f.form.set(key, event.currentTarget.value)} /></Field>;
  return <TextField {...f} name={key} label={label} tip={schema.description} required={required} maxLength={schema.maxLength ?? 4_096} />;
}

/** A setting as it stands in its field: a table is a line for each of its names. */
function shown(schema: Schema, value: Setting | undefined): string | boolean {
  if (schema.type === "boolean") return Boolean(value);
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? Object.entries(value).map(([ours, theirs]) => `${ours} = ${theirs}`).join("\n") : String(value);
}

function told(schema: Schema, typed: string | number | boolean): Setting {
  if (schema.type === "boolean") return Boolean(typed);
  if (schema.type === "integer") return numberOf(typed, 0);
  if (schema.type !== "object") return String(typed).trim();
  return Object.fromEntries(String(typed).split("\n").map((line) => line.split(/\s*[=＝]\s*/)).filter(([ours, theirs]) => ours?.trim() && theirs?.trim()).map(([ours, theirs]) => [String(ours).trim(), String(theirs).trim()]));
}
