/** What the client itself says, in every language it speaks; the processes' sentences come from the server. */

export const LANGUAGES = ["en", "zh-CN"] as const;
export type Language = (typeof LANGUAGES)[number];

const en = {
  enrolTitle: "Enrol this device", enrolCode: "Code from the supervisor", enrolName: "Name of this device", enrol: "Enrol",
  signInTitle: "Scan your badge", badge: "Badge", pin: "PIN", signIn: "Sign in", signOut: "Sign out", back: "Back",
  nextTask: "Next task", scanAnything: "… or scan anything", waiting: "waiting", nothingWaits: "Nothing is waiting",
  notSent: "{count} not sent", allSent: "all sent", online: "on line", offline: "off line", refusedTitle: "Stop",
  scanned: "Scanned", wanted: "Wanted", doNow: "Do now", understood: "OK", no: "No, go on", nextLine: "Next line", moreRows: "More ({page} of {pages})", giveBack: "Give task back", undo: "Undo",
  short: "Short", damaged: "Damaged", full: "Tote full", skip: "Skip", done: "Done", reprint: "Print again", help: "Help", helpAnything: "Scan a paper, a pallet, a bin, an item, a tote or a card.",
  more: "More", take: "Take", howMany: "How many?", progress: "{done} of {all}", into: "into", lot: "Lot", expiry: "Expiry",
  next: "then", doubleScan: "Same code twice: counted once", noNetworkForThis: "This needs the server. Go closer to the Wi-Fi, then scan again.", scanBinFirst: "Without network: scan the bin first, then what you take.",
  notKnownHere: "{scanned} is not known on this device. Scan another code, or go closer to the Wi-Fi.", takeAlong: "Take one more task", otherTask: "Other task ({count})", countBin: "Count a bin", takeCarton: "Carton", noCarton: "No carton is large enough", notMeasured: "Not measured: {items}", nextStep: "Next step",
  waitForServer: "Asking the server …", keptHere: "Kept here, sent by itself", signOutWaits: "Not everything is sent yet. Wait for the network, then sign out.",
  otherTab: "Aisle is open in another tab. Close this one.", keepOpen: "keep open",
  tierA: "A: trusted and encrypted. Works after a reload without network.", tierB: "B: not encrypted. Do not close or reload this page before everything is sent.",
  tierC: "C: not encrypted, allowed by this device's management. Works after a reload without network.", tierU: "B: this device does not trust the server. Do not close this page before everything is sent. The supervisor opens /enrol.",
  nothingHeld: "No task", typed: "Type a code", photoNone: "No code can be read in the picture. Go nearer, hold still and take another.", photoSeveral: "There are several codes in the picture. Take another with one of them only.", send: "Enter", language: "中文", update: "Tap to update", updateWhenSent: "Update when the queue is empty", updateWhenDone: "Update when this task is done", updateComes: "An update is being fetched",
  wiped: "This device was wiped", wipedNow: "Scans not yet sent may be missing. Sign in and do again what is not there. Your supervisor knows.",
  scannedSoFar: "Scanned so far", askSupervisor: "Ask the supervisor", complete: "Complete", damagedAsk: "How many are damaged?",
  shortAsk: "How many are there?", fullAsk: "Scan an empty tote", sessionEnded: "Sign in again; nothing is lost", of: "of",
  menu: "Menu", settings: "Settings", equipment: "Working with", onFoot: "On foot", breakBegin: "Break", breakEnd: "Back at work", shiftEnd: "End of shift", onBreak: "On a break since {time}", breakSays: "No task is offered until you are back. What you hold stays yours.", sentOne: "Sent to you: {task}", sentMany: "{count} tasks sent to you, first: {task}", colours: "Colours", colourAuto: "Device", colourLight: "Light", colourDark: "Dark", textSize: "Text", gloves: "Gloves", sayWrong: "Speak what is wrong", printCards: "Command cards", close: "Close", rubOut: "Rub out", level: "Level {level} of {levels}", packInner: "{count} × inner of {quantity}", packCase: "{count} × case of {quantity}", packPallet: "{count} × pallet of {quantity}", packOther: "{count} × {quantity}",
  serverAway: "The server cannot be reached. Go closer to the Wi-Fi and try again.",
} as const;

export type TextKey = keyof typeof en;

