/** A chart of figures over time, the same on every page: drawn with uPlot in the colours of the design, and a table of the same numbers for whoever cannot see it. */
import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import { filled, type Language } from "../texts";
import type { Tone } from "./parts";
import "uplot/dist/uPlot.min.css";
import "./chart.css";

export interface Series {
  name: string;
  /** One for each of the chart's times; null where nothing is known. */
  values: (number | null)[];
  /** Without one, the next of the chart's own colours. */
  tone?: Tone;
}

export interface ChartProps {
  title: string;
  /** Where each step begins, in milliseconds, evenly spaced or nearly so. */
  times: number[];
  series: Series[];
  unit?: string;
  height?: number;
  kind: "line" | "bars";
  language: Language;
  /** IANA name of the time zone the steps are told in; the browser's own without one. */
  zone?: string;
}

const HOUR_S = 3600;
const DAY_S = 24 * HOUR_S;
const COLOURS = ["act", "bar", "warn", "dim"] as const;
/** Colour is never all there is: lines differ in their dashes too. */
const DASHES = [[], [8, 4], [2, 4], [10, 4, 2, 4]];
const texts: Record<Language, Record<"table" | "time" | "none" | "unit", string>> = {
  en: { table: "As a table", time: "Time", none: "Nothing in this time.", unit: "{title} ({unit})" },
  "zh-CN": { table: "以表格显示", time: "时间", none: "此时段没有数据。", unit: "{title}（{unit}）" },
};

const nameOf = (one: Series, at: number): string => one.tone || COLOURS[at % COLOURS.length] || "act";
const dashOf = (at: number): number[] => DASHES[at % DASHES.length] ?? [];
const stepOf = (times: number[]): number => (times.length > 1 ? Math.min(...times.slice(1).map((time, at) => time - (times[at] ?? 0))) / 1000 : HOUR_S);
const token = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** How a moment is written where the steps are `step` seconds long. */
function clockOf(language: Language, step: number, zone?: string): (seconds: number) => string {
  const parts: Intl.DateTimeFormatOptions = step < DAY_S ? { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false }
    : step < 28 * DAY_S ? { month: "short", day: "numeric" } : { year: "numeric", month: "short" };
  const format = new Intl.DateTimeFormat(language, { ...parts, ...(zone ? { timeZone: zone } : {}) });
  return (seconds) => format.format(seconds * 1000);
}

/** The hour alone within a day: the day is told at its beginning. */
function marksOf(language: Language, zone?: string): (plot: uPlot, splits: number[], axis: number, space: number, step: number) => string[] {
  const hour = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hour12: false, ...(zone ? { timeZone: zone } : {}) });
  return (_plot, splits, _axis, _space, step) => {
    const day = clockOf(language, Math.max(DAY_S, step), zone);
    return splits.map((at, index) => {
      if (step >= DAY_S) return day(at);
      const before = splits[index - 1];
      return before === undefined || day(before) !== day(at) ? `${hour.format(at * 1000)}\n${day(at)}` : hour.format(at * 1000);
    });
  };
}

const dataOf = (times: number[], series: Series[]): uPlot.AlignedData => [times.map((at) => at / 1000), ...series.map((one) => one.values)];

/** Bars of several series stand beside each other in their step. */
function bars(count: number, at: number, step: number): uPlot.Series.PathBuilder | undefined {
  const [wide, edge] = [(0.8 * step) / count, 0.1 * step];
  const unit = 1 as uPlot.Series.BarsPathBuilderFacetUnit.ScaleValue;
  return uPlot.paths.bars?.({ size: [0.8, 64], align: 1, disp: {
    x0: { unit, values: (plot, _series, from, to) => Array.from(plot.data[0]).slice(from, to + 1).map((time) => time + edge + at * wide) },
    size: { unit, values: (plot, _series, from, to) => Array.from(plot.data[0]).slice(from, to + 1).map(() => wide) } } });
}

