import { render } from "preact";
import { keptSettings, listen, Wedge } from "../scanner/wedge";
import { Store } from "../store/db";
import { App } from "./app";
import { Handheld } from "./handheld";
import { isOnlyTab } from "./onlyTab";
import { keptPrefs, putOn } from "./prefs";
import "../look/tokens.css";
import "./style.css";

async function main(): Promise<void> {
  if (document.documentElement.dataset["lacks"]) return; // able.js has said what
  putOn(keptPrefs());
  const store = await Store.open();
  const handheld = new Handheld(store);
  const root = document.getElementById("app");
  const catcher = document.getElementById("catcher");
  if (!root || !(catcher instanceof HTMLInputElement)) throw new Error("the page is not the one this script belongs to");
  render(<App handheld={handheld} />, root);
  if (!(await isOnlyTab(store))) {
    handheld.screen.view = { ...handheld.view, screen: "otherTab" };
    render(<App handheld={handheld} />, root);
    return;
  }
  listen(new Wedge((scan) => void handheld.scan(scan), () => handheld.screen.doubled(), keptSettings()), catcher);
  await handheld.start();
  await handheld.shell.wake(handheld.told);
}

void main();
