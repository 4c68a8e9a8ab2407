import { filled, type Language } from "../texts";

const en = {
  title: "Supervisor", signIn: "Sign in", badge: "Badge", password: "Password (at least 12 characters)", signOut: "Sign out", language: "中文",
  setupTitle: "Make the first administrator", name: "Name", pin: "PIN for handhelds (6 digits or more)", create: "Create",
  tasks: "Tasks", kind: "Kind", open: "Open", leased: "In work", doneToday: "Done today", orders: "Orders on the floor", state: "State",
  count: "Count", cutoffs: "Against the cut-off", cutoff: "Cut-off", carrier: "Carrier", lines: "Lines", picked: "Picked", packed: "Packed",
  shipped: "Shipped", devices: "Devices", labels: "Labels", device: "Device", worker: "Worker", seen: "Seen", queued: "Not sent", lastScan: "Last scan",
  scans: "Last scans", at: "At", answer: "Answer", exceptions: "Exceptions", none: "None", close: "Done", rates: "Lines in 5 minutes",
  stations: "Stations", station: "Station", reads: "Reads", errors: "Errors", outages: "Outages", latency: "Answer", connected: "ready", lost: "unplugged", wrong: "does not fit", opening: "starting", stopped: "not in use",
  scanner: "scanner", rfid: "RFID reader", camera: "camera", scale: "scale", light: "light", printer: "printer",
  fitness: "Does a scanner fit? Find out with three codes",
  ledger: "Ledger", moves: "moves", sealed: "sealed", enrol: "Enrol a device", enrolNow: "Make a code", within: "Open this on the device, or type the code, within ten minutes:",
  cards: "Cards and badges to print", live: "live", stale: "not live: looking every 5 s", created: "Done. Sign in with the badge and the password.", wrongLink: "This set-up link is incomplete. Copy it whole from where the server was started.",
} as const;
export type Key = keyof typeof en;
const zh: Record<Key, string> = {
  title: "主管", signIn: "登录", badge: "工牌", password: "密码（至少 12 个字符）", signOut: "退出", language: "English",
  setupTitle: "创建首位管理员", name: "姓名", pin: "手持终端 PIN 码（至少 6 位数字）", create: "创建",
  tasks: "任务", kind: "类型", open: "待处理", leased: "进行中", doneToday: "今日完成", orders: "现场订单", state: "状态",
  count: "数量", cutoffs: "截单进度", cutoff: "截单时间", carrier: "承运商", lines: "行", picked: "已拣", packed: "已包装",
  shipped: "已发货", devices: "设备", labels: "标签", device: "设备", worker: "员工", seen: "最近在线", queued: "未发送", lastScan: "最近扫描",
  scans: "最近操作", at: "时间", answer: "结果", exceptions: "异常", none: "无", close: "已处理", rates: "每 5 分钟行数",
  stations: "站点", station: "站点", reads: "读取", errors: "错误", outages: "断开", latency: "响应", connected: "就绪", lost: "已断开", wrong: "不匹配", opening: "启动中", stopped: "未使用",
  scanner: "扫描器", rfid: "RFID 读写器", camera: "摄像头", scale: "电子秤", light: "信号灯", printer: "打印机",
  fitness: "扫描器是否合适？用三个条码检测",
  ledger: "账本", moves: "笔移动", sealed: "笔已封存", enrol: "登记设备", enrolNow: "生成代码", within: "十分钟内在设备上打开此链接或输入代码：",
  cards: "打印指令卡和工牌", live: "实时", stale: "非实时：每 5 秒刷新", created: "已完成。请用工牌和密码登录。", wrongLink: "设置链接不完整，请从启动服务器处完整复制。",
};
const all: Record<Language, Record<Key, string>> = { en, "zh-CN": zh };
export const say = (language: Language, key: Key, args?: Record<string, unknown>): string => filled(all[language][key], args);