function optionsOf({ times, series, kind, language, zone, height = 220 }: ChartProps, place: HTMLElement, pointed: (at: number | null) => void): uPlot.Options {
  const letter = parseFloat(getComputedStyle(place).fontSize);
  const [step, number] = [stepOf(times), new Intl.NumberFormat(language, { maximumFractionDigits: 2 })];
  const axis: uPlot.Axis = { stroke: () => token("dim"), font: `${letter}px ${token("sans")}`, grid: { stroke: () => token("line"), width: 1 }, ticks: { show: false } };
  const drawn = series.map((one, at): uPlot.Series => {
    const stroke = (): string => token(nameOf(one, at));
    const path = kind === "bars" ? bars(series.length, at, step) : undefined;
    return { label: one.name, stroke, width: kind === "bars" ? 1 : 2, points: { show: kind === "line" && times.length < 2, size: 6 },
      ...(kind === "bars" ? { fill: stroke } : { dash: dashOf(at) }), ...(path ? { paths: path } : {}) };
  });
  return {
    width: place.clientWidth, height, series: [{}, ...drawn], legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: kind === "line" } },
    ...(zone ? { tzDate: (seconds: number) => uPlot.tzDate(new Date(seconds * 1000), zone) } : {}),
    scales: { x: { range: (_plot, from, to) => [from, kind === "bars" ? to + step : Math.max(to, from + step)] }, y: { range: (_plot, least, most) => [Math.min(0, least || 0), most && most > 0 ? most * 1.1 : 1] } },
    axes: [{ ...axis, values: marksOf(language, zone), space: letter * 6, size: letter * 3.4 },
      { ...axis, values: (_plot, splits) => splits.map((value) => number.format(value)), size: (_plot, values) => letter * (1.4 + 0.62 * Math.max(1, ...(values ?? []).map((one) => one.length))) }],
    hooks: { setCursor: [(plot) => pointed(plot.cursor.idx ?? null)] },
  };
}

export function Chart(props: ChartProps) {
  const { title, times, series, unit, kind, language, zone, height } = props;
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [at, point] = useState<number | null>(null);
  const isEmpty = !times.length || series.every((one) => one.values.every((value) => value === null));
  const step = stepOf(times);
  useEffect(() => {
    const here = place.current;
    if (!here) return undefined;
    const made = new uPlot(optionsOf(props, here, point), dataOf(times, series), here);
    const sized = new ResizeObserver(() => here.clientWidth && made.setSize({ width: here.clientWidth, height: height ?? 220 }));
    const redraw = (): void => made.redraw(false, true);
    const dressed = new MutationObserver(redraw);
    const night = matchMedia("(prefers-color-scheme: dark)");
    plot.current = made;
    sized.observe(here);
    dressed.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    night.addEventListener("change", redraw);
    return () => {
      sized.disconnect();
      dressed.disconnect();
      night.removeEventListener("change", redraw);
      plot.current = null;
      made.destroy();
    };
  }, [isEmpty, kind, language, zone, height, step, series.map((one) => `${one.name}\n${one.tone ?? ""}`).join("\n")]);
  useEffect(() => plot.current?.setData(dataOf(times, series)), [times, series]);
  const whole = unit ? filled(texts[language].unit, { title, unit }) : title;
  const clock = clockOf(language, step, zone);
  return (
    <figure class="chart">
      <figcaption class="row"><b class="grow">{whole}</b>{at !== null && times[at] !== undefined && <span class="dim">{clock(times[at] / 1000)}</span>}
        <span class="keys">{series.map((one, number) => <span key={one.name} class="key"><Mark name={nameOf(one, number)} dash={dashOf(number)} kind={kind} />{one.name}{at !== null && <b class="n"> {told(one.values[at], language)}</b>}</span>)}</span></figcaption>
      {isEmpty ? <p class="empty">{texts[language].none}</p> : <div ref={place} class="plot" role="img" aria-label={whole} />}
      {!isEmpty && <Numbers title={whole} times={times} series={series} language={language} clock={clock} />}
    </figure>
  );
}

const told = (value: number | null | undefined, language: Language): string => (value === null || value === undefined ? "–" : value.toLocaleString(language, { maximumFractionDigits: 2 }));

/** What a series looks like in the drawing. */
function Mark({ name, dash, kind }: { name: string; dash: number[]; kind: ChartProps["kind"] }) {
  return <svg class={`mark ink-${name}`} width="28" height="12" aria-hidden="true">{kind === "bars" ? <rect width="28" height="12" /> : <line x1="0" y1="6" x2="28" y2="6" stroke-dasharray={dash.join(" ")} />}</svg>;
}

/** The same numbers as a table; its rows are made when somebody opens it. */
function Numbers({ title, times, series, language, clock }: { title: string; times: number[]; series: Series[]; language: Language; clock: (seconds: number) => string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{texts[language].table}</summary>
      {isOpen && <div class="scroll" tabIndex={0} role="region" aria-label={title}><table>
        <thead><tr><th scope="col">{texts[language].time}</th>{series.map((one) => <th key={one.name} scope="col" class="n">{one.name}</th>)}</tr></thead>
        <tbody>{times.map((time, at) => <tr key={time}><th scope="row">{clock(time / 1000)}</th>{series.map((one) => <td key={one.name} class="n">{told(one.values[at], language)}</td>)}</tr>)}</tbody>
      </table></div>}
    </details>
  );
}
