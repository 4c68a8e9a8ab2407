/** Bins as they would stand, drawn from their coordinates: darker where more levels are above each other. */
import type { Preview, Words } from "./shapes";

const DEPTH_MM = 900;
const MARGIN_MM = 800;
const LEVELS_DARKEST = 6;

export function Plan({ preview, t }: { preview: Preview; t: Words["t"] }) {
  const { stacks } = preview;
  if (!stacks.length) return null;
  const xs = stacks.map((one) => one.x_mm);
  const ys = stacks.map((one) => one.y_mm);
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const step = stepOf(ys);
  // the long side lies across the page
  const isTurned = Math.max(...ys) - top > Math.max(...xs) - left;
  const along = (isTurned ? Math.max(...ys) - top : Math.max(...xs) - left) + step + 2 * MARGIN_MM;
  const across = (isTurned ? Math.max(...xs) - left : Math.max(...ys) - top) + DEPTH_MM + 2 * MARGIN_MM;
  const size = Math.max(along, across) / 45;
  const seen = new Set<string>();
  return (
    <svg class="plan" viewBox={`0 0 ${along + size * 2} ${across}`} role="img" aria-label={t("planOf", { count: preview.count, zones: preview.zones })}>
      {stacks.map((one) => {
        const [x, y] = isTurned ? [one.y_mm - top, one.x_mm - left] : [one.x_mm - left, one.y_mm - top];
        const isFirst = !seen.has(one.zone);
        seen.add(one.zone);
        return (
          <g key={`${one.x_mm}/${one.y_mm}`}>
            {isFirst && one.zone && isTurned && <text x={0} y={y + MARGIN_MM + DEPTH_MM * 0.8} font-size={size}>{one.zone}</text>}
            <rect x={x + MARGIN_MM + (isTurned ? size * 1.2 : 0)} y={y + MARGIN_MM} width={(isTurned ? step : DEPTH_MM) * 0.9} height={(isTurned ? DEPTH_MM : step) * 0.9} opacity={0.35 + 0.65 * Math.min(1, one.levels / LEVELS_DARKEST)}><title>{`${one.zone} ${one.rack}: ${one.levels}`}</title></rect>
          </g>
        );
      })}
    </svg>
  );
}

/** The smallest distance between two that are not at the same place. */
function stepOf(places: number[]): number {
  const sorted = [...new Set(places)].sort((one, other) => one - other);
  const steps = sorted.slice(1).map((place, at) => place - (sorted[at] ?? 0));
  return steps.length ? Math.min(...steps) : 1_000;
}
