/** An order taken in while the customer is on the phone, by the keyboard alone. */
import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Card, Field, Notice } from "../look/parts";
import { money } from "../look/money";
import { ApiError, call } from "../net/api";
import { items } from "../net/lists";
import { Frame, useFound } from "../pages/frame";
import { useLanguage } from "../pages/language";
import { uuid7 } from "../store/queue";
import { Goods } from "./goods";
import { EarlierOnes, Receiver, useEarlier, useFindings } from "./receiver";
import { ADDRESS, emptyDraft, lacks, postageOf, priceOf, quantityOf, rememberCountry, rememberSourced, shipTo, totalOf, type AddressField, type Collection, type Draft, type Earlier, type Site, type Taken, type Words } from "./shapes";
import { say } from "./texts";
import "./style.css";

const TIMEOUT_MS = 8_000;
const LACKS = { lines: "lacksLines", name: "lacksName", street: "lacksStreet", postage: "lacksPostage", prices: "lacksPrices" } as const;
const SITE = "aisle-phone-site";

function Page() {
  const speech = useLanguage();
  const { found, trouble, look } = useFound(() => items<Site>("/api/v1/sites"));
  const [site, setSite] = useState(localStorage.getItem(SITE) ?? "");
  const [call_, setCall] = useState(0);
  const t: Words["t"] = (key, args) => say(speech.language, key, args);
  useEffect(() => void look(), []);
  const code = found?.find((one) => one.code === site)?.code ?? found?.[0]?.code ?? "";
  const words = { t, speech };
  return (
    <Frame title={t("title")} {...{ speech, trouble, look }}>
      {!code ? <p class="dim">…</p> : (
        <main class="stack">
          {(found?.length ?? 0) > 1 && <Field label={t("site")}><select name="site" value={code} onChange={(event) => { setSite(event.currentTarget.value); localStorage.setItem(SITE, event.currentTarget.value); }}>{found?.map((one) => <option key={one.code} value={one.code}>{one.code} {one.name}</option>)}</select></Field>}
          <Call key={`${call_}/${code}`} {...words} site={code} hasOthers={(found?.length ?? 0) > 1} next={() => setCall(call_ + 1)} />
        </main>)}
    </Frame>
  );
}

interface Done { taken: Taken; code: string }

/** One call, from the number that rings to the order's number. */
function Call({ site, hasOthers, next, ...words }: Words & { site: string; hasOthers: boolean; next: () => void }) {
  const [draft, setDraft] = useState<Draft>(emptyDraft);
  const [done, setDone] = useState<Done | null>(null);
  return done ? <Told {...words} done={done} next={next} /> : <Form {...words} site={site} hasOthers={hasOthers} draft={draft} set={setDraft} taken={setDone} />;
}

interface FormProps extends Words {
  site: string;
  /** There are other warehouses that could send. */
  hasOthers: boolean;
  draft: Draft;
  set: (change: (before: Draft) => Draft) => void;
  taken: (done: Done) => void;
}

