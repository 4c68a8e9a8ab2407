/** What the worker waits for is painted first. A hidden page paints nothing, so that a clock stands beside the frame. */
const AT_MOST_MS = 100;

export function afterPaint(work: () => void): void {
  if (!("requestAnimationFrame" in globalThis)) return work();
  let isDone = false;
  const once = (): void => {
    if (isDone) return;
    isDone = true;
    work();
  };
  setTimeout(once, AT_MOST_MS);
  requestAnimationFrame(() => setTimeout(once, 0));
}
