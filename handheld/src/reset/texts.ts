import type { Language } from "../texts";

const en = {
  title: "Load the page anew", what: "Forgets the page that this device keeps for work without network, and loads it from the server. What is not sent yet stays.",
  act: "Forget the kept page", done: "Forgotten.", unsent: "Not sent yet, and still here:", back: "Open Aisle",
};
const zh: typeof en = {
  title: "重新加载页面", what: "清除此设备为离线工作保存的页面，并从服务器重新加载。尚未发送的数据会保留。",
  act: "清除保存的页面", done: "已清除。", unsent: "尚未发送且仍保留：", back: "打开 Aisle",
};

export const textsOf = (language: Language): typeof en => (language === "en" ? en : zh);
