/** The packing table: tote, items, carton, weight, label. Every step is a scan or a weight; nothing has to be touched. */
import { useState } from "preact/hooks";
import { currentForm } from "../floor/fillTask";
import type { Entry, Form, Message, Slot } from "../floor/types";
import { Carton, type Content } from "./carton";
import { LabelState } from "./labels";
import { Band, Fitting, Flood, Picture } from "./parts";
import { isBroken, type Peripheral } from "./shapes";
import type { Work } from "./table";
import type { Key, T } from "./texts";

const STEPS: [string, Key, string][] = [["tote", "stepTote", "⊔"], ["pack", "stepItems", "▦"], ["weigh", "stepScale", "⚖"], ["verify_label", "stepLabel", "▤"]];

export function Packing(work: Work) {
  const { handheld, shown, t } = work;
  const { task } = handheld.view;
  const form = task ? currentForm(task) : undefined;
  const scale = shown.peripherals.find((one) => one.kind === "scale");
  if (!task || task.kind !== "pack" || !form) return <Idle {...work} />;
  return (
    <main class="table">
      <Steps at={form.kind} hasScale={task.forms.some((one) => one.kind === "weigh") || scale !== undefined} t={t} />
      <section class="job">
        <p class="order"><b class="far">{String(task.document ?? "")}</b> <span>{t("parcel", { number: form.info?.["number"] ?? 1 })}</span>{Array.isArray(task["totes"]) && form.kind === "pack" && task["totes"].length > 0 && <span class="dim"> {t("totes", { totes: task["totes"].join(", ") })}</span>}</p>
        {form.kind === "pack" && <Items work={work} form={form} scale={scale} />}
        {form.kind === "weigh" && <Weighing work={work} form={form} scale={scale} />}
        {form.kind === "verify_label" && <LabelState work={work} sscc={String(form.info?.["lpn"])} kind="carton" />}
        {!form.info?.["wrong"] && <Ask {...work} form={form} />}
      </section>
    </main>
  );
}

function Idle({ handheld, t }: Work) {
  const waiting = handheld.view.counts["pack"] ?? 0;
  return (
    <main class="alone">
      <span class="glyph">⊔</span>
      <p class="far-xl">{t("scanTote")}</p>
      <p class="far">{t("toteOr")}</p>
      {waiting > 0 && <p class="far-s dim">{t("packWaiting", { count: waiting })}</p>}
    </main>
  );
}

function Steps({ at, hasScale, t }: { at: string; hasScale: boolean; t: T }) {
  const steps = STEPS.filter(([kind]) => kind !== "weigh" || hasScale);
  const now = steps.findIndex(([kind]) => kind === at);
  return <ol class="steps">{steps.map(([kind, key, glyph], index) => <li key={kind} class={index < now ? "done" : index === now ? "now" : ""} aria-current={index === now ? "step" : undefined}><b>{index < now ? "✓" : glyph}</b>{t(key)}</li>)}</ol>;
}

/** What has to be scanned next, in the server's words. */
function Ask({ handheld, form }: Work & { form: Form }) {
  const slot = form.slots.find((one) => one.tally) ?? form.slots.find((one) => (one.value === null || one.value === undefined) && !one.optional);
  const says = form.kind === "pack" ? handheld.say(slot?.prompt) : handheld.say(form.prompt);
  return <p class="ask">{says}</p>;
}

/** So few items are shown as large as there is room. */
const FEW = 3;

const countedIn = (slot: Slot | undefined, item: string): number => ((slot?.value as Entry[] | null | undefined) ?? []).filter((one) => one.item === item).reduce((sum, one) => sum + (one.quantity ?? 0), 0);

function Items({ work, form, scale }: { work: Work; form: Form; scale: Peripheral | undefined }) {
  const { handheld, t } = work;
  const tally = form.slots.find((one) => one.tally);
  const contents = (form.info?.["contents"] ?? []) as Content[];
  const isDone = (one: Content): boolean => countedIn(tally, one.item) >= one.quantity;
  const order = [...contents].sort((one, other) => Number(isDone(one)) - Number(isDone(other)));
  const scanned = contents.filter(isDone).length;
  return (
    <div class="packing">
      <Fitting kind={`items ${order.length <= FEW ? "few" : ""}`} items={order} id={(one) => one.item} more={(count) => t("more", { count })} row={(one) => (
        <div class={`item ${isDone(one) ? "done" : ""}`}>
          <Picture handheld={handheld} of={one.picture} name={one.name} />
          <span class="named"><b>{one.name}</b><small>{one.item}</small></span>
          <b class="many">{isDone(one) && "✓ "}{countedIn(tally, one.item)} / {one.quantity}</b>
        </div>)} />
      <div class="beside">
        <Carton handheld={handheld} form={form} contents={contents} scanned={scanned} t={t} />
        {scale && <ScaleNow scale={scale} t={t} />}
      </div>
    </div>
  );
}

