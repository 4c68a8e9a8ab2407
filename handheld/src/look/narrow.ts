/** Whether the screen is a phone's, on which what stands beside each other elsewhere stands below each other. */
import { useEffect, useState } from "preact/hooks";

const PHONE_PX = 700;

export function useNarrow(most = PHONE_PX): boolean {
  const [narrow] = useState(() => matchMedia(`(max-width: ${most}px)`));
  const [isNarrow, set] = useState(narrow.matches);
  useEffect(() => {
    const changed = (): void => set(narrow.matches);
    changed();
    narrow.addEventListener("change", changed);
    return () => narrow.removeEventListener("change", changed);
  }, []);
  return isNarrow;
}
