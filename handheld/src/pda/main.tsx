import { render } from "preact";
import { isOnlyTab } from "./tab";
import { keptSettings, listen, Wedge } from "../scanner/wedge";
import { Store } from "../store/db";
import { App } from "./app";
import { Handheld } from "./handheld";
import { keptPrefs, putOn } from "./prefs";
import { tierOf } from "./trust";
import "../look/tokens.css";
import "./style.css";

async function main(): Promise<void> {
  putOn(keptPrefs());
  const handheld = new Handheld(await Store.open());
  const root = document.getElementById("app");
  const catcher = document.getElementById("catcher");
  if (!root || !(catcher instanceof HTMLInputElement)) throw new Error("the page is not the one this script belongs to");
  render(<App handheld={handheld} />, root);
  if (!(await isOnlyTab())) {
    handheld.screen.view = { ...handheld.view, screen: "otherTab" };
    render(<App handheld={handheld} />, root);
    return;
  }
  listen(new Wedge((scan) => void handheld.scan(scan), () => handheld.screen.doubled(), keptSettings()), catcher);
  await handheld.start();
  handheld.screen.trusted(await tierOf());
}

void main();