const zh: Record<TextKey, string> = {
  enrolTitle: "登记此设备", enrolCode: "主管提供的代码", enrolName: "设备名称", enrol: "登记",
  signInTitle: "请扫描工牌", badge: "工牌", pin: "PIN 码", signIn: "登录", signOut: "退出", back: "返回",
  nextTask: "下一个任务", scanAnything: "……或扫描任意条码", waiting: "个等待", nothingWaits: "没有等待的任务",
  notSent: "{count} 条未发送", allSent: "已全部发送", online: "在线", offline: "离线", refusedTitle: "停",
  scanned: "已扫描", wanted: "需要", doNow: "现在请", understood: "知道了", no: "否，继续", nextLine: "下一行", moreRows: "更多（{page}/{pages}）", giveBack: "交回任务", undo: "撤销",
  short: "短缺", damaged: "破损", full: "箱满", skip: "跳过", done: "完成", reprint: "重新打印", help: "帮助", helpAnything: "可扫描单据、托盘、库位、商品、周转箱或卡片。",
  more: "更多", take: "取", howMany: "数量？", progress: "{done} / {all}", into: "放入", lot: "批次", expiry: "有效期",
  next: "然后", doubleScan: "同一条码扫描两次，只计一次", noNetworkForThis: "此操作需要服务器。请靠近 Wi-Fi 后重新扫描。", scanBinFirst: "离线时请先扫描库位，再扫描所取货物。",
  notKnownHere: "此设备不认识 {scanned}。请扫描其他条码，或靠近 Wi-Fi。", takeAlong: "再领一个任务", otherTask: "其他任务（{count}）", countBin: "盘点库位", takeCarton: "纸箱", noCarton: "没有足够大的纸箱", notMeasured: "未测量：{items}", nextStep: "下一步",
  waitForServer: "正在询问服务器……", keptHere: "已保存，将自动发送", signOutWaits: "尚有数据未发送。请等待网络恢复后再退出。",
  otherTab: "Aisle 已在另一个标签页打开，请关闭此页。", keepOpen: "勿关闭",
  tierA: "A：已信任并加密，离线刷新后仍可使用。", tierB: "B：未加密。数据全部发送前，请勿关闭或刷新此页面。",
  tierC: "C：未加密，由设备管理策略允许，离线刷新后仍可使用。", tierU: "B：此设备不信任服务器。数据全部发送前请勿关闭此页面。请主管打开 /enrol。",
  nothingHeld: "没有任务", typed: "输入条码", photoNone: "照片中读不到条码。请靠近、拿稳后重拍。", photoSeveral: "照片中有多个条码。请只拍其中一个。", send: "确定", language: "English", update: "点按更新", updateWhenSent: "队列清空后更新", updateWhenDone: "完成当前任务后更新", updateComes: "正在下载更新",
  wiped: "本设备数据已清除", wipedNow: "未发送的扫描可能已丢失。请登录，补做缺少的操作。系统已通知主管。",
  scannedSoFar: "已扫描", askSupervisor: "请联系主管", complete: "完成", damagedAsk: "破损多少件？",
  shortAsk: "实际有多少件？", fullAsk: "请扫描空周转箱", sessionEnded: "请重新登录，数据不会丢失", of: "/",
  menu: "菜单", settings: "设置", equipment: "使用设备", onFoot: "步行", breakBegin: "休息", breakEnd: "回来工作", shiftEnd: "下班", onBreak: "{time} 起休息中", breakSays: "回来之前不会分配任务，手中的任务仍为您保留。", sentOne: "指派给您：{task}", sentMany: "有 {count} 个任务指派给您，首先：{task}", colours: "配色", colourAuto: "随设备", colourLight: "浅色", colourDark: "深色", textSize: "文字", gloves: "手套模式", sayWrong: "朗读错误", printCards: "指令卡", close: "关闭", rubOut: "删除", level: "第 {level} 层，共 {levels} 层", packInner: "{count} 中包（每包 {quantity}）", packCase: "{count} 箱（每箱 {quantity}）", packPallet: "{count} 托（每托 {quantity}）", packOther: "{count} × {quantity}",
  serverAway: "无法连接服务器。请靠近 Wi-Fi 后重试。",
};

const all: Record<Language, Record<TextKey, string>> = { en, "zh-CN": zh };

export const filled = (text: string, args: Record<string, unknown> = {}): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => (args[name] === undefined || args[name] === null ? whole : String(args[name])));

/** What the server says: a sentence by its key, whose arguments may be such messages themselves. */
export interface Said {
  key: string;
  args: Record<string, unknown>;
}
const isSaid = (value: unknown): value is Said => typeof value === "object" && value !== null && "key" in value && "args" in value;

export const spoken = (texts: Record<string, string>, { key, args }: Said): string =>
  filled(texts[key] ?? key, Object.fromEntries(Object.entries(args).map(([name, value]) => [name, isSaid(value) ? spoken(texts, value) : value])));

export const textOf = (language: Language, key: TextKey, args?: Record<string, unknown>): string => filled(all[language][key], args);
