/** Items: found, made, changed. */
import { useEffect, useState } from "preact/hooks";
import { Chip, Notice, Panel } from "../look/parts";
import { read, written } from "../look/money";
import { call } from "../net/api";
import { items } from "../net/lists";
import { Saying } from "../pages/language";
import { ChoiceField, NumberField, numberOf, SaveRow, TextField, TickField, useForm } from "./form";
import { Sorted, useSorted } from "./list";
import { PictureField, sendPicture } from "./picture";
import type { Item, Site, SiteWhole, WholeItem, Words } from "./shapes";
import { say } from "./texts";
import { Toolbar } from "./toolbar";

export const LEVELS = ["each", "inner", "case", "pallet"] as const;
const NEW = "";

export function Items(words: Words) {
  const { t } = words;
  const [search, setSearch] = useState("");
  const [open, setOpen] = useState<string | null>(null);
  const found = useSorted<Item>("/api/v1/items?", search);
  return (
    <>
      <Toolbar {...words} kind="items" search={search} setSearch={setSearch} add={() => setOpen(NEW)} addLabel={t("newItem")} changed={found.again} />
      <Sorted {...words} found={found} id={(row) => row.code} open={(row) => setOpen(row.code)} title={t("items")} none={t(search ? "nothingFound" : "noItems")} cells={[
        { head: t("code"), show: (row) => row.code }, { head: t("name"), show: (row) => row.name }, { head: t("abc"), show: (row) => row.abc },
        { head: t("zone"), show: (row) => row.zone ?? "" }, { head: t("weight"), show: (row) => (row.weight_g ? `${row.weight_g.toLocaleString()} g` : ""), isNumber: true },
        { head: t("tracked"), show: (row) => <>{row.tracks_lot ? <Chip>{t("lot")}</Chip> : null} {row.tracks_expiry ? <Chip>{t("expiry")}</Chip> : null} {row.tracks_serial ? <Chip>{t("serial")}</Chip> : null} {row.catch_weight ? <Chip>{t("catchWeight")}</Chip> : null}</> }]} />
      {open !== null && <ItemPanel key={open} {...words} code={open} close={() => setOpen(null)} changed={(code) => { found.again(); setOpen(code); }} />}
    </>
  );
}

function ItemPanel({ code, close, changed, ...words }: Words & { code: string; close: () => void; changed: (code: string | null) => void }) {
  const { t, speech } = words;
  const [item, setItem] = useState<WholeItem | null>(null);
  const [wrong, setWrong] = useState<unknown>(null);
  const currency = useCurrency();
  useEffect(() => { if (code !== NEW) void call<WholeItem>({}, "GET", `/api/v1/items/${encodeURIComponent(code)}`).then(setItem, setWrong); }, [code]);
  return (
    <Panel title={code === NEW ? t("newItem") : code} close={close} closeText={t("close")}>
      {wrong !== null && <Notice tone="bad">{speech.told(wrong)}</Notice>}
      {(item || code === NEW) && currency !== null && <ItemForm {...words} currency={currency} item={item} saved={() => changed(null)} />}
    </Panel>
  );
}