function Form({ site, hasOthers, draft, set, taken, ...words }: FormProps) {
  const { t, speech } = words;
  const form = useRef<HTMLFormElement>(null);
  const earlier = useEarlier(site, draft.phone);
  const { findings, better } = useFindings(draft, speech.language);
  const currency = useCurrency(site);
  const isAnywhere = hasOthers && draft.isSourced && !draft.isCollected;
  const { send, isBusy, wrong } = useSending(site, currency, isAnywhere, taken);
  const [asks, setAsks] = useState(false);
  const change = (part: Partial<Draft>): void => set((before) => ({ ...before, ...part }));
  const go = (name: string): void => { form.current?.querySelector<HTMLElement>(`[name=${name}]`)?.focus(); };
  useEffect(() => go("phone"), []);
  const missing = lacks(draft, currency);
  const isWhole = missing === null;
  const total = totalOf(draft, currency);
  const take = (one: Earlier): void => {
    const known = Object.fromEntries(ADDRESS.map((field) => [field, one.ship_to[field] ?? ""])) as Draft["address"];
    change({ address: { ...known, name: known.name || one.customer, country: known.country || draft.address.country }, carrier: one.carrier, isCollected: one.delivery === "collect" });
    go("item");
  };
  const takeBetter = (): void => change({ address: { ...draft.address, ...better } });
  const submit = (): void => {
    setAsks(true);
    if (isWhole) void send(draft);
    else go({ lines: "item", name: "name", street: "street", postage: "postage", prices: wrongPrice(draft, currency) }[missing]);
  };
  const keys = (event: KeyboardEvent): void => {
    const chosen = event.altKey && /^[1-3]$/.test(event.key) ? earlier[Number(event.key) - 1] : undefined;
    if (event.key === "F2") takeBetter();
    else if (event.key === "F4") change({ isCollected: !draft.isCollected });
    else if (event.key === "Enter" && event.ctrlKey) submit();
    else if (chosen) take(chosen);
    else return;
    event.preventDefault();
  };
  const afterGoods = (): void => go(missing === "name" || missing === "street" ? (draft.address.name ? "street" : "name") : "submit");
  const shown: AddressField[] = draft.isCollected ? ["name"] : [...ADDRESS];
  const onEnter = (name: string) => (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || event.ctrlKey) return;
    event.preventDefault();
    go(name);
  };
  return (
    <form ref={form} class="call" noValidate onKeyDown={keys} onSubmit={(event) => { event.preventDefault(); submit(); }}>
      <div class="stack">
        <Card>
          <Field label={t("phone")} tip={t("phoneTip")}>
            <input name="phone" type="tel" autoComplete="off" maxLength={40} value={draft.phone} onInput={(event) => change({ phone: event.currentTarget.value })}
              onKeyDown={(event) => { if (event.key !== "Enter" || event.ctrlKey) return; event.preventDefault(); if (earlier[0]) take(earlier[0]); else go("item"); }} />
          </Field>
          <EarlierOnes {...words} earlier={earlier} take={take} />
        </Card>
        <Goods {...words} site={site} currency={currency} isAnywhere={isAnywhere} lines={draft.lines} change={(lines) => change({ lines })} done={afterGoods} />
      </div>
      <div class="stack">
        <Receiver {...words} draft={draft} change={(address) => change({ address })} findings={findings} better={better} takeBetter={takeBetter}
          next={(field) => go(shown[shown.indexOf(field) + 1] ?? "carrier")} />
        <Card>
          <div class="row" role="radiogroup" aria-label={t("delivery")}>{([false, true] as const).map((one) => (
            <label key={String(one)} class="check"><span>{t(one ? "collect" : "ship")}</span><input type="radio" name={one ? "collect" : "ship"} checked={draft.isCollected === one} onChange={() => change({ isCollected: one })} /></label>))}<span class="dim">{t("delivery")}</span></div>
          {hasOthers && !draft.isCollected && <label class="check"><span>{t("sourced")}</span><input type="checkbox" name="sourced" checked={draft.isSourced} onChange={(event) => change({ isSourced: event.currentTarget.checked })} /></label>}
          <div class="grid fields small">
            {!draft.isCollected && <Field label={t("carrier")}><input name="carrier" autoComplete="off" maxLength={64} value={draft.carrier} onInput={(event) => change({ carrier: event.currentTarget.value })} onKeyDown={onEnter(currency ? "postage" : "note")} /></Field>}
            {!draft.isCollected && currency && <Field label={t("postage", { currency })}><input name="postage" inputMode="decimal" autoComplete="off" maxLength={16} value={draft.postage} onInput={(event) => change({ postage: event.currentTarget.value })} onKeyDown={onEnter("note")} /></Field>}
            <Field label={t("note")}><input name="note" autoComplete="off" maxLength={512} value={draft.note} onInput={(event) => change({ note: event.currentTarget.value })} onKeyDown={onEnter("submit")} /></Field>
          </div>
        </Card>
        {asks && missing && <Notice tone="bad">{t(LACKS[missing])}</Notice>}
        {wrong !== null && <Notice tone="bad">{wrong instanceof ApiError && wrong.status === 0 ? t("unsure") : wrong instanceof ApiError && wrong.status === 409 ? t("already") : speech.told(wrong)}</Notice>}
        {currency && draft.lines.length > 0 && <p class="figure" role="status">{t("total", { amount: total === null ? "–" : money(total, currency, speech.language) })}</p>}
        <button name="submit" class="main huge" disabled={isBusy}>{t("submit")}</button><p class="dim">{t("submitTip")}</p>
      </div>
    </form>
  );
}

