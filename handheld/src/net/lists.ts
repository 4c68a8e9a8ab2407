/** Lists of the server, asked for with the browser's own session. */
import { call } from "./api";

const PAGES_MAX = 10;

export async function items<T>(path: string): Promise<T[]> {
  return (await call<{ items: T[] }>({}, "GET", path)).items;
}

/** All pages of a list, up to a thousand rows or so: beyond that nobody reads on. */
export async function pages<T>(path: string): Promise<T[]> {
  const all: T[] = [];
  let next: string | null = null;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const cursor: string = next === null ? "" : `${path.includes("?") ? "&" : "?"}cursor=${encodeURIComponent(next)}`;
    const found: { items: T[]; next: string | null } = await call<{ items: T[]; next: string | null }>({}, "GET", `${path}${cursor}`);
    all.push(...found.items);
    next = found.next;
    if (next === null) break;
  }
  return all;
}
