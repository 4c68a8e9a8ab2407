/** The orders of a channel that none here agrees with: why, what the channel wrote, and how each is mended. */
import { useEffect, useState } from "preact/hooks";
import { Said, Thing, useActs } from "../dashboard/lists";
import { Empty, Field, Notice } from "../look/parts";
import { call } from "../net/api";
import { items, pages } from "../net/lists";
import { Saying } from "../pages/language";
import { span } from "./card";
import type { Channel, Outcome, Refused, Words } from "./shapes";
import { say } from "./texts";

const TYPING_MS = 200;

export function RefusedOrders({ channel, changed, ...words }: Words & { channel: Channel; changed: () => Promise<void> }) {
  const { t, speech } = words;
  const [rows, setRows] = useState<Refused[] | null>(null);
  const [wrong, setWrong] = useState<unknown>(null);
  const at = `/api/v1/channels/${encodeURIComponent(channel.code)}`;
  const look = (): void => void pages<Refused>(`${at}/refused`).then((found) => { setRows(found); setWrong(null); }, setWrong);
  useEffect(look, [channel.code, speech.language]);
  const acts = useActs({ t: t as Parameters<typeof useActs>[0]["t"], changed }, look);
  const again = async (one: Refused): Promise<Saying> => {
    const { result, order_number, words: why } = await call<Outcome>({}, "POST", `/api/v1/papers/${one.id}/try-again`);
    if (result === "refused") throw new Saying((language) => say(language, "stillRefused", { reference: one.reference, words: why }));
    return new Saying((language) => (result === "taken" ? say(language, "taken", { reference: one.reference, order: order_number }) : say(language, "ended", { reference: one.reference })));
  };
  const name = (one: Refused, told: Named) => async (): Promise<Saying> => {
    await call({}, "POST", `${at}/items`, told);
    return again(one);
  };
  return (
    <div class="stack">
      <p class="dim">{t("refusedTip")}</p>
      {wrong !== null && <Notice tone="bad">{speech.told(wrong)}</Notice>}
      <Said said={acts.said} />
      {rows === null ? <p>…</p> : !rows.length && <Empty>{t("refusedNone")}</Empty>}
      {rows?.map((one) => (
        <Thing key={one.id} title={one.reference} facts={<>{one.words} · {t("ago", { time: span(Date.now() - one.changed_at, t) })}</>}>
          <div class="whole stack">
            {one.unknown.map((unknown) => <Ours key={unknown.name} {...words} unknown={unknown} isBusy={acts.isBusy} say={(told) => acts.act(name(one, told))} />)}
            <details><summary>{t("document")}</summary><pre>{JSON.stringify(one.document, null, 1)}</pre></details>
            <div class="row"><button class={one.unknown.length ? "" : "main"} disabled={acts.isBusy} onClick={() => acts.act(() => again(one))}>{t("tryAgain")}</button></div>
          </div>
        </Thing>))}
    </div>
  );
}

interface Named { name: string; item: string; quantity: number }

/** Which item of ours it is: found as one types, by code or name. */
function Ours({ unknown, isBusy, say, t }: Words & { unknown: Refused["unknown"][number]; isBusy: boolean; say: (told: Named) => void }) {
  const [isOpen, setOpen] = useState(false);
  const [item, setItem] = useState("");
  const [quantity, setQuantity] = useState("1");
  const [known, setKnown] = useState<{ code: string; name: string }[]>([]);
  useEffect(() => {
    if (!isOpen) return undefined;
    const timer = setTimeout(() => void items<{ code: string; name: string }>(`/api/v1/items?sort=code&limit=20&search=${encodeURIComponent(item)}`).then(setKnown, () => undefined), TYPING_MS);
    return () => clearTimeout(timer);
  }, [item, isOpen]);
  const list = `items-like-${unknown.name}`;
  if (!isOpen) return <div class="row"><span class="grow"><b>{unknown.name}</b>{unknown.title && <span class="dim"> {unknown.title}</span>}</span><button class="main" onClick={() => setOpen(true)}>{t("ours")}</button></div>;
  return (
    <form class="stack" onSubmit={(event) => { event.preventDefault(); say({ name: unknown.name, item: item.trim(), quantity: Number(quantity) }); }}>
      <p>{t("oursTitle", { name: unknown.name })}{unknown.title && <span class="dim"> ({unknown.title})</span>}</p>
      <div class="grid fields">
        <Field label={t("item")} tip={known.find((one) => one.code === item.trim())?.name ?? t("nameTip")}><input name="item" list={list} value={item} required maxLength={64} autocomplete="off" onInput={(event) => setItem(event.currentTarget.value)} /></Field>
        <Field label={t("pieces")}><input name="quantity" type="number" min={1} max={1_000_000} required value={quantity} onInput={(event) => setQuantity(event.currentTarget.value)} /></Field>
      </div>
      <datalist id={list}>{known.map((one) => <option key={one.code} value={one.code}>{one.name}</option>)}</datalist>
      <div class="row"><button class="main" type="submit" disabled={isBusy}>{t("name")}</button></div>
    </form>
  );
}
