/** Whether the screen is a phone's, on which what stands beside each other elsewhere stands below each other. */
import { useEffect, useState } from "preact/hooks";

const NARROW = matchMedia("(max-width: 700px)");

export function useNarrow(): boolean {
  const [isNarrow, set] = useState(NARROW.matches);
  useEffect(() => {
    const changed = (): void => set(NARROW.matches);
    NARROW.addEventListener("change", changed);
    return () => NARROW.removeEventListener("change", changed);
  }, []);
  return isNarrow;
}
