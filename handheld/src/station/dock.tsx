/** The screen at a dock door or gate: what is expected, what passes, what is wrong. It is read at five metres, and nobody touches it. */
import { inGroups } from "../pda/wording";
import { Devices, deviceSaid, Fitting, Flood, Head, MARKS, stateKey, time, type Say, type Trouble } from "./parts";
import { isBroken, type Paper, type Shown, type Unit } from "./shapes";
import type { Key, T } from "./texts";

const SHOWN_MS = 8_000;

interface DockProps {
  shown: Shown;
  trouble: Trouble;
  t: T;
  say: Say;
  swap: preact.JSX.Element;
}

export function Dock({ shown, trouble, t, say, swap }: DockProps) {
  const newest = shown.passages[0];
  const passing = newest && shown.now - newest.at < SHOWN_MS ? newest : null;
  return (
    <>
      <Head code={shown.code} about={<>{shown.location} · {t(shown.kind as Key)}</>}>{swap}</Head>
      <main class="door">
        <section class="pane passes">
          {trouble ? <Flood colour="red" mark="⇄">{t("away")}</Flood> : passing ? <Flood colour={passing.colour}>{say(passing.message).replace(/\d{18}/g, inGroups)}</Flood> : <Flood colour="calm" mark="⇥">{t("ready")}</Flood>}
          <h2>{t("last")}</h2>
          {shown.passages.length ? (
            <Fitting kind="rows" items={shown.passages.slice(0, 6)} id={(one) => String(one.at)} more={(count) => t("more", { count })}
              row={(one) => <><span class={`spot ${one.colour}`}>{MARKS[one.colour]}</span><time>{time(one.at)}</time><span>{say(one.message)}</span></>} />
          ) : <p class="dim">{t("nothing")}</p>}
        </section>
        <section class="pane due"><h2>{t("expected")}</h2><Expected shown={shown} t={t} /></section>
        <section class="pane bad"><h2>{t("wrong")}</h2><WrongHere shown={shown} t={t} say={say} /></section>
      </main>
      <Devices shown={shown} t={t} say={say} />
    </>
  );
}

type Row = { id: string; paper: Paper } | { id: string; unit: Unit };

function Expected({ shown, t }: { shown: Shown; t: T }) {
  const { progress, document } = shown;
  const at_hand = shown.expected.find((one) => one.document === document);
  const units: Row[] = (at_hand?.lines ?? []).map((unit) => ({ id: unit.sscc ?? `${unit.item}${unit.quantity}`, unit }));
  const others: Row[] = shown.expected.filter((one) => one !== at_hand).map((paper) => ({ id: paper.document, paper }));
  return (
    <>
      {document && progress ? (
        <div class="hand">
          <b class="doc">{document}</b><b class="far">{t("progress", progress)}</b>
          <progress max={Math.max(1, progress.all)} value={progress.done} aria-label={document} />
          {progress.strangers > 0 && <b class="bad">✕ {t("strangers", { count: progress.strangers })}</b>}
        </div>
      ) : <p class="tip">{t("noPaper")}</p>}
      {units.length + others.length ? <Fitting kind="rows" items={[...units, ...others]} id={(row) => row.id} more={(count) => t("more", { count })} row={(row) => ("unit" in row ? <UnitRow unit={row.unit} t={t} /> : <PaperRow paper={row.paper} t={t} />)} /> : !document && <p class="dim">{t("noneDue")}</p>}
    </>
  );
}

const UnitRow = ({ unit, t }: { unit: Unit; t: T }) => (
  <><span class={`spot ${unit.done ? "green" : "open"}`}>{unit.done ? "✓" : "·"}</span><span class="grow"><b>{unit.items > 1 ? t("mixed", { count: unit.items }) : unit.name}</b>{unit.sscc && <small>…{unit.sscc.slice(-6)}</small>}</span><b class="n">{unit.received} / {unit.quantity}</b></>
);

const PaperRow = ({ paper, t }: { paper: Paper; t: T }) => (
  <><span class="spot open">▤</span><span class="grow"><b>{paper.document}</b>{paper.expected_at !== null && <small>{time(paper.expected_at).slice(0, 5)}</small>}</span><b class="n">{t("progress", { done: paper.done, all: paper.all })}</b></>
);

interface Said {
  id: string;
  what: string;
  now: string;
}

function WrongHere({ shown, t, say }: { shown: Shown; t: T; say: Say }) {
  const broken: Said[] = shown.peripherals.filter(isBroken).map((one) => ({ id: one.name, what: `${t(one.kind as Key)} ${one.name}: ${t(stateKey(one))}`, now: deviceSaid(one, t, say) }));
  const found: Said[] = shown.wrong.map((one) => ({ id: `${one.at}${one.code}`, what: say(one.message), now: one.to_do ? say(one.to_do) : "" }));
  const all = [...broken, ...found];
  if (!all.length) return <p class="fine"><b>✓</b> {t("allRight")}</p>;
  return <Fitting kind="wrongs" items={all} id={(one) => one.id} more={(count) => t("more", { count })} row={(one) => <><b class="mark">✕</b><span><b>{one.what}</b>{one.now && <em>→ {one.now}</em>}</span></>} />;
}
