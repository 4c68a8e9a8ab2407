/** The returns table: the paper or the parcel, each piece, its grade; the label of where it goes comes out by itself. */
import { currentForm } from "../floor/fillTask";
import type { Form, Task } from "../floor/types";
import type { Handheld } from "../pda/handheld";
import { labelSaid } from "./labels";
import { Fitting, Picture } from "./parts";
import type { Work } from "./table";
import type { Key, T } from "./texts";

const GRADES = [["RESTOCK", "green", "✓"], ["QUARANTINE", "amber", "?"], ["SCRAP", "red", "✕"]] as const;
const isNone = (value: unknown): boolean => value === null || value === undefined;

export function Returns(work: Work) {
  const { handheld, t } = work;
  const { task } = handheld.view;
  const form = task ? currentForm(task) : undefined;
  if (!task || task.kind !== "return" || !form) return <Idle {...work} />;
  const isInHand = form.slots.some((one) => one.name === "item" && !isNone(one.value));
  return (
    <main class="table">
      <section class="job">
        <p class="order"><b class="far">{String(task.document ?? "")}</b></p>
        {isInHand ? <Grades work={work} form={form} /> : <Lines handheld={handheld} task={task} t={t} />}
        <LastLabel {...work} />
        <p class="ask">{isInHand ? <Missing work={work} form={form} /> : t("scanPiece")}</p>
      </section>
    </main>
  );
}

const Idle = ({ t, ...work }: Work) => (
  <main class="alone"><span class="glyph">↩</span><p class="far-xl">{t("scanReturn")}</p><p class="far">{t("returnOr")}</p><LastLabel {...work} t={t} /></main>
);

function Missing({ work, form }: { work: Work; form: Form }) {
  const open = form.slots.find((one) => isNone(one.value) && !one.optional && isNone(one.default) && one.name !== "grade");
  return <>{open ? work.handheld.say(open.prompt) : work.t("gradeIt")}</>;
}

function Lines({ handheld, task, t }: { handheld: Handheld; task: Task; t: T }) {
  return (
    <Fitting kind="items" items={task.forms} id={(one) => one.id} more={(count) => t("more", { count })} row={(one) => (
      <div class={`item ${one.state === "open" ? "" : "done"}`}>
        <Picture handheld={handheld} of={one.info?.["picture"]} name={String(one.info?.["name"] ?? "")} />
        <span class="named"><b>{String(one.info?.["name"] ?? "")}</b><small>{String(one.info?.["item"] ?? "")}</small></span>
        <b class="many">{one.state === "open" ? `${String(one.info?.["quantity"] ?? "")} ${t("pieces")}` : "✓"}</b>
      </div>)} />
  );
}

/** The piece in hand, and the three cards; whoever has a hand free may touch them as well. */
function Grades({ work, form }: { work: Work; form: Form }) {
  const { handheld, t } = work;
  const said = (name: string): string => String(form.slots.find((one) => one.name === name)?.value ?? "");
  return (
    <>
      <div class="item inhand">
        <Picture handheld={handheld} of={form.info?.["picture"]} name={String(form.info?.["name"] ?? "")} />
        <span class="named"><b>{String(form.info?.["name"] ?? "")}</b><small>{[said("item"), said("lot"), said("serial"), said("expiry")].filter(Boolean).join(" · ")}</small></span>
        <b class="many">{said("quantity") || 1} ×</b>
      </div>
      <div class="grades">{GRADES.map(([grade, colour, mark]) => (
        <button key={grade} class={`flooded ${colour}`} onClick={() => void handheld.scan(`GRADE-${grade}`)}><b class="mark">{mark}</b><b class="far">{t(grade)}</b><span>{t(`${grade}Does` as Key)}</span><small>{t("scanCard", { card: handheld.say({ key: `card.GRADE-${grade}`, args: {} }) })}</small></button>))}</div>
    </>
  );
}

/** The label of the pallet that returned goods are put on, while it is new. */
function LastLabel({ shown, t, handheld }: Work) {
  const label = shown.labels.find((one) => one.label === "lpn");
  if (!label || shown.now - label.created_at > 60_000) return null;
  const { tone, mark, said } = labelSaid(label, shown, t, handheld.say);
  return <p class={`band ${tone}`}><b>{mark}</b><span>▤ {label.code}: {said}</span></p>;
}
