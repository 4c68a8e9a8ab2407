/** Who sends what of an order, which orders leave with it, and what of that can be changed. */
import { useState } from "preact/hooks";
import { Said, useActs } from "../dashboard/lists";
import { Card, Chip, Panel, Rows } from "../look/parts";
import { GatherForm, LinesForm, MergeForm, SourceForm, SplitForm, UnmergeForm, verbOf } from "./changes";
import { holdOf, MAY_CANCEL, toneOf, type Order, type Part, type Parts, type Place, type Words } from "./shapes";

const FORMS = { split: SplitForm, gather: GatherForm, merge: MergeForm, unmerge: UnmergeForm, sourceAgain: SourceForm, changeLines: LinesForm } as const;
type Open = { what: keyof typeof FORMS; number: string } | null;

export function HowSent({ order, parts, into, sites, changed, ...words }: Words & { order: Order; parts: Parts; into: string; sites: Place[]; changed: () => Promise<void> }) {
  const { t } = words;
  const [open, setOpen] = useState<Open>(null);
  const acts = useActs({ t: t as Parameters<typeof useActs>[0]["t"], changed }, () => undefined);
  const Form = open && FORMS[open.what];
  const done = (told: string): void => { setOpen(null); acts.act(async () => told); };
  const is = (what: keyof typeof FORMS) => (): void => setOpen({ what, number: order.number });
  const isOpen = MAY_CANCEL.has(order.state);
  const [first] = parts.parts;
  return (
    <Card title={t("howSent")}>
      <div class="stack">
        <Said said={acts.said} />
        {order.state === "merged" ? <p>{t("isMerged")} <a href={`#${encodeURIComponent(into)}`}>{into}</a></p> : parts.parts.length > 1 ? <PartRows {...words} parts={parts.parts} /> : first && <p>{t("noParts", { site: first.site })}</p>}
        {parts.merged.map((one) => <div key={one} class="row"><span class="grow">{t("leavesWith")} <a href={`#${encodeURIComponent(one)}`}>{one}</a></span>{isOpen && <button onClick={() => setOpen({ what: "unmerge", number: one })} aria-label={`${t("unmerge")}: ${one}`}>{t("unmerge")}</button>}</div>)}
        <div class="row">
          {isOpen && <button onClick={is("split")}>{t("split")}</button>}
          {isOpen && parts.parts.length > 1 && <button onClick={is("gather")}>{t("gather")}</button>}
          {isOpen && parts.mergeable.length > 0 && <button onClick={is("merge")}>{t("merge")}</button>}
          {order.state === "merged" && <button onClick={is("unmerge")}>{t("unmerge")}</button>}
          {isOpen && <button onClick={is("sourceAgain")}>{t("sourceAgain")}</button>}
          {isOpen && <button onClick={is("changeLines")}>{t("changeLines")}</button>}
        </div>
        {open && Form && <Panel title={`${verbOf(open.what, t)} ${open.number}`} close={() => setOpen(null)} closeText={t("close")}><Form {...words} order={order} parts={parts} sites={sites} number={open.number} done={done} stop={() => setOpen(null)} /></Panel>}
      </div>
    </Card>
  );
}

function PartRows({ parts, t }: Words & { parts: Part[] }) {
  return <Rows title={t("howSent")} rows={parts} id={(one) => one.number} empty="" columns={[
    { head: t("number"), cell: (one) => <><a href={`#${encodeURIComponent(one.number)}`}>{one.number}</a><br /><Chip tone={toneOf(one.state)}>{t(`state_${one.state}`)}</Chip> {one.hold && <Chip tone="warn">{holdOf(one.hold, t)}</Chip>}</> },
    { head: t("site"), cell: (one) => one.site }, { head: t("contents"), cell: (one) => one.lines.map((line) => <div key={line.number}>{line.quantity} × {line.item}</div>) }]} />;
}
