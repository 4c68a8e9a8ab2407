/** The floor map: drawn on a canvas from the real coordinates; a spot opens its bins. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { call } from "../net/api";
import { Empty } from "../look/parts";
import { draw, flagged, planOf, spotAt, type View } from "./plan";
import type { Groups, Place, Words } from "./shapes";

/** The places once, and again when the map speaks of one that is not among them. */
export function usePlaces(map: Groups["map"] | null): Place[] | null {
  const [places, setPlaces] = useState<Place[] | null>(null);
  const known = useMemo(() => new Set(places?.map(([id]) => id)), [places]);
  const isMissing = map !== null && (places === null || map.bins.some(([id]) => !known.has(id)));
  useEffect(() => {
    if (isMissing) void call<{ places: Place[] }>({}, "GET", "/api/v1/dashboard/places").then((found) => setPlaces(found.places)).catch(() => undefined);
  }, [isMissing, map]);
  return places;
}

export function FloorMap({ map, places, t, shows, open }: Pick<Words, "t"> & { map: Groups["map"]; places: Place[]; shows: "picks" | "fill"; open?: (codes: string[]) => void }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const view = useRef<View | null>(null);
  const plan = useMemo(() => planOf(places), [places]);
  useEffect(() => {
    const here = canvas.current;
    if (!here) return undefined;
    const again = (): void => {
      view.current = draw(here, plan, map, shows);
      here.dataset["draws"] = String(Number(here.dataset["draws"] ?? 0) + 1);
    };
    again();
    const sized = new ResizeObserver(again);
    const dressed = new MutationObserver(again);
    const night = matchMedia("(prefers-color-scheme: dark)");
    sized.observe(here);
    dressed.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    night.addEventListener("change", again);
    return () => {
      sized.disconnect();
      dressed.disconnect();
      night.removeEventListener("change", again);
    };
  }, [plan, map, shows]);
  const press = (event: MouseEvent): void => {
    const box = canvas.current?.getBoundingClientRect();
    const spot = box && view.current && spotAt(plan, view.current, event.clientX - box.left, event.clientY - box.top);
    if (spot && open) open(spot.places.map(([, code]) => code));
  };
  if (!places.length) return <Empty>{t("noPlaces")}</Empty>;
  return <canvas class={`floor-map ${open ? "opens" : ""}`} ref={canvas} onClick={press} role="img" aria-label={t("mapSays", { bins: places.filter(([, , kind]) => kind === "bin").length, flagged: flagged(map).length, people: map.people.length })} />;
}

const SIGNS = ["suspect", "count", "blocked", "held"] as const;

export function Legend({ t, shows, map }: Pick<Words, "t"> & { shows: "picks" | "fill"; map: Groups["map"] }) {
  return (
    <p class="legend dim">
      <span><i class="few" /> {t(shows === "picks" ? "few" : "empty")} <i class="some" /><i class="many" /> {t(shows === "picks" ? "many" : "full")}</span>
      {SIGNS.map((sign) => <span key={sign}><i class={sign} /> {t(`flag.${sign}`)}</span>)}
      <span><i class="person" /> {t("person")} {map.people.length}</span>
      {shows === "picks" && <span>{t("picks", { n: map.bins.reduce((sum, [, , , picks]) => sum + picks, 0).toLocaleString(), hours: map.hours })}</span>}
    </p>
  );
}
