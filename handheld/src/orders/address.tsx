/** Where an order goes; and that changed, field by field, as long as the floor allows it. */
import { useState } from "preact/hooks";
import { Said, useActs } from "../dashboard/lists";
import { Card, Field, Notice, Panel } from "../look/parts";
import { ApiError, call } from "../net/api";
import { Saying } from "../pages/language";
import { useFindings } from "../phone/receiver";
import { ADDRESS, emptyDraft, type Address } from "../phone/shapes";
import { Ask, at, verbOf } from "./changes";
import { MAY_CANCEL, type Entry, type Order, type Story as Told, type Words } from "./shapes";
import { Story } from "./story";
import { say, type Key } from "./texts";

const ABROAD = ["name", "phone", "country", "street", "postcode", "city", "state", "district"] as const;
const IN_CHINA = ["name", "phone", "country", "state", "city", "district", "street", "postcode"] as const;
/** From its packing on a parcel carries its address. */
const OF_PARCELS = new Set(["packed", "label_printed", "label_seen", "label_waits", "loaded", "left", "set_down", "handed_out"]);

interface AddressProps extends Words {
  order: Order;
  told: Told;
  at: (moment: number) => string;
  changed: () => Promise<void>;
}

export function AddressCard({ order, told, changed, ...words }: AddressProps) {
  const { t } = words;
  const [isOpen, setOpen] = useState(() => MAY_CANCEL.has(order.state) && isAskedFor(order.number));
  const acts = useActs({ t: t as Parameters<typeof useActs>[0]["t"], changed }, () => undefined);
  const done = (said: string): void => { setOpen(false); acts.act(async () => said); };
  const parcels = told.items.filter((one) => OF_PARCELS.has(one.kind));
  const mayChange = MAY_CANCEL.has(order.state);
  return (
    <Card title={t("address")} beside={mayChange && <button onClick={() => setOpen(true)}>{t("readdress")}</button>}>
      <div class="stack">
        <Said said={acts.said} />
        <Written order={order} t={t} />
        {!mayChange && order.state !== "cancelled" && <p class="dim">{order.state === "merged" ? t("goesWithOther") : whatToDo(parcels, t)}</p>}
        {isOpen && <Panel title={`${verbOf("readdress", t)} ${order.number}`} close={() => setOpen(false)} closeText={t("close")}><AddressForm {...words} order={order} parcels={parcels} done={done} stop={() => setOpen(false)} /></Panel>}
      </div>
    </Card>
  );
}

/** Who comes from an order's exception wants to change the address, once. */
function isAskedFor(number: string): boolean {
  if (new URLSearchParams(location.search).get("address") !== number) return false;
  history.replaceState(null, "", location.pathname + location.hash);
  return true;
}

function Written({ order, t }: { order: Order; t: Words["t"] }) {
  const { name, phone, country, postcode, state, city, district, street, encrypted: _, ...more } = order.ship_to;
  const place = country === "CN" // the large before the small; Beijing is named once, though it is its own city
    ? [[...new Set([state, city, district])].filter(Boolean).join(""), street, postcode]
    : [street, [district, city].filter(Boolean).join(", "), [postcode, state, country].filter(Boolean).join(" ")];
  const lines = [name, ...place, ...Object.values(more)].filter(Boolean);
  if (!lines.length && !phone) return <p class="dim">{t("noAddress")}</p>;
  return <address>{lines.map((one) => <p key={one}>{one}</p>)}{phone && <p>{t("phone")} {phone}</p>}</address>;
}

/** What its channel keeps secret stays as the channel has it: the label comes from there. */
const secrets = (order: Order): Set<string> => new Set([...(order.ship_to["encrypted"] ?? "").split(","), ...Object.entries(order.ship_to).filter(([, value]) => value.includes("*")).map(([name]) => name)]);

