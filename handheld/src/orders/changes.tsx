/** What an order is changed by: each says what will happen, asks why, and shows what the server refuses. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Field, Notice } from "../look/parts";
import { call } from "../net/api";
import { Saying } from "../pages/language";
import type { Order, Parts, Place, Words } from "./shapes";
import { say, type Key } from "./texts";

interface ChangeProps extends Words {
  order: Order;
  parts: Parts;
  sites: Place[];
  /** The order that is changed. */
  number: string;
  done: (told: string) => void;
  stop: () => void;
}

interface AskProps extends Words {
  done: (told: string) => void;
  stop: () => void;
  how: Key;
  verb: Key;
  /** What comes of it, in words. */
  go: (reason: string) => Promise<string>;
  children?: ComponentChildren;
  /** What else to say of a refusal. */
  aside?: (wrong: unknown) => ComponentChildren;
}

/** Without the dots that say that more is asked. */
export const verbOf = (verb: Key, t: Words["t"]): string => t(verb).replace(/ ?…$/, "");
export const at = (number: string, verb: string): string => `/api/v1/orders/${encodeURIComponent(number)}/${verb}`;

/** The refusal stays beside what was asked for, so that it can be asked for otherwise. */
export function Ask({ how, verb, go, done, stop, children, aside, t, speech }: AskProps) {
  const [reason, setReason] = useState("");
  const [wrong, setWrong] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const send = (): void => {
    setBusy(true);
    go(reason.trim()).then(done, setWrong).finally(() => setBusy(false));
  };
  return (
    <form class="stack" onSubmit={(event) => { event.preventDefault(); send(); }}>
      <p>{t(how)}</p>
      {children}
      <Field label={t("reason")}><input name="reason" value={reason} maxLength={256} required onInput={(event) => setReason(event.currentTarget.value)} /></Field>
      {wrong !== null && <><Notice tone="bad">{speech.told(wrong)}</Notice>{aside?.(wrong)}</>}
      <div class="row"><button class="main" type="submit" disabled={isBusy}>{verbOf(verb, t)}</button><button type="button" onClick={stop}>{t("leaveIt")}</button></div>
    </form>
  );
}

export function SplitForm(props: ChangeProps) {
  const { t, order, sites, number } = props;
  const [pieces, setPieces] = useState<Record<number, string>>({});
  const [site, setSite] = useState("");
  const go = async (reason: string): Promise<string> => {
    const lines = order.lines.map((line) => ({ number: line.number, quantity: Number(pieces[line.number] ?? 0) })).filter((line) => line.quantity > 0);
    if (!lines.length) throw new Saying((language) => say(language, "noPieces"));
    await call({}, "POST", at(number, "split"), { reason, lines, site });
    return t("wasSplit", { number });
  };
  return (
    <Ask {...props} how="splitHow" verb="split" go={go}>
      <div class="grid fields small">{order.lines.map((line) => <Field key={line.number} label={t("piecesOf", { item: line.item, n: line.quantity })}><Pieces name={`pieces-${line.number}`} value={pieces[line.number] ?? "0"} most={line.quantity} set={(value) => setPieces({ ...pieces, [line.number]: value })} /></Field>)}</div>
      <Field label={t("sentBy")}><select name="site" value={site} onChange={(event) => setSite(event.currentTarget.value)}><option value="">{t("sameSite")}</option>{sites.map((one) => <option key={one.code} value={one.code}>{one.code} {one.name}</option>)}</select></Field>
    </Ask>
  );
}

const Pieces = ({ name, value, most, set }: { name: string; value: string; most?: number; set: (value: string) => void }) => <input name={name} type="number" min={0} max={most ?? 1_000_000_000} required value={value} onInput={(event) => set(event.currentTarget.value)} />;

export function GatherForm(props: ChangeProps) {
  const { t, number } = props;
  return <Ask {...props} how="gatherHow" verb="gather" go={async (reason) => t("wasGathered", await call<{ number: string }>({}, "POST", at(number, "gather"), { reason }))} />;
}

export function MergeForm(props: ChangeProps) {
  const { t, number, parts } = props;
  const [into, setInto] = useState(parts.mergeable[0] ?? "");
  const go = async (reason: string): Promise<string> => {
    await call({}, "POST", at(number, "merge"), { reason, into });
    return t("wasMerged", { number, into });
  };
  return (
    <Ask {...props} how="mergeHow" verb="merge" go={go}>
      <Field label={t("into")}><select name="into" value={into} onChange={(event) => setInto(event.currentTarget.value)}>{parts.mergeable.map((one) => <option key={one} value={one}>{one}</option>)}</select></Field>
    </Ask>
  );
}

export function UnmergeForm(props: ChangeProps) {
  const { t, number } = props;
  const go = async (reason: string): Promise<string> => {
    await call({}, "POST", at(number, "unmerge"), { reason });
    return t("wasUnmerged", { number });
  };
  return <Ask {...props} how="unmergeHow" verb="unmerge" go={go} />;
}

export function SourceForm(props: ChangeProps) {
  const { t, number } = props;
  const go = async (reason: string): Promise<string> => t("wasSourced", { number, n: (await call<{ changed: string[] }>({}, "POST", at(number, "source"), { reason })).changed.length });
  return <Ask {...props} how="sourceHow" verb="sourceAgain" go={go} />;
}

interface Wanted { number: number; item: string; quantity: string }

/** The lines of the whole order, whichever part they are of; those of orders that leave with it are not its own. */
export function LinesForm(props: ChangeProps) {
  const { t, number } = props;
  const [lines, setLines] = useState<Wanted[]>(() => ownLines(props));
  const [more, setMore] = useState({ item: "", quantity: "" });
  const go = async (reason: string): Promise<string> => {
    const wanted = [...lines.map((line) => ({ ...line, quantity: Number(line.quantity) })).filter((line) => line.quantity > 0), ...(more.item.trim() ? [{ item: more.item.trim(), quantity: Number(more.quantity) || 0 }] : [])];
    if (!wanted.length) throw new Saying((language) => say(language, "notAll"));
    await call({}, "POST", at(number, "change"), { reason, lines: wanted });
    return t("linesChanged", { number });
  };
  return (
    <Ask {...props} how="linesHow" verb="changeLines" go={go}>
      <div class="grid fields small">{lines.map((line, place) => <Field key={line.number} label={line.item}><Pieces name={`line-${line.number}`} value={line.quantity} set={(value) => setLines(lines.map((one, other) => (other === place ? { ...one, quantity: value } : one)))} /></Field>)}</div>
      <div class="grid fields small">
        <Field label={t("newLine")}><input name="item" value={more.item} maxLength={64} autocomplete="off" onInput={(event) => setMore({ ...more, item: event.currentTarget.value })} /></Field>
        <Field label={t("newPieces")}><input name="quantity" type="number" min={1} max={1_000_000_000} required={more.item.trim() !== ""} value={more.quantity} onInput={(event) => setMore({ ...more, quantity: event.currentTarget.value })} /></Field>
      </div>
    </Ask>
  );
}

function ownLines({ order, parts }: ChangeProps): Wanted[] {
  const strange = new Set(order.lines.filter((line) => line.origin_id !== null).map((line) => line.number));
  const whole = new Map<number, { item: string; quantity: number }>();
  for (const part of parts.parts) {
    for (const line of part.lines) {
      if (!strange.has(line.number)) whole.set(line.number, { item: line.item, quantity: line.quantity + (whole.get(line.number)?.quantity ?? 0) });
    }
  }
  return [...whole].map(([number, line]) => ({ number, item: line.item, quantity: String(line.quantity) }));
}
