import { filled, type Language } from "../texts";

const en = {
  title: "Supervisor", live: "live", stale: "not live: looking every 5 s", close: "Close", more: "More", none: "None", cards: "Cards and badges", enrol: "Let a device in", enrolNow: "Make a code",
  within: "Open this on the device, or type the code, within ten minutes:", wall: "Wall", wrong: "That did not work: {why}", all: "All", at: "At", actions: "Do", search: "Search",

  signIn: "Sign in",
  minutes: "{n} min", hours: "{n} h", days: "{n} d", now: "now",

  cutoffs: "Will we make the cut-off?", carriers: "Carriers", waves: "Waves", cutoff: "Cut-off", carrier: "Carrier", wave: "Wave", lines: "Lines", picked: "Picked", packed: "Packed", shipped: "Shipped", done: "Done", finish: "Done at",
  noCutoffs: "No orders on the floor.", anyCarrier: "any", pacePick: "{n} picks an hour", pacePack: "{n} packed an hour",
  "slack.done": "done", "slack.none": "open", "slack.good": "in time", "slack.tight": "tight", "slack.late": "late", "slack.standing": "nobody on it",

  backlog: "Backlog and age", stage: "Stage", younger: "< {n} h", older: "> {n} h", orders: "Orders", oldest: "Oldest", tasks: "Tasks", kind: "Kind", open: "Open", leased: "In work", noOrders: "No such orders.",
  "stage.held": "held back", "stage.waiting": "waiting", "stage.released": "being picked", "stage.picked": "to pack", "stage.packed": "to load", "stage.loaded": "on a vehicle",
  order: "Order", customer: "Customer", short: "Short", age: "Age", release: "Release now", hold: "Hold back", resume: "Let go", cancel: "Cancel order", really: "Really?", released: "{what} is on its way to the floor.", heldBack: "{what} is held back.",
  resumed: "{what} may go again.", cancelled: "{what} is cancelled.", nothingReleased: "{what} cannot go yet: its goods are not there.", shortOnly: "Short only",

  pace: "Throughput", paceHour: "Last hour", paceUnit: "lines in 10 min", zone: "Zone", noZone: "no zone", people: "Who works on what", worker: "Worker", device: "Device", since: "Since", free: "free", nobody: "Nobody has scanned in the last 15 minutes.",
  "step.receive": "Receive", "step.put_away": "Put away", "step.pick": "Pick", "step.pack": "Pack", "step.load": "Load", "step.count": "Count",
  takeBack: "Take back", sendTo: "Send to", sent: "It is their next task.", first: "Do it first", isFirst: "It goes before all others.", isHeld: "The task is held back.", letGo: "The task may go again.", heldTask: "held back", priority: "Priority", tookBack: "The task is back on the floor.", document: "About", state: "State", noTasks: "No such tasks.", "state.open": "open", "state.leased": "in work", noSteps: "Nothing was confirmed in the last hour.",

  troubles: "Exceptions", count: "Count", unowned: "Nobody's", allWell: "All is well.", owner: "Whose", mine: "I take it", give: "Give to", giveNobody: "Nobody", close1: "Done", note: "What was done", recount: "Count the bin", recountAsked: "{what} will be counted.", what: "What", nothingHere: "Nothing here.",
  ofOrders: "Orders: {kind}",
  "trouble.short": "Lines that fell short", "trouble.variance": "Counts that differ", "trouble.late": "Late operations", "trouble.conflict": "Conflicts with the book", "trouble.set_aside": "Set aside", "trouble.receiving": "Goods received otherwise",
  "trouble.other": "Packing and labels", "trouble.recount": "Waiting for a second count", "trouble.stuck": "Handhelds stuck with work", "trouble.label": "Labels asked about",
  accept: "Accept", sendBack: "Send back", accepted: "{what} is adjusted by {n}.", sentBack: "{what} is counted from the beginning.", book: "Book", counted: "Counted", round: "Count {n}", item: "Item", cause: "Why",
  cameOut: "It came out", cameNot: "It did not: print again", reprint: "Print again", printer: "Printer", label: "Label", answered: "Answered.", reprinted: "{what} is printed again.",
  queued: "Not sent", seen: "Seen", takeTasks: "Take its tasks back", shutOut: "Shut out", wasShut: "{what} is shut out.",

  map: "Floor", byPicks: "Picks", byFill: "Fill", bins: "bins", picks: "{n} picks in {hours} h", mapSays: "Floor map: {bins} bins, {flagged} to look at, {people} people", empty: "empty", full: "full", few: "few", many: "many", noPlaces: "No bins yet.", toLookAt: "Bins to look at ({n})",
  "flag.blocked": "blocked", "flag.suspect": "suspect", "flag.count": "count due", "flag.held": "goods held", person: "person", bin: "Bin", content: "Content", nothingInside: "Nothing is in it.", quantity: "Quantity", allocated: "Promised", lot: "Lot", status: "Status", inside: "On",
  block: "Block", unblock: "Unblock", blocked: "{what} is blocked.", unblocked: "{what} is open again.", holdGoods: "Hold", releaseGoods: "Release", goodsHeld: "{n} are held.", goodsReleased: "{n} are available again.", binsHere: "Bins here", filled: "{n} % full", someFill: "holds goods", atMap: "Bins at this place",
  "status.available": "available", "status.hold": "held", "status.damaged": "damaged", "status.expired": "expired",

  replenishing: "Bins that run dry", wanted: "Still wanted", elsewhere: "Elsewhere", bringFrom: "Bring from", noDry: "No bin runs dry.", dryMore: "all {n}", replenishTasks: "{n} replenishments wait",

  gear: "Devices", handhelds: "Handhelds", peripherals: "Scanners and readers", printers: "Printers", ofAll: "{n} of {all} to look at", allGood: "{n} well", battery: "Battery", build: "Build", errors: "Errors/h", toDevices: "All devices", fitness: "Try a scanner", problem: "What is wrong",
  "wrong.stuck": "stuck", "wrong.battery": "battery {n} %", "wrong.silent": "silent", "wrong.build": "old version", "wrong.errors": "{n} errors/h", "wrong.lost": "unplugged", "wrong.wrong": "does not fit", "wrong.asked": "label asked about",

  system: "System", ledger: "Ledger", moves: "moves", sealed: "sealed", audited: "audited", never: "never", backup: "Backup", backupFailed: "failed: {why}", disk: "Disk free", outbox: "Waiting events", givenUp: "Given up", again: "Try again", triedAgain: "It is tried again.", backupOff: "off",
  work: "Work", upTo: "up to {n}", openOrders: "orders open", scanned: "Last scans", answer: "Answer", overview: "Now",
} as const;
export type Key = keyof typeof en;
const zh: Record<Key, string> = {
  title: "主管", live: "实时", stale: "非实时：每 5 秒刷新", close: "关闭", more: "更多", none: "无", cards: "指令卡和工牌", enrol: "登记设备", enrolNow: "生成代码",
  within: "十分钟内在设备上打开此链接或输入代码：", wall: "大屏", wrong: "操作失败：{why}", all: "全部", at: "时间", actions: "操作", search: "搜索",

  signIn: "登录",
  minutes: "{n} 分", hours: "{n} 小时", days: "{n} 天", now: "刚刚",

  cutoffs: "能否赶上截单？", carriers: "承运商", waves: "波次", cutoff: "截单", carrier: "承运商", wave: "波次", lines: "行", picked: "已拣", packed: "已包装", shipped: "已发货", done: "完成", finish: "预计完成",
  noCutoffs: "现场没有订单。", anyCarrier: "不限", pacePick: "每小时拣 {n} 行", pacePack: "每小时包装 {n} 行",
  "slack.done": "完成", "slack.none": "进行中", "slack.good": "来得及", "slack.tight": "紧张", "slack.late": "将迟", "slack.standing": "无人处理",

  backlog: "积压与时长", stage: "阶段", younger: "< {n} 时", older: "> {n} 时", orders: "订单", oldest: "最早", tasks: "任务", kind: "类型", open: "待处理", leased: "进行中", noOrders: "没有此类订单。",
  "stage.held": "暂缓", "stage.waiting": "等待", "stage.released": "拣货中", "stage.picked": "待包装", "stage.packed": "待装车", "stage.loaded": "已装车",
  order: "订单", customer: "客户", short: "短缺", age: "时长", release: "立即下发", hold: "暂缓", resume: "恢复", cancel: "取消订单", really: "确定？", released: "{what} 正在下发到现场。", heldBack: "{what} 已暂缓。",
  resumed: "{what} 已恢复。", cancelled: "{what} 已取消。", nothingReleased: "{what} 暂不能下发：货物未到。", shortOnly: "仅短缺",

  pace: "作业速度", paceHour: "最近一小时", paceUnit: "每 10 分钟行数", zone: "区域", noZone: "无区域", people: "人员与任务", worker: "员工", device: "设备", since: "始于", free: "空闲", nobody: "最近 15 分钟无人扫描。",
  "step.receive": "收货", "step.put_away": "上架", "step.pick": "拣货", "step.pack": "包装", "step.load": "装车", "step.count": "盘点",
  takeBack: "收回任务", sendTo: "派给", sent: "已派为其下一个任务。", first: "优先处理", isFirst: "已排在最前。", isHeld: "任务已暂缓。", letGo: "任务已恢复。", heldTask: "已暂缓", priority: "优先级", tookBack: "任务已收回，可由他人领取。", document: "单据", state: "状态", noTasks: "没有此类任务。", "state.open": "待处理", "state.leased": "进行中", noSteps: "最近一小时没有确认的作业。",

  troubles: "异常", count: "数量", unowned: "无人认领", allWell: "一切正常。", owner: "负责人", mine: "我来处理", give: "交给", giveNobody: "无人", close1: "已处理", note: "处理说明", recount: "盘点此库位", recountAsked: "{what} 将被盘点。", what: "内容", nothingHere: "此处没有内容。",
  ofOrders: "订单：{kind}",
  "trouble.short": "短缺的订单行", "trouble.variance": "盘点差异", "trouble.late": "迟到的操作", "trouble.conflict": "与账面冲突", "trouble.set_aside": "已搁置", "trouble.receiving": "收货差异",
  "trouble.other": "包装与标签", "trouble.recount": "等待复盘", "trouble.stuck": "积压未发送的终端", "trouble.label": "待确认的标签",
  accept: "接受", sendBack: "退回重盘", accepted: "{what} 已调整 {n}。", sentBack: "{what} 将重新盘点。", book: "账面", counted: "实盘", round: "第 {n} 次", item: "商品", cause: "原因",
  cameOut: "已打出", cameNot: "未打出：重打", reprint: "重打", printer: "打印机", label: "标签", answered: "已答复。", reprinted: "{what} 正在重打。",
  queued: "未发送", seen: "最近在线", takeTasks: "收回其任务", shutOut: "停用设备", wasShut: "{what} 已停用。",

  map: "现场地图", byPicks: "拣货热度", byFill: "填充率", bins: "库位", picks: "{hours} 小时内拣货 {n} 次", mapSays: "现场地图：{bins} 个库位，{flagged} 个需关注，{people} 人", empty: "空", full: "满", few: "少", many: "多", noPlaces: "尚无库位。", toLookAt: "需关注的库位（{n}）",
  "flag.blocked": "已锁定", "flag.suspect": "存疑", "flag.count": "待盘点", "flag.held": "货物冻结", person: "人员", bin: "库位", content: "内容", nothingInside: "库位为空。", quantity: "数量", allocated: "已分配", lot: "批次", status: "状态", inside: "载具",
  block: "锁定", unblock: "解锁", blocked: "{what} 已锁定。", unblocked: "{what} 已解锁。", holdGoods: "冻结", releaseGoods: "解冻", goodsHeld: "已冻结 {n}。", goodsReleased: "{n} 已恢复可用。", binsHere: "此处库位", filled: "{n}% 满", someFill: "有货", atMap: "此位置的库位",
  "status.available": "可用", "status.hold": "冻结", "status.damaged": "破损", "status.expired": "过期",

  replenishing: "即将拣空的库位", wanted: "仍需", elsewhere: "其他库位", bringFrom: "补自", noDry: "没有即将拣空的库位。", dryMore: "全部 {n} 个", replenishTasks: "{n} 个补货任务等待",

  gear: "设备", handhelds: "手持终端", peripherals: "扫描器与读写器", printers: "打印机", ofAll: "{all} 台中 {n} 台需关注", allGood: "{n} 台正常", battery: "电量", build: "版本", errors: "错误/时", toDevices: "全部设备", fitness: "检测扫描器", problem: "问题",
  "wrong.stuck": "积压", "wrong.battery": "电量 {n}%", "wrong.silent": "无响应", "wrong.build": "旧版本", "wrong.errors": "每小时 {n} 个错误", "wrong.lost": "已断开", "wrong.wrong": "不匹配", "wrong.asked": "标签待确认",

  system: "系统", ledger: "账本", moves: "笔移动", sealed: "已封存", audited: "已核对", never: "从未", backup: "备份", backupFailed: "失败：{why}", disk: "磁盘剩余", outbox: "待处理事件", givenUp: "已放弃", again: "重试", triedAgain: "正在重试。", backupOff: "未启用",
  work: "作业", upTo: "至 {n}", openOrders: "个订单未完成", scanned: "最近操作", answer: "结果", overview: "当前",
};
const all: Record<Language, Record<Key, string>> = { en, "zh-CN": zh };
export const say = (language: Language, key: Key, args?: Record<string, unknown>): string => filled(all[language][key], args);
