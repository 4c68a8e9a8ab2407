import { render } from "preact";
import { keptSettings, listen, Wedge } from "../scanner/wedge";
import { Store } from "../store/db";
import { App } from "./app";
import { Handheld } from "./handheld";
import { keptPrefs, putOn } from "./prefs";
import { tierOf } from "./trust";
import "../look/tokens.css";
import "./style.css";

/** Two tabs would send one queue twice at the same time: the second says so and stops. */
async function isOnlyTab(): Promise<boolean> {
  if (navigator.locks) {
    return new Promise((answer) => {
      void navigator.locks.request("aisle", { ifAvailable: true }, (lock) => {
        answer(lock !== null);
        return lock ? new Promise(() => undefined) : undefined;
      });
    });
  }
  const channel = new BroadcastChannel("aisle");
  return new Promise((answer) => {
    channel.onmessage = (event) => {
      if (event.data === "anybody?") channel.postMessage("here");
      if (event.data === "here") answer(false);
    };
    channel.postMessage("anybody?");
    setTimeout(() => answer(true), 300);
  });
}

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