/** What the scale shows while nothing is asked of it. */
const ScaleNow = ({ scale, t }: { scale: Peripheral; t: T }) => (
  <p class={`scale-now ${isBroken(scale) ? "bad" : ""}`}><span>⚖ {t("onScale")}</span><b>{isBroken(scale) ? `✕ ${t("lost")}` : scale.load === "rest" || scale.load === "moving" ? `${scale.load_g} g` : "–"}</b></p>
);

interface Way {
  label: Message;
  kind: string;
  slots: Record<string, unknown>;
}

const cardOf = (way: Way): string => (way.slots["reason"] ? `WEIGHT-${String(way.slots["reason"]).toUpperCase()}` : "");

function Weighing({ work, form, scale }: { work: Work; form: Form; scale: Peripheral | undefined }) {
  const { handheld, t } = work;
  const info = form.info ?? {};
  const expected = typeof info["expected_g"] === "number" ? { grams: info["expected_g"], tolerance: Number(info["tolerance_g"]) } : null;
  const ways = (info["ways"] ?? []) as Way[];
  const isGone = scale !== undefined && isBroken(scale);
  return (
    <div class="weighing">
      {isGone ? <Flood colour="red" mark="⚖"><b>{t("scaleGone")}</b><br /><span class="far-s">{t("scaleGoneDo")}</span></Flood>
        : scale ? <Weight scale={scale} expected={expected} t={t} /> : <Flood colour="calm" mark="⚖">{t("noScale")}</Flood>}
      <p class="should">{expected ? t("shouldBe", expected) : t("unknownWeight")}</p>
      {info["wrong"] !== undefined && !isGone && <Band tone="bad" mark="✕">{handheld.say(info["wrong"] as Message)}</Band>}
      {ways.length > 0 && !isGone && <div class="ways">{ways.map((way) => (
        <button key={way.label.key} onClick={() => void handheld.follow(way.kind, way.slots)}><b>{handheld.say(way.label)}</b><small>{cardOf(way) ? t("cardOr", { card: handheld.say({ key: `card.${cardOf(way)}`, args: {} }) }) : t("orCarton")}</small></button>))}</div>}
      {(!scale || isGone) && <Grams handheld={handheld} t={t} />}
    </div>
  );
}

/** Where no scale answers the keys stand in for it: digits are grams, anything else is a scan. */
function Grams({ handheld, t }: Pick<Work, "handheld" | "t">) {
  const [typed, setTyped] = useState("");
  const send = (): void => {
    if (typed.trim()) void handheld.scan(/^\d{1,6}$/.test(typed.trim()) ? `QTY-${typed.trim()}` : typed);
    setTyped("");
  };
  return <input class="grams" data-typed autofocus inputMode="numeric" autocomplete="off" aria-label={t("typeWeight")} placeholder="g" value={typed} onInput={(event) => setTyped(event.currentTarget.value)} onKeyDown={(event) => event.key === "Enter" && send()} />;
}

type Expected = { grams: number; tolerance: number } | null;

/** In words, a colour and an icon whether what lies on the scale now is right; the server decides it once the weight rests. */
function judged(scale: Peripheral, expected: Expected, t: T): { colour: "calm" | "green" | "amber" | "red"; mark: string; said: string } {
  if (scale.load === "over") return { colour: "red", mark: "✕", said: t("overload") };
  if (scale.load === "under") return { colour: "amber", mark: "!", said: t("underload") };
  if (!scale.load || scale.load_g < 1) return { colour: "calm", mark: "⚖", said: t("empty") };
  const off = expected ? scale.load_g - expected.grams : 0;
  if (scale.load === "moving") return { colour: "amber", mark: "…", said: t("moving") };
  if (expected && Math.abs(off) > expected.tolerance) return { colour: "red", mark: "✕", said: t(off < 0 ? "lighter" : "heavier", { grams: Math.abs(off) }) };
  return { colour: "green", mark: "✓", said: t("fits") };
}

function Weight({ scale, expected, t }: { scale: Peripheral; expected: Expected; t: T }) {
  const { colour, mark, said } = judged(scale, expected, t);
  return <div class={`flooded weight ${colour}`} aria-live="polite"><b class="grams-now">{scale.load === "rest" || scale.load === "moving" ? `${scale.load_g} g` : "– g"}</b><p><b>{mark}</b> {said}</p></div>;
}
