/** The board as it is kept here: looked at when the server rings, and only what changed is sent. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { ApiError, call } from "../net/api";
import type { Trouble } from "../pages/frame";
import { watch } from "./parts";
import type { Board, Groups, Told } from "./shapes";

const LIVE_MS = 15_000;
const BLIND_MS = 5_000;

/** What was known and what was told, as one; a group that was not told is the very object that it was. */
export const merged = (known: Board | null, { again_ms: _, ...told }: Told): Board => ({ ...told, groups: { ...known?.groups, ...told.groups } as Groups });
export const marksOf = (known: Board | null): string => (known ? Object.entries(known.marks).map(([name, mark]) => `${name}:${mark}`).join(",") : "");

export function useBoard(): { board: Board | null; trouble: Trouble; isLive: boolean; look: () => Promise<void> } {
  const [board, setBoard] = useState<Board | null>(null);
  const [trouble, setTrouble] = useState<Trouble>(null);
  const [isLive, setLive] = useState(false);
  const kept = useRef<Board | null>(null);
  const { look, stop } = useMemo(() => looker(kept, setBoard, setTrouble), []);
  useEffect(() => {
    void look();
    const timer = setInterval(() => void look(), isLive ? LIVE_MS : BLIND_MS);
    return () => clearInterval(timer);
  }, [isLive]);
  useEffect(() => stop, []);
  const mayWatch = board !== null && trouble !== "signIn";
  useEffect(() => (mayWatch ? watch(() => void look(), setLive) : undefined), [mayWatch]);
  return { board, trouble, isLive, look };
}

/** One question at a time: rung meanwhile, it asks once more; told something old, it asks again when the server said. */
function looker(kept: { current: Board | null }, set: (board: Board) => void, trouble: (is: Trouble) => void): { look: () => Promise<void>; stop: () => void } {
  let asking: Promise<void> | null = null;
  let isWanted = false;
  let later: ReturnType<typeof setTimeout> | undefined;
  const ask = async (): Promise<void> => {
    try {
      const told = await call<Told>({}, "GET", `/api/v1/dashboard/groups?known=${encodeURIComponent(marksOf(kept.current))}`);
      kept.current = merged(kept.current, told);
      set(kept.current);
      trouble(null);
      clearTimeout(later);
      if (told.again_ms !== null) later = setTimeout(() => void look(), told.again_ms);
    } catch (error) {
      trouble(error instanceof ApiError && (error.status === 401 || error.status === 403) ? "signIn" : "away");
    }
  };
  const look = (): Promise<void> => {
    if (asking) {
      isWanted = true;
      return asking;
    }
    asking = ask().finally(() => {
      asking = null;
      if (isWanted) {
        isWanted = false;
        void look();
      }
    });
    return asking;
  };
  return { look, stop: () => clearTimeout(later) };
}