function AddressForm({ order, parcels, done, stop, at: moment, ...words }: Omit<AddressProps, "told" | "changed"> & { parcels: Entry[]; done: (told: string) => void; stop: () => void }) {
  const { t, speech } = words;
  const [value, setValue] = useState<Record<string, string>>({ ...order.ship_to });
  const secret = secrets(order);
  const address = Object.fromEntries(ADDRESS.map((field) => [field, value[field] ?? ""])) as Address;
  const { findings, better } = useFindings({ ...emptyDraft(), phone: value["phone"] ?? "", address }, speech.language);
  const shown = address.country === "CN" ? IN_CHINA : ABROAD.filter((field) => field !== "district" || address.district);
  const label = (field: string): string => t((field === "state" && address.country === "CN" ? "field.province" : `field.${field}`) as Key) ?? field;
  const go = async (reason: string): Promise<string> => {
    const wanted = Object.fromEntries(Object.entries(value).map(([name, said]) => [name, said.trim()]).filter(([, said]) => said));
    if (same(wanted, order.ship_to)) throw new Saying((language) => say(language, "sameAddress"));
    const customer = order.customer && order.customer === order.ship_to["name"] ? { customer: wanted["name"] ?? "" } : {};
    await call({}, "POST", at(order.number, "change"), { reason, ship_to: wanted, ...customer });
    return t("wasReaddressed", { number: order.number });
  };
  const choices = (findings ?? []).flatMap((one) => (Array.isArray(one.suggestion["choices"]) ? one.suggestion["choices"].map(String) : []));
  return (
    <Ask {...words} how="readdressHow" verb="readdress" go={go} done={done} stop={stop} aside={(wrong) => isTooLate(wrong) && !parcels.length && <WhereItStands {...words} parcels={parcels} at={moment} />}>
      {parcels.length > 0 && <WhereItStands {...words} parcels={parcels} at={moment} />}
      <div class="grid fields small">{shown.map((field) => (
        <Field key={field} label={label(field)} {...(secret.has(field) ? { tip: t("secretField") } : {})}>
          <input name={field} autoComplete="off" maxLength={field === "country" ? 2 : 256} value={value[field] ?? ""} disabled={secret.has(field)} aria-invalid={(findings ?? []).some((one) => one.field === field && one.severity === "hold")}
            onInput={(event) => setValue({ ...value, [field]: field === "country" ? event.currentTarget.value.toUpperCase() : event.currentTarget.value })} />
        </Field>))}</div>
      <div class="stack tight" role="status" aria-label={t("aboutAddress")}>
        {findings !== null && !findings.length && <p class="good">✓ {t("fineAddress")}</p>}
        {findings?.map((one) => <Notice key={`${one.code}/${one.field}`} tone={one.severity === "hold" ? "bad" : "warn"}>{one.words}</Notice>)}
        {choices.length > 0 && <p>{t("mayBe", { what: choices.join(", ") })}</p>}
        {Object.keys(better).length > 0 && <button type="button" name="better" onClick={() => setValue({ ...value, ...better })}>{t("takeBetter", { what: Object.entries(better).map(([field, said]) => `${label(field)} ${said}`).join(", ") })}</button>}
      </div>
    </Ask>
  );
}

const same = (one: Record<string, string>, other: Record<string, string>): boolean => [...new Set([...Object.keys(one), ...Object.keys(other)])].every((name) => (one[name] ?? "") === (other[name] ?? ""));
const isTooLate = (wrong: unknown): boolean => wrong instanceof ApiError && wrong.status === 409;

/** What was done last with its parcels, and what somebody has to do before the address can be another. */
function WhereItStands({ parcels, at, ...words }: Words & { parcels: Entry[]; at: (moment: number) => string }) {
  const { t } = words;
  return (
    <Notice tone="warn">
      <div class="stack tight"><p><b>{t("tooLate")}</b> {whatToDo(parcels, t)}</p>{parcels.length > 0 && <Story {...words} entries={parcels.slice(-3)} at={at} />}</div>
    </Notice>
  );
}

function whatToDo(parcels: Entry[], t: Words["t"]): string {
  const last = (kind: string): Record<string, unknown> | undefined => parcels.filter((one) => one.kind === kind).pop()?.args;
  const left = last("left") ?? last("handed_out");
  if (left) return t("doLeft");
  const loaded = last("loaded");
  if (loaded) return t("doLoaded", loaded);
  const packed = last("packed");
  return packed ? t("doPacked", packed) : t("doLook");
}
