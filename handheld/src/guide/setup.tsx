/** Behind the one-time link: the first administrator, whom that signs in, and who is led on. */
import { Card, Notice } from "../look/parts";
import { SaveRow, TextField, useForm } from "../masterdata/form";
import { call } from "../net/api";
import type { Words } from "./shapes";

export function Setup({ g, speech, m }: Words) {
  const token = location.hash.slice(1);
  const form = useForm("setup", { badge: "BDG-1", name: "", password: "", pin: "" }, ["password", "pin"]);
  const f = { form, ...m };
  const save = (event: Event): void => {
    event.preventDefault();
    void form.send(async ({ pin, ...values }) => {
      await call({}, "POST", "/api/v1/setup", { token, ...values, language: speech.language, ...(pin ? { pin } : {}) });
      location.replace("/guide");
    });
  };
  return (
    <main class="signin wide">
      <Card title={g("setupTitle")}>
        {token ? <form class="stack" onSubmit={save}>
          <p class="dim">{g("setupWhy")}</p>
          <TextField {...f} name="name" label={g("yourName")} required maxLength={128} />
          <TextField {...f} name="badge" label={m.t("badge")} tip={m.t("badgeTip")} required maxLength={64} />
          <TextField {...f} name="password" type="password" label={m.t("password")} tip={g("passwordTip")} required />
          <TextField {...f} name="pin" type="password" inputMode="numeric" label={m.t("pin")} tip={m.t("pinTip")} required maxLength={12} />
          <SaveRow {...f} label={g("begin")} />
        </form> : <Notice tone="bad">{g("wrongLink")}</Notice>}
      </Card>
    </main>
  );
}
