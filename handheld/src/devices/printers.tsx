import { useState } from "preact/hooks";
import { time } from "../dashboard/parts";
import { call } from "../net/api";
import { Act, Device, Facts } from "./parts";
import type { Job, Printer, Words } from "./shapes";

/** What became of a label. Sent to a printer that never answers, it is not known. */
export const become = (job: Job, say: Words["say"]): string => say(`label_state.${job.state === "sent" && job.settled_at !== null ? "not_known" : job.state}`);

const SHOWN_MAX = 5;
/** How a printer that never answers looks before somebody says that it is one. */
const SEEMS_ONE_WAY = new Set(["silent", "unreachable"]);

interface Shared extends Words {
  changed: () => Promise<void>;
}

/** A label of which nobody can tell is asked about above all else: until somebody answers, it is not printed again. */
export function Question({ job, t, changed }: Shared & { job: Job }) {
  const answer = (came_out: boolean) => async (): Promise<void> => {
    await call({}, "POST", `/api/v1/print-jobs/${job.id}/answer`, { came_out });
    await changed();
  };
  return (
    <div class="question" role="alert">
      <p><b>{t("question", { code: job.code, printer: job.printer })}</b><br />{job.error ?? t("look")}</p>
      <p class="acts"><Act isMain label={t("cameOut")} act={answer(true)} /><Act label={t("didNot")} act={answer(false)} /></p>
    </div>
  );
}

export function PrinterCard({ printer, held, last, t, say, changed }: Shared & { printer: Printer; held: Job[]; last: Job[] }) {
  const [test, setTest] = useState<number | null>(null);
  const isSeen = printer.condition !== "";
  const isReady = printer.condition === "ready" ? true : printer.condition === "one_way" || !printer.condition ? null : false;
  const key = `printer.${printer.condition}`;
  const told = say(key, { printer: printer.name });
  const sentence = !isSeen ? t("unseen", { printer: printer.name }) : told === key ? printer.sentence : told;
  const blind = last.find((one) => one.printer === printer.name && one.state === "sent" && one.settled_at !== null);
  const tested = last.find((one) => one.id === test);
  const ask = async (): Promise<void> => {
    setTest((await call<{ id: number }>({}, "POST", `/api/v1/printers/${encodeURIComponent(printer.name)}/test`)).id);
    await changed();
  };
  return (
    <Device name={printer.name} place={printer.site} state={printer.since ? t("stateSince", { state: sentence, time: time(printer.since) }) : sentence} isGood={isReady}>
      {held.length > 0 && <p class="held">{t("heldCodes", { codes: listed(held, printer.held, t) })}<br />
        {printer.neighbour ? t("neighbour", { seconds: printer.after_seconds, printer: printer.neighbour }) : t("goesOn")}</p>}
      <Facts rows={[[t("waits"), printer.waiting], [t("held"), printer.held], [t("lastLabel"), printer.last_label ? `${printer.last_label} (${time(printer.printed_at)})` : blind && `${blind.code} (${become(blind, say)})`],
        [t("errorsHour"), printer.errors_hour], [t("cameOutAfter"), printer.latency_ms === null ? "" : `${printer.latency_ms.toLocaleString()} ms`], [t("odometer"), printer.odometer?.toLocaleString()], [t("model"), `${printer.model} ${printer.firmware}`.trim()], [t("address"), printer.url], [t("looked"), printer.checked_at && time(printer.checked_at)]]} />
      <p class="acts"><Act label={t("testLabel")} act={ask} />{tested && <span>{t("asked", { state: become(tested, say) })}</span>}</p>
      <Answers printer={printer} t={t} changed={changed} />
    </Device>
  );
}

/** Whether it ever answers. That nobody will know what came out is said before it is set, and for as long as it is. */
function Answers({ printer, t, changed }: { printer: Printer; t: Words["t"]; changed: () => Promise<void> }) {
  const [isAsked, setAsked] = useState(false);
  const set = (answers: Printer["answers"]) => async (): Promise<void> => {
    await call({}, "PUT", `/api/v1/printers/${encodeURIComponent(printer.name)}/answers`, { answers });
    setAsked(false);
    await changed();
  };
  if (printer.answers === "no") return <><p class="said">{t("isBlind")}</p><p class="acts"><Act label={t("answersAgain")} act={set("yes")} /></p></>;
  if (!isAsked && !SEEMS_ONE_WAY.has(printer.condition)) return null;
  if (!isAsked) return <p class="acts"><button onClick={() => setAsked(true)}>{t("neverAnswers")}</button></p>;
  return <><p class="held" role="alert">{t("blindWarning")}</p><p class="acts"><Act label={t("printBlind")} act={set("no")} /><button onClick={() => setAsked(false)}>{t("stop")}</button></p></>;
}

function listed(held: Job[], count: number, t: Words["t"]): string {
  const codes = held.slice(0, SHOWN_MAX).map((one) => one.code).join(", ");
  return count > SHOWN_MAX ? t("more", { codes, count: count - SHOWN_MAX }) : codes;
}
