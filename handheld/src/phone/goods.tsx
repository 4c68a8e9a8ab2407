/** The goods of the order: found as they are typed, with what is free of each, and counted. */
import { useEffect, useRef, useState } from "preact/hooks";
import { Card, Empty, Field } from "../look/parts";
import { money, written } from "../look/money";
import { call } from "../net/api";
import { items } from "../net/lists";
import { Coming } from "./coming";
import { priceOf, quantityOf, type Found, type Line, type Words } from "./shapes";

const WAIT_MS = 120;
const LOOK_MS = 5_000;
const SHOWN = 6;

const address = (site: string, typed: string, most: number): string => `/api/v1/order-items?site=${encodeURIComponent(site)}&search=${encodeURIComponent(typed)}&limit=${most}`;

interface GoodsProps extends Words {
  site: string;
  currency: string;
  /** What other warehouses have may be sold, too. */
  isAnywhere: boolean;
  lines: Line[];
  change: (lines: Line[]) => void;
  /** Nothing more is wanted: Enter on an empty search. */
  done: () => void;
}

export function Goods({ site, currency, isAnywhere, lines, change, done, ...words }: GoodsProps) {
  const { t } = words;
  const search = useRef<HTMLInputElement>(null);
  const quantities = useRef(new Map<string, HTMLInputElement>());
  const [asksFor, setAsksFor] = useState("");
  useFree(site, lines, change);
  useEffect(() => {
    const box = quantities.current.get(asksFor);
    box?.focus();
    box?.select();
    setAsksFor("");
  }, [asksFor]);
  const add = (found: Found & { mayPrice: boolean }): void => {
    const known = lines.find((line) => line.item === found.item);
    if (!known) change([...lines, { item: found.item, name: found.name, available: found.available, elsewhere: found.elsewhere, quantity: String(found.quantity), price: found.price === null ? "" : written(found.price, currency), mayPrice: found.mayPrice }]);
    setAsksFor(found.item);
  };
  const set = (item: string, part: Partial<Line>): void => change(lines.map((line) => (line.item === item ? { ...line, ...part } : line)));
  return (
    <Card title={t("goods")}>
      <ItemSearch {...words} site={site} isAnywhere={isAnywhere} box={search} take={add} done={done} />
      {lines.length === 0 ? <Empty>{t("noLines")}</Empty> : (
        <ul class="plain lines">{lines.map((line) => (
          <li key={line.item} class="row">
            <span class="grow"><b>{line.name}</b> <span class="dim">{line.item}</span><br /><Free {...words} line={line} isAnywhere={isAnywhere} /><Coming {...words} site={site} item={line.item} available={line.available} /></span>
            <input class="many" inputMode="numeric" name={`quantity-${line.item}`} aria-label={`${t("quantity")}: ${line.name}`} aria-invalid={quantityOf(line) === 0} value={line.quantity}
              ref={(box) => { if (box) quantities.current.set(line.item, box); else quantities.current.delete(line.item); }}
              onInput={(event) => set(line.item, { quantity: event.currentTarget.value.trim() })}
              onKeyDown={(event) => { if (event.key === "Enter" && !event.ctrlKey) { event.preventDefault(); search.current?.focus(); } }} />
            {currency && <Price {...words} line={line} currency={currency} set={(price) => set(line.item, { price })} next={() => search.current?.focus()} />}
            <button type="button" class="bare" aria-label={t("drop", { item: line.name })} onClick={() => change(lines.filter((one) => one !== line))}>✕</button>
          </li>))}
        </ul>)}
    </Card>
  );
}

/** What one costs: to be changed by who may, or where the catalogue has none; and what all of the line comes to. */
function Price({ line, currency, set, next, t, speech }: Words & { line: Line; currency: string; set: (price: string) => void; next: () => void }) {
  const one = priceOf(line, currency);
  const [isOpen] = useState(line.mayPrice || line.price === "");
  return (
    <>
      {isOpen
        ? <input class="many" inputMode="decimal" name={`price-${line.item}`} aria-label={`${t("price", { currency })}: ${line.name}`} title={t("price", { currency })} placeholder={t("noPrice")} aria-invalid={one === null} maxLength={16} value={line.price}
            onInput={(event) => set(event.currentTarget.value)} onKeyDown={(event) => { if (event.key === "Enter" && !event.ctrlKey) { event.preventDefault(); next(); } }} />
        : <span class="many dim">{t("each", { price: money(one ?? 0, currency, speech.language) })}</span>}
      <b class="sum">{one === null ? "–" : money(one * quantityOf(line), currency, speech.language)}</b>
    </>
  );
}

function Free({ line, isAnywhere, t }: Words & { line: Line; isAnywhere: boolean }) {
  const free = Math.max(0, line.available), elsewhere = isAnywhere ? line.elsewhere : 0;
  if (free + elsewhere < quantityOf(line)) return <span class="warn">{t("onlyFree", { count: free + elsewhere })}</span>;
  return <span class="good">{t("free", { count: free })}{elsewhere > 0 && t("elsewhere", { count: elsewhere })}</span>;
}

