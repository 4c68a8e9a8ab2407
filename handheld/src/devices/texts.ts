import { filled, type Language } from "../texts";

const en = {
  title: "Devices",
  live: "live", stale: "not live: looking every 5 s", printers: "Printers", stations: "At stations", handhelds: "Handhelds", labels: "Last labels",
  noPrinters: "This warehouse has no printer yet.", noStations: "No device is bound to a station yet.", noHandhelds: "No handheld is let in yet.", noLabels: "Nothing was printed yet.",
  question: "Did label {code} come out at {printer}?", look: "Nobody can tell: the line to the printer was lost, or it does not count. Look at the printer.", cameOut: "It came out", didNot: "It did not: print it again",
  unseen: "{printer} was not looked at yet", stateSince: "{state} (since {time})", waits: "waiting", held: "held", heldCodes: "Held: {codes}", more: "{codes} and {count} more", goesOn: "They come out by themselves when this is done.", neighbour: "After {seconds} s they come out at {printer}.",
  lastLabel: "last label", cameOutAfter: "came out after", odometer: "odometer", model: "model", address: "address", looked: "looked at", testLabel: "Test label", asked: "Test label: {state}",
  neverAnswers: "It never answers …", printBlind: "Print blind", answersAgain: "It does answer", isBlind: "Printed blind: nobody knows whether a label came out until it is scanned. An empty or open printer is not noticed.",
  blindWarning: "Only for a printer that cannot answer. Labels are then sent without asking it. When it is empty, open or off, nobody is told, and labels may be missing. A label counts as printed only when it is scanned.",
  state: "state", connected: "ready", opening: "starting", lost: "unplugged", wrong: "does not fit", stopped: "not in use",
  scanner: "Scanner", rfid: "RFID reader", camera: "Camera", scale: "Scale", light: "Light", printer: "Printer",
  firmware: "firmware", reads: "reads", errorsHour: "errors in the last hour", errors: "errors in all", outages: "outages", latency: "answer", lastRead: "last read",
  zero: "Zero", zeroing: "Being zeroed …", sent: "Zeroed, if it was at rest: see what it weighs next.", cannot: "This scale cannot be zeroed from here. Press the key on it.", notThere: "The scale is not connected. Plug it in, then do it again.", late: "No server holds this port. Nothing was done.",
  testScan: "Test scan", scanNow: "Scan something now. It is booked as always.", readNow: "Read: {read}", stop: "Stop",
  worker: "worker", build: "version", battery: "battery", queued: "not sent", lastScan: "last scan", seen: "seen", inUse: "in use", silent: "silent", nobody: "nobody",
  ports: "Found and not in use", bind: "Bind as scanner", station: "Station", name: "Name",
  drawing: "is being drawn …", undrawn: "cannot be drawn here",
} as const;
export type Key = keyof typeof en;
const zh: Record<Key, string> = {
  title: "设备",
  live: "实时", stale: "非实时：每 5 秒刷新", printers: "打印机", stations: "站点设备", handhelds: "手持终端", labels: "最近的标签",
  noPrinters: "本仓库还没有打印机。", noStations: "还没有设备绑定到站点。", noHandhelds: "还没有登记手持终端。", noLabels: "还没有打印过标签。",
  question: "标签 {code} 在 {printer} 打印出来了吗？", look: "无法判断：与打印机的连接中断，或打印机不计数。请到打印机处查看。", cameOut: "打印出来了", didNot: "没有：重新打印",
  unseen: "尚未检查 {printer}", stateSince: "{state}（自 {time}）", waits: "等待中", held: "挂起", heldCodes: "挂起：{codes}", more: "{codes} 等，另有 {count} 张", goesOn: "处理后会自动打印。", neighbour: "{seconds} 秒后改由 {printer} 打印。",
  lastLabel: "最近标签", cameOutAfter: "出纸用时", odometer: "打印计数", model: "型号", address: "地址", looked: "检查于", testLabel: "测试标签", asked: "测试标签：{state}",
  neverAnswers: "它从不应答…", printBlind: "不等应答直接打印", answersAgain: "它会应答", isBlind: "不等应答直接打印：标签被扫描之前，无人知道是否打印出来。缺纸或开盖不会被发现。",
  blindWarning: "仅用于无法应答的打印机。标签将直接发送，不询问打印机。缺纸、开盖或关机时不会提示，标签可能缺失。标签只有被扫描后才算已打印。",
  state: "状态", connected: "就绪", opening: "启动中", lost: "已断开", wrong: "不匹配", stopped: "未使用",
  scanner: "扫描器", rfid: "RFID 读写器", camera: "摄像头", scale: "电子秤", light: "信号灯", printer: "打印机",
  firmware: "固件", reads: "读取次数", errorsHour: "近一小时错误", errors: "错误总数", outages: "断开次数", latency: "响应", lastRead: "最近读取",
  zero: "归零", zeroing: "正在归零…", sent: "若秤已静止则已归零：请看下一次称重。", cannot: "此秤无法从这里归零。请按秤上的按键。", notThere: "电子秤未连接。请接好后重试。", late: "没有服务器占用此端口。未执行任何操作。",
  testScan: "测试扫描", scanNow: "请现在扫描。扫描会照常入账。", readNow: "读取：{read}", stop: "停止",
  worker: "员工", build: "版本", battery: "电量", queued: "未发送", lastScan: "最近扫描", seen: "最近在线", inUse: "使用中", silent: "无响应", nobody: "无",
  ports: "已发现但未使用的端口", bind: "绑定为扫描器", station: "站点", name: "名称",
  drawing: "正在绘制…", undrawn: "无法在此绘制",
};
const all: Record<Language, Record<Key, string>> = { en, "zh-CN": zh };
export const say = (language: Language, key: Key, args?: Record<string, unknown>): string => filled(all[language][key], args);
