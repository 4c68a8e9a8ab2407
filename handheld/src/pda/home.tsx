/** Nothing in hand: what waits by kind, and below, where the thumb is, the next task. Any scan begins work too. */
import { CodeEntry } from "./entry";
import type { Handheld } from "./handheld";
import { Sent } from "./shift";

export function Home({ handheld }: { handheld: Handheld }) {
  const { away, counts, asking } = handheld.view;
  const kinds = away ? [] : Object.entries(counts).filter(([, count]) => count); // what waits only the server can give
  return (
    <>
      <main class="home">
        <div class="counts">
          {kinds.map(([kind, count]) => (
            <button key={kind} onClick={() => void handheld.claim(kind)}><b>{handheld.say({ key: `task.${kind}`, args: {} })}</b><span>{count}</span></button>
          ))}
        </div>
        {!kinds.length && !away && <p class="hint">{handheld.text("nothingWaits")}</p>}
        {away && <button class="wide" onClick={() => void handheld.scan("COUNT")}>{handheld.text("countBin")}</button>}
        <Sent handheld={handheld} />
        <p class="after">{handheld.text("scanAnything")}</p>
        <CodeEntry handheld={handheld} />
        <button class="main wide" disabled={asking} onClick={() => void handheld.claim(null)}>{handheld.text("nextTask")}</button>
      </main>
      <div class="buttons">
        <button onClick={() => void handheld.scan("CMD-UNDO")}>{handheld.text("undo")}</button>
        <button onClick={() => handheld.openMenu(true)}>☰ {handheld.text("menu")}</button>
        <button onClick={() => void handheld.signOut()}>{handheld.text("signOut")}</button>
      </div>
    </>
  );
}
