/** From nothing to the first scan: seven short steps, each told by what there is, so that it can be left and taken up again anywhere. */
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Chip, Meter } from "../look/parts";
import { say as masterSay } from "../masterdata/texts";
import { call } from "../net/api";
import { Frame, ThemeButton, useFound } from "../pages/frame";
import { useLanguage } from "../pages/language";
import { say as pageSay } from "../pages/texts";
import type { Progress, StepProps, Words } from "./shapes";
import { Setup } from "./setup";
import { Handhelds, Items, Labels, People, Practice, Printer } from "./steps";
import { say } from "./texts";
import { Warehouse } from "./warehouse";
import "../masterdata/style.css";
import "./style.css";

const LOOK_MS = 1_500;
const STEPS = ["warehouse", "labels", "items", "people", "printer", "handheld", "practice"] as const;
type Step = (typeof STEPS)[number];
const MAY_WAIT: readonly Step[] = ["labels", "people", "printer"];
const PARTS: Record<Step, (props: StepProps) => preact.JSX.Element> = { warehouse: Warehouse, labels: Labels, items: Items, people: People, printer: Printer, handheld: Handhelds, practice: Practice };

const doneOf = (progress: Progress): Record<Step, boolean> => ({
  warehouse: progress.bins > 0, labels: progress.labels_at !== null, items: progress.items > 0, people: progress.people > 1, printer: progress.printer !== null,
  handheld: progress.handhelds.length > 0, practice: progress.handhelds.some((one) => one.scanned === "location" || one.scanned === "item"),
});

function Page() {
  const speech = useLanguage();
  const g: Words["g"] = (key, args) => say(speech.language, key, args);
  const words: Words = { g, speech, m: { speech, t: (key, args) => masterSay(speech.language, key, args) } };
  return location.pathname === "/setup" ? <SetupPage {...words} /> : <Guide {...words} />;
}

function SetupPage(words: Words) {
  const { speech } = words;
  return (
    <div class="page">
      <header><h1>Aisle</h1><span class="right"><ThemeButton t={(key) => pageSay(speech.language, key)} /><button onClick={speech.swap}>{pageSay(speech.language, "language")}</button></span></header>
      <Setup {...words} />
    </div>
  );
}

function Guide(words: Words) {
  const { g, speech } = words;
  const { found, trouble, look } = useFound(() => call<Progress>({}, "GET", "/api/v1/guide"));
  useEffect(() => {
    void look();
    const timer = setInterval(() => { if (document.visibilityState === "visible") void look(); }, LOOK_MS);
    return () => clearInterval(timer);
  }, []);
  return <Frame title={g("title")} {...{ speech, trouble, look }}>{found ? <Steps {...words} progress={found} look={look} /> : <p class="dim">…</p>}</Frame>;
}

function Steps(props: StepProps) {
  const { g, progress } = props;
  const done = doneOf(progress);
  const [later, setLater] = useState<Step[]>([]);
  const next = (after: readonly Step[]): Step | undefined => STEPS.find((one) => !done[one] && !after.includes(one));
  const [open, setOpen] = useState<Step | undefined>(() => next([]));
  const count = STEPS.filter((one) => done[one]).length;
  const goOn = (from: Step): void => {
    const passed = done[from] ? later : [...later, from];
    setLater(passed);
    const following = STEPS.slice(STEPS.indexOf(from) + 1).find((one) => !done[one]) ?? next(passed);
    setOpen(following);
  };
  return (
    <main class="guide stack">
      <p>{g("intro")}</p>
      <div class="stack tight"><Meter part={count} of={STEPS.length} tone="good" label={g("title")} /><p class="dim">{g("progress", { done: count, all: STEPS.length })}</p></div>
      <ol class="steps">{STEPS.map((step, at) => {
        const Part = PARTS[step];
        const isBlocked = step !== "warehouse" && !progress.site;
        return (
          <li key={step} class={`card ${open === step ? "open" : ""}`} data-step={step}>
            <button class="bare head" aria-expanded={open === step} disabled={isBlocked} onClick={() => setOpen(open === step ? undefined : step)}>
              <span class={`number ${done[step] ? "good" : ""}`}>{done[step] ? "✓" : at + 1}</span><span class="grow">{g(step)}</span>{done[step] ? <Chip tone="good">{g("isDone")}</Chip> : later.includes(step) ? <Chip>{g("isLater")}</Chip> : null}
            </button>
            {open === step && <div class="stack inside"><p class="dim">{g(`${step}Why`)}</p><Part {...props} />
              <div class="row go">{done[step] ? <button class="main next" onClick={() => goOn(step)}>{g(at === STEPS.length - 1 ? "finish" : "next")}</button> : MAY_WAIT.includes(step) ? <button class="next" onClick={() => goOn(step)}>{g("notNow")}</button> : null}</div></div>}
          </li>
        );
      })}</ol>
      {done.practice && !open && <p class="good">{g("allDone")} <a href="/dashboard">{g("toDashboard")}</a></p>}
    </main>
  );
}

const root = document.getElementById("app");
if (root) render(<Page />, root);
