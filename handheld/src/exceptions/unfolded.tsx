/** Something that is made only when somebody looks at it: what is folded away has no fields. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

export function Unfolded({ head, children }: { head: ComponentChildren; children: () => ComponentChildren }) {
  const [isOpen, setOpen] = useState(false);
  return <details class="whole" onToggle={(event) => setOpen(event.currentTarget.open)}><summary>{head}</summary>{isOpen && children()}</details>;
}
