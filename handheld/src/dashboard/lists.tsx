/** What the lists behind the tiles share: rows in pages, looked at again when their group changed, and what came of what was done. */
import type { ComponentChildren } from "preact";
import { useContext, useEffect, useRef, useState } from "preact/hooks";
import { call } from "../net/api";
import { Notice, type Tone } from "../look/parts";
import { Told, type Saying } from "../pages/language";
import type { Words } from "./shapes";

const PAGE = 50;

export interface ListWords extends Words {
  /** Changes when what the list is about changed. */
  mark: string;
  /** After something was done. */
  changed: () => Promise<void>;
}

export interface Listed<T> {
  rows: T[] | null;
  more: (() => void) | null;
  again: () => void;
}

/** The rows of a list of the server, as many pages of it as were asked for. */
export function useRows<T>(path: string, mark: string): Listed<T> {
  const [rows, setRows] = useState<T[] | null>(null);
  const [next, setNext] = useState<string | null>(null);
  const [wanted, setWanted] = useState(PAGE);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let isOver = false;
    const load = async (): Promise<void> => {
      const found: T[] = [];
      let cursor: string | null = "";
      while (cursor !== null && found.length < wanted) {
        const page: { items: T[]; next: string | null } = await call({}, "GET", `${path}${path.includes("?") ? "&" : "?"}limit=${PAGE}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`);
        found.push(...page.items);
        cursor = page.next;
      }
      if (!isOver) {
        setRows(found);
        setNext(cursor);
      }
    };
    void load().catch(() => undefined);  // the page itself says that the server is away
    return () => { isOver = true; };
  }, [path, mark, wanted, turn]);
  return { rows, more: next === null ? null : () => setWanted(wanted + PAGE), again: () => setTurn(turn + 1) };
}

export interface Acting {
  said: { tone: Tone; words: string } | null;
  /** Does it, says what came of it, and has the page look again. */
  act: (work: () => Promise<string | Saying>) => void;
  isBusy: boolean;
}

export function useActs({ t, changed }: Pick<ListWords, "t" | "changed">, again: () => void): Acting {
  const told = useContext(Told);
  const [kept, setKept] = useState<{ tone: Tone; what: unknown } | null>(null);
  const [isBusy, setBusy] = useState(false);
  const act: Acting["act"] = (work) => {
    setBusy(true);
    void work().then((what) => setKept({ tone: "good", what })).catch((what: unknown) => setKept({ tone: "bad", what }))
      .finally(() => {
        setBusy(false);
        again();
        void changed();
      });
  };
  const said = kept && { tone: kept.tone, words: kept.tone === "good" ? told(kept.what) : t("wrong", { why: told(kept.what) }) };
  return { said, act, isBusy };
}

export const Said = ({ said }: { said: Acting["said"] }) => (said ? <Notice tone={said.tone}>{said.words}</Notice> : null);

/** What cannot be taken back is asked for twice: the button says so first. */
export function Twice({ t, children, go, disabled }: { t: Words["t"]; children: ComponentChildren; go: () => void; disabled: boolean }) {
  const [isAsked, setAsked] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const press = (): void => {
    clearTimeout(timer.current);
    if (isAsked) go();
    else timer.current = setTimeout(() => setAsked(false), 4_000);
    setAsked(!isAsked);
  };
  return <button class="danger" disabled={disabled} onClick={press}>{isAsked ? t("really") : children}</button>;
}

/** One thing of a list: what it is, what is known of it, and what can be done. */
export function Thing({ title, chip, facts, children }: { title: ComponentChildren; chip?: ComponentChildren; facts?: ComponentChildren; children?: ComponentChildren }) {
  return <article class="thing"><header class="row"><h3 class="grow">{title}</h3>{chip}</header>{facts && <p class="dim">{facts}</p>}{children && <div class="row">{children}</div>}</article>;
}

export function More({ t, list }: { t: Words["t"]; list: Listed<unknown> }) {
  return list.more && <button class="huge" onClick={list.more}>{t("more")}</button>;
}
