import { useState } from "preact/hooks";
import { time } from "../dashboard/parts";
import { call } from "../net/api";
import { Act, Device, Facts } from "./parts";
import type { Job, Printer, Words } from "./shapes";

const SHOWN_MAX = 5;

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
      <p><b>{t("question", { code: job.code, printer: job.printer })}</b><br />{t("look")}</p>
      <p class="acts"><Act isMain label={t("cameOut")} act={answer(true)} /><Act label={t("didNot")} act={answer(false)} /></p>
    </div>
  );
}

export function PrinterCard({ printer, held, last, t, say, changed }: Shared & { printer: Printer; held: Job[]; last: Job[] }) {
  const [test, setTest] = useState<number | null>(null);
  const isSeen = printer.condition !== "";
  const isReady = printer.condition === "ready";
  const key = `printer.${printer.condition}`;
  const told = say(key, { printer: printer.name });
  const sentence = !isSeen ? t("unseen", { printer: printer.name }) : told === key ? printer.sentence : told;
  const tested = last.find((one) => one.id === test);
  const ask = async (): Promise<void> => {
    setTest((await call<{ id: number }>({}, "POST", `/api/v1/printers/${encodeURIComponent(printer.name)}/test`)).id);
    await changed();
  };
  return (
    <Device name={printer.name} place={printer.site} state={printer.since ? t("stateSince", { state: sentence, time: time(printer.since) }) : sentence} isGood={isSeen ? isReady : null}>
      {held.length > 0 && <p class="held">{t("heldCodes", { codes: listed(held, printer.held, t) })}<br />
        {printer.neighbour ? t("neighbour", { seconds: printer.after_seconds, printer: printer.neighbour }) : t("goesOn")}</p>}
      <Facts rows={[[t("waits"), printer.waiting], [t("held"), printer.held], [t("lastLabel"), printer.last_label && `${printer.last_label} (${time(printer.printed_at)})`],
        [t("odometer"), printer.odometer?.toLocaleString()], [t("model"), `${printer.model} ${printer.firmware}`.trim()], [t("address"), printer.url], [t("looked"), printer.checked_at && time(printer.checked_at)]]} />
      <p class="acts"><Act label={t("testLabel")} act={ask} />{tested && <span>{t("asked", { state: say(`label_state.${tested.state}`) })}</span>}</p>
    </Device>
  );
}

function listed(held: Job[], count: number, t: Words["t"]): string {
  const codes = held.slice(0, SHOWN_MAX).map((one) => one.code).join(", ");
  return count > SHOWN_MAX ? t("more", { codes, count: count - SHOWN_MAX }) : codes;
}