function ItemForm({ item, saved, currency, ...words }: Words & { item: WholeItem | null; saved: () => void; currency: string }) {
  const { t } = words;
  const [chosen, setChosen] = useState<Blob | null>(null);
  const form = useForm(`item/${item?.code ?? ""}`, {
    code: item?.code ?? "", name: item?.name ?? "", unit: item?.unit ?? "each", abc: item?.abc ?? "C", zone: item?.zone ?? "", handling: item?.handling ?? "", price: item?.price == null ? "" : written(item.price, currency), picture: item?.picture ?? "",
    weight_g: known(item?.weight_g), volume_ml: known(item?.volume_ml), length_mm: known(item?.length_mm), width_mm: known(item?.width_mm), height_mm: known(item?.height_mm),
    this_side_up: Boolean(item?.this_side_up), tracks_lot: Boolean(item?.tracks_lot), tracks_expiry: Boolean(item?.tracks_expiry), tracks_serial: Boolean(item?.tracks_serial), catch_weight: Boolean(item?.catch_weight),
    level: item ? "case" : "each", quantity: item ? "" : "1", barcode: "",
  });
  const f = { form, ...words };
  const save = (event: Event): void => {
    event.preventDefault();
    void form.send(async ({ code, level, quantity, barcode, zone, picture, price, ...rest }) => {
      const amount = String(price).trim() ? read(String(price), currency) : null;
      if (String(price).trim() && amount === null) throw new Saying((language) => say(language, "priceWrong"));
      const packs = String(quantity).trim() && (barcode || !item || level !== "each") ? [{ level, quantity: numberOf(quantity, 0), barcodes: barcode ? [barcode] : [] }] : [];
      await call({}, "PUT", `/api/v1/items/${encodeURIComponent(code.trim())}`, { ...rest, zone: zone || null, picture: picture || null, price: amount, packs,
        ...Object.fromEntries((["weight_g", "volume_ml", "length_mm", "width_mm", "height_mm"] as const).map((name) => [name, numberOf(rest[name], 0)])) });
      if (chosen) await sendPicture(code.trim(), chosen);
      saved();
    });
  };
  return (
    <form class="stack" onSubmit={save}>
      <div class="grid fields">
        <TextField {...f} name="code" label={t("code")} required disabled={item !== null} maxLength={64} />
        <TextField {...f} name="name" label={t("name")} required maxLength={256} />
        <TextField {...f} name="unit" label={t("unit")} tip={t("unitTip")} maxLength={16} />
        <ChoiceField {...f} name="abc" label={t("abc")} tip={t("abcTip")} choices={["A", "B", "C"].map((one) => [one, one] as const)} />
        <TextField {...f} name="price" label={t("price", { currency: currency || t("priceUnits") })} tip={t("priceTip")} maxLength={16} />
        <TextField {...f} name="zone" label={t("zone")} tip={t("zoneTip")} maxLength={16} />
      </div>
      <h3>{t("picture")}</h3>
      <PictureField {...words} code={item?.code ?? ""} address={item?.kept_picture ?? null} elsewhere={item?.picture ?? null} choose={setChosen} />
      <h3>{t("size")}</h3>
      <div class="grid fields small">
        <NumberField {...f} name="length_mm" label={t("length")} /><NumberField {...f} name="width_mm" label={t("width")} /><NumberField {...f} name="height_mm" label={t("height")} />
        <NumberField {...f} name="weight_g" label={t("weightG")} /><NumberField {...f} name="volume_ml" label={t("volume")} />
      </div>
      <TickField {...f} name="this_side_up" label={t("thisSideUp")} />
      <TextField {...f} name="handling" label={t("handling")} tip={t("handlingTip")} maxLength={32} />
      <h3>{t("tracked")}</h3>
      {item && <p class="tip">{t("trackedFixed")}</p>}
      <div class="row">
        <TickField {...f} name="tracks_lot" label={t("lot")} disabled={item !== null} /><TickField {...f} name="tracks_expiry" label={t("expiry")} disabled={item !== null} />
        <TickField {...f} name="tracks_serial" label={t("serial")} disabled={item !== null} /><TickField {...f} name="catch_weight" label={t("catchWeight")} disabled={item !== null} />
      </div>
      <h3>{t("packs")}</h3>
      {item && <ul class="plain">{item.packs.map((pack) => <li key={`${pack.level}/${pack.quantity}`}>{t(`level_${pack.level}` as "level_each")} · {pack.quantity} {item.barcodes.filter((one) => one.level === pack.level && one.quantity === pack.quantity).map((one) => <code key={one.key} class="chip">{one.key.replace(/^gtin:/, "")}</code>)}</li>)}</ul>}
      <div class="grid fields small">
        <ChoiceField {...f} name="level" label={t(item ? "morePack" : "pack")} choices={LEVELS.map((one) => [one, t(`level_${one}`)] as const)} />
        <NumberField {...f} name="quantity" label={t("packQuantity")} />
        <TextField {...f} name="barcode" label={t("barcode")} tip={t("barcodeTip")} maxLength={120} />
      </div>
      <SaveRow {...f} label={t("save")} />
    </form>
  );
}

/** In what the catalogue's prices are: that of the first warehouse which has said one; "" where none has, null until that is known. */
function useCurrency(): string | null {
  const [currency, setCurrency] = useState<string | null>(null);
  useEffect(() => {
    void items<Site>("/api/v1/sites").then((sites) => Promise.all(sites.map((one) => call<SiteWhole>({}, "GET", `/api/v1/sites/${encodeURIComponent(one.code)}`))))
      .then((sites) => sites.map((one) => String(one.settings["currency"] ?? "")).find((one) => one !== "") ?? "").then(setCurrency, () => setCurrency(""));
  }, []);
  return currency;
}

const known = (value: number | undefined): string => (value ? String(value) : "");
