/** The supervisor's page: eight groups of figures, live, each leading to a list where something can be done. */
import { render, type ComponentType } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { ChartProps } from "../look/chart";
import { Frame } from "../pages/frame";
import { useLanguage, type Speech } from "../pages/language";
import { useBoard } from "./board";
import { usePlaces } from "./map";
import { OpenList, useOpened } from "./panels";
import { clock, Tile } from "./parts";
import type { Board, Groups, Place, Words } from "./shapes";
import { say as textOf, type Key } from "./texts";
import { Backlog, Cutoffs, Gear, MapTile, PeopleTile, Replenishing, STEPS, System, Troubles, Zones } from "./tiles";
import { Wall } from "./wall";
import "../look/tokens.css";
import "../look/base.css";
import "./style.css";

const TICK_MS = 20_000;

function Page() {
  const speech = useLanguage();
  const { board, trouble, isLive, look } = useBoard();
  const opened = useOpened();
  const now = useNow();
  const words = useMemo(() => wordsOf(speech, now), [speech.language, speech.texts, now]);
  const places = usePlaces(board?.groups.map ?? null);
  const { t } = words;
  if (opened.list === "wall" && board && trouble !== "signIn") return <Wall {...words} board={board} places={places} isLive={isLive && trouble === null} now={now} />;
  const live = <span class={isLive ? "good" : "dim"}>● {t(isLive ? "live" : "stale")} {clock(board?.now ?? null)}</span>;
  return (
    <Frame title={board ? board.site.name : t("title")} speech={speech} trouble={trouble} look={look} isLong beside={<>{board && live}<a href="#wall">{t("wall")}</a><a href="#enrol">{t("enrol")}</a><a href={`/cards?language=${speech.language}`}>{t("cards")}</a></>}>
      {board ? <Tiles board={board} words={words} places={places} /> : <p>…</p>}
      {board && <OpenList board={board} places={places} opened={opened} words={words} changed={look} />}
    </Frame>
  );
}

const openBins = (codes: string[]): void => { location.hash = `bins?${new URLSearchParams(codes.map((code) => ["code", code])).toString()}`; };

/** A tile is made anew when its own group changed, or the words or the time. */
function Tiles({ board, words, places }: { board: Board; words: Words; places: Place[] | null }) {
  const { groups } = board;
  return (
    <div class="board">
      {useMemo(() => <Cutoffs {...words} group={groups.cutoffs} />, [groups.cutoffs, words])}
      {useMemo(() => <Troubles {...words} group={groups.troubles} />, [groups.troubles, words])}
      {useMemo(() => <Backlog {...words} group={groups.backlog} />, [groups.backlog, words])}
      {useMemo(() => <Pace {...words} group={groups.pace} />, [groups.pace, words])}
      {useMemo(() => <PeopleTile {...words} group={groups.pace} />, [groups.pace, words])}
      {useMemo(() => <MapTile {...words} group={groups.map} places={places} open={openBins} />, [groups.map, words, places])}
      {useMemo(() => <Replenishing {...words} group={groups.replenishing} />, [groups.replenishing, words])}
      {useMemo(() => <Gear {...words} group={groups.gear} />, [groups.gear, words])}
      {useMemo(() => <System {...words} group={groups.system} />, [groups.system, words])}
    </div>
  );
}

function Pace({ group, ...words }: Words & { group: Groups["pace"] }) {
  const { t, speech } = words;
  const [Chart, setChart] = useState<ComponentType<ChartProps> | null>(null);
  useEffect(() => void import("../look/chart").then((made) => setChart(() => made.Chart)), []);
  const steps = STEPS.filter((step) => group.lines.some((one) => one.step === step && one.lines.some((lines) => lines > 0))).slice(0, 4);
  const times = (group.lines[0]?.lines ?? []).map((_, at) => group.first_at + at * group.step_ms);
  return (
    <Tile name="pace" title={t("pace")} into={["#tasks", t("tasks")]}>
      {Chart && <Chart title={t("pace")} unit={t("paceUnit")} times={times} kind="line" language={speech.language} height={180}
        series={(steps.length ? steps : (["pick"] as const)).map((step) => ({ name: t(`step.${step}`), values: group.lines.find((one) => one.step === step)?.lines ?? [] }))} />}
      <Zones {...words} group={group} />
    </Tile>
  );
}

function useNow(): number {
  const [now, set] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => set(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}

const MINUTE = 60_000, HOUR = 60 * MINUTE, DAY = 24 * HOUR;

function wordsOf(speech: Speech, now: number): Words {
  const t = (key: Key, args?: Record<string, unknown>): string => textOf(speech.language, key, args);
  const ago = (at: number | null): string => {
    if (at === null) return "–";
    const past = Math.max(0, now - at);
    return past < MINUTE ? t("now") : past < 2 * HOUR ? t("minutes", { n: Math.round(past / MINUTE) }) : past < 2 * DAY ? t("hours", { n: Math.round(past / HOUR) }) : t("days", { n: Math.round(past / DAY) });
  };
  return { t, speech, ago };
}

const root = document.getElementById("app");
if (root) render(<Page />, root);
