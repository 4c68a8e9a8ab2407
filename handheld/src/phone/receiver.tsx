/** Who rings and who gets it: known again by the number, written once, looked at while it is written. */
import { useEffect, useState } from "preact/hooks";
import { Card, Field, Notice } from "../look/parts";
import { call } from "../net/api";
import { items } from "../net/lists";
import { ADDRESS, shipTo, type Address, type AddressField, type Draft, type Earlier, type Finding, type Words } from "./shapes";

const WAIT_MS = 250;
const PHONE_LEAST = 6;

/** The last orders for a number, as it is typed. */
export function useEarlier(site: string, phone: string): Earlier[] {
  const [found, setFound] = useState<Earlier[]>([]);
  const digits = phone.replace(/[^0-9+]/g, "");
  useEffect(() => {
    setFound([]);
    if (digits.length < PHONE_LEAST) return;
    let isWanted = true;
    const timer = setTimeout(() => {
      void items<Earlier>(`/api/v1/order-callers?site=${encodeURIComponent(site)}&search=${encodeURIComponent(digits)}&limit=3`).then((rows) => { if (isWanted) setFound(rows); }, () => undefined);
    }, WAIT_MS);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [site, digits]);
  return found;
}

export const lineOf = (earlier: Earlier): string => [earlier.customer || earlier.ship_to["name"], earlier.ship_to["street"], earlier.ship_to["city"]].filter(Boolean).join(", ");

export function EarlierOnes({ earlier, take, t }: Words & { earlier: Earlier[]; take: (one: Earlier) => void }) {
  if (!earlier.length) return null;
  return (
    <div class="earlier" role="status"><span class="dim">{t("earlier")}</span>
      {earlier.map((one, at) => <button key={one.number} type="button" onClick={() => take(one)}><span class="grow">{lineOf(one)}</span> <kbd>{at === 0 ? "⏎" : t("take", { at: at + 1 })}</kbd></button>)}
    </div>
  );
}

interface ReceiverProps extends Words {
  draft: Draft;
  change: (address: Address) => void;
  findings: Finding[] | null;
  better: Partial<Address>;
  takeBetter: () => void;
  next: (field: AddressField) => void;
}

export function Receiver({ draft, change, findings, better, takeBetter, next, t }: ReceiverProps) {
  const { address, isCollected } = draft;
  const shown = isCollected ? (["name"] as const) : ADDRESS;
  const said = findings ?? [];
  const isWrong = (field: string): boolean => said.some((one) => one.field === field && one.severity === "hold");
  return (
    <Card title={t("receiver")}>
      <div class="grid fields small">
        {shown.map((field) => (
          <Field key={field} label={t(field)}>
            <input name={field} autoComplete="off" maxLength={field === "country" ? 2 : 128} value={address[field]} aria-invalid={isWrong(field)}
              onInput={(event) => change({ ...address, [field]: field === "country" ? event.currentTarget.value.toUpperCase() : event.currentTarget.value })}
              onKeyDown={(event) => { if (event.key === "Enter" && !event.ctrlKey) { event.preventDefault(); next(field); } }} />
          </Field>))}
      </div>
      {!isCollected && (
        <div class="stack tight about" role="status" aria-label={t("found")}>
          {findings === null ? <p class="dim">{t("unchecked")}</p> : said.length === 0 ? <p class="good">✓ {t("fine")}</p>
            : said.map((one) => <Notice key={`${one.code}/${one.field}`} tone={one.severity === "hold" ? "bad" : "warn"}>{one.words}</Notice>)}
          {Object.keys(better).length > 0 && <button type="button" onClick={takeBetter}>{t("better", { what: Object.values(better).join(", ") })}</button>}
        </div>)}
    </Card>
  );
}

/** What is found in the address as it stands; null while nobody has looked. */
export function useFindings(draft: Draft, language: string): { findings: Finding[] | null; better: Partial<Address> } {
  const [findings, setFindings] = useState<Finding[] | null>(null);
  const wanted = JSON.stringify(shipTo(draft));
  const isLooked = !draft.isCollected && draft.address.country.length === 2 && draft.address.street.trim() !== "";
  useEffect(() => {
    if (!isLooked) return setFindings(null);
    let isWanted = true;
    const timer = setTimeout(() => {
      void call<{ items: Finding[] }>({}, "POST", "/api/v1/order-receivers/check", { ship_to: JSON.parse(wanted) as unknown }).then((told) => { if (isWanted) setFindings(told.items); }, () => undefined);
    }, WAIT_MS);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [wanted, isLooked, language]);
  const better: Partial<Address> = {};
  for (const one of findings ?? []) {
    for (const field of ADDRESS) {
      const value = one.suggestion[field];
      if (typeof value === "string" && value && value !== draft.address[field]) better[field] = value;
    }
  }
  return { findings, better };
}