const wrongPrice = (draft: Draft, currency: string): string => `price-${draft.lines.find((line) => priceOf(line, currency) === null)?.item ?? ""}`;

/** In what the warehouse reckons; "" where nobody said. */
function useCurrency(site: string): string {
  const [currency, setCurrency] = useState("");
  useEffect(() => void call<{ settings: { currency?: string } }>({}, "GET", `/api/v1/sites/${encodeURIComponent(site)}`).then((one) => setCurrency(one.settings.currency ?? ""), () => setCurrency("")), [site]);
  return currency;
}

/** Taken in once however often it is sent: a lost answer is asked for under the same key. */
function useSending(site: string, currency: string, isAnywhere: boolean, taken: (done: Done) => void) {
  const key = useRef("");
  const [isBusy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<unknown>(null);
  const send = async (draft: Draft): Promise<void> => {
    if (isBusy) return;
    key.current ||= uuid7();
    setBusy(true);
    setWrong(null);
    rememberCountry(draft.address.country);
    rememberSourced(draft.isSourced);
    try {
      const made = await call<Taken>({}, "POST", "/api/v1/orders", {
        site, channel: "phone", sourced: isAnywhere, customer: draft.address.name.trim(), ship_to: shipTo(draft), delivery: draft.isCollected ? "collect" : "ship",
        carrier: draft.isCollected ? "" : draft.carrier.trim(), note: draft.note.trim(), ...(currency && { currency, postage: postageOf(draft, currency) ?? 0, total: totalOf(draft, currency) ?? 0 }),
        lines: draft.lines.map((line) => ({ item: line.item, quantity: quantityOf(line), ...(currency && { price: priceOf(line, currency) ?? 0 }) })),
      }, TIMEOUT_MS, { "Idempotency-Key": key.current });
      const code = draft.isCollected ? (await call<Collection>({}, "GET", `/api/v1/orders/${encodeURIComponent(made.number)}/collection`)).code : "";
      taken({ taken: made, code });
    } catch (error) {
      setWrong(error);
      if (error instanceof ApiError && error.status !== 0 && error.status < 500 && error.status !== 409) key.current = ""; // it was heard, and nothing was made of it
    }
    setBusy(false);
  };
  return { send, isBusy, wrong };
}

function Told({ done: { taken, code }, next, t, speech }: Words & { done: Done; next: () => void }) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus(), []);
  const waiting = taken.lines.filter((line) => line.promised < line.quantity).map((line) => `${line.quantity - line.promised} × ${line.item}`);
  const when = taken.promised_at === null ? "" : new Date(taken.promised_at).toLocaleString(speech.language, { weekday: "short", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false });
  return (
    <Card>
      <div class="stack told" role="status">
        <p class="figure">{t("taken", { number: taken.number })}</p>
        {waiting.length > 0 ? <Notice tone="warn">{t("waits", { items: waiting.join(", ") })}</Notice> : code ? null : <p>{t("leaves", { when })}</p>}
        {code && <><p class="figure code">{t("code", { code })}</p><p class="dim">{t("codeTip")}</p></>}
        <div class="row"><button ref={button} name="next" class="main" onClick={next}>{t("next")}</button><a class="button" href={`/orders#${encodeURIComponent(taken.number)}`}>{taken.number}</a></div>
      </div>
    </Card>
  );
}

const root = document.getElementById("app");
if (root) render(<Page />, root);
