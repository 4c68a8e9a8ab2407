/** The text of the rules, with its lines numbered, checked by the server as it is typed: each fault at its place. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Acting } from "../dashboard/lists";
import { Card, Field, Notice } from "../look/parts";
import { call } from "../net/api";
import type { Fault, Words } from "./shapes";

const TYPING_MS = 400;
const ROWS_LEAST = 10, ROWS_MOST = 28;
const DRAFT = "draft:sourcing";

export interface Rules {
  body: string;
  write: (body: string) => void;
  /** What is wrong with `body`; null while it is not known. */
  faults: Fault[] | null;
  /** How many rules it has. */
  count: number;
  trouble: unknown;
  place: { current: HTMLTextAreaElement | null };
  /** Takes a kept text up; what was typed before can be brought back. */
  open: (body: string) => void;
  bringBack: (() => void) | null;
  /** Puts a line behind the one in which the cursor is. */
  insert: (line: string) => void;
}

/** What is typed is kept in this tab until it is the text in force. */
export function useRules(active: string, { speech }: Words): Rules {
  const [body, setBody] = useState(() => sessionStorage.getItem(DRAFT) ?? active);
  const [told, setTold] = useState<{ body: string; faults: Fault[]; rules: number } | null>(null);
  const [trouble, setTrouble] = useState<unknown>(null);
  const place = useRef<HTMLTextAreaElement | null>(null);
  const [before, setBefore] = useState<string | null>(null);
  const write = (now: string): void => {
    sessionStorage.setItem(DRAFT, now);
    setBody(now);
  };
  useEffect(() => {
    let isOver = false;
    const timer = setTimeout(() => void call<{ faults: Fault[]; rules: number }>({}, "POST", "/api/v1/sourcing/check", { body })
      .then((found) => { if (!isOver) { setTold({ ...found, body }); setTrouble(null); } }, (error: unknown) => { if (!isOver) setTrouble(error); }), TYPING_MS);
    return () => { isOver = true; clearTimeout(timer); };
  }, [body, speech.language]);
  const open = (kept: string): void => {
    setBefore(body.trim() ? body : null);
    write(kept);
    place.current?.focus();
  };
  const bringBack = before === null || before === body ? null : (): void => { write(before); setBefore(null); };
  const insert = (line: string): void => {
    const at = place.current?.selectionEnd ?? body.length;
    const ends = body.indexOf("\n", at);
    const before = (ends < 0 ? body : body.slice(0, ends)).replace(/\n+$/, "");
    const after = ends < 0 ? "\n" : body.slice(ends);
    const start = before ? `${before}\n${line}` : line;
    write(start + after);
    requestAnimationFrame(() => { place.current?.focus(); place.current?.setSelectionRange(start.length, start.length); });
  };
  const isTold = told !== null && told.body === body;
  return { body, write, faults: isTold ? told.faults : null, count: isTold ? told.rules : 0, trouble, place, open, bringBack, insert };
}

export function Editor({ rules, mayKeep, acts, ...words }: Words & { rules: Rules; mayKeep: boolean; acts: Acting }) {
  const { t } = words;
  return (
    <Card title={t("rules")} beside={<Checked {...words} rules={rules} />}>
      <div class="stack">
        <Typed {...words} rules={rules} />
        {rules.bringBack && <Notice act={<button onClick={rules.bringBack}>{t("bringBack")}</button>}>{t("opened")}</Notice>}
        {rules.trouble !== null && <Notice tone="warn">{words.speech.told(rules.trouble)}</Notice>}
        <Faults {...words} rules={rules} />
        {mayKeep && <Keep {...words} rules={rules} acts={acts} />}
      </div>
    </Card>
  );
}

function Checked({ rules: { faults, count }, t }: Words & { rules: Rules }) {
  const words = faults === null ? t("checking") : faults.length ? t("faulty", { n: faults.length }) : t("sound", { n: count });
  return <span role="status" class={faults?.length ? "bad" : faults ? "good" : "dim"}>{words}</span>;
}

function Typed({ rules, t }: Words & { rules: Rules }) {
  const gutter = useRef<HTMLDivElement>(null);
  const lines = rules.body.split("\n").length;
  const wrong = new Set(rules.faults?.map((one) => one.line));
  const rows = Math.min(ROWS_MOST, Math.max(ROWS_LEAST, lines + 1));
  const scrolled = (): void => { if (gutter.current && rules.place.current) gutter.current.scrollTop = rules.place.current.scrollTop; };
  return (
    <div class="typed">
      <div class="gutter" ref={gutter} aria-hidden="true">{Array.from({ length: lines }, (_, at) => <div key={at} class={wrong.has(at + 1) ? "bad" : ""}>{wrong.has(at + 1) ? "▸ " : ""}{at + 1}</div>)}</div>
      <textarea name="body" ref={rules.place} aria-label={t("rules")} aria-describedby="faults" aria-invalid={wrong.size ? "true" : undefined} wrap="off" spellcheck={false} autocapitalize="off" autocomplete="off" rows={rows}
        maxLength={50_000} placeholder={t("empty")} value={rules.body} onInput={(event) => rules.write(event.currentTarget.value)} onScroll={scrolled} />
    </div>
  );
}

/** Each with what could stand there, and a way to it. */
function Faults({ rules, t }: Words & { rules: Rules }) {
  const go = (fault: Fault) => (): void => {
    const lines = rules.body.split("\n");
    const at = lines.slice(0, fault.line - 1).reduce((sum, line) => sum + line.length + 1, 0) + Math.min(fault.column - 1, lines[fault.line - 1]?.length ?? 0);
    rules.place.current?.focus();
    rules.place.current?.setSelectionRange(at, at);
  };
  return (
    <ul class="plain faults" id="faults">{rules.faults?.map((one) => (
      <li key={`${one.line}/${one.column}`} class="row"><span class="grow"><b>{t("at", { line: one.line, column: one.column })}</b> {one.what}</span><button onClick={go(one)}>{t("goThere")}</button></li>))}</ul>
  );
}

function Keep({ rules, acts, t }: Words & { rules: Rules; acts: Acting }) {
  const [name, setName] = useState("");
  const keep = async (): Promise<string> => {
    await call({}, "POST", "/api/v1/sourcing/rules", { name: name.trim(), body: rules.body });
    setName("");
    return t("kept", { name: name.trim() });
  };
  return (
    <form class="row keep" onSubmit={(event) => { event.preventDefault(); acts.act(keep); }}>
      <div class="grow"><Field label={t("nameOf")}><input name="name" value={name} required maxLength={128} autocomplete="off" onInput={(event) => setName(event.currentTarget.value)} /></Field></div>
      <button class="main" type="submit" disabled={acts.isBusy || !rules.body.trim() || Boolean(rules.faults?.length)}>{t("keep")}</button>
    </form>
  );
}
