/** What the screens of stations say themselves; what is booked the server words. */
import { filled, type Language } from "../texts";

const en = {
  language: "中文", ready: "Let the goods pass", expected: "Expected", wrong: "Wrong", allRight: "Nothing is wrong", last: "Last at this door", nothing: "Nothing has passed yet",
  noPaper: "Scan the paper of the delivery here, or just let pallets with an SSCC pass.", noneDue: "No delivery is due at this door.", progress: "{done} of {all}", strangers: "{count} do not belong", mixed: "{count} items",
  away: "The server cannot be reached. What passes is not booked until it is back.", waits: "The server is away. What was scanned is kept; it goes on by itself.", waitsQueued: "The server is away. {count} not sent yet, kept here; it goes on by itself.",
  signIn: "Sign in on the supervisor's page, or enrol this screen as a device.", toSignIn: "Sign in", gone: "There is no such station.", choose: "Which station is this screen at?", none: "This warehouse has no station yet.", stations: "Stations", other: "Another station",
  connected: "ready", opening: "starting", lost: "unplugged", wrongDevice: "does not fit", stopped: "not in use", plugIn: "Plug it in again; it goes on by itself.", noDevices: "no devices yet", more: "+ {count} more",
  scanner: "Scanner", rfid: "RFID reader", camera: "Camera", scale: "Scale", light: "Light", printer: "Printer",
  dock: "Dock door", gate: "RFID gate", pack: "Packing", count: "Counting", print: "Print station", returns: "Returns",
  dockDoes: "Shows what is expected, what passes and what is wrong.", gateDoes: "Shows which tags passed and what is missing.", packDoes: "Tote, items, carton, scale, label: one parcel after another, hands free.", countDoes: "Counts with its own devices.",
  printDoes: "Scan anything: its label comes out here.", returnsDoes: "Scan a return, then each piece and its grade.", hasScreen: "A screen works here", hasNoScreen: "No screen works here yet",
  bindTitle: "Work with this screen at {code}", bindWhat: "What its scanner reads then comes here, its scale weighs what is packed here, its labels come out at its printer.", bind: "Work here", bindCode: "Code from the supervisor", bindTaken: "Another screen works here now. It stops when you begin.",
  badge: "Scan your badge", pin: "PIN of {badge}", pinHow: "Type it on the keys, then Enter.", back: "Back", signOut: "Sign out", otherTab: "Aisle is open in another tab of this browser. Close that one.",
  scanTote: "Scan a tote", toteOr: "… or the order's paper", packWaiting: "{count} orders wait to be packed", parcel: "Parcel {number}", totes: "from {totes}", stepItems: "Items", stepScale: "Weight", stepLabel: "Label", stepTote: "Tote",
  take: "Take carton", then: "then {cartons}", steps: "Order of filling", mode: "One scan counts all of an item", onScale: "On the scale", shouldBe: "should be {grams} g ± {tolerance} g", unknownWeight: "Not all weights are known: any weight is taken",
  empty: "Nothing lies on it", moving: "Let it come to rest", overload: "Too heavy for this scale", underload: "Take everything off, then put the parcel on", lighter: "{grams} g too light", heavier: "{grams} g too heavy", fits: "Right", typeWeight: "Or type the grams and Enter.", noScale: "No scale stands here. Type the grams and Enter.",
  scaleGone: "The scale is unplugged", scaleGoneDo: "Plug it in: the parcel is weighed then, nothing is lost. Or type the grams and Enter.", cardOr: "or scan card {card}", orCarton: "or scan its label",
  labelOut: "The label is out", labelSoon: "The label is printing", labelWaits: "The label waits", labelNone: "There is no printer. Call the supervisor.", labelAsk: "Did the label come out? If so, scan it. If not, scan PRINT AGAIN.", labelSent: "The label was sent",
  waitsTurn: "waits its turn", printing: "is being printed", printed: "printed", verified: "printed and scanned", sentBlind: "sent; this printer never says whether it came out", held: "waits", unknown: "did it come out?", cancelled: "will not be printed", copies: "{count} ×", noPrinter: "This warehouse has no printer",
  scanReturn: "Scan the return", returnOr: "its paper, the order, or the parcel", scanPiece: "Scan a piece that came back", gradeIt: "In which condition is it?", RESTOCK: "Good", QUARANTINE: "Look at it", SCRAP: "Scrap", RESTOCKDoes: "back to stock", QUARANTINEDoes: "waits for somebody", SCRAPDoes: "is thrown away", scanCard: "scan card {card}", canCome: "{done} of {all} back", pieces: "pieces",
  scanAnything: "Scan what needs a label", anythingIs: "A bin, an item, a pallet, a parcel, an order. A card COPIES first for several.", lastLabels: "Labels",
  scanned: "Scanned", wanted: "Wanted", doNow: "Do now", scanOn: "Scan on; this goes away by itself.", noPicture: "no picture",
} as const;
export type Key = keyof typeof en;
const zh: Record<Key, string> = {
  language: "English", ready: "请让货物通过", expected: "待收", wrong: "异常", allRight: "一切正常", last: "本门最近记录", nothing: "还没有货物通过",
  noPaper: "请在此扫描到货单据，或直接让带 SSCC 的托盘通过。", noneDue: "本门没有待到的货物。", progress: "{done}/{all}", strangers: "{count} 个不属于此单据", mixed: "{count} 种商品",
  away: "无法连接服务器。恢复之前，通过的货物不会入账。", waits: "服务器暂时离线。已扫描的内容已保存，恢复后自动继续。", waitsQueued: "服务器暂时离线。{count} 条尚未发送，已保存在此，恢复后自动继续。",
  signIn: "请在主管页面登录，或将此屏幕登记为设备。", toSignIn: "登录", gone: "没有这个站点。", choose: "此屏幕位于哪个站点？", none: "本仓库还没有站点。", stations: "站点", other: "其他站点",
  connected: "就绪", opening: "启动中", lost: "已断开", wrongDevice: "不匹配", stopped: "未使用", plugIn: "请重新插好，之后自动继续。", noDevices: "还没有设备", more: "还有 {count} 项",
  scanner: "扫描器", rfid: "RFID 读写器", camera: "摄像头", scale: "电子秤", light: "信号灯", printer: "打印机",
  dock: "月台", gate: "RFID 通道", pack: "打包台", count: "盘点", print: "打印站", returns: "退货台",
  dockDoes: "显示待收、通过和异常的货物。", gateDoes: "显示已通过的标签和缺少的标签。", packDoes: "周转箱、商品、纸箱、称重、标签：逐件打包，无需触摸。", countDoes: "用自己的设备盘点。",
  printDoes: "扫描任何对象，标签就在这里打印。", returnsDoes: "扫描退货单，再扫描每件商品和等级。", hasScreen: "已有屏幕在此工作", hasNoScreen: "还没有屏幕在此工作",
  bindTitle: "用此屏幕在 {code} 工作", bindWhat: "之后该站点的扫描器、电子秤和打印机都与此屏幕配合工作。", bind: "在此工作", bindCode: "主管提供的代码", bindTaken: "目前有另一个屏幕在此工作，开始后它将停止。",
  badge: "请扫描工牌", pin: "{badge} 的 PIN 码", pinHow: "请用按键输入，然后按回车。", back: "返回", signOut: "退出", otherTab: "Aisle 已在此浏览器的另一个标签页中打开，请关闭那个标签页。",
  scanTote: "请扫描周转箱", toteOr: "……或订单单据", packWaiting: "{count} 个订单等待打包", parcel: "包裹 {number}", totes: "来自 {totes}", stepItems: "商品", stepScale: "称重", stepLabel: "标签", stepTote: "周转箱",
  take: "请取纸箱", then: "然后 {cartons}", steps: "装箱顺序", mode: "每种商品扫描一次即可", onScale: "秤上", shouldBe: "应为 {grams} 克 ± {tolerance} 克", unknownWeight: "并非所有重量都已知：任何重量均可",
  empty: "秤上没有东西", moving: "请等待稳定", overload: "超出秤的量程", underload: "请清空秤盘，再放上包裹", lighter: "轻了 {grams} 克", heavier: "重了 {grams} 克", fits: "重量正确", typeWeight: "或输入克数并按回车。", noScale: "这里没有电子秤。请输入克数并按回车。",
  scaleGone: "电子秤已断开", scaleGoneDo: "请插好：之后自动称重，不会丢失任何内容。或输入克数并按回车。", cardOr: "或扫描卡片 {card}", orCarton: "或扫描其标签",
  labelOut: "标签已打印", labelSoon: "正在打印标签", labelWaits: "标签等待打印", labelNone: "没有打印机，请联系主管。", labelAsk: "标签打印出来了吗？如已打印请扫描，否则请扫描“重新打印”。", labelSent: "标签已发送",
  waitsTurn: "排队中", printing: "正在打印", printed: "已打印", verified: "已打印并扫描", sentBlind: "已发送；此打印机不会反馈结果", held: "等待", unknown: "打印出来了吗？", cancelled: "不再打印", copies: "{count} 张", noPrinter: "本仓库没有打印机",
  scanReturn: "请扫描退货", returnOr: "退货单、订单或包裹", scanPiece: "请扫描退回的商品", gradeIt: "商品状况如何？", RESTOCK: "完好", QUARANTINE: "待检", SCRAP: "报废", RESTOCKDoes: "重新上架", QUARANTINEDoes: "等待检查", SCRAPDoes: "丢弃", scanCard: "扫描卡片 {card}", canCome: "已退 {done}/{all}", pieces: "件",
  scanAnything: "请扫描需要标签的对象", anythingIs: "库位、商品、托盘、包裹或订单。需要多张时先扫描张数卡片。", lastLabels: "标签",
  scanned: "已扫描", wanted: "应为", doNow: "现在请", scanOn: "继续扫描即可，此提示自动消失。", noPicture: "无图片",
};
const all: Record<Language, Record<Key, string>> = { en, "zh-CN": zh };
export const say = (language: Language, key: Key, args?: Record<string, unknown>): string => filled(all[language][key], args);
export type T = (key: Key, args?: Record<string, unknown>) => string;
