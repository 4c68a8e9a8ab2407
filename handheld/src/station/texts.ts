import { filled, type Language } from "../texts";

const en = {
  ready: "Let the goods pass", language: "中文", progress: "{done} of {all}", strangers: "{count} do not belong", last: "Last at this door", nothing: "Nothing has passed yet",
  away: "The server cannot be reached. What passes is not booked until it is back.", signIn: "Sign in on the supervisor's page, or enrol this screen as a device.", toSignIn: "Sign in",
  choose: "Which station is this screen at?", none: "This warehouse has no station yet.", noPaper: "Scan the paper of the delivery here, or just let pallets with an SSCC pass.",
  connected: "ready", opening: "starting", lost: "unplugged", wrong: "does not fit", stopped: "not in use", gone: "There is no such station.",
  scanner: "Scanner", rfid: "RFID reader", camera: "Camera", scale: "Scale", light: "Light", printer: "Printer",
} as const;
export type Key = keyof typeof en;
const zh: Record<Key, string> = {
  ready: "请让货物通过", language: "English", progress: "{done}/{all}", strangers: "{count} 个不属于此单据", last: "本门最近记录", nothing: "还没有货物通过",
  away: "无法连接服务器。恢复之前，通过的货物不会入账。", signIn: "请在主管页面登录，或将此屏幕登记为设备。", toSignIn: "登录",
  choose: "此屏幕位于哪个站点？", none: "本仓库还没有站点。", noPaper: "请在此扫描到货单据，或直接让带 SSCC 的托盘通过。",
  connected: "就绪", opening: "启动中", lost: "已断开", wrong: "不匹配", stopped: "未使用", gone: "没有这个站点。",
  scanner: "扫描器", rfid: "RFID 读写器", camera: "摄像头", scale: "电子秤", light: "信号灯", printer: "打印机",
};
const all: Record<Language, Record<Key, string>> = { en, "zh-CN": zh };
export const say = (language: Language, key: Key, args?: Record<string, unknown>): string => filled(all[language][key], args);
