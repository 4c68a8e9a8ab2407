/** What a worker can say about a task, each with one tap or one card; where there is no room for all, the last are on a sheet. */
import { useState } from "preact/hooks";
import type { Form, Task } from "../floor/types";
import { atHand, seldom, type Act } from "./acts";
import { CodeEntry } from "./entry";
import type { Handheld } from "./handheld";
import { Sign } from "./icons";
import { useRoom } from "./room";

interface CommandsProps {
  handheld: Handheld;
  form: Form | undefined;
  task: Task;
  askHowMany: () => void;
}

export function Commands({ handheld, form, task, askHowMany }: CommandsProps) {
  const [isOpen, setOpen] = useState(false);
  const acts = atHand(handheld, form, task, askHowMany);
  const { footer, columns, rows } = useRoom(acts.length + 1);
  const shown = columns * rows - 1;
  const button = ({ key, words, act }: Act) => <button key={key} onClick={() => { setOpen(false); act(); }}><Sign of={key} />{words ?? handheld.text(key)}</button>;
  return (
    <footer class="commands" ref={footer}>
      {isOpen && (
        <div class="sheet more" role="dialog" aria-label={handheld.text("more")}>
          <CodeEntry handheld={handheld} />
          <button class="wide" onClick={() => { setOpen(false); handheld.openMenu(true); }}>☰ {handheld.text("menu")}</button>
          <div class="acts">{[...acts.slice(shown), ...seldom(handheld, task)].map(button)}</div>
        </div>
      )}
      <div class={`buttons card in${columns}`}>{acts.slice(0, shown).map(button)}<button aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}><Sign of="more" />{handheld.text("more")}</button></div>
    </footer>
  );
}
