/** The one screen that plays any task, and the few around it. */
import { useEffect, useLayoutEffect, useReducer } from "preact/hooks";
import { Camera } from "../camera/button";
import { Voice } from "../voice/view";
import { Bar, Outdated } from "./bar";
import { Enrol, SignIn } from "./door";
import { Flash } from "./flash";
import type { Handheld } from "./handheld";
import { Home } from "./home";
import { Menu } from "./menu";
import { Pause } from "./shift";
import { Stop } from "./stop";
import { TaskScreen } from "./task";

export function App({ handheld }: { handheld: Handheld }) {
  const [, draw] = useReducer((count: number) => count + 1, 0);
  useLayoutEffect(() => handheld.subscribe((changed) => changed === "all" && draw(0)), [handheld]); // a later effect would miss what a quick start has shown by then
  useEffect(() => {
    const turned = (): void => draw(0);
    window.addEventListener("resize", turned);
    return () => window.removeEventListener("resize", turned);
  }, []);
  const { screen, refusal, asking, menu } = handheld.view;
  return (
    <div class="screen">
      {asking && <div class="working" />}
      <Bar handheld={handheld} />
      <Outdated handheld={handheld} />
      {screen === "otherTab" && <main><h1 class="big">{handheld.text("otherTab")}</h1></main>}
      {screen === "enrol" && <Enrol handheld={handheld} />}
      {screen === "signIn" && <SignIn handheld={handheld} />}
      {screen === "home" && <Home handheld={handheld} />}
      {screen === "task" && handheld.view.task && <TaskScreen handheld={handheld} task={handheld.view.task} />}
      <Pause handheld={handheld} />
      {menu && <Menu handheld={handheld} />}
      <Flash handheld={handheld} />
      {refusal && <Stop handheld={handheld} />}
      <Camera handheld={handheld} />
      <Voice handheld={handheld} />
    </div>
  );
}