interface SearchProps extends Words {
  site: string;
  isAnywhere: boolean;
  box: { current: HTMLInputElement | null };
  take: (found: Found & { mayPrice: boolean }) => void;
  done: () => void;
}

const NOBODY = { of: "", rows: [], mayPrice: false };

function ItemSearch({ site, isAnywhere, box, take, done, t }: SearchProps) {
  const [typed, setTyped] = useState("");
  const [shown, setShown] = useState<{ of: string; rows: Found[]; mayPrice: boolean }>(NOBODY);
  const [at, setAt] = useState(0);
  const isPressed = useRef(false);
  const wanted = typed.trim();
  const choose = (found: Found): void => {
    setTyped("");
    setShown(NOBODY);
    take({ ...found, mayPrice: shown.mayPrice });
  };
  useEffect(() => {
    if (!wanted) return setShown(NOBODY);
    const timer = setTimeout(() => {
      void call<{ items: Found[]; may_price: boolean }>({}, "GET", address(site, wanted, SHOWN)).then((told) => { setShown({ of: wanted, rows: told.items, mayPrice: told.may_price }); setAt(0); }, () => undefined);
    }, WAIT_MS);
    return () => clearTimeout(timer);
  }, [site, wanted]);
  useEffect(() => { // who types fast, or scans, has pressed Enter before the answer came
    const first = shown.rows[0];
    if (isPressed.current && shown.of === wanted && first) choose(first);
    if (shown.of === wanted) isPressed.current = false;
  }, [shown]);
  const pressed = (event: KeyboardEvent): void => {
    const move = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (move) setAt((before) => Math.max(0, Math.min(shown.rows.length - 1, before + move)));
    else if (event.key !== "Enter" || event.ctrlKey) return;
    else if (!wanted) done();
    else if (shown.of !== wanted) isPressed.current = true;
    else if (shown.rows[at]) choose(shown.rows[at] as Found);
    event.preventDefault();
  };
  const isOpen = wanted !== "" && shown.of === wanted;
  return (
    <div class="find">
      <Field label={t("item")} tip={t("itemTip")}>
        <input ref={box} name="item" role="combobox" aria-expanded={isOpen && shown.rows.length > 0} aria-controls="found-items" aria-activedescendant={isOpen && shown.rows.length ? `found-${at}` : undefined}
          autoComplete="off" value={typed} maxLength={128} onInput={(event) => { isPressed.current = false; setTyped(event.currentTarget.value); }} onKeyDown={pressed} />
      </Field>
      <ul class="plain found" id="found-items" role="listbox" aria-label={t("item")} hidden={!isOpen || !shown.rows.length}>
        {shown.rows.map((row, number) => (
          <li key={row.item} id={`found-${number}`} role="option" aria-selected={number === at} onMouseDown={(event) => { event.preventDefault(); choose(row); }}>
            {row.picture && <img src={row.picture} alt="" width={32} height={32} onError={(event) => { event.currentTarget.hidden = true; }} />}
            <span class="grow"><b>{row.name}</b> <span class="dim">{row.item}</span></span>
            <span class={row.available > 0 ? "good" : "warn"}>{row.available > 0 ? t("free", { count: row.available }) : t("none")}{isAnywhere && row.elsewhere > 0 && t("elsewhere", { count: row.elsewhere })}</span>
          </li>))}
      </ul>
      {isOpen && !shown.rows.length && <p class="warn" role="status">{t("noItem")}</p>}
    </div>
  );
}

/** What is free of each line changes while the customer talks. */
function useFree(site: string, lines: Line[], change: (lines: Line[]) => void): void {
  const now = useRef(lines);
  now.current = lines;
  const tell = useRef(change);
  tell.current = change;
  useEffect(() => {
    const look = async (): Promise<void> => {
      if (document.visibilityState !== "visible" || !now.current.length) return;
      const asked = now.current.map((line) => line.item);
      const free = new Map<string, Found>();
      await Promise.all(asked.map(async (item) => {
        const row = (await items<Found>(address(site, item, 1)).catch(() => []))[0];
        if (row?.item === item) free.set(item, row);
      }));
      const isOther = ({ item, available, elsewhere }: Line): boolean => { const row = free.get(item); return row !== undefined && (row.available !== available || row.elsewhere !== elsewhere); };
      if (now.current.some(isOther)) {
        tell.current(now.current.map((line) => { const { available, elsewhere } = free.get(line.item) ?? line; return { ...line, available, elsewhere }; }));
      }
    };
    const timer = setInterval(() => void look(), LOOK_MS);
    return () => clearInterval(timer);
  }, [site]);
}
