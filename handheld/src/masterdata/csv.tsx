/** A CSV file: first what it would do, with each bad line by its number, then done. */
import { useState } from "preact/hooks";
import { Card, Chip, Meter, Notice, Rows } from "../look/parts";
import { call } from "../net/api";
import { spoken, type Said } from "../texts";
import { decoded, isWorkbook, pieces, type Piece } from "./csvFile";
import type { Words } from "./shapes";

export type Kind = "items" | "locations" | "workers";
interface Report {
  made: number;
  changed: number;
  same: number;
  failed: number;
  lines: { line: number; code: string; outcome: "made" | "changed" }[];
  errors: { line: number; code: string; what: string; message?: Said }[];
}
const NOTHING: Report = { made: 0, changed: 0, same: 0, failed: 0, lines: [], errors: [] };
const SHOWN = 100;
const PATIENCE_MS = 60_000;

interface File_ {
  name: string;
  all: Piece[];
}

export function CsvImport({ kind, done, t, speech }: Words & { kind: Kind; done: () => void }) {
  const [file, setFile] = useState<File_ | null>(null);
  const [report, setReport] = useState<Report>(NOTHING);
  const [at, setAt] = useState(0);
  const [step, setStep] = useState<"none" | "trying" | "tried" | "doing" | "done">("none");
  const [wrong, setWrong] = useState<unknown>(null);
  const [isOver, setOver] = useState(false);

  /** From where it stopped: what was brought in once does no harm a second time. */
  const run = async (chosen: File_, isTrial: boolean, from = 0, before = NOTHING): Promise<void> => {
    setStep(isTrial ? "trying" : "doing");
    setWrong(null);
    let sum = before;
    for (let number = from; number < chosen.all.length; number += 1) {
      setAt(number);
      const piece = chosen.all[number];
      if (!piece) break;
      try {
        const found = await call<Report>({}, "POST", `/api/v1/imports/${kind}`, { content: piece.content, name: chosen.name, first_line: piece.firstLine, trial: isTrial }, PATIENCE_MS);
        sum = { made: sum.made + found.made, changed: sum.changed + found.changed, same: sum.same + found.same, failed: sum.failed + found.failed,
          lines: [...sum.lines, ...found.lines].slice(0, SHOWN), errors: [...sum.errors, ...found.errors] };
        setReport(sum);
      } catch (error) {
        setWrong(error);
        return;
      }
    }
    setAt(chosen.all.length);
    setStep(isTrial ? "tried" : "done");
    if (!isTrial) done();
  };
  const take = async (given: File | undefined): Promise<void> => {
    if (!given) return;
    setReport(NOTHING);
    setStep("none");
    const bytes = await given.arrayBuffer();
    const all = isWorkbook(bytes) ? [] : pieces(decoded(bytes));
    if (!all.length) {
      setWrong(new Error(t(isWorkbook(bytes) ? "csvWorkbook" : "csvEmpty")));
      return;
    }
    const chosen = { name: given.name.slice(0, 128), all };
    setFile(chosen);
    await run(chosen, true);
  };
  const total = file?.all.length ?? 0;
  const again = (): void => { if (file) void run(file, step === "trying", at, at === 0 ? NOTHING : report); };
  const isTold = step === "tried" || step === "done";
  return (
    <div class="stack">
      <div class={`drop ${isOver ? "over" : ""}`} onDragOver={(event) => { event.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)}
        onDrop={(event) => { event.preventDefault(); setOver(false); void take(event.dataTransfer?.files[0]); }}>
        <p>{t("csvDrop")}</p><label class="button"><span>{t("csvChoose")}</span><input class="unseen" type="file" accept=".csv,.txt,text/csv" onChange={(event) => { void take(event.currentTarget.files?.[0]); event.currentTarget.value = ""; }} /></label>
      </div>
      <p class="tip">{t(`csvColumns_${kind}`)} <a href={`/samples/${kind}.csv`} download>{t("csvSample")}</a></p>
      {wrong !== null && <Notice tone="bad" act={file ? <button onClick={again}>{t("again")}</button> : undefined}>{speech.told(wrong)}</Notice>}
      {(step === "trying" || step === "doing") && <Meter part={at} of={total} label={t("csvWorking")} />}
      {isTold && (
        <Card title={t(step === "tried" ? "csvWould" : "csvDone", { file: file?.name })}>
          <div class="stack">
            <div class="row"><Chip tone="good">{t("csvMade", { count: report.made })}</Chip><Chip tone="act">{t("csvChanged", { count: report.changed })}</Chip><Chip>{t("csvSame", { count: report.same })}</Chip>{report.failed > 0 && <Chip tone="bad">{t("csvFailed", { count: report.failed })}</Chip>}</div>
            {step === "tried" && report.made + report.changed > 0 && <div class="row"><button class="main" onClick={() => { if (file) { setReport(NOTHING); void run(file, false); } }}>{t("csvDo", { count: report.made + report.changed })}</button></div>}
            {report.errors.length > 0 && <Rows title={t("csvBad")} rows={report.errors.slice(0, SHOWN)} id={(row) => row.line} empty="" columns={[
              { head: t("csvLine"), cell: (row) => row.line, isNumber: true }, { head: t("code"), cell: (row) => row.code },
              { head: t("csvWrong"), cell: (row) => (row.message && speech.texts[row.message.key] ? spoken(speech.texts, row.message) : row.what) }]} />}
            {step === "tried" && report.lines.length > 0 && <Rows title={t("csvGood")} rows={report.lines} id={(row) => row.line} empty="" columns={[
              { head: t("csvLine"), cell: (row) => row.line, isNumber: true }, { head: t("code"), cell: (row) => row.code },
              { head: t("csvWhat"), cell: (row) => <Chip tone={row.outcome === "made" ? "good" : "act"}>{t(row.outcome === "made" ? "isMade" : "isChanged")}</Chip> }]} />}
          </div>
        </Card>)}
    </div>
  );
}
