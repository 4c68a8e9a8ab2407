/** The line at the top: never lies about the connection, how the page is served and what is not sent yet. */
import type { Handheld } from "./handheld";
import { mayUpdate } from "./shell";
import type { View } from "./view";
import { mustStayOpen } from "./trust";

export function Bar({ handheld }: { handheld: Handheld }) {
  const { away, queued, worker, screen } = handheld.view;
  const tier = handheld.view.tier ?? (window.isSecureContext ? null : "B");
  if (screen === "enrol" || screen === "starting") return <div class="bar"><span class="name">Aisle</span></div>;
  return (
    <div class="bar">
      <span class={`dot ${away ? "off" : ""}`} title={handheld.text(away ? "offline" : "online")} />
      <span class="name">{worker || "Aisle"}</span>
      {tier && (
        <span class={`tier ${mustStayOpen(tier) ? "open" : ""}`} title={handheld.text(`tier${tier}`)} onClick={() => handheld.screen.explainTier(tier)}>
          <b>{tier === "U" ? "B" : tier}</b>{mustStayOpen(tier) ? handheld.text("keepOpen") : ""}
        </span>
      )}
      {mayUpdate(handheld.view) && <button class="update" onClick={handheld.shell.update}>{handheld.text("update")}</button>}
      {!mayUpdate(handheld.view) && <span class={queued ? "unsent" : ""}>{queued ? handheld.text("notSent", { count: queued }) : handheld.text(away ? "offline" : "allSent")}</span>}
    </div>
  );
}

/** This page is older than what the server speaks: what it waits for before it is renewed. */
export function Outdated({ handheld }: { handheld: Handheld }) {
  const { view } = handheld;
  if (!view.outdated || mayUpdate(view) || view.screen === "enrol" || view.screen === "starting") return null;
  return <div class="outdated" role="status">{handheld.text(waitsFor(view))}</div>;
}

const waitsFor = (view: View) => (view.queued ? "updateWhenSent" : view.newBuild ? "updateWhenDone" : "updateComes");
