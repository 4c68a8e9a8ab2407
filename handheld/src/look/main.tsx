/** The design on a page of its own: every part in every state. */
import { render, type ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Frame } from "../pages/frame";
import { useLanguage } from "../pages/language";
import { Chart } from "./chart";
import { Card, Chip, Empty, Field, Meter, Notice, Panel, Rows, type Tone } from "./parts";
import { say, type Key } from "./texts";
import type { Language } from "../texts";
import "./look.css";

type T = (key: Key) => string;
const TONES = ["good", "warn", "bad", "act"] as const;
const COLOURS = ["ink", "dim", "paper", "card", "line", "raised", "act", "good", "warn", "bad", "bar"];
const SIZES = ["huge", "xl", "l", "m", "", "s"];

function Page() {
  const speech = useLanguage();
  const [hasGloves, setGloves] = useState(false);
  const [isBig, setBig] = useState(false);
  const t: T = (key) => say(speech.language, key);
  const root = document.documentElement;
  root.toggleAttribute("data-gloves", hasGloves);
  root.classList.toggle("twice", isBig);
  return (
    <Frame title={t("title")} speech={speech} trouble={null} look={async () => undefined}>
      <div class="stack wide">
        <div class="row"><p class="grow">{t("intro")}</p>
          <button aria-pressed={hasGloves} onClick={() => setGloves(!hasGloves)}>{t("gloves")}</button><button aria-pressed={isBig} onClick={() => setBig(!isBig)}>{t("big")}</button></div>
        <Part title={t("colours")}><div class="swatches">{COLOURS.map((name) => <div key={name}><span class={`swatch of-${name}`} /><code>--{name}</code></div>)}</div></Part>
        <Part title={t("type")}>{SIZES.map((size) => <p key={size} class={`size-${size || "text"}`}>{size === "huge" ? t("where") : `${t("goods")} 1,234`} <code class="dim">--text{size && `-${size}`}</code></p>)}</Part>
        <Part title={t("acts")}><Acts t={t} /></Part>
        <Part title={t("tells")}><Tells t={t} /></Part>
        <Part title={t("shows")}><Shows t={t} /></Part>
        <Part title={t("charts")}><Charts t={t} language={speech.language} /></Part>
        <Part title={t("floor")}><Floor t={t} /></Part>
      </div>
    </Frame>
  );
}

const Part = ({ title, children }: { title: string; children: ComponentChildren }) => <section class="stack"><h2>{title}</h2><div class="stack">{children}</div></section>;

function Acts({ t }: { t: T }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <div class="row"><button class="main">{t("main")}</button><button>{t("plain")}</button><button class="danger">{t("danger")}</button><button class="bare">{t("bare")}</button><button aria-pressed>{t("chosen")}</button><button disabled>{t("off")}</button></div>
      <button class="main huge">{t("next")}</button>
      <div class="row"><button onClick={() => setOpen(true)}>{t("open")}</button></div>
      {isOpen && <Panel title={t("panel")} close={() => setOpen(false)} closeText={t("close")}><Shows t={t} /></Panel>}
    </>
  );
}

function Tells({ t }: { t: T }) {
  return (
    <div class="grid">
      <Field label={t("label")} tip={t("tip")}><input value="TEA" /></Field>
      <Field label={t("label")} wrong={t("wrong")}><input value="X9" aria-invalid="true" /></Field>
      <Field label={t("choice")}><select><option>A</option><option>B</option></select></Field>
      <label class="check"><span>{t("tick")}</span><input type="checkbox" checked /></label>
    </div>
  );
}

const NOTICES: Record<(typeof TONES)[number], Key> = { good: "noticeGood", warn: "noticeWarn", bad: "noticeBad", act: "noticeAct" };

function Shows({ t }: { t: T }) {
  const rows = [{ code: "R-1001", lines: 12, tone: "good" }, { code: "R-1002", lines: 3, tone: "warn" }, { code: "R-1003", lines: 41, tone: "bad" }] as const;
  return (
    <>
      <div class="row">{TONES.map((tone) => <Chip key={tone} tone={tone}>{t(tone)}</Chip>)}<Chip>{t("plain")}</Chip></div>
      {TONES.map((tone) => <Notice key={tone} tone={tone} act={<button>{t("plain")}</button>}>{t(NOTICES[tone])}</Notice>)}
      <div class="grid">
        <Card title={t("dense")}><Rows title={t("dense")} rows={[...rows]} id={(row) => row.code} chosen="R-1002" empty={t("none")} columns={[
          { head: t("order"), cell: (row) => row.code }, { head: t("lines"), cell: (row) => row.lines, isNumber: true }, { head: t("state"), cell: (row) => <Chip tone={row.tone as Tone}>{t(row.tone)}</Chip> }]} /></Card>
        <Card title={t("order")}><p class="figure">1,234</p><Meter part={30} of={40} label={t("lines")} /><Meter part={8} of={40} tone="bad" label={t("lines")} /></Card>
        <Card title={t("order")}><Empty>{t("none")}</Empty></Card>
      </div>
    </>
  );
}

const HOURS = Array.from({ length: 36 }, (_, at) => Date.UTC(2026, 10, 28, 6) + at * 3_600_000);
const LINES = { name: "lines", values: HOURS.map((_, at) => (at % 24 > 16 ? null : 40 + 30 * Math.sin(at / 3))) } as const;
const ORDERS = { name: "order", values: HOURS.map((_, at) => (at % 24 > 16 ? null : 25 + 12 * Math.cos(at / 4))) } as const;

function Charts({ t, language }: { t: T; language: Language }) {
  const series = [LINES, ORDERS].map((one) => ({ name: t(one.name), values: one.values.map((value) => (value === null ? null : Math.round(value))) }));
  const few = series.map((one) => ({ ...one, values: one.values.slice(0, 12) }));
  return (
    <div class="grid">
      <Card><Chart title={t("perHour")} unit={t("lines")} kind="line" times={HOURS} series={series} language={language} zone="UTC" /></Card>
      <Card><Chart title={t("perHour")} kind="bars" times={HOURS.slice(0, 12)} series={few} language={language} zone="UTC" /></Card>
      <Card><Chart title={t("perHour")} kind="bars" times={[]} series={[]} language={language} /></Card>
    </div>
  );
}

function Floor({ t }: { t: T }) {
  return (
    <div class="grid floor">
      <div class="card"><p class="size-huge">{t("where")}</p><p class="size-l">{t("goods")}</p><p class="prompt">{t("scan")}</p></div>
      {(["good", "warn", "bad"] as const).map((tone) => <div key={tone} class={`flood ${tone}`}><b>{{ good: "✓", warn: "?", bad: "✕" }[tone]}</b><p>{t(tone === "bad" ? "stop" : tone)}</p></div>)}
    </div>
  );
}

const root = document.getElementById("app");
if (root) render(<Page />, root);
