/** An item's picture, from the device where it is kept, else from the server. */
import { useEffect, useState } from "preact/hooks";
import type { Handheld } from "./handheld";

type Source = string | null | undefined;

/** What shows it; undefined as long as it is looked for, null where it cannot be had. */
export function usePicture(handheld: Handheld, address: string | null): Source {
  const { away } = handheld.view;
  const [found, setFound] = useState<{ address: string | null; source: Source }>({ address: null, source: undefined });
  useEffect(() => {
    let isOver = false;
    if (address) void handheld.pictures.of(address).then((source) => { if (!isOver) setFound({ address, source }); });
    return () => { isOver = true; };
  }, [address, away]);
  if (!address) return null;
  return found.address === address ? found.source : (handheld.pictures.known(address) ?? undefined);
}

/** Its room is there at once, so that words do not jump; a picture that cannot be had leaves it to them. */
export function ItemPicture({ handheld, address, kind = "picture" }: { handheld: Handheld; address: string | null; kind?: string }) {
  const source = usePicture(handheld, address);
  const [bad, setBad] = useState<string | null>(null);
  if (source === null || bad === address) return null;
  return source === undefined ? <span class={kind} aria-hidden="true" /> : <img class={kind} src={source} alt="" onError={() => setBad(address)} />;
}
